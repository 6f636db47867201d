"""Four arms, what each would pay now, the clock, and the pulls so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal, mixed

TEXT, QUIET, CARD, EDGE = "#E8ECF4", "#8B98AF", "#141C2D", "#2A3750"
FOOT, RISE = 232.0, 138.0


@dataclass(frozen=True)
class Pull:
    """One pull: the arm, counted from 0, and what it paid."""

    arm: int
    paid: float


@dataclass(frozen=True)
class Payouts:
    """What is to be drawn.

    Attributes:
        heading: one line above the arms.
        means, deviations: of what each arm would pay now.
        largest: the largest mean an arm can ever have.
        pulls: those made so far.
        length: how many there are in a game.
    """

    heading: str
    means: Sequence[float]
    deviations: Sequence[float]
    largest: float
    pulls: Sequence[Pull]
    length: int


def bandit_scene(surface: Any, look: SeatLook, payouts: Payouts) -> None:
    """Draws the world in a scene of 600 × 400."""
    scene = Picture(600, 400)
    scene.backdrop(("bandits", payouts.length), lambda still: _machine(still, payouts.length))
    scene.text((24, 26), payouts.heading, 14, QUIET, align="left")
    last = payouts.pulls[-1].arm if payouts.pulls else None
    for arm, (mean, deviation) in enumerate(zip(payouts.means, payouts.deviations, strict=True)):
        shares = (mean / payouts.largest, deviation / payouts.largest)
        _arm(scene, look, arm, shares, f"{mean:g}", pulled=arm == last)
    _clock(scene, look, (522, 106), len(payouts.pulls), payouts.length)
    total = sum(pull.paid for pull in payouts.pulls)
    scene.text((522, 196), f"{total:+.1f}".replace("-", "\u2212"), 25, TEXT)
    scene.text((522, 222), "return", 13, QUIET)
    _history(scene, look, payouts.pulls, payouts.length)
    scene.paint(surface)


def _arm(
    scene: Picture, look: SeatLook, arm: int, pays: tuple[float, float], mean: str, *, pulled: bool
) -> None:
    """On its card, a bar for the mean and a whisker of one deviation, both shares of the largest mean."""
    left, middle = 20.0 + 107 * arm, 70.0 + 107 * arm
    colour = hexadecimal(look.colour)
    if pulled:
        scene.rect((left, 46), (100, 232), "none", radius=12, line=colour, thick=3)
    height = RISE * pays[0]
    shade = scene.gradient(mixed(look.colour, (255, 255, 255), 0.1), mixed(look.colour, (10, 16, 30), 0.35))
    if height > 1:
        scene.rect((left + 14, FOOT - height), (72, height), shade, radius=min(8, height / 2))
    low, high = (
        min(max(FOOT - RISE * share, FOOT - RISE - 4), FOOT)
        for share in (pays[0] - pays[1], pays[0] + pays[1])
    )
    scene.lines([(middle, low), (middle, high)], "#FFFFFF", 2, opacity=0.75)
    scene.lines([(middle - 7, FOOT - height), (middle + 7, FOOT - height)], "#FFFFFF", 2.5)
    scene.text((middle, 68), mean, 19, TEXT)
    scene.text((middle + (9 if pulled else 0), 257), f"arm {arm + 1}", 14, TEXT if pulled else QUIET)
    if pulled:
        scene.stamp(look.shape, (middle - 26, 257), 14, colour)


def _clock(scene: Picture, look: SeatLook, centre: Point, done: int, length: int) -> None:
    """A ring of one segment for each pull, and how many are left."""
    ring = partial(_ring, colour=hexadecimal(look.colour), done=done, length=length)
    scene.sprite(("bandits' clock", look.colour, done, length), ring, centre)
    scene.text((centre[0], centre[1] - 7), str(length - done), 25, TEXT)
    scene.text((centre[0], centre[1] + 15), "left", 12, QUIET)


def _ring(scene: Sketch, colour: str, done: int, length: int) -> None:
    for number in range(length):
        start, end = (2 * math.pi * (number + share) / length for share in (0.09, 0.91))
        turns = [start + (end - start) * part / 8 for part in range(9)]
        arc = [(44 * math.sin(turn), -44 * math.cos(turn)) for turn in turns]
        scene.lines(arc, colour if number < done else EDGE, 9)


def _history(scene: Picture, look: SeatLook, pulls: Sequence[Pull], length: int) -> None:
    """The arms pulled so far, and what each pull paid."""
    for number, pull in enumerate(pulls):
        middle, box = _box(number, length)
        last = number == len(pulls) - 1
        key = ("pull", look.colour, pull.arm, last, box)
        scene.sprite(key, partial(_pull, look=look, arm=pull.arm, last=last, box=box), (middle, 320))
        paid = f"{pull.paid:+.1f}".replace("-", "\u2212")
        scene.text((middle, 358), paid, 12, TEXT if last else QUIET)


def _pull(scene: Sketch, look: SeatLook, arm: int, last: bool, box: float) -> None:
    edge = "#FFFFFF" if last else hexadecimal(look.colour)
    fill = mixed(look.colour, (10, 16, 30), 0.55)
    scene.rect((-box / 2, -20), (box, 40), fill, radius=8, line=edge, thick=2)
    scene.text((0, 0), str(arm + 1), 17, TEXT)


def _box(number: int, length: int) -> tuple[float, float]:
    """The middle and the width of one pull's box."""
    width = 560 / length
    return 20 + width * (number + 0.5), min(width - 6, 40)


def _machine(scene: Picture, length: int) -> None:
    """What no pull changes: four cards, and a box for each pull there will be."""
    for left in (20.0 + 107 * arm for arm in range(4)):
        scene.rect((left, 46), (100, 232), CARD, radius=12, line=EDGE, thick=1.5)
        scene.rect((left + 14, FOOT - RISE - 8), (72, RISE + 8), "#0B111D", radius=8)
    for number in range(length):
        middle, box = _box(number, length)
        scene.rect((middle - box / 2, 300), (box, 40), CARD, radius=8, line=EDGE, thick=1.5)
