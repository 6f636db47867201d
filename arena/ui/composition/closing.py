"""What closing the window says, once: that training goes on."""

from __future__ import annotations

from collections.abc import Callable

from arena.ui.format import count_of
from arena.ui.layout import Row, Spacer
from arena.ui.messages import Closed, Handled, Message
from arena.ui.widgets.button import Button
from arena.ui.widgets.dialog import Dialog
from arena.ui.widgets.text import Paragraph, Text

WIDTH = 460


class ClosingDialog(Dialog):
    """Says that jobs go on without the window, and offers to stop them."""

    def __init__(self, live: int, close: Callable[[], None], stop_all: Callable[[], None]) -> None:
        """Args: live: how many jobs go on; close, stop_all: called when one of these is chosen."""
        self._answers = {"initial-focus": close, "closing.stop-all": stop_all}
        goes = "It goes" if live == 1 else "They go"
        super().__init__(
            Text(f"{count_of(live, 'job')} still running", "heading"),
            Paragraph(
                f"{goes} on in the background when Arena is closed. Open Arena again, or type "
                "\u201carena runs\u201d, to see how far. This is said only once.",
                "body",
                "text2",
            ),
            Row(
                Button("Cancel", "closing.cancel", "quiet"),
                Spacer(),
                Button("Stop all and close", "closing.stop-all", "danger"),
                Button("Close", "initial-focus", "primary"),
                gap=8,
                padding=(8, 0, 0, 0),
            ),
            id="closing",
            closers=("initial-focus", "closing.stop-all", "closing.cancel"),
            gap=6,
        )

    def translate(self, message: Message) -> Message:
        answer = super().translate(message)
        if not isinstance(answer, Closed):
            return answer
        if answer.answer in self._answers:
            self._answers[answer.answer]()
        return Handled()
