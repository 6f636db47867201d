"""What a board's standings are computed from, added up by the database as far as they allow."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from arena.contest.results import BoardResults, Entrant, Returns, Tally
from arena.errors import UnknownName
from arena.store.games import COUNTED, RANKED, Games, texts
from arena.store.players import Players


class Results(Games, Players):
    """Games and players, read together."""

    def results(self, board: str) -> BoardResults:
        """Raises: UnknownName: if the board has no games."""
        first = self.database.row(
            "SELECT environment, json_array_length(players) AS seats FROM games WHERE board = ? LIMIT 1",
            (board,),
        )
        if first is None:
            raise UnknownName("board", board, [known.board for known in self.boards()])
        last = self.database.rows(f"SELECT max(ended_at) FROM games WHERE board = ? AND {RANKED}", (board,))
        single = first["seats"] == 1
        return BoardResults(
            board=board,
            environment=first["environment"],
            seats=first["seats"],
            entrants=tuple(
                Entrant(player.id, player.label, player.agent, player.searches)
                for player in self.players_of(board)
            ),
            tallies=() if single else self._tallies(board),
            returns=self._returns(board) if single else (),
            last_game_at=last[0][0],
        )

    def _tallies(self, board: str) -> tuple[Tally, ...]:
        # A contest has few different results, so a board of any size comes as a few hundred rows.
        counted: dict[str, list[tuple[int, list[float], int | None]]] = {}
        for row in self.database.rows(
            f"SELECT players, scores, forfeited_by, count(*) AS games FROM {COUNTED}"
            " GROUP BY players, scores, forfeited_by",
            (board,),
        ):
            scores = msgspec.json.decode(row["scores"], type=list[float])
            counted.setdefault(row["players"], []).append((row["games"], scores, row["forfeited_by"]))
        return tuple(_tally(texts(players), results) for players, results in counted.items())

    def _returns(self, board: str) -> tuple[Returns, ...]:
        values: dict[str, list[float]] = {}
        forfeited: dict[str, list[float]] = {}
        for row in self.database.rows(
            "SELECT json_extract(players, '$[0]') AS player, json_extract(scores, '$[0]') AS score,"
            f" forfeited_by FROM {COUNTED}",
            (board,),
        ):
            ended = values if row["forfeited_by"] is None else forfeited
            ended.setdefault(row["player"], []).append(row["score"])
        return tuple(
            Returns(player, tuple(values.get(player, ())), tuple(forfeited.get(player, ())))
            for player in values | forfeited
        )


def _tally(players: Sequence[str], results: Sequence[tuple[int, list[float], int | None]]) -> Tally:
    """Adds up results, each given as how many games had it, its scores and the seat that forfeited."""
    seats = range(len(players))
    return Tally(
        players=tuple(players),
        games=sum(games for games, _, _ in results),
        scores=tuple(sum(games * scores[seat] for games, scores, _ in results) for seat in seats),
        won=tuple(sum(games for games, scores, _ in results if scores[seat] == 1) for seat in seats),
        drawn=tuple(sum(games for games, scores, _ in results if 0 < scores[seat] < 1) for seat in seats),
        forfeits=tuple(sum(games for games, _, forfeiter in results if forfeiter == seat) for seat in seats),
    )
