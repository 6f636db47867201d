"""Charts draw again only what changed, and look as if all had been drawn at once."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygame import Rect

from arena.drawing.palette import agent_style
from arena.ui.canvas import Canvas, Point
from arena.ui.chart_axes import Span
from arena.ui.chart_lines import Lines, Series, changed_from
from arena.ui.theme import DARK
from arena.ui.tree import Tree
from arena.ui.widgets.chart import Chart, Moment, Threshold

SIZE = (460, 220)
STYLE = agent_style(2)


def wave(count: int) -> tuple[Point, ...]:
    return tuple((float(x), 50 + 40 * math.sin(x / 9) + x % 7) for x in range(count))


def series(count: int, name: str = "DQN", slot: int = 2) -> Series:
    points = wave(count)
    low, high = (tuple((x, y + shift) for x, y in points) for shift in (-6, 6))
    return Series(name, points, agent_style(slot), low, high, lit=slot == 2)


def shown(chart: Chart, tree: Tree) -> np.ndarray:
    tree.draw()
    return pygame.surfarray.array3d(tree.canvas.surface).astype(int)


def charted() -> tuple[Chart, Tree]:
    chart = Chart("chart")
    tree = Tree(Canvas(pygame.Surface(SIZE), DARK), chart)
    return chart, tree


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_chart_that_grows_looks_as_if_it_had_been_drawn_at_once(scale: float) -> None:
    grown, its_tree = charted()
    whole, other_tree = charted()
    for tree in (its_tree, other_tree):
        tree.canvas.set_scale(scale)
    solved = Threshold(80, "solved at 80")
    for count in (120, 121, 125, 126, 150, 178):
        lines = [series(count), series(60, "PPO", 4)]
        grown.show(lines, solved, [Moment(count)], 200)
        picture = shown(grown, its_tree)
    whole.show(lines, solved, [Moment(178)], 200)
    difference = np.abs(picture - shown(whole, other_tree))
    assert difference.max() <= 40
    assert difference.mean() < 0.05


def test_only_the_end_of_a_growing_chart_is_drawn_again() -> None:
    chart, tree = charted()
    chart.show([series(120)], None, [Moment(120)], 400)
    tree.draw()
    chart.show([series(124)], None, [Moment(124)], 400)
    (region,) = tree.draw()
    end = chart.plot_rect.left + chart.plot_rect.width * 119 / 400
    assert end - 12 <= region.left <= end
    assert region.width < 40
    chart.show([series(125, slot=5)], None, [Moment(125)], 400)
    assert tree.draw() == [Rect(0, 0, *SIZE)]


@given(st.integers(0, 60), st.integers(0, 60))
def test_lines_differ_from_their_last_common_point_on(kept: int, added: int) -> None:
    old = Series("a", wave(kept), STYLE)
    new = Series("a", wave(kept) + tuple((kept + at, -1.0) for at in range(added)), STYLE)
    found = changed_from((old,), (new,))
    assert found == (math.inf if not added else float(kept - 1) if kept else -math.inf)


def test_another_style_or_number_of_lines_changes_all_of_it() -> None:
    one = series(30)
    assert changed_from((one,), (replace(one, style=agent_style(6)),)) == -math.inf
    assert changed_from((one,), (one, one)) == -math.inf
    dashed = replace(one, style=replace(STYLE, dashed=True))
    assert changed_from((dashed,), (replace(dashed, points=wave(31)),)) == -math.inf


def test_the_picture_of_lines_that_stay_is_kept() -> None:
    canvas, plot, lines = Canvas(pygame.Surface(SIZE), DARK), Rect(40, 10, 400, 180), Lines()
    one = (series(30),)
    span = Span.around([one[0].reach])
    picture = lines.picture(canvas, plot, span, one)
    before = pygame.surfarray.array3d(picture).copy()
    assert before.any()
    assert lines.picture(canvas, plot, span, (series(30),)) is picture
    assert (pygame.surfarray.array3d(picture) == before).all()


def test_a_series_without_values_leaves_room_for_the_others() -> None:
    chart, tree = charted()
    chart.show([series(30), Series("PPO", (), STYLE), Series("broken", ((0.0, math.nan),), STYLE)])
    tree.draw()
    assert chart.plot_rect.width > 0
    assert Span.around([one.reach for one in chart.series]) == Span.around([series(30).reach])


def test_a_wide_interval_leaves_the_lines_most_of_the_height() -> None:
    points = wave(30)
    wide = [tuple((x, y + shift) for x, y in points) for shift in (-400, 400)]
    one = Series("DQN", points, STYLE, *wide)
    span, lines = Span.around([one.reach], (), [one.band_reach]), one.reach
    assert (lines.top - lines.bottom) / (span.top - span.bottom) > 0.6
    narrow = series(30)
    around = Span.around([narrow.reach], (), [narrow.band_reach])
    assert around.bottom < narrow.band_reach.bottom
    assert around.top > narrow.band_reach.top


def test_an_interval_that_is_cut_off_stays_inside_the_plot_and_fades_at_its_edge() -> None:
    canvas, plot, lines = Canvas(pygame.Surface(SIZE), DARK), Rect(40, 10, 400, 180), Lines()
    flat = tuple((float(x), 0.5) for x in range(30))
    one = Series("DQN", flat, STYLE, *[tuple((x, y) for x, _ in flat) for y in (-9.0, 9.0)])
    picture = lines.picture(canvas, plot, Span(0.0, 29.0, 0.0, 1.0), (one,))
    assert picture.get_size() == plot.size
    alpha = pygame.surfarray.array_alpha(picture)[200]
    assert alpha[0] < alpha[4] < alpha[20]
    assert alpha[-1] < alpha[-5] < alpha[-21]
