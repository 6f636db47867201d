"""The window: a small retained widget layer on pygame-ce, and the screens drawn with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arena.session import Session

# pygame reads this while it is imported, and would greet on the command line's standard output.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")


def run(session: Session) -> None:
    """Opens the window and returns when it is closed; jobs go on.

    Raises:
        DisplayMissing: if there is no screen.
    """
    # Screens import widgets, which import this package: they cannot be imported with it.
    from arena.ui import composition

    composition.run(session)
