"""Deleting runs: into the bin with a way back, out of it again, and for good. All of it asks first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from arena.records import RunRecord
from arena.session import Session
from arena.ui.format import count_of, size_of
from arena.ui.screen import Screen, Ui
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.undoing import Undoing

STAY = "Matches {they} played stay in the rankings."


@dataclass(frozen=True)
class Weight:
    """What runs hold on the disk: saved checkpoints, and bytes in all."""

    checkpoints: int
    size: int


def weigh(session: Session, runs: Sequence[RunRecord]) -> Weight:
    """Walks the runs' folders."""
    sizes = session.disk_use().runs
    kept = sum(len(session.home.checkpoints(run.id)) for run in runs)
    return Weight(kept, sum(sizes.get(run.id, 0) for run in runs))


def named(groups: Sequence[Group]) -> str:
    """`run “dqn-cartpole-01”`, or of several how many."""
    runs = [run for group in groups for run in group.runs]
    return f"run \u201c{groups[0].label}\u201d" if len(groups) == 1 else count_of(len(runs), "run")


def sentence_for(groups: Sequence[Group], weight: Weight) -> str:
    """What goes where, and what stays."""
    one = len(groups) == 1 and len(groups[0].runs) == 1
    live = any(group.live for group in groups)
    its, they = ("Its", "it") if one else ("Their", "they")
    stopped = f"{they.capitalize()} {'is' if one else 'are'} stopped first. " if live else ""
    if weight.checkpoints:
        kept = f"{its} {count_of(weight.checkpoints, 'checkpoint')} ({size_of(weight.size)})"
        verb = "goes" if weight.checkpoints == 1 else "go"
    else:
        kept, verb = f"{they.capitalize()} ({size_of(weight.size)})", "goes" if one else "go"
    return f"{stopped}{kept} {verb} to the bin. {STAY.format(they=they)}"


class Deleting:
    """Owner of the dialogs; `done` is called when the lists are others."""

    def __init__(
        self, ui: Ui, owner: Screen, undoing: Undoing, done: Callable[[Sequence[Group]], None]
    ) -> None:
        self._ui = ui
        self._owner = owner
        self._undoing = undoing
        self._done = done

    def ask(self, groups: Sequence[Group]) -> None:
        """Ask whether these groups should go to the bin, stopping those that train."""
        session: Session = self._ui.session
        if groups:
            self._ui.run(
                self._owner, lambda: weigh(session, _runs(groups)), lambda weight: self._ask(groups, weight)
            )

    def _ask(self, groups: Sequence[Group], weight: Weight) -> None:
        verb = "Stop and delete" if any(group.live for group in groups) else "Delete"
        one = len(_runs(groups)) == 1
        act = verb if verb != "Delete" else "Delete run" if one else "Delete runs"
        self._ui.confirm(
            f"{verb} {named(groups)}?",
            sentence_for(groups, weight),
            act,
            lambda: self._delete(groups),
            "Keep run" if one else "Keep runs",
        )

    def _delete(self, groups: Sequence[Group]) -> None:
        session: Session = self._ui.session

        def work() -> None:
            for run in _runs(groups):
                if run.live:
                    session.stop(run.id)
            session.trash([run.id for run in _runs(groups)])

        def then(_: None) -> None:
            title = f"{named(groups).capitalize()} deleted" if len(groups) > 1 else f"Deleted {named(groups)}"
            self._undoing.offer(
                title, "In the bin, until it is deleted for good.", lambda: self.restore(groups)
            )
            self._done(groups)

        self._ui.run(self._owner, work, then)

    def restore(self, groups: Sequence[Group]) -> None:
        """Take these groups out of the bin."""
        session: Session = self._ui.session
        ids = [run.id for run in _runs(groups)]

        def then(_: object) -> None:
            self._ui.toast(f"Restored {named(groups)}", "", "ok")
            self._done(groups)

        if ids:
            self._ui.run(self._owner, lambda: session.restore(ids), then)

    def ask_to_erase(self, groups: Sequence[Group]) -> None:
        """Ask whether these groups, which lie in the bin, should go for good."""
        session: Session = self._ui.session
        if groups:
            self._ui.run(
                self._owner,
                lambda: weigh(session, _runs(groups)),
                lambda weight: self._ask_to_erase(groups, weight),
            )

    def _ask_to_erase(self, groups: Sequence[Group], weight: Weight) -> None:
        one = len(_runs(groups)) == 1
        they, cannot = ("it", "It cannot come back") if one else ("they", "They cannot come back")
        self._ui.confirm(
            f"Delete {named(groups)} for good?",
            f"Frees {size_of(weight.size)}. {cannot}. {STAY.format(they=they)}",
            "Delete for good",
            lambda: self._erase(groups),
            "Keep in the bin",
        )

    def _erase(self, groups: Sequence[Group]) -> None:
        session: Session = self._ui.session
        ids = [run.id for run in _runs(groups)]

        def then(freed: int) -> None:
            self._ui.toast(f"Deleted {named(groups)} for good", f"{size_of(freed)} freed", "ok")
            self._done(groups)

        self._ui.run(self._owner, lambda: session.erase(ids), then)


def _runs(groups: Sequence[Group]) -> list[RunRecord]:
    return [run for group in groups for run in group.runs]
