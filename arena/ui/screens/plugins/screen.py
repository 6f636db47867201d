"""The Plugins screen: what was found, what is wrong with it, and how to look again."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from arena.discovery.catalog import Catalog
from arena.drawing.palette import AgentStyle
from arena.ui.desktop import copy_text, open_folder
from arena.ui.events import Key
from arena.ui.layout import Column, Row, Spacer
from arena.ui.messages import Changed, Chosen, FileDropped, Message, Pressed
from arena.ui.screen import Action, Screen
from arena.ui.screens.plugins import dropping
from arena.ui.screens.plugins.details import Details
from arena.ui.screens.plugins.rows import PluginRow, RowPainter, matching, rows_of
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import FilterChips
from arena.ui.widgets.dialog import ConfirmDialog
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.list_view import ListView
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.skeleton import Skeleton

FILTERS = (("all", "All"), ("environments", "Environments"), ("agents", "Agents"), ("problems", "Problems"))


class PluginsScreen(Screen):
    """Shows what is known at once, and looks for what is new each time it is entered."""

    name, title, icon, digit = "plugins", "Plugins", "puzzle", 5

    def build(self) -> Widget:
        self._rows: list[PluginRow] = []
        self._news: deque[Catalog] = deque()
        self._scanning = False
        self._wanted: str | None = None
        self._picked = False
        self.filters = FilterChips(FILTERS, "plugins.filter")
        self.rescan = Button("Rescan", "plugins.rescan", icon="refresh-cw", size="small").with_tooltip(
            "Rescan\tCtrl R"
        )
        folder = Button("Open folder", "plugins.open", icon="folder-open", size="small")
        tools = Row(self.filters, Spacer(), folder, self.rescan, gap=8).sized(height=34)
        self._paint = RowPainter()
        self.list: ListView[PluginRow] = ListView(
            "plugins.list", key=lambda row: row.path, paint=self._paint, row_height=50, lines=True
        )
        self.list.empty = "No plugin is like that"
        self.list.sized(grow=1)
        self.loading = Column(Skeleton(12), padding=(18, 14, 14, 14)).sized(grow=1)
        self.list.visible = False
        self.details = Details("plugins.details")
        self.details.show(None)
        left = Column(Panel(self.loading, self.list, bare=True).sized(grow=1), dropping.DropZone(), gap=12)
        body = Row(left.sized(grow=492), self.details.sized(grow=664), gap=16, across="stretch")
        return Column(tools, body.sized(grow=1), gap=12)

    def enter(self, plugin: str | None = None, **arguments: Any) -> None:
        """Args: `plugin`, the path of the one to select."""
        self._wanted = plugin
        self._scanning = False
        self.ui.run(self, self._read, self._show_known)

    def _read(self) -> tuple[Catalog, dict[str, AgentStyle]]:
        catalog = self.ui.session.catalog()
        return catalog, self._styles_of(catalog)

    def _styles_of(self, catalog: Catalog) -> dict[str, AgentStyle]:
        return {agent.id: self.ui.session.agent_style(agent.id) for agent in catalog.agents}

    def _show_known(self, known: tuple[Catalog, dict[str, AgentStyle]]) -> None:
        catalog, styles = known
        self._paint.styles = styles
        self._show(catalog, fresh=False)
        self._scan(retry_failed=False)

    def _show(self, catalog: Catalog, fresh: bool) -> None:
        self._rows = rows_of(catalog, {row.path: row for row in self._rows}, fresh=fresh)
        self.loading.visible = not self._rows
        self.list.visible = bool(self._rows)
        self.filters.set_counts({key: len(matching(self._rows, key)) for key, _ in FILTERS})
        broken = sum(row.broken for row in self._rows)
        words = [f"{len(self._rows)} found"]
        if broken:
            words.append(f"{broken} {'needs' if broken == 1 else 'need'} attention")
        self.ui.subtitle("Looking at plugins" if self._scanning and not self._rows else ", ".join(words))
        self._filter()

    def _filter(self) -> None:
        rows = matching(self._rows, self.filters.chosen)
        self.list.rows = rows
        paths = [row.path for row in rows]
        if self._wanted in paths:
            self.list.selected, self._wanted, self._picked = self._wanted, None, True
        if self.list.selected not in paths or not self._picked:
            self.list.selected = paths[0] if paths else None
        self.details.show(self.list.selected_row)

    def _scan(self, retry_failed: bool) -> None:
        """Look at new and changed files in a thread; finds arrive through `update`."""
        if self._scanning:
            return
        self._scanning = self.rescan.busy = True
        session = self.ui.session
        work = partial(session.scan, self._news.append, retry_failed=retry_failed)
        self.ui.run(self, lambda: self._with_styles(work()), self._scanned, self._scan_failed)

    def _with_styles(self, catalog: Catalog) -> tuple[Catalog, dict[str, AgentStyle]]:
        return catalog, self._styles_of(catalog)

    def _scanned(self, found: tuple[Catalog, dict[str, AgentStyle]]) -> None:
        self._scanning = self.rescan.busy = False
        self._news.clear()
        catalog, self._paint.styles = found
        self._show(catalog, fresh=True)
        if not self._rows:
            hint = "Arena's own plugins are missing; `arena doctor` says where they should be."
            self.loading.replace_children([EmptyState("No plugins found", hint, "puzzle")])

    def _scan_failed(self, error: Exception) -> None:
        self._scanning = self.rescan.busy = False
        self.ui.toast("The plugins could not be scanned", str(error), "err")

    def update(self, now: float) -> None:
        if self._news:
            newest = self._news.pop()
            self._news.clear()
            self._show(newest, fresh=True)

    def leave(self) -> None:
        self.rescan.busy = False

    def react(self, message: Message) -> None:
        match message:
            case Changed("plugins.filter"):
                self._filter()
            case Chosen("plugins.list"):
                self._picked = True
                self.details.show(self.list.selected_row)
            case Pressed("plugins.rescan" | "plugins.retry"):
                self._scan(retry_failed=True)
            case Pressed("plugins.open"):
                self._open_folder(None)
            case Pressed("plugins.open-own"):
                self._open_folder(self.list.selected_row)
            case Pressed("plugins.copy"):
                self._copy()
            case FileDropped(path=path):
                self.ui.run(self, lambda: dropping.examine(path, self.ui.session.home), self._ask)

    def _open_folder(self, row: PluginRow | None) -> None:
        folder = Path(row.path).parent if row is not None else self.ui.session.home.plugins
        self.ui.run(self, lambda: open_folder(folder), lambda _: None)

    def _copy(self) -> None:
        row = self.list.selected_row
        if row is not None and row.plugin.error is not None:
            copy_text(row.plugin.error.traceback)
            self.ui.toast("Traceback copied", tone="ok")

    def _ask(self, drop: dropping.Drop) -> None:
        title = f"Add and run \u201c{drop.source.name}\u201d?"
        act = partial(self.ui.run, self, lambda: dropping.copy(drop), self._added)
        self.ui.open(ConfirmDialog(title, dropping.question(drop), "Add and run", act, danger=False), 420)

    def _added(self, path: Path) -> None:
        self._wanted = str(path)
        self.filters.choose("all")
        self._scan(retry_failed=False)

    def key(self, key: Key) -> bool:
        if key.ctrl and key.name == "r":
            self._scan(retry_failed=True)
            return True
        return False

    def actions(self) -> Sequence[Action]:
        return [
            Action(
                "Rescan plugins", partial(self._scan, retry_failed=True), "refresh-cw", keys=("Ctrl", "R")
            ),
            Action("Open the plugins folder", partial(self._open_folder, None), "folder-open"),
        ]

    def shortcuts(self) -> Sequence[tuple[str, str]]:
        return [("Ctrl R", "Rescan plugins")]
