"""Standings: computed by a worker from all of a board's games, kept until it has more."""

from __future__ import annotations

import msgspec

from arena.errors import WorkerLost
from arena.orders import StandingsOrder
from arena.processes.asking import ask
from arena.processes.messages import StandingsAnswer
from arena.records import Standings
from arena.store import Store

PATIENCE = 120.0


def standings(store: Store, board: str, environment: str) -> Standings:
    """The board's standings now; empty for a board without games.

    Raises:
        WorkerLost: if the worker that computes them does not answer.
    """
    games = store.game_count(board)
    if games == 0:
        return Standings(board=board, environment=environment, games=0, rows=())
    kept = store.kept_standings(board, games)
    if kept is None:
        results = msgspec.json.encode(store.results(board))
        answer = ask(StandingsOrder(results=msgspec.Raw(results)), PATIENCE)
        if not isinstance(answer, StandingsAnswer):
            raise WorkerLost(f"The standings of {board} came out as {type(answer).__name__}; try again.")
        kept = answer.standings
        store.keep_standings(kept)
    return _relabelled(kept, {player.id: player.label for player in store.players_of(board)})


def _relabelled(kept: Standings, labels: dict[str, str]) -> Standings:
    """Names may change while games do not."""
    rows = tuple(msgspec.structs.replace(row, label=labels.get(row.player, row.label)) for row in kept.rows)
    return msgspec.structs.replace(kept, rows=rows)
