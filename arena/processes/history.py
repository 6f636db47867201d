"""What happened to a run at its steps: brought into the store, and in words for its log."""

from __future__ import annotations

import collections
from collections.abc import Callable, Sequence

from arena.records import GameRecord, OpponentMix, RunChange
from arena.settings import Value
from arena.store import Store


class History:
    """What has happened to a run and waits to be written; a store that is busy loses nothing of it."""

    def __init__(self, store: Store, run: str) -> None:
        self._store = store
        self._run = run
        self._unwritten: collections.deque[Callable[[], None]] = collections.deque()

    def altered(self, change: RunChange) -> None:
        """An alteration took effect; those made beyond its step, before a resume, are part of it."""

        def write() -> None:
            with self._store.transaction():
                self._store.forget_changes_after(self._run, change.step)
                self._store.record_change(self._run, change)

        self._unwritten.append(write)

    def played(self, games: Sequence[GameRecord]) -> None:
        """Games were played during training; those that are in the store by their id are played again."""
        self._unwritten.append(
            lambda: self._store.record_games([game for game in games if self._store.game(game.id) is None])
        )

    def record(self) -> None:
        """Brings the store up to date.

        Raises:
            StoreError: if it cannot be written to just now; what is left waits.
        """
        while self._unwritten:
            self._unwritten[0]()
            self._unwritten.popleft()


def lines_of(change: RunChange) -> list[str]:
    """A sentence for each thing that was altered."""
    when = f"At step {change.step:,}"
    lines = [
        f"{when} {name} was changed from {_word(change.before.get(name))} to {_word(value)}."
        for name, value in change.settings.items()
    ]
    rivals = f"{when} the rival's"
    lines += [
        f"{rivals} {name} was changed from {_word(change.rival_before.get(name))} to {_word(value)}."
        for name, value in change.rival_settings.items()
    ]
    if change.opponents is not None:
        before = "the usual mix" if change.opponents_before is None else _shares(change.opponents_before)
        lines.append(f"{when} the opponents were changed from {before} to {_shares(change.opponents)}.")
    return lines


def _word(value: Value | None) -> str:
    if value is None:
        return "nothing"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shares(mix: OpponentMix) -> str:
    kinds = {"latest": mix.latest, "uniform": mix.uniform, "prioritized": mix.prioritized}
    shares = {**kinds, "random": mix.random, **mix.players}
    return ", ".join(f"{name} {share:g}" for name, share in shares.items() if share) or "nobody"
