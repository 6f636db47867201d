"""What a chosen search shows: each trial's curve of greedy returns, the best one lit, and a row a trial."""

from __future__ import annotations

from dataclasses import dataclass

from arena.drawing.palette import AgentStyle
from arena.searches import TrialRecord
from arena.settings import Value
from arena.ui.canvas import Point
from arena.ui.chart_lines import Series
from arena.ui.format import setting_value
from arena.ui.screens.train.curves import Curves, mean_of, thinned
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.picture import COLUMNS, COLUMNS_OF_MANY, MANY, curves_of
from arena.ui.screens.train.reading import Measured, Searched
from arena.ui.screens.train.words import CHOOSING


@dataclass(frozen=True)
class Trial:
    """One row of the table.

    Attributes:
        settings: the searched ones, by name.
        group: its runs, None where they are deleted.
        best: whether it is the best so far.
    """

    record: TrialRecord
    settings: dict[str, str]
    group: Group | None
    best: bool

    @property
    def number(self) -> int:
        return self.record.number


@dataclass(frozen=True)
class SearchPicture:
    """All that the search's part of the screen shows.

    Attributes:
        lit: the number of the trial whose line is lit; None while nothing is measured.
    """

    searched: Searched
    trials: tuple[Trial, ...]
    series: tuple[Series, ...]
    lit: int | None


def search_picture(searched: Searched, style: AgentStyle, curves: Curves) -> SearchPicture:
    """The best trial's line is lit; until one has ended, that of the highest so far."""
    entry = searched.entry
    lines = {
        one.group.id: _line(one, curves, len(searched.measured), entry.search.budget)
        for one in searched.measured
    }
    by_number = {trial.number: lines.get(trial.group, ()) for trial in entry.trials}
    measured = [number for number, line in by_number.items() if line]
    lit = entry.search.best if entry.search.best in measured else None
    if lit is None and measured:
        lit = max(measured, key=lambda number: max(y for _, y in by_number[number]))
    series: tuple[Series, ...] = ()
    if lit is not None:
        others = tuple(by_number[number] for number in measured if number != lit)
        series = (Series(f"trial {lit}", by_number[lit], style, seeds=others, lit=True),)
    trials = tuple(
        Trial(
            record=trial,
            settings={name: short_value(value) for name, value in trial.settings.items()},
            group=entry.group_of(trial.number),
            best=trial.number == entry.search.best,
        )
        for trial in entry.trials
    )
    return SearchPicture(searched, trials, series, lit)


def _line(one: Measured, curves: Curves, count: int, budget: int) -> tuple[Point, ...]:
    """The mean of the trial's runs."""
    made = curves_of(one, CHOOSING, "steps", 0.0, curves)
    columns = COLUMNS if count < MANY else COLUMNS_OF_MANY
    return mean_of([thinned(curve, columns, float(budget)) for curve in made]).points


def short_value(value: Value) -> str:
    """A setting with at most four digits: a search tries values that nobody would type."""
    return setting_value(float(f"{value:.4g}") if isinstance(value, float) else value)
