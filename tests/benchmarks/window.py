"""How soon the window shows something, and how long its frames take while two runs train.

    python -m tests.benchmarks.window [--json]

Everything is measured on the real window in a display of its own (Xvfb, software drawing). The time to the
first content is taken from outside: from starting the process until its pixels are on the screen.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

from arena.processes.spare import Spare
from arena.store import Home
from tests.benchmarks._ending import clean_up_when_ended
from tests.benchmarks._rows import Row, parser, row, tell
from tests.cli.commands import Arena
from tests.e2e.display import Display, opened_display
from tests.e2e.window import CONTENT, STAGE, Window, shades, wait_until

STARTS = 5
WATCHED_SECONDS = 20.0
IDLE_SECONDS = 10.0
FRAME_MILLISECONDS = 1000 / 60
# Antialiased words and pictures have far more; an empty window, or one with a bar, has fewer.
SHADES_OF_CONTENT = 40
WITH_FRAME_TIMES = ("-m", "tests.benchmarks._window")
BARE = """
import pygame, time
pygame.display.init(); pygame.font.init()
window = pygame.display.set_mode((1280, 800))
font = pygame.font.Font(None, 400)
while True:
    pygame.event.get()
    window.blit(font.render("Arena", True, "white", "black"), (100, 200))
    pygame.display.flip()
    time.sleep(1 / 30)
"""
BAD_PLUGINS = {
    "syntax.py": "def broken(:\n",
    "raising.py": "raise RuntimeError('this plugin raises')\n",
    "exiting.py": "import os\n\nos._exit(1)\n",
    "endless.py": "while True:\n    pass\n",
}


def main() -> None:
    clean_up_when_ended()
    asked = parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, opened_display(1280, 800) as display:
        arena = Arena(Path(folder) / "home")
        arena.json("environments")
        rows = [start_row(display, arena.home)]
        with training(arena):
            rows += frame_rows(display, arena)
        rows.append(idle_row(display, arena.home))
    tell(rows, as_json=asked.json)


def start_row(display: Display, home: Path) -> Row:
    bare = statistics.median(first_content(display, home, ("-c", BARE)) for _ in range(STARTS))
    first_content(display, home)
    ours = [first_content(display, home) for _ in range(STARTS)]
    detail = f"between {min(ours):.0f} and {max(ours):.0f}; the peer is a bare pygame window"
    return row("window, first content", statistics.median(ours), bare, "ms", detail, digits=0)


def first_content(display: Display, home: Path, command: tuple[str, ...] = ("-m", "arena")) -> float:
    """Milliseconds from starting the process until words or pictures are on the screen."""
    window = Window(display, home, command)
    left, top, width, height = CONTENT
    try:
        while shades(display.pixels(left, top, width, height)[::4, ::4]) < SHADES_OF_CONTENT:
            assert window.process.poll() is None, window.process.communicate()
            time.sleep(0.002)
        return 1000 * (time.monotonic() - window.started)
    finally:
        window.kill()
        wait_until(lambda: not display.pixels().any(), "the window stays on the screen")


@contextmanager
def training(arena: Arena) -> Iterator[None]:
    """Two runs that go on for longer than is measured."""
    arena.json("train", "CartPole-v1", "dqn", "--seeds", "2", "--steps", "2000000", "--detach")
    names = [run["name"] for run in arena.json("runs")]
    try:
        for name in names:
            arena.run_that(name, lambda run: run["steps"] > 0)
        yield
    finally:
        for name in names:
            arena.json("stop", name)


def frame_rows(display: Display, arena: Arena) -> list[Row]:
    window = Window(display, arena.home, WITH_FRAME_TIMES)
    try:
        window.settle()
        watch_a_run(window)
        quiet = frames(window, WATCHED_SECONDS)
        warming = frames(window, WATCHED_SECONDS, partial(warm_spares, Home(arena.home)))
        (arena.home / "plugins").mkdir(exist_ok=True)
        for name, text in BAD_PLUGINS.items():
            (arena.home / "plugins" / name).write_text(text, encoding="utf-8")
        window.command("> rescan plugins")
        disturbed = frames(window, WATCHED_SECONDS)
    finally:
        window.kill()
    refused = [one for one in arena.json("plugins") if one["error"]]
    assert len(refused) == len(BAD_PLUGINS), refused
    return [
        frame_row(
            "window, frames while two runs train", quiet, FRAME_MILLISECONDS, "a frame's time at 60 Hz"
        ),
        frame_row("window, frames while spare workers warm up", warming, quiet["p99"], "p99 without them"),
        frame_row("window, frames while bad plugins load", disturbed, quiet["p99"], "p99 without them"),
    ]


def watch_a_run(window: Window) -> None:
    """Open an exhibition of the newest run and wait until it moves."""
    window.press("ctrl+3")
    window.stand_still()
    window.press("w")
    window.moves(STAGE, times=20)


def frames(
    window: Window, seconds: float, meanwhile: Callable[[float], None] = time.sleep
) -> dict[str, float]:
    """What the window tells of its frames in that time; `meanwhile` takes it."""
    os.kill(window.process.pid, signal.SIGUSR1)
    meanwhile(seconds)
    os.kill(window.process.pid, signal.SIGUSR2)
    assert window.process.stdout is not None
    told: dict[str, float] = json.loads(window.process.stdout.readline())
    return told


def warm_spares(home: Home, seconds: float) -> None:
    """Starts spare workers, one after another, each until it is warm."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        spare = Spare(home)
        while not spare.ready and spare.alive and time.monotonic() < deadline:
            time.sleep(0.05)
        spare.let_go()


def frame_row(name: str, took: dict[str, float], peer: float, what: str) -> Row:
    """The 99th percentile, with the others in the detail."""
    detail = (
        f"median {took['median']:.2f} ms, worst {took['worst']:.1f} ms, CPU {took['cpu']:.2f} ms; "
        f"{took['count']:.0f} frames drew, {took['fps']:.0f} turns a second; the peer is {what}"
    )
    return row(name, took["p99"], peer, "ms, p99", detail, digits=2)


def idle_row(display: Display, home: Path) -> Row:
    """On a screen where nothing happens, with no run under way."""
    window = Window(display, home)
    try:
        window.settle()
        window.press("ctrl+4")
        window.stand_still()
        process = psutil.Process(window.process.pid)
        before = process.cpu_times()
        time.sleep(IDLE_SECONDS)
        after = process.cpu_times()
    finally:
        window.kill()
    used = after.user + after.system - before.user - before.system
    share, over = 100 * used / IDLE_SECONDS, f"over {IDLE_SECONDS:.0f} s"
    return row("window, idle on Rankings", share, None, "% of a core", over, digits=2)


if __name__ == "__main__":
    main()
