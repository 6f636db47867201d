"""What the user has set, and what Arena remembers by itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from arena.records import Standings
from arena.store.database import Database


class Preferences:
    """Any session may write here; the last word counts."""

    database: Database

    def preferences(self) -> dict[str, Any]:
        """Everything that was set, by name."""
        rows = self.database.rows("SELECT name, value FROM preferences")
        return {row["name"]: msgspec.json.decode(row["value"]) for row in rows}

    def prefer(self, name: str, value: Any) -> None:
        """Keeps a JSON-able value under this name; None forgets it."""
        if value is None:
            self.database.change("DELETE FROM preferences WHERE name = ?", (name,))
            return
        self.database.change(
            "INSERT INTO preferences VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, msgspec.json.encode(value).decode()),
        )

    def agent_looks(self) -> dict[str, int]:
        """The colour slot of every agent that was given one."""
        return {row["agent"]: row["look"] for row in self.database.rows("SELECT * FROM agent_looks")}

    def assign_look(self, agent: str, taken: Collection[int]) -> int:
        """The agent's colour slot: the one it has, else from now on the first that is not taken."""
        with self.database.transaction():
            looks = self.agent_looks()
            if agent in looks:
                return looks[agent]
            occupied = {*taken, *looks.values()}
            slot = next(slot for slot in range(len(occupied) + 1) if slot not in occupied)
            self.database.change("INSERT INTO agent_looks VALUES (?, ?)", (agent, slot))
            return slot

    def kept_standings(self, board: str, games: int) -> Standings | None:
        """The standings that were computed when the board had this many games."""
        row = self.database.row("SELECT content FROM standings WHERE board = ? AND games = ?", (board, games))
        return None if row is None else msgspec.json.decode(row["content"], type=Standings)

    def keep_standings(self, standings: Standings) -> None:
        """Keeps a board's standings until it has more games."""
        self.database.change(
            "INSERT INTO standings VALUES (?, ?, ?)"
            " ON CONFLICT (board) DO UPDATE SET games = excluded.games, content = excluded.content",
            (standings.board, standings.games, msgspec.json.encode(standings)),
        )
