"""The cart, its pole and its track."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arena.api import SeatLook
from arena.drawing.picture import Picture, hexadecimal, mixed

CENTRE, RAIL, TRAVEL = 300.0, 316.0, 248.0
PIVOT = RAIL - 46
POLE = 190.0
AXLE = 14
TEXT, QUIET = "#E8ECF4", "#8B98AF"


def cartpole_scene(
    surface: Any,
    look: SeatLook,
    place: tuple[float, float],
    trail: Sequence[tuple[float, float]],
    push: int | None,
    fallen: bool,
) -> None:
    """Draws the cart in a scene of 600 × 400.

    Args:
        place: how far along the track (−1 … 1) and the pole's angle in degrees, clockwise.
        trail: earlier places, the oldest first.
        push: −1 for left, 1 for right, None before the first step.
        fallen: the pole has dropped or the track has ended.
    """
    scene = Picture(600, 400, ("#0B0E14", "#0D1422"))
    scene.circle(
        (CENTRE, 250), 330, scene.gradient(("#22335C", 0.6), ("#152038", 0.35), ("#0C111C", 0), radial=True)
    )
    _track(scene)
    scene.settle()
    x, angle = CENTRE + TRAVEL * place[0], place[1]
    _limits(scene, x)
    for age, (past, leaning) in reversed(list(enumerate(trail[-6::-6], start=1))):
        with scene.placed((CENTRE + TRAVEL * past, PIVOT), opacity=0.2 / age):
            scene.rect((-52, 0), (104, 36), "#8FA2C8", radius=8)
            with scene.placed((0, AXLE), turned=leaning):
                scene.lines([(0, 0), (0, -POLE)], hexadecimal(look.colour), 15)
    with scene.placed((x, PIVOT)):
        _cart(scene)
        _pole(scene, look, angle)
        scene.circle((0, AXLE), 6.5, "#0B0E14", line="#5D6E8F", thick=2)
    if push and not fallen:
        _arrow(scene, x, push)
    facts = f"angle {angle:+.1f}°  x {2.4 * place[0]:+.2f} m".replace("-", "\u2212")
    scene.chip(facts, "#FF7A82" if fallen else "#C9D3E6")
    spots = [x, *(CENTRE + TRAVEL * past for past, _ in trail)]
    scene.paint(surface, moving=((min(spots) - 110, PIVOT - POLE - 60), (max(spots) + 110, RAIL + 30)))


def _track(scene: Picture) -> None:
    scene.rect((-1400, RAIL), (3400, 900), scene.gradient("#0E1524", "#090C13"))
    scene.lines([(-1400, RAIL), (2000, RAIL)], "#5D75A6", 2.5)
    for mark in range(-5, 6):
        at = CENTRE + TRAVEL * mark / 4.8
        scene.lines([(at, RAIL + 4), (at, RAIL + (13 if mark == 0 else 9))], "#3B4A6B", 2)
    for side in (-1, 1):
        end = CENTRE + side * TRAVEL
        scene.lines([(end, RAIL - 150), (end, RAIL - 3)], "#55648A", 2, dash="3 7")
        scene.text((end, RAIL - 164), "end of track", 13, QUIET)


def _limits(scene: Picture, x: float) -> None:
    """The wedge of 12 degrees within which the pole has to stay."""
    tips = []
    for side in (-1, 1):
        with scene.placed((x, PIVOT + AXLE), turned=12 * side):
            scene.lines([(0, -30), (0, -POLE - 24)], "#6A7BA0", 1.5, dash="2 6", opacity=0.8)
        tips.append(x + side * 48.0)
    scene.path(
        f"M{x:.2f} {PIVOT + AXLE} L{tips[0]:.2f} {PIVOT - 212} A240 240 0 0 1 {tips[1]:.2f} {PIVOT - 212} Z",
        "#7F95C8", opacity=0.07,
    )  # fmt: skip
    scene.text((tips[0] - 14, PIVOT - 216), "12°", 13, QUIET)


def _cart(scene: Picture) -> None:
    scene.rect((-56, 45), (112, 5), "#04060A", radius=2.5, opacity=0.6)
    scene.rect((-52, 0), (104, 36), scene.gradient("#E4EBF8", "#97A6C3"), radius=8)
    scene.rect((-52, 18), (104, 18), "#7585A6", radius=8, opacity=0.5)
    for wheel in (-29, 29):
        scene.circle((wheel, 36), 9.5, "#4C5B7C", line="#0D1422", thick=3)
        scene.circle((wheel, 36), 2.5, "#AAB5C9")


def _pole(scene: Picture, look: SeatLook, angle: float) -> None:
    with scene.placed((0, AXLE), turned=angle):
        scene.lines([(0, 0), (0, -POLE)], mixed(look.colour, (6, 9, 16), 0.3), 16)
        scene.lines([(0, 0), (0, -POLE)], hexadecimal(look.colour), 13.5)
        scene.lines([(-3, -14), (-3, -POLE + 2)], mixed(look.colour, (255, 255, 255), 0.45), 2.2)


def _arrow(scene: Picture, x: float, push: int) -> None:
    tail, head = x + 68 * push, x + 100 * push
    scene.lines([(tail, PIVOT + 18), (head, PIVOT + 18)], TEXT, 3)
    scene.lines([(head - 9 * push, PIVOT + 10), (head, PIVOT + 18), (head - 9 * push, PIVOT + 26)], TEXT, 3)
    words = "push right" if push > 0 else "push left"
    scene.text((head + 12 * push, PIVOT + 18), words, 14, TEXT, align="left" if push > 0 else "right")
