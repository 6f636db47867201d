"""The Train screen: the runs at the side, the chosen one's curve, metrics, log and settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pygame import Rect

from arena.records import RunRecord
from arena.ui.canvas import Canvas
from arena.ui.events import Key
from arena.ui.layout import Column
from arena.ui.messages import Changed, Chosen, Message, Pressed
from arena.ui.screen import Action, Screen
from arena.ui.screens.new_run import open_new_run
from arena.ui.screens.train.banner import Banner
from arena.ui.screens.train.chart_panel import ChartPanel
from arena.ui.screens.train.dialogs import HEIGHT, WIDTH, RenameDialog, last_traceback, traceback_sheet
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.head import Head
from arena.ui.screens.train.log_panel import LogPanel
from arena.ui.screens.train.metric_tiles import MetricTiles, Shown, tiles_of
from arena.ui.screens.train.picture import Picture, picture_of
from arena.ui.screens.train.progress_panel import ProgressPanel
from arena.ui.screens.train.reading import Reader, Reading, Wanted
from arena.ui.screens.train.runs_panel import RunsPanel
from arena.ui.screens.train.settings_panel import SettingsPanel
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.split import Split

# A metric row is on screen at the latest this, a file's reading and a frame after it was written.
POLL_SECONDS = 0.1
SIDE = 288
ROOM_FOR_TILES = 440


@dataclass(frozen=True)
class Scene:
    """A reading with what takes time to work out of it, done in the same thread."""

    reading: Reading
    picture: Picture | None
    tiles: tuple[Shown, ...]


class Curves(Column):
    """The main part; where it is low, the small panels make room for the chart."""

    def __init__(
        self, head: Head, banner: Banner, chart: ChartPanel, tiles: MetricTiles, log: LogPanel
    ) -> None:
        super().__init__(head, banner, chart.sized(grow=9), tiles, log.sized(grow=4), gap=12)
        self._banner, self._tiles = banner, tiles

    def place(self, canvas: Canvas, rect: Rect) -> None:
        taken = self._banner.natural_size(canvas, rect.width)[1] if self._banner.visible else 0
        self._tiles.set_visible_in_layout(
            bool(self._tiles.children) and rect.height - taken >= ROOM_FOR_TILES
        )
        super().place(canvas, rect)


class TrainScreen(Screen):
    """`ui.go("train", run=...)` shows a run by id, name or group; without one the newest that trains."""

    name, title, icon, digit = "train", "Train", "activity", 3

    def build(self) -> Widget:
        self._reader = Reader(self.ui.session)
        self._wanted = Wanted()
        self._scene: Scene | None = None
        self._scanned = False
        watch, rankings = self.ui.has_screen("watch"), self.ui.has_screen("rankings")
        self._head, self._banner = Head(watch, rankings), Banner()
        self._chart, self._tiles, self._log = ChartPanel(), MetricTiles(), LogPanel()
        self._runs, self._settings = RunsPanel(), SettingsPanel()
        self._progress = ProgressPanel(watch, rankings)
        main = Curves(self._head, self._banner, self._chart, self._tiles, self._log)
        side = Column(self._runs.sized(grow=1), self._progress, self._settings.sized(grow=1), gap=12)
        self._split = Split(main, side, SIDE, labels=("Curves", "Runs and settings"))
        self._place = Column(_loading().sized(grow=1))
        self._place.grow = 1.0
        return self._place

    def enter(self, run: str | None = None, **arguments: Any) -> None:
        if run is not None:
            self._wanted = Wanted(run)
        self.ui.every(self, POLL_SECONDS, self._look, self._show, self._show_failure)

    def update(self, now: float) -> None:
        self._log.keep_up()

    def _look(self) -> Scene | None:
        """In a thread: what is new, if anything."""
        reading = self._reader.read(self._wanted)
        if reading is None:
            return None
        picture = picture_of(reading)
        return Scene(reading, picture, tiles_of(reading, picture.metric) if picture else ())

    def _look_now(self) -> None:
        self.ui.run(self, self._look, self._show, self._show_failure)

    def _show(self, scene: Scene | None) -> None:
        if scene is None:
            return
        self._scene = scene
        reading, chosen = scene.reading, scene.reading.chosen
        if chosen is None or scene.picture is None:
            self.ui.subtitle("")
            self._hold(_no_runs())
            return
        self._hold(self._split)
        group = chosen.group
        if self._wanted.group is None:
            # What one looks at, and steers by keys, stays chosen when another run becomes the newest.
            self._wanted = replace(self._wanted, group=group.id)
        environment = reading.environments.get(group.first.environment)
        where = environment.title if environment else group.first.environment
        self.ui.subtitle(f"{reading.title(group.first.agent)} on {where}")
        self._runs.show(reading)
        self._head.show(reading, chosen)
        self._banner.show(reading, group)
        self._chart.show(reading, scene.picture)
        self._tiles.show(scene.tiles)
        self._log.show(reading.log, len(group.runs) > 1)
        self._progress.show(reading, chosen)
        self._settings.show(reading, group)
        if reading.unknown and not self._scanned:
            self._scanned = True
            self.ui.run(self, self.ui.session.scan, lambda _: None)

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
    def _group(self) -> Group | None:
        chosen = self._scene.reading.chosen if self._scene else None
        return chosen.group if chosen else None

    def _want(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._look_now()

    def _choose(self, group: str) -> None:
        self._want(Wanted(group, None, replace(self._wanted.view, metric=None)))

    def _steer(self, button: Button, order: Callable[[str], RunRecord], runs: Sequence[RunRecord]) -> None:
        """Tell the runs' jobs what to do; the next reading shows what came of it."""
        group = self._group
        if group is None or not runs:
            return
        self._head.wait_for(button, group)
        self.ui.run(self, lambda: [order(run.id) for run in runs], lambda _: self._look_now())

    def _pause_or_resume(self) -> None:
        group, session = self._group, self.ui.session
        if group is None or self._head.waiting:
            return
        if group.of_state("running"):
            self._steer(self._head.pause, partial(session.pause, patience=0.0), group.of_state("running"))
        else:
            ended = group.of_state("paused") or group.of_state("lost", "failed", "stopped")
            self._steer(self._head.resume, partial(session.resume, patience=0.0), ended)

    def _resume_lost(self) -> None:
        group, session = self._group, self.ui.session
        if group is not None:
            self._steer(self._head.resume, session.resume, group.of_state("lost") or group.of_state("failed"))

    def _save(self) -> None:
        group, session = self._group, self.ui.session
        if group is None or not group.of_state("running"):
            return
        runs = group.of_state("running")
        self.ui.run(
            self,
            lambda: [session.checkpoint(run.id) for run in runs],
            lambda _: self.ui.toast("Checkpoint asked for", "The log says when it is saved.", "ok"),
        )

    def _ask_to_stop(self) -> None:
        group = self._group
        if group is None or not any(run.live for run in group.runs):
            return
        stays = "A checkpoint stays, so that it can go on from there later."
        if group.state == "queued":
            stays = "It has not begun yet and can be started again later."
        self.ui.confirm(f"Stop {group.label}?", stays, "Stop run", lambda: self._stop(group), "Keep it")

    def _stop(self, group: Group) -> None:
        runs = [run for run in group.runs if run.live]
        self._steer(self._head.stop, partial(self.ui.session.stop, patience=0.0), runs)

    def _rename(self) -> None:
        group = self._group
        if group is None:
            return
        several = len(group.runs) > 1
        hint = "Of all its seeds; each adds its number" if several else "Its best player is renamed with it"
        name = group.first.name.rpartition("-")[0] if several else group.first.name
        dialog = RenameDialog(name, hint, lambda new: self._save_name(dialog, group, new))
        self.ui.open(dialog, 420)

    def _save_name(self, dialog: RenameDialog, group: Group, name: str) -> None:
        session = self.ui.session
        names = {run.id: name for run in group.runs}
        if len(names) > 1:
            names = {run.id: f"{name.strip()}-{at + 1}" for at, run in enumerate(group.runs)}

        def refuse(error: Exception) -> None:
            dialog.field.error = str(error)

        self.ui.run(
            self,
            lambda: [session.rename_run(run, new) for run, new in names.items()],
            lambda _: self.ui.close(dialog),
            refuse,
        )

    def _new_run(self) -> None:
        open_new_run(self.ui)

    def _again(self) -> None:
        if self._group is not None:
            open_new_run(self.ui, self._group.first.environment, self._group.first.agent)

    def _watch(self) -> None:
        run = self._group.watchable if self._group else None
        if run is not None and self.ui.has_screen("watch"):
            self.ui.go("watch", run=run.id)

    def _rankings(self) -> None:
        if self._group is not None and self.ui.has_screen("rankings"):
            self.ui.go("rankings", board=self._group.first.board)

    def _show_traceback(self) -> None:
        group = self._group
        failed = group.of_state("failed") if group else ()
        if self._scene is not None and failed:
            run = failed[0]
            log = [line for line in self._scene.reading.log if line.seed == run.seed]
            lines = last_traceback(log, run.message or "")
            self.ui.open(traceback_sheet(run.name, lines, f"{run.id}/agent.py"), WIDTH, HEIGHT)

    def _compare(self, group: str) -> None:
        if self._scene is None:
            return
        shown = [one.group.id for one in self._scene.reading.compared]
        now = [one for one in shown if one != group] if group in shown else [*shown, group]
        self._want(replace(self._wanted, compared=tuple(now)))

    def _show_metric(self, metric: str) -> None:
        view = self._wanted.view
        self._want(
            replace(self._wanted, view=replace(view, metric=None if view.metric == metric else metric))
        )

    def react(self, message: Message) -> None:
        match message:
            case Chosen("train.runs", group):
                self._choose(group)
            case Chosen("train.compare", group):
                self._compare(group)
            case Changed("train.axis", axis):
                self._want(replace(self._wanted, view=replace(self._wanted.view, axis=axis)))
            case Changed("train.smoothing", weight):
                self._want(replace(self._wanted, view=replace(self._wanted.view, smoothing=weight)))
            case Pressed(id) if id.startswith("train.line."):
                self._choose(id.removeprefix("train.line."))
            case Pressed(id) if id.startswith("train.metric."):
                self._show_metric(id.removeprefix("train.metric."))
            case Pressed(id):
                self._pressed(id)

    def _pressed(self, id: str) -> None:
        answers = {
            "train.pause": self._pause_or_resume,
            "train.resume": self._pause_or_resume,
            "train.resume.lost": self._resume_lost,
            "train.checkpoint": self._save,
            "train.stop": self._ask_to_stop,
            "train.rename": self._rename,
            "train.again": self._again,
            "train.new": self._new_run,
            "train.watch": self._watch,
            "train.rankings": self._rankings,
            "train.traceback": self._show_traceback,
            "train.retry": self._look_now,
        }
        if id in answers:
            answers[id]()

    def key(self, key: Key) -> bool:
        if key.ctrl or key.alt:
            return False
        answers = {
            "p": self._pause_or_resume,
            "c": self._save,
            "s": self._ask_to_stop,
            "w": self._watch,
            "n": self._new_run,
            "l": self._log.toggle_following,
            "f2": self._rename,
        }
        if key.name not in answers:
            return False
        answers[key.name]()
        return True

    def actions(self) -> Sequence[Action]:
        found = [Action("Start a new run", self._new_run, "plus", keys=("N",))]
        group = self._group
        if group is None:
            return found
        live = any(run.live for run in group.runs)
        if group.of_state("running"):
            found += [
                Action(f"Pause {group.label}", self._pause_or_resume, "pause", keys=("P",)),
                Action(f"Save a checkpoint of {group.label}", self._save, "save", keys=("C",)),
            ]
        elif group.state not in ("finished", "queued"):
            found.append(Action(f"Resume {group.label}", self._pause_or_resume, "play", keys=("P",)))
        if live:
            found.append(Action(f"Stop {group.label}", self._ask_to_stop, "square", keys=("S",)))
        if group.watchable and self.ui.has_screen("watch"):
            found.append(Action(f"Watch {group.label}", self._watch, "eye", keys=("W",)))
        return [*found, Action(f"Rename {group.label}", self._rename, "pencil", keys=("F2",))]

    def shortcuts(self) -> Sequence[tuple[str, str]]:
        return [
            ("P", "Pause or resume"),
            ("C", "Save a checkpoint"),
            ("S", "Stop"),
            ("W", "Watch"),
            ("N", "New run"),
            ("L", "Follow the log"),
            ("F2", "Rename"),
        ]


def _no_runs() -> Widget:
    hint = "Pick an environment and an agent, and watch it learn. It goes on in the background."
    return EmptyState("No runs yet", hint, "activity", (Button("New run", "train.new", "primary", "plus"),))


def _loading() -> Widget:
    main = Column(Panel(Skeleton(2)), Panel(Skeleton(0, 300)), Panel(Skeleton(5)), gap=12)
    return Split(main, Column(Panel(Skeleton(9)), Panel(Skeleton(6)), gap=12), SIDE)
