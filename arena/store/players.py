"""The players: frozen source, weights and settings, known by their hash, shown by their label."""

from __future__ import annotations

from arena.records import PlayerRecord
from arena.store.database import Database
from arena.store.games import RANKED
from arena.store.rows import from_row, insert, record_columns


class Players:
    """A player's row is written once; only its label may change, so that the newest bears the plain name."""

    database: Database

    def players(self) -> list[PlayerRecord]:
        """All players, newest first."""
        rows = self.database.rows("SELECT * FROM players ORDER BY rowid DESC")
        return [from_row(PlayerRecord, row) for row in rows]

    def player(self, name: str) -> PlayerRecord | None:
        """The player with this id or, the newest if there are several, this label; None if there is none."""
        row = self.database.row(
            "SELECT * FROM players WHERE id = ? OR label = ? ORDER BY id = ? DESC, rowid DESC LIMIT 1",
            (name, name, name),
        )
        return None if row is None else from_row(PlayerRecord, row)

    def players_of(self, board: str) -> list[PlayerRecord]:
        """The players with ranked games on this board."""
        rows = self.database.rows(
            "SELECT * FROM players WHERE id IN (SELECT DISTINCT seat.value"
            f" FROM (SELECT DISTINCT players FROM games WHERE board = ? AND {RANKED}) AS met,"
            " json_each(met.players) AS seat) ORDER BY rowid",
            (board,),
        )
        return [from_row(PlayerRecord, row) for row in rows]

    def add_player(self, player: PlayerRecord) -> PlayerRecord:
        """Adds the player unless it is known, and returns it as it stands in the table.

        One that would be mistaken for it (same label, and same run or settings) is relabelled: its step or
        the first digits of its id are added.
        """
        with self.database.transaction():
            known = self.database.row("SELECT * FROM players WHERE id = ?", (player.id,))
            if known:
                return from_row(PlayerRecord, known)
            for row in self.database.rows("SELECT * FROM players WHERE label = ?", (player.label,)):
                older = from_row(PlayerRecord, row)
                same_run = older.run is not None and older.run == player.run
                if same_run or (older.settings, older.acting) == (player.settings, player.acting):
                    self._relabel(older)
            self.database.change(*insert("players", record_columns(player)))
            return player

    def _relabel(self, player: PlayerRecord) -> None:
        mark = f"~{player.id[:4]}" if player.step is None else f"@{player.step}"
        label = player.label + mark
        if self.database.row("SELECT 1 FROM players WHERE label = ?", (label,)):
            label = f"{player.label}~{player.id[:8]}"
        self.database.change("UPDATE players SET label = ? WHERE id = ?", (label, player.id))
