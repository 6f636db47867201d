"""What an agent tells of a position, as numbers and words for a spectator. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arena.records import EnvironmentInfo, action_count
from arena.spaces import Discrete
from arena.ui.format import number, percent

Explanation = Mapping[str, Sequence[float | None]]

TITLES: Mapping[str, str] = {"visits": "visit share", "q": "Q-value", "policy": "chance"}
SHARES = ("visits", "policy")
MOST_LETTERS = 36  # of all names side by side


@dataclass(frozen=True)
class Thought:
    """One number for each action, None where it is illegal.

    Attributes:
        title: what the numbers are, as in "Q-value".
        words: the numbers as text; "" where there is none.
        share: whether they are shares of one whole.
    """

    title: str
    values: tuple[float | None, ...]
    words: tuple[str, ...]
    share: bool

    @property
    def best(self) -> int | None:
        """The action of the largest number."""
        known = [(value, -action) for action, value in enumerate(self.values) if value is not None]
        return -max(known)[1] if known else None

    @property
    def lead(self) -> float | None:
        """How far the best number is ahead of the second."""
        known = sorted(value for value in self.values if value is not None)
        return known[-1] - known[-2] if len(known) > 1 else None


def thought_of(explanation: Explanation | None, info: EnvironmentInfo) -> Thought | None:
    """The first of visits, Q-values and policy that has a number for each action."""
    if not explanation:
        return None
    count = action_count(info)
    discrete = isinstance(info.action, Discrete)
    names = [*(name for name in TITLES if name in explanation), *sorted(explanation.keys() - TITLES.keys())]
    for name in names:
        values = tuple(explanation[name])
        if len(values) != count or (count == 1 and name == "value"):
            continue
        share = name in SHARES and discrete
        title = TITLES.get(name, name.replace("_", " ")) if discrete else "what it sends"
        return Thought(title, values, _words(values, share), share)
    return None


def estimate_of(explanation: Explanation | None) -> float | None:
    """What the agent expects to earn from here: its value, else the largest of its Q-values."""
    if not explanation:
        return None
    told = explanation.get("value") or explanation.get("q") or ()
    known = [value for value in told if value is not None]
    return max(known, default=None)


def short_names(info: EnvironmentInfo) -> tuple[str, ...]:
    """Names of actions for narrow places: "3" for "column 3", numbers where names are long."""
    count = action_count(info)
    names = info.action_names
    if len(names) == count:
        if noun_of(info) != "action":
            return tuple(name.partition(" ")[2] for name in names)
        if all(len(name) <= max(4, MOST_LETTERS // count) for name in names):
            return names
    return tuple(str(action + 1) for action in range(count))


def noun_of(info: EnvironmentInfo) -> str:
    """What an action is called: "column" where all are named "column 1" and so on."""
    first_words = {name.partition(" ")[0] for name in info.action_names}
    numbered = all(name.partition(" ")[2] for name in info.action_names)
    return first_words.pop() if len(first_words) == 1 and numbered else "action"


def action_words(info: EnvironmentInfo, action: int | Sequence[float] | None) -> str:
    """An action that was played, in words."""
    if action is None:
        return ""
    if isinstance(action, int):
        return info.action_names[action] if action < len(info.action_names) else f"action {action}"
    return ", ".join(_two_decimals(part) for part in action)


def _words(values: Sequence[float | None], share: bool) -> tuple[str, ...]:
    """Percent for shares; else two decimals, or three where all numbers are small."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    decimals = 3 if 0 < largest < 0.1 else 2 if largest < 100 else 0
    return tuple(
        "" if value is None else percent(value) if share else number(value, decimals) for value in values
    )


def _two_decimals(value: float) -> str:
    return number(value, 2) if abs(value) < 100 else number(value)
