"""Self-play with three and four seats, some of which are out long before a game is over."""

from collections import Counter

import numpy as np
import pytest

from arena.orders import AgentSource, EnvironmentSource
from arena.training.train import train
from tests.training.attempts import ROOT, Recorder, order_for

RANDOM = AgentSource("random", str(ROOT / "agents/random.py"))


@pytest.mark.parametrize(
    ("environment", "seats", "settings"),
    [("snake-duel", 4, {}), ("pong-duel", 3, {"points": 1, "step_limit": 400})],
)
def test_a_learner_trains_in_every_seat_against_itself_and_is_measured_in_every_seat(
    tmp_path, environment, seats, settings
):
    source = EnvironmentSource(
        environment, str(ROOT / f"plugins/{environment.replace('-', '_')}.py"), {"players": seats, **settings}
    )
    order = order_for(
        tmp_path,
        "dqn",
        source,
        budget=2_400,
        settings={"network": "mlp", "warm_up": 200, "steps_per_update": 16.0, "width": 16},
        evaluate_every=1_200,
        evaluation_episodes=2 * seats,
        baseline=RANDOM,
    )
    seen = Recorder()
    result = train(order, seen)
    assert result.step == 2_400
    assert Counter(game.seats.index("learner") for game in result.games) == dict.fromkeys(range(seats), 2)
    assert all(game.seats.count("baseline") == seats - 1 for game in result.games)
    for game in result.games:
        assert sum(game.outcome.scores) == pytest.approx(seats / 2)
        assert game.outcome.forfeited_by is None
    losses = [row.values["loss"] for row in seen.rows if "loss" in row.values]
    assert losses
    assert np.isfinite(losses).all()
