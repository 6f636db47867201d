"""The shapes an agent meets: spaces, and one step of a batch of environments.

Axes: B copies of an environment, A discrete actions (or dimensions of a box action).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import msgspec
import numpy.typing as npt

Array = npt.NDArray[Any]


class Discrete(msgspec.Struct, frozen=True, tag_field="kind", tag="discrete"):
    """The whole numbers 0 … n-1. A batch of them is an int64 array of shape B."""

    kind: ClassVar[str] = "discrete"
    n: int


class Box(msgspec.Struct, frozen=True, tag_field="kind", tag="box"):
    """Numbers of one shape; a batch is a float32 (pixels: uint8) array of shape B × shape.

    Attributes:
        low, high: bounds shared by all entries; None where unbounded.
    """

    kind: ClassVar[str] = "box"
    shape: tuple[int, ...]
    low: float | None = None
    high: float | None = None
    dtype: Literal["float32", "uint8"] = "float32"


Space = Discrete | Box


@dataclass(frozen=True)
class Spaces:
    """What an agent is built for: one seat's observations and actions."""

    observation: Space
    action: Space


@dataclass(frozen=True)
class Step:
    """What one `step` of B copies brought, as float32 and bool arrays over B.

    `next_observations` are the true successors, never a reset's. Bootstrap from them unless
    `terminated`; `truncated` alone cuts an episode short and still bootstraps.
    Masks are bool B × A (True = legal), or None where every action always is.
    """

    observations: Array
    actions: Array
    rewards: Array
    terminated: Array
    truncated: Array
    next_observations: Array
    masks: Array | None = None
    next_masks: Array | None = None
