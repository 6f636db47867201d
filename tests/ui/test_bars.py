"""Bars stay within their widget, words included, whatever the values are."""

from __future__ import annotations

from typing import Any

import pygame
import pytest
from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.theme import DARK
from arena.ui.widgets.bars import Bar, Bars


class Watched(Canvas):
    """Notes where words stand and boxes are."""

    def __init__(self) -> None:
        super().__init__(pygame.Surface((300, 120)), DARK)
        self.words: dict[str, Rect] = {}
        self.boxes: list[Rect] = []

    def text(self, words: str, rect: Rect, *rest: Any, **more: Any) -> int:
        if words:
            self.words[words] = Rect(rect)
        return super().text(words, rect, *rest, **more)

    def box(self, rect: Rect, *rest: Any, **more: Any) -> None:
        self.boxes.append(Rect(rect))
        super().box(rect, *rest, **more)


def drawn(*values: float | None) -> Watched:
    bars = Bars([Bar(f"to {value}", value, f"is {value}") for value in values])
    bars.rect, canvas = Rect(10, 10, 280, 94), Watched()
    bars.draw(canvas)
    assert all(bars.rect.contains(rect) for rect in [*canvas.words.values(), *canvas.boxes])
    return canvas


@pytest.mark.parametrize(
    "values", [(0.0, 0.0), (0.0, -1.0), (-1.0, -0.5), (1.0, -1.0), (0.2, 0.8), (None, 0.0, -1.0), (None,)]
)
def test_bars_and_their_words_stay_inside_whatever_their_signs(values: tuple[float | None, ...]) -> None:
    canvas = drawn(*values)
    for value in values:
        if value is None:
            continue
        beyond, under = canvas.words[f"is {value}"], canvas.words[f"to {value}"]
        assert not beyond.colliderect(under)


def test_nothing_but_its_label_stands_for_an_action_without_a_value() -> None:
    assert len(drawn(0.5, None, 0.25).boxes) == 2
    assert drawn(None).boxes == []
