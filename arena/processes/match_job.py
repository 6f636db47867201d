"""The job of one match: a referee's process, a process for each player, and the clock between them.

The referee holds the environment and asks; the job passes each question on to the player it concerns and
takes the time. Games are played on several tables at once while all goes well: one question to a player then
covers many positions, and if that is answered in the time of one move, no position took longer. When
something does go wrong with a player in a batch (it overran, raised or died), nobody can say which of the
positions it was: the games on the tables are left and played again one at a time, as are all that follow.
There every question is one position of one game, so a forfeit is always the right one's. Replaying is sound
because a game starts from its own seeds, and an abandoned game was never recorded. Where somebody searches
all games are played one at a time: a search of several positions takes several times as long.

Each game is recorded before its end shows anywhere. A killed match is resumed by playing what is missing.
"""

from __future__ import annotations

import collections
import secrets
import time
from collections.abc import Sequence

from arena.contest.moves import Forfeit
from arena.contest.schedule import Pairing, paired
from arena.errors import ArenaError, PluginError, WorkerLost
from arena.orders import PlayerOrder, RefereeOrder
from arena.processes.assignments import MatchOrder, read_assignment
from arena.processes.children import Worker
from arena.processes.clocks import AwakeClock
from arena.processes.contestant import Contestant
from arena.processes.framing import Received
from arena.processes.log import Log
from arena.processes.messages import (
    Abandon,
    Ask,
    Asked,
    Done,
    Failed,
    FromWorker,
    GamePlayed,
    Moved,
    Moves,
    PlayGames,
    Position,
    Questions,
    Ready,
)
from arena.records import GameRecord, MatchRecord, Outcome
from arena.spaces import Array
from arena.store import Home, Store

TABLES = 8
POLL_SECONDS = 0.1
# How long an environment may take for one step (or to load) before it counts as hung.
REFEREE_SECONDS = 120.0


class MatchStopped(Exception):
    """Somebody asked for the match to stop."""


class TroubleInBatch(Exception):
    """A player gave no moves for a batch of positions; the games have to be played one at a time."""


class MatchJob:
    """One attempt of a match whose row is already this process's own."""

    def __init__(self, home: Home, store: Store, match: MatchRecord, log: Log) -> None:
        self._home = home
        self._store = store
        self._match = match
        self._log = log
        self._played = 0
        self._rounds = 0
        self._poll_at = 0.0
        self._contestants: dict[str, Contestant] = {}

    def carry_out(self) -> None:
        """Plays what is missing until the match is finished, stopped or failed; the row says which."""
        self._log.info(f"Attempt {self._match.attempt} of match {self._match.id} begins.")
        try:
            order = read_assignment(self._home.match(self._match.id), MatchOrder)
            self._play_missing(order)
            self._end("finished")
        except MatchStopped:
            self._end("stopped", message=f"Stopped after {self._played} games; resume it to play the rest.")
        except PluginError as error:
            for line in error.traceback.splitlines():
                self._log.error(line)
            self._end("failed", message=str(error))
        except ArenaError as error:
            self._end("failed", message=str(error))
        finally:
            for contestant in self._contestants.values():
                contestant.close()

    def _play_missing(self, order: MatchOrder) -> None:
        missing = self._missing(order)
        if not missing:
            return
        folder = self._home.match(self._match.id)
        searching = any(player.searches for player in order.players)
        tables = 1 if searching else min(TABLES, len(missing))
        referee_order = RefereeOrder(environment=order.environment, lanes=tables, tells_pasts=searching)
        with Worker(referee_order, folder / "referee", heard=self._log.printed) as referee:
            self._contestants = self._start_contestants(order)
            playable = self._forfeit_unloaded(missing)
            if not isinstance(self._hear(referee).message, Ready):
                raise WorkerLost("The environment's process did not say that it was ready.")
            left = self._play(referee, playable, min(tables, len(playable)))
            if left:
                self._log.info(f"{len(left)} games are played one at a time, to see whose fault it is.")
                self._play(referee, left, tables=1)

    def _missing(self, order: MatchOrder) -> list[Pairing]:
        """The scheduled games that were not played yet."""
        match = self._match
        schedule = paired(len(match.players), order.seats, match.games, match.seed)
        games = self._store.games(match=match.id, limit=len(schedule))
        self._played = len(games)
        played = collections.Counter((game.players, game.seed) for game in games)
        missing = []
        for pairing in schedule:
            key = (self._seated(pairing), pairing.seed)
            if played[key]:
                played[key] -= 1
            else:
                missing.append(pairing)
        return missing

    def _start_contestants(self, order: MatchOrder) -> dict[str, Contestant]:
        contestants = {}
        for number, (player, source) in enumerate(zip(self._match.players, order.players, strict=True)):
            if player not in contestants:
                contestants[player] = Contestant(
                    PlayerOrder(player=source, environment=order.environment),
                    self._home.match(self._match.id) / f"player-{number}",
                    self._match.move_time,
                    order.memory_bytes,
                    self._log.printed,
                )
                contestants[player].start()
        return contestants

    def _forfeit_unloaded(self, pairings: Sequence[Pairing]) -> list[Pairing]:
        """Records the games of players that do not load, and returns the others."""
        forfeits = {player: contestant.load() for player, contestant in self._contestants.items()}
        playable = []
        for pairing in pairings:
            seats = enumerate(self._seated(pairing))
            fault = next(((seat, reason) for seat, player in seats if (reason := forfeits[player])), None)
            if fault is None:
                playable.append(pairing)
                continue
            seat, forfeit = fault
            scores = [0.0] * len(pairing.seats)
            self._record(pairing, Outcome.forfeit(seat, forfeit.kind, forfeit.reason, 0, scores), 0.0)
        return playable

    def _play(self, referee: Worker, pairings: Sequence[Pairing], tables: int) -> list[Pairing]:
        """Plays these games; returns those that were left when a batch of positions went unanswered."""
        if not pairings:
            return []
        self._rounds += 1
        referee.send(PlayGames(tuple(pairing.seed for pairing in pairings), tables))
        began: dict[int, float] = {}
        over: set[int] = set()
        while True:
            message, arrays = self._hear(referee)
            match message:
                case Questions(asked):
                    for question in asked:
                        began.setdefault(question.game, time.monotonic())
                    self._answer(referee, pairings, asked, arrays, alone=tables == 1)
                case GamePlayed(game, outcome):
                    over.add(game)
                    now = time.monotonic()
                    self._record(pairings[game], outcome, now - began.get(game, now))
                case Done():
                    return [pairing for place, pairing in enumerate(pairings) if place not in over]
                case _:
                    raise WorkerLost(f"The environment's process said {type(message).__name__} out of turn.")

    def _answer(
        self,
        referee: Worker,
        pairings: Sequence[Pairing],
        asked: Sequence[Asked],
        arrays: Sequence[Array],
        *,
        alone: bool,
    ) -> None:
        """Gets the moves from the players, one player after the other, each on its own time."""
        groups: dict[tuple[str, int], list[int]] = {}
        for index, question in enumerate(asked):
            player = self._seated(pairings[question.game])[question.seat]
            groups.setdefault((player, index if alone else 0), []).append(index)
        moves: dict[int, Moved] = {}
        actions: list[Array] = []
        try:
            for (player, _), indices in groups.items():
                part = [asked[index] for index in indices]
                answers = self._ask(player, pairings, part, arrays, actions)
                moves |= zip(indices, answers, strict=True)
        except TroubleInBatch:
            referee.send(Abandon())
            return
        referee.send(Moves(tuple(moves[index] for index in range(len(asked)))), actions)

    def _ask(
        self,
        player: str,
        pairings: Sequence[Pairing],
        asked: Sequence[Asked],
        arrays: Sequence[Array],
        actions: list[Array],
    ) -> list[Moved]:
        """One player's moves; their arrays are added to `actions`.

        Raises:
            TroubleInBatch: if it failed, and more than one position may be the reason.
        """
        positions = tuple(Position(each.game, pairings[each.game].seed, each.seat) for each in asked)
        masks = [arrays[each.mask] for each in asked if each.mask is not None]
        searches = self._contestants[player].searches
        pasts = tuple(each.past for each in asked) if searches else ()
        question = Ask(self._rounds, positions, masked=len(masks) == len(asked), pasts=pasts)
        seen = [arrays[each.observation] for each in asked]
        answer = self._contestants[player].ask(question, [*seen, *masks] if question.masked else seen)
        if isinstance(answer, Forfeit):
            answer = Moves((Moved(None, answer.kind, answer.reason),) * len(asked)), ()
        moves, chosen = answer
        if len(asked) > 1 and any(
            move.forfeit in {"timeout", "crash", "memory", "load"} for move in moves.moves
        ):
            raise TroubleInBatch
        offset = len(actions)
        actions.extend(chosen)
        return [move if move.action is None else Moved(move.action + offset) for move in moves.moves]

    def _hear(self, referee: Worker) -> Received[FromWorker]:
        """What the referee says next."""
        clock = AwakeClock()
        while clock.look() < REFEREE_SECONDS:
            self._take_commands()
            try:
                received = referee.receive(POLL_SECONDS)
            except WorkerLost as error:
                raise WorkerLost(f"The environment failed. {error}") from error
            if received is None:
                continue
            if isinstance(received.message, Failed):
                raise received.message.error()
            return received
        raise WorkerLost(f"The environment did not answer for {REFEREE_SECONDS:g} s.")

    def _take_commands(self) -> None:
        if time.monotonic() < self._poll_at:
            return
        self._poll_at = time.monotonic() + POLL_SECONDS
        if "stop" in self._store.take_commands(self._match.id):
            raise MatchStopped

    def _record(self, pairing: Pairing, outcome: Outcome, seconds: float) -> None:
        game = GameRecord(
            id=f"g{secrets.token_hex(6)}",
            board=self._match.board,
            environment=self._match.environment,
            players=self._seated(pairing),
            scores=outcome.scores,
            termination=outcome.termination,
            moves=outcome.moves,
            seed=pairing.seed,
            pool="rated",
            forfeited_by=outcome.forfeited_by,
            reason=outcome.reason,
            match=self._match.id,
            seconds=seconds,
            ended_at=time.time(),
        )
        with self._store.transaction():
            self._store.record_game(game)
            self._store.update_match(self._match.id, played=self._played + 1)
        self._played += 1
        if outcome.reason is not None:
            self._log.warning(f"Game {game.id}: seat {outcome.forfeited_by} forfeits. {outcome.reason}")

    def _seated(self, pairing: Pairing) -> tuple[str, ...]:
        return tuple(self._match.players[player] for player in pairing.seats)

    def _end(self, state: str, message: str | None = None) -> None:
        self._store.update_match(
            self._match.id, state=state, message=message, played=self._played, ended_at=time.time(), pid=None
        )
        self._log.write("error" if state == "failed" else "info", message or f"The match is {state}.")
