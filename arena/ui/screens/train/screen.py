"""The Train screen: the runs at the side, the chosen one's curve, metrics, log and settings."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from arena.drawing.palette import BASELINE
from arena.requests import TrainRequest
from arena.ui.events import Key
from arena.ui.layout import Column
from arena.ui.messages import Activated, Changed, Chosen, Message, Pressed
from arena.ui.screen import Action, Screen
from arena.ui.screens.new_run import open_new_run
from arena.ui.screens.train.altering import Altering
from arena.ui.screens.train.arrangement import SIDE, Main, Side, loading, no_runs
from arena.ui.screens.train.banner import Banner
from arena.ui.screens.train.chart_panel import ChartPanel
from arena.ui.screens.train.comparison import HEIGHT as COMPARISON_HEIGHT
from arena.ui.screens.train.comparison import WIDTH as COMPARISON_WIDTH
from arena.ui.screens.train.comparison import Compare, ComparisonSheet, compare
from arena.ui.screens.train.curves import Curves
from arena.ui.screens.train.deleting import Deleting
from arena.ui.screens.train.dialogs import HEIGHT, WIDTH, last_traceback, traceback_sheet
from arena.ui.screens.train.exporting import PREFIX as EXPORTED
from arena.ui.screens.train.exporting import Exporting, Format
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.head import Head
from arena.ui.screens.train.log_panel import LogPanel
from arena.ui.screens.train.metric_tiles import MetricTiles, Shown, tiles_of
from arena.ui.screens.train.picture import Picture, picture_of
from arena.ui.screens.train.progress_panel import ProgressPanel
from arena.ui.screens.train.reading import Reader, Reading, Wanted
from arena.ui.screens.train.runs_panel import RunsPanel
from arena.ui.screens.train.search_entry import Entry, SearchEntry, groups_in
from arena.ui.screens.train.search_picture import SearchPicture, search_picture
from arena.ui.screens.train.search_settings import open_search_settings
from arena.ui.screens.train.search_view import SearchFacts, SearchMain
from arena.ui.screens.train.searching import Searching
from arena.ui.screens.train.settings_panel import DEVICES, SettingsPanel
from arena.ui.screens.train.shortcuts import CTRL_KEYS, KEYS, SHORTCUTS, actions_for
from arena.ui.screens.train.steering import Steering
from arena.ui.screens.train.time_split import Split, TimeDialog, split_of
from arena.ui.screens.train.undoing import PREFIX as UNDO
from arena.ui.screens.train.undoing import Undoing
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.split import Split as SideBySide

# A metric row is on screen at the latest this, a file's reading and a frame after it was written.
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Scene:
    """A reading with what takes time to work out of it, done in the same thread."""

    reading: Reading
    picture: Picture | None
    tiles: tuple[Shown, ...]
    split: Split | None
    search: SearchPicture | None = None


class TrainScreen(Screen):
    """`ui.go("train", run=...)` shows a run by id, name or group, or a search; else the newest that trains.

    `beside` are groups' ids for its chart; None for the newest of each other agent.
    """

    name, title, icon, digit = "train", "Train", "activity", 3

    def build(self) -> Widget:
        self._reader, self._curves = Reader(self.ui.session), Curves()
        self._looking = threading.Lock()
        self._wanted = Wanted()
        self._scene: Scene | None = None
        self._scanned = False
        watch, rankings = self.ui.has_screen("watch"), self.ui.has_screen("rankings")
        self._head, self._banner = Head(watch, rankings), Banner()
        self._chart, self._tiles, self._log = ChartPanel(), MetricTiles(), LogPanel()
        self._runs, self._settings = RunsPanel(), SettingsPanel()
        self._progress = ProgressPanel(watch, rankings)
        self._undoing = Undoing(self.ui)
        self._steering = Steering(self.ui, self, self._head, lambda: self.group, self._look_now)
        self._altering = Altering(self.ui, self, self._undoing, self._look_now)
        self._deleting = Deleting(self.ui, self, self._undoing, self._moved)
        self._exporting = Exporting(self.ui, self)
        self._main = Main(self._head, self._banner, self._chart, self._tiles, self._log)
        self._trials, self._facts = SearchMain(), SearchFacts()
        self._trials.visible = False
        self._searching = Searching(
            self.ui, self, self._trials.head, lambda: self.entry, self._look_now, self._choose
        )
        main = Column(self._main.sized(grow=1), self._trials.sized(grow=1))
        self._side = Side(self._runs, self._progress, self._settings, self._facts)
        self._split = SideBySide(main, self._side, SIDE, labels=("Curves", "Runs and settings"))
        self._place = Column(loading().sized(grow=1))
        self._place.grow = 1.0
        self._answers = self._answering()
        return self._place

    def _answering(self) -> dict[str, Callable[[], None]]:
        """What pressing a button of that id does."""
        steering, searching = self._steering, self._searching
        return {
            "train.pause": self._pause_or_resume,
            "train.resume": steering.pause_or_resume,
            "train.resume.lost": steering.resume_lost,
            "train.checkpoint": steering.save,
            "train.stop": self._ask_to_stop,
            "train.trials.stop": searching.ask_to_stop,
            "train.trials.resume": searching.resume,
            "train.trials.best": searching.train_best,
            "train.settings.find": self._search_settings,
            "train.rename": steering.rename,
            "train.duplicate": self._duplicate,
            "train.compare.open": self._compare,
            "train.compare.picks": self._compare,
            "train.delete.picks": self.delete,
            "train.restore": self._restore,
            "train.erase": self.delete,
            "train.apply": self._apply,
            "train.new": self._new_run,
            "train.find": self._search,
            "train.watch": self.watch,
            "train.rankings": self._rankings,
            "train.traceback": self._show_traceback,
            "train.time": self._show_time,
            "train.free": lambda: self.ui.go("settings"),
            "train.next": steering.start_next,
            "train.retry": self._look_now,
            "train.binned": self._show_bin,
            "train.restore.last": self._restore_last,
            "train.undo": self._undoing.take,
            "train.pick.all": self._pick_all,
            "train.log.follow": self._log.toggle_following,
            "train.menu.open": self._open_menu,
            "train.menu.first": steering.start_next,
            "train.menu.duplicate": self._duplicate,
            "train.menu.settings": self._search_settings,
            "train.menu.compare": self._compare,
            "train.menu.rename": steering.rename,
            "train.menu.csv": lambda: self._export("csv"),
            "train.menu.tensorboard": lambda: self._export("tensorboard"),
            "train.menu.folder": steering.show_folder,
            "train.menu.delete": lambda: self._deleting.ask([self.group] if self.group else []),
        }

    def _pause_or_resume(self) -> None:
        if self._searching.chosen:
            self._searching.resume()
        else:
            self._steering.pause_or_resume()

    def _ask_to_stop(self) -> None:
        if self._searching.chosen:
            self._searching.ask_to_stop()
        else:
            self._steering.ask_to_stop()

    def _do(self, id: str) -> None:
        if id in self._answers:
            self._answers[id]()

    def enter(self, run: str | None = None, beside: Sequence[str] | None = None, **arguments: Any) -> None:
        if run is not None:
            shown = None if beside is None else tuple(beside)
            self._wanted = Wanted(run, shown, binned=self._wanted.binned)
        self.ui.every(self, POLL_SECONDS, self._look, self._show, self._show_failure)
        if arguments.get("bin"):
            self._show_bin()

    def update(self, now: float) -> None:
        self._log.keep_up()

    def _look(self) -> Scene | None:
        """In a thread: what is new, if anything."""
        with self._looking:
            reading = self._reader.read(self._wanted)
            if reading is None:
                return None
            if reading.search is not None:
                style = reading.styles.get(reading.search.entry.search.agent, BASELINE)
                found = search_picture(reading.search, style, self._curves)
                return Scene(reading, None, (), None, found)
            picture = picture_of(reading, self._curves)
            if picture is None or reading.chosen is None:
                return Scene(reading, None, (), None)
            tiles = tiles_of(reading, picture, self._curves)
            return Scene(reading, picture, tiles, split_of(reading.chosen, self._curves))

    def _look_now(self) -> None:
        self.ui.run(self, self._look, self._show, self._show_failure)

    def _show(self, scene: Scene | None) -> None:
        if scene is None:
            return
        self._scene = scene
        reading, chosen = scene.reading, scene.reading.chosen
        self._main.visible, self._trials.visible = scene.search is None, scene.search is not None
        self._side.show_search(scene.search is not None)
        if scene.search is not None:
            self._show_search(reading, scene.search)
            return
        if chosen is None or scene.picture is None:
            self.ui.subtitle("")
            self._hold(no_runs(bool(reading.binned)))
            return
        self._hold(self._split)
        group = chosen.group
        self._keep(reading, group)
        self._head.show(reading, chosen)
        self._banner.show(reading, group)
        self._chart.show(reading, scene.picture)
        self._tiles.show(scene.tiles, scene.split, reading.style)
        self._log.show(reading.log, len(group.runs) > 1)
        self._progress.show(reading, chosen)
        self._settings.show(reading, group)
        if not self._scanned and reading.unknown:
            self._scanned = True
            self.ui.run(self, self.ui.session.scan, lambda _: None)

    def _show_search(self, reading: Reading, picture: SearchPicture) -> None:
        self._hold(self._split)
        entry = picture.searched.entry
        self._keep(reading, entry)
        self._trials.show(reading, picture)
        self._facts.show(reading, entry)

    def _keep(self, reading: Reading, entry: Entry) -> None:
        """What one looks at, and steers by keys, stays chosen when another becomes the newest."""
        if self._wanted.group != entry.id:
            self._wanted = replace(self._wanted, group=entry.id)
        environment = reading.environments.get(entry.first.environment)
        where = environment.title if environment else entry.first.environment
        self.ui.subtitle(f"{reading.title(entry.first.agent)} on {where}")
        self._runs.show(reading)

    def _show_failure(self, error: Exception) -> None:
        retry = Button("Try again", "train.retry", "primary")
        if self._scene is None:
            title = "The runs could not be read"
            self._hold(EmptyState(title, str(error), "circle-x", (retry,), error=True))

    def _hold(self, widget: Widget) -> None:
        """Have only this in the place of the whole screen."""
        held = self._place.children[0]
        if held is widget or (type(held) is type(widget) and isinstance(held, EmptyState)):
            return
        self._place.replace_children([widget.sized(grow=1)])

    @property
    def group(self) -> Group | None:
        """The chosen one."""
        chosen = self._scene.reading.chosen if self._scene else None
        return chosen.group if chosen else None

    @property
    def entry(self) -> SearchEntry | None:
        """The chosen search."""
        search = self._scene.reading.search if self._scene else None
        return search.entry if search else None

    @property
    def _taken(self) -> list[Entry]:
        """The picked rows, else the chosen one; in the bin the selected one."""
        listed = self._runs.listed
        picked = [one for one in listed if one.id in self._runs.rows.picked]
        if picked:
            return picked
        if self._runs.kind == "bin":
            return [one for one in listed if one.id == self._runs.rows.selected]
        chosen = self.group or self.entry
        return [chosen] if chosen is not None else []

    @property
    def picked(self) -> list[Group]:
        """The groups of what is picked, a search's being those of its trials."""
        return groups_in(self._taken)

    def _want(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._look_now()

    def _choose(self, group: str) -> None:
        view = replace(self._wanted.view, metric=None)
        self._want(Wanted(group, None, view, self._wanted.binned))

    def _moved(self, groups: Sequence[Group]) -> None:
        """Some went to the bin or came out of it; a neighbour takes the place of a chosen one that went."""
        gone = {group.id for group in groups}
        if self._wanted.group in gone:
            before = [one.id for one in self._scene.reading.listed] if self._scene else []
            at = before.index(self._wanted.group) if self._wanted.group in before else 0
            left = [one for one in before[at:] + before[:at][::-1] if one not in gone]
            self._wanted = replace(self._wanted, group=left[0] if left else None)
        self._runs.rows.pick(())
        self._look_now()

    def _new_run(self) -> None:
        open_new_run(self.ui)

    def _duplicate(self) -> None:
        group = self.group
        if group is not None:
            session = self.ui.session
            self.ui.run(
                self,
                lambda: session.request_of(group.id),
                lambda request: open_new_run(self.ui, request=request, copy_of=group.label),
            )

    def delete(self) -> None:
        """Ask to delete what is picked: into the bin, or for good where it lies there already."""
        if self._runs.kind == "bin":
            self._deleting.ask_to_erase(self.picked)
            return
        searching = next((one for one in self._taken if isinstance(one, SearchEntry) and one.live), None)
        if searching is not None:
            self.ui.toast(f"{searching.label} is still searching", "Stop it first, then delete its trials.")
            return
        self._deleting.ask(self.picked)

    def _restore(self) -> None:
        self._deleting.restore(self.picked)

    def _restore_last(self) -> None:
        if self._scene is not None:
            self._deleting.restore(self._scene.reading.binned[:1])

    def _show_bin(self) -> None:
        self._runs.choose_kind("bin")
        self._split.show_side()
        self._want(replace(self._wanted, binned=True))

    def _compare(self) -> None:
        """Side by side: what is picked, else the chosen one with those in its chart."""
        scene = self._scene
        if scene is None:
            return
        groups = self.picked
        if len(groups) < 2 and scene.reading.chosen is not None:
            groups = [scene.reading.chosen.group, *(one.group for one in scene.reading.compared)]
        if sum(len(group.runs) for group in groups) < 2:
            hint = "Press further runs in the list with Ctrl, or with Shift, and compare again."
            self.ui.toast("Pick two runs to compare", hint)
            return
        session, reader, reading = self.ui.session, self._reader, scene.reading

        def open_sheet(shown: Compare) -> None:
            self.ui.open(ComparisonSheet(shown, Curves()), COMPARISON_WIDTH, COMPARISON_HEIGHT)

        self.ui.run(self, lambda: compare(session, reader, reading, groups), open_sheet)

    def _apply(self) -> None:
        scene, group = self._scene, self.group
        alteration = self._settings.alteration()
        button = self._settings.apply
        if scene is None or group is None or alteration is None or button.busy:
            return
        button.busy = True

        def over() -> None:
            button.busy = False

        self._altering.apply(group, alteration, scene.reading.changes, over)

    def watch(self) -> None:
        """Show the chosen run play."""
        run = self.group.watchable if self.group else None
        if run is not None and self.ui.has_screen("watch"):
            self.ui.go("watch", run=run.id)

    def _rankings(self) -> None:
        if self.group is not None and self.ui.has_screen("rankings"):
            self.ui.go("rankings", board=self.group.first.board)

    def _search_settings(self) -> None:
        """Ask what to vary; it starts from the chosen run, or from the chosen search once more."""
        group, entry, session = self.group, self.entry, self.ui.session
        if group is None:
            first = entry.first if entry is not None else None
            request = (
                None if first is None else TrainRequest(environment=first.environment, agent=first.agent)
            )
            open_search_settings(self.ui, request)
            return
        self.ui.run(
            self,
            lambda: session.request_of(group.id),
            lambda request: open_search_settings(self.ui, request, group.label),
        )

    def _search(self) -> None:
        self._runs.open_search()
        self._split.show_side()
        self.ui.focus(self._runs.search)

    def _show_traceback(self) -> None:
        group = self.group
        failed = group.of_state("failed") if group else ()
        if self._scene is not None and failed:
            run = failed[0]
            log = [line for line in self._scene.reading.log if line.seed == run.seed]
            lines = last_traceback(log, run.message or "")
            self.ui.open(traceback_sheet(run.name, lines, f"{run.id}/agent.py"), WIDTH, HEIGHT)

    def _show_time(self) -> None:
        scene, group = self._scene, self.group
        if scene is not None and scene.split is not None and group is not None:
            device = DEVICES.get(group.first.device, group.first.device)
            self.ui.open(TimeDialog(scene.split, scene.reading.style, group, device), 460)

    def _show_beside(self, group: str) -> None:
        if self._scene is None:
            return
        shown = [one.group.id for one in self._scene.reading.compared]
        now = [one for one in shown if one != group] if group in shown else [*shown, group]
        self._want(replace(self._wanted, compared=tuple(now)))

    def _see(self, **view: Any) -> None:
        self._want(replace(self._wanted, view=replace(self._wanted.view, **view)))

    def react(self, message: Message) -> None:
        match message:
            case Chosen("train.runs", group):
                self._choose(group)
            case Activated("train.trials", trial):
                self._searching.open_trial(trial)
            case Chosen("train.compare", group):
                self._show_beside(group)
            case Chosen("train.metrics", metric):
                self._see(metric=metric)
            case Chosen("train.menu", key):
                self._do(f"train.menu.{key}")
            case Changed("train.kind", kind):
                self._want(replace(self._wanted, binned=kind == "bin"))
            case Changed("train.axis" | "train.smoothing" | "train.measure" as id, value):
                self._see(**{id.removeprefix("train."): value})
            case Pressed(id):
                self._pressed(id)

    def _pressed(self, id: str) -> None:
        if id.startswith("train.line."):
            group, _, part = id.removeprefix("train.line.").partition("+")
            if not part:
                self._choose(group)
        elif id.startswith("train.metric."):
            metric = id.removeprefix("train.metric.")
            self._see(metric=None if self._wanted.view.metric == metric else metric)
        elif id.startswith(UNDO):
            self._undoing.take(id)
        elif id.startswith(EXPORTED):
            self._exporting.open(id)
        else:
            self._do(id)

    def _export(self, form: Format) -> None:
        self._exporting.ask(self.picked if self._runs.kind != "bin" else [], form)

    def key(self, key: Key) -> bool:
        known = CTRL_KEYS if key.ctrl else KEYS
        if key.alt or key.name not in known:
            return False
        self._do(known[key.name])
        return True

    def _pick_all(self) -> None:
        self.ui.focus(self._runs.rows)
        self._runs.rows.said(self._runs.rows.pick([group.id for group in self._runs.listed]))

    def _open_menu(self) -> None:
        if self.group is not None:
            self._head.menu.activate()

    def actions(self) -> Sequence[Action]:
        return actions_for(self.group, self.entry, self._do, self._undoing)

    def shortcuts(self) -> Sequence[tuple[str, str]]:
        return SHORTCUTS
