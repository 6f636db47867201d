"""The keyboard of a person who plays: which of an environment's keys are down, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence

from arena.records import EnvironmentInfo, KeyInfo
from arena.ui.screens.watch.thoughts import action_words

Played = int | tuple[float, ...]

CAPS = {"left": "\u2190", "up": "\u2191", "right": "\u2192", "down": "\u2193", "return": "Enter"}
ARROWS = ("left", "up", "down", "right")


def plain_name(name: str) -> str:
    """A key by the name that an environment gives it: digits of the number pad are digits."""
    padded = name.removeprefix("[").removesuffix("]")
    return padded if len(padded) == 1 and name.startswith("[") else name


class Keyboard:
    """The keys that play something, in the order in which they went down."""

    def __init__(self, keys: Sequence[KeyInfo]) -> None:
        self._actions: dict[str, Played] = {known.key: known.action for known in keys}
        self._down: list[str] = []

    def action(self, name: str) -> Played | None:
        """What a key plays, None if nothing."""
        return self._actions.get(plain_name(name))

    def press(self, name: str) -> bool:
        """Whether the key was up before: a key that is held repeats itself."""
        name = plain_name(name)
        if name in self._down:
            return False
        self._down.append(name)
        return True

    def release(self, name: str) -> bool:
        """Whether the key was down."""
        name = plain_name(name)
        if name not in self._down:
            return False
        self._down.remove(name)
        return True

    def let_go(self) -> bool:
        """All keys are up now; whether one was down."""
        was_down = bool(self._down)
        self._down.clear()
        return was_down

    @property
    def held(self) -> Played | None:
        """What all keys that are down play: the newest one's number, or the sum of their vectors."""
        played = [self._actions[name] for name in self._down if name in self._actions]
        vectors = [action for action in played if isinstance(action, tuple)]
        if vectors:
            return tuple(sum(parts) for parts in zip(*vectors, strict=True))
        return played[-1] if played else None


def cap_of(key: str) -> str:
    """What stands on a key."""
    return CAPS.get(key, key.upper() if len(key) == 1 else key.capitalize())


def key_lines(info: EnvironmentInfo, most_caps: int = 2) -> list[tuple[tuple[str, ...], str, Played]]:
    """One line for each action that has keys: some of its keys' caps, its name, the action."""
    lines: dict[Played, list[str]] = {}
    for known in info.keys:
        lines.setdefault(known.action, []).append(cap_of(known.key))
    return [
        (tuple(caps[:most_caps]), _name(info, action), action) for action, caps in lines.items()
    ]  # fmt: skip


def _name(info: EnvironmentInfo, action: Played) -> str:
    """Numbers are no words for a hand: keys for vectors are shown by their caps alone."""
    return action_words(info, action) if isinstance(action, int) else ""


def digit_span(info: EnvironmentInfo) -> str:
    """As in "1 … 7" where the digits play the actions in their order, else ""."""
    digits = [known.key for known in info.keys if known.key.isdigit() and len(known.key) == 1]
    in_order = digits == [str(at + 1) for at in range(len(digits))]
    return f"1 \u2026 {digits[-1]}" if in_order and len(digits) > 2 else ""


def first_caps(info: EnvironmentInfo) -> str:
    """One key for each action, as in "← or →"."""
    caps = [caps[0] for caps, _, _ in key_lines(info)]
    return " or ".join(part for part in (", ".join(caps[:-1]), *caps[-1:]) if part)
