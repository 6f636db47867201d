"""What happens to a run on the way is recorded once, in the store and in words, and is never rated."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import msgspec
import pytest

from arena.errors import StoreError
from arena.orders import AgentSource, EnvironmentSource, Learner, TrainOrder
from arena.processes.assignments import read_assignment, write_assignment
from arena.processes.history import History, lines_of
from arena.processes.locks import is_locked
from arena.processes.log import Log
from arena.processes.messages import EvaluatedGame, Placed, PromotionPlayed
from arena.processes.results import promotion_games
from arena.processes.training_job import TrainingJob, row_fields
from arena.records import Alteration, OpponentMix, Outcome, PlayerRecord, RunChange
from tests.processes.house import PICKERS, environment, eventually, kill_9

ORDER = TrainOrder(
    agent=AgentSource("learner", "agent.py"),
    settings={"pause": 0.0},
    environment=EnvironmentSource("pick-2", None, {}),
    seed=1,
    budget=10,
    device="cpu",
    folder="",
    rival=Learner(AgentSource("other", "rival.py"), {"depth": 2}),
)


def change(step: int, at: float = 1.0, **settings) -> RunChange:
    return RunChange(step=step, at=at, settings=settings or {"pause": 0.1}, before={"pause": 0.0})


def played(step: int = 40, side: str = "learner") -> PromotionPlayed:
    seats = (("learner", "baseline"), ("baseline", "learner"))
    games = tuple(EvaluatedGame(7, seated, Outcome.finished((1.0, 0.0), 5)) for seated in seats)
    return PromotionPlayed(step, "a" * 64, "b" * 64, games, promoted=True, side=side)


def test_an_alteration_in_words_says_step_setting_and_both_values():
    mix = OpponentMix(latest=0.5, uniform=0.0, random=0.5, players={"champ": 0.25})
    altered = RunChange(
        step=12_000,
        at=1.0,
        settings={"step_size": 0.0005, "loss": "huber"},
        before={"step_size": 0.001, "loss": "squared"},
        opponents=mix,
        opponents_before=OpponentMix(),
    )
    assert lines_of(altered) == [
        "At step 12,000 step_size was changed from 0.001 to 0.0005.",
        "At step 12,000 loss was changed from squared to huber.",
        (
            "At step 12,000 the opponents were changed from latest 0.5, uniform 0.3, random 0.2 "
            "to latest 0.5, random 0.5, champ 0.25."
        ),
    ]


def test_an_alteration_takes_the_place_of_those_that_lay_ahead_of_it(house):
    run = house.add_run()
    history = History(house.store, run)
    for altered in (change(100), change(300, 2.0), change(200, 3.0)):
        history.altered(altered)
    history.record()
    history.record()
    assert [altered.step for altered in house.store.changes(run)] == [100, 200]
    assert house.store.changes(run)[1] == change(200, 3.0)


def test_what_a_busy_store_does_not_take_waits(house, monkeypatch):
    run = house.add_run()
    history = History(house.store, run)
    history.altered(change(100))
    history.played([])
    with monkeypatch.context() as busy:
        busy.setattr(house.store, "record_change", lambda *_: (_ for _ in ()).throw(StoreError("locked")))
        with pytest.raises(StoreError):
            history.record()
    history.record()
    assert house.store.changes(run) == [change(100)]


def test_promotion_games_played_again_after_a_resume_are_stored_once_and_never_ranked(house):
    run = house.run(house.add_run())
    history = History(house.store, run.id)
    for _ in range(2):
        history.played(promotion_games(run, ORDER, played()))
    history.played(promotion_games(run, ORDER, played(step=80)))
    history.record()
    games = house.store.games(run=run.id)
    assert len(games) == len({game.id for game in games}) == 4
    assert {game.pool for game in games} == {"promotion"}
    candidate = PlayerRecord.hash_of(
        "learner", run.source_sha256, "a" * 64, ORDER.settings, {"temperature": 0.0}
    )
    assert {game.players.index(candidate) for game in games} == {0, 1}
    assert house.store.boards() == []
    assert house.store.game_count(run.board) == 0
    assert house.store.results(run.board).tallies == ()


def test_a_rivals_promotion_games_are_games_of_its_own_agent(house):
    run = msgspec.structs.replace(house.run(house.add_run()), rival="other", rival_source_sha256="c" * 64)
    own, rival = promotion_games(run, ORDER, played()), promotion_games(run, ORDER, played(side="rival"))
    assert {game.id for game in own}.isdisjoint(game.id for game in rival)
    best = PlayerRecord.hash_of("other", "c" * 64, "b" * 64, {"depth": 2}, {"temperature": 0.0})
    assert rival[0].players[1] == best


def test_the_reason_for_a_device_outlives_later_attempts():
    assert row_fields(Placed("cpu", "the only device")) == {
        "device": "cpu",
        "device_reason": "the only device",
    }
    assert row_fields(Placed("cpu")) == {"device": "cpu"}


def test_a_change_is_recorded_and_logged_once_though_the_run_is_killed_and_resumed(house):
    run = house.add_run(budget=500, pause=0.005)
    house.start(run)
    job = house.job_of(run)
    house.store.alter(run, Alteration(settings={"chance": 0.5}))
    eventually(lambda: house.store.changes(run), "the change is recorded")
    kill_9(job)
    eventually(lambda: not is_locked(house.home.run(run) / "lock"), "the lock is free")
    house.store.lose_run(run, 1)
    house.store.queue_run(run)
    house.start(run)
    assert house.ended(run).state == "finished"
    (recorded,) = house.store.changes(run)
    assert (recorded.settings, recorded.before) == ({"chance": 0.5}, {"chance": 0.001})
    assert house.log(run).count(f"At step {recorded.step:,} chance was changed from 0.001 to 0.5.") == 1


def test_a_duels_rival_is_frozen_with_its_evaluation_beside_the_learner(house):
    run = house.add_run(environment_source=environment("pick-2"), baseline="dice", budget=200)
    folder = house.home.run(run)
    source = Path(shutil.copyfile(PICKERS, folder / "rival.py"))
    settings = {"pause": 0.0, "fault": "", "chance": 0.5}
    order = read_assignment(folder, TrainOrder)
    rival = Learner(AgentSource("learner", str(source)), settings)
    write_assignment(folder, msgspec.structs.replace(order, rival=rival))
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    house.store.update_run(run, rival="learner", rival_source_sha256=sha256, rival_settings=settings)
    house.start(run)
    record = house.ended(run)
    assert (record.state, record.step) == ("finished", 200)
    learner, other = house.store.player(record.player), house.store.player(record.rival_player)
    assert (learner.label, other.label) == (record.name, f"{record.name}-rival")
    assert other.settings == settings
    assert (
        Path(other.checkpoint).read_bytes()
        == (house.home.attempt(run, 1) / "best-rival.safetensors").read_bytes()
    )
    games = [game for game in house.store.games(run=run) if game.pool == "evaluation"]
    met = {player: sum(player in game.players for game in games) for player in (learner.id, other.id)}
    assert met == {
        learner.id: record.evaluation.episodes,
        other.id: record.rival_evaluation.episodes,
    }


def test_a_later_attempt_knows_its_device_and_what_was_altered(house):
    run = house.add_run()
    house.store.record_change(run, change(100))
    log = Log(house.home.run(run) / "log.txt")
    orders = []
    for fields in ({"attempt": 1}, {"attempt": 2, "device": "cpu"}):
        house.store.update_run(run, **fields)
        job = TrainingJob(house.home, house.store, house.run(run), log)
        orders.append(job._order())
    log.close()
    assert [order.placed for order in orders] == [None, "cpu"]
    assert [order.device for order in orders] == ["auto", "auto"]
    assert [order.changes for order in orders] == [(change(100),)] * 2
