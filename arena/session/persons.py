"""Persons as players: they sit only in exhibitions in the window, and nothing they play is rated or kept."""

from __future__ import annotations

from collections.abc import Sequence

from arena.errors import Unsupported
from arena.records import EnvironmentInfo

HUMAN = "human"
ONLY_IN_THE_WINDOW = (
    "A person plays in the window only: open it with `arena`, choose Watch, and take a seat there."
)
NOT_TRAINED = "A person cannot be trained here; name an agent (`arena agents` lists them)."


def unplayable(info: EnvironmentInfo) -> str | None:
    """Why no person can play there, as a short reason; None if one can."""
    if info.keys or info.action_places:
        return None
    return "has no keys to play with"


def check_persons(info: EnvironmentInfo, words: Sequence[str]) -> None:
    """Raises: Unsupported: if persons are to sit where they cannot play."""
    persons = sum(word == HUMAN for word in words)
    reason = unplayable(info)
    if persons and reason is not None:
        raise Unsupported(f"A person cannot play {info.id}: it {reason}.")
    if persons > 1 and info.real_time:
        raise Unsupported(f"Only one person can play {info.id} at a time: all would hold the same keys.")
