"""Where a run's time goes: environment, opponents, acting, learning; as a tile, and in words on a sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.format import percent
from arena.ui.layout import Column, Row, Spacer
from arena.ui.screens.train.curves import RECENT, Curves
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.reading import Measured
from arena.ui.theme import Theme, mix
from arena.ui.widget import Painted, Pressable, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.dialog import Dialog
from arena.ui.widgets.text import Paragraph, Text

PARTS = {
    "time_environment": "Environment",
    "time_opponents": "Opponents",
    "time_acting": "Acting",
    "time_learning": "Learning",
}
BOUND_FROM = 0.5
TALL = 84
ROW = 30
MEANINGS = {
    "Environment": "Most time goes into stepping the environment, so a faster device would change little.",
    "Opponents": "Most time goes into the opponents' moves; more random ones would make it faster.",
    "Acting": "Most time goes into choosing actions; more environments at once would share it better.",
    "Learning": "Most time goes into updates; a smaller network or a faster device would help.",
}


@dataclass(frozen=True)
class Split:
    """The parts by name with their shares of the time, which add up to at most one."""

    parts: tuple[tuple[str, float], ...]

    @property
    def largest(self) -> tuple[str, float]:
        return max(self.parts, key=lambda part: part[1])

    @property
    def bound(self) -> str:
        """The part that takes more than half of the time; empty if none does."""
        name, share = self.largest
        return name if share >= BOUND_FROM else ""

    @property
    def words(self) -> str:
        return f"{self.bound}-bound" if self.bound else "Balanced"


def split_of(measured: Measured, curves: Curves) -> Split | None:
    """As of late, over all of the group's runs; None while nothing is known."""
    parts = []
    for metric, name in PARTS.items():
        pairs = zip(measured.group.runs, measured.rows, strict=True)
        latest = [curves.curve(run.id, rows, metric, "steps").y[-RECENT:] for run, rows in pairs]
        means = [float(values.mean()) for values in latest if len(values)]
        if means:
            parts.append((name, sum(means) / len(means)))
    return Split(tuple(parts)) if parts else None


def _tones(theme: Theme, style: AgentStyle) -> dict[str, str]:
    """The agent's colour in four strengths: they differ in lightness, and words name each."""
    strengths = {"Environment": 1.0, "Opponents": 0.72, "Acting": 0.5, "Learning": 0.3}
    colour = theme.agent(style)
    return {name: mix(theme.panel, colour, strength) for name, strength in strengths.items()}


def paint_split(canvas: Canvas, rect: Rect, split: Split, style: AgentStyle) -> None:
    """The parts one behind the other in one bar."""
    tones = _tones(canvas.theme, style)
    canvas.box(rect, canvas.theme.track, radius=3)
    left = float(rect.left)
    for name, share in split.parts:
        wide = share * (rect.width - 2 * (len(split.parts) - 1))
        if wide >= 1:
            canvas.box(Rect(round(left), rect.top, max(2, round(wide)), rect.height), tones[name], radius=2)
            left += wide + 2


class TimeTile(Pressable):
    """The bar with its largest part in words; a press tells all. Answers `Pressed("train.time")`."""

    overhang = 4

    def __init__(self, split: Split, style: AgentStyle) -> None:
        super().__init__("train.time")
        self._shown = (split, style)
        self.ring_radius = 10
        self._explain()

    def show(self, split: Split, style: AgentStyle) -> None:
        if (split, style) != self._shown:
            self._shown = (split, style)
            self._explain()
            self.changed()

    def _explain(self) -> None:
        split = self._shown[0]
        self.tooltip = f"{split.words}: " + ", ".join(
            f"{name.lower()} {percent(share)}" for name, share in split.parts
        )

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, TALL

    def draw(self, canvas: Canvas) -> None:
        theme, (split, style) = canvas.theme, self._shown
        canvas.box(self.rect, theme.panel, theme.line2 if self.hovered else theme.line, 10)
        inner = self.rect.inflate(-24, 0)
        low = self.rect.height < TALL
        title = Rect(inner.left, self.rect.top + (6 if low else 10), inner.width, 18)
        canvas.text("Time", title, "label", theme.text3)
        if inner.width >= canvas.text_width(split.words, "body-medium") + 44:
            canvas.text(split.words, title, "body-medium", theme.text, "right")
        bar = Rect(inner.left, self.rect.top + (28 if low else 38), inner.width, 8)
        paint_split(canvas, bar, split, style)
        below = Rect(inner.left, bar.bottom + (5 if low else 9), inner.width, 14)
        canvas.text(self._caption(canvas, inner.width), below, "caption", theme.text2)

    def _caption(self, canvas: Canvas, width: int) -> str:
        """As many parts as there is room for, the largest first."""
        ordered = sorted(self._shown[0].parts, key=lambda part: -part[1])
        for count in range(len(ordered), 0, -1):
            words = ", ".join(f"{name} {percent(share)}" for name, share in ordered[:count])
            if canvas.text_width(words, "caption") <= width:
                return words
        return percent(ordered[0][1])


class TimeDialog(Dialog):
    """All parts with their bars, what they mean, and why it trains on that device."""

    def __init__(self, split: Split, style: AgentStyle, group: Group, device: str) -> None:
        run = group.first
        bound = split.bound
        meaning = MEANINGS[bound] if bound else "No part takes most of the time."
        rows: list[Widget] = [
            Painted(_row_painter(name, share, style), 0, ROW).sized(height=ROW) for name, share in split.parts
        ]
        words = run.device_reason or ""
        reason = [Paragraph(f"{words[:1].upper()}{words[1:]}.", "body", "text2")] if words else []
        super().__init__(
            Text("Where the time goes", "heading"),
            Paragraph(f"{split.words}. {meaning}", "body", "text2"),
            Column(*rows, padding=(4, 0, 4, 0)),
            Text(f"Device: {device}", "body-medium"),
            *reason,
            Row(Spacer(), Button("Close", "initial-focus"), padding=(6, 0, 0, 0)),
            id="train.time.sheet",
            closers=("initial-focus",),
            gap=8,
        )


def _row_painter(name: str, share: float, style: AgentStyle) -> Callable[[Canvas, Rect], None]:
    def paint(canvas: Canvas, rect: Rect) -> None:
        theme = canvas.theme
        canvas.text(name, Rect(rect.left, rect.top, 96, rect.height), "body", theme.text)
        bar = Rect(rect.left + 104, rect.centery - 4, rect.width - 104 - 56, 8)
        canvas.box(bar, theme.track, radius=3)
        wide = max(2, round(bar.width * min(1.0, share)))
        canvas.box(Rect(bar.left, bar.top, wide, 8), _tones(theme, style)[name], radius=3)
        canvas.text(percent(share), rect, "body-medium", theme.text, "right")

    return paint
