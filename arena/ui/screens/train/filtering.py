"""Which runs and searches are listed: of a kind, and found by words. Pure, fast enough for each key typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from arena.records import RunState
from arena.ui.screens.train.search_entry import Entry

Kind = Literal["all", "live", "finished", "failed", "bin"]
TROUBLED: tuple[RunState, ...] = ("failed", "lost")


def is_of(group: Entry, kind: Kind) -> bool:
    """Whether a group is of this kind; what lies in the bin comes in a list of its own."""
    if kind == "live":
        return group.live
    if kind == "failed":
        return bool(group.of_state(*TROUBLED))
    if kind == "finished":
        return not group.live and bool(group.of_state("finished"))
    return True


def found(
    groups: Sequence[Entry], kind: Kind, query: str, titles: Mapping[str, str] | None = None
) -> tuple[Entry, ...]:
    """The groups of this kind that have every word of the query, in the order given.

    Args:
        titles: of agents and environments by id, which a query may name, too.
    """
    left = [group for group in groups if kind == "all" or is_of(group, kind)]
    for word in query.lower().split():
        named = {key for key, title in (titles or {}).items() if word in title.lower()}
        left = [
            group
            for group in left
            if word in group.searched or group.first.agent in named or group.first.environment in named
        ]
    return tuple(left)
