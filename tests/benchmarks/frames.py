"""What a frame of each shipped environment costs, beside the rgb_array of Gymnasium or PettingZoo.

    python -m tests.benchmarks.frames [--json] [ID …]

For environments that both have, at the size the other one draws. All play at random; each position is drawn
once. "frame" is drawing alone, on a surface that is drawn on again and again as a spectator's is; "frame
shown" is drawing it into the file between worker and window and copying it out there. The peer's `render()`
gives an array and stands beside both. First ours plays 3,000 frames of other games, a minute of watching,
since a sprite is rasterised when it is first seen. Then sides take turns in one process and play the same
games in each round; a frame's cost is its least in all rounds, so that other programs do not count. What is
given is the median over the frames, in processor time; the details tell what the very first 200 frames cost,
and what the games cost when they were new.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean, median
from typing import Any, Final

import gymnasium
import numpy as np

from arena.api import Array, Discrete, EnvironmentSpec, Game, SeatLook
from arena.discovery.loader import load
from arena.drawing.stage import Frame
from arena.games.game import draw, open_game
from arena.processes.frames import BYTES_A_PIXEL, FrameReader, FrameWriter, create_frames
from tests.benchmarks._places import ROOT
from tests.benchmarks._rows import Row, parser, row, tell

PETTINGZOO: Final = {"connect-four": "connect_four_v3", "tic-tac-toe": "tictactoe_v3"}
LOOKS: Final = (SeatLook((67, 166, 223), "circle"), SeatLook((236, 173, 74), "triangle-up"))
FRAMES: Final = 200
WARM_PLAYS: Final = 15
ROUNDS: Final = 7

Timed = Callable[[int], list[float]]  # from a seed to the milliseconds of each frame


def shared() -> Iterator[EnvironmentSpec]:
    """The environments that Gymnasium or PettingZoo has as well."""
    for path in sorted((ROOT / "plugins").glob("*.py")):
        for spec in load(str(path)).environments:
            if spec.id in gymnasium.registry or spec.id in PETTINGZOO:
                yield spec


def milliseconds(show: Callable[[], object]) -> float:
    began = time.process_time_ns()
    show()
    return (time.process_time_ns() - began) / 1e6


def ours(spec: EnvironmentSpec, show: Callable[[Game], object]) -> Timed:
    """Plays games of ours at random and shows each position."""

    def play(seed: int) -> list[float]:
        game, rng, spent = open_game(spec, {}), np.random.default_rng(seed), []
        while len(spent) < FRAMES:
            game.reset(int(rng.integers(2**31)))
            spent.append(milliseconds(lambda: show(game)))
            while game.to_move() and len(spent) < FRAMES:
                game.step({seat: random_action(game, seat, rng) for seat in game.to_move()})
                spent.append(milliseconds(lambda: show(game)))
        game.close()
        return spent

    return play


def random_action(game: Game, seat: int, rng: np.random.Generator) -> int | Array:
    space, mask = game.action_space, game.mask(seat)
    if isinstance(space, Discrete):
        return int(rng.choice(np.arange(space.n) if mask is None else np.flatnonzero(mask)))
    low, high = space.low or -1.0, space.high or 1.0
    return rng.uniform(low, high, space.shape).astype(np.float32)


def gymnasiums(id: str) -> tuple[Timed, Array]:
    """Plays Gymnasium's own environment; and one of its pictures."""
    env = gymnasium.make(id, render_mode="rgb_array")

    def play(seed: int) -> list[float]:
        spent: list[float] = []
        env.action_space.seed(seed)
        env.reset(seed=seed)
        while len(spent) < FRAMES:
            spent.append(milliseconds(env.render))
            _, _, terminated, truncated, _ = env.step(env.action_space.sample())
            if terminated or truncated:
                spent.append(milliseconds(env.render))
                env.reset()
        return spent

    env.reset(seed=0)
    picture: Any = env.render()
    return play, picture


def pettingzoos(module: str) -> tuple[Timed, Array]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pettingzoo import classic

        env = getattr(classic, module).env(render_mode="rgb_array")

    def play(seed: int) -> list[float]:
        rng, spent = np.random.default_rng(seed), []
        while len(spent) < FRAMES:
            env.reset(seed=int(rng.integers(2**31)))
            spent.append(milliseconds(env.render))
            for _ in env.agent_iter():
                observation, _, terminated, truncated, _ = env.last()
                if terminated or truncated:
                    break
                env.step(int(rng.choice(np.flatnonzero(observation["action_mask"]))))
                spent.append(milliseconds(env.render))
        return spent

    env.reset(seed=0)
    return play, env.render()


def rows_of(spec: EnvironmentSpec, folder: Path) -> list[Row]:
    if spec.id in PETTINGZOO:
        (peers, picture), peer = pettingzoos(PETTINGZOO[spec.id]), "PettingZoo"
    else:
        (peers, picture), peer = gymnasiums(spec.id), "Gymnasium"
    height, width = picture.shape[:2]
    alone = Frame(memoryview(bytearray(width * height * BYTES_A_PIXEL)), width, height, pictures_only=True)
    path = folder / spec.id
    create_frames(path, width * height)
    writer, reader = FrameWriter(path, lambda *place: Frame(*place, pictures_only=True)), FrameReader(path)

    def shown(game: Game) -> None:
        with writer.frame(width, height) as frame:
            draw(game, frame.begin(), LOOKS)
        reader.newest()

    sides = {
        "frame": ours(spec, lambda game: draw(game, alone.begin(), LOOKS)),
        "frame shown": ours(spec, shown),
        "peer": peers,
    }
    watched = [sides["frame"](1 + play) for play in range(WARM_PLAYS)]
    spent: dict[str, list[list[float]]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, play in sides.items():
            spent[name].append(play(0))
    writer.close()
    reader.close()
    detail = f"{peer}, {width} × {height}; the first {FRAMES} frames took {fmean(watched[0]):.3f} on average"
    return [medians(name, spec.id, spent, detail) for name in list(sides)[:2]]


def medians(name: str, id: str, spent: dict[str, list[list[float]]], detail: str) -> Row:
    fast, slow = (median([min(times) for times in zip(*spent[side], strict=True)]) for side in (name, "peer"))
    detail = f"beside rgb_array of {detail}, new games {median(spent[name][0]):.3f}; processor time"
    return row(f"{name}, {id}", fast, slow, "ms", detail, digits=4, less_is_better=True)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("ids", nargs="*", help="only these environments")
    asked = options.parse_args()
    chosen = (spec for spec in shared() if not asked.ids or spec.id in asked.ids)
    with tempfile.TemporaryDirectory() as folder:
        tell((one for spec in chosen for one in rows_of(spec, Path(folder))), as_json=asked.json)


if __name__ == "__main__":
    main()
