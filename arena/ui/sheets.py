"""The shortcut sheet (?), and where toasts stand."""

from __future__ import annotations

from collections.abc import Sequence

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key
from arena.ui.layout import Column, Grid, Row
from arena.ui.messages import Handled, Message
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import KeyCap
from arena.ui.widgets.dialog import Dialog
from arena.ui.widgets.scroll import STEP, Scroll
from arena.ui.widgets.text import Text

COMMON = (
    ("Ctrl K", "Search and commands"),
    ("Tab", "Next control"),
    ("Shift Tab", "Previous control"),
    ("F6", "Next panel"),
    ("Enter", "Activate"),
    ("Esc", "Close or clear"),
    ("Ctrl +", "Larger"),
    ("Ctrl \u2212", "Smaller"),
    ("Ctrl 0", "Scale 100 %"),
    ("Ctrl Shift N", "Notices"),
    ("F11", "Full screen"),
    ("?", "This sheet"),
)


def _row(keys: str, words: str) -> Row:
    caps = [KeyCap(key) for key in keys.split(" ")]
    return Row(Text(words, "body", "text2").sized(grow=1), *caps, gap=4).sized(height=26)


def _section(title: str, rows: Sequence[tuple[str, str]]) -> Column:
    grid = Grid([_row(keys, words) for keys, words in rows], columns=2, gap=32, row_gap=0)
    return Column(Text(title, "label", "text3"), grid, gap=4)


def shortcut_sheet(screens: Sequence[tuple[str, str]], here: str, own: Sequence[tuple[str, str]]) -> Dialog:
    """Args: (keys, words) of the screens; the title of the current one and its own shortcuts."""
    sections: list[Widget] = [_section("Everywhere", COMMON), _section("Screens", screens)]
    if own:
        sections.append(_section(here, own))
    close = Button("", "initial-focus", "quiet", "x").with_tooltip("Close\tEsc")
    head = Row(Text("Keyboard", "heading").sized(grow=1), close)
    return _ShortcutSheet(head, Scroll(Column(*sections, gap=14), "shortcuts.sections"))


class _ShortcutSheet(Dialog):
    """Its cross has the focus, and its keys scroll the sections."""

    def __init__(self, head: Widget, sections: Scroll) -> None:
        super().__init__(head, sections, id="shortcuts", closers=("initial-focus",), gap=14)
        self._sections = sections

    def handle(self, event: Event) -> Message | None:
        if isinstance(event, Key) and event.name in ("up", "down"):
            self._sections.scroll_to(self._sections.offset + (STEP if event.name == "down" else -STEP))
            return Handled()
        return self._sections.handle(event) if isinstance(event, Key) else None


def toast_place(canvas: Canvas, widget: Widget) -> Rect:
    """Bottom right: 20 px from the edge, 16 px above the status bar."""
    width, height = canvas.size
    wide, tall = widget.natural_size(canvas, 460)
    return Rect(width - 20 - wide, height - 28 - 16 - tall, wide, tall)
