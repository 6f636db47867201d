"""Checks of drawing. A check's name is its promise; it raises `Broken` if that is not kept."""

from __future__ import annotations

from contextlib import suppress

from arena.api import Game
from arena.check.plays import choose, difference, played, sentence
from arena.check.subject import Broken, Subject
from arena.errors import PluginError
from arena.games.exported import seat_looks
from arena.games.game import render

STEPS = 12
UNTIL = 200


def pictures_of_every_size_can_be_drawn(subject: Subject) -> str:
    """A size at each step, in turn, and all of them where the game is over."""
    game, actions = subject.game, subject.actions()
    sizes = [(round(320 * subject.spec.aspect), 320), (200, 140), (61, 300), (16, 16)]
    game.reset(subject.seed)
    for step in range(UNTIL):
        chosen = choose(game, actions)
        if not chosen:
            break
        if step < STEPS:
            _draw(game, *sizes[step % len(sizes)], step)
        game.step(chosen)
    for size in sizes:
        _draw(game, *size, step)
    return ", ".join(f"{width} × {height}" for width, height in sizes)


def _draw(game: Game, width: int, height: int, step: int) -> None:
    try:
        render(game, width, height, seat_looks(game.seats))
    except PluginError as error:
        what = f"Drawing at {width} × {height} raised {sentence(error.__cause__ or error)}"
        raise Broken(what, "draw any position on a surface of any size", step) from error


def drawing_changes_nothing(subject: Subject) -> str:
    looks = seat_looks(subject.game.seats)

    def draw(game: Game) -> None:
        with suppress(PluginError):  # which the other check tells
            render(game, 60, 40, looks)

    plain = played(subject.game, subject.actions(), STEPS, subject.seed)
    drawn = played(subject.other, subject.actions(), STEPS, subject.seed, draw)
    where = difference(plain, drawn)
    if where:
        raise Broken(f"A game that is drawn differs {where}", "let draw read the game only")
    return f"{drawn.steps} steps"
