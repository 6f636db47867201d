"""One player of a match in a process of its own: asked for moves, held to its time, started anew if need be.

Time is taken by the job's own clock, from the question's sending to the answer's arrival. Loading is not
thinking: it happens before the first question, with a limit of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from arena.contest.moves import Forfeit
from arena.errors import WorkerLost
from arena.orders import PlayerOrder
from arena.processes.children import Worker
from arena.processes.clocks import AwakeClock
from arena.processes.messages import Ask, Failed, FromWorker, Moves, Ready
from arena.spaces import Array

LOAD_SECONDS = 60.0
SLICE_SECONDS = 0.05


class Contestant:
    """A player's process, from match to match of its life.

    Args:
        move_time: seconds for one answer.
        memory_bytes: what its process may hold.
    """

    def __init__(
        self,
        order: PlayerOrder,
        folder: Path,
        move_time: float,
        memory_bytes: int,
        heard: Callable[[str], None] | None = None,
    ) -> None:
        self._order = order
        self._folder = folder
        self._move_time = move_time
        self._memory_bytes = memory_bytes
        self._heard = heard
        self._worker: Worker | None = None
        self._loaded = False
        self._broken: Forfeit | None = None

    @property
    def searches(self) -> bool:
        """Whether it must be told what was played before."""
        return self._order.player.searches

    def start(self) -> None:
        """Starts its process without waiting until it is loaded, unless it runs."""
        if self._worker is None:
            self._worker = Worker(self._order, self._folder, heard=self._heard)

    def load(self) -> Forfeit | None:
        """Waits until it is ready to move; a player that did not load once is not tried again."""
        if self._broken is None and not self._loaded:
            self.start()
            self._broken = self._wait_until_loaded()
            if self._broken is not None:
                self.close()
        return self._broken

    def ask(self, question: Ask, arrays: Sequence[Array]) -> tuple[Moves, tuple[Array, ...]] | Forfeit:
        """The answer, or why there is none; a process that overran or died starts anew when next needed.

        Raises:
            PluginError: if the environment cannot be searched as it says, which is no fault of the player's.
        """
        broken = self.load()
        if broken is not None or self._worker is None:
            return broken or Forfeit("load", "Its process is gone.")
        try:
            self._worker.send(question, arrays)
            received = self._receive(self._worker, self._move_time)
        except WorkerLost as error:
            self.close()
            return Forfeit("crash", str(error))
        if isinstance(received, Forfeit):
            self.close()
            return received
        message, answers = received
        if isinstance(message, Moves) and _fits(message, question, answers):
            return message, answers
        self.close()
        if isinstance(message, Failed) and message.phase == "model":
            raise message.error()
        return Forfeit("crash", "Its process answered with something that is no move.")

    def close(self) -> None:
        """Ends its process."""
        if self._worker is not None:
            self._worker.kill()
        self._worker, self._loaded = None, False

    def _wait_until_loaded(self) -> Forfeit | None:
        if self._worker is None:
            return Forfeit("load", "Its process did not start.")
        try:
            received = self._receive(self._worker, LOAD_SECONDS)
        except WorkerLost as error:
            return Forfeit("load", f"It did not load: {str(error)[:1].lower()}{str(error)[1:]}")
        if isinstance(received, Forfeit):
            return Forfeit("load", f"It was not loaded after {LOAD_SECONDS:g} s.")
        match received[0]:
            case Ready():
                self._loaded = True
                return None
            case Failed() as failed:
                return Forfeit("load", f"It did not load: {failed.message}")
            case other:
                return Forfeit("load", f"It said {type(other).__name__} instead of being ready.")

    def _receive(self, worker: Worker, limit: float) -> tuple[FromWorker, tuple[Array, ...]] | Forfeit:
        clock = AwakeClock()
        while (left := limit - clock.look()) > 0:
            received = worker.receive(min(left, SLICE_SECONDS))
            if received is not None:
                return received.message, received.arrays
            if worker.memory() > self._memory_bytes:
                return Forfeit("memory", f"Held more than {self._memory_bytes / 2**20:.0f} MiB of memory.")
        return Forfeit("timeout", f"No move for {limit:g} s.")


def _fits(answer: Moves, question: Ask, arrays: Sequence[Array]) -> bool:
    """Whether there is one move for each position, and an array for each action."""
    places = [move.action for move in answer.moves if move.action is not None]
    return len(answer.moves) == len(question.positions) and all(0 <= place < len(arrays) for place in places)
