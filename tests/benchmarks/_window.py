"""The window as `arena` opens it, in a process that counts its frames.

SIGUSR1 forgets the frames so far; SIGUSR2 prints how long those since then took, as one line of JSON. Its
`cpu` is what the drawing thread used for each frame that drew, which a busy machine does not change.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import asdict
from types import FrameType

from arena.session import Session
from arena.ui.composition import compose


def main() -> None:
    with Session.open() as session:
        app = compose(session)
        began = 0.0

        def forget(_signal: int, _frame: FrameType | None) -> None:
            nonlocal began
            app.frame_times.clear()
            began = time.thread_time()

        def tell(_signal: int, _frame: FrameType | None) -> None:
            summary = app.frame_times.summary()
            cpu = 1000 * (time.thread_time() - began) / summary.count
            told = asdict(summary) | {"cpu": cpu, "fps": app.frame_times.fps(app.now())}
            sys.stdout.write(f"{json.dumps(told)}\n")
            sys.stdout.flush()

        signal.signal(signal.SIGUSR1, forget)
        signal.signal(signal.SIGUSR2, tell)
        session.keep_spare()
        app.loop()


if __name__ == "__main__":
    main()
