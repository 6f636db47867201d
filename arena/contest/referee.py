"""The referee: plays games by asking for moves, and settles whatever a player does.

It does no input or output of its own. `play` is a generator that yields the question and is sent the
answer, so the same rules serve players in this process, in others, and a spectator who looks on: between
two turns `game.rewards()`, `scores()` and `draw()` show the step just played.

A player's exception, illegal action or overrun ends the game as a forfeit; an environment's own failure
is a `PluginError`, for which no player pays.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from arena.api import Game
from arena.contest.legality import Illegal, checked
from arena.contest.moves import Action, Forfeit, Move, Past, Question, Turn
from arena.errors import ArenaError, PluginError
from arena.games.checked import checked_mask, checked_observation, checked_reward
from arena.games.learners_seat import LONGEST_EPISODE
from arena.records import Outcome
from arena.spaces import Array, Discrete

Ask = Callable[[Sequence[Question]], Sequence[Move]]


def play(
    game: Game, seed: int, most_moves: int = LONGEST_EPISODE, name: str = "The environment"
) -> Generator[Turn, Mapping[int, Move], Outcome]:
    """Plays one game: yields each turn, is sent the moves of its seats, returns how it ended.

    Where several seats forfeit the same turn the lowest pays, which swapped seats make even.

    Args:
        name: what the environment is called in errors.

    Raises:
        PluginError: if the environment itself fails, or gives what is no observation, mask or reward.
    """
    moves = 0
    past: list[Mapping[int, Any]] = []
    with _blaming_environment(name, "reset", moves):
        game.reset(seed)
        turn = _turn(game, name, past)
    while turn.seats and moves < most_moves:
        replies = yield turn
        actions: dict[int, Any] = {}
        for seat in turn.seats:
            move = _settled(replies[seat], game, turn.masks[seat])
            if isinstance(move, Forfeit):
                return Outcome.forfeit(seat, move.kind, move.reason, moves, game.scores())
            actions[seat] = move.value
        moves += 1
        past.append(actions)
        with _blaming_environment(name, "step", moves):
            game.step(actions)
            for seat, reward in enumerate(game.rewards()):
                checked_reward(reward, name, moves, _told(game, seat))
            turn = _turn(game, name, past)
    return _ended(game, moves)


def play_many(
    games: Sequence[Game],
    seeds: Iterable[int],
    ask: Ask,
    most_moves: int = LONGEST_EPISODE,
    name: str = "The environment",
) -> Iterator[tuple[int, Outcome]]:
    """Plays one game per seed on the tables given, all in step, with one batch of questions per turn.

    Yields each game's place in `seeds` and its outcome, in the order they end. A table whose game has ended
    takes the next seed, so few tables serve many seeds.
    """
    waiting = enumerate(seeds)
    free: Sequence[Game] = games
    tables: list[_Table] = []
    while True:
        dealt = zip(free, waiting, strict=False)
        tables += [_Table(place, game, play(game, seed, most_moves, name)) for game, (place, seed) in dealt]
        if not tables:
            return
        moves = iter(ask([question for table in tables for question in table.questions()]))
        for table in tables:
            table.answer(moves)
        yield from ((table.place, table.outcome) for table in tables if table.outcome)
        free = [table.game for table in tables if table.outcome]
        tables = [table for table in tables if not table.outcome]


class _Table:
    """A game in progress: the turn it waits at, or its outcome."""

    def __init__(self, place: int, game: Game, playing: Generator[Turn, Mapping[int, Move], Outcome]) -> None:
        self.place = place
        self.game = game
        self.outcome: Outcome | None = None
        self._turn = Turn((), {}, {})
        self._play = playing
        self._go_on(None)

    def questions(self) -> list[Question]:
        turn = self._turn
        return [
            Question(self.place, seat, turn.observations[seat], turn.masks[seat], turn.past)
            for seat in turn.seats
        ]

    def answer(self, moves: Iterator[Move]) -> None:
        """Takes as many moves as it had questions."""
        if not self.outcome:
            self._go_on({seat: next(moves) for seat in self._turn.seats})

    def _go_on(self, moves: Mapping[int, Move] | None) -> None:
        try:
            # Python's generators are started by sending None, which their types cannot say.
            self._turn = self._play.send(cast("Mapping[int, Move]", moves))
        except StopIteration as ended:
            self._turn, self.outcome = Turn((), {}, {}), ended.value


def _turn(game: Game, name: str, past: Past) -> Turn:
    seats, moves = game.to_move(), len(past)
    observations = {
        seat: checked_observation(
            game.observation_space, game.observation(seat), name, moves, _told(game, seat)
        )
        for seat in seats
    }
    if not isinstance(game.action_space, Discrete):
        return Turn(seats, observations, dict.fromkeys(seats), past)
    count = game.action_space.n
    masks = {seat: checked_mask(game.mask(seat), count, name, moves, _told(game, seat)) for seat in seats}
    return Turn(seats, observations, masks, past)


def _told(game: Game, seat: int) -> int | None:
    """The seat as errors name it: not at all where there is one only."""
    return seat if game.seats > 1 else None


def _settled(move: Move, game: Game, mask: Array | None) -> Move:
    """The move with its action checked, or the forfeit that it amounts to."""
    if isinstance(move, Forfeit):
        return move
    try:
        return Action(checked(move.value, game.action_space, mask))
    except Illegal as refusal:
        return Forfeit("illegal", str(refusal))


def _ended(game: Game, moves: int) -> Outcome:
    """A contest cut for its length is a draw; a single seat keeps the return so far."""
    if game.terminated:
        return Outcome.finished(game.scores(), moves)
    if game.truncated or game.seats == 1:
        return Outcome.truncated(game.scores(), moves)
    return Outcome.truncated([0.5] * game.seats, moves)


@contextmanager
def _blaming_environment(name: str, phase: str, moves: int) -> Iterator[None]:
    try:
        yield
    except ArenaError:
        raise
    except Exception as error:
        when = f" at step {moves}" if moves else ""
        reason = f"{name} failed in {phase}{when}: {type(error).__name__}: {error}."
        raise PluginError(reason, phase, traceback.format_exc()) from error
