"""How far the chosen run is, each seed of it, how it was evaluated, and where to go from it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pygame import Rect

from arena.drawing.palette import BASELINE, AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.format import PLUS_MINUS, number, percent, short_number
from arena.ui.layout import Column, Divider, Row, Spacer
from arena.ui.screens.train.curves import curve_of, recent, with_half_width
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.reading import Measured, Reading
from arena.ui.screens.train.words import main_metric
from arena.ui.theme import mix
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import RUN_STATES, State, StateChip
from arena.ui.widgets.list_view import ListView
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.progress import Progress, paint_bar
from arena.ui.widgets.text import Text

SEED_ROW, MOST_SEED_ROWS = 22, 5
SOLVED = State("Solved", "ok", "check")
UNSOLVED = State("Not solved", "neutral", "minus")


@dataclass(frozen=True)
class SeedLine:
    """One seed's row: how far it is and what it scores."""

    seed: int
    share: float
    score: str
    troubled: bool


class ProgressPanel(Panel):
    """Presses: `train.watch`, `train.rankings`, here while it trains and in the head afterwards."""

    def __init__(self, watch: bool, rankings: bool) -> None:
        """Args: watch, rankings tell which of these screens there are."""
        self._percent = Text("", "body-medium")
        self._bar = Progress(0.0, thickness=6)
        self._style: AgentStyle = BASELINE
        self._seeds: ListView[SeedLine] = ListView(
            "train.seeds",
            key=lambda line: line.seed,
            paint=self._paint_seed,
            row_height=SEED_ROW,
            usable=lambda _: False,
        )
        self._seeds.focusable = False
        self._seed_part = Column(Divider(), self._seeds, gap=8)
        self._evaluated = Text("", "strong")
        self._episodes = Text("", "caption", "text3").sized(grow=1)
        self._solved = StateChip(SOLVED)
        self._rival_name = Text("", "body", "text2")
        self._rival_score = Text("", "strong")
        self._rival = Row(self._rival_name, Spacer(), self._rival_score)
        self._evaluation = Column(
            Divider(),
            Row(Text("Final evaluation", "body", "text2"), Spacer(), self._evaluated),
            Row(self._episodes, self._solved).sized(height=20),
            self._rival,
            gap=6,
        )
        self.watch = Button("Watch", "train.watch", "plain", "play", "small").sized(grow=1)
        self.rankings = Button("Rankings", "train.rankings", icon="trophy", size="small").sized(grow=1)
        self.watch.visible, self.rankings.visible = watch, rankings
        self._links = Row(self.watch, self.rankings, gap=8, padding=(2, 0, 0, 0))
        super().__init__(
            self._bar,
            self._seed_part,
            self._evaluation,
            self._links,
            title="Progress",
            gap=10,
            id="train.progress",
        )
        head = self.children[0]
        head.add(self._percent)

    def show(self, reading: Reading, measured: Measured) -> None:
        group = measured.group
        if self._style != reading.style:
            self._style = self._bar.style = reading.style
            self._bar.changed()
        self._percent.text = percent(group.share)
        self._bar.show(
            group.share, f"{short_number(group.step)} of {short_number(group.budget)} steps", _end(group)
        )
        metric = main_metric(reading.seats)
        several = len(group.runs) > 1
        self._seed_part.visible = several
        if several:
            self._show_seeds(measured, metric)
        self._show_evaluation(group, reading)
        watchable = group.watchable is not None
        self.watch.enabled = watchable
        self._links.visible = not group.at_rest
        self.watch.with_tooltip("Watch it play\tW" if watchable else "Once its first checkpoint is saved")

    def _show_seeds(self, measured: Measured, metric: str) -> None:
        lines = []
        for run, rows in zip(measured.group.runs, measured.rows, strict=True):
            latest = recent(curve_of(rows, metric, "steps"))
            mean = run.evaluation.mean_return if run.evaluation else latest[0] if latest else None
            score = "\u2013" if mean is None else _score(mean)
            share = run.step / run.budget if run.budget else 0.0
            lines.append(SeedLine(run.seed, share, score, run.state in ("lost", "failed")))
        if tuple(self._seeds.rows) != tuple(lines):
            self._seeds.sized(height=SEED_ROW * min(len(lines), MOST_SEED_ROWS))
            self._seeds.rows = lines

    def _paint_seed(self, canvas: Canvas, rect: Rect, line: SeedLine) -> None:
        theme = canvas.theme
        row = Rect(rect.left - 12, rect.top, rect.width + 24, rect.height)  # the list cuts at its edge
        icon = RUN_STATES["lost"].icon
        if line.troubled:
            canvas.icon(icon, Rect(row.left, row.top, 12, row.height), 12, theme.err)
        name = Rect(row.left + (16 if line.troubled else 0), row.top, 62, row.height)
        canvas.text(f"Seed {line.seed}", name, "label", theme.text2)
        bar = Rect(row.left + 66, row.centery - 1, row.width - 66 - 62, 3)
        paint_bar(canvas, bar, line.share, mix(theme.agent(self._style), theme.panel, 0.25))
        canvas.text(line.score, row, "body-medium", theme.text, "right")

    def _show_evaluation(self, group: Group, reading: Reading) -> None:
        done = [run.evaluation for run in group.runs if run.evaluation is not None]
        self._evaluation.visible = bool(done)
        if not done:
            return
        mean, half = with_half_width([one.mean_return for one in done], reading.view.measure)
        if len(done) == 1:
            half = (done[0].high - done[0].low) / 2
        self._evaluated.text = _score(mean) + (f" {PLUS_MINUS} {_score(half)}" if half is not None else "")
        episodes = f"{number(sum(one.episodes for one in done))} greedy episodes"
        self._episodes.text = episodes if len(done) == 1 else f"{episodes}, {len(done)} seeds"
        verdicts = [one.solved for one in done if one.solved is not None]
        self._solved.visible = bool(verdicts)
        self._solved.state = SOLVED if all(verdicts) else UNSOLVED
        self._show_rival(group, reading)

    def _show_rival(self, group: Group, reading: Reading) -> None:
        """In a duel, what the other learner came to."""
        rival, done = group.first.rival, [run.rival_evaluation for run in group.runs]
        means = [one.mean_return for one in done if one is not None]
        self._rival.visible = rival is not None and bool(means)
        if rival is None or not means:
            return
        mean, half = with_half_width(means, reading.view.measure)
        only = done[0]
        if len(done) == 1 and only is not None:
            half = (only.high - only.low) / 2
        self._rival_name.text = f"Its rival {reading.title(rival)}"
        self._rival_score.text = _score(mean) + (f" {PLUS_MINUS} {_score(half)}" if half is not None else "")


def _score(value: float) -> str:
    return number(value, 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2)


def _end(group: Group) -> str:
    left = group.seconds_left
    if group.evaluating:
        return "evaluating"
    if left is None:
        return ""
    return f"ends {time.strftime('%H:%M', time.localtime(time.time() + left))}"
