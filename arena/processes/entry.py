"""Where a job's process begins: its worker is started first, and imports torch while the job is imported.

    python -m arena.processes.entry --home FOLDER run|match|search ID
    python -m arena.processes.entry --home FOLDER spare VERSION

The arguments are those of `arena.processes.job`.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

from arena.processes.starting import Warming, start_worker


def main() -> int:
    arguments = sys.argv[1:]
    ahead = _started_ahead(arguments)
    from arena.processes import job

    return job.main(arguments, ahead)


def _started_ahead(arguments: list[str]) -> subprocess.Popen[bytes] | None:
    """The worker's process, if it is known to train; the job says why it cannot be started, if so."""
    match arguments:
        case ["--home", home, ("run" | "spare") as kind, _]:
            warming: Warming = "all" if kind == "spare" else "imports"
            with contextlib.suppress(OSError):
                return start_worker(Path(home), low_priority=True, warming=warming)
    return None


if __name__ == "__main__":
    sys.exit(main())
