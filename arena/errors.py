"""Everything Arena raises on purpose.

A message is one sentence that names the file, id or field, what was expected, and what to do.

    ArenaError
    ├── RequestError            the request is wrong; the command line answers with exit code 2
    │   ├── UnknownName         no such environment, agent, run, player …; carries the nearest names
    │   ├── BadSetting          a setting's value is out of bounds or of the wrong kind
    │   ├── Unsupported         this agent cannot play or learn this environment
    │   └── DisplayMissing      the window has no display to open on
    ├── PluginError             a plugin's own code failed; carries the phase and the traceback
    ├── Inexact                 the replay of an environment came out differently: it goes on, but not exactly
    ├── Diverged                training produced numbers that are none
    ├── OutOfMemory             the device or the machine has no more memory for a training
    ├── OffloadError            tensors that wait for a backward pass cannot be kept on disk
    ├── WorkerLost              a worker process ended, fell silent or broke the protocol
    ├── CheckpointError         a checkpoint is damaged, of another agent, or cannot be written
    └── StoreError              the data folder or its database cannot be used
        ├── HomeUnwritable      the data folder is missing, read-only or full
        ├── DatabaseBusy        another program keeps it to itself for too long; trying again is sound
        ├── DatabaseNewer       written by a newer Arena; left untouched
        └── DatabaseDamaged     unreadable; set aside under another name, never deleted
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ArenaError(Exception):
    """The root of the tree: whatever has a clear sentence for the user."""


class RequestError(ArenaError):
    """The request is wrong and nothing was started."""


class UnknownName(RequestError):
    """A name that nothing answers to.

    Attributes:
        kind: what was looked for, as in "environment".
        name: the name as the user gave it.
        nearest: at most three known names that look like it, best first.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        self.kind = kind
        self.name = name
        self.nearest = nearest_names(name, known)
        suggestion = f" Did you mean {' or '.join(self.nearest)}?" if self.nearest else ""
        super().__init__(f'No {kind} is called "{name}".{suggestion}{" " + hint if hint else ""}')


class BadSetting(RequestError):
    """A setting's value cannot be used; the message names field, bound and value."""

    def __init__(self, field: str, reason: str, value: object) -> None:
        self.field = field
        self.reason = reason
        self.value = value
        super().__init__(f"Setting {field}: {reason} (got {value!r}).")


class Unsupported(RequestError):
    """The pairing of agent and environment is refused, with the reason, before anything starts."""


class DisplayMissing(RequestError):
    """There is no screen to open a window on."""


class PluginError(ArenaError):
    """A plugin's own code failed.

    Attributes:
        phase: where, as in "import", "make", "act", "train".
        traceback: the plugin's traceback as text, empty if there is none.
    """

    def __init__(self, message: str, phase: str, traceback: str = "") -> None:
        self.phase = phase
        self.traceback = traceback
        super().__init__(message)


class Inexact(ArenaError):
    """The replay of an environment came out differently: it goes on from there, but not exactly as it was."""


class Diverged(ArenaError):
    """Training has produced weights or a loss that are not numbers; going on would only spread them."""


class OutOfMemory(ArenaError):
    """A device has no more memory; what was saved stays, and training can be taken up from there."""


class OffloadError(ArenaError):
    """Tensors that wait for a backward pass cannot be written to disk, or not be read back."""


class WorkerLost(ArenaError):
    """A worker process ended, fell silent past its deadline, or broke the protocol."""


class CheckpointError(ArenaError):
    """A checkpoint cannot be read or written, or belongs to something else."""


class StoreError(ArenaError):
    """The data folder or its database cannot be used."""


class HomeUnwritable(StoreError):
    """The data folder cannot be created or written to, or its disk is full."""


class DatabaseBusy(StoreError):
    """Another program keeps the database to itself; nothing was written, and trying again is sound."""


class DatabaseNewer(StoreError):
    """The database was written by a newer Arena and was left untouched."""


class DatabaseDamaged(StoreError):
    """The database cannot be read; it is set aside, never deleted."""


def nearest_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Returns at most three of the known names that look like `name`, best first, ignoring case."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = difflib.get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.5)
    return tuple(by_folded[match] for match in matches)
