"""Where a run trains: with several devices, on the one that is faster at this very run, which is measured.

Measured is a scratch copy of the run for about two seconds on each device. It has its own folder, and the
global random numbers of Python, numpy and torch are afterwards as they were.
"""

from __future__ import annotations

import contextlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
import torch

from arena.orders import TrainOrder
from arena.toolkit.devices import free_memory, present_devices, require_present, used_memory
from arena.toolkit.folders import working_in
from arena.training.assembly import Plan
from arena.training.overseen import Training
from arena.training.run import RunStopped
from arena.training.timing import TimeSplit

MEASURED_SECONDS: Final = 2.0
# Learning may begin late, when a replay buffer is filled, and is slow at first, while kernels are chosen.
WARM_UP_SECONDS: Final = 0.5
LONGEST_WARM_UP: Final = 5.0
# A run's memory may grow, and others may want some of the device's, too.
MEMORY_MARGIN: Final = 1.5

_BOUND = {
    "time_environment": "environment-bound: {share:.0%} of the time in step()",
    "time_opponents": "bound by opponents: {share:.0%} of the time in their moves",
    "time_learning": "learning-bound: {share:.0%} of the time in update()",
    "time_acting": "bound by acting: {share:.0%} of the time in choosing actions",
}


@dataclass(frozen=True)
class Placement:
    """Where a run trains, and why, in words; no reason where the user asked for the device."""

    device: str
    reason: str | None = None


@dataclass(frozen=True)
class Trial:
    """How a scratch copy of a run went on one device.

    Attributes:
        shares: of the time, by the names of `timing.SHARES`.
        memory: bytes of the device's own memory that it took, and that were free before; None if it has none.
    """

    steps_per_second: float
    shares: dict[str, float]
    memory: tuple[int, int] | None = None


def place(order: TrainOrder) -> Placement:
    """The device that the order asks for; for "auto" the one it was on before, or the fastest here.

    Raises:
        Unsupported: if torch finds no such device on this machine.
    """
    if order.device != "auto":
        require_present(order.device)
        return Placement(order.device)
    devices = present_devices()
    if order.placed in devices:
        return Placement(order.placed)
    return choose(devices, lambda device: tried(order, device))


def choose(devices: Sequence[str], trial: Callable[[str], Trial]) -> Placement:
    """The device whose trial went fastest, of those that it fits on; the CPU comes last in `devices`."""
    if len(devices) == 1:
        return Placement(devices[0], "the only device")
    trials: dict[str, Trial] = {}
    left_out: list[str] = []
    for device in devices:
        try:
            trials[device] = trial(device)
        except Exception as error:  # noqa: BLE001 - what a plugin cannot do on a device rules that device out
            said = str(error).splitlines() or [type(error).__name__]
            left_out.append(f"{device} left out: {said[0]}")
            continue
        taken, free = trials[device].memory or (0, 0)
        if taken * MEMORY_MARGIN > free:
            del trials[device]
            room = f"it has {_size(free)} free, and this run may need {_size(taken * MEMORY_MARGIN)}"
            left_out.append(f"{device} left out: {room}")
    if not trials:
        return Placement(devices[-1], "; ".join(left_out))
    best = max(trials, key=lambda device: trials[device].steps_per_second)
    others = sorted(trials.keys() - {best}, key=lambda device: -trials[device].steps_per_second)
    paces = [f"{best}: {trials[best].steps_per_second:,.0f} steps/s"]
    paces += [f"{device} {trials[device].steps_per_second:,.0f}" for device in others]
    return Placement(best, "; ".join([", ".join(paces), *_bound(trials[best]), *left_out]))


def tried(order: TrainOrder, device: str) -> Trial:
    """How a scratch copy of the ordered run goes on that device."""
    free = free_memory(device)
    with (
        tempfile.TemporaryDirectory(prefix="arena-", ignore_cleanup_errors=True) as folder,
        contextlib.chdir(folder),
        working_in(None),  # a large replay's file would be made for nothing; its memory is hardly touched
        unnoticed(device),
    ):
        scratch = msgspec.structs.replace(order, device=device, folder=folder)
        run = Plan.of(scratch).training()
        try:
            pace, shares = measured(run)
        finally:
            run.close()
        memory = None if free is None else (used_memory(device), free)
    return Trial(pace, shares, memory)


def measured(run: Training, seconds: float = MEASURED_SECONDS) -> tuple[float, dict[str, float]]:
    """Lets the run train for a while; returns its steps per second and the shares of the time."""
    clock = _Clock(run, seconds)
    run.between = clock.between
    with contextlib.suppress(RunStopped):
        run.train()
    return clock.result()


@contextlib.contextmanager
def unnoticed(device: str) -> Iterator[None]:
    """Global random numbers are afterwards as they were."""
    python, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002 - plugins may draw from it
    accelerators = [device] if device.startswith("cuda") else []
    try:
        with torch.random.fork_rng(devices=accelerators):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy)  # noqa: NPY002 - as above


def _bound(trial: Trial) -> list[str]:
    """What takes most of the time, in words."""
    if not trial.shares:
        return []
    name = max(trial.shares, key=lambda name: trial.shares[name])
    return [_BOUND[name].format(share=trial.shares[name]).replace("%", " %")]


def _size(size: float) -> str:
    return f"{size / 2**30:.1f} GiB"


class _Clock:
    """Measures a run from between its iterations, once it learns and is warm, and stops it."""

    def __init__(self, run: Training, seconds: float) -> None:
        self._run = run
        self._seconds = seconds
        self._begun = time.perf_counter()
        self._learns_since: float | None = None
        self._from: tuple[int, float] | None = None
        self._spent = self._split.seconds()

    def between(self, run: Training) -> None:
        now = time.perf_counter()
        if self._from is None:
            if self._is_warm(now):
                self._spent = self._split.seconds()
                self._from = (run.step, now)
        elif now - self._from[1] >= self._seconds:
            raise RunStopped

    @property
    def _split(self) -> TimeSplit:
        return TimeSplit.together(self._run.splits)

    def result(self) -> tuple[float, dict[str, float]]:
        step, since = self._from or (0, self._begun)
        elapsed = time.perf_counter() - since
        return (self._run.step - step) / elapsed, self._split.shares(self._spent, elapsed)

    def _is_warm(self, now: float) -> bool:
        """Long iterations are measured after the first."""
        learning = self._split.learning
        if self._learns_since is None and (learning is None or learning > 0.0):
            self._learns_since = now
        if now - self._begun >= LONGEST_WARM_UP:
            return True
        return self._learns_since is not None and now - self._learns_since >= WARM_UP_SECONDS
