"""A play-through as its seed and actions, with a checksum of what was seen: saved small, replayed, compared.

Replaying is exact for every environment whose randomness all comes from its seed. For any other the
checksum tells the first step that came out differently.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from arena.api import Array
from arena.errors import Inexact

_NUMBER = struct.Struct("<q")


class Recording:
    """What was done and seen since the last reset.

    Args:
        environment: its name, for errors.
        kind: numpy's type of an action.

    Attributes:
        seed: None before the first reset.
        actions: one for each step.
        seen: after the reset and after each step, the CRC-32 of all that was seen so far.
    """

    def __init__(self, environment: str, kind: type[np.int64] | type[np.float32]) -> None:
        self.environment = environment
        self._kind = kind
        self.begin(None)

    def begin(self, seed: int | None) -> None:
        self.seed = seed
        self.actions: list[Any] = []
        self.seen: list[int] = []

    @property
    def steps(self) -> int:
        return len(self.actions)

    def saw(self, observations: Iterable[Array | int], outcome: bytes) -> None:
        """Notes what a reset or a step brought.

        Args:
            outcome: rewards and endings as bytes.
        """
        checksum = zlib.crc32(outcome, self.seen[-1] if self.seen else 0)
        for seen in observations:
            checksum = zlib.crc32(
                np.ascontiguousarray(seen).data if isinstance(seen, np.ndarray) else _NUMBER.pack(seen),
                checksum,
            )
        self.seen.append(checksum)

    def snapshot(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "actions": np.array(self.actions, self._kind),
            "seen": np.array(self.seen, np.uint32),
        }

    def replay(
        self, snapshot: Mapping[str, Any], reset: Callable[[int], None], step: Callable[[Any], bool]
    ) -> None:
        """Plays a snapshot's actions again, as far as the game lets them be played.

        Args:
            step: plays one action as `snapshot` keeps it; False if that is no longer possible.

        Raises:
            Inexact: once all is played, if something was seen that had not been seen before.
        """
        if snapshot["seed"] is None:
            self.begin(None)
            return
        reset(int(snapshot["seed"]))
        for action in snapshot["actions"]:
            if not step(action):
                break
        before = snapshot.get("seen")  # runs of Arena 0.1 have saved none
        if before is None:
            return
        now = np.array(self.seen, np.uint32)
        same = min(len(before), len(now))
        differs = np.flatnonzero(np.asarray(before)[:same] != now[:same])
        if len(differs) or len(before) != len(now):
            first = int(differs[0]) if len(differs) else same
            when = f"at step {first}" if first else "at its reset"
            raise Inexact(
                f"{self.environment} does not repeat itself: played again from the same seed it came out "
                f"differently {when}, so that it goes on, but not exactly."
            )
