"""Carries out command lines, in this process or as a shell would."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from arena.__main__ import open_window
from arena.cli.main import run

HIDDEN = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER", "ARENA_HOME")
LONGEST_WAIT = 120.0
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document that is all of stdout."""
        return msgspec.json.decode(self.out)


class Arena:
    """The command line on one data folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str) -> Said:
        """Carries out a command in this process, which saves starting another; jobs have their own anyway."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = run(["--home", str(self.home), *arguments], open_window)
            except SystemExit as ended:  # --help and --version
                code = int(ended.code or 0)
        return Said(code, out.getvalue(), err.getvalue())

    def json(self, *arguments: str) -> Any:
        """The document that a command answers with, which must be a success."""
        said = self(*arguments, "--json")
        assert said.code == 0, said.err
        return said.document

    def shell(self, *arguments: str) -> Said:
        """Carries out a command as a shell would."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=LONGEST_WAIT)
        return Said(process.returncode, out, err)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command that has neither a display nor a terminal."""
        environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
        return subprocess.Popen(
            [sys.executable, "-m", "arena", *arguments],
            env={**environment, "PYTHONPATH": str(PROJECT), "ARENA_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run_that(self, name: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Waits until what `arena runs` tells of a run is so."""
        give_up = time.monotonic() + LONGEST_WAIT
        while True:
            told = [one for one in self.json("runs") if one["name"] == name]
            if told and is_so(told[0]):
                return told[0]
            assert time.monotonic() < give_up, told
            time.sleep(0.05)
