"""What the Train screen's buttons and keys do to the chosen runs: all of it in threads, with an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from arena.records import RunRecord
from arena.session import Session
from arena.ui.desktop import open_folder
from arena.ui.screen import Screen, Ui
from arena.ui.screens.train.dialogs import RenameDialog
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.head import Head
from arena.ui.widgets.button import Button


class Steering:
    """Args: group: the chosen one; look: has the screen read anew."""

    def __init__(
        self, ui: Ui, owner: Screen, head: Head, group: Callable[[], Group | None], look: Callable[[], None]
    ) -> None:
        self._ui = ui
        self._owner = owner
        self._head = head
        self._chosen = group
        self._look = look

    @property
    def _session(self) -> Session:
        session: Session = self._ui.session
        return session

    def _steer(self, button: Button, order: Callable[[str], RunRecord], runs: Sequence[RunRecord]) -> None:
        """Tell the runs' jobs what to do; the next reading shows what came of it."""
        group = self._chosen()
        if group is None or not runs:
            return
        self._head.wait_for(button, group)
        self._ui.run(self._owner, lambda: [order(run.id) for run in runs], lambda _: self._look())

    def pause_or_resume(self) -> None:
        """Hold what trains; let what is held, or ended early, go on."""
        group, session = self._chosen(), self._session
        if group is None or self._head.waiting:
            return
        if group.of_state("running"):
            self._steer(self._head.pause, partial(session.pause, patience=0.0), group.of_state("running"))
        else:
            ended = group.of_state("paused") or group.of_state("lost", "failed", "stopped")
            self._steer(self._head.resume, partial(session.resume, patience=0.0), ended)

    def resume_lost(self) -> None:
        """Let the runs that the banner is about go on from their checkpoints."""
        group = self._chosen()
        if group is not None:
            troubled = group.of_state("lost") or group.of_state("failed")
            self._steer(self._head.resume, self._session.resume, troubled)

    def save(self) -> None:
        """Have a checkpoint saved now."""
        group, session = self._chosen(), self._session
        if group is None or not group.of_state("running"):
            return
        runs = group.of_state("running")
        self._ui.run(
            self._owner,
            lambda: [session.checkpoint(run.id) for run in runs],
            lambda _: self._ui.toast("Checkpoint asked for", "The log says when it is saved.", "ok"),
        )

    def ask_to_stop(self) -> None:
        """Ask, then stop what is live of the group."""
        group = self._chosen()
        if group is None or not group.live:
            return
        stays = "A checkpoint stays, so that it can go on from there later."
        if group.state == "queued":
            stays = "It has not begun yet and can be started again later."
        self._ui.confirm(f"Stop {group.label}?", stays, "Stop run", lambda: self._stop(group), "Keep it")

    def _stop(self, group: Group) -> None:
        runs = [run for run in group.runs if run.live]
        self._steer(self._head.stop, partial(self._session.stop, patience=0.0), runs)

    def start_next(self) -> None:
        """Let the group's waiting runs start before all others that wait."""
        group, session = self._chosen(), self._session
        waiting = group.of_state("queued") if group is not None else ()
        if group is None or not waiting:
            return

        def then(_: object) -> None:
            self._look()
            self._ui.toast(f"{group.label} starts next", "", "ok")

        def work() -> None:
            for run in reversed(waiting):
                session.queue_first(run.id)

        self._ui.run(self._owner, work, then)

    def rename(self) -> None:
        """Ask for another name."""
        group = self._chosen()
        if group is None:
            return
        several = len(group.runs) > 1
        hint = "Of all its seeds; each adds its number" if several else "Its best player is renamed with it"
        name = group.first.name.rpartition("-")[0] if several else group.first.name
        dialog = RenameDialog(name, hint, lambda new: self._save_name(dialog, group, new))
        self._ui.open(dialog, 420)

    def _save_name(self, dialog: RenameDialog, group: Group, name: str) -> None:
        session = self._session
        names = {run.id: name for run in group.runs}
        if len(names) > 1:
            names = {run.id: f"{name.strip()}-{at + 1}" for at, run in enumerate(group.runs)}

        def refuse(error: Exception) -> None:
            dialog.field.error = str(error)

        self._ui.run(
            self._owner,
            lambda: [session.rename_run(run, new) for run, new in names.items()],
            lambda _: self._ui.close(dialog),
            refuse,
        )

    def show_folder(self) -> None:
        """Open the run's folder in the desktop's file manager."""
        group = self._chosen()
        if group is not None:
            folder = self._session.home.run(group.first.id)
            self._ui.run(self._owner, lambda: open_folder(folder), lambda _: None)
