"""The console entry: `arena` and `python -m arena`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from arena.cli.main import run

if TYPE_CHECKING:
    from arena.session import Session


def main() -> int:
    return run(sys.argv[1:], open_window)


def open_window(session: Session) -> None:
    # pygame is imported only where a window is wanted: commands answer sooner, and without a display.
    from arena import ui

    ui.run(session)


if __name__ == "__main__":
    sys.exit(main())
