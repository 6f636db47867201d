"""Work that must not hold up drawing: it runs in threads and its results come back between two frames."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

Result = TypeVar("Result")
Failed = Callable[[Exception], None]


@dataclass
class _Repeat:
    seconds: float
    start: Callable[[], None]
    owner: object
    due: float = 0.0
    running: bool = False


class Tasks:
    """Threads for reading and asking; `drain` delivers on the drawing thread.

    A task has an owner, mostly a screen. Once the owner is dropped nothing is delivered to it any more.
    What repeats has threads of its own, so that no long task, such as a scan that a plugin holds up,
    stops the readings.
    """

    def __init__(self, failed: Failed, threads: int = 3, repeating_threads: int = 3) -> None:
        """Args: `failed` is told of every exception that a task's own `failed` does not take."""
        self._failed = failed
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ui-task")
        self._repeating = ThreadPoolExecutor(repeating_threads, thread_name_prefix="ui-reading")
        self._results: deque[Callable[[], None]] = deque()
        self._repeats: list[_Repeat] = []
        self._living: set[int] = set()
        self._pending = 0

    @property
    def pending(self) -> int:
        """How many tasks have not delivered yet."""
        return self._pending

    def adopt(self, owner: object) -> None:
        """Deliver to this owner from now on."""
        self._living.add(id(owner))

    def drop(self, owner: object) -> None:
        """Deliver nothing more to this owner, and stop what repeats for it."""
        self._living.discard(id(owner))
        self._repeats = [repeat for repeat in self._repeats if repeat.owner is not owner]

    def run(
        self,
        owner: object,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Failed | None = None,
    ) -> None:
        """Call `work` in a thread, then `then` with its result on the drawing thread."""
        self._submit(self._pool, owner, work, then, failed)

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        owner: object,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Failed | None,
        finally_: Callable[[], None] | None = None,
    ) -> None:
        self._pending += 1

        def deliver(outcome: Callable[[], None]) -> None:
            def call() -> None:
                self._pending -= 1
                if finally_ is not None:
                    finally_()
                if id(owner) in self._living:
                    outcome()

            self._results.append(call)

        def job() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - whatever went wrong is told to the user
                told = failed or self._failed
                deliver(partial(told, error))
            else:
                deliver(lambda: then(result))

        pool.submit(job)

    def every(
        self,
        owner: object,
        seconds: float,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Failed | None = None,
    ) -> None:
        """Do it at once and again `seconds` after each start, never twice at a time."""

        def finish() -> None:
            repeat.running = False

        def start() -> None:
            repeat.running = True
            self._submit(self._repeating, owner, work, then, failed, finish)

        repeat = _Repeat(seconds, start, owner)
        self._repeats.append(repeat)

    def drain(self, now: float) -> None:
        """Deliver what is ready and start what is due; called once a frame."""
        for repeat in self._repeats:
            if not repeat.running and now >= repeat.due:
                repeat.due = now + repeat.seconds
                repeat.start()
        for _ in range(len(self._results)):
            self._results.popleft()()

    def close(self) -> None:
        self._repeats.clear()
        for pool in (self._pool, self._repeating):
            pool.shutdown(wait=False, cancel_futures=True)
