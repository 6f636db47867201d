"""How many games of Connect Four a second the referee plays, beside PettingZoo's own loop.

    python -m tests.benchmarks.referee [--json]

Both sides play at random among the legal moves, in one process. The referee checks every move, gives each
seat its own generator and settles forfeits; PettingZoo's loop is the one of its documentation.
"""

from __future__ import annotations

import time

import numpy as np

from arena.api import NoSettings, Spaces
from arena.contest.batch import play_batch
from arena.contest.schedule import paired
from arena.games.game import open_vector
from tests.benchmarks._orders import agent_spec, environment
from tests.benchmarks._rows import parser, row, tell
from tests.benchmarks.boards import pettingzoo

GAMES = 8_192
PEER_GAMES = 200
TABLES = 1_024
ROUNDS = 3


def ours() -> float:
    """Games a second of processor time, which a busy machine does not lengthen as it does the clock's."""
    spec, _ = environment("connect-four")
    agent = agent_spec("random").agent
    games = open_vector(spec, {}, TABLES)
    spaces = Spaces(games.observation_space, games.action_space)
    players = [agent(NoSettings(), spaces, np.random.default_rng(0)) for _ in range(2)]
    pairings = paired(players=2, seats=2, games=GAMES, seed=0)
    began = time.process_time()
    assert len(play_batch(games, players, pairings)) == GAMES
    return GAMES / (time.process_time() - began)


def main() -> None:
    asked = parser(__doc__).parse_args()
    rounds = [(ours(), pettingzoo("connect_four", PEER_GAMES)) for _ in range(ROUNDS)]
    fast, peer = (max(side) for side in zip(*rounds, strict=True))
    detail = "the peer is PettingZoo's loop; both play at random among the legal moves; processor time"
    tell([row("referee, connect-four", fast, peer, "games/s", detail)], as_json=asked.json)


if __name__ == "__main__":
    main()
