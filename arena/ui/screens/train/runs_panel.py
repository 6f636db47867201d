"""The list of all runs at the side, the seeds of one request together."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pygame import Rect

from arena.drawing.palette import BASELINE
from arena.ui.canvas import Canvas
from arena.ui.format import ago, count_of, duration
from arena.ui.layout import Divider
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.reading import Reading
from arena.ui.theme import mix
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import RUN_STATES, paint_state_chip, state_chip_width
from arena.ui.widgets.list_view import ListView
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.progress import paint_bar

ROW = 69


class RunsPanel(Panel):
    """Answers `Chosen("train.runs", group id)`, and `Pressed("train.new")`."""

    def __init__(self) -> None:
        self._reading: Reading | None = None
        self._shown: tuple[tuple[Group, str], ...] = ()
        self.rows: ListView[Group] = ListView(
            "train.runs", key=lambda group: group.id, paint=self._paint, row_height=ROW, lines=True
        )
        new = Button("New run", "train.new", icon="plus", size="small").with_tooltip("Start a run\tN")
        super().__init__(Divider(), self.rows.sized(grow=1), title="Runs", tools=[new], bare=True)

    def show(self, reading: Reading) -> None:
        self._reading = reading
        self._show_rows(reading.groups)
        live = sum(run.live for group in reading.groups for run in group.runs)
        self.note.text = f"{live} live" if live else ""
        if reading.chosen is not None:
            self.rows.selected = reading.chosen.group.id

    def _show_rows(self, groups: tuple[Group, ...]) -> None:
        """Most of the time only the rows of runs that train look different."""
        before, self._shown = self._shown, tuple((group, side_words(group)) for group in groups)
        if [group.id for group, _ in before] != [group.id for group in groups]:
            self.rows.rows = groups
        elif before != self._shown:
            self.rows.replace_rows(groups)
            pairs = zip(before, self._shown, strict=True)
            self.rows.redraw_rows(at for at, (old, new) in enumerate(pairs) if old != new)

    def _paint(self, canvas: Canvas, rect: Rect, group: Group) -> None:
        reading, theme = self._reading, canvas.theme
        if reading is None:
            return
        agent = group.first.agent
        style = reading.styles.get(agent, BASELINE)
        canvas.agent_shape(style, (rect.left + 7, rect.top + 19), 14)
        left = rect.left + 23
        state = RUN_STATES[group.state]
        wide = state_chip_width(canvas, state)
        paint_state_chip(canvas, (rect.right - wide, rect.top + 9), state)
        title = Rect(left, rect.top + 10, rect.right - wide - 8 - left, 18)
        canvas.text(reading.title(agent), title, "body-medium", theme.text)
        colour = theme.agent(style)
        if group.state in ("lost", "failed", "stopped"):
            colour = mix(colour, theme.panel, 0.35)
        paint_bar(canvas, Rect(left, rect.top + 37, rect.right - left, 4), group.share, colour)
        words = Rect(left, rect.top + 47, rect.right - left, 14)
        words.width -= canvas.text(side_words(group), words, "caption", theme.text3, "right") + 8
        canvas.text(group.label, words, "caption", theme.text2)


def side_words(group: Group) -> str:
    """What stands at the end of a row: time left, how long ago it ended, or how many seeds there are."""
    if len(group.runs) > 1 and group.state != "running":
        return count_of(len(group.runs), "seed")
    if group.state == "running":
        left = group.seconds_left
        return "" if left is None or group.evaluating else f"{duration(max(left, 1))} left"
    ends: Sequence[float] = [run.ended_at for run in group.runs if run.ended_at is not None]
    return ago(time.time() - max(ends)) if ends else ""
