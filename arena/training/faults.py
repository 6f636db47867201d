"""Whose fault it is when an agent's training fails, in one sentence."""

from __future__ import annotations

import traceback

from arena.api import Agent
from arena.errors import ArenaError, OutOfMemory, PluginError
from arena.toolkit.devices import is_out_of_memory
from arena.training.run import Run

# Settings, by the names that they usually have, on which an agent's need for memory depends most.
_HUNGRY = ("batch_size", "rollout", "copies", "capacity", "width", "layers")


def learn(run: Run, agent: str) -> None:
    """Lets the run's agent train until its budget is used up, or to where the run pauses.

    Args:
        agent: its id, for errors.

    Raises:
        OutOfMemory: if there is no more on its device.
        PluginError: if its training fails or ends too early.
    """
    try:
        run.train()
    except ArenaError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise OutOfMemory(_without_memory(run, agent)) from error
        reason = f"{agent} failed while training: {type(error).__name__}: {error}"
        raise PluginError(reason, "train", traceback.format_exc()) from error
    if run.step < min(run.budget, run.pause_at):
        raise PluginError(
            f"{agent} left its training at step {run.step:,} of {run.budget:,}; "
            "its train must follow run.steps() to the end.",
            "train",
        )


def _without_memory(run: Run, agent: str) -> str:
    device = "The machine" if run.device == "cpu" else run.device
    return (
        f"{device} ran out of memory at step {run.step:,} while {agent} trained; "
        f"take {_less(run.agent)}another --device, or resume the run once there is more room."
    )


def _less(agent: Agent) -> str:
    names = [name for name in _HUNGRY if hasattr(agent.settings, name)]
    return f"a smaller {' or '.join(names[:3])}, " if names else ""
