"""Opening and closing exhibitions from threads, so that none is left behind when nobody watches any more."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from arena.processes.exhibition import Exhibition
from arena.session import Session
from arena.ui.screens.watch.cast import Cast, Setup, cast_of

FIRST_SIZE = (720, 480)


@dataclass(frozen=True)
class Opened:
    """A running exhibition with what is known of its players."""

    cast: Cast
    exhibition: Exhibition


class Exhibits:
    """At most one exhibition is wanted at a time: what was opened for an older wish is closed at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wish = 0
        self._open: Exhibition | None = None

    def wish(self) -> int:
        """A new wish: closes what is open; the number is for `open`."""
        with self._lock:
            self._wish += 1
            exhibition, self._open = self._open, None
            number = self._wish
        if exhibition is not None:
            # Ending a process takes a moment, in which the window goes on.
            threading.Thread(target=exhibition.close, name="closing-exhibition").start()
        return number

    def open(self, wish: int, session: Session, setup: Setup) -> Opened | None:
        """Starts the exhibition, in a background thread; None if something else is wanted by now.

        Raises:
            ArenaError: if it cannot be shown.
        """
        cast = cast_of(session, setup)
        exhibition = session.exhibit(cast.info.id, setup.players, setup.settings, FIRST_SIZE)
        with self._lock:
            if wish == self._wish:
                self._open = exhibition
                return Opened(cast, exhibition)
        exhibition.close()
        return None
