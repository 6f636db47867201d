"""The Train screen's small dialogs: another name, where to export to, the traceback of a failed run."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from arena.ui.layout import Column, Row, Spacer
from arena.ui.messages import Closed, Handled, Message, Pressed, Submitted
from arena.ui.screens.train.reading import Noted
from arena.ui.widgets.button import Button
from arena.ui.widgets.dialog import Dialog, Sheet
from arena.ui.widgets.labelled import Labelled
from arena.ui.widgets.log_view import LogLine, LogView
from arena.ui.widgets.text import Text
from arena.ui.widgets.text_field import TextField

WIDTH, HEIGHT = 900, 560
COLUMNS = 118


class RenameDialog(Dialog):
    """Asks for a name and hands it to `save`; stays open until it is closed from outside or called off."""

    def __init__(self, name: str, hint: str, save: Callable[[str], None]) -> None:
        self._save = save
        self.field = TextField(name, "initial-focus", mono=True)
        self.field.select_all()
        super().__init__(
            Text("Rename run", "heading"),
            Labelled("Name", self.field, hint),
            Row(
                Spacer(),
                Button("Cancel", "rename.cancel"),
                Button("Rename", "rename.save", "primary"),
                padding=(6, 0, 0, 0),
            ),
            id="rename",
            closers=("rename.cancel",),
        )

    def translate(self, message: Message) -> Message:
        match message:
            case Pressed("rename.save") | Submitted("initial-focus"):
                self._save(self.field.value)
                return Handled()
        answer = super().translate(message)
        return Handled() if isinstance(answer, Closed) else answer


class ExportDialog(Dialog):
    """Asks where curves should go and hands it to `save`; stays open until it is closed from outside."""

    def __init__(self, what: str, hint: str, path: str, save: Callable[[str], None]) -> None:
        self._save = save
        self.field = TextField(path, "initial-focus", mono=True)
        self.go = Button("Export", "export.go", "primary")
        super().__init__(
            Text(what, "heading"),
            Labelled("To", self.field, hint),
            Row(Spacer(), Button("Cancel", "export.cancel"), self.go, padding=(6, 0, 0, 0)),
            id="export",
            closers=("export.cancel",),
        )

    def translate(self, message: Message) -> Message:
        match message:
            case Pressed("export.go") | Submitted("initial-focus"):
                self.field.error = "" if self.field.value.strip() else "Type a path"
                if not self.field.error and not self.go.busy:
                    self.go.busy = True
                    self._save(self.field.value.strip())
                return Handled()
        answer = super().translate(message)
        return Handled() if isinstance(answer, Closed) else answer

    def refuse(self, reason: str) -> None:
        """Say below the field why it could not be."""
        self.go.busy = False
        self.field.error = reason


def traceback_sheet(run: str, lines: Sequence[str], own: str) -> Sheet:
    """A traceback, with the lines of the agent's own file lit.

    Args:
        own: what the paths of the agent's own code contain.
    """
    view = LogView("train.traceback.lines", following=False)
    view.show(
        [
            LogLine(piece, tone="err" if lit else "neutral", lit=lit)
            for line, lit in _lit(lines, own)
            for piece in textwrap.wrap(line, COLUMNS, drop_whitespace=False) or [""]
        ]
    )
    body = Column(view.sized(grow=1), padding=(8, 0, 8, 6))
    return Sheet("Traceback", run, body, None, "traceback")


def last_traceback(lines: Sequence[Noted], message: str) -> list[str]:
    """The last traceback in a run's log, without what was logged before or after.

    Args:
        message: why the run failed, which is logged behind it.
    """
    starts = [
        at for at, line in enumerate(lines) if line.level == "error" and line.text.startswith("Traceback")
    ]
    if not starts:
        return []
    found = []
    for line in lines[starts[-1] :]:
        if line.level != "error" or (message and line.text == message.split("\n", maxsplit=1)[0]):
            break
        found.append(line.text)
    return found


def _lit(lines: Sequence[str], own: str) -> list[tuple[str, bool]]:
    """Each line with whether it is of the agent's own file, or the source line below such a one."""
    lit, answer = False, []
    for line in lines:
        if line.lstrip().startswith("File "):
            lit = own in line
        elif not line.startswith("    "):
            lit = False
        answer.append((line, lit))
    return answer
