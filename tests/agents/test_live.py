"""What a shipped learner says may change mid-run does take effect, and what it tells while it learns."""

from __future__ import annotations

import pytest

from arena.records import Alteration
from arena.settings import describe
from arena.training.assembly import Plan
from tests.training.attempts import order_for, repeatable

LEARNERS = {
    "dqn": ("CartPole-v1", {"warm_up": 32, "capacity": 500, "batch_size": 16, "copies": 4}),
    "actor-critic": ("CartPole-v1", {"rollout": 2, "copies": 4}),
    "ppo": ("CartPole-v1", {"rollout": 2, "copies": 4, "passes": 2}),
    "pqn": ("CartPole-v1", {"rollout": 2, "copies": 4}),
    "q-learner": ("FrozenLake-v1", {"initial": 1.0, "copies": 4}),
    "neural-q-learner": ("CartPole-v1", {}),
    "world-model": ("CartPole-v1", {"copies": 4, "warm_up": 16, "steps_per_update": 8.0}),
}


class Watched:
    """Settings that note which of them are read."""

    def __init__(self, settings: object) -> None:
        self._settings = settings
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self.read.add(name)
        return getattr(self._settings, name)


def run_of(tmp_path, agent: str, budget: int = 240):
    environment, settings = LEARNERS[agent]
    return Plan.of(order_for(tmp_path, agent, environment, budget, settings=settings)).run()


@pytest.mark.parametrize("agent", LEARNERS)
def test_every_setting_marked_live_is_read_anew_while_it_trains(tmp_path, agent):
    run = run_of(tmp_path, agent)
    live = {fact.name for fact in describe(type(run.agent.settings)) if fact.live}

    def replace(run):
        if run.step >= 120 and not isinstance(run.agent.settings, Watched):
            run.agent.settings = Watched(run.agent.settings)

    run.between = replace
    run.train()
    assert live <= run.agent.settings.read
    run.close()


@pytest.mark.parametrize(
    ("agent", "changed"),
    [
        ("dqn", {"gradient_clip": 0.001, "step_size": 0.01}),
        ("dqn", {"batch_size": 64}),
        ("dqn", {"target_rate": 1.0, "target_every": 3}),
        ("dqn", {"double": False, "discount": 0.5}),
        ("actor-critic", {"rollout": 8}),
        ("actor-critic", {"entropy": 0.5, "discount": 0.9}),
        ("ppo", {"passes": 4, "clip": 0.01}),
        ("pqn", {"passes": 4, "trace": 0.1}),
        ("world-model", {"horizon": 2, "gumbel": 0.5}),
        ("world-model", {"calibrate_model": False}),
        ("q-learner", {"discount": 0.5}),
        ("neural-q-learner", {"epsilon_end": 1.0, "discount": 0.5}),
    ],
)
def test_a_changed_setting_makes_another_run_of_it(tmp_path, agent, changed):
    def rows(settings):
        def change(run):
            if run.step == 104 and settings:
                run.alter(Alteration(settings=settings))

        run = run_of(tmp_path, agent)
        run.between = change
        run.train()
        run.close()
        return repeatable(run.metrics())

    before, after = rows({}), rows(changed)
    assert [row for row in before if row[0] <= 104] == [row for row in after if row[0] <= 104]
    assert before[-1] != after[-1]


@pytest.mark.parametrize(
    ("agent", "metrics"),
    [
        ("dqn", {"loss", "q", "gradient_norm", "epsilon", "step_size"}),
        ("actor-critic", {"policy_loss", "value_loss", "entropy", "gradient_norm", "step_size"}),
        ("ppo", {"policy_loss", "value_loss", "entropy", "clipped", "gradient_norm", "step_size", "clip"}),
        ("pqn", {"loss", "q", "gradient_norm", "epsilon", "step_size"}),
        ("q-learner", {"td_error", "q", "epsilon", "step_size"}),
        ("world-model", {"actor_loss", "critic_loss", "model_loss", "entropy", "actor_gradient_norm"}),
        ("neural-q-learner", {"loss", "q", "gradient_norm", "epsilon", "step_size"}),
    ],
)
def test_it_tells_how_it_learns_and_where_its_time_goes(tmp_path, agent, metrics):
    run = run_of(tmp_path, agent)
    run.train()
    run.close()
    values = run.metrics()[-1].values
    assert metrics | {"time_environment", "time_learning", "time_acting"} <= values.keys()
    assert 0.99 < sum(values[f"time_{part}"] for part in ("environment", "learning", "acting")) < 1.01


def test_gradient_norms_are_those_before_clipping_and_also_told_without(tmp_path):
    first = {}
    for clip in (0.0, 1e-3):
        run = run_of(tmp_path, "dqn")
        run.alter(Alteration(settings={"gradient_clip": clip}))
        run.train()
        run.close()
        norms = (row.values.get("gradient_norm") for row in run.metrics())
        first[clip] = next(norm for norm in norms if norm is not None)
    assert first[0.0] == first[1e-3] > 1e-3
