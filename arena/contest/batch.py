"""Many games at once between players in this process, refereed by the same rules as one game.

Axes: T tables (copies of the game), S seats, N positions asked about, A actions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard, overload

import numpy as np

from arena.api import Agent, Box, VectorGame
from arena.contest.legality import Illegal, checked
from arena.contest.moves import Forfeit
from arena.contest.openings import start
from arena.contest.players import answers_of
from arena.contest.schedule import Pairing
from arena.games.learners_seat import LONGEST_EPISODE
from arena.games.seeds import seat_generator
from arena.records import Outcome
from arena.spaces import Array

IDLE = -1


def play_batch(
    games: VectorGame,
    agents: Sequence[Agent],
    pairings: Sequence[Pairing],
    most_moves: int = LONGEST_EPISODE,
    opening: int = 0,
) -> list[Outcome]:
    """Plays one game for each pairing and returns how each ended, in their order.

    A table whose game has ended takes the next pairing, so few tables serve many games. Each agent is asked
    once a turn for all positions in which it must move; what it raises or may not play is its forfeit, in
    that game and no other: games whose positions failed together are played again, each alone. How many
    games run side by side changes none of them.

    Args:
        games: the tables; they are reset for each game.
        opening: random steps that a game begins with, the same for all games on one seed. Without them
            greedy players repeat themselves where nothing is left to chance.

    Raises:
        PluginError: if the environment itself fails.
    """
    hall = _Hall(games, agents, pairings, most_moves, opening)
    hall.play(range(len(pairings)), games.size)
    while hall.failed_together:
        hall.play([hall.failed_together.pop()], 1)
    return [hall.outcomes[place] for place in range(len(pairings))]


class _Hall:
    """All tables, and which game is played at each.

    Attributes:
        outcomes: by place in the pairings.
        failed_together: places of games that must be played alone to see whose fault it is.
    """

    def __init__(
        self,
        games: VectorGame,
        agents: Sequence[Agent],
        pairings: Sequence[Pairing],
        most_moves: int,
        opening: int,
    ) -> None:
        self.outcomes: dict[int, Outcome] = {}
        self.failed_together: list[int] = []
        self._games = games
        self._agents = agents
        self._pairings = pairings
        self._most_moves = most_moves
        self._opening = opening
        self._places_T = np.full(games.size, IDLE)
        self._moves_T = np.zeros(games.size, np.int64)
        self._players_TS = np.zeros((games.size, games.seats), np.int64)
        self._generators: dict[tuple[int, int], np.random.Generator] = {}

    def play(self, places: Sequence[int], tables: int) -> None:
        """Plays the pairings at these places on the first so many tables."""
        waiting = list(places)
        while True:
            idle = np.flatnonzero(self._places_T[:tables] == IDLE)[: len(waiting)]
            if idle.size:
                self._seat(idle, waiting[: idle.size])
                del waiting[: idle.size]
            if (self._places_T == IDLE).all():
                return
            self._turn()

    def _seat(self, idle: Array, places: Sequence[int]) -> None:
        fresh = [self._pairings[place] for place in places]
        self._places_T[idle] = places
        self._players_TS[idle] = [pairing.seats for pairing in fresh]
        self._moves_T[idle] = 0
        start(self._games, idle, [pairing.seed for pairing in fresh], self._opening)

    def _turn(self) -> None:
        """Lets everybody who is to move at any table move once."""
        games = self._games
        tables, seats = np.nonzero(games.turns & (self._places_T != IDLE)[:, None])
        forfeits, actions_TS = self._ask(tables, seats)
        for table, (seat, forfeit) in forfeits.items():
            score = games.scores()[table].tolist()
            outcome = Outcome.forfeit(seat, forfeit.kind, forfeit.reason, int(self._moves_T[table]), score)
            self._end(table, outcome)
        stepped = np.unique(tables[self._places_T[tables] != IDLE])
        if stepped.size:
            games.step(stepped, actions_TS[stepped])
            self._moves_T[stepped] += 1
        self._collect()

    def _collect(self) -> None:
        """Notes the games that have ended or are cut for their length."""
        games, playing = self._games, self._places_T != IDLE
        over = games.terminated | games.truncated | ~games.turns.any(axis=1)
        ended = np.flatnonzero(playing & (over | (self._moves_T >= self._most_moves)))
        if not ended.size:
            return
        scores = games.scores()[ended].tolist()
        for table, score in zip(ended.tolist(), scores, strict=True):
            moves = int(self._moves_T[table])
            if games.terminated[table]:
                self._end(table, Outcome.finished(score, moves))
            elif games.truncated[table] or games.seats == 1:
                self._end(table, Outcome.truncated(score, moves))
            else:  # a contest cut for its length is a draw
                self._end(table, Outcome.truncated([0.5] * games.seats, moves))

    def _end(self, table: int, outcome: Outcome | None) -> None:
        """Clears the table. Without an outcome the game is to be played again, alone."""
        place = int(self._places_T[table])
        if outcome is None:
            self.failed_together.append(place)
        else:
            self.outcomes[place] = outcome
        self._places_T[table] = IDLE
        for seat in range(self._games.seats):
            self._generators.pop((place, seat), None)

    def _ask(self, tables: Array, seats: Array) -> tuple[dict[int, tuple[int, Forfeit]], Array]:
        """Forfeits by table, the lowest seat's where there are several, and everybody's actions."""
        box = self._games.action_space
        shape = (*self._players_TS.shape, *box.shape) if isinstance(box, Box) else self._players_TS.shape
        actions_TS = np.zeros(shape, np.float32 if isinstance(box, Box) else np.int64)
        forfeits: dict[int, tuple[int, Forfeit]] = {}
        for group in self._groups(self._players_TS[tables, seats]):
            asked = group[self._places_T[tables[group]] != IDLE]
            at, sat = tables[asked], seats[asked]
            if not asked.size:
                continue
            moves = self._asked(self._agents[self._players_TS[at[0], sat[0]]], at, sat)
            if moves is None:
                for table in np.unique(at).tolist():
                    self._end(table, None)
            elif isinstance(moves, np.ndarray):
                actions_TS[at, sat] = moves
            else:
                for table, seat, move in zip(at.tolist(), sat.tolist(), moves, strict=True):
                    if not isinstance(move, Forfeit):
                        actions_TS[table, seat] = move
                    elif table not in forfeits or seat < forfeits[table][0]:
                        forfeits[table] = seat, move
        playing = {table: lost for table, lost in forfeits.items() if self._places_T[table] != IDLE}
        return playing, actions_TS

    def _groups(self, players: Array) -> list[Array]:
        """The positions that are asked about together: each player's, or each its own in a game alone."""
        if (self._places_T != IDLE).sum() == 1:
            return [np.array([row]) for row in range(len(players))]
        return [np.flatnonzero(players == player) for player in np.unique(players)]

    def _asked(self, agent: Agent, tables: Array, seats: Array) -> Array | Sequence[Any] | None:
        """One player's moves: legal actions as an array, else actions and forfeits one by one.

        None if several positions failed together, so that nobody knows which of them is at fault.
        """
        obs_N = self._games.observations(tables, seats)
        mask_NA = self._games.masks(tables, seats)
        places = self._places_T[tables].tolist()
        keys = list(zip(places, seats.tolist(), strict=True))
        generators = _Generators(self._generators, keys, self._pairings)
        answers = answers_of(agent, obs_N, mask_NA, generators)
        if isinstance(answers, Forfeit):
            return [answers] if len(tables) == 1 else None
        if self._all_legal(answers, mask_NA):
            return answers
        masks = [None] * len(tables) if mask_NA is None else mask_NA
        return [self._settled(answer, mask_A) for answer, mask_A in zip(answers, masks, strict=True)]

    def _settled(self, answer: Any, mask_A: Array | None) -> Any:
        if isinstance(answer, Forfeit):
            return answer
        try:
            return checked(answer, self._games.action_space, mask_A)
        except Illegal as refusal:
            return Forfeit("illegal", str(refusal))

    def _all_legal(self, answers: Any, mask_NA: Array | None) -> TypeGuard[Array]:
        """Whether all of them are, at one look, whole numbers that may be played."""
        space = self._games.action_space
        if isinstance(space, Box) or not isinstance(answers, np.ndarray) or answers.dtype.kind not in "iu":
            return False
        if answers.ndim != 1 or not answers.size or answers.min() < 0 or answers.max() >= space.n:
            return False
        return mask_NA is None or bool(mask_NA[np.arange(len(answers)), answers].all())


class _Generators(Sequence[np.random.Generator]):
    """The generators of the positions asked about, by game and seat, each made when it is first used.

    A greedy player uses none of them, and making one costs more than a move.
    """

    def __init__(
        self,
        known: dict[tuple[int, int], np.random.Generator],
        keys: Sequence[tuple[int, int]],
        pairings: Sequence[Pairing],
    ) -> None:
        self._known = known
        self._keys = keys
        self._pairings = pairings

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[np.random.Generator]:
        return map(self._of, self._keys)

    @overload
    def __getitem__(self, index: int) -> np.random.Generator: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[np.random.Generator]: ...
    def __getitem__(self, index: int | slice) -> np.random.Generator | Sequence[np.random.Generator]:
        if isinstance(index, slice):
            return [self._of(key) for key in self._keys[index]]
        return self._of(self._keys[index])

    def _of(self, key: tuple[int, int]) -> np.random.Generator:
        generator = self._known.get(key)
        if generator is None:
            place, seat = key
            generator = self._known[key] = seat_generator(self._pairings[place].seed, seat)
        return generator
