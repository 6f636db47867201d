"""Checks of saved games. A check's name is its promise; it raises `Broken` if that is not kept."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from arena.check.plays import difference, played, same, shown
from arena.check.subject import Broken, Subject
from arena.errors import Inexact

# Where a game is saved (steps), and how far it is compared afterwards.
POINTS = (0, 1, 6, 35)
ONWARDS = 25


def through_a_file(tree: Any, name: str = "The snapshot") -> Any:
    """What a snapshot is when it comes back from a file: JSON for plain values, numpy's format for arrays.

    Raises:
        Broken: for what neither can hold.
    """
    if isinstance(tree, dict):
        return {key: through_a_file(value, f"{name}[{key!r}]") for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [through_a_file(value, f"{name}[{place}]") for place, value in enumerate(tree)]
    if isinstance(tree, np.ndarray) and tree.dtype.kind in "biuf":
        file = io.BytesIO()
        np.save(file, tree, allow_pickle=False)
        file.seek(0)
        return np.load(file, allow_pickle=False)
    if tree is None or isinstance(tree, bool | int | float | str):
        return json.loads(json.dumps(tree))
    raise Broken(f"{name} is {shown(tree)}", "keep plain values and arrays of numbers only")


def a_restored_game_goes_on_exactly(subject: Subject) -> str:
    """In the game itself and in another, from memory and from a file; or it says that it is not exact."""
    try:
        for seed in subject.seeds:
            for steps in POINTS:
                _check_restored(subject, seed, steps)
    except Inexact as admitted:
        return f"not exact, and says so: {admitted}"
    return f"from {len(POINTS)} positions of {len(subject.seeds)} games"


def _check_restored(subject: Subject, seed: int, steps: int) -> None:
    game = subject.game
    reached = played(game, subject.actions(), steps, seed).steps
    snapshot = game.snapshot()
    filed = through_a_file(snapshot)
    onwards = played(game, subject.actions(seed), ONWARDS)
    if not same(through_a_file(snapshot), filed):
        raise Broken("A snapshot changes while the game goes on", "put copies into it", reached)
    for where, into, saved in (("another game", subject.other, filed), ("the same game", game, snapshot)):
        into.restore(saved)
        apart = difference(onwards, played(into, subject.actions(seed), ONWARDS))
        if apart:
            what = f"Saved at step {reached} and restored into {where}, it differs {apart} (steps since then)"
            raise Broken(what, "keep all that the game goes on from, its generators included")
