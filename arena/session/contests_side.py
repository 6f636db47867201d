"""The session's side of games: players, matches, boards, and unrated games that somebody watches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from arena.engines.local import LocalEngine
from arena.errors import UnknownName
from arena.processes.exhibition import Exhibition
from arena.records import GameRecord, MatchRecord, PlayerRecord, Standings
from arena.requests import BoardInfo, MatchLine, MatchRequest
from arena.session import exhibitions, matches, scoreboard
from arena.session.facts import Facts
from arena.session.looks import Looks
from arena.session.players import Players
from arena.store import Home, Store

WATCH_SECONDS = 0.2


class ContestsSide:
    """What a session can be asked about players and their games."""

    home: Home
    _store: Store
    _facts: Facts
    _players: Players
    _looks: Looks
    _engine: LocalEngine
    _standings: threading.Lock
    _boards: tuple[int, list[BoardInfo]] | None

    def resolve_player(
        self, environment: str, word: str, settings: Mapping[str, object] | None = None
    ) -> PlayerRecord:
        """The player that a word names (agent, run, RUN@STEP, agent file, known player); may block.

        Raises:
            UnknownName: with the nearest names.
            RequestError: if it cannot play this environment.
        """
        info, values = self._facts.environment_with(environment, settings or {})
        return self._players.resolve(info, values, word)

    def players(self) -> list[PlayerRecord]:
        """All players that ever played, newest first."""
        return self._store.players()

    def player(self, name: str) -> PlayerRecord:
        """The player of this id or label that has played before.

        Raises:
            UnknownName: with the nearest labels.
        """
        player = self._store.player(name)
        if player is None:
            raise UnknownName("player", name, [known.label for known in self._store.players()])
        return player

    def match(self, request: MatchRequest) -> MatchRecord:
        """Starts a job that plays the games, once the whole request is found to be right; may block.

        Raises:
            RequestError: what is wrong, in one sentence; nothing was started.
        """
        match = matches.prepare(request, self.home, self._store, self._facts, self._players)
        self._engine.start_match(match.id)
        return match

    def unused_seed(self, board: str) -> int:
        """A seed for a match on that board which brings new games."""
        return matches.unused_seed(self._store, board)

    def matches(self) -> list[MatchRecord]:
        """All matches, newest first; those whose job is gone are found to be lost."""
        self._engine.lose_abandoned()
        return self._store.matches()

    def resume_match(self, match: str) -> MatchRecord:
        """Lets a match that ended early play its remaining games."""
        if self._store.match(match).state != "finished" and self._store.queue_match(match):
            self._engine.start_match(match)
        return self._store.match(match)

    def stop_match(self, match: str) -> MatchRecord:
        """Tells a match to stop; the games it has played are kept."""
        if not self._store.withdraw_match(self._store.match(match).id):
            self._store.order(match, "stop")
        return self._store.match(match)

    def wait_match(self, match: str, on_change: Callable[[MatchRecord], None] | None = None) -> MatchRecord:
        """Blocks until the match is no longer live. Interrupting it leaves its job running."""
        before = None
        while True:
            self._engine.lose_abandoned()
            now = self._store.match(match)
            if now != before and on_change is not None:
                on_change(now)
            if now.state not in ("queued", "running", "paused"):
                return now
            before = now
            time.sleep(WATCH_SECONDS)

    def match_summary(self, match: str) -> list[MatchLine]:
        """What each of the match's players did so far, in the order asked for."""
        record = self._store.match(match)
        players = [self.player(player) for player in dict.fromkeys(record.players)]
        return matches.summary(players, self._store.games(match=match, limit=matches.MOST_GAMES))

    def games(
        self,
        board: str | None = None,
        match: str | None = None,
        run: str | None = None,
        player: str | None = None,
        limit: int = 100,
    ) -> list[GameRecord]:
        """The newest games, newest first, of this board, match id, run id or player id where given."""
        return self._store.games(board, match, run, player, limit)

    def boards(self) -> list[BoardInfo]:
        """Every scoreboard with games, the one with the newest game first."""
        recorded = self._store.games_recorded()
        if self._boards is None or self._boards[0] != recorded:
            self._boards = recorded, self._store.boards()
        return self._boards[1]

    def standings(self, board: str) -> Standings:
        """A scoreboard by its key or its environment's id; blocks while a worker computes new ones.

        Raises:
            UnknownName: if neither a board nor an environment is called that.
        """
        environment = next((known.environment for known in self.boards() if known.board == board), None)
        if environment is None:
            info = self._facts.environment(board)
            defaults = {fact.name: fact.default for fact in info.settings}
            board, environment = info.board(defaults), info.id
        with self._standings:
            return scoreboard.standings(self._store, board, environment)

    def exhibit(
        self,
        environment: str,
        players: Sequence[str] = (),
        settings: Mapping[str, object] | None = None,
        size: tuple[int, int] = (720, 480),
        seed: int | None = None,
        follow: str | None = None,
    ) -> Exhibition:
        """Starts a worker that plays unrated games for a spectator; may block while names are looked up.

        Args:
            players: one word for each seat, as in `resolve_player`, or `RUN@newest` for the newest saved
                weights of a run, now and in every later game, or `human` for a person.
            size: of the frames, in pixels.
            seed: of the first game; None for a random one.
            follow: a run that sits before the others, as `RUN@newest` does.

        Raises:
            RequestError: if a player cannot play this environment, or there are too few.
        """
        stage = exhibitions.Stage(self.home, self._store, self._facts, self._players, self._looks)
        return stage.exhibit(environment, players, settings or {}, size, seed, follow)
