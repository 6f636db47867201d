"""How one run, or one search, looks in the list: on a roomy row, or on a low one where there are many."""

from __future__ import annotations

import time

from pygame import Rect

from arena.drawing.palette import BASELINE
from arena.ui.canvas import Canvas
from arena.ui.format import PLUS_MINUS, ago, count_of, duration, number, percent, short_number
from arena.ui.screens.train.curves import with_half_width
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.head import rounded
from arena.ui.screens.train.queueing import place_in, place_words
from arena.ui.screens.train.reading import Reading
from arena.ui.screens.train.search_entry import Entry, SearchEntry
from arena.ui.theme import RoleName, mix
from arena.ui.widgets.chip import RUN_STATES, State, paint_state_chip, state_chip_width
from arena.ui.widgets.progress import paint_bar

ROOMY, LOW = 60, 33
# From which width on a low row has room for the word of a state beside its icon.
ROOM_FOR_WORDS = 360
SEARCHING = State("Searching", "ok", "circle-dot")
INDENT = 14


def paint_roomy(canvas: Canvas, rect: Rect, entry: Entry, reading: Reading, side: str) -> None:
    """Title and state, the share done, and two captions below."""
    theme, style = canvas.theme, reading.styles.get(entry.first.agent, BASELINE)
    rect = _indented(rect, entry)
    canvas.agent_shape(style, (rect.left + 7, rect.top + 17), 14)
    left = rect.left + 23
    state = state_of(entry)
    wide = state_chip_width(canvas, state)
    paint_state_chip(canvas, (rect.right - wide, rect.top + 7), state)
    title = Rect(left, rect.top + 8, rect.right - wide - 8 - left, 18)
    canvas.text(title_of(reading, entry), title, "body-medium", theme.text)
    bar = Rect(left, rect.top + 32, rect.right - left, 4)
    paint_bar(canvas, bar, entry.share, _bar_colour(canvas, reading, entry))
    words = Rect(left, rect.top + 40, rect.right - left, 14)
    words.width -= canvas.text(side, words, "caption", theme.text3, "right") + 8
    canvas.text(caption_of(entry), words, "caption", theme.text2)


def paint_low(canvas: Canvas, rect: Rect, entry: Entry, reading: Reading, side: str) -> None:
    """Shape and name, the state's icon, and at the right end how far it is or what it came to."""
    theme, style = canvas.theme, reading.styles.get(entry.first.agent, BASELINE)
    rect = _indented(rect, entry)
    canvas.agent_shape(style, (rect.left + 6, rect.centery), 14)
    left, right = rect.left + 21, rect.right
    value, _, half = side.partition(f" {PLUS_MINUS} ")
    if half:
        right -= canvas.text(f" {PLUS_MINUS} {half}", _until(rect, right), "caption", theme.text3, "right")
    right -= canvas.text(value, _until(rect, right), "label", theme.text2, "right") + 8
    state = state_of(entry)
    if rect.width >= ROOM_FOR_WORDS:
        right = min(right, rect.right - 120)
        right -= state_chip_width(canvas, state)
        paint_state_chip(canvas, (right, rect.centery - 10), state)
    else:
        right -= 14
        canvas.icon(state.icon, Rect(right, rect.top, 14, rect.height), 14, theme.tone(state.tone)[0])
    name = f"Search {entry.label}" if isinstance(entry, SearchEntry) else entry.label
    room = Rect(left, rect.top, right - 8 - left, rect.height)
    canvas.text(elided(canvas, name, room.width, "body"), room, "body", theme.text)
    if entry.live:
        bar = Rect(left, rect.bottom - 5, rect.right - left, 2)
        paint_bar(canvas, bar, entry.share, _bar_colour(canvas, reading, entry))


def elided(canvas: Canvas, name: str, width: int, role: RoleName) -> str:
    """A name without so much of its middle that it fits: runs are told apart by their ends."""
    if canvas.text_width(name, role) <= width:
        return name
    head, dash, tail = name.rpartition("-")
    for kept in range(len(head) - 1, 0, -1):
        shorter = f"{head[:kept].rstrip('-')}\u2026{dash}{tail}"
        if canvas.text_width(shorter, role) <= width:
            return shorter
    return name


def _indented(rect: Rect, entry: Entry) -> Rect:
    """A trial that is opened stands below its search."""
    inner = rect.copy()
    if isinstance(entry, Group) and entry.first.search is not None:
        inner.left, inner.width = rect.left + INDENT, rect.width - INDENT
    return inner


def _until(rect: Rect, right: int) -> Rect:
    return Rect(rect.left, rect.top, right - rect.left, rect.height)


def _bar_colour(canvas: Canvas, reading: Reading, entry: Entry) -> str:
    colour = canvas.theme.agent(reading.styles.get(entry.first.agent, BASELINE))
    return mix(colour, canvas.theme.panel, 0.35) if entry.state in ("lost", "failed", "stopped") else colour


def state_of(entry: Entry) -> State:
    """A search that runs is not called training."""
    searching = isinstance(entry, SearchEntry) and entry.state == "running"
    return SEARCHING if searching else RUN_STATES[entry.state]


def title_of(reading: Reading, entry: Entry) -> str:
    """`DQN`, `DQN vs PPO`, `Search · DQN`."""
    title = reading.title(entry.first.agent)
    if isinstance(entry, SearchEntry):
        return f"Search \u00b7 {title}"
    rival = entry.first.rival
    return f"{title} vs {reading.title(rival)}" if rival is not None else title


def caption_of(entry: Entry) -> str:
    if isinstance(entry, SearchEntry):
        return f"{number(entry.ended)} of {count_of(entry.search.trials, 'trial')}"
    return entry.label


def tip_of(reading: Reading, entry: Entry) -> str:
    """What a low row has no room for."""
    known = reading.environments.get(entry.first.environment)
    where = known.title if known else entry.first.environment
    return f"{title_of(reading, entry)} on {where}: {state_of(entry).label.lower()}, {caption_of(entry)}"


def roomy_words(entry: Entry, reading: Reading) -> str:
    """What stands at the end of a row: time left, place in the queue, how long ago it ended, or its seeds."""
    if isinstance(entry, SearchEntry):
        return _best(entry)
    if entry.state == "running":
        left = entry.seconds_left
        return "" if left is None or entry.evaluating else f"{duration(max(left, 1))} left"
    if entry.state == "queued":
        place = place_in(reading.queue, entry)
        return place_words(place) if place is not None else "starts now"
    if len(entry.runs) > 1:
        return count_of(len(entry.runs), "seed")
    if entry.state == "paused":
        return f"{short_number(entry.step)} of {short_number(entry.budget)}"
    ends = [run.ended_at for run in entry.runs if run.ended_at is not None]
    return ago(time.time() - max(ends)) if ends else ""


def low_words(entry: Entry, reading: Reading) -> str:
    """The result of what has one, else the share done or the place in the queue."""
    if isinstance(entry, SearchEntry):
        return f"{number(entry.ended)} of {number(entry.search.trials)}" if entry.live else _best(entry)
    if entry.state == "queued":
        place = place_in(reading.queue, entry)
        return place_words(place).partition(" ")[0] if place is not None else "0 %"
    done = [run.evaluation for run in entry.runs if run.evaluation is not None]
    if len(done) < len(entry.runs):
        return percent(entry.share)
    mean, half = with_half_width([one.mean_return for one in done])
    if len(done) == 1:
        half = (done[0].high - done[0].low) / 2
    return rounded(mean) if half is None else f"{rounded(mean)} {PLUS_MINUS} {rounded(half)}"


def binned_words(entry: Entry) -> str:
    """When it was put into the bin."""
    runs = () if isinstance(entry, SearchEntry) else entry.runs
    when = [run.trashed_at for run in runs if run.trashed_at is not None]
    return f"deleted {ago(time.time() - max(when))}" if when else ""


def _best(entry: SearchEntry) -> str:
    best = entry.best
    return "" if best is None or best.value is None else f"best {rounded(best.value)}"
