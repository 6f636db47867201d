"""Shipped agents keep their looks, so that pictures and memories of them stay right."""

import pytest

from arena.discovery.loader import load
from arena.drawing.palette import BASELINE, SHIPPED_SLOTS, agent_style, shipped_style
from tests.agents.toys import AGENTS

LOOKS = {
    "mcts": ("azure", "circle"),
    "actor-critic": ("amber", "triangle-up"),
    "world-model": ("jade", "square"),
    "pqn": ("rose", "diamond"),
    "neural-q-learner": ("lemon", "hexagon"),
    "ppo": ("flame", "star"),
    "dqn": ("ice", "cross"),
    "minimax": ("umber", "triangle-down"),
    "q-learner": ("azure", "hexagon"),
    "random": ("base", "ring"),
}
SHIPPED = sorted(spec.id for path in AGENTS.glob("*.py") for spec in load(str(path)).agents)


@pytest.mark.parametrize("agent", SHIPPED)
def test_a_shipped_agent_has_its_own_colour_and_shape(agent: str) -> None:
    style = shipped_style(agent)
    assert style is not None
    assert (style.name, style.shape) == LOOKS[agent]
    assert style == (BASELINE if agent == "random" else agent_style(SHIPPED_SLOTS[agent]))


def test_no_two_shipped_agents_look_alike() -> None:
    assert len({shipped_style(agent) for agent in SHIPPED}) == len(SHIPPED)


def test_only_a_second_agent_of_a_colour_has_dashed_lines() -> None:
    dashed = [agent for agent in SHIPPED if (style := shipped_style(agent)) is not None and style.dashed]
    assert dashed == ["q-learner"]
