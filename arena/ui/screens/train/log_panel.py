"""The log of the chosen run: all of it, its warnings, or what was saved; it follows the end."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Literal

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.layout import Column, Divider
from arena.ui.messages import Changed, Handled, Message, Pressed
from arena.ui.screens.train.reading import Noted
from arena.ui.theme import Tone
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import FilterChips
from arena.ui.widgets.log_view import LogLine, LogView
from arena.ui.widgets.panel import Panel

Kind = Literal["all", "warnings", "checkpoints"]
SAVED = ("checkpoint", "best weights")
GLYPH = 7.25
BESIDE = 28 + 66 + 14 + 8


def is_warning(line: Noted) -> bool:
    return line.level in ("warning", "error")


def is_checkpoint(line: Noted) -> bool:
    return line.level == "info" and any(word in line.text.lower() for word in SAVED)


def tone_of(line: Noted) -> Tone:
    if is_checkpoint(line):
        return "ok"
    tones: dict[str, Tone] = {"warning": "warn", "error": "err"}
    return tones.get(line.level, "neutral")


class LogPanel(Panel):
    """Everything in it is answered by the panel itself."""

    def __init__(self) -> None:
        self._lines: tuple[Noted, ...] = ()
        self._several = False
        self._columns = 100
        self.view = LogView("train.log")
        self.view.empty = "Nothing was logged"
        self.filter = FilterChips(
            [("all", "All"), ("warnings", "Warnings"), ("checkpoints", "Checkpoints")], "train.log.filter"
        )
        self.follow = Button("Following", "train.log.follow", "quiet", "arrow-down", "small")
        super().__init__(
            Divider(),
            Column(self.view.sized(grow=1), padding=(3, 0, 4, 0)).sized(grow=1),
            title="Log",
            tools=[self.filter, self.follow],
            bare=True,
            id="train.log.panel",
        )

    def show(self, lines: Sequence[Noted], several_seeds: bool) -> None:
        if tuple(lines) == self._lines and several_seeds == self._several:
            return
        self._lines, self._several = tuple(lines), several_seeds
        counts = {
            "warnings": sum(is_warning(line) for line in lines),
            "checkpoints": sum(is_checkpoint(line) for line in lines),
        }
        self.filter.set_counts(counts)
        self._fill()

    def _fill(self) -> None:
        kinds = {"warnings": is_warning, "checkpoints": is_checkpoint}
        wanted = kinds.get(self.filter.chosen)
        lines = [line for line in self._lines if wanted is None or wanted(line)]
        empty = {"warnings": "No warnings", "checkpoints": "No checkpoint was saved yet"}
        self.view.empty = empty.get(self.filter.chosen, "Nothing was logged yet")
        self.view.show([piece for line in lines for piece in self._wrapped(line)])

    def _wrapped(self, line: Noted) -> list[LogLine]:
        seed = f"seed {line.seed}  " if self._several else ""
        tone = tone_of(line)
        pieces = textwrap.wrap(
            f"{seed}{line.text}",
            self._columns,
            replace_whitespace=False,
            drop_whitespace=False,
            expand_tabs=False,
            tabsize=4,
        ) or [""]
        times = [line.time, *(" " * len(line.time) for _ in pieces[1:])]
        return [LogLine(piece, time, tone) for piece, time in zip(pieces, times, strict=True)]

    def place(self, canvas: Canvas, rect: Rect) -> None:
        super().place(canvas, rect)
        columns = max(20, int((rect.width - BESIDE) / GLYPH))
        if columns != self._columns:
            self._columns = columns
            self._fill()

    def keep_up(self) -> None:
        """Have the button say whether the log follows its end, which scrolling changes."""
        label = "Following" if self.view.following else "Follow"
        if label != self.follow.label:
            self.follow.label = label

    def toggle_following(self) -> None:
        self.view.following = not self.view.following
        if self.view.following:
            self.view.scroll_to(10**9)
        self.keep_up()

    def translate(self, message: Message) -> Message:
        match message:
            case Changed("train.log.filter"):
                self._fill()
            case Pressed("train.log.follow"):
                self.toggle_following()
            case _:
                return message
        return Handled()
