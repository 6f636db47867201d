"""What the palette and the shortcut sheet know of the app itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from arena.ui.screen import Action, Destination, Screen
from arena.ui.theme import Theme

# Buttons of notices that work on every screen; ids of runs follow, with commas between them.
RESTORE_RUNS = "runs.restore."
RESUME_RUNS = "runs.resume."


class Navigator(Protocol):
    """The part of the app that the palette drives."""

    screen: Screen

    @property
    def theme(self) -> Theme: ...

    def go(self, name: str) -> None: ...

    def set_theme(self, name: str) -> None: ...

    def set_scale(self, scale: float) -> None: ...

    def open_shortcuts(self) -> None: ...

    def open_notices(self) -> None: ...

    def quit(self) -> None: ...


def _going_to(app: Navigator, name: str) -> Callable[[], None]:
    return lambda: app.go(name)


def palette_actions(app: Navigator, screens: Sequence[Destination]) -> list[Action]:
    """The current screen's own actions first, then the app's."""
    actions = list(app.screen.actions())
    for screen in screens:
        keys = ("Ctrl", str(screen.digit)) if screen.digit else ()
        actions.append(Action(f"Go to {screen.title}", _going_to(app, screen.name), screen.icon, keys=keys))
    other = "light" if app.theme.dark else "dark"
    icon = "sun" if app.theme.dark else "moon"
    actions.append(Action(f"Use the {other} theme", lambda: app.set_theme(other), icon))
    actions.append(Action("Scale 100 %", lambda: app.set_scale(1.0), "monitor", keys=("Ctrl", "0")))
    actions.append(Action("Show notices", app.open_notices, "bell", keys=("Ctrl", "Shift", "N")))
    actions.append(Action("Show keyboard shortcuts", app.open_shortcuts, "keyboard", keys=("?",)))
    actions.append(Action("Close Arena", app.quit, "x", hint="runs go on in the background"))
    return actions


def screen_shortcuts(screens: Sequence[Destination]) -> list[tuple[str, str]]:
    return [(f"Ctrl {screen.digit}", screen.title) for screen in screens if screen.digit]
