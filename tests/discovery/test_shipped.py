"""What comes with Arena comes in by the door every plugin uses."""

from __future__ import annotations

from pathlib import Path

from arena.discovery.catalog import Discovery

SHIPPED = Path(__file__).parents[2] / "agents"


def test_every_shipped_plugin_is_ready_and_known_by_its_id(tmp_path: Path) -> None:
    catalog = Discovery(tmp_path).scan()
    assert {plugin.path: plugin.error for plugin in catalog.plugins if plugin.error} == {}
    environments = {info.id: info.seats for info in catalog.environments if info.source == "shipped"}
    assert environments == {
        "Acrobot-v1": 1,
        "Blackjack-v1": 1,
        "CartPole-v1": 1,
        "CliffWalking-v1": 1,
        "FrozenLake-v1": 1,
        "LunarLander-v3": 1,
        "MountainCar-v0": 1,
        "MountainCarContinuous-v0": 1,
        "Pendulum-v1": 1,
        "Taxi-v4": 1,
        "bandit-1": 1,
        "bandit-2": 1,
        "connect-four": 2,
        "grid-world": 1,
        "othello": 2,
        "pong-duel": 2,
        "snake-duel": 2,
        "tic-tac-toe": 2,
    }
    agents = {info.id: info.learns for info in catalog.agents if info.source == "shipped"}
    assert agents.keys() == {path.stem.replace("_", "-") for path in SHIPPED.glob("*.py")}
    searching = {"random", "minimax", "mcts"}
    assert {agent for agent, learns in agents.items() if not learns} == searching & agents.keys()
    for agent in catalog.agents:
        for environment in catalog.environments:
            assert agent.settings_for(environment.id, {}).keys() == {fact.name for fact in agent.settings}
