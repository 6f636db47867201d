"""The running window: events in, messages to the screen, damaged parts out, at most 60 times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pygame

from arena.errors import ArenaError
from arena.ui.canvas import Canvas
from arena.ui.command_palette import CommandPalette, palette_place
from arena.ui.events import Dropped, Event, Key, Released, Translator
from arena.ui.frame_times import FrameTimes
from arena.ui.layer import Layer, below, centred
from arena.ui.machine import Machine, device_words
from arena.ui.messages import Activated, FileDropped, Handled, Message, Pressed, Submitted
from arena.ui.navigation import palette_actions, screen_shortcuts
from arena.ui.notices import NoticeList, Notices
from arena.ui.screen import Action, Destination, Screen, StatusFacts, Ui
from arena.ui.sheets import shortcut_sheet, toast_place
from arena.ui.shell import Shell
from arena.ui.status_bar import Load
from arena.ui.tasks import Tasks
from arena.ui.theme import DARK, LIGHT, SCALES, Theme, Tone
from arena.ui.tree import Tree
from arena.ui.widget import Widget
from arena.ui.widgets.dialog import ConfirmDialog
from arena.ui.widgets.toast import Notice, Toasts
from arena.ui.window import REFERENCE, SMALLEST, close_window, open_window

Result = TypeVar("Result")
ACTIVE_FRAME, IDLE_FRAME, HURRIED_FRAME = 1 / 60, 1 / 30, 1 / 250
STAYS_ACTIVE = 0.7


class App:
    """Owns window, tree, screens and threads. Implements `Ui` for the screens.

    Args:
        session: handed to the screens as it is.
        screens: classes, or what stands for them, in the order of the rail; the first is shown first.
        status: what the shell shows of the session; called in a thread once a second.
        commands: more of what the palette can find; called in a thread each time it opens.
    """

    def __init__(
        self,
        session: Any,
        screens: Sequence[Destination],
        status: Callable[[], StatusFacts] | None = None,
        commands: Callable[[Ui], Sequence[Action]] | None = None,
        theme: str = "dark",
        scale: float = 1.0,
        size: tuple[int, int] = REFERENCE,
    ) -> None:
        self._session = session
        self._classes = {screen.name: screen for screen in screens}
        self._status = status
        self._commands = commands
        self.canvas = Canvas(open_window(size), LIGHT if theme == "light" else DARK)
        self._wanted_scale = scale
        self.shell = Shell(screens)
        self.tree = Tree(self.canvas, self.shell)
        self.tasks = Tasks(self._task_failed)
        self.tasks.adopt(self)
        self.frame_times = FrameTimes()
        self.running = True
        self.on_close: Callable[[], bool] | None = None
        self.on_preference: Callable[[str, Any], None] | None = None
        self.on_message: Callable[[Message], bool] | None = None
        self._built: dict[str, Screen] = {}
        self._history: list[tuple[str, dict[str, Any]]] = []
        self._subtitles: dict[str, str] = {}
        self._facts = StatusFacts()
        self._load = Load()
        self._notices = Notices()
        self._translator = Translator()
        self._active_until = 0.0
        self._toasts = Toasts()
        self._apply_scale()
        self.tree.open_layer(Layer(self._toasts, toast_place, passive=True))
        self._machine = Machine()
        self.tasks.every(self, 1.0, self._ask_status, self._show_status)
        self.screen = self._show(next(iter(self._classes)), {})

    @property
    def session(self) -> Any:
        return self._session

    @property
    def theme(self) -> Theme:
        return self.canvas.theme

    @property
    def scale(self) -> float:
        return self._wanted_scale

    def run(
        self,
        owner: Screen,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Call `work` in a thread and `then` with its result, unless the owner was left meanwhile."""
        self.tasks.run(owner, work, then, failed)

    def every(
        self,
        owner: Screen,
        seconds: float,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """`run` at once and then every so many seconds, until the owner is left."""
        self.tasks.every(owner, seconds, work, then, failed)

    def toast(
        self, title: str, detail: str = "", tone: Tone = "info", action: str = "", action_id: str = ""
    ) -> None:
        """Answer what the user did: shown for a moment, and kept under the bell."""
        self._tell(Notice(title, detail, tone, action, action_id), seen=tone != "err")

    def notify(self, notice: Notice, *, show: bool = True) -> None:
        """Keep a notice under the bell, which points at it, and show it as a toast unless told not to."""
        self._tell(notice, seen=False, show=show)

    def show(self, notice: Notice) -> None:
        """Show a toast that is not kept, since what it speaks of is kept already."""
        self._toasts.show(notice, self.now())

    def _tell(self, notice: Notice, *, seen: bool, show: bool = True) -> None:
        self._notices.add(notice, seen=seen)
        self.shell.top.bell.unseen = self._notices.unseen > 0
        if show:
            self.show(notice)

    def confirm(
        self, title: str, sentence: str, confirm: str, then: Callable[[], None], keep: str = "Cancel"
    ) -> None:
        """Ask before something is lost; `then` is called when the user says yes."""
        self.open(ConfirmDialog(title, sentence, confirm, then, keep), 400)

    def open(self, dialog: Widget, width: int, height: int | None = None) -> None:
        """Show a modal in the middle of the window."""
        self.tree.open_layer(Layer(dialog, centred(width, height), modal=True))

    def close(self, dialog: Widget) -> None:
        self.tree.close_layer(dialog)

    def has_screen(self, name: str) -> bool:
        return name in self._classes

    def go(self, name: str, **arguments: Any) -> None:
        """Show another screen; `back` returns to this one."""
        if name not in self._classes:
            raise ValueError(f"no screen is called {name!r}")
        self._leave()
        self.screen = self._show(name, arguments)

    def back(self) -> None:
        if len(self._history) > 1:
            self._history.pop()
            name, arguments = self._history.pop()
            self._leave()
            self.screen = self._show(name, arguments)

    def _leave(self) -> None:
        self.tasks.drop(self.screen)
        self.screen.leave()
        for layer in [layer for layer in self.tree.layers if not layer.passive]:
            self.tree.close_layer(layer.widget)

    def _show(self, name: str, arguments: dict[str, Any]) -> Screen:
        if name not in self._built:
            self._built[name] = self._classes[name](self)
        screen = self._built[name]
        self._history.append((name, arguments))
        del self._history[:-30]
        self.screen = screen
        self.tasks.adopt(screen)
        self.tree.set_focus(None)
        self.shell.show_body(screen.body)
        self._refresh_shell()
        screen.enter(**arguments)
        return screen

    def subtitle(self, text: str) -> None:
        self._subtitles[self.screen.name] = text
        self._refresh_shell()

    def focus(self, widget: Widget) -> None:
        self.tree.layout()
        self.tree.set_focus(widget)

    def _refresh_shell(self) -> None:
        self.shell.rail.show(self.screen.name, self._facts.badges)
        device = self._facts.device or device_words()
        self.shell.top.show(self.screen.title, self._subtitles.get(self.screen.name, ""), device)
        self.shell.status.show(self._facts, self._load)

    def set_theme(self, name: str) -> None:
        self.canvas.theme = LIGHT if name == "light" else DARK
        self.tree.damage_all()
        self._tell_preference("theme", name)

    def set_scale(self, scale: float) -> None:
        """Scale the window's content, 1 to 2, as far as the window has room for it."""
        self._wanted_scale = min(2.0, max(1.0, scale))
        self._apply_scale()
        if self.canvas.scale < self._wanted_scale:
            self.toast("Enlarge the window for a larger scale", "At least 960 × 640 must fit in it.")
        self._tell_preference("scale", self._wanted_scale)

    def _tell_preference(self, name: str, value: Any) -> None:
        if self.on_preference is not None:
            self.on_preference(name, value)

    def _apply_scale(self) -> None:
        width, height = self.canvas.surface.get_size()
        room = min(width / SMALLEST[0], height / SMALLEST[1])
        self.canvas.set_scale(min(self._wanted_scale, max(1.0, room)))
        self.tree.request_layout()
        self.tree.damage_all()

    def _step_scale(self, step: int) -> None:
        nearest = min(range(len(SCALES)), key=lambda at: abs(SCALES[at] - self._wanted_scale))
        self.set_scale(SCALES[max(0, min(len(SCALES) - 1, nearest + step))])

    def _ask_status(self) -> tuple[StatusFacts, Load]:
        facts = self._status() if self._status is not None else StatusFacts()
        return facts, self._machine.load()

    def _show_status(self, answer: tuple[StatusFacts, Load]) -> None:
        now = self.now()
        frames = self.frame_times.fps(now)
        fps = frames and (min(60, frames) if now < self._active_until else 0)
        self._facts, self._load = answer[0], replace(answer[1], fps=fps)
        self._refresh_shell()

    def _task_failed(self, error: Exception) -> None:
        detail = str(error) if isinstance(error, ArenaError) else f"{type(error).__name__}: {error}"
        if not any(notice.detail == detail for notice in self._toasts.notices):
            self.toast("That did not work", detail, "err")

    @staticmethod
    def now() -> float:
        return time.monotonic()

    def loop(self) -> None:
        """Run until the window is closed; sleeps between frames instead of waiting on SDL, which polls."""
        try:
            while self.running:
                started = self.now()
                self.frame()
                time.sleep(max(0.0, started + self._pace - self.now()))
        finally:
            self.shut_down()

    @property
    def _pace(self) -> float:
        """Seconds from one turn to the next."""
        if self.screen.hurried:
            return HURRIED_FRAME
        return ACTIVE_FRAME if self.now() < self._active_until else IDLE_FRAME

    def shut_down(self) -> None:
        """Leaves the screen, so that it may end what it holds, and closes the window."""
        self.screen.leave()
        self.tasks.close()
        close_window()

    def frame(self) -> None:
        """One turn: events, results of threads, the screen, and whatever was damaged."""
        started = self.now()
        events = pygame.event.get()
        for event in events:
            self._take(event, started)
        self.tasks.drain(started)
        if self.tree.keys_are_taken:
            self.screen.let_go()
        self.screen.update(started)
        self._toasts.expire(started)
        self.tree.tick(started)
        drawn = self.tree.draw()
        if drawn:
            pygame.display.update(drawn)
            if self.frame_times.first_content is None:
                self.frame_times.first_content = self.now()
        if events or drawn:
            self._active_until = started + STAYS_ACTIVE
        self.frame_times.record(started, self.now() - started, bool(drawn))

    def _take(self, event: pygame.event.Event, now: float) -> None:
        match event.type:
            case pygame.QUIT:
                self.quit()
            case pygame.VIDEORESIZE | pygame.WINDOWSIZECHANGED:
                surface = pygame.display.get_surface()
                if surface is not None:
                    self.canvas.surface = surface
                    self._apply_scale()
            case pygame.WINDOWEXPOSED:
                self.tree.damage_all()
            case pygame.WINDOWFOCUSLOST:
                self.screen.let_go()
            case _:
                ours = self._translator.translate(event, self.canvas.scale, self.tree.pointer)
                if ours is not None:
                    self._dispatch(ours, now)

    def quit(self) -> None:
        """Close the window, unless whoever set `on_close` wants to ask first."""
        if self.on_close is None or self.on_close():
            self.running = False

    def _dispatch(self, event: Event, now: float) -> None:
        if isinstance(event, Key) and self._global_key(event):
            return
        if isinstance(event, Key) and not self.tree.keys_are_taken and self.screen.first_key(event):
            return
        if isinstance(event, Released):
            self.screen.key_up(event.name)
            return
        if isinstance(event, Dropped):
            self.screen.react(FileDropped(self.screen.name, event.path))
            return
        message = self.tree.dispatch(event, now)
        if message is not None:
            self._react(message)
        elif isinstance(event, Key) and not self.tree.blocked and not self.screen.key(event):
            self._loose_key(event)

    def _react(self, message: Message) -> None:
        match message:
            case Handled():
                return
            case Pressed("shell.search"):
                self.open_palette()
            case Pressed("shell.bell"):
                self.open_notices()
            case Pressed("notices.clear"):
                self._clear_notices()
            case Activated("palette.rows") | Submitted("palette.query"):
                self._run_palette()
            case Pressed(id=name) if name.startswith("rail."):
                self.go(name.removeprefix("rail."))
            case _ if self.on_message is not None and self.on_message(message):
                return
            case _:
                self.screen.react(message)

    def _global_key(self, key: Key) -> bool:
        """Keys that work wherever the focus is."""
        if key.name == "f11":
            pygame.display.toggle_fullscreen()
            return True
        if not key.ctrl or key.alt:
            return False
        if key.name in ("+", "=", "keypad +", "-", "keypad -", "0"):
            if key.name == "0":
                self.set_scale(1.0)
            else:
                self._step_scale(1 if "-" not in key.name else -1)
            return True
        if key.name == "k":
            self.open_palette()
            return True
        if key.name == "n" and key.shift and not self.tree.blocked:
            self.open_notices()
            return True
        target = next((one for one in self._classes.values() if key.name == str(one.digit)), None)
        if target is not None and not self.tree.blocked:
            self.go(target.name)
        return target is not None

    def _loose_key(self, key: Key) -> None:
        """Keys that nobody wanted."""
        if (key.name == "/" and key.shift) or key.name == "?":
            self.open_shortcuts()

    def open_shortcuts(self) -> None:
        sheet = shortcut_sheet(
            screen_shortcuts(list(self._classes.values())), self.screen.title, self.screen.shortcuts()
        )
        self.open(sheet, 620)

    def open_palette(self) -> None:
        if any(layer.widget.id == "palette" for layer in self.tree.layers):
            return
        palette = CommandPalette(palette_actions(self, list(self._classes.values())))
        self.tree.open_layer(Layer(palette, palette_place, modal=True, light=True))
        commands = self._commands
        if commands is not None:
            self.tasks.run(self, lambda: commands(self), palette.add_actions)

    def _run_palette(self) -> None:
        palette = next((layer.widget for layer in self.tree.layers if layer.widget.id == "palette"), None)
        if isinstance(palette, CommandPalette):
            action = palette.chosen()
            if action is not None:
                self.tree.close_layer(palette)
                action.run()

    def open_notices(self) -> None:
        """Drop the list of notices from the bell; what stands there counts as seen."""
        if any(layer.widget.id == "notices" for layer in self.tree.layers):
            return
        bell = self.shell.top.bell
        notices = NoticeList(self._notices.all, self._notices.unseen)
        self._notices.unseen = 0
        bell.unseen = False
        self.tree.open_layer(Layer(notices, below(bell, align_right=True), light=True))

    def _clear_notices(self) -> None:
        self._notices.clear()
        self.shell.top.bell.unseen = False
        for layer in [layer for layer in self.tree.layers if layer.widget.id == "notices"]:
            self.tree.close_layer(layer.widget)
