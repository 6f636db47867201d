"""Many games at once between players in this process, refereed by the same rules as one game.

Axes: T tables (copies of the game), S seats, N positions asked about, A actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

import numpy as np

from arena.api import Agent, Box, VectorGame
from arena.contest.legality import Illegal, checked
from arena.contest.moves import Forfeit
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
) -> list[Outcome]:
    """Plays one game for each pairing and returns how each ended, in their order.

    A table whose game has ended takes the next pairing, so few tables serve many games. Each agent is asked
    once a turn for all positions in which it must move; what it raises or may not play is its forfeit, in
    that game and no other. How many games run side by side changes none of them.

    Args:
        games: the tables; they are reset for each game.

    Raises:
        PluginError: if the environment itself fails.
    """
    hall = _Hall(games, agents, pairings, most_moves)
    while hall.deal():
        hall.turn()
    return hall.outcomes()


class _Hall:
    """All tables, and which game is played at each."""

    def __init__(
        self, games: VectorGame, agents: Sequence[Agent], pairings: Sequence[Pairing], most_moves: int
    ) -> None:
        self._games = games
        self._agents = agents
        self._pairings = pairings
        self._most_moves = most_moves
        self._next = 0
        self._outcomes: dict[int, Outcome] = {}
        self._places_T = np.full(games.size, IDLE)
        self._moves_T = np.zeros(games.size, np.int64)
        self._players_TS = np.zeros((games.size, games.seats), np.int64)
        self._generators: dict[tuple[int, int], np.random.Generator] = {}

    def deal(self) -> bool:
        """Seats the next games at idle tables; False once every game is over."""
        idle = np.flatnonzero(self._places_T == IDLE)[: len(self._pairings) - self._next]
        if idle.size:
            fresh = self._pairings[self._next : self._next + idle.size]
            self._places_T[idle] = np.arange(self._next, self._next + idle.size)
            self._players_TS[idle] = [pairing.seats for pairing in fresh]
            self._moves_T[idle] = 0
            self._next += idle.size
            self._games.reset(idle, np.array([pairing.seed for pairing in fresh]))
        return bool((self._places_T != IDLE).any())

    def turn(self) -> None:
        """Lets everybody who is to move at any table move once."""
        games = self._games
        tables, seats = np.nonzero(games.turns & (self._places_T != IDLE)[:, None])
        forfeits, actions_TS = self._ask(tables, seats)
        for table, (seat, forfeit) in forfeits.items():
            score = games.scores()[table].tolist()
            outcome = Outcome.forfeit(seat, forfeit.kind, forfeit.reason, int(self._moves_T[table]), score)
            self._end(table, outcome)
        stepped = np.setdiff1d(tables, list(forfeits))
        if stepped.size:
            games.step(stepped, actions_TS[stepped])
            self._moves_T[stepped] += 1
        self._collect()

    def outcomes(self) -> list[Outcome]:
        return [self._outcomes[place] for place in range(len(self._pairings))]

    def _collect(self) -> None:
        """Notes the games that have ended or are cut for their length."""
        games, playing = self._games, self._places_T != IDLE
        over = games.terminated | games.truncated
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

    def _end(self, table: int, outcome: Outcome) -> None:
        place = int(self._places_T[table])
        self._outcomes[place] = outcome
        self._places_T[table] = IDLE
        for seat in range(self._games.seats):
            self._generators.pop((place, seat), None)

    def _ask(self, tables: Array, seats: Array) -> tuple[dict[int, tuple[int, Forfeit]], Array]:
        """Forfeits by table, the lowest seat's where there are several, and everybody's actions."""
        box = self._games.action_space
        shape = (*self._players_TS.shape, *box.shape) if isinstance(box, Box) else self._players_TS.shape
        actions_TS = np.zeros(shape, np.float32 if isinstance(box, Box) else np.int64)
        forfeits: dict[int, tuple[int, Forfeit]] = {}
        players = self._players_TS[tables, seats]
        for player in np.unique(players).tolist():
            asked = np.flatnonzero(players == player)
            actions, refused = self._asked(self._agents[player], tables[asked], seats[asked])
            played = asked[[row not in refused for row in range(len(asked))]]
            if played.size:
                actions_TS[tables[played], seats[played]] = actions
            for row, forfeit in refused.items():
                table, seat = int(tables[asked[row]]), int(seats[asked[row]])
                if table not in forfeits or seat < forfeits[table][0]:
                    forfeits[table] = seat, forfeit
        return forfeits, actions_TS

    def _asked(self, agent: Agent, tables: Array, seats: Array) -> tuple[Array, Mapping[int, Forfeit]]:
        """One player's legal actions in these positions, and by row what it forfeits in the others."""
        obs_N = self._games.observations(tables, seats)
        mask_NA = self._games.masks(tables, seats)
        places = self._places_T[tables].tolist()
        generators = _Generators(
            self._generators,
            list(zip(places, seats.tolist(), strict=True)),
            [self._pairings[place].seed for place in places],
        )
        answers = answers_of(agent, obs_N, mask_NA, generators)
        if isinstance(answers, Forfeit):
            moves: Sequence[Any] = [answers]
            if len(tables) > 1:  # what fails together may be one position's fault: each is asked alone
                generators.rewind()
                moves = [_alone(agent, obs_N, mask_NA, generators, row) for row in range(len(tables))]
        else:
            actions = self._all_legal(answers, mask_NA)
            if actions is not None:
                return actions, {}
            moves = list(answers)
        masks = [None] * len(moves) if mask_NA is None else mask_NA
        settled = [self._settled(move, mask_A) for move, mask_A in zip(moves, masks, strict=True)]
        refused = {row: move for row, move in enumerate(settled) if isinstance(move, Forfeit)}
        return np.array([move for move in settled if not isinstance(move, Forfeit)]), refused

    def _settled(self, answer: Any, mask_A: Array | None) -> Any:
        if isinstance(answer, Forfeit):
            return answer
        try:
            return checked(answer, self._games.action_space, mask_A)
        except Illegal as refusal:
            return Forfeit("illegal", str(refusal))

    def _all_legal(self, answers: Any, mask_NA: Array | None) -> Array | None:
        """The actions if at one look all of them are whole numbers that may be played, else None."""
        space = self._games.action_space
        if isinstance(space, Box) or not isinstance(answers, np.ndarray) or answers.dtype.kind not in "iu":
            return None
        if answers.ndim != 1 or not answers.size or answers.min() < 0 or answers.max() >= space.n:
            return None
        if mask_NA is not None and not mask_NA[np.arange(len(answers)), answers].all():
            return None
        return answers


def _alone(agent: Agent, obs_N: Array, mask_NA: Array | None, generators: _Generators, row: int) -> Any:
    """One position's answer, or what it forfeits."""
    mask_1A = None if mask_NA is None else mask_NA[row : row + 1]
    answer = answers_of(agent, obs_N[row : row + 1], mask_1A, [generators[row]])
    return answer if isinstance(answer, Forfeit) else answer[0]


class _Generators(Sequence[np.random.Generator]):
    """The generators of the positions asked about, each made when it is first used.

    A greedy player uses none of them, and making one costs more than a move.
    """

    def __init__(
        self,
        known: dict[tuple[int, int], np.random.Generator],
        keys: Sequence[tuple[int, int]],
        seeds: Sequence[int],
    ) -> None:
        self._known = known
        self._keys = keys
        self._seeds = seeds
        self._before: dict[tuple[int, int], Any] = {}

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> np.random.Generator: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[np.random.Generator]: ...
    def __getitem__(self, index: int | slice) -> np.random.Generator | Sequence[np.random.Generator]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        key = self._keys[index]
        generator = self._known.get(key)
        if generator is None:
            generator = self._known[key] = seat_generator(self._seeds[index], key[1])
        if key not in self._before:
            self._before[key] = generator.bit_generator.state
        return generator

    def rewind(self) -> None:
        """Puts every generator that was used back to where it was."""
        for key, state in self._before.items():
            self._known[key].bit_generator.state = state
