"""`arena match` and `arena standings`: games between players, and what all of them say."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from arena.cli.answers import DONE, FAILED, INTERRUPTED, Answer, table, tell
from arena.cli.parsing import Commands, add_settings, command, settings_of
from arena.cli.progress import ProgressLine, bar
from arena.contest.schedule import paired
from arena.records import GameRecord, MatchRecord, Standing, Standings, plain
from arena.requests import MatchLine, MatchRequest
from arena.session import Session
from arena.settings import resolve


def add_commands(commands: Commands) -> None:
    matching = command(commands, "match", match, "play games between players and record them")
    matching.add_argument("environment", metavar="ENV")
    matching.add_argument(
        "players",
        metavar="PLAYER",
        nargs="+",
        help="an agent (with settings: minimax:depth=2), a run, RUN@STEP, or an agent file",
    )
    matching.add_argument(
        "--games",
        type=int,
        default=10,
        metavar="N",
        help="games of each pair or group (alone: of each player)",
    )
    matching.add_argument(
        "--seed", type=int, metavar="S", help="the same seed gives the same games (default: new ones)"
    )
    matching.add_argument(
        "--move-time", type=float, default=1000.0, metavar="MS", help="milliseconds for one move"
    )
    add_settings(matching, "--env-set", "environment")
    standing = command(commands, "standings", standings, "show the scoreboard")
    standing.add_argument("environment", metavar="ENV", nargs="?", help="without it: every scoreboard")
    add_settings(standing, "--env-set", "environment")


def match(session: Session, arguments: Namespace) -> Answer:
    request = MatchRequest(
        environment=arguments.environment,
        players=tuple(arguments.players),
        games=arguments.games,
        seed=arguments.seed,
        move_time=arguments.move_time / 1000,
        environment_settings=settings_of("--env-set", arguments.env_set),
    )
    started = session.match(request)
    seats = session.environment(started.environment, started.environment_settings).seats
    planned = len(paired(len(started.players), seats, started.games, started.seed))
    try:
        with ProgressLine() as line:
            ended = session.wait_match(
                started.id,
                lambda now: line.show(f"{bar(now.played / planned)}  {now.played:,} of {planned:,} games"),
            )
    except KeyboardInterrupt:
        session.stop_match(started.id)
        ended = session.wait_match(started.id)
        tell(f"The match is stopped; the games it has played ({ended.played:,}) are kept.")
        return _match_answer(session, ended, seats, INTERRUPTED)
    if ended.message:
        tell(ended.message)
    return _match_answer(session, ended, seats, DONE if ended.state == "finished" else FAILED)


def _match_answer(session: Session, ended: MatchRecord, seats: int, code: int) -> Answer:
    labels = {player: session.player(player).label for player in ended.players}
    games = _as_scheduled(session.games(match=ended.id, limit=max(ended.played, 1)), ended, seats)
    summary = session.match_summary(ended.id)
    document = {
        "match": ended.id,
        "board": ended.board,
        "state": ended.state,
        "message": ended.message,
        "games": [_game_document(game, labels) for game in games],
        "summary": [_line_document(line) for line in summary],
    }
    rows = [(line.label, line.won, line.drawn, line.lost, line.mean_score) for line in summary]
    forfeits = [game for game in games if game.forfeited_by is not None]
    notes = [_forfeit_note(game, labels) for game in forfeits[:5]]
    if len(forfeits) > len(notes):
        notes.append(f"… and {len(forfeits) - len(notes)} more forfeits.")
    text = table(["player", "won", "drawn", "lost", "mean score"], rows)
    return Answer(document, "\n".join([text, *notes]), code)


def _as_scheduled(games: Sequence[GameRecord], match: MatchRecord, seats: int) -> list[GameRecord]:
    """Games end in any order, as several are played at a time; the same match is told in the same order."""
    schedule = paired(len(match.players), seats, match.games, match.seed)
    places = {
        (tuple(match.players[player] for player in pairing.seats), pairing.seed): place
        for place, pairing in enumerate(schedule)
    }
    return sorted(games, key=lambda game: places[game.players, game.seed])


def _game_document(game: GameRecord, labels: dict[str, str]) -> dict[str, Any]:
    return {**plain(game), "players": [labels[player] for player in game.players]}


def _line_document(line: MatchLine) -> dict[str, Any]:
    return {**plain(line), "player": line.label, "player_id": line.player}


def _forfeit_note(game: GameRecord, labels: dict[str, str]) -> str:
    seat = game.forfeited_by or 0
    return f"{labels[game.players[seat]]} forfeited {game.id} ({game.termination}): {game.reason}"


def standings(session: Session, arguments: Namespace) -> Answer:
    if arguments.environment is None:
        boards = [session.standings(board.board) for board in session.boards()]
        text = "\n\n".join(f"{board.board}\n{_standings_text(board)}" for board in boards)
        rows = [row for board in boards for row in _rows(board)]
        return Answer(rows, text or "No games yet: `arena match` or `arena train` makes some.")
    values = settings_of("--env-set", arguments.env_set)
    name = arguments.environment
    if values:
        environment = session.environment(name, values)
        name = environment.board(resolve(environment.settings, values))
    board = session.standings(name)
    return Answer(_rows(board), _standings_text(board))


def _rows(board: Standings) -> list[dict[str, Any]]:
    return [
        {**plain(row), "player": row.label, "player_id": row.player, "board": board.board}
        for row in board.rows
    ]


def _standings_text(board: Standings) -> str:
    if not board.rows:
        return f"No games on {board.board} yet: `arena match {board.environment} …` plays some."
    if any(row.mean_return is not None for row in board.rows):
        solo = [
            (row.rank, row.label, row.mean_return, _range(row.return_low, row.return_high), row.games)
            for row in board.rows
        ]
        return table(["rank", "player", "mean return", "95 %", "games"], solo)
    contest = [_contest_row(row) for row in board.rows]
    return table(["rank", "player", "rating", "95 %", "games", "won", "drawn", "lost"], contest)


def _contest_row(row: Standing) -> tuple[object, ...]:
    rating = None if row.rating is None else round(row.rating)
    within = _range(row.low, row.high, digits=0)
    name = f"{row.label} (searches)" if row.searches else row.label
    return (row.rank, name, rating, within, row.games, row.won, row.drawn, row.lost)


def _range(low: float | None, high: float | None, digits: int = 2) -> str:
    return "" if low is None or high is None else f"{low:,.{digits}f} to {high:,.{digits}f}"
