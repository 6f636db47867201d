"""How to write a screen. One file in `arena/ui/screens/`, one class, given to the app in a list.

    class RunsScreen(Screen):
        name, title, icon, digit = "runs", "Runs", "activity", 3        # digit: Ctrl 3; icon: assets/icons

        def build(self) -> Widget:                                      # once; keep what changes later
            self.table = Table([
                TableColumn("Run", grow=1, text=lambda run: run.name),
                TableColumn("Return", 90, text=lambda run: number(run.score), align="right",
                            sort=lambda run: run.score),
            ], "runs.table", key=lambda run: run.id, row_height=33).sized(grow=1)
            self.stop = Button("Stop", "runs.stop", "danger", "square", "small")
            return Column(
                Panel(self.table, title="Runs", tools=[self.stop], bare=True).sized(grow=1),
                gap=12)

        def enter(self, **arguments: Any) -> None:                      # the screen is shown
            self.ui.every(self, 0.5, self.ui.session.runs, self.show)   # work in a thread, result here

        def show(self, runs: Sequence[RunRecord]) -> None:              # on the drawing thread
            self.table.rows = runs                                      # setters damage only themselves
            self.ui.subtitle(count_of(len(runs), "run"))

        def react(self, message: Message) -> None:                      # what widgets answer
            match message:
                case Pressed("runs.stop") if self.table.selected:
                    run = self.table.selected
                    self.ui.run(self, lambda: self.ui.session.stop(run), self.stopped)
                case Activated("runs.table", key):
                    self.ui.go("watch", run=key)

        def stopped(self, _: None) -> None:
            self.ui.toast("Run stopped", "Its checkpoints stay.", "ok")

All lengths are logical pixels of the 1280 x 800 reference; the canvas scales them. `Column` and `Row` give
children their natural size unless they are `.sized(width=, height=, grow=)`. Wrap a long column in `Scroll`,
put a side column in `Split(main, side, 308)`. Never touch disk, sqlite or the session on the drawing thread:
`ui.run` and `ui.every` do it in a thread; an exception becomes a toast unless `failed=` takes it.
`visible` and `enabled` are setters; `replace_children` rebuilds a part.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from arena.drawing.palette import AgentStyle
from arena.ui.events import Key
from arena.ui.messages import Message
from arena.ui.theme import Theme, Tone
from arena.ui.widget import Widget
from arena.ui.widgets.toast import Notice

Result = TypeVar("Result")


@dataclass(frozen=True)
class Action:
    """Something the command palette offers.

    Attributes:
        run: called on the drawing thread when chosen.
        group: its heading in the palette: Actions, Agents, Environments, Runs …; `>` shows Actions only.
        hint: faint words behind the label.
        keys: its shortcut, as in ("Ctrl", "R").
        style: an agent whose shape stands in place of the icon.
    """

    label: str
    run: Callable[[], None]
    icon: str = "chevron-right"
    hint: str = ""
    keys: tuple[str, ...] = ()
    group: str = "Actions"
    style: AgentStyle | None = None


@dataclass(frozen=True)
class RunBar:
    """One running job in the status bar: its agent's name, the share done and the agent's style."""

    name: str
    share: float
    style: AgentStyle


@dataclass(frozen=True)
class StatusFacts:
    """What the shell shows of the session; asked for in a thread once a second."""

    training: int = 0
    paused: int = 0
    steps_per_second: float | None = None
    bars: tuple[RunBar, ...] = ()
    device: str = ""
    sample_data: bool = False
    badges: frozenset[str] = frozenset()


class Ui(Protocol):
    """What a screen may ask of the app.

    Attributes:
        session: the façade of `arena.session`, opaque to this layer; call it only inside `run` and `every`.
        screen: the one that is shown: the owner of what a dialog asks for.
    """

    @property
    def session(self) -> Any: ...

    @property
    def screen(self) -> Screen: ...

    @property
    def theme(self) -> Theme: ...

    @property
    def scale(self) -> float: ...

    def run(
        self,
        owner: Screen,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None: ...

    def every(
        self,
        owner: Screen,
        seconds: float,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None: ...

    def toast(
        self, title: str, detail: str = "", tone: Tone = "info", action: str = "", action_id: str = ""
    ) -> None: ...

    def notify(self, notice: Notice, *, show: bool = True) -> None: ...

    def show(self, notice: Notice) -> None: ...

    def confirm(
        self, title: str, sentence: str, confirm: str, then: Callable[[], None], keep: str = "Cancel"
    ) -> None: ...

    def open(self, dialog: Widget, width: int, height: int | None = None) -> None: ...

    def close(self, dialog: Widget) -> None: ...

    def go(self, name: str, **arguments: Any) -> None: ...

    def back(self) -> None: ...

    def has_screen(self, name: str) -> bool: ...

    def subtitle(self, text: str) -> None: ...

    def focus(self, widget: Widget) -> None: ...

    def set_theme(self, name: str) -> None: ...

    def set_scale(self, scale: float) -> None: ...


class Destination(Protocol):
    """A screen as rail and palette know it: its class, or what imports the class for the first visit."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def icon(self) -> str: ...

    @property
    def digit(self) -> int | None: ...

    @property
    def at_foot(self) -> bool: ...

    def __call__(self, ui: Ui) -> Screen: ...


class Screen(ABC):
    """One destination of the rail. `body` is its widget tree, built on the first visit and then kept.

    The tree draws itself where it was damaged, so a screen has no drawing of its own to call;
    `Painted` and `ListView` take drawing functions for what no widget offers.

    Attributes:
        hurried: a person's hand waits for what is shown, so the window turns as often as it can bear.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    digit: ClassVar[int | None] = None
    at_foot: ClassVar[bool] = False
    hurried = False

    def __init__(self, ui: Ui) -> None:
        self.ui = ui
        self.body = self.build()

    @abstractmethod
    def build(self) -> Widget:
        """The widget tree. Called once, before `enter`."""

    def enter(self, **arguments: Any) -> None:
        """The screen is shown; `arguments` come from `ui.go`."""

    def leave(self) -> None:
        """Another screen takes over; tasks of this one end by themselves."""

    def update(self, now: float) -> None:
        """Called every frame while shown; `now` is monotonic seconds. Keep it far under a millisecond."""

    def react(self, message: Message) -> None:
        """A widget of this screen, or a dialog or toast it opened, has something to say."""

    def key(self, key: Key) -> bool:
        """A key that no widget wanted; True if it was used. Not called while a field has the focus."""
        return False

    def first_key(self, key: Key) -> bool:
        """A key before any control or shortcut sees it; True if it was used.

        Not called while a modal, a menu, a field or a control that was reached by key has the keys.
        """
        return False

    def key_up(self, name: str) -> None:
        """A key was let go, whatever it was pressed for."""

    def let_go(self) -> None:
        """Keys that are still held count no more: the window lost them, or something else takes them."""

    def actions(self) -> Sequence[Action]:
        """What the command palette offers while this screen is shown."""
        return ()

    def shortcuts(self) -> Sequence[tuple[str, str]]:
        """Rows of the shortcut sheet, as ("P", "Pause or resume")."""
        return ()
