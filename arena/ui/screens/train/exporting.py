"""Curves as files for other programs: asks where to, writes in a thread, and says where it is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from arena.errors import RequestError
from arena.session import Session
from arena.ui.desktop import open_folder, short_path
from arena.ui.screen import Screen, Ui
from arena.ui.screens.train.dialogs import ExportDialog
from arena.ui.screens.train.groups import Group

WIDTH = 560
PREFIX = "train.exported."
Format = Literal["csv", "tensorboard"]
TITLES: dict[Format, str] = {"csv": "Export curves as CSV", "tensorboard": "Export to TensorBoard"}
HINTS: dict[Format, str] = {
    "csv": "One row for each run, step and metric; any spreadsheet reads it",
    "tensorboard": "A folder with one run each; tensorboard --logdir shows it",
}


class Exporting:
    """Owner of the dialog and of the toasts' buttons."""

    def __init__(self, ui: Ui, owner: Screen) -> None:
        self._ui = ui
        self._owner = owner
        self._folders: list[Path] = []

    def ask(self, groups: Sequence[Group], form: Format) -> None:
        """Ask where these groups' curves should go."""
        if not groups:
            return
        home: Path = self._ui.session.home.path
        stem = groups[0].first.name if len(groups) == 1 else f"{groups[0].first.name}-and-others"

        def open_dialog(target: Path) -> None:
            dialog = ExportDialog(
                TITLES[form],
                HINTS[form],
                short_path(target),
                lambda path: self._export(dialog, groups, form, path),
            )
            self._ui.open(dialog, WIDTH)

        ending = ".csv" if form == "csv" else ""
        self._ui.run(self._owner, lambda: free_path(home / "exports", stem, ending), open_dialog)

    def _export(self, dialog: ExportDialog, groups: Sequence[Group], form: Format, typed: str) -> None:
        session: Session = self._ui.session
        path = Path(typed).expanduser()
        ids = [run.id for group in groups for run in group.runs]

        def work() -> None:
            if path.exists():
                raise RequestError("There is something of that name; type another.")
            if form == "csv":
                session.export_csv(ids, path)
            else:
                session.export_tensorboard(ids, path)

        def then(_: None) -> None:
            self._ui.close(dialog)
            self._folders.append(path.parent if form == "csv" else path)
            button = f"{PREFIX}{len(self._folders) - 1}"
            self._ui.toast("Curves exported", short_path(path), "ok", "Open folder", button)

        self._ui.run(self._owner, work, then, lambda error: dialog.refuse(str(error) or type(error).__name__))

    def open(self, button: str) -> None:
        """Show the folder that a toast's button stands for."""
        folder = self._folders[int(button.removeprefix(PREFIX))]
        self._ui.run(self._owner, lambda: open_folder(folder), lambda _: None)


def free_path(folder: Path, stem: str, ending: str) -> Path:
    """A path of that name, or with a number behind it, that nothing has yet."""
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := folder / f"{name}{ending}").exists())
