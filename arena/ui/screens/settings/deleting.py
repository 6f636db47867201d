"""The panel about deleting: which runs may go, and what they cost."""

from __future__ import annotations

from arena.records import RunRecord
from arena.ui.format import count_of, size_of
from arena.ui.screens.settings.disk import Kept
from arena.ui.screens.settings.rows import SettingRow, lines
from arena.ui.widgets.button import Button
from arena.ui.widgets.panel import Panel

EARLY = ("stopped", "failed", "lost")


class DeletePanel(Panel):
    """Answers `Pressed` of settings.delete-finished and settings.delete-early."""

    def __init__(self) -> None:
        self._kept: Kept | None = None
        self._finished = Button("Delete runs\u2026", "settings.delete-finished", "danger", size="small")
        self._early = Button("Delete runs\u2026", "settings.delete-early", "danger", size="small")
        self._finished_row = SettingRow("Finished runs", "", self._finished)
        self._early_row = SettingRow("Runs that were stopped, failed or lost", "", self._early)
        rows = lines([self._finished_row, self._early_row])
        super().__init__(rows, title="Delete data", note="Each asks again first", gap=4)
        self.title.ink = "err"
        self.look = "danger"
        self._say()

    @property
    def finished(self) -> tuple[RunRecord, ...]:
        return tuple(run for run in self._kept.runs if run.state == "finished") if self._kept else ()

    @property
    def early(self) -> tuple[RunRecord, ...]:
        return tuple(run for run in self._kept.runs if run.state in EARLY) if self._kept else ()

    def show(self, kept: Kept) -> None:
        self._kept = kept
        self._say()

    def _say(self) -> None:
        for row, button, runs in (
            (self._finished_row, self._finished, self.finished),
            (self._early_row, self._early, self.early),
        ):
            button.enabled = bool(runs)
            size = size_of(self._kept.cost_of(runs)) if self._kept else ""
            row.hint.text = (
                f"{count_of(len(runs), 'run')}, {size}, to the bin. Games they played stay in the rankings"
                if runs
                else "There are none"
            )
