"""How soon the paddle of a person follows a key: from xdotool's key down to the first changed pixel.

    python -m tests.benchmarks.human_play [--json]

Pong duel in the real window in a display of its own (Xvfb, software drawing); the pixels are read from the
display's memory. A frame is 1/60 s. The game takes 50 steps a second, so a key waits 10 ms for its step on
average.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks._rows import Row, parser, row, tell
from tests.cli.commands import Arena
from tests.e2e.display import opened_display
from tests.e2e.paddle import Hands, Paddle
from tests.e2e.test_human_play import sit_down
from tests.e2e.twin import table_of
from tests.e2e.window import Window, wait_until

PRESSES = 60
FRAME = 1 / 60
HELD_SECONDS = 0.05


def main() -> None:
    asked = parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, opened_display(1280, 800) as display:
        arena = Arena(Path(folder) / "home")
        arena.json("environments")
        table = table_of(arena.home, "pong-duel")
        window = Window(display, arena.home)
        try:
            window.settle()
            sit_down(window, table, "pong duel")
            paddle = Paddle(display, table.picture)
            wait_until(lambda: paddle.top() is not None, "no paddle is shown")
            with Hands(display) as hands:
                frames = [taken / FRAME for taken in _delays(paddle, hands, table.picture[3])]
        finally:
            window.kill()
    tell([delay(frames)], as_json=asked.json)


def _delays(paddle: Paddle, hands: Hands, height: int) -> list[float]:
    """Seconds from each key down until the paddle is seen elsewhere."""
    hands.press("Down")
    chance = random.Random(0)
    delays: list[float] = []
    while len(delays) < PRESSES:
        time.sleep(chance.uniform(0.0, 0.1))
        before = paddle.at_rest(patience=3.0)
        if before is None:  # the game is over, and the paddle gone
            hands.press("Return")
            time.sleep(0.5)
            hands.press("Down")
            continue
        key = "Up" if before > height // 2 else "Down"
        started = time.perf_counter()
        hands.down(key)
        moved = paddle.moved(before, patience=2.0)
        taken = time.perf_counter() - started
        time.sleep(HELD_SECONDS)
        hands.up(key)
        if moved is None:  # over, with the paddle still there
            hands.press("Return")
            time.sleep(0.5)
            hands.press("Down")
        else:
            delays.append(taken)
    return delays


def delay(frames: list[float]) -> Row:
    """The 95th percentile, with the others in the detail."""
    ranked = sorted(frames)
    p95 = statistics.quantiles(ranked, n=20)[-1]
    detail = (
        f"median {statistics.median(ranked):.2f}, least {ranked[0]:.2f}, most {ranked[-1]:.2f} of "
        f"{len(ranked)} presses; {sum(frame <= 2 for frame in ranked)} within two frames"
    )
    name = "Pong duel by a person, key down to paddle"
    return row(name, p95, None, "frames of 1/60 s, p95", detail, digits=2)


if __name__ == "__main__":
    main()
