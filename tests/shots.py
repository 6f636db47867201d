"""Pictures of every screen, in both themes and two sizes, on a small real home.

`python -m tests.shots [FOLDER]` trains, plays and then drives the window without a display; the pictures
go to `shots/` unless told otherwise. What the audit finds wrong with a picture is printed beside its name.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from arena.requests import MatchRequest, TrainRequest
from arena.session import Session
from arena.ui.app import App
from arena.ui.composition import compose
from arena.ui.pilot import Pilot
from arena.ui.screens.new_run import open_new_run
from arena.ui.widgets.skeleton import Skeleton

SIZES = ((1280, 800), (1920, 1080))
THEMES = ("dark", "light")
# More of a screen than it shows by itself: what to press for it, and to leave it again.
STATES = {
    "train": {
        "menu": (("m",), ("escape",)),
        "delete": (("delete",), ("escape",)),
        "compare": (("ctrl+a", "x"), ("escape", "escape")),
        "search": (("ctrl+f",), ("escape",)),
        "settings": (("h",), ("escape",)),
    }
}
SHOWN_STEPS = 200_000
LIVE_SECONDS = 3.0
LOADING_SECONDS = 60.0
BROKEN = '''"""A board that forgot one of its settings."""

from arena.api import hookimpl

SETTINGS = {"size": 7}


@hookimpl
def register_environments():
    return [SETTINGS["board_size"]]
'''
HABIT = '''"""Plays the first legal action there is."""

import numpy as np

from arena.api import Agent, AgentSpec, hookimpl


class First(Agent):
    def act(self, obs_B, mask_B, rngs_B, models_B=None):
        return np.array([np.flatnonzero(mask)[0] for mask in mask_B])


@hookimpl
def register_agents():
    summary = "Plays the first legal action there is"
    return [AgentSpec(id="first", title="First", summary=summary, agent=First, learns=False, seats=(2, 2))]
'''


def furnish(session: Session) -> None:
    """A finished run, one more that stays paused, matches on three boards, an agent file and a broken one."""
    (session.home.plugins / "hex_game.py").write_text(BROKEN)
    (session.home.agents / "first.py").write_text(HABIT)
    session.scan()
    runs = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=300_000, seeds=2))
    session.wait([run.id for run in runs])
    best = runs[0].name
    for environment, players, games in (
        ("FrozenLake-v1", (best, "random"), 40),
        ("tic-tac-toe", ("random", "first"), 60),
        ("connect-four", ("random", "first"), 30),
    ):
        match = session.match(MatchRequest(environment=environment, players=players, games=games))
        session.wait_match(match.id)
    (long,) = session.train(
        TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=100_000_000, seed=7)
    )
    while session.run(long.id).step < SHOWN_STEPS and session.run(long.id).live:
        time.sleep(0.1)
    session.pause(long.id)


def show(pilot: Pilot, name: str) -> None:
    """Go to a screen and wait for what it loads; what moves gets a moment to move."""
    pilot.app.go(name)
    pilot.settle(LOADING_SECONDS)
    pilot.wait_until(lambda: not _loading(pilot.app), LOADING_SECONDS)
    until = time.monotonic() + LIVE_SECONDS
    while time.monotonic() < until:
        pilot.frames()
        time.sleep(1 / 60)


def new_run(pilot: Pilot, page: int) -> None:
    """The New run dialog for a game of two players, turned to a page."""
    open_new_run(pilot.app, "connect-four")
    pilot.wait_until(lambda: "new-run.tabs" in pilot.ids(), LOADING_SECONDS)
    pilot.settle(LOADING_SECONDS)
    pilot.app.focus(pilot.widget("new-run.tabs"))
    for _ in range(page):
        pilot.press("right")


# What lies over a screen, by the name of its picture.
OVER: dict[str, Callable[[Pilot], None]] = {
    "new_run": lambda pilot: new_run(pilot, 0),
    "new_run_opponents": lambda pilot: new_run(pilot, 1),
    "new_run_advanced": lambda pilot: new_run(pilot, 2),
    "notices": lambda pilot: pilot.press("ctrl+shift+n"),
    "palette": lambda pilot: pilot.press("ctrl+k"),
    "shortcuts": lambda pilot: pilot.app.open_shortcuts(),
}


def _loading(app: App) -> bool:
    return any(isinstance(widget, Skeleton) for widget in app.screen.body.walk())


def picture_all(session: Session, folder: Path) -> int:
    """Writes the pictures; returns how many faults the audit found in them."""
    faults = 0
    app = compose(session)
    pilot = Pilot(app)
    screens = [item.screen.name for item in app.shell.rail.items]
    for width, height in SIZES:
        pilot.resize(width, height)
        for name in screens:
            show(pilot, name)
            faults += picture_themes(pilot, folder, name, f"{width}x{height}")
            for state, (keys, back) in STATES.get(name, {}).items():
                press(pilot, keys)
                faults += picture_themes(pilot, folder, f"{name}_{state}", f"{width}x{height}")
                press(pilot, back)
        show(pilot, "train")
        for name, open_it in OVER.items():
            open_it(pilot)
            faults += picture_themes(pilot, folder, name, f"{width}x{height}")
            press(pilot, ["escape"])
    app.shut_down()
    return faults


def press(pilot: Pilot, keys: Sequence[str]) -> None:
    """Press them one after the other, each when the one before has been answered."""
    for key in keys:
        pilot.press(key)
        pilot.settle(LOADING_SECONDS)


def picture_themes(pilot: Pilot, folder: Path, name: str, size: str) -> int:
    """Writes what is shown in both themes; returns how many faults the audit found in it."""
    faults = 0
    for theme in THEMES:
        pilot.app.set_theme(theme)
        pilot.settle()
        target = folder / f"{name}_{theme}_{size}.png"
        pilot.screenshot(target)
        findings = pilot.audit()
        faults += len(findings)
        print(target, *findings, sep="\n    ")
    return faults


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, Session.open(Path(home)) as session:
        furnish(session)
        try:
            faults = picture_all(session, folder)
        finally:
            session.stop_all()
            session.wait([run.id for run in session.runs()])
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}, {faults} faults found in them")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "shots")))
