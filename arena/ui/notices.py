"""What was told since the window opened, and the list of it under the bell."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key
from arena.ui.format import ago
from arena.ui.layout import Column, Row, Spacer
from arena.ui.messages import Handled, Message, Pressed
from arena.ui.theme import ROLES
from arena.ui.widget import Pressable, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.text import Paragraph, Text
from arena.ui.widgets.toast import TONE_ICONS, Notice

MOST_KEPT = 50
WIDTH, TALLEST = 420, 480
LEFT, RIGHT = 42, 14
MOST_TITLE_LINES, MOST_LINES = 2, 3


class Notices:
    """Kept newest first.

    Attributes:
        unseen: how many of the newest were not looked at yet.
    """

    def __init__(self) -> None:
        self.all: list[Notice] = []
        self.unseen = 0

    def add(self, notice: Notice, *, seen: bool) -> None:
        """Args: seen: it answers what the user just did, so the bell need not point at it."""
        if notice.at is None:
            notice = replace(notice, at=time.time())
        self.all.insert(0, notice)
        del self.all[MOST_KEPT:]
        if not seen or self.unseen:
            self.unseen = min(self.unseen + 1, len(self.all))

    def clear(self) -> None:
        self.all.clear()
        self.unseen = 0


class NoticeRow(Pressable):
    """One notice with when it happened. A press answers `Pressed(its action_id)`, if it leads anywhere."""

    overhang = 0
    ring_gap = -4

    def __init__(self, notice: Notice, now: float, unseen: bool, id: str) -> None:
        """Args: now: seconds since 1970."""
        super().__init__(id)
        self.notice = notice
        self.leads = bool(notice.action and notice.action_id)
        self.cursor = "hand" if self.leads else "arrow"
        self._when = ago(now - (notice.at or now))
        self._unseen = unseen

    def activate(self) -> Message | None:
        host = self.find_host()
        top: Widget = self
        while top.parent is not None:
            top = top.parent
        if not self.leads or host is None:
            return Handled()
        host.close_layer(top)
        return Pressed(self.notice.action_id)

    def _title(self, canvas: Canvas, width: int) -> list[str]:
        """The title beside the moment and the dot."""
        room = width - LEFT - RIGHT - canvas.text_width(self._when, "caption") - 24
        return canvas.wrap(self.notice.title, "body-medium", room)[:MOST_TITLE_LINES]

    def _detail(self, canvas: Canvas, width: int) -> list[str]:
        room = width - LEFT - RIGHT
        return canvas.wrap(self.notice.detail, "caption", room)[:MOST_LINES] if self.notice.detail else []

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        title, detail = self._title(canvas, width), self._detail(canvas, width)
        return width, 18 + ROLES["body"].line * len(title) + ROLES["caption"].line * len(detail)

    def draw(self, canvas: Canvas) -> None:
        theme, rect = canvas.theme, self.rect
        if self.hovered and self.leads:
            canvas.fill(rect.inflate(-2, 0), theme.hover if theme.dark else theme.raised)
        canvas.hairline(rect.topleft, rect.width, theme.line)
        ink, _ = theme.tone(self.notice.tone)
        first = Rect(rect.left + LEFT, rect.top + 9, rect.width - LEFT - RIGHT, ROLES["body"].line)
        icon = Rect(rect.left + 14, first.top, 18, first.height)
        canvas.icon(TONE_ICONS[self.notice.tone], icon, 16, ink)
        when = canvas.text(self._when, first, "caption", theme.text3, "right") + 12
        if self._unseen:
            canvas.circle((first.right - when, first.centery), 3, theme.iris)
        title = self._title(canvas, rect.width)
        canvas.paragraph(title, first, "body-medium", theme.text)
        below = Rect(first.left, first.top + first.height * len(title), first.width, 0)
        canvas.paragraph(self._detail(canvas, rect.width), below, "caption", theme.text2)


class NoticeList(Column):
    """Answers `Pressed(action_id)` of the notice that is pressed, and `Pressed("notices.clear")`."""

    overhang = 44

    def __init__(self, notices: Sequence[Notice], unseen: int) -> None:
        now = time.time()
        self._rows = [
            NoticeRow(notice, now, at < unseen, f"notice.{at}") for at, notice in enumerate(notices)
        ]
        tools: list[Widget] = [Button("Clear", "notices.clear", "quiet", size="small")] if notices else []
        head = Row(Text("Notices", "section"), Spacer(), *tools, padding=(0, 10, 0, 14)).sized(height=44)
        hint = "Here stands what became of runs and matches, and what needs your attention."
        empty = Column(Paragraph(hint, "body", "text3"), padding=(0, 14, 16, 14))
        rows = Scroll(Column(*self._rows), "notices.rows") if self._rows else empty
        super().__init__(head, rows, padding=(0, 1, 1, 1), id="notices")

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        wide = min(width, WIDTH)
        return wide, min(TALLEST, super().measure(canvas, wide)[1])

    def draw(self, canvas: Canvas) -> None:
        canvas.shadow(self.rect)
        canvas.box(self.rect, canvas.theme.panel, canvas.theme.line2, 10)

    def hit(self, x: int, y: int) -> bool:
        return bool(self.rect.collidepoint(x, y))

    def handle(self, event: Event) -> Message | None:
        """Up and Down go from notice to notice."""
        if not isinstance(event, Key) or event.name not in ("up", "down", "home", "end") or not self._rows:
            return None
        here = next((at for at, row in enumerate(self._rows) if row.focused), -1)
        last = len(self._rows) - 1
        steps = {"up": max(0, here - 1), "down": min(last, here + 1), "home": 0, "end": last}
        host, row = self.find_host(), self._rows[steps[event.name]]
        scroll = row.parent.parent if row.parent is not None else None
        if host is not None and isinstance(scroll, Scroll):
            host.set_focus(row)
            scroll.reveal(row.rect)
        return Handled()
