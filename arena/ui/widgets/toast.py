"""Notices: what happened, in a strip with a coloured edge and at most one way on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.layout import Column
from arena.ui.messages import Message, Pressed
from arena.ui.theme import Tone
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button

TONE_ICONS = {
    "ok": "check",
    "warn": "triangle-alert",
    "err": "circle-x",
    "info": "info",
    "neutral": "info",
    "iris": "info",
}


@dataclass(frozen=True)
class Notice:
    """What a toast and the list under the bell say.

    Attributes:
        action: the button's verb, "" for none; a press answers `Pressed(action_id)`.
        seconds: how long the toast stays; 0 until it is closed.
        at: when it happened, in seconds since 1970; None for now.
        outside: it is worth telling to someone who looks at another window.
    """

    title: str
    detail: str = ""
    tone: Tone = "info"
    action: str = ""
    action_id: str = ""
    seconds: float = 6.0
    at: float | None = None
    outside: bool = False


class NoticeStrip(Widget):
    """One notice, 48 px high, in a panel or as a toast."""

    overhang = 0

    def __init__(self, notice: Notice, floating: bool = False, id: str = "") -> None:
        super().__init__(id)
        self.notice = notice
        self.floating = floating
        self._action: Button | None = None
        self._close: Button | None = None
        if notice.action:
            self._action = Button(notice.action, notice.action_id or f"{id}.action", size="small")
            self.add(self._action)
        if floating:
            self.overhang = 44
            self._close = Button("", f"{id}.close", "quiet", "x", "small").with_tooltip("Close")
            self.add(self._close)
        self.title_lines: list[str] = []
        self.lines: list[str] = []

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        title = canvas.text_width(self.notice.title, "body-medium")
        detail = canvas.text_width(self.notice.detail, "caption")
        buttons = sum(part.natural_size(canvas, width)[0] + 10 for part in self.children)
        wide = max(300, min(width, max(title, min(detail, 340)) + 58 + buttons + 8))
        self._wrap(canvas, wide - 58 - buttons)
        return wide, max(48, 14 + 18 * len(self.title_lines) + 14 * len(self.lines) + 2)

    def _wrap(self, canvas: Canvas, width: int) -> None:
        notice = self.notice
        self.title_lines = canvas.wrap(notice.title, "body-medium", width)[:2]
        self.lines = canvas.wrap(notice.detail, "caption", width)[:4] if notice.detail else []

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        right = rect.right - 10
        for part in reversed(self.children):
            wide, tall = part.natural_size(canvas, rect.width)
            part.place(canvas, Rect(right - wide, rect.centery - tall // 2, wide, tall))
            right -= wide + 6
        self._wrap(canvas, right - rect.left - 48)
        self._text_right = right

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        ink, _ = theme.tone(self.notice.tone)
        if self.floating:
            canvas.shadow(self.rect)
        canvas.box(self.rect, theme.raised, theme.line2 if self.floating else None, 8)
        strip = Rect(self.rect.left, self.rect.top, 3, self.rect.height)
        with canvas.clipped(strip):
            canvas.box(self.rect, ink, radius=8)
        place = Rect(self.rect.left + 14, self.rect.top, 18, self.rect.height)
        canvas.icon(TONE_ICONS[self.notice.tone], place, 18, ink)
        left = self.rect.left + 44
        tall = 18 * len(self.title_lines)
        top = self.rect.centery - (tall + 14 * len(self.lines)) // 2
        width = self._text_right - left
        canvas.paragraph(self.title_lines, Rect(left, top, width, tall), "body-medium", theme.text)
        canvas.paragraph(self.lines, Rect(left, top + tall, width, 60), "caption", theme.text3)


class Toasts(Column):
    """The pile of toasts at the bottom right. The app ticks it; a toast under the pointer stays."""

    overhang = 44

    def __init__(self) -> None:
        super().__init__(gap=8, across="end", id="toasts")
        self._until: dict[Widget, float] = {}
        self._count = 0

    def show(self, notice: Notice, now: float) -> None:
        self._count += 1
        strip = NoticeStrip(notice, floating=True, id=f"toast.{self._count}")
        self._until[strip] = now + notice.seconds if notice.seconds else float("inf")
        self.add(strip)
        while len(self.children) > 4:
            self._remove(self.children[0])
        self.relayout()

    def _remove(self, strip: Widget) -> None:
        self.changed()
        strip.changed()
        self._until.pop(strip, None)
        self.replace_children([child for child in self.children if child is not strip])

    def expire(self, now: float) -> None:
        for strip in [strip for strip, until in self._until.items() if now >= until and not strip.hovered]:
            self._remove(strip)

    def translate(self, message: Message) -> Message:
        """Any press on a toast also takes it away."""
        if isinstance(message, Pressed):
            strip = next((s for s in self.children if any(c.id == message.id for c in s.children)), None)
            if strip is not None:
                self._remove(strip)
        return message

    @property
    def notices(self) -> Sequence[Notice]:
        return [strip.notice for strip in self.children if isinstance(strip, NoticeStrip)]

    def hit(self, x: int, y: int) -> bool:
        """Only the strips take the pointer, not the space between them."""
        return False


class Banner(Column):
    """A toned strip inside a screen for what needs attention: title, sentence, buttons to the right."""

    def __init__(self, notice: Notice, id: str = "") -> None:
        super().__init__(NoticeStrip(notice, id=id))
