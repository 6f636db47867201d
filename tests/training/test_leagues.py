"""Whole runs against mixes of opponents, and promotion games: reported, exact on resume, and apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from arena.contest.openings import start
from arena.contest.seeds import CHOOSING, MATCHES, PROMOTION, REPORTING
from arena.contest.statistics import Interval
from arena.games.looped import LoopedGames
from arena.games.seeds import TRAINING
from arena.orders import AgentSource, PlayerSource
from arena.records import OpponentMix
from arena.training.promotion import promoted
from arena.training.train import train
from plugins.connect_four import register_environments
from tests.training.attempts import TINY, Recorder, life_of, order_for

EVERYBODY = OpponentMix(latest=1, uniform=1, prioritized=1, random=1, players={"ann": 1, "bob": 1})
NAMED = {
    "ann": PlayerSource(AgentSource("guesser", str(TINY)), {}, {}),
    "bob": PlayerSource(AgentSource("tiny-q", str(TINY)), {"copies": 2}, {"temperature": 0.0}, seed=9),
}


@pytest.fixture(autouse=True)
def looks_at_every_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena.training.attempt._SECONDS_BETWEEN_REPORTS", 0.0)
    monkeypatch.setattr("arena.training.attempt._SHARE_FOR_SAVING", 1e9)


def test_a_run_against_everybody_resumes_exactly_and_tells_its_score_against_each(tmp_path):
    order = {"environment": "nim", "opponents": EVERYBODY, "named": NAMED, "promotion_games": 4}
    order |= {"checkpoint_seconds": 60.0}
    alone = life_of(tmp_path / "alone", {}, **order)
    resumed = life_of(tmp_path / "on", {90: ["stop"]}, {317: ["stop"]}, {}, **order)
    assert resumed.result.weights_sha256 == alone.result.weights_sha256
    assert resumed.result.best_sha256 == alone.result.best_sha256
    assert resumed.rows == alone.rows
    told = {name for _, values in alone.rows for name in values if name.startswith("score_v_")}
    assert told == {f"score_v_{word}" for word in ("latest", "past", "prioritized", "random", "ann", "bob")}


def test_another_mix_trains_to_other_weights(tmp_path):
    order = {"environment": "nim", "named": NAMED, "budget": 160, "checkpoint_seconds": 60.0}
    hashes = {
        train(order_for(tmp_path / str(number), opponents=mix, **order), Recorder()).weights_sha256
        for number, mix in enumerate([None, OpponentMix(), EVERYBODY])
    }
    assert len(hashes) == 2


def test_promotion_games_are_told_on_seeds_of_their_own_and_change_no_weights(tmp_path):
    seen = Recorder()
    order = {"environment": "nim", "evaluate_every": 60, "checkpoint_seconds": 60.0}
    with_games = train(order_for(tmp_path / "1", **order, promotion_games=6), seen)
    without = train(order_for(tmp_path / "2", **order), Recorder())
    assert with_games.weights_sha256 == without.weights_sha256
    assert [promotion.step for promotion in seen.promotions] == list(range(120, 481, 60))
    scores = [row.values["promotion_score"] for row in seen.rows if "promotion_score" in row.values]
    for promotion, score in zip(seen.promotions, scores, strict=True):
        assert len(promotion.games) == 6
        assert np.mean([game.score for game in promotion.games]) == score
        for game in promotion.games:
            assert game.seed in PROMOTION
            assert not any(game.seed in other for other in (TRAINING, CHOOSING, REPORTING, MATCHES))
    bests = [step for _, step, _ in seen.bests]
    promoted_at = [promotion.step for promotion in seen.promotions if promotion.promoted]
    assert bests[:-1] == [60, *promoted_at]
    assert with_games.best_step == ([60, *promoted_at])[-1]


def test_without_promotion_games_none_are_played(tmp_path):
    seen = Recorder()
    train(order_for(tmp_path, environment="nim", budget=160), seen)
    assert seen.promotions == []
    assert not any("promotion_score" in row.values for row in seen.rows)


def test_a_single_seat_has_no_promotion_games(tmp_path):
    seen = Recorder()
    assert train(order_for(tmp_path, promotion_games=4, budget=160), seen).finished
    assert seen.promotions == []


scores = some.floats(0, 1)


@given(scores, scores, some.floats(0, 0.5), scores)
def test_games_between_the_two_decide_where_the_baseline_cannot(candidate, best, reach, between):
    def interval(mean: float) -> Interval:
        return Interval(mean, mean - reach, mean + reach)

    better = promoted(interval(candidate), interval(best), between)
    if candidate - best > 2 * reach:
        assert better
    elif best - candidate > 2 * reach or between <= 0.45:
        assert not better
    else:
        assert better


def connect_four(tables: int) -> LoopedGames:
    (spec,) = register_environments()
    return LoopedGames([spec.make() for _ in range(tables)], "connect-four")


def test_openings_differ_between_seeds_and_are_the_same_in_any_table():
    games, alone = connect_four(30), connect_four(1)
    start(games, np.arange(30), range(30), 2)
    seen = games.observations(slice(None), np.zeros(30, np.int64))
    assert len({row.tobytes() for row in seen}) > 15
    assert games.turns[:, 0].all()
    for seed in (3, 17):
        start(alone, np.array([0]), [seed], 2)
        assert np.array_equal(alone.observations(slice(None), np.zeros(1, np.int64))[0], seen[seed])


def test_a_game_that_its_opening_would_end_begins_without_it():
    games = connect_four(8)
    start(games, np.arange(8), range(8), 45)
    assert not (games.terminated | games.truncated).any()
    assert games.turns.any(axis=1).all()
