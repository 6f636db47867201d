"""Environments that are known by their ids alone, as things to find."""

from __future__ import annotations

from collections.abc import Sequence

from arena.records import ForeignEnvironment
from arena.ui.format import count_of
from arena.ui.widgets.finder import Findable

LIBRARIES = {"gymnasium": "Gymnasium", "pettingzoo": "PettingZoo"}
MOST_NAMED = 4


def findable(foreign: Sequence[ForeignEnvironment]) -> list[Findable]:
    """Each with its title and, at the right, where it comes from."""
    return [
        Findable(each.id, each.title.removesuffix(" (PettingZoo)"), LIBRARIES.get(each.source, each.source))
        for each in foreign
    ]


def where_from(foreign: Sequence[ForeignEnvironment]) -> str:
    """`22 environments of Gymnasium, PettingZoo and minigrid`."""
    sources = list(dict.fromkeys(LIBRARIES.get(each.source, each.source) for each in foreign))
    if len(sources) > MOST_NAMED:
        sources = [*sources[: MOST_NAMED - 1], "other packages"]
    named = " and ".join(part for part in (", ".join(sources[:-1]), *sources[-1:]) if part)
    return f"{count_of(len(foreign), 'environment')} of {named}" if foreign else "None is installed"
