"""The results of long benchmarks: a line for each finished run, kept with what it was made with.

A file is only ever appended to, a whole line at a time. What a kill left of a line is passed over; of two
lines with the same key the later one counts.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

RESULTS: Final = Path(__file__).parent / "results"


class Key(NamedTuple):
    """What tells one result from another."""

    contender: str
    environment: str
    seed: int
    settings: str


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One run that a benchmark wants.

    Attributes:
        contender: who learns or is measured, as the table calls it.
        settings: whatever else decides the result; another settings' result is another result.
    """

    contender: str
    environment: str
    seed: int
    settings: dict[str, Any]

    @property
    def key(self) -> Key:
        text = msgspec.json.encode(self.settings, order="deterministic")
        return Key(self.contender, self.environment, self.seed, hashlib.sha256(text).hexdigest()[:12])


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one run came to.

    Attributes:
        score: in the benchmark's own measure; None if it never came to one.
        cpu_seconds, wall_seconds: of what the benchmark measures, evaluations left out; None where the score
            says it all.
        facts: whatever else it found.
    """

    score: float | None
    steps: int
    cpu_seconds: float | None = None
    wall_seconds: float | None = None
    facts: dict[str, Any] = {}


class MadeWith(msgspec.Struct, frozen=True, kw_only=True):
    """What a result's making depended on.

    Attributes:
        source: the digest of the agent's file; empty for a peer.
    """

    arena: str
    commit: str
    source: str
    versions: dict[str, str]
    machine: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the store."""

    cell: Cell
    settings_hash: str
    outcome: Outcome
    made_with: MadeWith


class Store:
    """The results of one benchmark; one process at a time may add to them."""

    def __init__(self, folder: Path, benchmark: str) -> None:
        self.path = folder / f"{benchmark}.jsonl"

    def results(self) -> dict[Key, Result]:
        return {result.cell.key: result for result in self._lines()}

    def add(self, result: Result) -> None:
        """Keeps it for good before this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        whole = not self.path.exists() or self.path.read_bytes()[-1:] in (b"", b"\n")
        with self.path.open("ab") as file:
            file.write((b"" if whole else b"\n") + msgspec.json.encode(result) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _lines(self) -> Iterator[Result]:
        if not self.path.exists():
            return
        for line in self.path.read_bytes().splitlines():
            try:
                yield msgspec.json.decode(line, type=Result)
            except msgspec.DecodeError:
                continue
