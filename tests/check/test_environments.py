"""Our checks over every shipped environment, with default and other settings, and over other people's."""

from __future__ import annotations

from typing import Any

import pytest

from arena.api import EnvironmentSpec
from arena.check.environments import check_environment
from arena.games.foreign import load_spec
from arena.orders import EnvironmentSource
from tests.games.shipped import VARIANTS, cases

FOREIGN = (
    "CliffWalking-v1",
    "FrozenLake8x8-v1",
    "MountainCarContinuous-v0",
    "Taxi-v4",
    "pettingzoo:classic/connect_four_v3",
    "pettingzoo:classic/rps_v2",
    "pettingzoo:classic/tictactoe_v3",
)
# The first are much like those above, the last take up to a minute: they render or think in every step.
MORE_FOREIGN = (
    "Acrobot-v1",
    "Blackjack-v1",
    "CartPole-v0",
    "CartPole-v1",
    "CliffWalkingSlippery-v1",
    "FrozenLake-v1",
    "LunarLander-v3",
    "LunarLanderContinuous-v3",
    "MountainCar-v0",
    "Pendulum-v1",
    "pettingzoo:sisl/multiwalker_v9",
    "pettingzoo:butterfly/cooperative_pong_v6",
    "CarRacing-v3",
)
every_foreign = [*FOREIGN, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE_FOREIGN)]


def wrong(spec: EnvironmentSpec, settings: dict[str, Any]) -> list[str]:
    return [f"{check.name}: {check.detail}" for check in check_environment(spec, settings) if not check.ok]


@pytest.mark.parametrize("case", cases(*VARIANTS))
def test_a_shipped_environment_keeps_every_promise(case: tuple[EnvironmentSpec, dict[str, Any]]) -> None:
    assert wrong(*case) == []


@pytest.mark.parametrize("name", every_foreign)
# Its wrapper says of the illegal move that it ends the game.
@pytest.mark.filterwarnings("ignore:.*Illegal move made")
def test_other_peoples_environments_keep_every_promise(name: str) -> None:
    assert wrong(load_spec(EnvironmentSource(name, None, {})), {}) == []


@pytest.mark.parametrize("name", ["BipedalWalker-v3", "BipedalWalkerHardcore-v3"])
def test_an_environment_that_does_not_repeat_itself_is_found_out(name: str) -> None:
    """Both keep one Box2D world, as LunarLander did until Gymnasium's issue 728."""
    (told,) = wrong(load_spec(EnvironmentSource(name, None, {})), {})
    assert told.startswith("the same seed and actions give the same game: The game after others")
