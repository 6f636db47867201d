"""A card table: the dealer's hand above, the player's below, their sums beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal

TEXT, QUIET = "#E8ECF4", "#A9B8CE"
RED, INK, CARD = "#C8324B", "#1B2436", "#F3F1EA"
WIDTH, HEIGHT = 92.0, 130.0
DEALT, ROW_TOP, ROW_FOOT = 150.0, 42.0, 238.0
NUMBER = re.compile(r"-?\d+(\.\d+)?")
SUITS = {
    "H": "M0 9 C-5 4 -10 0 -10 -5 C-10 -10 -3 -11 0 -5 C3 -11 10 -10 10 -5 C10 0 5 4 0 9 Z",
    "D": "M0 -11 L8 0 L0 11 L-8 0 Z",
    "S": "M0 -11 C5 -5 10 -2 10 3 C10 8 4 9 1 5 L4 11 L-4 11 L-1 5 C-4 9 -10 8 -10 3 C-10 -2 -5 -5 0 -11 Z",
    "C": "M-1.5 0 L1.5 0 L4 11 L-4 11 Z",
}


@dataclass(frozen=True)
class Hand:
    """Cards from 1 (ace) to 10 in the order dealt, what they count together, and whether an ace counts 11."""

    cards: Sequence[int]
    total: int
    usable_ace: bool


def blackjack_table(
    surface: Any, look: SeatLook, dealer: Hand, player: Hand, open_card: tuple[str, str], paid: float | None
) -> None:
    """Draws the table in a scene of 600 × 400.

    Args:
        dealer: one card while the other lies face down.
        open_card: suit (C, D, H or S) of the dealer's first card and its face (J, Q or K; else empty).
        paid: what the game paid; None while it goes on.
    """
    scene = Picture(600, 400)
    scene.backdrop("blackjack", _felt)
    _hand(scene, dealer, ROW_TOP, open_card)
    if len(dealer.cards) == 1:
        scene.sprite("back of a card", _back, (DEALT + _shift(2), ROW_TOP))
    _hand(scene, player, ROW_FOOT, None)
    scene.text((72, ROW_TOP + 34), "dealer", 15, QUIET)
    _sum(scene, ROW_TOP + 70, dealer, TEXT)
    colour = hexadecimal(look.colour)
    with scene.placed((72, ROW_FOOT + 22)):
        scene.circle((0, 0), 19, "#0E1626", line=colour, thick=3)
    scene.stamp(look.shape, (72, ROW_FOOT + 22), 21, colour)
    _sum(scene, ROW_FOOT + 74, player, TEXT)
    if paid is not None:
        _result(scene, dealer, player, paid)
    scene.paint(surface)


def _felt(scene: Picture) -> None:
    scene.rect((12, 18), (576, 372), "#04060B", radius=40, opacity=0.55)
    felt = scene.gradient("#1D4A4A", "#12302F")
    scene.rect((12, 12), (576, 372), felt, radius=40, line="#3A2C22", thick=9)
    scene.rect((20, 20), (560, 356), "none", radius=33, line="#8FB8AE", thick=1.2, opacity=0.35)
    scene.lines([(40, 205), (560, 205)], "#8FB8AE", 1.2, opacity=0.3)


def _shift(cards: int) -> float:
    """From one card of a hand to the next; long hands overlap."""
    return min(WIDTH + 10, (560 - DEALT - WIDTH) / max(1, cards - 1))


def _hand(scene: Picture, hand: Hand, top: float, first: tuple[str, str] | None) -> None:
    for number, card in enumerate(hand.cards):
        suit = "SHCD"[(2 * number + card // 2) % 4]
        face = ""
        if first is not None and number == 0:
            suit, face = first
        shift = _shift(max(2, len(hand.cards)))
        _card(scene, (DEALT + number * shift, top), {1: "A"}.get(card, face or str(card)), suit)


def _card(scene: Picture, corner: Point, rank: str, suit: str) -> None:
    scene.sprite(("card", rank, suit), partial(_face, rank=rank, suit=suit), corner)


def _face(scene: Sketch, rank: str, suit: str) -> None:
    scene.rect((2, 5), (WIDTH, HEIGHT), "#020608", radius=11, opacity=0.4)
    scene.rect((0, 0), (WIDTH, HEIGHT), CARD, radius=11, line="#B9B4A6", thick=1.2)
    _suit(scene, (19, 48), suit, 1.0)
    _suit(scene, (WIDTH / 2 + 12, HEIGHT - 44), suit, 2.5)
    scene.text((19, 22), rank, 25, RED if suit in "DH" else INK)


def _suit(scene: Sketch, at: Point, suit: str, size: float) -> None:
    colour = RED if suit in "DH" else INK
    with scene.placed(at):
        scene.path(NUMBER.sub(lambda number: f"{float(number[0]) * size:g}", SUITS[suit]), colour)
        for x, y in ((0, -5.5), (-5.2, 2), (5.2, 2), (0, -1)) if suit == "C" else ():
            scene.circle((x * size, y * size), (5 if y != -1 else 3) * size, colour)


def _back(scene: Sketch) -> None:
    """A card that lies face down."""
    scene.rect((2, 5), (WIDTH, HEIGHT), "#020608", radius=11, opacity=0.4)
    scene.rect((0, 0), (WIDTH, HEIGHT), CARD, radius=11, line="#B9B4A6", thick=1.2)
    scene.rect((7, 7), (WIDTH - 14, HEIGHT - 14), scene.gradient("#3D5A8C", "#2A4170"), radius=7)
    for number in range(4):
        y = 22 + number * 28
        diamond = [(46, y - 11), (58, y), (46, y + 11), (34, y)]
        scene.polygon(diamond, "none", line="#A9C0E8", thick=2)


def _sum(scene: Picture, y: float, hand: Hand, colour: str) -> None:
    scene.text((72, y), str(hand.total), 36, colour)
    if hand.usable_ace:
        scene.text((72, y + 30), "ace as 11", 13, QUIET)


def _result(scene: Picture, dealer: Hand, player: Hand, paid: float) -> None:
    words = "won" if paid > 0 else "lost" if paid < 0 else "drawn"
    reason = "bust" if player.total > 21 else "dealer bust" if dealer.total > 21 else ""
    colour = "#7BE0A8" if paid > 0 else "#FF9AA0" if paid < 0 else TEXT
    label = ", ".join(part for part in (reason, f"{words} {paid:+g}".replace("-", "\u2212")) if part)
    label = label.replace("+0", "0")
    scene.rect((190, 187), (220, 36), "#0B1718", radius=18, line=colour, thick=2)
    scene.text((300, 205), label, 19, colour)
