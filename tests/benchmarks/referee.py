"""How many games of Connect Four a second the referee plays, beside PettingZoo's own loop.

    python -m tests.benchmarks.referee

Both sides play at random among the legal moves, in one process. The referee checks every move, gives each
seat its own generator and settles forfeits; PettingZoo's loop is the one of its documentation.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from arena.api import NoSettings, Spaces
from arena.contest.batch import play_batch
from arena.contest.schedule import paired
from arena.discovery.loader import load_agent, load_environment
from arena.games.game import open_vector

ROOT = Path(__file__).parents[2]
GAMES = 8_192
PEER_GAMES = 200
TABLES = 1_024
ROUNDS = 3


def ours() -> None:
    environment = load_environment(str(ROOT / "plugins/connect_four.py"), "connect-four")
    agent = load_agent(str(ROOT / "agents/random.py"), "random").agent
    games = open_vector(environment, {}, TABLES)
    spaces = Spaces(games.observation_space, games.action_space)
    players = [agent(NoSettings(), spaces, np.random.default_rng(0)) for _ in range(2)]
    pairings = paired(players=2, seats=2, games=GAMES, seed=0)
    assert len(play_batch(games, players, pairings)) == GAMES


def pettingzoo() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pettingzoo.classic import connect_four_v3
    environment = connect_four_v3.env()
    generator = np.random.default_rng(0)
    for game in range(PEER_GAMES):
        environment.reset(seed=game)
        for _ in environment.agent_iter():
            observation, _, terminated, truncated, _ = environment.last()
            if terminated or truncated:
                action = None
            else:
                action = int(generator.choice(np.flatnonzero(observation["action_mask"])))
            environment.step(action)
    environment.close()


def seconds(play: Callable[[], None]) -> float:
    """Processor time, which a busy machine does not lengthen as it does the clock's."""
    began = time.process_time()
    play()
    return time.process_time() - began


def main() -> None:
    rounds = [(seconds(ours), seconds(pettingzoo)) for _ in range(ROUNDS)]
    fast, peer = GAMES / min(own for own, _ in rounds), PEER_GAMES / min(other for _, other in rounds)
    row = {
        "name": "referee, connect-four",
        "ours": round(fast, 1),
        "peer": round(peer, 1),
        "ratio": round(fast / peer, 2),
        "unit": "games/s",
        "detail": "the peer is PettingZoo's loop; both play at random among the legal moves; processor time",
    }
    print(json.dumps([row]))


if __name__ == "__main__":
    main()
