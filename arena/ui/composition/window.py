"""The window with everything in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pygame

from arena.errors import ArenaError
from arena.session import Session
from arena.ui.app import App
from arena.ui.composition.closing import WIDTH, ClosingDialog
from arena.ui.composition.commands import commands
from arena.ui.composition.destinations import DESTINATIONS, import_all
from arena.ui.composition.news import SHOW_BOARD, SHOW_PLUGIN, SHOW_RUN
from arena.ui.composition.overview import Overview
from arena.ui.composition.telling import Teller, Wishes
from arena.ui.messages import Message, Pressed
from arena.ui.navigation import RESTORE_RUNS, RESUME_RUNS
from arena.ui.preferences import PAUSED_AT_CLOSING, pauses_at_closing
from arena.ui.widgets.toast import Notice
from arena.ui.window import REFERENCE, SMALLEST

NEWS_SECONDS = 0.5


def run(session: Session) -> None:
    """Opens the window and returns when it is closed; jobs go on.

    Raises:
        DisplayMissing: if there is no screen.
    """
    app = compose(session)
    session.keep_spare()
    app.loop()


def compose(session: Session) -> App:
    """The window with everything in it, before its first frame."""
    preferences = session.preferences()
    overview = Overview(session)
    app = App(
        session,
        DESTINATIONS,
        overview.status,
        commands,
        theme=str(preferences.get("theme", "dark")),
        scale=_scale(preferences.get("scale")),
        size=_size(preferences.get("window_size")),
    )
    Surroundings(app, session, overview).attach(bool(preferences.get("closing_noticed")))
    return app


@dataclass(frozen=True)
class News:
    """What there is to tell: of the time before the window was opened, and since."""

    missed: Sequence[Notice]
    since: Sequence[Notice]
    wishes: Wishes


class Surroundings:
    """What goes on beside the screens: the first scan, news, what is remembered, and closing."""

    def __init__(self, app: App, session: Session, overview: Overview) -> None:
        self._app = app
        self._session = session
        self._overview = overview
        self.teller = Teller(app)
        self._closing_noticed = False
        self._is_closing = False

    def attach(self, closing_noticed: bool) -> None:
        """Args: closing_noticed: the user was told before that jobs go on."""
        app = self._app
        self._closing_noticed = closing_noticed
        app.on_preference = self._remember
        app.on_message = self._answer
        app.on_close = self._may_close
        app.tasks.run(app, import_all, lambda _: None)
        app.tasks.run(app, self._session.scan, self._overview.look_at_plugins)
        self._overview.lookout.look_at_folder()
        self._tell(self._take_news())
        app.tasks.every(app, NEWS_SECONDS, self._take_news, self._tell)

    def _take_news(self) -> News:
        lookout = self._overview.lookout
        missed, news = lookout.take_missed(), lookout.take_news()
        preferences = self._session.preferences() if missed or news else {}
        return News(missed, news, Wishes.of(preferences))

    def _tell(self, news: News) -> None:
        self.teller.tell_missed(news.missed, news.wishes)
        self.teller.tell(news.since, news.wishes)

    def _do(self, work: Callable[[], object]) -> None:
        self._app.tasks.run(self._app, work, lambda _: None)

    def _remember(self, name: str, value: Any) -> None:
        self._app.tasks.run(self._app, lambda: self._session.prefer(name, value), lambda _: None)

    def _answer(self, message: Message) -> bool:
        """What a press on a notice's button shows."""
        match message:
            case Pressed(id=button) if button.startswith(SHOW_RUN):
                self._app.go("train", run=button.removeprefix(SHOW_RUN))
            case Pressed(id=button) if button.startswith(SHOW_BOARD):
                self._app.go("rankings", board=button.removeprefix(SHOW_BOARD))
            case Pressed(id=button) if button.startswith(RESTORE_RUNS):
                names = button.removeprefix(RESTORE_RUNS).split(",")
                self._do(lambda: self._session.restore(names))
            case Pressed(id=button) if button.startswith(RESUME_RUNS):
                names = button.removeprefix(RESUME_RUNS).split(",")
                self._do(lambda: [self._session.resume(name) for name in names])
            case Pressed(id=button) if button.startswith(SHOW_PLUGIN):
                self._app.go("plugins", plugin=button.removeprefix(SHOW_PLUGIN))
            case _:
                return False
        return True

    def _may_close(self) -> bool:
        if self._is_closing:
            return True
        if self._overview.live and not self._closing_noticed and not self._overview.pauses_at_closing:
            if not any(isinstance(layer.widget, ClosingDialog) for layer in self._app.tree.layers):
                dialog = ClosingDialog(self._overview.live, self._close_noticed, self._stop_and_close)
                self._app.open(dialog, WIDTH)
            return False
        self._close()
        return False

    def _close_noticed(self) -> None:
        self._closing_noticed = True
        self._close()

    def _stop_and_close(self) -> None:
        self._app.tasks.run(self._app, self._session.stop_all, lambda _: self._close())

    def _close(self) -> None:
        """Remembers how the window was left, and then closes it whatever came of that."""
        self._is_closing = True
        app, size = self._app, list(pygame.display.get_window_size())
        noticed = self._closing_noticed

        def remember() -> None:
            if pauses_at_closing(self._session.preferences()):
                pause_all(self._session)
            self._session.prefer("window_size", size)
            if noticed:
                self._session.prefer("closing_noticed", True)

        def end(_: object) -> None:
            app.running = False

        app.tasks.run(app, remember, end, end)


def pause_all(session: Session) -> None:
    """Tells every run that trains to pause, and remembers which, so that the next window can offer to go on.

    A run that ends meanwhile is none to pause; the job of any other takes the order without the window.
    """
    paused = []
    for run in session.runs():
        if run.state == "running":
            with suppress(ArenaError):
                session.pause(run.id, patience=0.0)
                paused.append(run.id)
    session.prefer(PAUSED_AT_CLOSING, paused or None)


def _scale(kept: object) -> float:
    return min(2.0, max(1.0, float(kept))) if isinstance(kept, int | float) else 1.0


def _size(kept: object) -> tuple[int, int]:
    """The size that the window was left with, if it is one."""
    match kept:
        case [int(width), int(height)] if width >= SMALLEST[0] and height >= SMALLEST[1]:
            return width, height
    return REFERENCE
