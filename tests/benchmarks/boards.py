"""How many board games a second are played at random, beside PettingZoo's own loop where it has the game.

    python -m tests.benchmarks.boards [--json]

All play uniformly among the legal moves, in one process. In a batch the moves come from one generator, a
look at all masks and one step; every step checks that its moves are legal, and ended copies restart.
PettingZoo's loop is the one of its documentation. Sides take turns, the best round of each counts, and what
is counted is processor time.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from arena.api import Array, EnvironmentSpec
from arena.discovery.loader import load_environment
from arena.games.game import describe, open_game, open_vector
from arena.records import action_count
from tests.benchmarks._places import ROOT
from tests.benchmarks._rows import Row, parser, row, tell

COPIES: Final = 1_024
ROUNDS: Final = 9
EVERY: Final = slice(None)


def shipped(file: str) -> EnvironmentSpec:
    return load_environment(str(ROOT / "plugins" / f"{file}.py"), file.replace("_", "-"))


def any_legal(masks_NA: Array, rng: np.random.Generator) -> Array:
    """One legal action for each row, all of them equally likely."""
    rows, actions = masks_NA.shape
    legal = np.flatnonzero(masks_NA)
    counts_N = (masks_NA.astype(np.float32) @ np.ones(actions, np.float32)).astype(np.int64)
    first_N = counts_N.cumsum() - counts_N
    chosen_N = first_N + (rng.random(rows) * counts_N).astype(np.int64)
    return legal.take(chosen_N) - np.arange(0, rows * actions, actions)


def batched(spec: EnvironmentSpec, games: int) -> float:
    """Games a second with `COPIES` at once."""
    vector, rng = open_vector(spec, {}, COPIES), np.random.default_rng(0)
    actions_SB = np.empty((vector.seats, COPIES), np.int64)
    vector.reset(EVERY, np.arange(COPIES))
    ended = 0
    began = time.process_time()
    while ended < games:
        masks_BA = vector.masks(EVERY, vector.turns[:, 1].view(np.int8))
        assert masks_BA is not None
        actions_SB[:] = any_legal(masks_BA, rng)
        vector.step(EVERY, actions_SB.T)
        over = np.flatnonzero(vector.terminated)
        if over.size:
            vector.reset(over)
            ended += over.size
    return ended / (time.process_time() - began)


def one_by_one(spec: EnvironmentSpec, games: int) -> float:
    """Games a second of the `Game` that referees and people play; here, too, every move is checked."""
    game = open_game(spec, {})
    count = action_count(describe(spec, "shipped", None))
    drawn = numbers_below(count, np.random.default_rng(0))
    began = time.process_time()
    for seed in range(games):
        game.reset(seed)
        while seats := game.to_move():
            mask = game.mask(seats[0])
            assert mask is not None
            # Drawn among all, and again if it is not legal: so all that are legal are equally likely.
            action = next(drawn)
            while not mask[action]:
                action = next(drawn)
            require_legal(action, count, mask)
            game.step({seats[0]: action})
    return games / (time.process_time() - began)


def numbers_below(count: int, rng: np.random.Generator) -> Iterator[int]:
    while True:
        yield from rng.integers(0, count, 4_096).tolist()


def require_legal(action: Any, count: int, mask: Array) -> None:
    """What `arena.contest.legality` asks of an int."""
    if type(action) is not int or not 0 <= action < count or not mask[action]:
        raise ValueError(f"Chose {action!r}, which is not legal in this position.")


def pettingzoo(name: str, games: int) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pettingzoo.classic import connect_four_v3, tictactoe_v3
    environment = {"connect_four": connect_four_v3, "tic_tac_toe": tictactoe_v3}[name].env()
    rng = np.random.default_rng(0)
    began = time.process_time()
    for game in range(games):
        environment.reset(seed=game)
        for _ in environment.agent_iter():
            observation, _, terminated, truncated, _ = environment.last()
            if terminated or truncated:
                action = None
            else:
                action = int(rng.choice(np.flatnonzero(observation["action_mask"])))
            environment.step(action)
    seconds = time.process_time() - began
    environment.close()
    return games / seconds


def compared(name: str, detail: str, ours: Callable[[], float], peer: Callable[[], float] | None) -> Row:
    rounds = [(ours(), peer() if peer else 0.0) for _ in range(ROUNDS)]
    fast, slow = (max(side) for side in zip(*rounds, strict=True))
    return row(f"boards, {name}", fast, slow if peer else None, "games/s", detail)


def rows() -> Iterator[Row]:
    connect_four, tic_tac_toe, othello = (
        shipped(name) for name in ("connect_four", "tic_tac_toe", "othello")
    )
    at_once = f"{COPIES:,} copies at once; "
    loop = "the peer is PettingZoo's loop; "
    rules = "all at random among the legal moves; processor time"
    yield compared(
        "connect-four batched",
        at_once + loop + rules,
        lambda: batched(connect_four, 20_000),
        lambda: pettingzoo("connect_four", 60),
    )
    yield compared(
        "tic-tac-toe batched",
        at_once + loop + rules,
        lambda: batched(tic_tac_toe, 50_000),
        lambda: pettingzoo("tic_tac_toe", 200),
    )
    yield compared("othello batched", at_once + rules, lambda: batched(othello, 4_000), None)
    by_move = "a Game, move by move; "
    yield compared(
        "connect-four one by one",
        by_move + loop + rules,
        lambda: one_by_one(connect_four, 2_000),
        lambda: pettingzoo("connect_four", 60),
    )
    yield compared(
        "tic-tac-toe one by one",
        by_move + loop + rules,
        lambda: one_by_one(tic_tac_toe, 4_000),
        lambda: pettingzoo("tic_tac_toe", 200),
    )
    yield compared("othello one by one", by_move + rules, lambda: one_by_one(othello, 200), None)


def main() -> None:
    tell(rows(), as_json=parser(__doc__).parse_args().json)


if __name__ == "__main__":
    main()
