"""Modal dialogs: a box with a title, any content, and buttons; and the question before something is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event
from arena.ui.layout import Column, Row, Spacer
from arena.ui.messages import Closed, Handled, Message, Pressed
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.text import Paragraph, Text


class Dialog(Column):
    """A raised box over the darkened screen. A press on a button named in `closers` closes it.

    Answers `Closed(id, button id)`. Esc answers `Closed(id, "")`.
    """

    overhang = 44

    def __init__(self, *children: Widget, id: str, closers: Sequence[str] = (), gap: int = 12) -> None:
        super().__init__(*children, gap=gap, padding=(20, 20, 18, 20), id=id)
        self.closers = tuple(closers)

    def draw(self, canvas: Canvas) -> None:
        canvas.shadow(self.rect)
        canvas.box(self.rect, canvas.theme.raised, canvas.theme.line2, 14)

    def hit(self, x: int, y: int) -> bool:
        return bool(self.rect.collidepoint(x, y))

    def handle(self, event: Event) -> Message | None:
        return None

    def translate(self, message: Message) -> Message:
        if isinstance(message, Pressed) and message.id in self.closers:
            host = self.find_host()
            if host is not None:
                host.close_layer(self)
            return Closed(self.id, message.id)
        return message


class ConfirmDialog(Dialog):
    """Asks before something is lost: verb in title and button, and what stays. Starts on the safe button."""

    def __init__(
        self,
        title: str,
        sentence: str,
        confirm: str,
        then: Callable[[], None],
        keep: str = "Cancel",
        danger: bool = True,
    ) -> None:
        self._then = then
        safe = Button(keep, "initial-focus")
        act = Button(confirm, "dialog.confirm", "danger-fill" if danger else "primary")
        super().__init__(
            Text(title, "heading").sized(grow=0),
            Paragraph(sentence, "body", "text2"),
            Row(Spacer(), safe, act, gap=8, padding=(8, 0, 0, 0)),
            id="confirm",
            closers=("initial-focus", "dialog.confirm"),
            gap=6,
        )

    def translate(self, message: Message) -> Message:
        answer = super().translate(message)
        if isinstance(answer, Closed) and answer.answer == "dialog.confirm":
            self._then()
        return Handled() if isinstance(answer, Closed) else answer


class Sheet(Dialog):
    """A large modal with a head row, a body, and a foot row; its content reaches the edges."""

    def __init__(
        self,
        title: str,
        note: str,
        body: Widget,
        foot: Widget | None,
        id: str,
        closers: Sequence[str] = (),
    ) -> None:
        """Args: a press on one of `closers` (and on the cross) closes the sheet."""
        head = Row(
            Text(title, "heading"),
            Text(note, "body", "text3").sized(grow=1),
            Button("", f"{id}.close", "quiet", "x").with_tooltip("Close\tEsc"),
            gap=12,
            padding=(0, 14, 0, 20),
        ).sized(height=54)
        parts: list[Widget] = [head, body.sized(grow=1)]
        if foot is not None:
            parts.append(foot.sized(height=64))
        super().__init__(*parts, id=id, closers=(f"{id}.close", *closers), gap=0)
        self.padding = (0, 1, 1, 1)
        self._foot = foot
        self._head = head

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.shadow(self.rect)
        canvas.box(self.rect, theme.panel, theme.line2, 14)
        canvas.hairline((self.rect.left, self._head.rect.bottom - 1), self.rect.width, theme.line)
        if self._foot is not None:
            strip = Rect(
                self.rect.left, self._foot.rect.top, self.rect.width, self.rect.bottom - self._foot.rect.top
            )
            with canvas.clipped(strip):
                canvas.box(self.rect, theme.raised, theme.line2, 14)
            canvas.hairline(strip.topleft, strip.width, theme.line)
