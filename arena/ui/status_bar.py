"""The bar at the bottom: what trains, and what the machine and the window are doing."""

from __future__ import annotations

from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.format import count_of, number, percent, short_number
from arena.ui.screen import StatusFacts
from arena.ui.theme import RoleName
from arena.ui.widget import Widget
from arena.ui.widgets.progress import paint_bar

UNKNOWN = "\u2013"


@dataclass(frozen=True)
class Load:
    """The machine's load: CPU share 0 to 1, memory in bytes, frames a second (0 when nothing moves).

    What has not been measured for long enough is None.
    """

    cpu: float | None = None
    memory_used: int = 0
    memory_total: int = 0
    fps: int | None = None


class StatusBar(Widget):
    """Only drawn again when a word of it changes."""

    overhang = 0

    def __init__(self) -> None:
        super().__init__("status")
        self._facts = StatusFacts()
        self._load = Load()

    def show(self, facts: StatusFacts, load: Load) -> None:
        if (facts, load) != (self._facts, self._load):
            self._facts, self._load = facts, load
            self.changed()

    def draw(self, canvas: Canvas) -> None:
        canvas.hairline(self.rect.topleft, self.rect.width, canvas.theme.line)
        row = self.rect.inflate(-40, 0)
        right = self._draw_load(canvas, row)
        self._draw_runs(canvas, Rect(row.left, row.top, right - row.left - 16, row.height))

    def _draw_runs(self, canvas: Canvas, row: Rect) -> None:
        theme, facts = canvas.theme, self._facts
        ink = theme.ok if facts.training else theme.text3
        words = f"{count_of(facts.training, 'run')} training" if facts.training else "No run training"
        if facts.paused:
            words += f", {facts.paused} paused"
        canvas.circle((row.left + 3.5, row.centery), 3, ink)
        left = row.left + 14
        left += (
            canvas.text(words, Rect(left, row.top, row.right - left, row.height), "caption-medium", ink) + 16
        )
        if facts.steps_per_second is not None and facts.training:
            speed = f"{short_number(facts.steps_per_second)} steps/s"
            room = Rect(left, row.top, row.right - left, row.height)
            left += canvas.text(speed, room, "caption", theme.text2) + 18
        for bar in facts.bars:
            label = f"{bar.name} {percent(bar.share)}"
            wide = canvas.text_width(label, "caption")
            if left + 98 + wide > row.right:
                return
            paint_bar(canvas, Rect(left, row.centery - 2, 90, 4), bar.share, theme.agent(bar.style))
            canvas.text(label, Rect(left + 98, row.top, wide + 1, row.height), "caption", theme.text3)
            left += 98 + wide + 16

    def _draw_load(self, canvas: Canvas, row: Rect) -> int:
        """The right end, from right to left; returns where it begins."""
        theme, load = canvas.theme, self._load
        gigabyte = 1e9
        frames = UNKNOWN if load.fps is None else f"{load.fps} fps" if load.fps else "idle"
        parts = [("UI", frames, "")]
        if load.memory_total:
            used, total = number(load.memory_used / gigabyte, 1), number(load.memory_total / gigabyte)
            parts.append(("RAM", used, f"/ {total} GB"))
            parts.append(("CPU", UNKNOWN if load.cpu is None else percent(load.cpu), ""))
        right = row.right
        if self._facts.sample_data:
            words = "Sample data"
            wide = canvas.text_width(words, "caption")
            canvas.text(words, Rect(right - wide, row.top, wide + 1, row.height), "caption", theme.text3)
            canvas.icon("flask-conical", Rect(right - wide - 18, row.top, 13, row.height), 13, theme.text3)
            right -= wide + 34
        for name, value, rest in parts:
            for words, faint in ((rest, True), (value, False), (name, True)):
                if not words:
                    continue
                role: RoleName = "caption" if faint else "caption-medium"
                ink = theme.text3 if faint else theme.text
                wide = canvas.text_width(words, role)
                place = Rect(right - wide, row.top, wide + 1, row.height)
                canvas.text(words, place, role, ink)
                right -= wide + 4
            right -= 12
        return right
