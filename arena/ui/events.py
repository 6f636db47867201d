"""What a person does, in logical pixels and plain words; made from SDL's events in one place."""

from __future__ import annotations

from dataclasses import dataclass

import pygame


@dataclass(frozen=True)
class PointerMove:
    """Where the pointer went."""

    x: int
    y: int


@dataclass(frozen=True)
class PointerDown:
    """`button` is 1 left, 2 middle, 3 right; `clicks` counts quick presses in one place."""

    x: int
    y: int
    button: int = 1
    clicks: int = 1
    shift: bool = False
    ctrl: bool = False


@dataclass(frozen=True)
class PointerUp:
    """A button let go."""

    x: int
    y: int
    button: int = 1


@dataclass(frozen=True)
class Wheel:
    """Scroll steps; positive `down` shows what lies below."""

    x: int
    y: int
    down: float
    right: float = 0.0


@dataclass(frozen=True)
class Key:
    """A key by SDL's name in lower case, as in "return", "left", "a", "f6", "/". `ctrl` is Cmd too."""

    name: str
    ctrl: bool = False
    shift: bool = False
    alt: bool = False


@dataclass(frozen=True)
class Released:
    """A key let go, named as in `Key`."""

    name: str


@dataclass(frozen=True)
class Typed:
    """Text that was entered, after any input method."""

    text: str


@dataclass(frozen=True)
class Composing:
    """Text that an input method has not settled yet; empty when composing ends."""

    text: str


@dataclass(frozen=True)
class Dropped:
    """A file or folder let go over the window."""

    path: str


Event = PointerMove | PointerDown | PointerUp | Wheel | Key | Released | Typed | Composing | Dropped


class Translator:
    """Turns SDL events into ours. Counts clicks, since SDL does not tell."""

    def __init__(self) -> None:
        self._last_press = (0, -100, -100)
        self._clicks = 0

    def translate(self, event: pygame.event.Event, scale: float, pointer: tuple[int, int]) -> Event | None:
        """Args: the event, physical pixels per logical one, where the pointer is in logical pixels."""
        match event.type:
            case pygame.MOUSEMOTION:
                return PointerMove(*_logical(event.pos, scale))
            case pygame.MOUSEBUTTONDOWN if event.button <= 3:
                return self._press(event, scale)
            case pygame.MOUSEBUTTONUP if event.button <= 3:
                return PointerUp(*_logical(event.pos, scale), event.button)
            case pygame.MOUSEWHEEL:
                return Wheel(*pointer, -event.precise_y, event.precise_x)
        return _from_keyboard(event)

    def _press(self, event: pygame.event.Event, scale: float) -> PointerDown:
        x, y = _logical(event.pos, scale)
        now = pygame.time.get_ticks()
        before, at_x, at_y = self._last_press
        near = abs(at_x - x) < 5 and abs(at_y - y) < 5
        self._clicks = self._clicks + 1 if near and now - before < 400 else 1
        self._last_press = (now, x, y)
        held = pygame.key.get_mods()
        shift, ctrl = bool(held & pygame.KMOD_SHIFT), bool(held & (pygame.KMOD_CTRL | pygame.KMOD_META))
        return PointerDown(x, y, event.button, self._clicks, shift, ctrl)


def _from_keyboard(event: pygame.event.Event) -> Event | None:
    match event.type:
        case pygame.KEYDOWN:
            ctrl = bool(event.mod & (pygame.KMOD_CTRL | pygame.KMOD_META))
            shift, alt = bool(event.mod & pygame.KMOD_SHIFT), bool(event.mod & pygame.KMOD_ALT)
            return Key(_key_name(event.key), ctrl, shift, alt)
        case pygame.KEYUP:
            return Released(_key_name(event.key))
        case pygame.TEXTINPUT:
            return Typed(event.text)
        case pygame.TEXTEDITING:
            return Composing(event.text)
        case pygame.DROPFILE:
            return Dropped(event.file)
    return None


def _logical(position: tuple[int, int], scale: float) -> tuple[int, int]:
    return int(position[0] / scale), int(position[1] / scale)


def _key_name(code: int) -> str:
    name = pygame.key.name(code).lower()
    aliases = {"enter": "return", "keypad enter": "return", "page up": "pageup", "page down": "pagedown"}
    return aliases.get(name, name)
