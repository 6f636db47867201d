"""What an agent cannot be built from or loaded with is refused in one sentence that says what to do."""

from __future__ import annotations

import re

import numpy as np
import pytest

from arena.api import Agent, AgentSpec, Box, Discrete, Space, Spaces
from arena.discovery.loader import load
from arena.errors import ArenaError, BadSetting, CheckpointError, Unsupported
from arena.settings import Setting, describe
from arena.training.build import build_agent
from arena.training.checkpoints import load_weights, save, weights
from arena.training.starting import take_over
from tests.agents.toys import AGENTS

SPECS = {spec.id: spec for path in sorted(AGENTS.glob("*.py")) for spec in load(str(path)).agents}
LEARNERS = [agent for agent, spec in SPECS.items() if spec.learns]
SPACES: dict[str, tuple[Space, Space]] = {
    "discrete": (Discrete(5), Discrete(6)),
    "box": (Box((3,), -1.0, 1.0), Box((2,), -1.0, 1.0)),
}
FEW = {"capacity": 200, "warm_up": 50, "copies": 2}


def spaces_for(spec: AgentSpec, actions: int | None = None) -> Spaces:
    observation = SPACES[spec.observations[-1]][0]
    action = SPACES[spec.actions[0]][1]
    return Spaces(observation, Discrete(actions) if actions else action)


def built(agent: str, spaces: Spaces | None = None, **settings: object) -> Agent:
    spec = SPECS[agent]
    names = {fact.name for fact in describe(spec.settings)}
    small = {name: value for name, value in FEW.items() if name in names}
    return build_agent(spec, {**small, **settings}, spaces or spaces_for(spec), 0)


def beyond(fact: Setting) -> list[object]:
    """Values just outside of what the setting takes, and some of another kind."""
    if fact.kind == "choice":
        return ["nothing like it"]
    if fact.kind == "boolean":
        return ["perhaps"]
    if fact.kind == "text":
        return []
    step = 1 if fact.kind == "integer" else 1e-6
    low = [] if fact.low is None else [fact.low - step]
    high = [] if fact.high is None else [fact.high + step]
    return [*low, *high, "many", float("nan"), float("inf")]


def is_one_sentence(error: ArenaError) -> bool:
    return str(error).count("\n") == 0 and re.search(r"[.!?]\)?$", str(error)) is not None


@pytest.mark.parametrize("agent", SPECS)
def test_a_setting_out_of_its_bounds_is_refused_by_name_bound_and_value(agent: str) -> None:
    for fact in describe(SPECS[agent].settings):
        for value in beyond(fact):
            with pytest.raises(BadSetting, match=f"^Setting {fact.name}: ") as caught:
                built(agent, **{fact.name: value})
            assert repr(value) in str(caught.value)
            assert fact.bounds in str(caught.value)
            assert is_one_sentence(caught.value)


@pytest.mark.parametrize("agent", SPECS)
def test_a_setting_it_does_not_have_is_refused(agent: str) -> None:
    with pytest.raises(BadSetting, match="Setting hubris: ") as caught:
        built(agent, hubris=1)
    assert is_one_sentence(caught.value)


@pytest.mark.parametrize("agent", SPECS)
def test_a_space_that_it_cannot_handle_is_refused_with_those_it_can(agent: str) -> None:
    spec = SPECS[agent]
    for kind, (observation, action) in SPACES.items():
        fits = spaces_for(spec)
        for what, kinds, spaces in (
            ("observations", spec.observations, Spaces(observation, fits.action)),
            ("actions", spec.actions, Spaces(fits.observation, action)),
        ):
            if kind in kinds:
                continue
            with pytest.raises(Unsupported, match=f"{agent} needs {kinds[0]} {what}, but these are {kind}"):
                built(agent, spaces)


@pytest.mark.parametrize("agent", LEARNERS)
def test_a_checkpoint_of_another_agent_is_refused(agent: str, tmp_path) -> None:
    path = tmp_path / "other.safetensors"
    facts = {"agent": "somebody", "environment": "elsewhere", "settings": {}}
    save(path, {"agent": {"somebody": np.zeros(3)}}, facts)
    with pytest.raises(CheckpointError, match="so it is of another agent") as caught:
        load_weights(built(agent), path)
    assert str(path) in str(caught.value)
    with pytest.raises(CheckpointError, match=f"holds weights of somebody, but this run trains {agent}"):
        take_over(built(agent), path, agent, {})


@pytest.mark.parametrize("agent", LEARNERS)
def test_a_checkpoint_of_other_shapes_is_refused_and_nothing_of_it_taken(agent: str, tmp_path) -> None:
    spec = SPECS[agent]
    path = tmp_path / "larger.safetensors"
    save(path, {"agent": weights(built(agent, spaces_for(spec, 9)))}, {"agent": agent, "settings": {}})
    learner = built(agent, spaces_for(spec, 4))
    with pytest.raises(CheckpointError) as caught:
        take_over(learner, path, agent, {})
    assert is_one_sentence(caught.value)
    assert str(path) in str(caught.value)
    with pytest.raises(CheckpointError) as caught:
        load_weights(learner, path)
    assert is_one_sentence(caught.value)
