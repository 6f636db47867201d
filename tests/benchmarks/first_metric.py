"""How long it takes from asking for training until the first metric is seen.

    python -m tests.benchmarks.first_metric [--json] [--rounds N]

In the window: from pressing "Start run" until the run's first metrics are drawn, with a spare worker and
without, in the real app on SDL's dummy driver. On the command line: from starting the process until its line
of progress tells of steps, beside scripts of Stable-Baselines3 that end in its first table, logged as early
as it can be: DQN after one episode, PPO after its first rollout. All of them train CartPole on one thread.
"""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

os.environ |= {"SDL_VIDEODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}

import pygame

from arena.session import Session
from arena.ui.composition import compose
from arena.ui.pilot import Pilot
from arena.ui.screens.new_run import open_new_run
from tests.benchmarks._ending import clean_up_when_ended
from tests.benchmarks._places import ROOT
from tests.benchmarks._rows import Row, parser, row, tell
from tests.benchmarks._sb3 import MISSING, installed

ROUNDS: Final = 5
PATIENCE: Final = 60.0
FRAME_SECONDS: Final = 1 / 60
SCRIPT: Final = """
import torch
from stable_baselines3 import {name}
torch.set_num_threads(1)
{name}("MlpPolicy", "CartPole-v1", verbose=1, device="cpu").learn(50_000, log_interval=1)
"""


def main() -> None:
    clean_up_when_ended()
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        rows = [*window_rows(Path(folder), asked.rounds), *command_rows(Path(folder), asked.rounds)]
    tell(rows, as_json=asked.json)


def window_rows(home: Path, rounds: int) -> list[Row]:
    """Both ways in turn, in one window: a machine that others load, too, delays both alike."""
    with Session.open(home) as session:
        session.scan()
        app = compose(session)
        pilot = Pilot(app)
        cold, warm = [], []
        try:
            for _ in range(rounds):
                cold.append(seconds_in_window(pilot, session))
                session.keep_spare()
                wait_for(lambda: bool(session.runs()) and session._engine.spare_ready)
                warm.append(seconds_in_window(pilot, session))
                session._engine.close()
        finally:
            app.shut_down()
    return [medians("first metric in the window", warm, cold, "with a spare worker, beside none")]


def seconds_in_window(pilot: Pilot, session: Session) -> float:
    """From the press on the dialog's button until the frame that shows the new run's metrics."""
    app, known = pilot.app, {run.id for run in session.runs()}
    app.go("train")
    open_new_run(app, "CartPole-v1", "dqn")
    pilot.wait_until(lambda: "new-run.run.steps" in pilot.ids())
    pilot.settle()
    at = pilot.widget("new-run.start").rect.center
    pilot.hover_at(at)
    began = time.monotonic()
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        pygame.event.post(pygame.event.Event(kind, pos=at, button=1))
    while not shows_metrics_of_another(pilot, known):
        if time.monotonic() > began + PATIENCE:
            raise TimeoutError(f"No metric came within {PATIENCE:g} s; on screen: {pilot.texts()}")
        time.sleep(FRAME_SECONDS)
        app.frame()
    seconds = time.monotonic() - began
    session.stop(session.runs()[0].id)
    wait_for(lambda: not session.runs()[0].live)
    return seconds


def shows_metrics_of_another(pilot: Pilot, known: set[str]) -> bool:
    """Whether the Train screen has drawn rows of a run that is not known."""
    scene = getattr(pilot.app.screen, "_scene", None)
    chosen = scene.reading.chosen if scene is not None else None
    return chosen is not None and chosen.group.first.id not in known and any(chosen.rows)


def command_rows(home: Path, rounds: int) -> list[Row]:
    peers = ("DQN", "PPO") if installed() else ()
    ours: list[float] = []
    theirs: dict[str, list[float]] = {peer: [] for peer in peers}
    for _ in range(rounds):
        ours.append(seconds_of_command(home))
        for peer in peers:
            theirs[peer].append(
                seconds_until([sys.executable, "-c", SCRIPT.format(name=peer)], r"\| rollout")
            )
    if not peers:
        return [medians("first metric on the command line", ours, None, MISSING)]
    return [
        medians("first metric on the command line", ours, theirs[peer], f"beside {peer} of Stable-Baselines3")
        for peer in peers
    ]


def seconds_of_command(home: Path) -> float:
    """From the start of `arena train` until its line of progress tells of steps."""
    command = [sys.executable, "-m", "arena", "--home", str(home)]
    seconds = seconds_until([*command, "train", "CartPole-v1", "dqn"], r"[1-9][\d,]* of [\d,]+ steps")
    with Session.open(home) as session:
        session.stop_all()
        wait_for(lambda: not any(run.live for run in session.runs()))
    return seconds


def seconds_until(command: list[str], words: str) -> float:
    """From starting the command on a terminal of its own until it has printed what matches; it is ended."""
    began = time.monotonic()
    with on_terminal(command) as terminal:
        printed = ""
        while not re.search(words, printed):
            some = os.read(terminal, 65536)
            if not some or time.monotonic() > began + PATIENCE:
                raise TimeoutError(f"{command} printed no {words!r}, but {printed[-500:]}")
            printed += some.decode(errors="replace")
        return time.monotonic() - began


@contextlib.contextmanager
def on_terminal(command: list[str]) -> Iterator[int]:
    """The command's terminal, to read what it prints; POSIX only."""
    ours, its = os.openpty()
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    variables |= {"COLUMNS": "200", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=variables)
    os.close(its)
    try:
        yield ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError("It did not happen in time.")
        time.sleep(0.05)


def medians(name: str, ours: list[float], theirs: list[float] | None, detail: str) -> Row:
    """The ratio is how many times the peer takes as long."""
    own = statistics.median(ours)
    other = statistics.median(theirs) if theirs else None
    spread = f"between {min(ours):.2f} and {max(ours):.2f} s in {len(ours)} rounds"
    return row(name, own, other, "s", f"{detail}; {spread}", digits=2, less_is_better=True)


if __name__ == "__main__":
    main()
