"""The games: only ever appended; boards and standings are what can be read from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from arena.records import GameRecord
from arena.requests import BoardInfo
from arena.store.database import Database
from arena.store.rows import from_row, insert, record_columns

# Promotion games, played inside training, are kept but never ranked.
RANKED = "pool IN ('rated', 'evaluation')"

# The same players on the same seed play the same game, which says nothing new however often it is played:
# the first counts. SQLite takes the other columns of a group from the row that min() chose.
COUNTED = (
    "(SELECT players, scores, forfeited_by, min(rowid) FROM games"
    f" WHERE board = ? AND {RANKED} GROUP BY players, seed)"
)


class Games:
    """A game's row belongs to nobody: it is written once, and the database itself refuses to change it."""

    database: Database

    def record_game(self, game: GameRecord) -> None:
        """Adds a finished game."""
        self.database.change(*insert("games", record_columns(game)))

    def record_games(self, games: Sequence[GameRecord]) -> None:
        """Adds finished games, all of them or none."""
        if games:
            rows = [insert("games", record_columns(game)) for game in games]
            self.database.change_many(rows[0][0], [values for _, values in rows])

    def games(
        self,
        board: str | None = None,
        match: str | None = None,
        run: str | None = None,
        player: str | None = None,
        limit: int = 100,
    ) -> list[GameRecord]:
        """The newest games, newest first, of this board, match, run or player id where one is given."""
        wanted = {"board": board, "match": match, "run": run}
        terms = [f"{name} = ?" for name, value in wanted.items() if value is not None]
        values: list[Any] = [value for value in wanted.values() if value is not None]
        if player is not None:
            terms.append("instr(players, ?)")
            values.append(f'"{player}"')
        where = f"WHERE {' AND '.join(terms)}" if terms else ""
        rows = self.database.rows(
            f"SELECT * FROM games {where} ORDER BY ended_at DESC, rowid DESC LIMIT ?", [*values, limit]
        )
        return [from_row(GameRecord, row) for row in rows]

    def game(self, game: str) -> GameRecord | None:
        """The game with this id, None if there is none."""
        row = self.database.row("SELECT * FROM games WHERE id = ?", (game,))
        return None if row is None else from_row(GameRecord, row)

    def games_recorded(self) -> int:
        """A number that grows with every game of any board; asking costs next to nothing."""
        return self.database.count("SELECT ifnull(max(rowid), 0) FROM games")

    def game_count(self, board: str) -> int:
        """How many ranked games were played on a board, repetitions included."""
        return self.database.count(f"SELECT count(*) FROM games WHERE board = ? AND {RANKED}", (board,))

    def boards(self) -> list[BoardInfo]:
        """Every board with ranked games, the one with the newest game first."""
        players: dict[str, set[str]] = {}
        for row in self.database.rows(f"SELECT DISTINCT board, players FROM games WHERE {RANKED}"):
            players.setdefault(row["board"], set()).update(texts(row["players"]))
        rows = self.database.rows(
            "SELECT board, environment, count(*) AS games, max(ended_at) AS last_game_at FROM games"
            f" WHERE {RANKED} GROUP BY board ORDER BY last_game_at DESC"
        )
        return [
            BoardInfo(
                board=row["board"],
                environment=row["environment"],
                players=len(players[row["board"]]),
                games=row["games"],
                last_game_at=row["last_game_at"],
            )
            for row in rows
        ]


def texts(players: str) -> list[str]:
    """The players of a row, by seat."""
    return msgspec.json.decode(players, type=list[str])
