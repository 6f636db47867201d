"""The list of all runs at the side: searched, filtered, several picked at once; and what lies in the bin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, PointerMove
from arena.ui.format import number
from arena.ui.layout import Column, Divider, Row, Spacer
from arena.ui.messages import Changed, Chosen, Handled, Message, Pressed, Submitted
from arena.ui.screens.train.filtering import Kind, found
from arena.ui.screens.train.reading import Reading
from arena.ui.screens.train.run_rows import (
    LOW,
    ROOMY,
    binned_words,
    low_words,
    paint_low,
    paint_roomy,
    roomy_words,
    tip_of,
)
from arena.ui.screens.train.search_entry import Entry
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import FilterChips
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.pick_list import PickList
from arena.ui.widgets.text import Paragraph, Text
from arena.ui.widgets.text_field import TextField

FEW = 6
ROOM_FOR_SEARCH = 420
# More rows than this are low where they would not all be in sight; this many should be.
MOST_ROOMY, IN_SIGHT = 2, 7
ABOVE_ROWS = 88
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
        self.rows = RunList(self._paint, self._tip)
        new = Button("New run", "train.new", icon="plus", size="small").with_tooltip("Start a run\tN")
        find_settings = Button("", "train.settings.find", "quiet", "flask-conical", "small")
        find_settings.with_tooltip("Search settings: try many, find the best\tH")
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
            tools=[self._find, find_settings, new],
            bare=True,
            id="train.runs.panel",
        )

    @property
    def kind(self) -> Kind:
        return next(kind for kind, _ in KINDS if kind == self.kinds.chosen)

    @property
    def listed(self) -> Sequence[Entry]:
        return self.rows.rows

    @property
    def wanted_height(self) -> int:
        """What it takes to have a few rows in sight, or all where there are fewer."""
        return ABOVE_ROWS + min(len(self.listed) * ROOMY, IN_SIGHT * LOW)

    def show(self, reading: Reading) -> None:
        self._reading = reading
        live = sum(run.live for group in reading.groups if group.live for run in group.runs)
        shown: Entry | None = reading.chosen.group if reading.chosen is not None else None
        if reading.search is not None:
            shown = reading.search.entry
        self.note.text = f"{live} live" if live else ""
        self._list(reading)
        if self.kind != "bin" and shown is not None:
            self.rows.selected = shown.id

    def _list(self, reading: Reading) -> None:
        """Most of the time only the rows of runs that train look different."""
        source = reading.binned if self.kind == "bin" else reading.listed
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
        if self._row_height() != self.rows.row_height:
            self.relayout()
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
        if self._row_height() != self.rows.row_height:
            self.rows.row_height = self._row_height()
            self._words = {}
            super().place(canvas, rect)

    def _row_height(self) -> int:
        count = len(self.listed)
        return LOW if count > MOST_ROOMY and count * ROOMY > self.rows.rect.height else ROOMY

    def _tip(self, entry: Entry) -> str:
        return tip_of(self._reading, entry) if self._reading and self.rows.row_height == LOW else ""

    def _outdated(self, groups: Sequence[Entry]) -> list[int]:
        """Rows in sight whose words are others by now, as time goes on."""
        tall = self.rows.row_height
        first = self.rows.offset // tall
        last = min(len(groups), first + self.rows.view.height // tall + 2)
        return [
            at for at in range(first, last) if self._words.get(groups[at].id) != self._side_words(groups[at])
        ]

    def _show_foot(self, groups: Sequence[Entry]) -> None:
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

    def _side_words(self, entry: Entry) -> str:
        if self._reading is None:
            return ""
        if self.kind == "bin":
            return binned_words(entry) if self.rows.row_height == ROOMY else ""
        words = roomy_words if self.rows.row_height == ROOMY else low_words
        return words(entry, self._reading)

    def _paint(self, canvas: Canvas, rect: Rect, entry: Entry) -> None:
        if self._reading is None:
            return
        side = self._words[entry.id] = self._side_words(entry)
        paint = paint_roomy if self.rows.row_height == ROOMY else paint_low
        paint(canvas, rect, entry, self._reading, side)


class RunList(PickList[Entry]):
    """Under the pointer it tells what a row has no room for."""

    def __init__(self, paint: Callable[[Canvas, Rect, Entry], None], tip: Callable[[Entry], str]) -> None:
        super().__init__("train.runs", key=lambda one: one.id, paint=paint, row_height=ROOMY, lines=True)
        self._tip = tip

    def handle(self, event: Event) -> Message | None:
        if isinstance(event, PointerMove):
            at = self.row_at(event.y)
            self.tooltip = self._tip(self._rows[at]) if at >= 0 else ""
        return super().handle(event)


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
