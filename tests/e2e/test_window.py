"""The main job in the real window: train, watch, rank, close, come back; and what kill -9 does to it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.commands import Arena
from tests.e2e.twin import Place
from tests.e2e.window import CONTENT, STAGE, Window, shades, wait_until

Open = Callable[[], Window]
IRIS = (0x8F, 0x7D, 0xFF)
# The top bar's ground while a modal lies over the screen.
DIMMED = (0x06, 0x09, 0x0D)
# In the order of the rail; the last one stands at its foot.
SCREENS = ("home", "watch", "train", "rankings", "plugins", "settings")
SIZES = ((1280, 800), (1920, 1080))
# The dialog's fields for name, steps and seeds, once it knows what there is to choose.
RUN_FIELDS = (538, 540, 610, 70)
NEVER = "50000000"


def go(window: Window, name: str) -> None:
    """Press a screen's item in the rail and wait until the rail marks it."""
    top = window.size[1] - 34 if name == SCREENS[-1] else 84 + 56 * SCREENS.index(name)
    window.click(34, top)
    wait_until(lambda: is_marked(window, name), f"{name} is not shown")


def is_marked(window: Window, name: str) -> bool:
    top = window.size[1] - 34 if name == SCREENS[-1] else 84 + 56 * SCREENS.index(name)
    return window.pixels((1, top, 1, 1)).ravel().tolist() == list(IRIS)


def is_dimmed(window: Window) -> bool:
    return window.pixels((700, 4, 1, 1)).ravel().tolist() == list(DIMMED)


def start_run(window: Window, places: dict[str, Place], steps: str) -> None:
    """From the Train screen, with the dialog's own choice of environment and agent."""
    go(window, "train")
    window.stand_still()
    window.press("n")
    wait_until(lambda: is_dimmed(window), "the New run dialog does not open")
    wait_until(lambda: shades(window.pixels(RUN_FIELDS)) > 60, "the dialog stays empty")
    window.click(*places["new-run.run.steps"])
    window.press("ctrl+a")
    window.type(steps)
    window.click(*places["new-run.start"])
    wait_until(lambda: not is_dimmed(window), "the dialog stays open")


def watches(window: Window) -> bool:
    """Ask to watch the run, which the window grants once it has read of a first checkpoint."""
    if not is_marked(window, "watch"):
        window.press("w")
        time.sleep(1.0)
    return is_marked(window, "watch")


def goes_on(arena: Arena, run: dict[str, Any]) -> dict[str, Any]:
    """Wait until a run has got further, in the same attempt and job."""
    after = arena.run_that(run["name"], lambda now: now["steps"] > run["steps"])
    assert (after["state"], after["attempt"], after["pid"]) == ("running", run["attempt"], run["pid"])
    return after


def close(window: Window) -> None:
    """Close Arena; while something trains it first says that this goes on."""
    window.command("close arena")
    wait_until(lambda: is_dimmed(window), "nothing says that the run goes on")
    window.stand_still()
    window.press("Return")
    assert window.ended() == 0


def test_train_watch_rank_close_and_come_back_to_a_running_job(
    open_window: Open, arena: Arena, places: dict[str, Place], shots: Path
) -> None:
    window = open_window()
    start_run(window, places, "4000")
    name = arena.json("runs")[0]["name"]
    finished = arena.run_that(name, lambda run: run["state"] == "finished")
    start_run(window, places, NEVER)
    wait_until(lambda: len(arena.json("runs")) == 2, "the second run does not start")
    running = arena.run_that(arena.json("runs")[0]["name"], lambda run: run["steps"] > 0)

    wait_until(lambda: watches(window), "Watch does not open")
    window.moves(STAGE, times=20)
    window.shoot(shots / "watched-live.png")

    go(window, "rankings")
    rows = arena.json("standings", finished["environment"])
    assert finished["player"] in [row["player_id"] for row in rows], rows
    wait_until(lambda: shades(window.pixels(CONTENT)) > 60, "the board stays empty")

    close(window)
    goes_on(arena, running)
    again = open_window()
    go(again, "train")
    again.moves(CONTENT, times=5)
    goes_on(arena, running)
    again.shoot(shots / "reopened.png")


def test_every_screen_shows_its_content_in_small_and_large_windows(open_window: Open, shots: Path) -> None:
    window = open_window()
    for width, height in SIZES:
        window.resize(width, height)
        for name in SCREENS:
            go(window, name)
            wait_until(lambda: shades(window.pixels(CONTENT)) > 60, f"{name} stays empty")
            window.shoot(shots / f"{name}-{width}x{height}.png")


def test_kill_9_of_window_and_job_loses_nothing_and_the_window_resumes_the_run(
    open_window: Open, arena: Arena, shots: Path
) -> None:
    window = open_window()
    arena.json("train", "FrozenLake-v1", "q-learner", "--name", "killed", "--steps", NEVER, "--detach")
    running = arena.run_that("killed", lambda run: run["steps"] > 0)
    window.kill()
    before = goes_on(arena, running)

    again = open_window()
    go(again, "train")
    again.moves(CONTENT, times=2)
    os.kill(before["pid"], signal.SIGKILL)
    lost = arena.run_that("killed", lambda run: run["state"] == "lost")
    again.stand_still(seconds=1.5, patience=10)
    again.shoot(shots / "lost.png")
    again.press("p")
    resumed = arena.run_that("killed", lambda run: run["state"] == "running" and run["steps"] > 0)
    assert resumed["attempt"] == lost["attempt"] + 1
    assert lost["checkpoint_step"] <= resumed["steps"]
