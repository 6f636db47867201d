"""Whose fault it is when an agent's training fails, in one sentence."""

from __future__ import annotations

import traceback

from arena.errors import ArenaError, PluginError
from arena.training.run import Run


def learn(run: Run, agent: str) -> None:
    """Lets the run's agent train until its budget is used up, or to where the run pauses.

    Args:
        agent: its id, for errors.

    Raises:
        PluginError: if its training fails or ends too early.
    """
    try:
        run.train()
    except ArenaError:
        raise
    except Exception as error:
        reason = f"{agent} failed while training: {type(error).__name__}: {error}"
        raise PluginError(reason, "train", traceback.format_exc()) from error
    if run.step < min(run.budget, run.pause_at):
        raise PluginError(
            f"{agent} left its training at step {run.step:,} of {run.budget:,}; "
            "its train must follow run.steps() to the end.",
            "train",
        )
