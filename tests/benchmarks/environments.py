"""How many steps a second each shipped environment takes, beside Gymnasium's loop over its own of that id.

    python -m tests.benchmarks.environments [--json] [ID …]

All act at random. Ours is what a learner steps: a batch of its seat (`arena.games.learners_seat`), which
checks every number, adds up returns and starts ended copies anew. The peer is `gymnasium.make`, stepped and
reset in a plain loop; CartPole is also put beside Gymnasium's own vector of it, whose steps that only start
an ended copy anew, and play no action, are not counted. Sides take turns in one process, the best round of
each counts, and what is counted is processor time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import gymnasium
import numpy as np

from arena.api import Array, Discrete, EnvironmentSpec, Space
from arena.discovery.loader import load
from arena.games.game import open_vector
from arena.games.learners_seat import LearnersSeat
from tests.benchmarks._places import ROOT
from tests.benchmarks._rows import Row, parser, row, tell

MANY: Final = 1_024
ROUNDS: Final = 5
SECONDS: Final = 0.2
STEPS_AT_ONCE: Final = 64


def shipped() -> Iterator[EnvironmentSpec]:
    """The environments that can be stepped as a vector and are Gymnasium's as well."""
    for path in sorted((ROOT / "plugins").glob("*.py")):
        for spec in load(str(path)).environments:
            if spec.make_vector is not None and spec.id in gymnasium.registry:
                yield spec


def steps_per_second(step_all: Callable[[Array], int], actions_TB: Array) -> float:
    """How many steps of one copy; `actions_TB` is played over and over until the time of a round is over."""
    steps, began = 0, time.process_time()
    while (spent := time.process_time() - began) < SECONDS:
        steps += step_all(actions_TB)
    return steps / spent


def random_actions(space: Space, copies: int) -> Array:
    """T × B of them, the same in each round; so drawing them is no part of what is timed."""
    rng = np.random.default_rng(0)
    shape = (max(STEPS_AT_ONCE, 512 // copies), copies)
    if isinstance(space, Discrete):
        return rng.integers(space.n, size=shape)
    low, high = space.low or -1.0, space.high or 1.0
    return rng.uniform(low, high, (*shape, *space.shape)).astype(np.float32)


def ours(spec: EnvironmentSpec, copies: int) -> Callable[[], float]:
    batch = LearnersSeat(open_vector(spec, {}, copies), np.random.default_rng(0))

    def step_all(actions_TB: Array) -> int:
        for action_B in actions_TB:
            batch.step(action_B)
        return actions_TB.shape[0] * copies

    return partial(steps_per_second, step_all, random_actions(batch.action_space, copies))


def gymnasiums(spec: EnvironmentSpec) -> Callable[[], float]:
    env = gymnasium.make(spec.id)
    env.reset(seed=0)
    space = open_vector(spec, {}, 1).action_space

    def step_all(actions_TB: Array) -> int:
        actions = actions_TB[:, 0].tolist() if isinstance(space, Discrete) else list(actions_TB[:, 0])
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()
        return len(actions)

    return partial(steps_per_second, step_all, random_actions(space, 1))


def gymnasiums_vector(id: str) -> Callable[[], float]:
    envs = gymnasium.make_vec(id, num_envs=MANY, vectorization_mode="vector_entry_point")
    envs.reset(seed=0)
    vector: Any = envs.unwrapped
    count = int(vector.single_action_space.n)

    def step_all(actions_TB: Array) -> int:
        restarts = 0
        for action_B in actions_TB:
            envs.step(action_B)
            restarts += np.count_nonzero(vector.prev_done)
        return actions_TB.shape[0] * MANY - restarts

    return partial(steps_per_second, step_all, random_actions(Discrete(count), MANY))


def rows_of(spec: EnvironmentSpec) -> Iterator[Row]:
    sides = {"one": ours(spec, 1), "many": ours(spec, MANY), "loop": gymnasiums(spec)}
    if gymnasium.spec(spec.id).vector_entry_point is not None:
        sides["vector"] = gymnasiums_vector(spec.id)
    best = dict.fromkeys(sides, 0.0)
    for _ in range(ROUNDS):
        for name, side in sides.items():
            best[name] = max(best[name], side())
    loop = "the peer is gymnasium.make in a plain loop; all act at random; processor time"
    many, unit = f"{spec.id}, {MANY:,} copies", "steps/s"
    yield row(f"{spec.id}, one copy", best["one"], best["loop"], unit, f"a batch of one; {loop}")
    yield row(many, best["many"], best["loop"], unit, f"{MANY:,} copies at once; {loop}")
    if "vector" in best:
        detail = f"{MANY:,} copies on both sides; the peer is Gymnasium's own vector; processor time"
        yield row(f"{many}, vectors", best["many"], best["vector"], unit, detail)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("ids", nargs="*", help="the environments to measure; all if none is named")
    asked = options.parse_args()
    chosen = (spec for spec in shipped() if not asked.ids or spec.id in asked.ids)
    tell((one for spec in chosen for one in rows_of(spec)), as_json=asked.json)


if __name__ == "__main__":
    main()
