"""Beginning a run with weights that another one ended with, or stood at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.api import Agent
from arena.errors import CheckpointError
from arena.settings import Value
from arena.training.checkpoints import load_in_place, load_part, modules, shapes, weights


def take_over(agent: Agent, path: Path, own: str, settings: Mapping[str, Value]) -> None:
    """Loads the weights that lie at this path into a learner that has not begun yet.

    Of a whole checkpoint every network is taken over, of a player's weights what it acts with. Replay,
    optimizer and schedules begin anew; what follows the weights is brought in line by the agent itself.

    Args:
        own, settings: the learner's id and settings.

    Raises:
        CheckpointError: if the file is missing, damaged, of another agent, or of other shapes.
    """
    wanted = weights(agent) | modules(agent)
    saved, facts = load_part(path, tuple(wanted))
    # A changed copy of an agent, as `dqn@mine`, may go on from the original.
    if str(facts.get("agent")).partition("@")[0] != own.partition("@")[0]:
        raise CheckpointError(
            f"{path} holds weights of {facts.get('agent')}, but this run trains {own}: "
            "start from a player of the same agent."
        )
    lacking = [name for name in agent.acts_with if name not in saved]
    if lacking or shapes(saved) != shapes({name: wanted[name] for name in saved}):
        raise CheckpointError(
            f"The weights in {path} do not fit {own} as it is set here: {_difference(facts, settings)}"
        )
    load_in_place(agent, saved)
    agent.weights_taken_over()


def _difference(facts: Mapping[str, Any], settings: Mapping[str, Value]) -> str:
    theirs = facts.get("settings") or {}
    others = [
        f"{name} is {theirs[name]} there and {value} here"
        for name, value in settings.items()
        if name in theirs and theirs[name] != value
    ]
    if others:
        return f"{', '.join(others)}; use the same settings."
    return f"they were trained in {facts.get('environment')}, where observations or actions are others."
