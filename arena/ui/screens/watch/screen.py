"""The Watch screen: choose players, see them play, go back and forth in their games. Nothing is rated."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pygame

from arena.errors import ArenaError
from arena.processes.exhibition import Exhibition
from arena.processes.messages import Failed
from arena.records import EnvironmentInfo, Standing
from arena.settings import Value
from arena.ui.events import Key
from arena.ui.layout import Column
from arena.ui.messages import Activated, Changed, Chosen, Closed, Message, Pressed, Submitted
from arena.ui.screen import Action, Screen, Ui
from arena.ui.screens.watch.cast import (
    Cast,
    Choice,
    Offer,
    Setup,
    completed,
    offer,
    one_more,
    ratings,
    seated,
    setup_of_run,
)
from arena.ui.screens.watch.chooser import PREVIEW_SIZE, Chooser, Lobby
from arena.ui.screens.watch.exhibits import Exhibits, Opened
from arena.ui.screens.watch.person_at_play import PersonAtPlay, other_seed
from arena.ui.screens.watch.person_transport import PersonTransport
from arena.ui.screens.watch.story import Story
from arena.ui.screens.watch.transport import Transport
from arena.ui.screens.watch.views import View, view_of
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.dialog import Sheet
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.log_view import LogView
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.skeleton import Skeleton

REFRESH_SECONDS = 0.1
FRAME_SECONDS = 1 / 60
# A picture may cost this share of the time between two pictures; if it costs more, fewer are shown.
FRAME_SHARE = 0.2
FAR = 10**9


class WatchScreen(Screen):
    """`ui.go("watch", run=…)` follows a run; `ui.go("watch", environment=…, players=[…])` seats players."""

    name, title, icon, digit = "watch", "Watch", "swords", 2

    def __init__(self, ui: Ui) -> None:
        self._setup: Setup | None = None
        self._exhibits = Exhibits()
        self._exhibition: Exhibition | None = None
        self._cast: Cast | None = None
        self._story = Story()
        self._view: View | None = None
        self._person: PersonAtPlay | None = None
        self._chooser: Chooser | None = None
        self._lobby: Lobby | None = None
        self._dialog: Sheet | None = None
        self._standings: Mapping[str, Standing] = {}
        self._playing = True
        self._sequence = 0
        self._asked_size = (0, 0)
        self._next_frame = 0.0
        self._next_refresh = 0.0
        self._stale = False
        super().__init__(ui)

    def build(self) -> Widget:
        self.transport: Transport | PersonTransport = Transport()
        self._spectators = self.transport
        self._place = Column()
        self._place.grow = 1.0
        return self._place

    def enter(self, **arguments: Any) -> None:
        """Shows what was asked for, else what was shown last, else what there is to choose.

        Args: `run`, or `environment` with `players` (words, one a seat) and `settings`; players that are only
            `suggested` are asked about first.
        """
        session = self.ui.session
        environment, players = arguments.get("environment"), tuple(arguments.get("players") or ())
        settings = dict(arguments.get("settings") or {})
        if (run := arguments.get("run")) is not None:
            self._prepare(lambda: setup_of_run(session, run))
        elif environment is not None and players:
            self._prepare(lambda: completed(session, environment, players, settings))
        elif environment is not None:
            self._choose(Setup(environment, tuple(arguments.get("suggested") or ()), settings))
        elif self._setup is not None:
            self.watch(self._setup)
        else:
            self._choose(None)

    def leave(self) -> None:
        self.let_go()
        self._close()

    def _prepare(self, find: Callable[[], Setup]) -> None:
        self._close()
        self._setup = None
        self._show_loading()
        self.ui.run(self, find, self.watch, self._failed)

    def watch(self, setup: Setup) -> None:
        """Starts an exhibition of these players in place of the present one."""
        self._close()
        self._setup = setup
        self._show_loading()
        wish, session = self._exhibits.wish(), self.ui.session
        self.ui.run(self, lambda: self._exhibits.open(wish, session, setup), self._opened, self._failed)

    def _close(self) -> None:
        self._exhibition = self._person = None
        self.hurried = False
        self._exhibits.wish()

    def _opened(self, opened: Opened | None) -> None:
        if opened is None:
            return
        cast = opened.cast
        self._cast, self._exhibition = cast, opened.exhibition
        self._story, self._standings = Story(), {}
        self._seat_spectator(cast) if not cast.persons else self._seat_persons(cast, opened.exhibition)
        self._playing, self._sequence, self._asked_size = True, 0, (0, 0)
        self._next_frame = self._next_refresh = 0.0
        self._exhibition.speed(float(self.transport.speed))
        self._place.gap = 12
        if self._view is not None:
            self._place.replace_children([self._view.body, self.transport])
        self.ui.subtitle(f"{cast.info.title}, exhibition, not rated")
        session = self.ui.session
        self.ui.run(self, lambda: ratings(session, cast), self._rated, lambda _: None)

    def _seat_spectator(self, cast: Cast) -> None:
        self.transport = transport = self._spectators
        transport.thoughts.visible = bool(cast.info.action_places)
        self._view = view_of(cast)
        self._view.stage.shows_thoughts = self._shows_thoughts

    def _seat_persons(self, cast: Cast, exhibition: Exhibition) -> None:
        self._person = PersonAtPlay(self.ui, cast, exhibition, self._story, time.monotonic())
        self._view, self.transport = self._person.view, self._person.transport
        self.hurried = cast.info.real_time

    def _rated(self, standings: Mapping[str, Standing]) -> None:
        self._standings = standings
        self._stale = True

    @property
    def _shows_thoughts(self) -> bool:
        return self._spectators.thoughts.kind == "plain"

    def _show_loading(self) -> None:
        self.ui.subtitle("Setting up an exhibition")
        self._place.gap = 16
        self._place.replace_children([Panel(Skeleton(3, 380)).sized(grow=1)])

    def _choose(self, setup: Setup | None) -> None:
        """The empty state: what can be watched."""
        self._close()
        self._show_loading()
        self.ui.subtitle("Exhibitions, not rated")
        session = self.ui.session
        self.ui.run(
            self, lambda: offer(session, setup), lambda found: self._show_chooser(found, setup), self._failed
        )

    def _show_chooser(self, found: Offer, setup: Setup | None) -> None:
        if not found.environments:
            empty = EmptyState("No environments", "Plugins says why none could be loaded.", "puzzle")
            self._place.replace_children([Panel(empty).sized(grow=1)])
            return
        self._chooser = Chooser(found, setup)
        self._lobby = Lobby(self._chooser)
        self._place.replace_children([self._lobby])
        self._show_preview(self._chooser.environment)

    def _show_preview(self, environment: str) -> None:
        """A still picture of the environment that is chosen."""
        session, scale, lobby, chooser = self.ui.session, self.ui.scale, self._lobby, self._chooser

        def paint() -> pygame.Surface | None:
            path = session.preview(environment, *(round(scale * length) for length in PREVIEW_SIZE))
            return None if path is None else pygame.image.load(path)

        def show(picture: pygame.Surface | None) -> None:
            if lobby is not None and chooser is not None and chooser.environment == environment:
                lobby.show_preview(picture)

        self.ui.run(self, paint, show, lambda _: show(None))

    def _change(self) -> None:
        session, setup = self.ui.session, self._setup
        self.ui.run(self, lambda: offer(session, setup), lambda found: self._open_dialog(found, setup))

    def _find(self, name: str) -> None:
        """Opens an environment that is known by its id alone, for the chooser."""
        session, chooser = self.ui.session, self._chooser
        if chooser is None:
            return

        def found(more: tuple[EnvironmentInfo, tuple[Choice, ...]]) -> None:
            chooser.offer_one_more(*more)
            if self._dialog is None and chooser is self._chooser:
                self._show_preview(chooser.environment)

        self.ui.run(self, lambda: one_more(session, name), found, chooser.show_not_found)

    def _count_seats(self, values: Mapping[str, Value]) -> None:
        """Asks how many play under the settings that are chosen now."""
        session, chooser = self.ui.session, self._chooser
        if chooser is None:
            return
        name = chooser.environment

        def counted(info: EnvironmentInfo) -> None:
            chooser.show_seats(name, values, info.seats)

        # What is wrong with a setting stands in its own field.
        self.ui.run(self, lambda: session.environment(name, values), counted, lambda _: None)

    def _open_dialog(self, found: Offer, setup: Setup | None) -> None:
        if not found.environments:
            return
        self._chooser = Chooser(found, setup)
        self._chooser.padding = (16, 20, 20, 20)
        self._dialog = Sheet("Change the exhibition", "not rated", self._chooser, None, "watch.sheet")
        self.ui.open(self._dialog, 560)

    def _take_choice(self) -> None:
        setup = self._chooser.setup() if self._chooser is not None else None
        if setup is None:
            return
        if self._dialog is not None:
            self.ui.close(self._dialog)
            self._dialog = None
        session = self.ui.session
        self._prepare(lambda: seated(session, setup))

    def _failed(self, error: Exception) -> None:
        words = str(error) if isinstance(error, ArenaError) else f"{type(error).__name__}: {error}"
        self._show_failure("This exhibition could not be set up", words, "")

    def _show_failure(self, title: str, words: str, traceback: str) -> None:
        self._close()
        self.ui.subtitle("Exhibition ended")
        again = Button("Try again", "watch.again", "primary", "rotate-cw")
        again.visible = self._setup is not None
        others = Button("Choose others", "watch.others")
        state = EmptyState(title, words, "unplug", (again, others), error=True)
        parts: list[Widget] = [Panel(state).sized(grow=1)]
        if traceback:
            log = LogView("watch.traceback")
            log.show_text(traceback)
            parts.append(Panel(log.sized(grow=1), title="What its code said", bare=True).sized(height=220))
        self._place.gap = 12
        self._place.replace_children(parts)

    def update(self, now: float) -> None:
        exhibition, view = self._exhibition, self._view
        if exhibition is None or view is None:
            return
        for event in exhibition.poll():
            self._story.take(event)
            self._stale = True
        failure = self._story.failure
        if failure is not None:
            self._show_failure(*_told(failure))
            return
        if view.stage.wanted != self._asked_size and min(view.stage.wanted) > 1:
            self._asked_size = view.stage.wanted
            exhibition.resize(*self._asked_size)
        if now >= self._next_frame or self.hurried:
            self._show_frame(exhibition, view, now)
        if self._person is not None and self._person.update(now):
            self._stale = True
        if self._stale and now >= self._next_refresh:
            self._refresh(view)
            self._next_refresh = now + REFRESH_SECONDS

    def _show_frame(self, exhibition: Exhibition, view: View, now: float) -> None:
        frame = exhibition.frame(self._sequence)
        if frame is None:
            return
        started = time.perf_counter()
        self._sequence = frame.sequence
        view.stage.show_frame(frame)
        spent = time.perf_counter() - started
        self._next_frame = now + max(FRAME_SECONDS / 2, spent / FRAME_SHARE)

    def _refresh(self, view: View) -> None:
        game, cast = self._story.game, self._cast
        if game is None or cast is None:
            return
        self._stale = False
        view.show(self._story, self._playing, self._standings)
        unit = "Step" if cast.info.seats == 1 or cast.info.real_time else "Ply"
        limit = cast.info.step_limit
        if self._person is not None:
            self._person.transport.show(game, self._person.turn(time.monotonic()), unit, limit)
            self.ui.subtitle(f"{cast.info.title}, {_meeting(cast)}game {self._story.started}")
            return
        styles = [seat.style for seat in cast.seats]
        self._spectators.show(game, self._playing, unit, limit, styles)
        self.ui.subtitle(f"{cast.info.title}, game {self._story.started}, exhibition, not rated")

    def react(self, message: Message) -> None:
        if self._person is not None and self._person.react(message):
            self._stale, self._next_refresh = True, 0.0
            return
        match message:
            case Closed("watch.sheet"):
                self._dialog = None
            case Changed("chooser.environment", environment) if self._dialog is None:
                self._show_preview(environment)
            case Changed("chooser.settings", values):
                self._count_seats(values)
            case Submitted("chooser.find", name):
                self._find(name)
            case Changed("watch.at", ply) | Chosen("watch.moves", ply) | Activated("watch.moves", ply):
                self._show_ply(round(ply))
            case Changed("watch.speed", speed) if self._exhibition is not None:
                self._exhibition.speed(float(speed))
            case Pressed(id=name):
                self._press(name)

    def _press(self, name: str) -> None:
        meant = {
            "chooser.watch": self._take_choice,
            "watch.change": self._change,
            "watch.others": lambda: self._choose(self._setup),
            "watch.again": self._again,
            "watch.swap": self._swap,
            "watch.thoughts": self._toggle_thoughts,
        }
        meant.get(name, lambda: self._steer(name.removeprefix("watch.")))()

    def _again(self) -> None:
        if self._setup is not None:
            self.watch(self._setup)

    def _steer(self, word: str) -> None:
        """What a button of the transport, or its key, does."""
        exhibition, game = self._exhibition, self._story.game
        if exhibition is None or game is None:
            return
        match word:
            case "play":
                self._playing = not self._playing
                exhibition.play() if self._playing else exhibition.pause()
            case "first":
                self._show_ply(0)
            case "back":
                self._show_ply(game.cursor - 1)
            case "step":
                self._playing = False
                exhibition.step()
            case "last":
                self._show_ply(FAR)
            case "live":
                exhibition.show(FAR)
                exhibition.play()
                self._playing = True
            case "seed":
                exhibition.new_seed(other_seed(game.start.seed))
        self._stale = True
        self._next_refresh = 0.0

    def _show_ply(self, ply: int) -> None:
        game = self._story.game
        if self._exhibition is not None and game is not None:
            self._playing = False
            game.cursor = min(max(0, ply), game.length)
            self._exhibition.show(game.cursor)
            self._stale = True

    def _swap(self) -> None:
        if self._setup is not None and len(self._setup.players) > 1:
            self.watch(self._setup.swapped())

    def _toggle_thoughts(self) -> None:
        if self._person is not None:
            self._person.view.help.thoughts.on = not self._person.view.help.thoughts.on
            self._stale, self._next_refresh = True, 0.0
            return
        on = not self._shows_thoughts
        self._spectators.thoughts.kind = "plain" if on else "quiet"
        self._spectators.thoughts.changed()
        if self._view is not None:
            self._view.stage.shows_thoughts = on

    def _faster(self, step: int) -> None:
        if self.transport.step_speed(step) and self._exhibition is not None:
            self._exhibition.speed(float(self.transport.speed))

    def first_key(self, key: Key) -> bool:
        if self._person is None or not self._person.first_key(key):
            return False
        self._stale = True
        return True

    def key_up(self, name: str) -> None:
        if self._person is not None:
            self._person.key_up(name)

    def let_go(self) -> None:
        if self._person is not None:
            self._person.let_go()

    def key(self, key: Key) -> bool:
        if self._exhibition is None and self._lobby in self._place.children and key.name == "return":
            self._take_choice()
            return True
        if self._exhibition is None or key.ctrl or key.alt:
            return False
        if self._person is not None and self._person_key(self._person, key):
            return True
        words = {"space": "play", "l": "live", "n": "seed"}
        words |= {",": "first", ".": "last"} if key.shift else {",": "back", ".": "step"}
        words |= {"<": "first", ">": "last"}
        if key.name in words:
            self._steer(words[key.name])
        elif key.name in ("[", "]"):
            self._faster(1 if key.name == "]" else -1)
        elif key.name == "t":
            self._toggle_thoughts()
        elif key.name == "s":
            self._swap()
        elif key.name == "e":
            self._change()
        else:
            return False
        return True

    def _person_key(self, person: PersonAtPlay, key: Key) -> bool:
        """A key that the control with the focus ring did not want: the game takes it, and the focus."""
        if key.name == "escape" or person.first_key(key):
            self.ui.focus(person.view.stage)
            return True
        if key.name == "n":
            person.react(Pressed("person.new"))
            return True
        return key.name in ("s", "space")

    def actions(self) -> Sequence[Action]:
        if self._exhibition is None:
            return ()
        if self._person is not None:
            return [
                Action("Take back", self._person.take_back, "undo-2", keys=("Backspace",)),
                Action("New game", self._person.new_game, "dices", keys=("N",)),
                Action("Change players or environment", self._change, "swords", keys=("E",)),
            ]
        actions = [
            Action("Play or pause the game", lambda: self._steer("play"), "play", keys=("Space",)),
            Action("Follow the game live", lambda: self._steer("live"), "skip-forward", keys=("L",)),
            Action("New game on another seed", lambda: self._steer("seed"), "dices", keys=("N",)),
            Action("Change players or environment", self._change, "swords", keys=("E",)),
        ]
        if self._setup is not None and len(self._setup.players) > 1:
            actions.append(Action("Swap seats", self._swap, "arrow-left-right", keys=("S",)))
        return actions

    def shortcuts(self) -> Sequence[tuple[str, str]]:
        if self._person is not None:
            return self._person.shortcuts()
        return [
            ("Space", "Play or pause"),
            (", .", "Step back, forward"),
            ("Shift , .", "First, last position"),
            ("[ ]", "Slower, faster"),
            ("L", "Follow live"),
            ("T", "Show what the agent thinks"),
            ("N", "New seed"),
            ("S", "Swap seats"),
            ("E", "Change players or environment"),
        ]


def _told(failure: Failed) -> tuple[str, str, str]:
    title = "The exhibition ended" if failure.phase is None else "A plugin's own code failed"
    return title, failure.message, failure.traceback


def _meeting(cast: Cast) -> str:
    """As in "you v Random, "."""
    names = ["you" if seat.name == "You" else seat.title for seat in cast.seats]
    return f"{' v '.join(names)}, " if len(names) > 1 else ""
