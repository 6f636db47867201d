"""The head of the chosen run: who trains, how well, how fast, how long still, and what one may do."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pygame import Rect

from arena.contest.statistics import Measure
from arena.drawing.palette import BASELINE, AgentStyle
from arena.records import RunRecord
from arena.ui.canvas import Canvas
from arena.ui.format import PLUS_MINUS, duration, number, short_number
from arena.ui.layout import Divider, Row, Spacer
from arena.ui.screens.train.curves import curve_of, recent, with_half_width
from arena.ui.screens.train.groups import Group, seconds_left
from arena.ui.screens.train.queueing import place_in, place_words
from arena.ui.screens.train.reading import Measured, Reading
from arena.ui.screens.train.run_menu import menu_entries
from arena.ui.screens.train.words import main_metric, metric_title
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import RUN_STATES
from arena.ui.widgets.menu import MenuButton
from arena.ui.widgets.panel import Panel, Stat

PATIENCE = 6.0
NAME, NAMES = 168, 256


def half_width_text(half: float | None) -> str:
    return "" if half is None else f"{PLUS_MINUS} {rounded(half)}"


def rounded(value: float) -> str:
    """With as many decimals as its size gives meaning to."""
    return number(value, 0 if abs(value) >= 20 else 1 if abs(value) >= 10 else 2)


def result_of(
    measured: Measured, metric: str, measure: Measure = "mean"
) -> tuple[float, float | None] | None:
    """The mean return of a group with half its interval: evaluated if it is finished, else as of late.

    Several seeds give the interval over seeds; a single run's is that of its episodes.
    """
    evaluations = [run.evaluation for run in measured.group.runs]
    if all(evaluations):
        done = [one for one in evaluations if one is not None]
        if len(done) == 1:
            return done[0].mean_return, (done[0].high - done[0].low) / 2
        return with_half_width([one.mean_return for one in done], measure)
    latest = [recent(curve_of(rows, metric, "steps")) for rows in measured.rows]
    known = [one for one in latest if one is not None]
    if len(known) > 1:
        return with_half_width([mean for mean, _ in known], measure)
    return known[0] if known else None


class Head(Panel):
    """Presses: `train.pause`, `train.resume`, `train.checkpoint`, `train.stop`, `train.watch` and so on."""

    def __init__(self, watch: bool, rankings: bool) -> None:
        """Args: watch, rankings tell which of these screens there are."""
        self._title, self._state, self._style = "", RUN_STATES["queued"], BASELINE
        self._words = ""
        self._name = Painted(self._paint_name, NAME, 42)
        self._return = Stat("Return")
        self._speed = Stat("Speed")
        self._left = Stat("Time left")
        self._rival: tuple[str, AgentStyle] | None = None
        self.pause = Button("Pause", "train.pause", icon="pause").with_tooltip("Pause\tP")
        self.resume = Button("Resume", "train.resume", "primary", "play").with_tooltip("Resume\tP")
        self.checkpoint = Button("Checkpoint", "train.checkpoint", icon="save").with_tooltip("Save now\tC")
        self.next = Button("Start next", "train.next", icon="chevron-up")
        self.next.with_tooltip("Before all others that wait")
        self.stop = Button("Stop", "train.stop", "danger", "square").with_tooltip("Stop\tS")
        self.menu = MenuButton("", "train.menu", []).with_tooltip("More\tM")
        self.watch = Button("Watch", "train.watch", icon="play").with_tooltip("Watch it play\tW")
        self.rankings = Button("Rankings", "train.rankings", icon="trophy")
        self._there = (watch, rankings)
        self._waiting: tuple[object, float] | None = None
        self._rule = Divider(vertical=True, length=40)
        row: list[Widget] = [
            self._name,
            self._return,
            Divider(vertical=True, length=40),
            self._speed,
            self._rule,
            self._left,
            Spacer(),
            Row(
                self.pause,
                self.resume,
                self.next,
                self.checkpoint,
                self.stop,
                self.watch,
                self.rankings,
                self.menu,
                gap=8,
            ),
        ]
        super().__init__(Row(*row, gap=11).sized(height=42), id="train.head")
        self.padding = (12, 14, 12, 16)

    def _paint_name(self, canvas: Canvas, rect: Rect) -> None:
        theme = canvas.theme
        canvas.agent_shape(self._style, (rect.left + 10, rect.top + 21), 22)
        words = Rect(rect.left + 33, rect.top + 1, rect.width - 33, 20)
        used = canvas.text(self._title, words, "strong", theme.text)
        if self._rival is not None:
            title, style = self._rival
            beside = Rect(words.left + used + 8, words.top, words.width - used - 8, words.height)
            beside.left += canvas.text("vs", beside, "body", theme.text3) + 8
            canvas.agent_shape(style, (beside.left + 7, words.centery), 14)
            name = Rect(beside.left + 19, words.top, words.right - beside.left - 19, words.height)
            canvas.text(title, name, "strong", theme.text)
        ink = theme.tone(self._state.tone)[0]
        below = Rect(words.left, rect.top + 23, 12, 16)
        canvas.icon(self._state.icon, below, 12, ink)
        canvas.text(
            self._words, Rect(below.right + 5, below.top, rect.right - below.right - 5, 16), "caption", ink
        )

    def show(self, reading: Reading, measured: Measured) -> None:
        group = measured.group
        before = (self._title, self._style, self._state, self._words, self._rival)
        self._title = reading.title(group.first.agent)
        self._style = reading.style
        self._state = RUN_STATES[group.state]
        self._words = state_words(group, reading.queue)
        rival = group.first.rival
        self._rival = None if rival is None else (reading.title(rival), reading.styles.get(rival, BASELINE))
        if before != (self._title, self._style, self._state, self._words, self._rival):
            self._name.changed()
        self._show_stats(measured, reading)
        self._show_buttons(group)
        self._name.sized(width=NAME if rival is None else NAMES)
        self.checkpoint.label = "Checkpoint" if rival is None else ""
        place = place_in(reading.queue, group)
        self.next.visible = place is not None and place > 1
        self.menu.entries = menu_entries(reading, group)

    def _show_stats(self, measured: Measured, reading: Reading) -> None:
        seats = reading.seats
        group, metric = measured.group, main_metric(seats)
        result = result_of(measured, metric, reading.view.measure)
        self._return.caption = "Score" if seats > 1 else metric_title(metric, seats)
        if result is None:
            self._return.show("\u2013")
        else:
            self._return.show(rounded(result[0]), half_width_text(result[1]))
        running = group.of_state("running")
        took = sum(run.training_seconds for run in group.runs)
        mean_pace = group.step / took if took > 0 else 0.0
        pace = group.pace if running else mean_pace
        self._speed.show(short_number(round(pace)) if pace else "\u2013", "steps/s" if pace else "")
        self._show_time(group, took)

    def _show_time(self, group: Group, took: float) -> None:
        before, self._left.caption = self._left.caption, "Time left"
        match group.state:
            case "finished":
                self._left.caption = "Trained for"
                self._left.show(duration(took))
            case "queued":
                self._left.show("\u2013")
            case "running" | "paused":
                left = group.seconds_left if group.state == "running" else _left_if_resumed(group)
                self._left.show("\u2013" if left is None else duration(max(left, 1)))
            case _:
                self._left.caption = "Time left, if resumed"
                left = _left_if_resumed(group)
                self._left.show("\u2013" if left is None else duration(max(left, 1)))
        if self._left.caption != before:
            self._left.changed()

    def _show_buttons(self, group: Group) -> None:
        running = bool(group.of_state("running"))
        self.pause.visible = running
        waiting = bool(group.of_state("paused", "stopped"))
        self.resume.visible = waiting and not running and not group.at_rest
        self.checkpoint.visible = running and not group.evaluating
        self.stop.visible = any(run.live for run in group.runs)
        self.watch.visible = self._there[0] and group.at_rest and group.watchable is not None
        self.rankings.visible = self._there[1] and group.at_rest
        self.watch.kind = "primary" if group.state == "finished" else "plain"
        states = tuple((run.id, run.state) for run in group.runs)
        if self._waiting is not None and (self._waiting[0] != states or time.monotonic() > self._waiting[1]):
            self._waiting = None
            self.pause.busy = self.resume.busy = self.stop.busy = False

    def wait_for(self, button: Button, group: Group) -> None:
        """Show that a press was heard, until a run's state is another one."""
        button.busy = True
        states = tuple((run.id, run.state) for run in group.runs)
        self._waiting = states, time.monotonic() + PATIENCE

    @property
    def waiting(self) -> bool:
        return self._waiting is not None


def state_words(group: Group, queue: Sequence[str] = ()) -> str:
    """`Training, 3 seeds`, `Lost at 14:02:33`, `2nd in the queue`."""
    words = RUN_STATES[group.state].label
    if group.evaluating:
        words = "Evaluating"
    elif group.state == "queued":
        place = place_in(queue, group)
        words = "Waiting for a worker" if place is None else place_words(place)
    elif len(group.runs) == 1 and group.state in ("lost", "failed", "stopped"):
        ended = _latest_end(group.of_state(group.state))
        words = f"{words} at {time.strftime('%H:%M', time.localtime(ended))}" if ended else words
    if len(group.runs) == 1:
        return words
    same = len(group.of_state(group.state))
    count = len(group.runs)
    return f"{words}, {count} seeds" if same == count else f"{words}, {same} of {count} seeds"


def _latest_end(runs: tuple[RunRecord, ...]) -> float | None:
    return max((run.ended_at for run in runs if run.ended_at is not None), default=None)


def _left_if_resumed(group: Group) -> float | None:
    """From the newest checkpoints, or where paused runs stand, at each run's mean pace."""
    lefts = [
        seconds_left(run, run.step if run.state == "paused" else run.checkpoint_step or 0)
        for run in group.runs
        if run.state != "finished"
    ]
    return max((left for left in lefts if left is not None), default=None)
