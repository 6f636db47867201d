"""Checks of how games go. A check's name is its promise; it raises `Broken` if that is not kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from arena.api import Box, Discrete, Game
from arena.check.plays import Play, choose, difference, legal_actions, moment, played, same, shown
from arena.check.subject import SEEDS, STEPS, Broken, Subject
from arena.games.learners_seat import LONGEST_EPISODE

# How far apart the ranges begin that Arena's seeds are drawn from (see contest.seeds).
RANGES = (2**30, 2**31)
_Style = Callable[[Game, np.random.Generator], dict[int, Any]]


def random_games_can_be_played(subject: Subject) -> str:
    for seed, play in zip(subject.seeds, subject.plays, strict=True):
        if play.failure:
            raise Broken(f"With the seed {seed} it raised {play.failure}", "mend it", len(play.moments))
    return f"{len(subject.plays)} games, {sum(play.steps for play in subject.plays)} steps"


def a_game_is_over_exactly_when_nobody_is_to_move(subject: Subject) -> str:
    seats = set(range(subject.game.seats))
    for play in subject.plays:
        for step, seen in enumerate(play.moments):
            for name in ("terminated", "truncated"):
                if not isinstance(seen[name], bool | np.bool_):
                    raise Broken(f"{name} is {shown(seen[name])}", "make it True or False", step)
            movers, over = seen["the seats to move"], seen["terminated"] or seen["truncated"]
            if len(set(movers)) != len(movers) or not seats.issuperset(movers):
                raise Broken(f"The seats to move are {movers}", f"name each of {seats} at most once", step)
            if over and movers:
                raise Broken(f"The game is over, but {movers} are to move", "return () from to_move", step)
            if not over and not movers:
                advice = "set terminated or truncated there"
                raise Broken("Nobody is to move, but the game is not over", advice, step)
            if over and step == 0:
                raise Broken("The game is over", "begin a new one in reset", step)
    ended = sum(not play.moments[-1]["the seats to move"] for play in subject.plays if play.moments)
    return f"{ended} of {len(subject.plays)} games ended within {STEPS} steps"


def a_game_ends_within_its_step_limit(subject: Subject) -> str:
    limit, longest = subject.limit, 0
    for name, style in (("random actions", choose), ("the first legal action each time", _first)):
        steps = _steps_to_the_end(subject, style)
        if steps is None and (limit or 0) <= LONGEST_EPISODE:
            what = f"With {name} the game was not over"
            advice = f"set truncated at the limit that it announces ({limit})"
            if limit is None:
                advice = "give it a step_limit and set truncated there, as a referee would cut it"
            raise Broken(what, advice, limit or LONGEST_EPISODE)
        longest = max(longest, LONGEST_EPISODE if steps is None else steps)
    return f"{longest} steps at most" + (f", the limit is {limit}" if limit else "")


def _steps_to_the_end(subject: Subject, style: _Style) -> int | None:
    """How many steps a game takes; None if it is not over at its limit, or where a referee cuts it."""
    game, actions = subject.game, subject.actions(1)
    most = min(subject.limit or LONGEST_EPISODE, LONGEST_EPISODE)
    game.reset(subject.seed)
    for step in range(most):
        chosen = style(game, actions)
        if not chosen:
            return step
        game.step(chosen)
    return None if game.to_move() else most


def _first(game: Game, _: np.random.Generator) -> dict[int, Any]:
    """Each seat's first legal action, zeros for a box; empty if a seat has none."""
    chosen: dict[int, Any] = {}
    for seat in game.to_move():
        if isinstance(game.action_space, Box):
            chosen[seat] = np.zeros(game.action_space.shape, np.float32)
        elif len(legal := legal_actions(game.action_space, game.mask(seat))):
            chosen[seat] = int(legal[0])
        else:
            return {}
    return chosen


def the_same_seed_and_actions_give_the_same_game(subject: Subject) -> str:
    for seed, first in zip(subject.seeds, subject.plays, strict=True):
        for whose, game in (("A second game", subject.other), ("The game after others", subject.game)):
            where = difference(first, subject.play(game, seed))
            if where:
                advice = "draw all chance from a generator that reset(seed) begins, and reset everything"
                raise Broken(f"{whose} with the seed {seed} and the same actions differs {where}", advice)
    return f"{len(subject.plays)} games, three times each"


def seeds_of_all_ranges_give_games_of_their_own(subject: Subject) -> str:
    """Training, choosing, reporting and matches draw far apart: a seed that is cut would make them one."""

    def games(start: int) -> list[Play]:
        return [played(subject.game, subject.actions(), 30, start + k) for k in range(4)]

    near = games(subject.seed)
    if not any(difference(near[0], other) for other in near[1:]):
        return "no chance: every seed gives the same game"
    for offset in RANGES:
        far = games(subject.seed + offset)
        if not any(difference(one, other) for one, other in zip(near, far, strict=True)):
            what = f"Seeds give the same games as seeds that are {offset} higher"
            raise Broken(what, "hand the whole seed to the generator")
    return "seeds give different games"


def a_game_of_perfect_information_is_played_in_turn_and_without_chance(subject: Subject) -> str:
    """Players may search it: on copies, which begin with a seed of their own."""
    if not subject.spec.perfect_information:
        return "it is not announced as one"
    advice = "announce it without perfect_information"
    for seed, play in zip(subject.seeds, subject.plays, strict=True):
        for step, seen in enumerate(play.moments):
            if len(seen["the seats to move"]) > 1:
                raise Broken("Several seats move at once", advice, step)
        again = played(subject.game, subject.actions(seed), STEPS, seed + SEEDS)
        if where := difference(play, again):
            raise Broken(f"The same actions with another seed differ {where}", advice)
    return f"{len(subject.plays)} games, each with two seeds"


def an_action_that_a_mask_forbids_is_refused_or_loses(subject: Subject) -> str:
    game = subject.game
    if not isinstance(game.action_space, Discrete):
        return "actions are no choice"
    # Playing the first legal action each time is the soonest to use it up.
    for style in (_first, choose):
        game.reset(subject.seed)
        actions = subject.actions()
        for step in range(60):
            chosen = style(game, actions)
            if not chosen:
                break
            seat = min(chosen)
            mask = game.mask(seat)
            if mask is not None and not np.all(mask):
                chosen[seat] = int(np.flatnonzero(~np.asarray(mask))[0])
                _check_refused(game, chosen, seat, step)
                return f"action {chosen[seat]} of seat {seat} at step {step + 1}"
            game.step(chosen)
    return "no mask forbade anything"


def _check_refused(game: Game, actions: dict[int, Any], seat: int, step: int) -> None:
    before = moment(game)
    what = f"action {actions[seat]} of seat {seat}, which its mask forbids,"
    try:
        game.step(actions)
    except Exception:  # noqa: BLE001 - whatever it raises is a refusal
        if same(before, moment(game)):
            return
        advice = "look at the action before anything moves"
        raise Broken(f"Refusing {what} changed the game", advice, step) from None
    # PettingZoo's classic games end at once, lost by the seat that did it.
    if game.to_move() or game.scores()[seat] > min(game.scores()):
        raise Broken(f"It played {what}", "raise a ValueError instead", step + 1)
