"""What Rankings shows, read from the session in a thread."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from arena.drawing.palette import AgentStyle
from arena.errors import ArenaError
from arena.records import EnvironmentInfo, GameRecord, MatchRecord, PlayerRecord, Standing, Standings
from arena.requests import BoardInfo
from arena.session import Session
from arena.session.players import untrained_words
from arena.settings import Value
from arena.ui.format import number

RECENT_GAMES = 60
DETAIL_GAMES = 4000


@dataclass(frozen=True)
class Overview:
    """All scoreboards with their tab labels, and every match, newest first.

    A board whose first game is under way is among them, with no games yet.
    """

    boards: tuple[BoardInfo, ...]
    labels: Mapping[str, str]
    matches: tuple[MatchRecord, ...]


@dataclass(frozen=True)
class Board:
    """One scoreboard, with what its rows need to be drawn.

    Attributes:
        environment: None if it is no longer installed.
        styles: by agent id.
        recent: the newest games, newest first.
        labels: of players, by id.
    """

    standings: Standings
    environment: EnvironmentInfo | None
    styles: Mapping[str, AgentStyle]
    recent: tuple[GameRecord, ...]
    labels: Mapping[str, str]

    @property
    def contest(self) -> bool:
        if self.environment is not None:
            return self.environment.seats > 1
        return any(row.mean_return is None for row in self.standings.rows)

    @property
    def solved_at(self) -> float | None:
        return None if self.environment is None or self.contest else self.environment.solved_at

    def row(self, player: str | None) -> Standing | None:
        return next((row for row in self.standings.rows if row.player == player), None)

    def score(self, row: str, column: str) -> float | None:
        """The row player's mean score against the column player, in per cent; None if they never met."""
        return next(
            (
                100 * mean
                for one, other, _, mean in self.standings.head_to_head
                if (one, other) == (row, column)
            ),
            None,
        )


@dataclass(frozen=True)
class PlayerDetails:
    """One player on one board, newest game first.

    Attributes:
        forfeits: (when, kind, reason) of each game it gave away.
        returns: of its episodes on a single-seat board.
    """

    record: PlayerRecord
    run: str | None
    forfeits: tuple[tuple[float, str, str], ...] = ()
    returns: tuple[float, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """Someone who can play an environment; `word` names it in a request."""

    word: str
    label: str
    note: str
    style: AgentStyle


@dataclass(frozen=True)
class Field:
    """What can be asked for in a match: an environment, its settings and who can play it.

    Attributes:
        fresh_seed: one that no match on this board had, so that its games are new ones.
    """

    environment: EnvironmentInfo
    settings: Mapping[str, Value]
    candidates: tuple[Candidate, ...]
    fresh_seed: int
    environments: tuple[EnvironmentInfo, ...] = field(default=())


def read_overview(session: Session) -> Overview:
    matches = tuple(session.matches())
    found = session.boards()
    boards = sorted(
        [*found, *_first_played(matches, {board.board for board in found})],
        key=lambda board: (board.environment.lower(), board.board),
    )
    titles = {known.id: known.title for known in session.catalog().environments}
    labels = {board.board: board_title(board.board, board.environment, titles) for board in boards}
    return Overview(tuple(boards), labels, matches)


def _first_played(matches: Sequence[MatchRecord], known: set[str]) -> list[BoardInfo]:
    """The boards that matches under way will be the first on."""
    fresh = {match.board: match for match in matches if live(match) and match.board not in known}
    return [
        BoardInfo(
            board=board,
            environment=match.environment,
            players=len(match.players),
            games=0,
            last_game_at=match.created_at,
        )
        for board, match in fresh.items()
    ]


def board_title(board: str, environment: str, titles: Mapping[str, str]) -> str:
    """`FrozenLake-v1 map_name=8x8` → `FrozenLake map_name=8x8`."""
    return titles.get(environment, environment) + board.removeprefix(environment)


def read_board(session: Session, board: BoardInfo) -> Board:
    """Blocks while a worker computes the standings."""
    if board.games:
        standings = session.standings(board.board)
    else:
        standings = Standings(board=board.board, environment=board.environment, games=0, rows=())
    recent = session.games(board=board.board, limit=RECENT_GAMES)
    return Board(
        standings=standings,
        environment=_environment(session, standings.environment, _settings_of(session, board.board)),
        styles={row.agent: session.agent_style(row.agent) for row in standings.rows},
        recent=tuple(game for game in recent if game.pool != "promotion"),
        labels={player.id: player.label for player in session.players()},
    )


def _environment(session: Session, name: str, settings: Mapping[str, Value]) -> EnvironmentInfo | None:
    try:
        return session.environment(name, settings)
    except ArenaError:
        return None


def read_details(session: Session, board: str, player: str) -> PlayerDetails:
    record = session.player(player)
    run = None
    if record.run is not None:
        run = next((one.name for one in session.runs() if one.id == record.run), None)
    games = session.games(board=board, player=player, limit=DETAIL_GAMES)
    forfeits = tuple(
        (game.ended_at, game.termination, game.reason or "")
        for game in games
        if game.forfeited_by is not None and game.players[game.forfeited_by] == player
    )
    returns = tuple(game.scores[0] for game in games if len(game.players) == 1)
    return PlayerDetails(record, run, forfeits, returns)


def read_field(session: Session, environment: str | None, board: str | None) -> Field:
    """Who can play a board's environment under its settings, or another environment under its defaults.

    Raises:
        ArenaError: if the environment is not installed.
    """
    catalog = session.catalog()
    if not catalog.environments:
        catalog = session.scan()
    settings = _settings_of(session, board) if board is not None else {}
    known = sorted(catalog.environments, key=lambda one: (one.seats == 1, one.id))
    info = session.environment(environment or (known[0].id if known else ""), settings)
    key = board or info.board({setting.name: setting.default for setting in info.settings})
    fresh = session.unused_seed(key)
    return Field(info, settings, tuple(_candidates(session, info, key)), fresh, catalog.environments)


def _candidates(session: Session, environment: EnvironmentInfo, board: str) -> list[Candidate]:
    """Agents as they come, runs with what they learnt, and who else has played on the board."""
    agents = [agent for agent in session.catalog().agents if agent.unsuited(environment) is None]
    style = session.agent_style
    found = [
        Candidate(word, title, "untrained" if agent.learns else "", style(agent.id))
        for agent in agents
        for word, title in untrained_words(agent, environment)
    ]
    known = {candidate.word for candidate in found}
    trained = [run for run in session.runs() if run.board == board and run.checkpoint_step is not None]
    for run in trained:
        known |= {run.name, run.player or run.name}
    found += [Candidate(run.name, run.name, f"step {number(run.step)}", style(run.agent)) for run in trained]
    for player in session.players():
        if not known & {player.label, player.id} and session.games(board=board, player=player.id, limit=1):
            found.append(Candidate(player.label, player.label, "", style(player.agent)))
    return found


def _settings_of(session: Session, board: str) -> Mapping[str, Value]:
    """A board's settings, as the newest run or match on it has them."""
    settings = [match.environment_settings for match in session.matches() if match.board == board]
    settings += [run.environment_settings for run in session.runs() if run.board == board]
    return settings[0] if settings else {}


def live(match: MatchRecord) -> bool:
    return match.state in ("queued", "running", "paused")


def planned(match: MatchRecord, seats: int) -> int:
    """How many games a match has in all: every group of players as large as the game plays `games`."""
    return math.comb(len(match.players), max(1, seats)) * match.games


def age(moment: float | None) -> float:
    return max(0.0, time.time() - (moment or 0.0))


def closest_pair(rows: Sequence[Standing]) -> tuple[Standing, Standing] | None:
    """The neighbours whose ratings (or mean returns) differ least."""
    scored = [row for row in rows if value_of(row) is not None]
    pairs = list(pairwise(scored))
    if not pairs:
        return None
    return min(pairs, key=lambda pair: abs((value_of(pair[0]) or 0.0) - (value_of(pair[1]) or 0.0)))


def value_of(row: Standing) -> float | None:
    """What the row is ranked by."""
    return row.rating if row.mean_return is None else row.mean_return


def half_width(row: Standing) -> float | None:
    """Half of its 95 % interval."""
    low, high = (row.low, row.high) if row.mean_return is None else (row.return_low, row.return_high)
    return None if low is None or high is None else (high - low) / 2
