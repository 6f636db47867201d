"""Pong for two to four players, one at each side of the field. Rules, then how it is drawn.

All paddles move at once. Who lets the ball pass loses a point and pays 1, which the others still in share;
who has lost all its points is out, and its side becomes a wall. The last one in wins. At the step limit
points decide. A score is the share of the others that one outlasted.

Lengths are half a field's height; x goes right, y goes down. Two play on a field half as wide again as high,
more on a square. Axes: S seats, W players at the sides, in the order that a seat sees them.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from arena.api import Array, Box, Discrete, EnvironmentSpec, KeyAction, SeatLook, hookimpl, setting
from arena.drawing.pong_duel import Rally, pong_scene
from arena.toolkit.draws import generator_state, set_generator
from arena.toolkit.shares import shares_beaten

STAY, BACK, FORTH = range(3)
# By seat: the axis its side lies across (0 = x), and at which end of it. Left, right, bottom, top.
SIDES: Final = ((0, -1), (0, 1), (1, 1), (1, -1))
# By seat the seats at the sides that it sees before, opposite and behind, along its own side.
NEIGHBOURS: Final = ((3, 1, 2), (3, 0, 2), (0, 3, 1), (0, 2, 1))
STEPS_A_SECOND: Final = 50
BALL: Final = 0.035  # radius
PADDLE_SPEED: Final = 2.4 / STEPS_A_SECOND
FASTER, FASTEST = 1.05, 2.2  # by each hit, and at most, as multiples of the serve
STEEPEST: Final = 1.2  # way along the side for a way across, off a paddle's end
STEEPEST_SERVE: Final = 0.8
PAUSE: Final = 15  # steps before a serve
TRAIL: Final = 14


@dataclass(frozen=True)
class Settings:
    """The field and how long it is played on."""

    players: int = setting(2, "How many play; three and four play on a square", low=2, high=4)
    points: int = setting(5, "Points that each player has to lose", low=1, high=99)
    ball_speed: float = setting(1.0, "Of a serve", low=0.2, high=3, unit="field heights a second")
    paddle_size: float = setting(0.2, "Share of its side that a paddle covers", low=0.05, high=0.8)
    step_limit: int = setting(3000, "Steps after which points decide", low=1, unit="steps")


class PongDuel:
    """The game. Actions: stay, back (up or left), forth (down or right): keys mean the same in every seat.

    A seat sees the field turned and mirrored so that its own side is on the left: the ball's place and
    speed, then for itself and for the sides before, opposite and behind (between two: opposite) the
    paddle's place and the share of its points that it still has; none where there is a wall.

    Attributes:
        ball, speed: x and y; (0, 0) while a serve is waited for.
        paddles: by seat, along its side.
        left: by seat, the points it still has.
        missed: the seat that missed last and where along its side, or None.
    """

    action_space = Discrete(3)

    def __init__(self, **settings: Any) -> None:
        chosen = Settings(**settings)
        self.seats = chosen.players
        self.step_limit = chosen.step_limit
        self.half = (1.5, 1.0) if self.seats == 2 else (1.0, 1.0)
        self.aspect = self.half[0]
        self.paddle = chosen.paddle_size  # half its length
        self._points = chosen.points
        self._serve = 2 * chosen.ball_speed / STEPS_A_SECOND
        self._seen = [(1,), (0,)] if self.seats == 2 else NEIGHBOURS[: self.seats]
        self.observation_space = Box((6 + 2 * len(self._seen[0]),), -1.0, 1.0)
        self.trail: deque[tuple[float, float]] = deque(maxlen=TRAIL)
        self.reset(0)

    def reset(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self.steps = 0
        self.paddles = [0.0] * self.seats
        self.left = [self._points] * self.seats
        self.terminated = self.truncated = False
        self.missed: tuple[int, float] | None = None
        self._out: list[int] = []  # the seats that are out, the first to be so first
        self._rewards = (0.0,) * self.seats
        self._await_serve()

    def _await_serve(self) -> None:
        self.ball = [0.0, 0.0]
        self.speed = [0.0, 0.0]
        self._pace = self._serve
        self.waits = PAUSE
        self.trail.clear()

    def to_move(self) -> tuple[int, ...]:
        if self.terminated or self.truncated:
            return ()
        return tuple(seat for seat, left in enumerate(self.left) if left)

    def out(self) -> tuple[int, ...]:
        return tuple(self._out)

    def mask(self, seat: int) -> Array | None:
        return None

    def observation(self, seat: int) -> Array:
        axis, end = SIDES[seat]
        along = 1 - axis
        fastest = FASTEST * self._serve
        seen = [
            -end * self.ball[axis] / self.half[axis],
            self.ball[along] / self.half[along],
            -end * self.speed[axis] / fastest,
            self.speed[along] / fastest,
            self.paddles[seat] / self.half[along],
            self.left[seat] / self._points,
        ]
        for other in self._seen[seat]:
            if other >= self.seats or not self.left[other]:
                seen += (0.0, 0.0)
                continue
            # A paddle opposite moves along as one's own does, one at the sides moves across.
            way = 1 if SIDES[other][0] == axis else -end
            seen += (way * self.paddles[other] / self.half[along], self.left[other] / self._points)
        return np.array(seen, np.float32)

    def step(self, actions: Mapping[int, Any]) -> None:
        movers = self.to_move()
        if not movers:
            raise ValueError("The game is over.")
        for seat in movers:
            if actions[seat] not in {STAY, BACK, FORTH}:
                raise ValueError(f"Action {actions[seat]} of seat {seat} is not one of 0, 1 and 2.")
        for seat in movers:
            self._move(seat, int(actions[seat]))
        self.steps += 1
        self._rewards = (0.0,) * self.seats
        if not self.waits:
            self.trail.append((self.ball[0], self.ball[1]))
            missed = self._fly()
            if missed is not None:
                self._lose(missed)
        else:
            self.waits -= 1
            if not self.waits:
                self._throw_in()
        self.truncated = not self.terminated and self.steps >= self.step_limit

    def _move(self, seat: int, action: int) -> None:
        if action != STAY:
            farthest = self.half[1 - SIDES[seat][0]] - self.paddle
            place = self.paddles[seat] + (PADDLE_SPEED if action == FORTH else -PADDLE_SPEED)
            self.paddles[seat] = min(max(place, -farthest), farthest)

    def _throw_in(self) -> None:
        """Serves from the middle, towards the side of one who is in."""
        players = self.to_move()
        side, slope = self._rng.random(2).tolist()
        axis, end = SIDES[players[int(side * len(players))]]
        self._send(axis, end, STEEPEST_SERVE * (2 * slope - 1))

    def _send(self, axis: int, end: int, slope: float) -> None:
        """Lets the ball go towards an end of an axis, so far along the side for a way across."""
        across = self._pace / math.sqrt(1 + slope * slope)
        self.speed[axis] = end * across
        self.speed[1 - axis] = slope * across

    def _fly(self) -> int | None:
        """Moves the ball for one step, off walls and paddles; the seat that missed it, if one did."""
        ball, speed, time = self.ball, self.speed, 1.0
        while True:
            reach = [
                (math.copysign(self.half[axis], speed[axis]) - ball[axis]) / speed[axis]
                if speed[axis]
                else math.inf
                for axis in (0, 1)
            ]
            axis = 0 if reach[0] <= reach[1] else 1
            if reach[axis] > time:
                ball[0] += time * speed[0]
                ball[1] += time * speed[1]
                return None
            time -= reach[axis]
            end = 1 if speed[axis] > 0 else -1
            ball[1 - axis] += reach[axis] * speed[1 - axis]
            ball[axis] = end * self.half[axis]
            seat = SIDES.index((axis, end))
            if seat >= self.seats or not self.left[seat]:
                speed[axis] = -speed[axis]
                continue
            off = (ball[1 - axis] - self.paddles[seat]) / (self.paddle + BALL)
            if abs(off) > 1:
                return seat
            self._pace = min(self._pace * FASTER, self._serve * FASTEST)
            self._send(axis, -end, STEEPEST * off)

    def _lose(self, seat: int) -> None:
        others = [other for other in self.to_move() if other != seat]
        self._rewards = tuple(
            -1.0 if each == seat else 1 / len(others) if each in others else 0.0 for each in range(self.seats)
        )
        self.missed = (seat, self.ball[1 - SIDES[seat][0]])
        self.left[seat] -= 1
        if not self.left[seat]:
            self._out.append(seat)
            self.terminated = len(others) == 1
        self._await_serve()

    def rewards(self) -> tuple[float, ...]:
        return self._rewards

    def scores(self) -> tuple[float, ...]:
        """Who is out comes behind all who are in, and behind those who were out later."""
        return shares_beaten(
            [left or self._out.index(seat) - self.seats for seat, left in enumerate(self.left)]
        )

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        rally = Rally(
            half=self.half,
            sides=SIDES[: self.seats],
            ball=(self.ball[0], self.ball[1]),
            radius=BALL,
            trail=tuple(self.trail),
            paddles=self.paddles,
            paddle=self.paddle,
            left=self.left,
            points=self._points,
            missed=self.missed if self.waits else None,
            over=not self.to_move(),
        )
        pong_scene(surface, looks, rally)

    def snapshot(self) -> dict[str, Any]:
        return {
            "generator": generator_state(self._rng),
            "steps": self.steps,
            "ball": list(self.ball),
            "speed": list(self.speed),
            "pace": self._pace,
            "waits": self.waits,
            "paddles": list(self.paddles),
            "left": list(self.left),
            "out": list(self._out),
            "missed": None if self.missed is None else list(self.missed),
            "trail": [list(spot) for spot in self.trail],
            "rewards": list(self._rewards),
            "ended": [self.terminated, self.truncated],
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        set_generator(self._rng, snapshot["generator"])
        self.steps, self.waits = int(snapshot["steps"]), int(snapshot["waits"])
        self.ball, self.speed = list(snapshot["ball"]), list(snapshot["speed"])
        self._pace = float(snapshot["pace"])
        self.paddles, self.left = list(snapshot["paddles"]), list(snapshot["left"])
        self._out = list(snapshot["out"])
        missed = snapshot["missed"]
        self.missed = None if missed is None else (int(missed[0]), float(missed[1]))
        self.trail.clear()
        self.trail.extend((float(x), float(y)) for x, y in snapshot["trail"])
        self._rewards = tuple(snapshot["rewards"])
        self.terminated, self.truncated = snapshot["ended"]

    def close(self) -> None:
        """Nothing is held."""


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="pong-duel",
            title="Pong duel",
            summary="Two to four paddles and a ball that nobody may let pass",
            make=PongDuel,
            settings=Settings,
            seats=2,
            solved_at=0.9,
            training_steps=300_000,
            action_names=("stay", "back", "forth"),
            keys=(
                *(KeyAction(key, BACK) for key in ("up", "left", "w", "a")),
                *(KeyAction(key, FORTH) for key in ("down", "right", "s", "d")),
            ),
            real_time=True,
            idle_action=STAY,
            aspect=1.5,
            frames_per_second=float(STEPS_A_SECOND),
            tags=("duel", "two to four players"),
        )
    ]
