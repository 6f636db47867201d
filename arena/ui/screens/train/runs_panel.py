"""The list of all runs at the side: searched, filtered, several picked at once; and what lies in the bin."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from pygame import Rect

from arena.drawing.palette import BASELINE
from arena.ui.canvas import Canvas
from arena.ui.format import ago, count_of, duration, number, short_number
from arena.ui.layout import Column, Divider, Row, Spacer
from arena.ui.messages import Changed, Chosen, Handled, Message, Pressed, Submitted
from arena.ui.screens.train.filtering import Kind, found
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.queueing import place_in, place_words
from arena.ui.screens.train.reading import Reading
from arena.ui.theme import mix
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import RUN_STATES, FilterChips, paint_state_chip, state_chip_width
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.pick_list import PickList
from arena.ui.widgets.progress import paint_bar
from arena.ui.widgets.text import Paragraph, Text
from arena.ui.widgets.text_field import TextField

ROW = 60
FEW = 6
ROOM_FOR_SEARCH = 300
KINDS: tuple[tuple[Kind, str], ...] = (
    ("all", "All"),
    ("live", "Live"),
    ("finished", "Finished"),
    ("failed", "Failed"),
    ("bin", "Bin"),
)
EMPTY: Mapping[Kind, str] = {
    "all": "No runs",
    "live": "No run trains or waits",
    "finished": "No run has finished",
    "failed": "No run failed or was lost",
    "bin": "The bin is empty",
}


class RunsPanel(Panel):
    """Answers `Chosen("train.runs", group id)`, `Changed("train.picks", ids)` and `Changed("train.kind")`.

    Presses: `train.new`, and for what is picked `train.compare.picks`, `train.delete.picks`, `train.restore`,
    `train.erase`.
    """

    def __init__(self) -> None:
        self._reading: Reading | None = None
        self._words: dict[str, str] = {}
        self.search = TextField("", "train.search", "Search runs", "search").sized(grow=1)
        self.search.with_tooltip("Search runs\tCtrl F")
        self.kinds = FilterChips(list(KINDS), "train.kind")
        self.kinds.gap = 4
        self.rows: PickList[Group] = PickList(
            "train.runs", key=lambda group: group.id, paint=self._paint, row_height=ROW, lines=True
        )
        new = Button("New run", "train.new", icon="plus", size="small").with_tooltip("Start a run\tN")
        self._find = Button("", "train.find", "quiet", "search", "small").with_tooltip("Search\tCtrl F")
        self._search_row = Row(self.search, padding=(8, 14, 0, 14))
        self._search_row.visible = False
        self._many = self._opened = False
        self._nothing = Nothing()
        self._foot = PickedFoot()
        super().__init__(
            Divider(),
            self._search_row,
            Row(self.kinds, padding=(8, 14, 8, 14)),
            Divider(),
            self.rows.sized(grow=1),
            self._nothing,
            self._foot,
            title="Runs",
            tools=[self._find, new],
            bare=True,
            id="train.runs.panel",
        )

    @property
    def kind(self) -> Kind:
        return next(kind for kind, _ in KINDS if kind == self.kinds.chosen)

    @property
    def listed(self) -> Sequence[Group]:
        return self.rows.rows

    def show(self, reading: Reading) -> None:
        self._reading = reading
        live = sum(run.live for group in reading.groups if group.live for run in group.runs)
        self.note.text = f"{live} live" if live else ""
        self._list(reading)
        if self.kind != "bin" and reading.chosen is not None:
            self.rows.selected = reading.chosen.group.id

    def _list(self, reading: Reading) -> None:
        """Most of the time only the rows of runs that train look different."""
        source = reading.binned if self.kind == "bin" else reading.groups
        titles = {agent.id: agent.title for agent in reading.agents.values()}
        titles |= {known.id: known.title for known in reading.environments.values()}
        groups = found(source, self.kind, self.search.value, titles)
        before = self.rows.rows
        differing = [
            at for at, pair in enumerate(zip(before, groups, strict=False)) if pair[0] is not pair[1]
        ]
        if len(before) != len(groups) or any(before[at].id != groups[at].id for at in differing):
            self._words = {}
            self.rows.rows = groups
        else:
            self.rows.replace_rows(groups)
            self.rows.redraw_rows([*differing, *self._outdated(groups)])
        self._many = len(source) > FEW
        if self._search_row.visible != self._wants_search(self.rect.height):
            self.relayout()
        self.rows.visible = bool(groups)
        self._nothing.visible = not groups
        if not groups:
            self._nothing.show(EMPTY[self.kind], self.search.value)
        self._show_foot(groups)

    def _wants_search(self, height: int) -> bool:
        """The field takes the room of a row: it is there when used, or with many runs and room enough."""
        used = self.search.focused or bool(self.search.value) or self._opened
        return used or (self._many and height >= ROOM_FOR_SEARCH)

    def place(self, canvas: Canvas, rect: Rect) -> None:
        shown = self._wants_search(rect.height)
        self._search_row.set_visible_in_layout(shown)
        self._find.set_visible_in_layout(not shown)
        super().place(canvas, rect)

    def _outdated(self, groups: Sequence[Group]) -> list[int]:
        """Rows in sight whose words are others by now, as time goes on."""
        first = self.rows.offset // ROW
        last = min(len(groups), first + self.rows.view.height // ROW + 2)
        return [
            at for at in range(first, last) if self._words.get(groups[at].id) != self._side_words(groups[at])
        ]

    def _show_foot(self, groups: Sequence[Group]) -> None:
        picked = [group for group in groups if group.id in self.rows.picked]
        if self.kind == "bin" and not picked:
            picked = [group for group in groups if group.id == self.rows.selected]
        self._foot.show(len(picked), self.kind == "bin")

    def choose_kind(self, kind: Kind) -> None:
        """List only those of this kind, as a press on its chip would."""
        self.kinds.choose(kind)
        self._refill()

    def open_search(self) -> None:
        """Have the field there, to be given the focus."""
        self._opened = True
        self.relayout()
        self.search.select_all()

    def clear_search(self) -> None:
        self.search.value = ""
        self._opened = False
        self._refill()

    def _refill(self) -> None:
        if self.kind == "bin":
            self.rows.selected = None
        self.rows.pick(())
        if self._reading is not None:
            self.show(self._reading)

    def translate(self, message: Message) -> Message:
        match message:
            case Changed("train.search", _):
                if self._reading is not None:
                    self._list(self._reading)
                return Handled()
            case Submitted("train.search", _):
                self._opened = False
                host = self.find_host()
                if host is not None and self.listed:
                    host.set_focus(self.rows)
                return Handled()
            case Changed("train.kind"):
                self._refill()
            case Changed("train.runs", picks):
                self._show_foot(self.listed)
                return Changed("train.picks", picks)
            case Chosen("train.runs") if self.kind == "bin":
                self._show_foot(self.listed)
                return Handled()
            case Pressed("train.picks.none"):
                return self.rows.said(self.rows.pick(()))
            case Pressed("train.search.clear"):
                self.clear_search()
                return Handled()
        return message

    def _side_words(self, group: Group) -> str:
        queue = self._reading.queue if self._reading is not None else ()
        return binned_words(group) if self.kind == "bin" else side_words(group, queue)

    def _paint(self, canvas: Canvas, rect: Rect, group: Group) -> None:
        reading, theme = self._reading, canvas.theme
        if reading is None:
            return
        agent = group.first.agent
        style = reading.styles.get(agent, BASELINE)
        canvas.agent_shape(style, (rect.left + 7, rect.top + 17), 14)
        left = rect.left + 23
        state = RUN_STATES[group.state]
        wide = state_chip_width(canvas, state)
        paint_state_chip(canvas, (rect.right - wide, rect.top + 7), state)
        title = Rect(left, rect.top + 8, rect.right - wide - 8 - left, 18)
        canvas.text(_title(reading, group), title, "body-medium", theme.text)
        colour = theme.agent(style)
        if group.state in ("lost", "failed", "stopped"):
            colour = mix(colour, theme.panel, 0.35)
        paint_bar(canvas, Rect(left, rect.top + 32, rect.right - left, 4), group.share, colour)
        side = self._words[group.id] = self._side_words(group)
        words = Rect(left, rect.top + 40, rect.right - left, 14)
        words.width -= canvas.text(side, words, "caption", theme.text3, "right") + 8
        canvas.text(group.label, words, "caption", theme.text2)


def _title(reading: Reading, group: Group) -> str:
    rival = group.first.rival
    title = reading.title(group.first.agent)
    return f"{title} vs {reading.title(rival)}" if rival is not None else title


def side_words(group: Group, queue: Sequence[str] = ()) -> str:
    """What stands at the end of a row: time left, place in the queue, how long ago it ended, or its seeds."""
    if group.state == "running":
        left = group.seconds_left
        return "" if left is None or group.evaluating else f"{duration(max(left, 1))} left"
    if group.state == "queued":
        place = place_in(queue, group)
        return place_words(place) if place is not None else "starts now"
    if len(group.runs) > 1:
        return count_of(len(group.runs), "seed")
    if group.state == "paused":
        return f"{short_number(group.step)} of {short_number(group.budget)}"
    ends = [run.ended_at for run in group.runs if run.ended_at is not None]
    return ago(time.time() - max(ends)) if ends else ""


def binned_words(group: Group) -> str:
    """When it was put into the bin."""
    when = [run.trashed_at for run in group.runs if run.trashed_at is not None]
    return f"deleted {ago(time.time() - max(when))}" if when else ""


class Nothing(Column):
    """What stands in place of an empty list; offers to clear the search if that is why."""

    def __init__(self) -> None:
        self._title = Paragraph("", "body", "text3", "centre")
        self._clear = Button("Clear the search", "train.search.clear", size="small")
        super().__init__(
            Spacer(),
            self._title,
            Row(Spacer(), self._clear, Spacer()),
            Spacer(),
            gap=10,
            padding=(8, 14, 8, 14),
        )
        self.grow = 1.0
        self.visible = False

    def show(self, empty: str, query: str) -> None:
        self._title.text = f"No runs match \u201c{query.strip()}\u201d" if query.strip() else empty
        self._clear.visible = bool(query.strip())


class PickedFoot(Column):
    """What can be done with the picked runs."""

    def __init__(self) -> None:
        self._count = Text("", "label", "text2").sized(grow=1)
        self._none = Button("", "train.picks.none", "quiet", "x", "small").with_tooltip("Pick none\tEsc")
        self._compare = Button("Compare", "train.compare.picks", icon="git-compare", size="small")
        self._compare.with_tooltip("Compare\tX")
        self._delete = Button("Delete", "train.delete.picks", "danger", size="small").with_tooltip(
            "Delete\tDel"
        )
        self._restore = Button("Restore", "train.restore", icon="undo-2", size="small")
        self._erase = Button("Delete for good\u2026", "train.erase", "danger", size="small")
        self._buttons: Widget = Row(self._compare, self._delete, self._restore, self._erase, gap=6)
        super().__init__(
            Divider(), Row(self._count, self._buttons, self._none, gap=4, padding=(7, 8, 7, 14)), gap=0
        )
        self.visible = False

    def show(self, picked: int, binned: bool) -> None:
        """Args: picked: how many rows; binned: they lie in the bin."""
        self.visible = picked > (0 if binned else 1)
        self._count.text = number(picked) if binned else f"{number(picked)} picked"
        self._compare.visible = self._delete.visible = not binned
        self._restore.visible = self._erase.visible = binned
