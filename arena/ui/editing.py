"""Editing one line of text: caret, selection, words and undo, without any drawing."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A line being edited; the selection lies between `anchor` and `caret`, both counted in characters."""

    text: str = ""
    caret: int = 0
    anchor: int = 0

    @property
    def selection(self) -> tuple[int, int]:
        return min(self.caret, self.anchor), max(self.caret, self.anchor)

    @property
    def selected(self) -> str:
        start, end = self.selection
        return self.text[start:end]

    def insert(self, text: str) -> Line:
        """Replace the selection; line breaks become spaces, other control characters go."""
        flat = "".join(glyph for glyph in re.sub(r"[\r\n\t]+", " ", text) if glyph.isprintable())
        start, end = self.selection
        caret = start + len(flat)
        return Line(self.text[:start] + flat + self.text[end:], caret, caret)

    def erase(self, step: int, by_word: bool = False) -> Line:
        """Delete the selection, or what lies one step before (-1) or behind (1) the caret."""
        line = self if self.selected else self.move(step, by_word, select=True)
        return line.insert("")

    def move(self, step: int, by_word: bool = False, select: bool = False) -> Line:
        """Move the caret; without `select` a selection collapses to the side one moves to."""
        if self.selected and not select and not by_word:
            return self.at(self.selection[0 if step < 0 else 1])
        target = self._word_edge(step) if by_word else self.caret + step
        return self.at(target, select)

    def at(self, position: int, select: bool = False) -> Line:
        caret = max(0, min(len(self.text), position))
        return Line(self.text, caret, self.anchor if select else caret)

    def select_all(self) -> Line:
        return Line(self.text, len(self.text), 0)

    def _word_edge(self, step: int) -> int:
        if step < 0:
            starts = [match.start() for match in re.finditer(r"\w+", self.text[: self.caret])]
            return starts[-1] if starts else 0
        ends = [match.end() for match in re.finditer(r"\w+", self.text) if match.end() > self.caret]
        return ends[0] if ends else len(self.text)


class Editor:
    """A line with its history. Typing in a row is undone in one step."""

    def __init__(self, text: str = "") -> None:
        self.line = Line(text, len(text), len(text))
        self._past: list[Line] = []
        self._future: list[Line] = []
        self._typing = False

    def apply(self, line: Line, typing: bool = False) -> bool:
        """Take over an edited line; returns whether its text changed."""
        text_changed = line.text != self.line.text
        if text_changed and not (typing and self._typing):
            self._past.append(self.line)
            del self._past[:-200]
        if text_changed:
            self._future.clear()
        self._typing = typing and text_changed
        self.line = line
        return text_changed

    def undo(self) -> bool:
        return self._travel(self._past, self._future)

    def redo(self) -> bool:
        return self._travel(self._future, self._past)

    def _travel(self, source: list[Line], target: list[Line]) -> bool:
        if not source:
            return False
        target.append(self.line)
        self.line = source.pop()
        self._typing = False
        return True
