"""What an open window that shows a run costs the run: throughput watched beside headless.

    python -m tests.benchmarks.watched_throughput [--json] [--pairs N] [--seconds S]

One run trains DQN on CartPole all the while, in its own processes. The real window, in a display of its own
(Xvfb), plays an exhibition of the run's newest weights, or is held with all its workers as if it were not
there; a pair is one stretch of each, and their order alternates. Steps are counted per second of the worker's
processor time, and per second of training. The ratio of the two is given with its 95 % interval over the
pairs. It wants two cores and nothing else at work on them.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from arena.contest.statistics import interval_of_mean
from arena.requests import TrainRequest
from arena.session import Session
from tests.benchmarks._ending import clean_up_when_ended
from tests.benchmarks._rows import Row, parser, row, tell
from tests.benchmarks.window import watch_a_run
from tests.e2e.display import opened_display
from tests.e2e.window import Window, wait_until

PAIRS: Final = 60
SECONDS: Final = 3.0
# After it was held, a window has pictures and rows to make up for.
CATCHING_UP: Final = 0.5
STEPS: Final = 20_000_000
BEGUN: Final = 60_000
PATIENCE: Final = 300.0


@dataclass(frozen=True)
class Moment:
    """How far the run is: its steps, the worker's processor time and the training time, in seconds."""

    step: int
    processor: float
    training: float


@dataclass(frozen=True)
class Pace:
    """Steps per second of processor time and of training."""

    processor: float
    training: float


class Trainee:
    """A run that trains for as long as it is measured."""

    def __init__(self, session: Session) -> None:
        self._session = session
        (run,) = session.train(TrainRequest(environment="CartPole-v1", agent="dqn", steps=STEPS))
        self._id = run.id
        # Updates begin, and the replay ring is full, before anything is measured.
        wait_until(lambda: session.run(run.id).step > BEGUN, "the run does not get going", PATIENCE)
        pid = session.run(run.id).pid
        assert pid is not None
        (self._worker,) = psutil.Process(pid).children()

    def pace(self, seconds: float) -> Pace:
        """Over so long a stretch from now on."""
        before = self._moment()
        time.sleep(seconds)
        after = self._moment()
        steps = after.step - before.step
        return Pace(steps / (after.processor - before.processor), steps / (after.training - before.training))

    def _moment(self) -> Moment:
        """Just when the run's row was written, so that steps and times belong together."""
        known = self._session.run(self._id).step
        while (run := self._session.run(self._id)).step == known:
            time.sleep(0.002)
        spent = self._worker.cpu_times()
        return Moment(run.step, spent.user + spent.system, run.training_seconds)


def main() -> None:
    clean_up_when_ended()
    options = parser(__doc__)
    options.add_argument("--pairs", type=int, default=PAIRS)
    options.add_argument("--seconds", type=float, default=SECONDS, help="length of one stretch")
    asked = options.parse_args()
    pairs = measured(asked.pairs, asked.seconds)
    rows = [
        compared("processor time", [(one.processor, other.processor) for one, other in pairs]),
        compared("training time", [(one.training, other.training) for one, other in pairs]),
    ]
    tell(rows, as_json=asked.json)


def measured(pairs: int, seconds: float) -> list[tuple[Pace, Pace]]:
    """Watched and headless, so many times."""
    with tempfile.TemporaryDirectory() as folder, opened_display(1280, 800) as display:
        home = Path(folder) / "home"
        with Session.open(home) as session:
            session.scan()
            try:
                trainee = Trainee(session)
                return alternating(trainee, Window(display, home), pairs, seconds)
            finally:
                session.stop_all()
                wait_until(lambda: not any(run.live for run in session.runs()), "the run does not stop")


def alternating(trainee: Trainee, window: Window, pairs: int, seconds: float) -> list[tuple[Pace, Pace]]:
    """One stretch of each in turn, so close together that both meet the machine in the same mood."""
    found = []
    try:
        window.settle()
        watch_a_run(window)
        wait_until(lambda: is_calm(window), "the window's spare worker does not get warm", PATIENCE)
        for pair in range(pairs):
            headless = headless_pace(trainee, window, seconds) if pair % 2 else None
            time.sleep(CATCHING_UP)
            watched = trainee.pace(seconds)
            found.append((watched, headless or headless_pace(trainee, window, seconds)))
    finally:
        window.kill()
    return found


def headless_pace(trainee: Trainee, window: Window, seconds: float) -> Pace:
    """While the window and its workers are held, which costs the machine what no window does: nothing."""
    process = psutil.Process(window.process.pid)
    held = [process, *process.children(recursive=True)]
    for one in held:
        one.suspend()
    try:
        return trainee.pace(seconds)
    finally:
        for one in held:
            one.resume()


def is_calm(window: Window) -> bool:
    """Whether the spare worker that a window prepares is there and has nothing left to do."""
    spares = [
        process
        for process in psutil.Process(window.process.pid).children(recursive=True)
        if "--warming=all" in process.cmdline()
    ]
    before = [spare.cpu_times() for spare in spares]
    time.sleep(0.5)
    return bool(spares) and before == [spare.cpu_times() for spare in spares]


def compared(name: str, pairs: Sequence[tuple[float, float]]) -> Row:
    ratio = interval_of_mean([watched / headless for watched, headless in pairs])
    watched, headless = (statistics.fmean(side) for side in zip(*pairs, strict=True))
    detail = (
        f"the peer is headless; {len(pairs)} pairs, 95 % interval of the ratio "
        f"{ratio.low:.4f} to {ratio.high:.4f}"
    )
    told = row(f"throughput while watched, {name}", watched, headless, "steps/s", detail)
    return told | {"ratio": round(ratio.mean, 4)}


if __name__ == "__main__":
    main()
