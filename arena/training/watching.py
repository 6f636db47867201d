"""Watching an agent compute, line by line, to see which of its tensors was the first that is not finite.

This costs many times what is watched: it is for the few iterations in which something is known to go wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

import numpy as np
import torch

from arena.api import Agent, Step
from arena.training.checkpoints import modules, unusable_weights


class Watch:
    """Notes in order which variables, gradients and weights of the agents cease to be finite.

    Minus infinity is no fault of a variable, because illegal actions are ruled out by it; nor is anything in
    one that is finite when its function ends, because it was only waiting to be filled.
    """

    def __init__(self, agents: Collection[Agent]) -> None:
        self._agents = agents
        self._files = {file for agent in agents for file in _files(type(agent))}
        self._noted: list[str] = []
        self._certain: set[int] = set()
        self._waiting: dict[int, dict[str, int]] = {}
        self._lines: dict[int, str] = {}
        self._line = ""
        self._traced_before: Any = None
        self._hooks: list[torch.utils.hooks.RemovableHandle] = []
        self._watching = False

    @property
    def first(self) -> str | None:
        """What went first, and where, in words; None if nothing did."""
        return self._noted[min(self._certain)] if self._certain else None

    def begin(self) -> None:
        """Watches from here on, functions under way included; does nothing if it does already."""
        if self._watching:
            return
        self._watching, self._traced_before = True, sys.gettrace()
        for agent in self._agents:
            for name, parameter in _learning(agent):
                look = partial(self._look_at_gradient, name)
                self._hooks.append(parameter.register_post_accumulate_grad_hook(look))
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the one way to functions under way
        while frame is not None:
            if frame.f_code.co_filename in self._files:
                frame.f_trace = self._look
            frame = frame.f_back
        sys.settrace(self._enter)

    def end(self) -> None:
        if self._watching:
            sys.settrace(self._traced_before)
        for hook in self._hooks:
            hook.remove()
        self._watching = False

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        return self._look if frame.f_code.co_filename in self._files else None

    def _look(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        if event in ("line", "return"):
            unsound = list(_unsound_variables(frame))
            waiting = self._waiting.setdefault(id(frame), {})
            for name in unsound:
                if name not in waiting:
                    waiting[name] = self._note(f"{name} ({self._lines.get(id(frame), _line(frame))})")
            for agent in self._agents:
                if (weight := unusable_weights(agent)) is not None:
                    self._certain.add(self._note(f"the weight {weight} ({self._line})"))
            self._line = self._lines[id(frame)] = _line(frame)
            if event == "return":
                self._certain |= {place for name, place in waiting.items() if name in unsound}
                del self._waiting[id(frame)], self._lines[id(frame)]
        return self._look

    def _look_at_gradient(self, name: str, parameter: torch.Tensor) -> None:
        if parameter.grad is not None and not bool(parameter.grad.isfinite().all()):
            self._certain.add(self._note(f"the gradient of {name} ({self._line})"))

    def _note(self, words: str) -> int:
        self._noted.append(words)
        return len(self._noted) - 1


def _files(kind: type[Any]) -> Iterator[str]:
    """The files in which an agent's methods are written, Arena's own excepted."""
    for parent in kind.__mro__:
        if parent not in (Agent, *Agent.__mro__):
            for method in vars(parent).values():
                if isinstance(method, FunctionType):
                    yield method.__code__.co_filename


def _learning(agent: Agent) -> Iterator[tuple[str, torch.nn.Parameter]]:
    for name, network in modules(agent).items():
        for parameter_name, parameter in network.named_parameters():
            if parameter.requires_grad:
                yield f"{name}.{parameter_name}", parameter


def _line(frame: FrameType) -> str:
    code = frame.f_code
    return f"{Path(code.co_filename).name}, line {frame.f_lineno}, in {code.co_name}"


def _unsound_variables(frame: FrameType) -> Iterator[str]:
    """The function's variables, and entries of batches among them, that hold what is not finite."""
    for name, value in dict(frame.f_locals).items():
        entries = vars(value) if isinstance(value, Step) else value
        if isinstance(entries, Mapping):
            yield from (f"{name}.{key}" for key, entry in entries.items() if _is_unsound(entry))
        elif _is_unsound(value):
            yield name


def _is_unsound(value: Any) -> bool:
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        return bool((value.isnan() | value.isposinf()).any())
    if isinstance(value, np.ndarray | float) and np.asarray(value).dtype.kind == "f":
        return bool(np.any(np.isnan(value) | np.isposinf(value)))
    return False
