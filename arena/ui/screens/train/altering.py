"""Having a run under way go on otherwise: told to its job, waited for, and taken back if wished."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from arena.records import Alteration, RunChange, RunRecord
from arena.session import Session
from arena.settings import Value
from arena.ui.format import setting_value
from arena.ui.screen import Screen, Ui
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.history import (
    ARROW,
    mix_words,
    opponents_now,
    plain_name,
    rival_settings_now,
    settings_now,
)
from arena.ui.screens.train.undoing import Undoing

PATIENCE = 3.0
LOOK_SECONDS = 0.05


def alter(
    session: Session, runs: Sequence[RunRecord], alteration: Alteration, patience: float = PATIENCE
) -> bool:
    """Blocks until every run's history shows it, up to `patience` seconds; False if one does not yet.

    Raises:
        RequestError: if a run cannot be altered so.
    """
    for run in runs:
        session.change(run.id, alteration, patience=0.0)
    until = time.monotonic() + patience
    while waiting := [run for run in runs if not is_so(run, session.changes(run.id), alteration)]:
        if time.monotonic() > until:
            break
        time.sleep(LOOK_SECONDS)
    return not waiting


def is_so(run: RunRecord, changes: Sequence[RunChange], alteration: Alteration) -> bool:
    """Whether a run is, after these changes, as the alteration has it."""
    now = settings_now(run.settings, changes)
    rival = rival_settings_now(run.rival_settings, changes)
    if any(rival.get(name) != value for name, value in alteration.rival_settings.items()):
        return False
    met = alteration.opponents is None or alteration.opponents == opponents_now(run.opponents, changes)
    return met and all(now.get(name) == value for name, value in alteration.settings.items())


def reverse_of(alteration: Alteration, run: RunRecord, changes: Sequence[RunChange]) -> Alteration:
    """What brings back what the alteration is about, as it is before it."""
    now = settings_now(run.settings, changes)
    rival = rival_settings_now(run.rival_settings, changes)
    return Alteration(
        settings={name: now[name] for name in alteration.settings if name in now},
        rival_settings={name: rival[name] for name in alteration.rival_settings if name in rival},
        opponents=None if alteration.opponents is None else opponents_now(run.opponents, changes),
    )


def words_of(alteration: Alteration, reverse: Alteration) -> str:
    """`step size 0.001 → 0.0005, opponents newest self 100 %`."""
    parts = [
        *_became("", alteration.settings, reverse.settings),
        *_became("rival's ", alteration.rival_settings, reverse.rival_settings),
    ]
    if alteration.opponents is not None:
        parts.append(f"opponents {mix_words(alteration.opponents)}")
    return ", ".join(parts)


def _became(whose: str, values: Mapping[str, Value], before: Mapping[str, Value]) -> list[str]:
    return [
        f"{whose}{plain_name(name)} {setting_value(before[name])} {ARROW} {setting_value(value)}"
        for name, value in values.items()
        if name in before
    ]


class Altering:
    """Owner of the waiting; `look` has the screen read anew."""

    def __init__(self, ui: Ui, owner: Screen, undoing: Undoing, look: Callable[[], None]) -> None:
        self._ui = ui
        self._owner = owner
        self._undoing = undoing
        self._look = look

    def apply(
        self,
        group: Group,
        alteration: Alteration,
        changes: Mapping[str, Sequence[RunChange]],
        over: Callable[[], None],
    ) -> None:
        """Args: changes: of the group's runs until now; over: called when it was answered in whatever way."""
        session: Session = self._ui.session
        runs = group.of_state("running", "paused")
        if not runs or alteration == Alteration():
            over()
            return
        reverse = reverse_of(alteration, runs[0], changes.get(runs[0].id, ()))
        words = words_of(alteration, reverse)

        def then(done: bool) -> None:
            over()
            self._look()
            if done:
                self._undoing.offer("Changed while training", words, lambda: self._undo(group, reverse))
            else:
                paused = any(run.state == "paused" for run in runs)
                when = "once it goes on" if paused else "after its present iteration"
                self._ui.toast("Not in effect yet", f"{words}: the run takes it up {when}.", "warn")

        def failed(error: Exception) -> None:
            over()
            self._ui.toast("Nothing was changed", str(error) or type(error).__name__, "err")

        self._ui.run(self._owner, lambda: alter(session, runs, alteration), then, failed)

    def _undo(self, group: Group, reverse: Alteration) -> None:
        session: Session = self._ui.session

        def work() -> bool:
            runs = [run for run in session.group(group.id) if run.state in ("running", "paused")]
            return bool(runs) and alter(session, runs, reverse)

        def then(done: bool) -> None:
            self._look()
            if done:
                self._ui.toast("Changed back", "", "ok")
            else:
                self._ui.toast("Not changed back", "The run does not train any more, or is held.", "warn")

        self._ui.run(self._owner, work, then)
