"""What trains, or was trained last: one card for each request."""

from __future__ import annotations

from functools import lru_cache
from statistics import fmean

from pygame import Rect

from arena.contest.statistics import interval_of_mean
from arena.records import RunRecord
from arena.ui.canvas import Canvas
from arena.ui.format import PLUS_MINUS, ago, count_of, number, short_number, time_left
from arena.ui.messages import Activated, Message, Pressed
from arena.ui.screens.home.facts import Training, brief
from arena.ui.theme import Tone
from arena.ui.widget import Pressable
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import RUN_STATES
from arena.ui.widgets.list_view import paint_agent
from arena.ui.widgets.progress import paint_bar
from arena.ui.widgets.sparkline import paint_sparkline

HEIGHT = 174
VALUE = 118


class TrainingCard(Pressable):
    """Answers `Activated(id, run id)`; its button pauses, resumes: `Pressed("<id>.pause" or ".resume")`."""

    ring_radius = 10

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.training: Training | None = None
        self._now = 0.0
        self._steer = Button("", f"{id}.steer", "quiet", "pause", "small")
        self.add(self._steer)

    def show(self, training: Training, now: float) -> None:
        """Args: now: seconds since 1970."""
        if training == self.training and now - self._now < 1:
            return
        self.training, self._now = training, now
        state = training.leader.state
        verb, icon = {
            "running": ("Pause", "pause"),
            "paused": ("Resume", "play"),
            "lost": ("Resume", "play"),
            "stopped": ("Resume", "play"),
        }.get(state, ("", ""))
        self._steer.visible = bool(verb)
        self._steer.icon = icon
        self._steer.tooltip = verb
        self._steer.busy = False
        self.changed()

    @property
    def pauses(self) -> bool:
        """Whether its button pauses; otherwise it resumes."""
        return self.training is not None and self.training.leader.state == "running"

    def wait(self) -> None:
        """The button was pressed: busy until the run has obeyed."""
        self._steer.busy = True

    def activate(self) -> Message:
        return Activated(self.id, self.training.leader.id if self.training else None)

    def translate(self, message: Message) -> Message:
        if isinstance(message, Pressed) and message.id == self._steer.id:
            return Pressed(f"{self.id}.{'pause' if self.pauses else 'resume'}")
        return message

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, HEIGHT

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self._steer.place(canvas, Rect(rect.right - 37, rect.top + 8, 28, 28))

    def draw(self, canvas: Canvas) -> None:
        theme, training = canvas.theme, self.training
        canvas.box(self.rect, theme.hover if self.hovered else theme.panel, theme.line, 10)
        if training is None:
            return
        inner = self.rect.inflate(-28, 0)
        head = Rect(inner.left, inner.top + 12, inner.width - 28, 20)
        used = paint_agent(canvas, head, training.title, training.style, "section")
        rest = Rect(head.left + used + 8, head.top, max(0, head.width - used - 8), 20)
        canvas.text(training.environment, rest, "body", theme.text3)
        curve = Rect(inner.left + VALUE, inner.top + 38, inner.width - VALUE, 70)
        paint_sparkline(canvas, curve, training.curve, theme.agent(training.style), filled=True)
        self._draw_value(canvas, Rect(inner.left, inner.top + 66, VALUE, 42), training)
        self._draw_progress(canvas, Rect(inner.left, inner.top + 118, inner.width, 50), training)

    def _draw_value(self, canvas: Canvas, rect: Rect, training: Training) -> None:
        theme, values = canvas.theme, training.returns
        caption = "Best return" if training.is_search else "Return"
        canvas.text(caption, Rect(rect.left, rect.top, rect.width, 14), "caption", theme.text3)
        row = Rect(rect.left, rect.top + 16, rect.width, 26)
        if not values:
            canvas.text("\u2013", row, "title", theme.text3)
            return
        value = max(values) if training.is_search else fmean(values)
        used = canvas.text(brief(value), row, "title", theme.text)
        half = half_width(training)
        if half is not None:
            rest = Rect(row.left + used + 6, row.top + 2, row.width - used - 6, row.height)
            words = f"{PLUS_MINUS} {brief(half)}"
            canvas.text(words, rest, "body", theme.text3)

    def _draw_progress(self, canvas: Canvas, rect: Rect, training: Training) -> None:
        theme, runs, leader = canvas.theme, training.runs, training.leader
        share = sum(run.step for run in runs) / max(1, sum(run.budget for run in runs))
        paint_bar(canvas, Rect(rect.left, rect.top, rect.width, 4), share, theme.agent(training.style))
        first = Rect(rect.left, rect.top + 10, rect.width, 14)
        words, tone = state_words(training, self._now)
        ink = theme.tone(tone)[0] if tone != "neutral" else theme.text3
        used = canvas.text(words, first, "caption", ink, "right")
        steps = f"{short_number(leader.step)} of {short_number(leader.budget)} steps"
        canvas.text(steps, Rect(first.left, first.top, first.width - used - 8, 14), "caption", theme.text2)
        second = first.move(0, 18)
        seeds = count_of(len(runs), "seed") if len(runs) > 1 else f"seed {leader.seed}"
        if training.is_search:
            seeds = count_of(len(runs), "trial")
        used = canvas.text(seeds, second, "caption", theme.text3, "right")
        room = Rect(second.left, second.top, second.width - used - 8, 14)
        canvas.text(pace_words(runs), room, "caption", theme.text3)


def half_width(training: Training) -> float | None:
    """Half of the 95 % interval: over runs if there are several, else over the evaluation's episodes."""
    values = training.returns
    if training.is_search:
        return None
    if len(values) > 1:
        return _half_of_mean(tuple(values))
    evaluation = training.leader.evaluation
    return (evaluation.high - evaluation.low) / 2 if evaluation is not None else None


@lru_cache(maxsize=64)
def _half_of_mean(values: tuple[float, ...]) -> float:
    interval = interval_of_mean(values)
    return (interval.high - interval.low) / 2


def state_words(training: Training, now: float) -> tuple[str, Tone]:
    """What stands to the right below the bar, and its tone."""
    run = training.leader
    if run.state == "running":
        if run.step >= run.budget:
            return "Evaluating", "neutral"
        left = (run.budget - run.step) / run.steps_per_second if run.steps_per_second > 0 else None
        return time_left(left), "neutral"
    state = RUN_STATES[run.state]
    if run.state == "queued" and training.place is not None:
        before = training.place - 1
        return f"Queued, {number(before)} before it" if before else "Next in the queue", "neutral"
    if run.ended_at is None:
        return state.label, state.tone
    return f"{state.label} {ago(now - run.ended_at)}", state.tone


def pace_words(runs: tuple[RunRecord, ...]) -> str:
    """Steps a second while something trains, else what was kept."""
    pace = sum(run.steps_per_second for run in runs if run.state == "running")
    if pace > 0:
        return f"{number(pace)} steps/s"
    kept = runs[0].checkpoint_step
    if runs[0].state in ("paused", "lost", "stopped") and kept is not None:
        return f"Last checkpoint at {short_number(kept)}"
    return runs[0].name
