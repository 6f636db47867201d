"""The window as `arena` opens it, in a process that counts its frames.

SIGUSR1 forgets the frames so far; SIGUSR2 prints how long those since then took, as one line of JSON.
"""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import asdict
from types import FrameType

from arena.session import Session
from arena.ui.composition import compose


def main() -> None:
    with Session.open() as session:
        app = compose(session)

        def forget(_signal: int, _frame: FrameType | None) -> None:
            app.frame_times.clear()

        def tell(_signal: int, _frame: FrameType | None) -> None:
            told = asdict(app.frame_times.summary()) | {"fps": app.frame_times.fps(app.now())}
            sys.stdout.write(f"{json.dumps(told)}\n")
            sys.stdout.flush()

        signal.signal(signal.SIGUSR1, forget)
        signal.signal(signal.SIGUSR2, tell)
        app.loop()


if __name__ == "__main__":
    main()
