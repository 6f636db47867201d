"""Measures one cell of a long benchmark: `python -m tests.benchmarks._cell MODULE`, the cell on stdin.

What the measurement prints goes to stderr; the answer alone is printed to stdout. When stdin ends, whoever
asked is gone, and this process ends with all that it started; it has a moment to clean up.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
import time
from typing import Final

import msgspec
import psutil

from tests.benchmarks._cells import Found
from tests.benchmarks._ending import clean_up_when_ended
from tests.benchmarks._machine import made_with
from tests.benchmarks._store import Cell

_TO_CLEAN_UP: Final = 5.0


def main() -> None:
    clean_up_when_ended()
    cell = msgspec.json.decode(sys.stdin.buffer.readline(), type=Cell)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    module = importlib.import_module(f"tests.benchmarks.{sys.argv[1]}")
    made = made_with(cell.settings.get("agent", ""))
    with contextlib.redirect_stdout(sys.stderr):
        outcome = module.measure(cell)
    sys.stdout.buffer.write(msgspec.json.encode(Found(outcome, made)))
    sys.stdout.buffer.flush()


def _end_with_stdin() -> None:
    # Not by `sys.stdin`, whose lock the interpreter wants when it ends.
    while os.read(0, 1):
        pass
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_TO_CLEAN_UP)
    os._exit(1)


if __name__ == "__main__":
    main()
