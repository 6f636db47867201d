"""What can be taken back: offered in a toast, and by Ctrl Z the latest first."""

from __future__ import annotations

from collections.abc import Callable

from arena.ui.screen import Ui

PREFIX = "train.undo."
MOST = 20


class Undoing:
    """Each thing can be taken back once, from its own toast or from the bell's list."""

    def __init__(self, ui: Ui) -> None:
        self._ui = ui
        self._count = 0
        self._steps: dict[str, Callable[[], None]] = {}

    @property
    def possible(self) -> bool:
        return bool(self._steps)

    def offer(self, title: str, detail: str, undo: Callable[[], None]) -> None:
        """Tell what was done, with a button that takes it back."""
        self._count += 1
        button = f"{PREFIX}{self._count}"
        self._steps[button] = undo
        while len(self._steps) > MOST:
            del self._steps[next(iter(self._steps))]
        self._ui.toast(title, detail, "ok", "Undo", button)

    def take(self, button: str = "") -> None:
        """Take back what that button was offered for, or the latest; nothing if that was done before."""
        wanted = button or (list(self._steps)[-1] if self._steps else "")
        undo = self._steps.pop(wanted, None)
        if undo is not None:
            undo()
