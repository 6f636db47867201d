"""Drives the real app in tests, by widget id, through the same SDL events that a person causes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pygame
from pygame import Rect

from arena.ui.app import App
from arena.ui.audit import Finding, audit
from arena.ui.canvas import TextMark
from arena.ui.widget import Widget
from arena.ui.widgets.rows import Rows

KEYS = {"ctrl": pygame.KMOD_LCTRL, "shift": pygame.KMOD_LSHIFT, "alt": pygame.KMOD_LALT}


@dataclass(frozen=True)
class Seen:
    """A widget as it stands on the screen; the rectangle is in logical pixels."""

    id: str
    kind: str
    rect: Rect
    enabled: bool
    focused: bool


class Pilot:
    """Needs an app on any SDL driver, `dummy` included."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.settle()

    def frames(self, count: int = 1) -> None:
        for _ in range(count):
            self.app.frame()

    def settle(self, seconds: float = 5.0) -> None:
        """Draw until no task of the window is under way and nothing waits to be drawn."""
        self.frames(2)
        deadline = time.monotonic() + seconds
        while (self.app.tasks.pending or self.app.tree.waiting) and time.monotonic() < deadline:
            self.app.frame()
            time.sleep(0.002)
        self.frames(2)

    def wait_until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Draw frames until the condition holds. Raises AssertionError when it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not true after {seconds} s; on screen: {self.texts()}")
            self.app.frame()
            time.sleep(0.005)

    def widget(self, id: str) -> Widget:
        """Raises AssertionError when it is not shown."""
        found = next((widget for widget in self._shown() if widget.id == id), None)
        if found is None:
            raise AssertionError(f"no widget {id!r} is shown; there are {sorted(self.ids())}")
        return found

    def _shown(self) -> Iterator[Widget]:
        self.app.tree.layout()
        for top in (self.app.shell, *(layer.widget for layer in self.app.tree.layers)):
            yield from top.walk()

    def ids(self) -> set[str]:
        return {widget.id for widget in self._shown() if widget.id}

    def widgets(self) -> list[Seen]:
        return [
            Seen(widget.id, type(widget).__name__, Rect(widget.rect), widget.enabled, widget.focused)
            for widget in self._shown()
            if widget.id
        ]

    def click(self, id: str, clicks: int = 1) -> None:
        """Press and release the left button in the middle of a widget."""
        self.click_at(self.widget(id).rect.center, clicks)

    def click_at(self, point: tuple[int, int], clicks: int = 1) -> None:
        """The same anywhere, in logical pixels."""
        at = self._physical(point)
        self.hover_at(point)
        for _ in range(clicks):
            pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
            pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=at, button=1))
        self.settle()

    def click_row(self, id: str, index: int, clicks: int = 1) -> None:
        """Click a row of a table or list, counted from the first of all its rows."""
        rows = self.widget(id)
        if not isinstance(rows, Rows):
            raise TypeError(f"{id} has no rows; it is a {type(rows).__name__}.")
        view, height = rows.view, rows.row_height
        top = view.top + index * height - rows.offset
        self.click_at((view.left + 40, top + height // 2), clicks)

    def hover_at(self, point: tuple[int, int]) -> None:
        at = self._physical(point)
        pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=at, rel=(0, 0), buttons=(0, 0, 0)))
        self.app.frame()

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        self.hover_at(start)
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=self._physical(start), button=1))
        self.app.frame()
        self.hover_at(end)
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=self._physical(end), button=1))
        self.settle()

    def scroll(self, point: tuple[int, int], down: float) -> None:
        self.hover_at(point)
        wheel = pygame.event.Event(
            pygame.MOUSEWHEEL, x=0, y=-round(down), precise_x=0.0, precise_y=-down, flipped=False
        )
        pygame.event.post(wheel)
        self.settle()

    def press(self, keys: str) -> None:
        """Press one key with modifiers, as in "ctrl+k", "shift+tab", "return"."""
        *held, name = keys.split("+") if keys != "+" else ["+"]
        mod = sum(KEYS[key] for key in held)
        code = pygame.key.key_code(name)
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod, unicode="", scancode=0))
        pygame.event.post(pygame.event.Event(pygame.KEYUP, key=code, mod=mod, unicode="", scancode=0))
        self.settle()

    def type(self, text: str) -> None:
        """Enter text into the focused field."""
        for glyph in text:
            pygame.event.post(pygame.event.Event(pygame.TEXTINPUT, text=glyph))
        self.settle()

    def _physical(self, point: tuple[int, int]) -> tuple[int, int]:
        scale = self.app.canvas.scale
        return round(point[0] * scale), round(point[1] * scale)

    def marks(self) -> list[TextMark]:
        """Every piece of text on the screen, by drawing all of it once more."""
        canvas = self.app.canvas
        canvas.marks = []
        self.app.tree.damage_all()
        self.app.frame()
        marks, canvas.marks = canvas.marks, None
        return marks

    def texts(self) -> list[str]:
        return [mark.text for mark in self.marks() if mark.clip.colliderect(mark.rect)]

    def audit(self) -> list[Finding]:
        """What is wrong with the layout of the screen as it now is."""
        self.settle()
        marks = self.marks()
        return audit(self.app.tree, marks, self.app.canvas)

    def screenshot(self, path: Path | str) -> None:
        self.app.tree.damage_all()
        self.app.frame()
        pygame.image.save(self.app.canvas.surface, str(path))

    def resize(self, width: int, height: int) -> None:
        """Give the window another size, in physical pixels."""
        surface = pygame.display.set_mode((width, height), pygame.RESIZABLE)
        self.app.canvas.surface = surface
        pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, size=(width, height), w=width, h=height))
        self.settle()
