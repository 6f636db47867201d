"""Ids and names: short, unique, and never mistaken for something else."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from arena.errors import RequestError

LONGEST_NAME = 60
RESERVED = frozenset({"human", "random"})


def new_id(prefix: str, digits: int = 8) -> str:
    """A fresh id, as in `r3f09a1c2`."""
    return prefix + secrets.token_hex(digits // 2)


def next_run_name(agent: str, environment: str, taken: Iterable[str]) -> str:
    """The first free one of `dqn-cartpole-01`, `dqn-cartpole-02` …, after the highest number in use."""
    own = re.split(r"[:/]", environment)[-1]  # as in pettingzoo:classic/connect_four_v3
    stem = f"{_kebab(agent)}-{_kebab(re.sub(r'[-_]v[0-9]+$', '', own))}"
    pattern = re.compile(rf"{re.escape(stem)}-([0-9]+)", re.IGNORECASE)
    numbers = [int(match[1]) for name in taken if (match := pattern.fullmatch(name))]
    return f"{stem}-{max(numbers, default=0) + 1:02}"


def check_run_name(name: str, agents: Iterable[str]) -> str:
    """Returns the name without surrounding blanks.

    Raises:
        RequestError: if it is empty, too long, holds what names cannot, or would be taken for something else.
    """
    name = name.strip()
    if not re.fullmatch(rf"[\w][\w .+=-]{{0,{LONGEST_NAME - 1}}}", name):
        raise RequestError(
            f'"{name}" cannot be a run\'s name; use 1 to {LONGEST_NAME} letters, digits, blanks or any of'
            " . _ + = - and begin with a letter or digit."
        )
    if name.casefold() in RESERVED | {agent.casefold() for agent in agents}:
        raise RequestError(f'"{name}" is the name of a player already; choose another name for the run.')
    return name


def _kebab(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
