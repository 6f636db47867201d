import numpy as np
import pytest

from tests.agents.toys import Aim, Corridor, SeenCorridor, Tempting, Toy, greedy_return, trained

DQN = {
    "copies": 4,
    "warm_up": 100,
    "batch_size": 32,
    "width": 16,
    "steps_per_update": 4.0,
    "target_rate": 0.1,
}
PQN = {"copies": 16, "rollout": 8, "width": 16, "step_size": 0.01}
PPO = {"copies": 8, "rollout": 16, "width": 16, "step_size": 0.01, "passes": 4, "batch_size": 64}
A2C = {"copies": 8, "rollout": 8, "step_size": 0.01, "width": 16}


@pytest.mark.parametrize(
    ("agent", "game", "steps", "settings"),
    [
        ("q-learner", Corridor, 3_000, {"copies": 4}),
        ("neural-q-learner", Corridor, 2_000, {"step_size": 5e-3}),
        ("dqn", Corridor, 2_000, DQN),
        ("dqn", SeenCorridor, 2_000, DQN),
        ("actor-critic", Corridor, 8_000, A2C),
        ("actor-critic", SeenCorridor, 8_000, A2C),
        ("ppo", SeenCorridor, 4_000, PPO),
        ("pqn", Corridor, 4_000, PQN),
        ("pqn", SeenCorridor, 4_000, PQN),
    ],
)
def test_it_finds_the_end_of_a_corridor(
    agent: str, game: type[Toy], steps: int, settings: dict[str, float]
) -> None:
    assert greedy_return(trained(agent, game, steps, **settings), game(), seed=1) == 1.0


@pytest.mark.parametrize(
    ("agent", "settings"), [("dqn", DQN), ("actor-critic", A2C), ("ppo", PPO), ("pqn", PQN)]
)
def test_it_learns_the_best_of_the_legal_moves(agent: str, settings: dict[str, float]) -> None:
    learner = trained(agent, Tempting, 2_000, **settings)
    assert greedy_return(learner, Tempting(), seed=1) == 2.0


@pytest.mark.parametrize(("agent", "steps", "settings"), [("actor-critic", 12_000, A2C), ("ppo", 6_000, PPO)])
def test_it_learns_to_aim_with_continuous_actions(agent: str, steps: int, settings: dict[str, float]) -> None:
    learner = trained(agent, Aim, steps, **settings, entropy=0.0)
    misses = [-greedy_return(learner, Aim(), seed) for seed in range(50)]
    assert np.mean(misses) < 0.25


@pytest.mark.parametrize(
    "settings",
    [{"double": False}, {"dueling": True}, {"layer_norm": False}, {"loss": "squared"}, {"return_steps": 1},
     {"target_rate": 1.0, "target_every": 25}, {"gradient_clip": 0.0}],
    ids=str,
)  # fmt: skip
def test_dqn_learns_with_every_option(settings: dict[str, float]) -> None:
    learner = trained("dqn", Corridor, 2_000, **{**DQN, **settings})
    assert greedy_return(learner, Corridor(), seed=1) == 1.0


def test_a_table_holds_the_discounted_value_of_the_way_ahead() -> None:
    table = trained("q-learner", Corridor, 20_000, discount=0.9, epsilon_end=1.0).table
    assert table[:5, 1] == pytest.approx([0.9**4, 0.9**3, 0.9**2, 0.9, 1.0], abs=0.02)
    assert table[1:5, 0] == pytest.approx([0.9**5, 0.9**4, 0.9**3, 0.9**2][1 - 1 :], abs=0.05)
