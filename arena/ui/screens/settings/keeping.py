"""Cleaning up, emptying the bin and deleting runs: each asks first and says what goes and what stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from arena.records import RunRecord
from arena.session import Session
from arena.ui.format import count_of, size_of
from arena.ui.navigation import RESTORE_RUNS
from arena.ui.screen import Ui
from arena.ui.screens.settings.disk import Kept, look

GAMES_STAY = "Games they played stay in the rankings."


def clean_up(ui: Ui, done: Callable[[], None] = lambda: None) -> None:
    """Looks what can go, asks, and removes it. Args: done: called once it is gone."""
    ui.run(ui.screen, lambda: look(ui.session), lambda kept: ask_to_clean_up(ui, kept, done))


def ask_to_clean_up(ui: Ui, kept: Kept, done: Callable[[], None]) -> None:
    if not kept.use.reclaimable:
        ui.toast("Nothing can go", "Every file in the data folder is still needed.", "ok")
        return

    def gone(freed: int) -> None:
        ui.toast("Cleaned up", f"{size_of(freed)} are free again.", "ok")
        done()

    session: Session = ui.session
    ui.confirm(
        f"Free {size_of(kept.use.reclaimable)}?",
        "What goes: checkpoints that nothing resumes from or plays with, replays of finished runs, drafts of"
        " files, and caches. Best weights, newest checkpoints, metrics and players stay.",
        "Clean up",
        lambda: ui.run(ui.screen, session.clean_up, gone),
    )


def empty_bin(ui: Ui, done: Callable[[], None] = lambda: None) -> None:
    """Looks what lies in the bin, asks, and erases it. Args: done: called once it is gone."""
    ui.run(ui.screen, lambda: look(ui.session), lambda kept: ask_to_empty_bin(ui, kept, done))


def ask_to_empty_bin(ui: Ui, kept: Kept, done: Callable[[], None]) -> None:
    if not kept.bin:
        ui.toast("The bin is empty", "Deleted runs go there first.", "ok")
        return

    def gone(freed: int) -> None:
        ui.toast("The bin is empty", f"{size_of(freed)} are free again.", "ok")
        done()

    session: Session = ui.session
    names = [run.id for run in kept.bin]
    ui.confirm(
        f"Erase {_them(kept.bin)}?",
        f"{size_of(kept.use.bin)} of checkpoints, metrics and logs go for good. {GAMES_STAY}",
        "Empty bin",
        lambda: ui.run(ui.screen, lambda: session.erase(names), gone),
        "Keep them",
    )


def ask_to_delete(ui: Ui, runs: Sequence[RunRecord], size: int, done: Callable[[], None]) -> None:
    """Args: runs: none of them live; size: of their folders, in bytes; done: called once they are there."""
    session: Session = ui.session
    names = [run.id for run in runs]

    def gone(deleted: list[RunRecord]) -> None:
        undo = f"{RESTORE_RUNS}{','.join(names)}"
        ui.toast(f"{count_of(len(deleted), 'run')} in the bin", GAMES_STAY, "ok", "Undo", undo)
        done()

    ui.confirm(
        f"Delete {_them(runs)}?",
        f"{size_of(size)} go to the bin, from where they come back as they were until it is emptied."
        f" {GAMES_STAY}",
        "Delete runs" if len(runs) > 1 else "Delete run",
        lambda: ui.run(ui.screen, lambda: session.trash(names), gone),
        "Keep them" if len(runs) > 1 else "Keep run",
    )


def _them(runs: Sequence[RunRecord]) -> str:
    return f"run \u201c{runs[0].name}\u201d" if len(runs) == 1 else count_of(len(runs), "run")
