"""Pure parts: formats, fuzzy search, text runs, ticks, decimation, palette, icons."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.drawing.palette import BASELINE, HUES, PERSON, SHIPPED_SLOTS, agent_style, shipped_style
from arena.drawing.shapes import draw_shape
from arena.ui import format as words
from arena.ui.assets import assets_folder
from arena.ui.chart_axes import nice_ticks, spread_labels
from arena.ui.editing import Editor, Line
from arena.ui.frame_times import FrameTimes
from arena.ui.fuzzy import fuzzy_match
from arena.ui.lettering import Lettering
from arena.ui.machine import Machine
from arena.ui.plotting import decimate
from arena.ui.status_bar import Load
from arena.ui.theme import DARK, LIGHT, Theme, contrast, mix

THIN = "\u2009"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1842, f"1{THIN}842"),
        (-6, "\u22126"),
        (0, "0"),
        (-0.2, "0"),
    ],
)
def test_numbers_have_thin_groups_and_a_true_minus(value: float, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9842, f"9{THIN}842"),
        (10_000, "10 k"),
        (680_400, "680 k"),
        (999_600, "1.0 M"),
        (1_240_000, "1.24 M"),
        (2_000_000, "2.0 M"),
    ],
)
def test_large_counts_are_shortened(value: float, text: str) -> None:
    assert words.short_number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(8.4, "8.4 s"), (45, "45 s"), (840, "14 min"), (7500, "2 h 5 min"), (260_000, "3 days")],
)
def test_durations(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_other_words() -> None:
    assert words.percent(0.62) == "62 %"
    assert words.with_interval(214, 22) == "214 ± 22"
    assert words.signed(12) == "+12"
    assert words.setting_value(3e-4) == "3e-4"
    assert words.setting_value(2.5e-4) == "2.5e-4"
    assert words.setting_value(0.99) == "0.99"
    assert [words.setting_value(value) for value in (True, False, 1)] == ["on", "off", "1"]
    assert words.ago(240) == "4 min ago"
    assert words.size_of(4_100_000) == "4.1 MB"
    assert words.time_left(840) == "14 min left"
    assert words.count_of(1, "run") == "1 run"


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_no_number_is_written_with_a_hyphen(value: float) -> None:
    for text in (words.number(value, 1), words.short_number(value)):
        assert "-" not in text


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=4000), st.integers(1, 300))
def test_decimation_keeps_ends_and_extremes(values: list[float], columns: int) -> None:
    points = [(float(at), value) for at, value in enumerate(values)]
    kept = decimate(points, columns)
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    assert max(y for _, y in kept) == max(values)
    assert min(y for _, y in kept) == min(values)
    assert len(kept) <= max(2 * columns, 4 * (columns + 1))


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6), st.integers(2, 6))
def test_ticks_lie_inside_and_are_few(low: float, span: float, most: int) -> None:
    ticks = nice_ticks(low, low + span, most)
    assert len(ticks) <= most
    slack = span * 1e-6 + 1e-9
    assert all(low - slack <= tick <= low + span + slack for tick in ticks)


def test_labels_are_pushed_apart() -> None:
    assert spread_labels([50, 51, 90], 18, 0, 100) == [50, 68, 90]


def test_fuzzy_search_prefers_word_starts_and_marks_letters() -> None:
    start, inside = fuzzy_match("dqn", "DQN"), fuzzy_match("dqn", "my-adqn")
    assert start is not None
    assert inside is not None
    assert start.score > inside.score
    assert start.positions == (0, 1, 2)
    assert fuzzy_match("watch dq", "Watch DQN play CartPole") is not None
    assert fuzzy_match("xyz", "DQN") is None


@given(st.text(max_size=12), st.text(max_size=40))
def test_fuzzy_positions_lie_in_the_text(query: str, text: str) -> None:
    match = fuzzy_match(query, text)
    assert match is None or all(0 <= at < len(text) for at in match.positions)


def test_a_glyph_that_the_font_lacks_is_drawn_with_another_font() -> None:
    lettering = Lettering()
    nabla = lettering.surface("\u2207", "body", "#FFFFFF")
    missing = lettering._font("Inter-Regular.otf", 13).render("\u2207", True, "#FFFFFF")
    assert pygame.image.tobytes(nabla, "RGBA") != pygame.image.tobytes(missing, "RGBA")
    assert lettering._runs("日", "body")[0][1] == "?"


@given(st.text(max_size=60), st.integers(20, 300))
def test_shortened_text_fits(text: str, width: int) -> None:
    lettering = Lettering()
    assert lettering.width(lettering.shorten(text, "body", width), "body") <= width


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_every_ink_can_be_read_on_every_ground_it_is_used_on(theme: Theme) -> None:
    for ink in (theme.text, theme.text2, theme.text3):
        for ground in (theme.bg, theme.panel, theme.raised, theme.hover, theme.irisbg):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    for tone in ("ok", "warn", "err", "info", "neutral", "iris"):
        assert contrast(*theme.tone(tone)) >= 4.5  # type: ignore[arg-type]
    assert contrast(theme.on_iris, theme.iris) >= 4.5
    assert contrast(theme.on_err, theme.err) >= 4.5


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert mix("#000000", "#FFFFFF", 0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1) == "#FFFFFF"


def test_sixteen_agents_look_different() -> None:
    looks = {(style.dark, style.shape) for style in map(agent_style, range(16))}
    assert len(looks) == 16
    assert shipped_style("q-learner") == agent_style(8)
    assert agent_style(8).shape == "hexagon"
    assert agent_style(8).dark == HUES[0].dark
    assert shipped_style("random") == BASELINE
    assert shipped_style("of-a-user") is None
    assert len({shipped_style(agent) for agent in SHIPPED_SLOTS}) == len(SHIPPED_SLOTS)


@pytest.mark.parametrize("style", [*HUES, BASELINE, PERSON])
def test_every_shape_is_drawn_in_its_colour(style: object) -> None:
    surface = pygame.Surface((40, 40))
    draw_shape(surface, style.shape, (20, 20), 32, style.dark)  # type: ignore[attr-defined]
    colours = {tuple(surface.get_at((x, y)))[:3] for x in range(40) for y in range(40)}
    assert tuple(pygame.Color(style.dark))[:3] in colours  # type: ignore[attr-defined]
    assert tuple(surface.get_at((0, 0)))[:3] == (0, 0, 0)


def test_every_icon_asked_for_is_shipped_with_its_licence() -> None:
    package = Path(__file__).parents[2] / "arena"
    source = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    shipped = {path.stem for path in (assets_folder() / "icons").glob("*.svg")}
    asked_for = set(re.findall(r"canvas\.icon\(\"([a-z0-9-]+)\"", source))
    assert asked_for <= shipped
    assert {"LICENSE"} <= {path.name for path in (assets_folder() / "icons").iterdir()}
    assert {"house", "swords", "activity", "trophy", "puzzle", "settings"} <= shipped


def test_a_line_is_edited_by_words_and_selection() -> None:
    line = Line("one two", 7, 7)
    assert line.erase(-1, by_word=True).text == "one "
    assert line.select_all().insert("x").text == "x"
    assert line.move(-1, by_word=True).caret == 4
    assert Line().insert("a\nb\x00").text == "a b"


@given(st.lists(st.text(max_size=5), max_size=20))
def test_undoing_everything_gives_the_first_text_back(pieces: list[str]) -> None:
    editor = Editor("start")
    for piece in pieces:
        editor.apply(editor.line.insert(piece), typing=True)
    final = editor.line.text
    while editor.undo():
        pass
    assert editor.line.text == "start"
    while editor.redo():
        pass
    assert editor.line.text == final


def test_frame_times_tell_median_and_tail() -> None:
    times = FrameTimes()
    with pytest.raises(ValueError, match="no frame"):
        times.summary()
    for frame in range(100):
        times.record(frame / 60, 0.002 if frame else 0.05, drew=True)
    summary = times.summary()
    assert summary.median == pytest.approx(2)
    assert summary.worst == pytest.approx(50)
    assert times.fps(99 / 60) == 60


def test_a_load_is_told_once_it_was_measured_long_enough() -> None:
    times = FrameTimes()
    times.record(10.0, 0.01, drew=True)
    assert times.fps(10.1) is None
    assert times.fps(11.0) == 1
    machine = Machine()
    first = machine.load()
    assert first.cpu is None
    assert first.memory_used > 0


def test_the_processors_load_is_measured_whichever_thread_asks() -> None:
    machine = Machine()
    loads: list[Load] = []

    def work_and_ask() -> None:
        until = time.thread_time() + 0.5
        while time.thread_time() < until:
            pass
        loads.append(machine.load())

    thread = threading.Thread(target=work_and_ask)
    thread.start()
    thread.join()
    assert loads[0].cpu is not None
    assert 0 < loads[0].cpu <= 1
