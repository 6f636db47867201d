"""Networks that learn side by side, each from its own loss, on gradients that are added up over cycles."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from arena.toolkit.flat import FlatAdam, FlatWeights


class StaggeredAdam:
    """Adam that steps in every `every`-th cycle, on the mean of the gradients added since its last step.

    Where several networks share a cycle, first add the gradients of all of them and then step: a weight that
    moves between two backward passes over one graph makes the later gradients wrong.

    Args:
        phase: cycles by which its turns come earlier, so that networks which step equally often need not
            step together.

    Attributes:
        adam: its step size and longest gradient may be changed at any time.
        added: gradients since its last step.
    """

    def __init__(self, network: nn.Module, *, every: int = 1, phase: int = 0) -> None:
        self.adam = FlatAdam(FlatWeights(network), 0.0)
        self.every = every
        self.phase = phase
        self.added = 0
        self._parameters = list(network.parameters())

    def add(self, loss: Tensor, *, retain_graph: bool = False) -> None:
        """Adds the loss's gradient by this network's weights; no other is computed, nor any way to it.

        Args:
            retain_graph: another loss still needs the graph.
        """
        loss.backward(inputs=self._parameters, retain_graph=retain_graph)
        self.added += 1

    def step(self, cycle: int) -> bool:
        """Steps if it is its turn in this cycle (counted from 1) and gradients were added; whether it did.

        The first window may be cut short by the phase, and any by a network that rested for some cycles.
        """
        if (cycle + self.phase) % self.every or not self.added:
            return False
        gradient = self.adam.weights.gradient
        gradient.div_(self.added)
        self.adam.step()
        gradient.zero_()
        self.added = 0
        return True

    def state_dict(self) -> dict[str, Any]:
        """What was added since the last step included."""
        return {"adam": self.adam.state_dict(), "added": self.added, "gradient": self.adam.weights.gradient}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.adam.load_state_dict(state["adam"])
        self.added = int(state["added"])
        self.adam.weights.gradient.copy_(state["gradient"])


@contextlib.contextmanager
def frozen(*networks: nn.Module) -> Iterator[None]:
    """Gradients of what is computed inside flow through these learning networks, but not to their weights.

    (`network.requires_grad = False` would only set an attribute that nothing reads.)
    """
    for network in networks:
        network.requires_grad_(requires_grad=False)
    try:
        yield
    finally:
        for network in networks:
            network.requires_grad_(requires_grad=True)
