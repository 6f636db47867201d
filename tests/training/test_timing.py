"""Where a run's time goes is known for any agent, and a metric row is not kept waiting."""

from __future__ import annotations

import gc
import time
import weakref

import pytest

from arena.training.assembly import Plan
from arena.training.checkpoints import weights_sha256
from arena.training.metrics import TIMED
from arena.training.timing import SHARES, Stopwatch, TimeSplit
from arena.training.train import train
from arena.training.trees import copied
from tests.training.attempts import Recorder, order_for
from tests.training.test_run import corridor_run
from tests.training.tiny import TinyQ


def test_a_stopwatch_counts_only_while_it_runs():
    clock = Stopwatch()
    time.sleep(0.002)
    assert clock.seconds == 0.0
    clock.start()
    time.sleep(0.002)
    clock.start()
    clock.stop()
    assert 0.002 <= clock.seconds < 1.0
    clock.seconds = 5.0
    assert clock.seconds == 5.0
    clock.stop()
    assert clock.seconds == 5.0


def test_the_shares_of_a_run_add_up_and_each_is_what_really_takes_the_time(monkeypatch):
    update = TinyQ.update

    def slow_update(*arguments, **named):
        time.sleep(0.002)
        return update(*arguments, **named)

    monkeypatch.setattr(TinyQ, "update", slow_update)
    run = corridor_run(budget=40)
    step = run._games.step
    run._games.step = lambda action_B: (time.sleep(0.006), step(action_B))[1]
    run.recorded.every, run.recorded.due_at = 40, 40
    run.train()
    (row,) = run.metrics()
    shares = {name: row.values[name] for name in SHARES if name in row.values}
    assert sum(shares.values()) == pytest.approx(1.0, abs=0.01)
    # Ten iterations slept at least so long, however busy the machine is.
    assert shares["time_environment"] * row.seconds > 0.059
    assert shares["time_learning"] * row.seconds > 0.019
    assert set(shares) == set(SHARES) - {"time_opponents"}


def test_opponents_moves_are_told_apart_from_the_environments(tmp_path):
    run = Plan.of(order_for(tmp_path, environment="nim", budget=60)).run()
    run.train()
    values = run.metrics()[-1].values
    assert set(SHARES) <= values.keys()
    assert values["time_opponents"] > 0
    run.close()


def test_an_agent_without_an_update_has_no_share_for_learning():
    split = TimeSplit()
    split.watch_learning(object())
    split.stepping = 1.0
    assert split.take_shares(4.0) == {"time_environment": 0.25}
    assert split.take_shares(4.0) == {"time_environment": 0.0}
    assert split.take_shares(0.0) == {}


def test_clocks_are_no_part_of_an_agents_state_and_of_no_equality():
    run = corridor_run()
    assert "update" in vars(run.agent)
    assert "update" not in run.agent.state()
    assert set(SHARES) <= TIMED


def test_a_row_after_a_resume_counts_the_time_before_it_too():
    run = corridor_run(budget=4000)
    run.recorded.split.stepping = 3.0
    snapshot = copied(run.snapshot())
    again = corridor_run(budget=4000)
    again.restore(snapshot)
    assert again.recorded.split.take_shares(6.0)["time_environment"] == 0.5
    assert weights_sha256(again.agent) == weights_sha256(run.agent)


def test_a_timed_run_lets_everything_go_at_once(tmp_path):
    run = Plan.of(order_for(tmp_path, environment="nim", budget=60)).run()
    alive = [weakref.ref(run.agent), weakref.ref(run._opponents)]
    gc.disable()
    try:
        run.close()
        del run
        assert [reference() for reference in alive] == [None, None]
    finally:
        gc.enable()


class Timed(Recorder):
    """Knows when rows came and when they were closed."""

    def __init__(self):
        super().__init__()
        self.came = {}

    def metrics(self, rows):
        super().metrics(rows)
        self.came.update({row.step: time.perf_counter() for row in rows})


def test_a_row_is_reported_when_it_is_closed_though_the_next_iteration_takes_long(tmp_path, monkeypatch):
    monkeypatch.setattr("arena.training.attempt._SECONDS_BETWEEN_REPORTS", 3600.0)
    closed = {}
    add_row = Plan.run

    def slowed(plan, **named):
        run = add_row(plan, **named)
        close = run._close_row

        def noted():
            close()
            closed[run.step] = time.perf_counter()

        step = run._games.step
        run._games.step = lambda action_B: (time.sleep(0.025), step(action_B))[1]
        run._close_row = noted
        return run

    monkeypatch.setattr(Plan, "run", slowed)
    heard = Timed()
    train(order_for(tmp_path, budget=60, evaluate_every=60, evaluation_episodes=4), heard)
    assert len(closed) == 15
    assert all(heard.came[step] - moment < 0.1 for step, moment in closed.items())
