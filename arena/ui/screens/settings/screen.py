"""The Settings screen. What is changed here holds at once and is kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from arena.errors import ArenaError
from arena.session.doctor import DoctorReport
from arena.ui.attention import notify_desktop
from arena.ui.desktop import open_folder, short_path
from arena.ui.format import count_of, percent
from arena.ui.layout import Column, Grid, Row, Spacer
from arena.ui.messages import Changed, Message, Pressed
from arena.ui.preferences import NEW_RUN_DEVICE, ON_CLOSE
from arena.ui.screen import Screen
from arena.ui.screens.settings.deleting import DeletePanel
from arena.ui.screens.settings.disk import DataPanel, Kept, Looks, look, origin_of
from arena.ui.screens.settings.keeping import ask_to_clean_up, ask_to_delete, ask_to_empty_bin
from arena.ui.screens.settings.machine import InstalledPanel, MachinePanel
from arena.ui.screens.settings.rows import PathText, SettingRow, lines
from arena.ui.screens.settings.telling import SWITCH, NoticesPanel
from arena.ui.sheets import COMMON
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import KeyCap
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.segment import Option, Segment
from arena.ui.widgets.slider import Slider
from arena.ui.widgets.text import Text

DISK_SECONDS = 1.0


class SettingsScreen(Screen):
    """Reads preferences each time it is entered; asks the doctor once, and when told to."""

    name, title, icon, at_foot = "settings", "Settings", "settings", True

    def build(self) -> Widget:
        self._report: DoctorReport | None = None
        self._kept: Kept | None = None
        self.data = DataPanel()
        self.deleting = DeletePanel()
        self.machine = MachinePanel()
        self.installed = InstalledPanel()
        left = Column(self._appearance(), self.data, self._folders(), self.deleting, gap=12)
        self.notices = NoticesPanel()
        right = Column(self.machine, self.notices, self._keyboard(), self.installed, gap=12)
        return Row(Scroll(left).sized(grow=1), Scroll(right).sized(grow=1), gap=16, across="stretch")

    def _appearance(self) -> Panel:
        self.theme = Segment(
            [Option("dark", "Dark", "moon"), Option("light", "Light", "sun")], "settings.theme"
        )
        self.scale = Slider(1.0, "settings.scale", 1.0, 2.0, 0.05)
        self._scale_words = Text("100 %", "body-medium", align="right").sized(width=52)
        rows = [
            SettingRow("Theme", "Boards and frames stay dark in both", self.theme),
            SettingRow("UI scale", "Ctrl + and Ctrl \u2212, Ctrl 0 for 100 %", self.scale, self._scale_words),
        ]
        return Panel(lines(rows), title="Appearance", gap=4)

    def _folders(self) -> Panel:
        self.agents_path, self.plugins_path = PathText(), PathText()
        open_agents = Button("Open", "settings.open-agents", size="small")
        open_plugins = Button("Open", "settings.open-plugins", size="small")
        self.agents = SettingRow(self.agents_path, "", open_agents, icon="folder")
        self.plugins = SettingRow(self.plugins_path, "", open_plugins, icon="folder")
        self.own = lines([self.agents, self.plugins])
        self.own.visible = False
        note = "a .py file put there is a plugin"
        return Panel(self.own, title="Drop-in folders", note=note, gap=4)

    def _keyboard(self) -> Panel:
        rows = [_keys(keys, words) for keys, words in COMMON if keys != "?"]
        grid = Grid(rows, least=220, gap=28, row_gap=0)
        return Panel(
            grid, title="Keyboard", tools=[Text("All shortcuts", "body", "text3"), KeyCap("?")], gap=4
        )

    def enter(self, **arguments: Any) -> None:
        self.ui.subtitle("Changes apply at once")
        self.theme.chosen = self.ui.theme.name
        self._show_scale(self.ui.scale)
        session = self.ui.session
        self.ui.run(self, session.preferences, self._show_preferences)
        home = session.home
        self.data.path.show(short_path(home.path), origin_of(home))
        self.ui.every(self, DISK_SECONDS, Looks(session).news, self._show_news, self._show_no_disk)
        self.ui.run(self, self._count_plugins, self._show_folders)
        if self._report is None:
            self._examine()

    def _show_preferences(self, preferences: Mapping[str, Any]) -> None:
        self.machine.show_preferences(preferences)
        self.notices.show(preferences)

    def _show_scale(self, scale: float) -> None:
        self.scale.value = scale
        self._scale_words.text = percent(scale)

    def _show_news(self, kept: Kept | None) -> None:
        if kept is not None:
            self._show_kept(kept)

    def _show_kept(self, kept: Kept) -> None:
        self._kept = kept
        self.data.show(kept)
        self.deleting.show(kept)

    def _show_no_disk(self, error: Exception) -> None:
        if self._kept is None:
            self.data.show_failure(str(error) or type(error).__name__)

    def _look_again(self) -> None:
        """What the data folder holds has changed just now."""
        session = self.ui.session
        self.ui.run(self, lambda: look(session), self._show_kept, self._show_no_disk)

    def _count_plugins(self) -> tuple[int, int, Path, Path]:
        home, catalog = self.ui.session.home, self.ui.session.catalog()
        folders = [Path(plugin.path).parent for plugin in catalog.plugins]
        return folders.count(home.agents), folders.count(home.plugins), home.agents, home.plugins

    def _show_folders(self, found: tuple[int, int, Path, Path]) -> None:
        agents, plugins, agents_folder, plugins_folder = found
        self.agents_path.show(short_path(agents_folder))
        self.plugins_path.show(short_path(plugins_folder))
        self.agents.hint.text = f"{count_of(agents, 'file')}, for agents of your own"
        self.plugins.hint.text = f"{count_of(plugins, 'file')}, for environments of your own"
        self.own.visible = True

    def _examine(self) -> None:
        self.machine.check.busy = True
        self.ui.run(self, self.ui.session.doctor, self._show_report, self._show_failure)

    def _show_report(self, report: DoctorReport) -> None:
        self._report = report
        self.machine.check.busy = False
        self.machine.show(report)
        self.installed.show(report)

    def _show_failure(self, error: Exception) -> None:
        self.machine.check.busy = False
        sentence = str(error) if isinstance(error, ArenaError) else f"{type(error).__name__}: {error}"
        self.installed.show_failure(sentence)

    def update(self, now: float) -> None:
        """Scale and theme can change elsewhere, too: by keys and in the palette."""
        if self.theme.chosen != self.ui.theme.name:
            self.theme.chosen = self.ui.theme.name
        if self.scale.value != self.ui.scale and not self.scale.pressed:
            self._show_scale(self.ui.scale)

    def react(self, message: Message) -> None:
        match message:
            case Changed("settings.theme", name):
                self.ui.set_theme(name)
            case Changed("settings.scale", scale):
                self._scale_words.text = percent(scale)
                self.ui.set_scale(scale)
            case Changed("settings.workers", workers):
                self._prefer("workers", int(workers))
            case Changed("settings.device", device):
                self._prefer(NEW_RUN_DEVICE, device)
            case Changed("settings.on-close", way):
                self._prefer(ON_CLOSE, way)
            case Changed(id=switch, value=on) if switch.startswith(SWITCH):
                self._prefer(switch.removeprefix(SWITCH), on)
            case Pressed(id=button):
                self._pressed(button)

    def _pressed(self, button: str) -> None:
        match button:
            case "settings.check":
                self._examine()
            case "settings.open":
                self._open(self.ui.session.home.path)
            case "settings.open-agents":
                self._open(self.ui.session.home.agents)
            case "settings.open-plugins":
                self._open(self.ui.session.home.plugins)
            case "settings.try-notice":
                notify_desktop("Arena", "Runs and matches that end are told like this.")
            case "settings.show-bin" if self.ui.has_screen("train"):
                self.ui.go("train", bin=True)
            case _ if self._kept is not None:
                self._remove(button, self._kept)

    def _remove(self, button: str, kept: Kept) -> None:
        """What takes something away asks first."""
        match button:
            case "settings.clean-up":
                ask_to_clean_up(self.ui, kept, self._look_again)
            case "settings.empty-bin":
                ask_to_empty_bin(self.ui, kept, self._look_again)
            case "settings.delete-finished" | "settings.delete-early":
                runs = self.deleting.finished if button.endswith("finished") else self.deleting.early
                ask_to_delete(self.ui, runs, kept.cost_of(runs), self._look_again)

    def _prefer(self, name: str, value: Any) -> None:
        self.ui.run(self, partial(self.ui.session.prefer, name, value), lambda _: None)

    def _open(self, folder: Path) -> None:
        self.ui.run(self, partial(open_folder, folder), lambda _: None)


def _keys(keys: str, words: str) -> Row:
    caps = [KeyCap(key) for key in keys.split(" ")]
    return Row(Text(words, "body", "text2"), Spacer(), *caps, gap=4).sized(height=27)
