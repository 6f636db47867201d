"""A worker's main: takes one order over its pipe and carries it out. Plugin code runs here and nowhere else.

    python -m arena.processes.worker [--low-priority] [--parent PID] [--warming imports|all]

One that warms up imports what training needs, and says that it is ready, before it takes its order. The pipe
is moved away from the standard streams first, so that whatever a plugin prints lands in the log.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from arena.errors import ArenaError, PluginError
from arena.orders import (
    ExhibitionOrder,
    PlayerOrder,
    PreviewOrder,
    RefereeOrder,
    StandingsOrder,
    TrainOrder,
)
from arena.processes import sandbox
from arena.processes.channel import Channel
from arena.processes.framing import Decoder
from arena.processes.messages import Failed, Ready, ToWorker


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries out one order; 0 once it is done, 1 if it failed."""
    parser = argparse.ArgumentParser(prog="python -m arena.processes.worker", description=__doc__)
    parser.add_argument("--low-priority", action="store_true")
    parser.add_argument("--parent", type=int)
    parser.add_argument("--warming", choices=("imports", "all"))
    options = parser.parse_args(arguments)
    if options.parent is not None:
        sandbox.die_with(options.parent)
    if options.low_priority:
        sandbox.lower_priority()
    channel = _take_pipes()
    try:
        if options.warming is not None:
            _warm_up(first_uses=options.warming == "all")
            channel.send(Ready())
        received = channel.receive()
        if received is not None:
            _carry_out(received.message, channel)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the parent is told
        channel.send(_failed(error))
        return 1
    return 0


def _take_pipes() -> Channel[ToWorker]:
    """The pipe from and to the parent; standard input is empty and standard output is the log from now on."""
    read_fd, write_fd = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # The parent's end is the worker's end: at once, and in the middle of whatever it does.
    return Channel(read_fd, write_fd, Decoder[ToWorker](ToWorker), ended=lambda: os._exit(0))


def _warm_up(*, first_uses: bool) -> None:
    from arena.processes.roles import train  # noqa: F401 - imported early is all that is wanted
    from arena.training import warming

    warming.import_all()
    if first_uses:
        warming.use_first()


def _carry_out(order: ToWorker, channel: Channel[ToWorker]) -> None:
    """Each role is imported when it is needed: a standings worker needs no torch."""
    match order:
        case TrainOrder():
            from arena.processes.roles import train

            # A spare worker was started elsewhere, before anybody knew which run it would have.
            os.chdir(order.folder)
            train.carry_out(order, channel)
        case RefereeOrder():
            from arena.processes.roles import referee

            referee.carry_out(order, channel)
        case PlayerOrder():
            from arena.processes.roles import player

            player.carry_out(order, channel)
        case ExhibitionOrder():
            from arena.processes.roles import exhibition

            exhibition.carry_out(order, channel)
        case PreviewOrder():
            from arena.processes.roles import preview

            preview.carry_out(order, channel)
        case StandingsOrder():
            from arena.processes.roles import standings

            standings.carry_out(order, channel)
        case _:
            raise ArenaError(f"A worker's first message is its order, not {type(order).__name__}.")


def _failed(error: Exception) -> Failed:
    kind = type(error).__name__
    if isinstance(error, PluginError):
        return Failed(kind, str(error), error.phase, error.traceback)
    if isinstance(error, ArenaError):
        return Failed(kind, str(error))
    trace = traceback.format_exc()
    return Failed(kind, last_line(error), "run", trace)


def last_line(error: BaseException) -> str:
    """The exception as the last line of its traceback, as in "ValueError: no such action"."""
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main())
