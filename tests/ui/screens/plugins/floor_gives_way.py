"""A user's environment that raises at its fourth step."""

from __future__ import annotations

import numpy as np

from arena.api import Box, Discrete, EnvironmentSpec, hookimpl


class FloorGivesWay:
    """One seat, two actions, a point a step."""

    seats = 1
    observation_space = Box((1,), 0.0, 1.0)
    action_space = Discrete(2)
    terminated = truncated = False

    def __init__(self) -> None:
        self.steps = 0

    def reset(self, seed):
        self.steps = 0

    def to_move(self):
        return (0,)

    def observation(self, seat):
        return np.zeros(1, np.float32)

    def mask(self, seat):
        return None

    def step(self, actions):
        self.steps += 1
        if self.steps > 3:
            raise RuntimeError("the floor gave way")

    def rewards(self):
        return (1.0,)

    def scores(self):
        return (float(self.steps),)

    def draw(self, surface, looks):
        surface.fill((40, 10, 10))

    def snapshot(self):
        return {"steps": self.steps}

    def restore(self, snapshot):
        self.steps = snapshot["steps"]

    def close(self):
        """Nothing is held."""


@hookimpl
def register_environments():
    return [
        EnvironmentSpec(
            id="floor-gives-way",
            title="Floor gives way",
            summary="Raises at its fourth step",
            make=FloorGivesWay,
            frames_per_second=20.0,
        )
    ]
