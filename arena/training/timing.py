"""Where training time goes: stepping environments, opponents' moves in them, learning, and the rest, acting.

Times are of the host's clock. An accelerator works on while its host does something else, so there what is
called acting includes waiting for the results of an update.
"""

from __future__ import annotations

import inspect
import time
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from arena.api import Agent

Surroundings = Callable[[], AbstractContextManager[None]]
SHARES = ("time_environment", "time_opponents", "time_learning", "time_acting")


class Stopwatch:
    """Adds up the time between start and stop; stands still in the beginning."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = None

    @property
    def runs(self) -> bool:
        return self._since is not None

    @property
    def seconds(self) -> float:
        return self._before + (time.perf_counter() - self._since if self._since is not None else 0.0)

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self._before = seconds
        self._since = time.perf_counter() if self._since is not None else None

    def stop(self) -> None:
        self._before, self._since = self.seconds, None

    def start(self) -> None:
        self._before, self._since = self.seconds, time.perf_counter()


class TimeSplit:
    """Seconds spent in each part of training, over this attempt.

    Attributes:
        stepping: in the environments, with the opponents' moves inside.
        opponents: in the opponents' moves; None if there are none.
        learning: in the agent's `update`; None if it has no such method.
        around: makes a context for each call of `update`; None for none.
    """

    def __init__(self) -> None:
        self.stepping = 0.0
        self.opponents: float | None = None
        self.learning: float | None = None
        self.around: Surroundings | None = None
        self._taken: tuple[float, ...] = (0.0, 0.0, 0.0)

    def watch_learning(self, agent: Agent) -> None:
        """Times every call of the agent's `update`."""
        update = getattr(agent, "update", None)
        if not callable(update):
            return
        found = _found_weakly(update)
        self.learning = 0.0

        def timed(*arguments: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                if self.around is None:
                    return found()(*arguments, **named)
                with self.around():
                    return found()(*arguments, **named)
            finally:
                self.learning = (self.learning or 0.0) + time.perf_counter() - started

        agent.update = timed  # type: ignore[attr-defined]  # not every agent has one

    def watch_opponents(self, opponents: Any) -> None:
        """Times every move that the opponents are asked for."""
        found = _found_weakly(opponents.act)
        self.opponents = 0.0

        def timed(*arguments: Any) -> Any:
            started = time.perf_counter()
            try:
                return found()(*arguments)
            finally:
                self.opponents = (self.opponents or 0.0) + time.perf_counter() - started

        opponents.act = timed

    @classmethod
    def together(cls, splits: Iterable[TimeSplit]) -> TimeSplit:
        """The sum of what several learners spent so far."""
        whole = cls()
        for split in splits:
            whole.stepping += split.stepping
            if split.opponents is not None:
                whole.opponents = (whole.opponents or 0.0) + split.opponents
            if split.learning is not None:
                whole.learning = (whole.learning or 0.0) + split.learning
        return whole

    def seconds(self) -> tuple[float, ...]:
        """Those in the environments, in opponents' moves and in learning so far."""
        return self.stepping, self.opponents or 0.0, self.learning or 0.0

    def shares(self, since: Sequence[float], elapsed: float) -> dict[str, float]:
        """The shares, by metric, of `elapsed` seconds of training, at whose beginning `seconds` was `since`.

        Where learning cannot be told from acting, neither is given.
        """
        if elapsed <= 0.0:
            return {}
        stepping, opponents, learning = (now - then for now, then in zip(self.seconds(), since, strict=True))
        spent = {"time_environment": stepping - opponents}
        if self.opponents is not None:
            spent["time_opponents"] = opponents
        if self.learning is not None:
            spent["time_learning"] = learning
            spent["time_acting"] = max(0.0, elapsed - stepping - learning)
        return {name: seconds / elapsed for name, seconds in spent.items()}

    def take_shares(self, elapsed: float) -> dict[str, float]:
        """The shares of the `elapsed` seconds since this was last called."""
        shares = self.shares(self._taken, elapsed)
        self._taken = self.seconds()
        return shares

    def state_dict(self) -> dict[str, Any]:
        taken = zip(self.seconds(), self._taken, strict=True)
        return {"since_taken": tuple(now - then for now, then in taken)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        since = zip(self.seconds(), state["since_taken"], strict=True)
        self._taken = tuple(now - seconds for now, seconds in since)


def _found_weakly(method: Callable[..., Any]) -> Callable[[], Any]:
    """Gives the method when called, and does not keep its object alive, which is to hold what calls this."""
    return weakref.WeakMethod(method) if inspect.ismethod(method) else lambda: method
