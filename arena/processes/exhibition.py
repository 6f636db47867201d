"""An exhibition as its spectator holds it: events, the newest picture, and what the spectator wants."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import msgspec

from arena.errors import WorkerLost
from arena.orders import ExhibitionOrder
from arena.processes.children import Worker
from arena.processes.frames import Frame, FrameReader, create_frames
from arena.processes.messages import (
    Act,
    Control,
    Failed,
    GameEnded,
    GameStarted,
    Held,
    Refused,
    Stepped,
    TakenBack,
)

ExhibitionEvent = GameStarted | Stepped | GameEnded | TakenBack | Refused | Failed

FRAMES = "frames"


class Exhibition:
    """A worker that plays unrated games; nothing it does can stop or slow its spectator.

    Use `start`. Every call returns at once.
    """

    def __init__(self, worker: Worker, frames: FrameReader, folder: Path) -> None:
        self._worker = worker
        self._frames = frames
        self._folder = folder
        self._followed: dict[int, Callable[[], Path | None]] = {}
        self._over = False

    @classmethod
    def start(cls, order: ExhibitionOrder, folder: Path) -> Exhibition:
        """Starts the worker.

        Args:
            folder: an empty folder of the exhibition's own, removed with it; `order.frames` is set to a
                file in it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FRAMES
        create_frames(path)
        worker = Worker(msgspec.structs.replace(order, frames=str(path)), folder)
        return cls(worker, FrameReader(path), folder)

    def follow(self, player: int, newest: Callable[[], Path | None]) -> None:
        """Lets that player (by its place in the order) play each game with the newest weights there are."""
        self._followed[player] = newest

    def poll(self) -> list[ExhibitionEvent]:
        """What has happened since the last call; `Failed` is the last event there is."""
        events: list[ExhibitionEvent] = []
        while not self._over:
            try:
                received = self._worker.receive(0)
            except WorkerLost as error:
                self._over = True
                events.append(Failed(type(error).__name__, f"The exhibition ended. {error}"))
                break
            if received is None:
                break
            match received.message:
                case GameStarted() | Stepped() | TakenBack() | Refused() as event:
                    events.append(event)
                case GameEnded() as event:
                    events.append(event)
                    self._send_newest_weights()
                case Failed() as event:
                    events.append(event)
                    self._over = True
                case _:
                    pass
        return events

    def frame(self, after: int = 0) -> Frame | None:
        """The newest picture, if its sequence number is above `after`; None before the first one."""
        return self._frames.newest(after)

    def play(self) -> None:
        """Goes on from the position that is shown: first through what was played, then with new steps."""
        self._tell(Control(play=True))

    def pause(self) -> None:
        self._tell(Control(play=False))

    def step(self) -> None:
        """Pauses one step further."""
        self._tell(Control(step=True))

    def show(self, ply: int) -> None:
        """Pauses at the position after that many steps of this game."""
        self._tell(Control(show=ply))

    def speed(self, times: float) -> None:
        """Times the environment's natural speed; 0 is as fast as possible."""
        self._tell(Control(speed=times))

    def resize(self, width: int, height: int) -> None:
        """Draws in that many pixels from now on."""
        self._tell(Control(size=(width, height)))

    def new_seed(self, seed: int) -> None:
        """Starts a new game on that seed."""
        self._tell(Control(seed=seed))

    def use_weights(self, player: int, weights: Path) -> None:
        """From the next game on, that player plays with these weights."""
        self._tell(Control(weights=(player, str(weights))))

    def act(self, seat: int, action: int | Sequence[float], ply: int) -> None:
        """What the person in that seat plays after `ply` steps of a game that waits for it."""
        self._tell(Control(act=Act(seat, _sendable(action), ply)))

    def hold(self, action: int | Sequence[float] | None, *, pressed: bool) -> None:
        """What the keys of the person say from now on, where time goes on; None while nothing is held.

        Args:
            pressed: a key went down, which counts for one step even if it is let go before that.
        """
        self._tell(Control(held=Held(None if action is None else _sendable(action), pressed)))

    def take_back(self) -> None:
        """Goes back to the last position in which a person decided, as if nothing had been played since."""
        self._tell(Control(take_back=True))

    def resign(self, seat: int) -> None:
        """Ends the game as lost for the person in that seat."""
        self._tell(Control(resign=seat))

    def hint(self, action: int | None) -> None:
        """Draws faintly what a person's action would leave in its place; None draws nothing of the kind."""
        self._tell(Control(hint=-1 if action is None else action))

    def close(self) -> None:
        """Ends the worker and removes what it wrote; may be called twice."""
        self._over = True
        self._worker.kill()
        self._frames.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Exhibition:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send_newest_weights(self) -> None:
        for player, newest in self._followed.items():
            weights = newest()
            if weights is not None:
                self.use_weights(player, weights)

    def _tell(self, control: Control) -> None:
        # That the worker is gone is for `poll` to say, in its turn.
        with contextlib.suppress(WorkerLost):
            self._worker.send(control)


def _sendable(action: int | Sequence[float]) -> int | list[float]:
    return action if isinstance(action, int) else [float(part) for part in action]
