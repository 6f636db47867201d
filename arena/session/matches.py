"""Asking for games between players: checked wholly, then played by a job of its own."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from arena.errors import RequestError
from arena.processes.assignments import MatchOrder, write_assignment
from arena.records import GameRecord, MatchRecord, PlayerRecord
from arena.requests import MatchLine, MatchRequest
from arena.session.facts import Facts, source_of
from arena.session.naming import new_id
from arena.session.players import Players
from arena.session.players import source_of as player_source
from arena.store import Home, Store

MOST_GAMES = 100_000
LONGEST_MOVE = 3600.0
MOST_SEED = 2**31 - 1


def prepare(request: MatchRequest, home: Home, store: Store, facts: Facts, players: Players) -> MatchRecord:
    """Checks the request, freezes its players and adds the match, which its job then plays.

    Raises:
        RequestError: the first thing that is wrong with the request; then nothing was added.
    """
    _check_numbers(request)
    environment, settings = facts.environment_with(request.environment, request.environment_settings)
    if len(request.players) < environment.seats:
        noun = "player" if environment.seats == 1 else "players"
        raise RequestError(
            f"{environment.title} needs {environment.seats} {noun}, and {len(request.players)} were named."
        )
    scheduled = math.comb(len(request.players), environment.seats) * request.games
    if scheduled > MOST_GAMES:
        raise RequestError(f"These players would play {scheduled} games; ask for at most {MOST_GAMES}.")
    known = {word: players.resolve(environment, settings, word) for word in dict.fromkeys(request.players)}
    board = environment.board(settings)
    with store.transaction():
        chosen = {word: store.add_player(player) for word, player in known.items()}
        match = MatchRecord(
            id=new_id("m"),
            board=board,
            environment=environment.id,
            environment_settings=settings,
            players=tuple(chosen[word].id for word in request.players),
            games=request.games,
            seed=unused_seed(store, board) if request.seed is None else request.seed,
            move_time=request.move_time,
            state="queued",
            created_at=time.time(),
        )
        order = MatchOrder(
            environment=source_of(environment, settings),
            seats=environment.seats,
            players=tuple(player_source(chosen[word]) for word in request.players),
        )
        write_assignment(home.match(match.id), order)
        store.add_match(match)
    return match


def unused_seed(store: Store, board: str) -> int:
    """A seed for a match on that board which brings new games."""
    return 1 + max((match.seed for match in store.matches() if match.board == board), default=-1)


def summary(players: Sequence[PlayerRecord], games: Sequence[GameRecord]) -> list[MatchLine]:
    """What each player did in these games; scores are returns where there is a single seat."""
    lines = []
    for player in players:
        scores = [
            (score, len(game.players) > 1)
            for game in games
            for seat, score in enumerate(game.scores)
            if game.players[seat] == player.id
        ]
        contests = [score for score, contest in scores if contest]
        lines.append(
            MatchLine(
                player=player.id,
                label=player.label,
                won=sum(score == 1 for score in contests),
                drawn=sum(0 < score < 1 for score in contests),
                lost=sum(score == 0 for score in contests),
                mean_score=sum(score for score, _ in scores) / len(scores) if scores else 0.0,
            )
        )
    return lines


def _check_numbers(request: MatchRequest) -> None:
    if not 1 <= request.games <= MOST_GAMES:
        raise RequestError(f"--games must be a whole number from 1 to {MOST_GAMES} (got {request.games}).")
    if request.seed is not None and not 0 <= request.seed <= MOST_SEED:
        raise RequestError(f"--seed must be a whole number from 0 to {MOST_SEED} (got {request.seed}).")
    if not 0 < request.move_time <= LONGEST_MOVE:
        raise RequestError(
            f"--move-time must be above 0 and at most {LONGEST_MOVE * 1000:g} ms"
            f" (got {request.move_time * 1000:g} ms)."
        )
