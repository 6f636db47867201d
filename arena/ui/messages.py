"""What a widget answers to an event. Screens match them: `case Pressed("start"): ...`.

The first field is always the id of the widget that speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """The root: who speaks."""

    id: str


@dataclass(frozen=True)
class Handled(Message):
    """The event was used up and nobody needs to know."""

    id: str = ""


@dataclass(frozen=True)
class Pressed(Message):
    """A button, chip or link was activated by pointer or key."""


@dataclass(frozen=True)
class Changed(Message):
    """A field, toggle, segment, slider, tab or form has a new value."""

    value: Any


@dataclass(frozen=True)
class Chosen(Message):
    """A row or menu entry is now the selected one; None when the selection was cleared."""

    key: Any


@dataclass(frozen=True)
class Activated(Message):
    """A row was opened, by Enter or a double click."""

    key: Any


@dataclass(frozen=True)
class Submitted(Message):
    """Enter in a text field."""

    value: str


@dataclass(frozen=True)
class Closed(Message):
    """A dialog was answered; `answer` is the id of the button that closed it, "" for Esc."""

    answer: str


@dataclass(frozen=True)
class FileDropped(Message):
    """A file or folder was let go over the window; the id is that of the screen."""

    path: str
