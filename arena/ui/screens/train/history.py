"""What was changed in runs while they trained, in words: for the chart, the list and the notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arena.records import OpponentMix, RunChange
from arena.settings import Value
from arena.ui.format import number, percent, setting_value
from arena.ui.screens.train.groups import Group

ARROW = "\u2192"
KINDS = ("latest", "uniform", "prioritized", "random")
KIND_TITLES = {
    "latest": "Newest self",
    "uniform": "Past selves",
    "prioritized": "Past, by losses",
    "random": "Random",
}


@dataclass(frozen=True)
class Happened:
    """One change of a group: where, and what became what.

    Attributes:
        step: of the seed where it took effect first.
        what: the setting's name in plain words, or "opponents".
    """

    step: int
    what: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """`step 12 000: step size 0.001 → 0.0005`."""
        return f"step {number(self.step)}: {self.what} {self.words}"

    @property
    def words(self) -> str:
        return f"{self.before} {ARROW} {self.after}" if self.before else self.after


def plain_name(setting: str) -> str:
    return setting.replace("_", " ")


def shares_of(mix: OpponentMix) -> dict[str, float]:
    """Every kind and every named player with its part of the whole, which is 1."""
    shares = {kind: float(getattr(mix, kind)) for kind in KINDS} | dict(mix.players)
    total = sum(shares.values()) or 1.0
    return {name: share / total for name, share in shares.items()}


def mix_words(mix: OpponentMix) -> str:
    """`newest self 50 %, past selves 30 %, random 20 %`."""
    shares = [
        f"{KIND_TITLES.get(name, name).lower() if name in KIND_TITLES else name} {percent(share)}"
        for name, share in shares_of(mix).items()
        if share > 0
    ]
    return ", ".join(shares).replace(" %", "\u00a0%")


def happenings(group: Group, changes: Mapping[str, Sequence[RunChange]]) -> tuple[Happened, ...]:
    """All changes of a group's runs by step; the same change of several seeds is told once."""
    seeds: dict[tuple[str, str, str, int], int] = {}
    for run in group.runs:
        times: dict[tuple[str, str, str], int] = {}
        for change in changes.get(run.id, ()):
            for what, before, after in _parts(change):
                nth = times[what, before, after] = times.get((what, before, after), 0) + 1
                key = (what, before, after, nth)
                seeds[key] = min(seeds.get(key, change.step), change.step)
    found = [Happened(step, what, before, after) for (what, before, after, _), step in seeds.items()]
    return tuple(sorted(found, key=lambda one: one.step))


def _parts(change: RunChange) -> list[tuple[str, str, str]]:
    parts = [
        (
            plain_name(name),
            setting_value(change.before[name]) if name in change.before else "",
            setting_value(value),
        )
        for name, value in change.settings.items()
    ]
    parts += [
        (
            f"rival's {plain_name(name)}",
            setting_value(change.rival_before[name]) if name in change.rival_before else "",
            setting_value(value),
        )
        for name, value in change.rival_settings.items()
    ]
    if change.opponents is not None:
        parts.append(("opponents", "", mix_words(change.opponents)))
    return parts


def settings_now(settings: Mapping[str, Value], changes: Sequence[RunChange]) -> dict[str, Value]:
    """A run's settings as they are after these changes."""
    now = dict(settings)
    for change in changes:
        now |= change.settings
    return now


def rival_settings_now(settings: Mapping[str, Value], changes: Sequence[RunChange]) -> dict[str, Value]:
    """The settings of a duel's rival as they are after these changes."""
    now = dict(settings)
    for change in changes:
        now |= change.rival_settings
    return now


def opponents_now(begun: OpponentMix | None, changes: Sequence[RunChange]) -> OpponentMix:
    """Whom a run meets after these changes; the usual mix if it began without naming one."""
    given = [change.opponents for change in changes if change.opponents is not None]
    return given[-1] if given else begun or OpponentMix()
