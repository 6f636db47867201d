"""What a run leaves behind: its players, frozen, and games that measured them or chose between weights."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from arena.errors import WorkerLost
from arena.orders import AgentSource, TrainOrder
from arena.processes.freezing import GREEDY, freeze_player
from arena.processes.messages import EvaluatedGame, PromotionPlayed, RivalTrained, Trained
from arena.records import GameRecord, PlayerRecord, Pool, RunRecord
from arena.store import Home


def frozen_learner(home: Home, run: RunRecord, order: TrainOrder, trained: Trained) -> PlayerRecord:
    """The player that the run is known by: its best weights (see `freeze_player`)."""
    best, best_sha256 = _best(trained)
    return freeze_player(
        home,
        label=run.name,
        agent=run.agent,
        source=Path(order.agent.path),
        source_sha256=run.source_sha256,
        settings=order.settings,
        weights=best,
        weights_sha256=best_sha256,
        run=run.id,
        step=trained.best_step,
    )


def frozen_rival(home: Home, run: RunRecord, order: TrainOrder, trained: RivalTrained) -> PlayerRecord:
    """The player that a duel's other learner became."""
    if order.rival is None:
        raise WorkerLost("The training worker told of a rival that nobody ordered.")
    best, best_sha256 = _best(trained)
    return freeze_player(
        home,
        label=f"{run.name}-rival",
        agent=order.rival.agent.id,
        source=Path(order.rival.agent.path),
        source_sha256=run.rival_source_sha256,
        settings=order.rival.settings,
        weights=best,
        weights_sha256=best_sha256,
        run=run.id,
        step=trained.best_step,
    )


def frozen_baseline(home: Home, source: AgentSource) -> PlayerRecord:
    """The player that contests are evaluated against."""
    return freeze_player(home, label=source.id, agent=source.id, source=Path(source.path), settings={})


def evaluation_game(
    run: RunRecord, game: EvaluatedGame, learner: PlayerRecord, baseline: PlayerRecord | None
) -> GameRecord:
    """One game of a learner's final evaluation."""
    players = {"learner": learner.id, "baseline": baseline.id if baseline else learner.id}
    return _record(run, game, f"g{secrets.token_hex(6)}", players, "evaluation")


def promotion_games(run: RunRecord, order: TrainOrder, played: PromotionPlayed) -> list[GameRecord]:
    """The games between two sets of weights, neither of which is kept as a player: only its id is.

    A game's id follows from the run and the game, so that one played again after a resume has the same.
    """
    if played.side == "rival" and order.rival is not None:
        agent, source_sha256, settings = order.rival.agent.id, run.rival_source_sha256, order.rival.settings
    else:
        agent, source_sha256, settings = run.agent, run.source_sha256, order.settings

    def player(weights_sha256: str) -> str:
        return PlayerRecord.hash_of(agent, source_sha256 or "", weights_sha256, settings, GREEDY)

    players = {"learner": player(played.candidate_sha256), "baseline": player(played.best_sha256)}
    return [
        _record(run, game, _promotion_id(run, played, game), players, "promotion") for game in played.games
    ]


def _best(trained: Trained | RivalTrained) -> tuple[Path, str | None]:
    if trained.best is None:
        raise WorkerLost("The training worker named no weights to keep.")
    return Path(trained.best), trained.best_sha256


def _promotion_id(run: RunRecord, played: PromotionPlayed, game: EvaluatedGame) -> str:
    parts = (run.id, played.side, played.step, game.seed, *game.seats)
    return f"g{hashlib.sha256(' '.join(map(str, parts)).encode()).hexdigest()[:12]}"


def _record(
    run: RunRecord, game: EvaluatedGame, identifier: str, players: Mapping[str, str], pool: Pool
) -> GameRecord:
    outcome = game.outcome
    return GameRecord(
        id=identifier,
        board=run.board,
        environment=run.environment,
        players=tuple(players[word] for word in game.seats),
        scores=outcome.scores,
        termination=outcome.termination,
        moves=outcome.moves,
        seed=game.seed,
        pool=pool,
        forfeited_by=outcome.forfeited_by,
        reason=outcome.reason,
        run=run.id,
        ended_at=time.time(),
    )
