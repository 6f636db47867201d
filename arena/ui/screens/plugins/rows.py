"""One row for each plugin: what the list and the filters go by."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pygame import Rect

from arena.discovery.catalog import Catalog
from arena.drawing.palette import AgentStyle
from arena.records import AgentInfo, EnvironmentInfo, PluginInfo
from arena.ui.canvas import Canvas
from arena.ui.format import count_of
from arena.ui.widgets.chip import State, paint_state_chip

STATES = {
    "ready": State("Ready", "ok", "check"),
    "error": State("Error", "err", "circle-x"),
    "disabled": State("Disabled", "neutral", "circle-minus"),
    "incompatible": State("Incompatible", "warn", "triangle-alert"),
}
SOURCES = {
    "shipped": "with Arena",
    "user": "yours",
    "folder": "extra folder",
    "package": "package",
}
PACKAGES = ("package:", "registry:")
STATE, SOURCE, ROOMY = 100, 90, 400


@dataclass(frozen=True)
class PluginRow:
    """A plugin with what it provides, resolved.

    Attributes:
        checked_at: when this window last heard of it, as seconds since 1970; None if before it opened.
    """

    plugin: PluginInfo
    environments: tuple[EnvironmentInfo, ...]
    agents: tuple[AgentInfo, ...]
    checked_at: float | None = None

    @property
    def path(self) -> str:
        return self.plugin.path

    @property
    def package(self) -> str:
        """The installed package that it is; empty for a file."""
        return self.path.partition(":")[2] if self.path.startswith(PACKAGES) else ""

    @property
    def foreign(self) -> tuple[str, ...]:
        """The ids that its import adds to a registry."""
        return self.plugin.provides if self.path.startswith(PACKAGES[1]) else ()

    @property
    def broken(self) -> bool:
        return self.plugin.state in ("error", "incompatible")

    @property
    def name(self) -> str:
        """The only thing it provides, else its file's name."""
        if len(self.plugin.provides) == 1 and not self.foreign:
            return self.plugin.provides[0]
        return self.package or Path(self.path).name

    @property
    def kind(self) -> str:
        parts = []
        environments = len(self.environments) + len(self.foreign)
        for count, word in ((environments, "environment"), (len(self.agents), "agent")):
            if count == 1:
                parts.append(word)
            elif count:
                parts.append(count_of(count, word))
        words = ", ".join(parts) or "provides nothing"
        return words[0].upper() + words[1:]

    @property
    def icon(self) -> str:
        if self.environments:
            return "gamepad-2" if self.environments[0].seats == 1 else "grid-3x3"
        if self.foreign:
            return "gamepad-2"
        return "brain" if self.agents else "puzzle"


def rows_of(catalog: Catalog, before: Mapping[str, PluginRow], *, fresh: bool) -> list[PluginRow]:
    """The catalog's plugins in its order; the fresh and changed ones are stamped with the time."""
    environments = {known.id: known for known in catalog.environments}
    agents = {known.id: known for known in catalog.agents}
    rows = []
    for plugin in catalog.plugins:
        old = before.get(plugin.path)
        changed = fresh and (old is None or old.plugin != plugin)
        stamp = time.time() if changed else old.checked_at if old is not None else None
        rows.append(
            PluginRow(
                plugin,
                tuple(environments[name] for name in plugin.provides if name in environments),
                tuple(agents[name] for name in plugin.provides if name in agents),
                stamp,
            )
        )
    return sorted(rows, key=lambda row: not row.broken)


def matching(rows: Sequence[PluginRow], filter_key: str) -> list[PluginRow]:
    """The rows that a filter chip lets through."""
    match filter_key:
        case "environments":
            return [row for row in rows if row.environments or row.foreign]
        case "agents":
            return [row for row in rows if row.agents]
        case "problems":
            return [row for row in rows if row.broken]
    return list(rows)


class RowPainter:
    """Draws a row: icon tile, name over kind, state and source."""

    def __init__(self) -> None:
        self.styles: Mapping[str, AgentStyle] = {}

    def __call__(self, canvas: Canvas, rect: Rect, row: PluginRow) -> None:
        theme = canvas.theme
        tile = Rect(rect.left, rect.centery - 16, 32, 32)
        canvas.box(tile, theme.raised, radius=8)
        style = self.styles.get(row.agents[0].id) if len(row.agents) == 1 and not row.environments else None
        if style is not None:
            canvas.agent_shape(style, tile.center, 14)
        else:
            canvas.icon(row.icon, tile, 18, theme.text2)
        chip_left = rect.right - STATE
        if rect.width >= ROOMY:
            source = Rect(rect.right - SOURCE, rect.top, SOURCE, rect.height)
            canvas.text(SOURCES[row.plugin.source], source, "body", theme.text3, "right")
            chip_left -= SOURCE
        paint_state_chip(canvas, (chip_left, rect.centery - 10), STATES[row.plugin.state])
        room = chip_left - 10 - (tile.right + 12)
        canvas.text(row.name, Rect(tile.right + 12, rect.top + 7, room, 18), "body-medium", theme.text)
        canvas.text(row.kind, Rect(tile.right + 12, rect.top + 27, room, 14), "caption", theme.text3)
