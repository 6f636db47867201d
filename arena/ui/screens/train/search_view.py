"""The chosen search: how far it is, its trials' curves, and a table of what was tried and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pygame import Rect

from arena.drawing.palette import BASELINE, AgentStyle
from arena.searches import TrialState
from arena.ui.canvas import Canvas
from arena.ui.format import count_of, duration, number, short_number
from arena.ui.layout import Column, Divider, Row, Spacer
from arena.ui.messages import Activated, Handled, Message
from arena.ui.screens.train.head import rounded
from arena.ui.screens.train.history import plain_name
from arena.ui.screens.train.reading import Reading
from arena.ui.screens.train.run_rows import state_of
from arena.ui.screens.train.search_entry import SearchEntry
from arena.ui.screens.train.search_picture import SearchPicture, Trial, short_value
from arena.ui.screens.train.settings_panel import DEVICES, Line, Lines
from arena.ui.screens.train.words import CHOOSING, metric_title
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chart import Chart
from arena.ui.widgets.chip import RUN_STATES, State, paint_state_chip
from arena.ui.widgets.panel import Panel, Stat
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.table import GAP, Table, TableColumn
from arena.ui.widgets.text import Paragraph, Text

TRIAL_STATES: dict[TrialState, State] = {
    "running": RUN_STATES["running"],
    "held": State("Held", "warn", "pause"),
    "finished": RUN_STATES["finished"],
    "pruned": State("Pruned", "neutral", "ban"),
    "failed": RUN_STATES["failed"],
    "stopped": RUN_STATES["stopped"],
}
NAME, SETTING, MOST_SETTINGS = 168, 96, 5
FLATTERS = (
    "Best of {count} on the seeds that it was chosen by, which flatters it. Trained on fresh seeds it"
    " shows what it is worth."
)


class SearchMain(Column):
    """Presses `train.trials.stop`, `train.trials.resume`, `train.trials.best`; activates `train.trials`."""

    def __init__(self) -> None:
        self.head = SearchHead()
        self.chart = Chart("train.trials.chart", words="The first values come within a minute")
        self._legend = Text("", "caption", "text3")
        self._title = Panel(self._legend, self.chart, title=metric_title(CHOOSING), gap=4)
        self.table = TrialTable()
        trials = Panel(Divider(), self.table.sized(grow=1), title="Trials", bare=True)
        self._trials = trials
        super().__init__(self.head, self._title.sized(grow=5), trials.sized(grow=4), gap=12)

    def show(self, reading: Reading, picture: SearchPicture) -> None:
        entry = picture.searched.entry
        self.head.show(reading, entry)
        environment = reading.environments.get(entry.search.environment)
        self._title.title.text = metric_title(CHOOSING, environment.seats if environment else 1)
        lines = sum(len(one.seeds) + 1 for one in picture.series)
        leads = "leads" if entry.search.best != picture.lit else "is the best"
        words = f"One line a trial, its mean on the seeds that choose; trial {picture.lit} {leads}"
        self._legend.text = words if lines else ""
        self.chart.show(picture.series, until=float(entry.search.budget))
        self.table.show(picture)
        self._trials.note.text = _counted(entry)


class SearchHead(Panel):
    """Who is searched, how far, the best so far with what to make of it, and what one may do."""

    def __init__(self) -> None:
        self._style: AgentStyle = BASELINE
        self._entry: SearchEntry | None = None
        self._words = ("", "")
        self._name = Painted(self._paint_name, NAME, 42)
        self._done, self._best, self._left = Stat("Trials"), Stat("Best"), Stat("Time left")
        self.resume = Button("Resume", "train.trials.resume", "primary", "play").with_tooltip("Resume\tP")
        self.stop = Button("Stop", "train.trials.stop", "danger", "square").with_tooltip("Stop\tS")
        self.best = Button("Train best on fresh seeds", "train.trials.best", icon="dices")
        row: list[Widget] = [
            self._name, self._done, Divider(vertical=True, length=40), self._best,
            Divider(vertical=True, length=40), self._left, Spacer(), self.resume, self.best, self.stop,
        ]  # fmt: skip
        self._message = Paragraph("", "caption", "text2")
        super().__init__(Row(*row, gap=11).sized(height=42), self._message, id="train.trials.head")
        self.padding = (12, 14, 12, 16)

    def _paint_name(self, canvas: Canvas, rect: Rect) -> None:
        theme = canvas.theme
        canvas.agent_shape(self._style, (rect.left + 10, rect.top + 21), 22)
        title, _ = self._words
        words = Rect(rect.left + 33, rect.top + 1, rect.width - 33, 20)
        canvas.text(title, words, "strong", theme.text)
        if self._entry is None:
            return
        state = state_of(self._entry)
        ink = theme.tone(state.tone)[0]
        below = Rect(words.left, rect.top + 23, 12, 16)
        canvas.icon(state.icon, below, 12, ink)
        room = Rect(below.right + 5, below.top, rect.right - below.right - 5, 16)
        canvas.text(state.label, room, "caption", ink)

    def show(self, reading: Reading, entry: SearchEntry) -> None:
        words = (f"{reading.title(entry.search.agent)} search", state_of(entry).label)
        style = reading.styles.get(entry.search.agent, BASELINE)
        if (words, style) != (self._words, self._style) or self._entry is None:
            self._name.changed()
        if self._entry is None or self._entry.search != entry.search:
            self.resume.busy = self.stop.busy = False
        self._entry, self._words, self._style = entry, words, style
        self._done.show(number(entry.ended), f"of {number(entry.search.trials)}")
        best = entry.best
        value = None if best is None else best.value
        self._best.show(
            "\u2013" if value is None else rounded(value), "" if best is None else f"trial {best.number}"
        )
        self._show_time(entry)
        self.resume.visible = not entry.live and entry.state != "finished"
        self.stop.visible = entry.live
        self.best.visible = best is not None
        self.best.kind = "primary" if entry.state == "finished" else "plain"
        flatters = FLATTERS.format(count=count_of(entry.ended, "trial")) if best is not None else ""
        told = entry.search.message if not entry.live and entry.state != "finished" else ""
        self._message.text = " ".join(part for part in (told, flatters) if part)
        self._message.visible = bool(self._message.text)

    def _show_time(self, entry: SearchEntry) -> None:
        ended, before = entry.search.ended_at, self._left.caption
        if entry.state == "finished" and ended is not None:
            self._left.caption = "Took"
            self._left.show(duration(ended - entry.search.created_at))
        else:
            self._left.caption, left = "Time left", entry.seconds_left
            self._left.show("\u2013" if left is None else duration(max(left, 1)))
        if self._left.caption != before:
            self._left.changed()


def _counted(entry: SearchEntry) -> str:
    """`3 pruned, 1 failed`."""
    counts = {
        "pruned": sum(trial.state == "pruned" for trial in entry.trials),
        "failed": sum(trial.state == "failed" for trial in entry.trials),
    }
    return ", ".join(f"{number(count)} {word}" for word, count in counts.items() if count)


class TrialTable(Table[Trial]):
    """Sorted by result. A click, or Enter, answers `Activated("train.trials", trial's number)`."""

    def __init__(self) -> None:
        self._fixed: list[TableColumn[Trial]] = [
            TableColumn("Trial", 64, text=lambda one: number(one.number), sort=lambda one: one.number),
            TableColumn(
                "Result", 86, text=_result, align="right", role="body-medium", sort=_rank
            ),
        ]  # fmt: skip
        self._state = TableColumn[Trial]("State", 96, paint=_paint_state)
        self._names: tuple[str, ...] = ()
        columns = [*self._fixed, self._state]
        super().__init__(columns, "train.trials", key=lambda one: one.number, row_height=33)
        self.empty = "The first trial is about to begin"
        self.sort_by("Result")

    def show(self, picture: SearchPicture) -> None:
        names = tuple(picture.searched.entry.search.spans)
        if names != self._names:
            self._names = names
            self.relayout()
        if tuple(sorted(self.rows, key=lambda one: one.number)) != picture.trials:
            self.rows = picture.trials

    def place(self, canvas: Canvas, rect: Rect) -> None:
        room = rect.width - 28 - sum(column.width + GAP for column in (*self._fixed, self._state))
        fitting = max(0, min(MOST_SETTINGS, room // (SETTING + GAP)))
        settings = [
            TableColumn[Trial](_head(name), grow=1, text=_setting(name), align="right", role="mono")
            for name in self._names[:fitting]
        ]
        rest = [] if settings else [TableColumn[Trial]("", grow=1)]
        self.columns = [*self._fixed, *settings, *rest, self._state]
        super().place(canvas, rect)

    def _pressed_row(self, index: int, clicks: int) -> Message | None:
        if index < 0:
            return Handled()
        return Activated(self.id, self.key(self._rows[index]))


def _result(one: Trial) -> str:
    return "\u2013" if one.record.value is None else rounded(one.record.value)


def _rank(one: Trial) -> tuple[float, int]:
    """The later of equal ones first turned round: those without a result stand last, in their order."""
    value = float("-inf") if one.record.value is None else one.record.value
    return value, -one.number


def _paint_state(canvas: Canvas, rect: Rect, one: Trial) -> None:
    paint_state_chip(canvas, (rect.left, rect.centery - 10), TRIAL_STATES[one.record.state])


def _head(name: str) -> str:
    plain = plain_name(name)
    return f"{plain[:1].upper()}{plain[1:]}"


def _setting(name: str) -> Callable[[Trial], str]:
    return lambda one: one.settings.get(name, "\u2013")


class SearchFacts(Panel):
    """What the search was asked to do."""

    def __init__(self) -> None:
        self._lines = Lines()
        body: Any = Scroll(Column(self._lines, padding=(8, 0, 8, 0)))
        super().__init__(Divider(), body.sized(grow=1), title="Search", bare=True, id="train.trials.facts")

    def show(self, reading: Reading, entry: SearchEntry) -> None:
        search = entry.search
        self.note.text = search.name
        lines = [Line("top", "Varied")]
        lines += [Line("fact", _head(name), _span(entry, name)) for name in search.spans]
        known = reading.environments.get(search.environment)
        lines += [
            Line("head", "Each trial"),
            Line("fact", "Environment", known.title if known else search.environment),
            Line("fact", "Steps", short_number(search.budget)),
            Line("fact", "Seeds", number(search.seeds)),
            Line("fact", "Device", DEVICES.get(search.device, search.device)),
            Line("fact", "Stopped early", "if it falls behind" if search.prune else "never"),
            Line("words", "Reporting seeds take no part in a search."),
        ]
        self._lines.show(lines)


def _span(entry: SearchEntry, name: str) -> str:
    span = entry.search.spans[name]
    if span.choices:
        return ", ".join(short_value(choice) for choice in span.choices)
    low, high = (int(end) if span.whole else float(end) for end in (span.low, span.high))
    return f"{short_value(low)} \u2026 {short_value(high)}" + (" log" if span.log else "")
