"""The cart, its pole and its track."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from arena.api import SeatLook
from arena.drawing.picture import Align, Picture, Sketch, hexadecimal, mixed

CENTRE, RAIL, TRAVEL = 300.0, 316.0, 248.0
AXLE = RAIL - 32
POLE = 190.0
TEXT, QUIET = "#E8ECF4", "#8B98AF"
WORDS: dict[int, tuple[str, Align]] = {-1: ("push left", "right"), 1: ("push right", "left")}


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
        trail: earlier places that are still seen, the newest first.
        push: −1 for left, 1 for right, None before the first step.
        fallen: the pole has dropped or the track has ended.
    """
    scene = Picture(600, 400, ("#0B0E14", "#0D1422"))
    scene.backdrop("cart and pole", _track)
    x, angle = CENTRE + TRAVEL * place[0], place[1]
    axle, colour = (x, AXLE), look.colour
    pole = partial(_pole, colour=colour)
    scene.sprite("cart's limits", _limits, axle)
    for age in range(len(trail), 0, -1):
        past, leaning = trail[age - 1]
        scene.sprite(("pole", colour), pole, (CENTRE + TRAVEL * past, AXLE), leaning, 0.2 / age)
    scene.sprite("cart", _cart, axle)
    scene.sprite(("pole", colour), pole, axle, angle)
    if push and not fallen:
        scene.sprite(("push", push), partial(_arrow, push=push), axle)
    facts = f"angle {angle:+.1f}°  x {2.4 * place[0]:+.2f} m".replace("-", "\u2212")
    scene.chip(facts, "#FF7A82" if fallen else "#C9D3E6")
    scene.paint(surface)


def _track(scene: Picture) -> None:
    glow = scene.gradient(("#22335C", 0.6), ("#152038", 0.35), ("#0C111C", 0), radial=True)
    scene.circle((CENTRE, 250), 330, glow)
    scene.rect((-1400, RAIL), (3400, 900), scene.gradient("#0E1524", "#090C13"))
    scene.lines([(-1400, RAIL), (2000, RAIL)], "#5D75A6", 2.5)
    for mark in range(-5, 6):
        at = CENTRE + TRAVEL * mark / 4.8
        scene.lines([(at, RAIL + 4), (at, RAIL + (13 if mark == 0 else 9))], "#3B4A6B", 2)
    for side in (-1, 1):
        end = CENTRE + side * TRAVEL
        scene.lines([(end, RAIL - 150), (end, RAIL - 3)], "#55648A", 2, dash="3 7")
        scene.text((end, RAIL - 164), "end of track", 13, QUIET)


def _limits(scene: Sketch) -> None:
    """The upper end of the wedge of 12 degrees within which the pole has to stay."""
    for side in (-1, 1):
        with scene.placed((0, 0), turned=12 * side):
            scene.lines([(0, -138), (0, -POLE - 24)], "#6A7BA0", 1.5, dash="2 6", opacity=0.8)
    band = "M-42 -198 A202 202 0 0 1 42 -198 L48 -226 A231 231 0 0 0 -48 -226 Z"
    scene.path(band, "#7F95C8", opacity=0.12)
    scene.text((0, -217), "±12°", 13, QUIET)


def _cart(scene: Sketch) -> None:
    with scene.placed((0, -14)):
        scene.rect((-56, 45), (112, 5), "#04060A", radius=2.5, opacity=0.6)
        scene.rect((-52, 0), (104, 36), scene.gradient("#E4EBF8", "#97A6C3"), radius=8)
        scene.rect((-52, 18), (104, 18), "#7585A6", radius=8, opacity=0.5)
        for wheel in (-29, 29):
            scene.circle((wheel, 36), 9.5, "#4C5B7C", line="#0D1422", thick=3)
            scene.circle((wheel, 36), 2.5, "#AAB5C9")


def _pole(scene: Sketch, colour: tuple[int, int, int]) -> None:
    """The pole, upright, and the axle it turns on."""
    scene.lines([(0, 0), (0, -POLE)], mixed(colour, (6, 9, 16), 0.3), 16)
    scene.lines([(0, 0), (0, -POLE)], hexadecimal(colour), 13.5)
    scene.lines([(-3, -14), (-3, -POLE + 2)], mixed(colour, (255, 255, 255), 0.45), 2.2)
    scene.circle((0, 0), 6.5, "#0B0E14", line="#5D6E8F", thick=2)


def _arrow(scene: Sketch, push: int) -> None:
    tail, head = 68 * push, 100 * push
    scene.lines([(tail, 4), (head, 4)], TEXT, 3)
    scene.lines([(head - 9 * push, -4), (head, 4), (head - 9 * push, 12)], TEXT, 3)
    words, align = WORDS[push]
    scene.text((112 * push, 4), words, 14, TEXT, align=align)
