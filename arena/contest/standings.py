"""A board's results turned into its scoreboard: ratings for a contest, mean returns for a single seat.

Axes: P entrants.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import msgspec
import numpy as np

from arena.contest.ratings import rate
from arena.contest.results import BoardResults, Entrant, Returns, Tally
from arena.contest.statistics import interval_of_mean
from arena.records import Standing, Standings
from arena.spaces import Array

# The agent whose rating is zero, where it takes part.
ANCHOR = "random"


def standings(results: BoardResults) -> Standings:
    """Ranks everybody who has played, the best first; equals share a rank."""
    if results.seats == 1:
        returns = [one for one in results.returns if one.games]
        games = sum(one.games for one in returns)
        rows = _ranked(_return_rows(results.entrants, returns), lambda row: row.mean_return)
        head_to_head: tuple[tuple[str, str, int, float], ...] = ()
    else:
        meetings = _meetings(results.entrants, results.tallies)
        games = sum(tally.games for tally in results.tallies)
        rows = _ranked(_rating_rows(results, meetings), lambda row: row.rating)
        head_to_head = _head_to_head(results.entrants, meetings)
    return Standings(
        board=results.board,
        environment=results.environment,
        games=games,
        rows=rows,
        head_to_head=head_to_head,
        last_game_at=results.last_game_at,
    )


@dataclass(frozen=True)
class _Meetings:
    """Who scored what against whom: points and games are P × P; games with oneself are not in them."""

    points: Array
    games: Array
    drawn: int


def _meetings(entrants: Sequence[Entrant], tallies: Sequence[Tally]) -> _Meetings:
    place = {entrant.id: index for index, entrant in enumerate(entrants)}
    points = np.zeros((len(entrants), len(entrants)))
    games = np.zeros_like(points)
    drawn = 0
    for tally in tallies:
        for seat, other in permutations(range(len(tally.players)), 2):
            row, column = place[tally.players[seat]], place[tally.players[other]]
            if row != column:
                points[row, column] += (tally.scores[seat] - tally.scores[other] + tally.games) / 2
                games[row, column] += tally.games
                drawn += min(tally.drawn[seat], tally.drawn[other])
    return _Meetings(points, games, drawn // 2)  # each pair of seats came up in both orders


def _rating_rows(results: BoardResults, meetings: _Meetings) -> list[Standing]:
    """One row per entrant who has played; whoever met nobody but itself has no rating."""
    met = meetings.games.sum(axis=1)
    field = [index for index in range(len(met)) if met[index]]
    anchors = [index for index in field if results.entrants[index].agent == ANCHOR]
    anchor = max(anchors, key=lambda index: float(met[index])) if anchors else None
    within = np.ix_(field, field)
    ratings = rate(
        meetings.points[within],
        meetings.games[within],
        meetings.drawn,
        None if anchor is None else field.index(anchor),
    )
    rows = {index: _contest_row(entrant, results.tallies) for index, entrant in enumerate(results.entrants)}
    for index, rating, low, high in zip(field, *ratings.as_lists(), strict=True):
        rows[index] = msgspec.structs.replace(rows[index], rating=rating, low=low, high=high)
    return [row for row in rows.values() if row.games]


def _contest_row(entrant: Entrant, tallies: Sequence[Tally]) -> Standing:
    """Counts the seats it sat in: a game against itself counts for both."""
    sat = [
        (tally, seat)
        for tally in tallies
        for seat, player in enumerate(tally.players)
        if player == entrant.id
    ]
    games = sum(tally.games for tally, _ in sat)
    won = sum(tally.won[seat] for tally, seat in sat)
    drawn = sum(tally.drawn[seat] for tally, seat in sat)
    return Standing(
        rank=0,
        player=entrant.id,
        label=entrant.label,
        agent=entrant.agent,
        searches=entrant.searches,
        games=games,
        won=won,
        drawn=drawn,
        lost=games - won - drawn,
        forfeits=sum(tally.forfeits[seat] for tally, seat in sat),
    )


def _return_rows(entrants: Sequence[Entrant], returns: Sequence[Returns]) -> list[Standing]:
    """A forfeited game counts as the worst of the board: where every step costs, giving up must not pay."""
    by_id = {entrant.id: entrant for entrant in entrants}
    worst = min((value for one in returns for value in (*one.values, *one.forfeited)), default=0.0)
    rows = []
    for one in returns:
        entrant = by_id[one.player]
        interval = interval_of_mean([*one.values, *[worst] * len(one.forfeited)])
        row = Standing(
            rank=0,
            player=entrant.id,
            label=entrant.label,
            agent=entrant.agent,
            searches=entrant.searches,
            games=one.games,
            forfeits=len(one.forfeited),
            mean_return=interval.mean,
            return_low=interval.low if math.isfinite(interval.low) else None,
            return_high=interval.high if math.isfinite(interval.high) else None,
        )
        rows.append(row)
    return rows


def _ranked(rows: Sequence[Standing], by: Callable[[Standing], float | None]) -> tuple[Standing, ...]:
    def value(row: Standing) -> float:
        known = by(row)
        return -math.inf if known is None else known

    ordered = sorted(rows, key=lambda row: (-value(row), row.label))
    values = [value(row) for row in ordered]
    return tuple(msgspec.structs.replace(row, rank=1 + values.index(value(row))) for row in ordered)


def _head_to_head(
    entrants: Sequence[Entrant], meetings: _Meetings
) -> tuple[tuple[str, str, int, float], ...]:
    return tuple(
        (entrants[row].id, entrants[column].id, int(games), float(meetings.points[row, column] / games))
        for (row, column), games in np.ndenumerate(meetings.games)
        if games
    )
