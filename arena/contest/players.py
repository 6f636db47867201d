"""Asking a player that lives in this process: a batch of actions, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from arena.api import Agent, Game
from arena.contest.moves import Action, Forfeit, Question
from arena.spaces import Array


def answers_of(
    agent: Agent,
    obs_B: Array,
    mask_B: Array | None,
    rngs_B: Sequence[np.random.Generator],
    models_B: Sequence[Game] | None = None,
) -> Array | Sequence[Any] | Forfeit:
    """The agent's action for each position, not yet checked; whatever it raises is a forfeit."""
    try:
        actions = agent.act(obs_B, mask_B, rngs_B, models_B)
        if len(actions) != len(obs_B):
            return Forfeit("crash", f"Answered {len(obs_B)} positions with {len(actions)} actions.")
        return actions
    except MemoryError:
        return Forfeit("memory", "Ran out of memory while choosing a move.")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a player may raise anything
        said = " ".join(str(error).split())[:200]
        return Forfeit("crash", f"Raised {type(error).__name__}{f': {said}' if said else ''}.")


def chosen(
    agent: Agent,
    questions: Sequence[Question],
    generators: Sequence[np.random.Generator],
    models: Sequence[Game] | None = None,
) -> list[Action] | Forfeit:
    """The agent's answers to the referee's questions, asked as one batch."""
    observations = np.stack([np.asarray(question.observation) for question in questions])
    answers = answers_of(agent, observations, _masks(questions), generators, models)
    return answers if isinstance(answers, Forfeit) else [Action(action) for action in answers]


def _masks(questions: Sequence[Question]) -> Array | None:
    """Bool B × A, or None if no position rules anything out."""
    some = next((question.mask for question in questions if question.mask is not None), None)
    if some is None:
        return None
    anything = np.ones_like(some)
    return np.stack([anything if question.mask is None else question.mask for question in questions])
