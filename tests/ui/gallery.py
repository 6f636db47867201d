"""The component gallery: two screens with every widget, for looking at and for tests.

`python tests/ui/gallery.py` opens it; `python tests/ui/gallery.py FOLDER` writes pictures in both themes.
"""

from __future__ import annotations

import math
import sys
from functools import partial
from pathlib import Path
from typing import Any

from pygame import Rect

from arena.drawing.palette import HUES, PERSON, agent_style
from arena.settings import Setting
from arena.ui.app import App
from arena.ui.canvas import Canvas
from arena.ui.chart_lines import Series
from arena.ui.format import number, signed
from arena.ui.layout import Column, Grid, Row, Spacer
from arena.ui.messages import Chosen, Message, Pressed
from arena.ui.pilot import Pilot
from arena.ui.screen import Action, RunBar, Screen, StatusFacts
from arena.ui.theme import ROLES, RoleName
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.bars import Bar, Bars, paint_record
from arena.ui.widgets.button import Button
from arena.ui.widgets.chart import Chart, Legend, Threshold
from arena.ui.widgets.chip import RUN_STATES, FilterChips, StateChip
from arena.ui.widgets.dialog import Sheet
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.form import Form
from arena.ui.widgets.frame_view import FrameView
from arena.ui.widgets.heat_map import HeatMap
from arena.ui.widgets.list_view import ListView, paint_agent
from arena.ui.widgets.log_view import LogLine, LogView
from arena.ui.widgets.menu import Entry, MenuButton, Select
from arena.ui.widgets.panel import Panel, Stat
from arena.ui.widgets.progress import Progress
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.segment import Option, Segment
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.slider import Mark, Scrubber, Slider
from arena.ui.widgets.sparkline import Sparkline, paint_sparkline
from arena.ui.widgets.split import Split
from arena.ui.widgets.stepper import Stepper
from arena.ui.widgets.table import Table, TableColumn
from arena.ui.widgets.tabs import Tab, Tabs
from arena.ui.widgets.text import Text
from arena.ui.widgets.text_field import TextField
from arena.ui.widgets.toast import Notice, NoticeStrip
from arena.ui.widgets.toggle import Toggle
from arena.ui.widgets.whisker import Scale, paint_whisker

SETTINGS = (
    Setting("step_size", "number", 2.5e-4, "How far one update moves the weights", 1e-6, 1),
    Setting("discount", "number", 0.99, "What a reward one step later is worth now", 0, 1),
    Setting("batch_size", "integer", 64, "Transitions in one update", 1, 4096),
    Setting("double", "boolean", True, "Choose and value actions with different networks"),
    Setting("activation", "choice", "relu", "Between the layers", choices=("relu", "tanh")),
    Setting(
        "network", "choice", "64x2", "Hidden units by layers", choices=("64x2", "128x2", "256x2", "256x3")
    ),
)
NAMES = (
    "AlphaMini",
    "Dueling-PER",
    "Dreamlet",
    "NoisyNet",
    "Rainbow-lite",
    "PPO-GAE",
    "DQN-base",
    "Minimax-4",
)


def curve(seed: int, length: int = 60) -> tuple[float, ...]:
    return tuple(
        200 / (1 + math.exp(-(step - 25 - 3 * seed) / 6)) + 8 * math.sin(step * (seed + 2) * 1.7)
        for step in range(length)
    )


class Components(Screen):
    """Buttons, fields, chips, notices and states, as in the components mock."""

    name, title, icon, digit = "components", "Kit", "house", 1

    def build(self) -> Widget:
        self.frame = FrameView("gallery.frame", words="Waiting for the first frame")
        self.pressed: list[str] = []
        return Grid(
            [
                Column(self._type(), self._agents(), self._progress(), gap=12),
                Column(self._buttons(), self._fields(), self._chips(), self._notices(), gap=12),
                Column(self._empty(), self._failed(), self._loading(), self._stage(), gap=12),
            ],
            columns=3,
        )

    def enter(self, **arguments: Any) -> None:
        self.ui.subtitle("Every widget of the kit")

    def _type(self) -> Widget:
        words: dict[RoleName, str] = {
            "display": "4 \u2013 2",
            "title": "Return 214 \u00b1 22",
            "heading": "Othello Cup",
            "section": "Gradient by layer, \u2207\u03b8 J",
            "body": "AlphaMini needs one more win",
            "label": "Reload when files change",
            "caption": "1.24 M of 2.0 M steps",
            "mono": "KeyError: 'board_size'",
        }
        rows = [
            Row(
                Text(f"{role.capitalize()} {ROLES[role].size}", "caption", "text3").sized(width=84),
                Text(sample, role),
            )
            for role, sample in words.items()
        ]
        return Panel(*rows, title="Type", gap=5)

    def _agents(self) -> Widget:
        tiles = [
            Column(
                Painted(lambda canvas, rect, style=style: _paint_tile(canvas, rect, style), 0, 38),  # type: ignore[misc]
                Text(style.name, "caption", "text3", "centre"),
                gap=4,
            )
            for style in (*HUES, agent_style(None), PERSON)
        ]
        return Panel(Grid(tiles, columns=5, gap=8), title="Agent colours, each with its own shape")

    def _progress(self) -> Widget:
        return Panel(
            Row(
                Stat("Return", "214", "\u00b1 22"),
                Spacer(),
                Sparkline(curve(2), HUES[2], True).sized(150, 44),
            ),
            Progress(0.62, HUES[2], "1.24 M of 2.0 M steps", "14 min left"),
            Row(Slider(0.62, "gallery.slider").sized(grow=1), Text("62 %", "body-medium")),
            Scrubber(
                "gallery.scrubber",
                20,
                marks=[Mark(at, HUES[at % 2], "threat" if at == 8 else "") for at in range(20)],
            ),
            title="Progress",
            gap=12,
        )

    def _buttons(self) -> Widget:
        busy = Button("Starting", "gallery.busy", "primary", "play")
        busy.busy = True
        off = Button("Watch", "gallery.off", "primary")
        off.enabled = False
        plain_off = Button("Pause", "gallery.plain-off")
        plain_off.enabled = False
        return Panel(
            Row(Button("Watch", "gallery.watch", "primary", "play"), busy, off),
            Row(
                Button("Pause", "gallery.pause", icon="pause"),
                Button("Stop", "gallery.stop", "danger", "square"),
                plain_off,
            ),
            Row(
                Button("New run", "gallery.new", icon="plus", size="small"),
                Button("Show log", "gallery.log", "quiet", size="small"),
                Button("", "gallery.icon", "quiet", "skip-back").with_tooltip("First step\tShift ,"),
                Button("", "gallery.play", "play", "pause"),
                MenuButton(
                    "",
                    "gallery.menu",
                    [Entry("watch", "Watch", "W"), Entry("delete", "Delete run", "Del", danger=True)],
                ),
            ),
            title="Buttons",
        )

    def _fields(self) -> Widget:
        wrong = TextField("1.5", "gallery.wrong")
        wrong.error = "Use a value from 0 to 1"
        return Panel(
            Row(
                TextField("", "gallery.search", "Search agents").sized(grow=1),
                TextField("dreaml", "gallery.text").sized(grow=1),
            ),
            Row(wrong.sized(grow=1), Stepper(3, "gallery.stepper", 1, 64), across="start"),
            Row(
                Toggle("On", "gallery.on", True),
                Toggle("Off", "gallery.toggle"),
                Spacer(),
                Select([("a", "8 most recent"), ("b", "All")], "gallery.quiet", quiet=True),
            ),
            Row(
                Segment(
                    [
                        Option("auto", "Auto"),
                        Option("cpu", "CPU", "cpu"),
                        Option("gpu", "GPU, none found", enabled=False),
                    ],
                    "gallery.segment",
                ),
                Select([(at, f"{at}x2") for at in (64, 128, 256)], "gallery.select", mono=True),
            ),
            title="Fields",
        )

    def _chips(self) -> Widget:
        chips = [StateChip(RUN_STATES[key]) for key in ("training", "paused", "finished", "lost")]
        filters = FilterChips(
            [("all", "All"), ("two", "Two players"), ("one", "Single player")], "gallery.filter"
        )
        filters.set_counts({"all": 12, "two": 5, "one": 6})
        return Panel(filters, Row(*chips, gap=6), title="Chips", gap=6)

    def _notices(self) -> Widget:
        return Panel(
            NoticeStrip(
                Notice("Checkpoint saved", "dreamlet-lander-s2, 4.1 MB", "ok", "Show", "gallery.show")
            ),
            NoticeStrip(
                Notice(
                    "Run stopped by an error",
                    "CUDA is not available on this computer",
                    "err",
                    "Use CPU",
                    "gallery.cpu",
                )
            ),
            title="Notices",
        )

    def _empty(self) -> Widget:
        return Panel(
            EmptyState(
                "No matches yet",
                "Pick two agents and a game to see them play.",
                actions=(
                    Button("Start a match", "gallery.start", "primary", size="small"),
                    Button("Ask first", "gallery.ask", size="small"),
                ),
            ).sized(height=166)
        )

    def _failed(self) -> Widget:
        return Panel(
            EmptyState(
                "PPO-GAE stopped answering",
                "No move for 10 s, so game 4 counts as lost.",
                "unplug",
                error=True,
            ).sized(height=120)
        )

    def _loading(self) -> Widget:
        return Panel(Grid([Skeleton(2, 48) for _ in range(3)], columns=3, gap=12), title="Loading")

    def _stage(self) -> Widget:
        return Panel(self.frame.sized(height=120), title="Stage", note="dark in both themes")

    def react(self, message: Message) -> None:
        match message:
            case Pressed("gallery.ask"):
                self.ui.confirm(
                    "Delete run \u201cnoisy-lander-07\u201d?",
                    "Its 6 checkpoints (25 MB) go to the bin. Matches it played stay in the rankings.",
                    "Delete run",
                    lambda: self.pressed.append("deleted"),
                    "Keep run",
                )
            case Pressed("gallery.show"):
                self.ui.toast("Checkpoint saved", "dreamlet-lander-s2-1236k.pt, 4.1 MB", "ok")
            case Pressed(id=name):
                self.pressed.append(name)

    def actions(self) -> list[Action]:
        return [
            Action(
                "Watch DQN play CartPole",
                lambda: self.pressed.append("watched"),
                "swords",
                "best checkpoint, 500.0",
            )
        ]


def _paint_tile(canvas: Canvas, rect: Rect, style: Any) -> None:
    canvas.box(rect, canvas.theme.raised)
    canvas.agent_shape(style, rect.center, 18)


class Data(Screen):
    """Tables, lists, charts and a form."""

    name, title, icon, digit = "data", "Data", "trophy", 2

    def build(self) -> Widget:
        self.chosen: list[Any] = []
        scale = Scale(1350, 1900, (1400, 1600, 1800))
        columns: list[TableColumn[int]] = [
            TableColumn("#", 22, lambda at: str(at + 1), faint=True),
            TableColumn("Agent", grow=1, paint=_paint_name),
            TableColumn(
                "Rating",
                70,
                lambda at: number(1842 - 61 * at),
                align="right",
                role="strong",
                sort=lambda at: -at,
            ),
            TableColumn(
                "95 %",
                130,
                paint=lambda canvas, rect, at: paint_whisker(
                    canvas, rect, scale, 1842 - 61 * at, 28 + at, canvas.theme.agent(HUES[at % 8])
                ),
            ),
            TableColumn(
                "Won, drawn, lost",
                150,
                paint=lambda canvas, rect, at: paint_record(canvas, rect, 322 - at * 20, 19, 85 + at * 20),
            ),
            TableColumn(
                "Trend",
                56,
                paint=lambda canvas, rect, at: paint_sparkline(
                    canvas, rect.inflate(0, -30), curve(at, 24), canvas.theme.agent(HUES[at % 8])
                ),
            ),
            TableColumn("30 days", 60, lambda at: signed(12 - 6 * at), align="right"),
        ]
        self.table = Table(columns, "data.table", key=lambda at: at, row_height=52)
        self.table.rows = range(8)
        self.chart = Chart("data.chart")
        self.legend = Legend()
        self.heat = HeatMap("data.heat")
        self.log = LogView("data.log")
        self.list = ListView[int](
            "data.list", key=lambda at: at, paint=_paint_name, usable=lambda at: at != 5
        )
        self.list.rows = range(1200)
        self.bars = Bars(style=HUES[0])
        tabs = Tabs(
            [Tab("all", "All environments", 30), Tab("four", "Connect Four", 9), Tab("cart", "CartPole", 9)],
            "data.tabs",
            "four",
        )
        main = Column(
            tabs,
            Panel(self.table.sized(grow=1), bare=True).sized(grow=1),
            Row(
                Panel(self.chart, title="Return", tools=[self.legend]).sized(height=220, grow=3),
                Panel(self.bars.sized(grow=1), title="Last decision").sized(height=220, grow=1),
                gap=12,
            ),
            gap=12,
        )
        side = Column(
            Panel(self.heat, title="Head to head", note="row score, %"),
            Panel(self.list.sized(grow=1), title="Agents", bare=True).sized(grow=1),
            Panel(self.log.sized(grow=1), title="Log", bare=True).sized(height=120),
            gap=12,
        )
        return Split(main, side, 308)

    def enter(self, **arguments: Any) -> None:
        points = [tuple((step * 1e4, value) for step, value in enumerate(curve(at))) for at in range(4)]
        self.chart.show(
            [
                Series(
                    NAMES[at],
                    line,
                    HUES[at],
                    tuple((x, y - 18) for x, y in line),
                    tuple((x, y + 18) for x, y in line),
                    lit=at == 0,
                )
                for at, line in enumerate(points)
            ],
            Threshold(195, "solved at 195"),
        )
        self.legend.show([(NAMES[at], HUES[at]) for at in range(4)])
        styles = [*HUES, agent_style(None)]
        self.heat.show(styles, [[None if a == b else 50 + 6 * (b - a) for b in range(9)] for a in range(9)])
        self.log.show(
            [
                LogLine(
                    f"step {at} 000   return {at * 3.1:.1f}", "14:02:11", "warn" if at % 7 == 3 else "neutral"
                )
                for at in range(40)
            ]
        )
        self.bars.bars = [
            Bar(str(at + 1), value, f"{value:.0f} %", value == 55)
            for at, value in enumerate((2, 6, 9, 11, 14, 55, 3))
        ]

    def react(self, message: Message) -> None:
        match message:
            case Chosen("data.table", key):
                self.chosen.append(key)
            case Chosen("data.list", key):
                self.open_form(str(key))

    def open_form(self, name: str) -> None:
        self.form = Form(SETTINGS, "form")
        self.form.fill({"discount": 1.5, "batch_size": 128})
        foot = Row(
            Spacer(),
            Text(self.form.first_error(), "body", "err"),
            Button("Cancel", "form.cancel"),
            Button("Start run", "form.start", "primary", "play"),
            padding=(0, 20, 0, 20),
        )
        body = Column(Scroll(self.form), padding=(16, 20, 16, 20))
        self.ui.open(
            Sheet(
                "New run", f"Goes on in the background, row {name}", body, foot, "new-run", ["form.cancel"]
            ),
            700,
            520,
        )


def _paint_name(canvas: Canvas, rect: Rect, at: int) -> None:
    paint_agent(canvas, rect, NAMES[at % 8], HUES[at % 8], faint=at == 5)


def status() -> StatusFacts:
    bars = (RunBar("Dreamlet", 0.62, HUES[2]), RunBar("Rainbow-lite", 0.34, HUES[4]))
    return StatusFacts(2, 0, 3420, bars, "CPU \u00b7 2 cores", badges=frozenset({"data"}))


def gallery(theme: str = "dark", scale: float = 1.0) -> App:
    return App(None, [Components, Data], status, theme=theme, scale=scale)


def _has_status(app: App) -> bool:
    return app._facts.training == 2


def _has_loaded(pilot: Pilot) -> bool:
    return not any(widget.moving for widget in pilot._shown() if isinstance(widget, Skeleton))


def write_pictures(folder: Path) -> None:
    for theme in ("dark", "light"):
        app = gallery(theme)
        pilot = Pilot(app)
        pilot.wait_until(partial(_has_status, app))
        pilot.wait_until(partial(_has_loaded, pilot))
        pilot.press("tab")
        pilot.screenshot(folder / f"components_{theme}.png")
        pilot.click("gallery.ask")
        pilot.screenshot(folder / f"confirm_{theme}.png")
        pilot.press("escape")
        pilot.click("gallery.show")
        pilot.press("ctrl+2")
        pilot.click_row("data.table", 2)
        pilot.hover_at((400, 640))
        pilot.screenshot(folder / f"data_{theme}.png")
        pilot.click_row("data.list", 1)
        pilot.screenshot(folder / f"form_{theme}.png")
        pilot.press("escape")
        pilot.press("ctrl+k")
        pilot.type("go")
        pilot.screenshot(folder / f"palette_{theme}.png")
        pilot.press("escape")
        pilot.press("ctrl+1")
        pilot.resize(2560, 1600)
        app.set_scale(2.0)
        pilot.settle()
        pilot.screenshot(folder / f"components_{theme}_2x.png")
        app.shut_down()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write_pictures(Path(sys.argv[1]))
    else:
        gallery().loop()
