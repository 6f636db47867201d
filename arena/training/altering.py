"""What is altered while a run trains, repeated where it was when the run is taken up again.

A checkpoint keeps the alterations made until then, so that what earlier attempts recorded beyond it is told
apart from what its state contains, even where both happened at one step.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from arena.errors import RequestError
from arena.records import Alteration, OpponentMix, RunChange
from arena.settings import Value
from arena.training.listener import Listener
from arena.training.overseen import Training


class Alterations:
    """A run's alterations, those that were made and those that are to be repeated.

    Args:
        recorded: by earlier attempts, earliest first.
        saved: the `state` in the checkpoint that this attempt continues from. Changes in it that were never
            recorded, because the job ended at that moment, are told to the listener again.
    """

    def __init__(
        self, recorded: Sequence[RunChange], listener: Listener, saved: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        self._listener = listener
        self._made = [msgspec.convert(change, RunChange) for change in saved]
        self._ahead = [change for change in recorded if _known(change) not in map(_known, self._made)]
        for change in self._made:
            if _known(change) not in map(_known, recorded):
                listener.altered(change)

    @property
    def made(self) -> list[RunChange]:
        """Those made so far, earliest first."""
        return list(self._made)

    def state(self) -> list[dict[str, Any]]:
        """What a checkpoint keeps of it."""
        return [msgspec.to_builtins(change) for change in self._made]

    def repeat(self, run: Training) -> None:
        """Makes again what was made at this step before; called between any two iterations."""
        while self._ahead and run.step >= self._ahead[0].step:
            change = self._ahead.pop(0)
            self._made.append(change)
            try:
                run.alter(
                    Alteration(
                        settings=change.settings,
                        opponents=change.opponents,
                        rival_settings=change.rival_settings,
                    )
                )
            except RequestError as error:
                self._listener.log(
                    f"{error} So what was altered at step {change.step:,} cannot be repeated, and the run "
                    "may end otherwise than one left alone.",
                    "warning",
                )

    def make(self, run: Training, wanted: Alteration) -> None:
        """Alters the run now, and tells the listener; what cannot be altered is only warned of.

        What was still to be repeated is made at once: whoever alters something has seen it in force.
        """
        settings: dict[str, Value] = {}
        rival_settings: dict[str, Value] = {}
        opponents: OpponentMix | None = None
        asked: list[RunChange | Alteration] = [*self._ahead, wanted]
        for one in asked:
            settings |= one.settings
            rival_settings |= one.rival_settings
            opponents = one.opponents or opponents
        try:
            before = run.alter(
                Alteration(settings=settings, opponents=opponents, rival_settings=rival_settings)
            )
        except RequestError as error:
            self._listener.log(f"Nothing was altered at step {run.step:,}: {error}", "warning")
            return
        self._ahead = []
        change = RunChange(
            step=run.step,
            at=time.time(),
            settings=settings,
            before=before.settings,
            opponents=opponents,
            opponents_before=before.opponents,
            rival_settings=rival_settings,
            rival_before=before.rival_settings,
        )
        self._made.append(change)
        self._listener.altered(change)


def _known(change: RunChange) -> tuple[int, float]:
    """Tells a run's changes apart."""
    return change.step, change.at
