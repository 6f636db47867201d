"""What the chosen run was asked to do: its name, environment, seeds and device, and its settings."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pygame import Rect

from arena.settings import Value
from arena.ui.canvas import Canvas
from arena.ui.format import ago, number, setting_value
from arena.ui.layout import Column, Divider
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.reading import Reading
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.scroll import Scroll

FACT_ROW, SETTING_ROW, HEAD_ROW = 24, 33, 34
BOX = 112
DEVICES = {"auto": "Automatic", "cpu": "CPU", "cuda": "GPU", "mps": "GPU"}


@dataclass(frozen=True)
class Line:
    """A head, a fact, or a setting in its box; `marked` if it is not what the agent would take itself."""

    kind: str
    label: str
    value: str = ""
    marked: bool = False


class Lines(Widget):
    """Facts and read-only settings, one below the other."""

    overhang = 0

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()

    def show(self, lines: tuple[Line, ...]) -> None:
        if lines != self._lines:
            resized = len(lines) != len(self._lines)
            self._lines = lines
            self.changed()
            if resized:
                self.relayout()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, sum(_height(line) for line in self._lines) + 8

    def draw(self, canvas: Canvas) -> None:
        top = self.rect.top
        for line in self._lines:
            row = Rect(self.rect.left + 14, top, self.rect.width - 28, _height(line))
            self._draw_line(canvas, line, row)
            top = row.bottom

    def _draw_line(self, canvas: Canvas, line: Line, row: Rect) -> None:
        theme = canvas.theme
        if line.kind == "head":
            canvas.hairline((row.left, row.top + 5), row.width, theme.line)
            canvas.text(line.label, Rect(row.left, row.top + 10, row.width, 20), "section", theme.text)
            return
        label = Rect(row.left, row.top, row.width, row.height)
        if line.kind == "setting":
            wide = max(BOX, canvas.text_width(line.value, "mono") + 22)
            box = Rect(row.right - wide, row.top + 2, wide, 28)
            canvas.box(box, theme.panel, theme.line, 6)
            canvas.text(line.value, box.inflate(-20, 0), "mono", theme.text2, "right")
            label.width -= wide + 8
        else:
            label.width -= canvas.text(line.value, label, "body-medium", theme.text, "right") + 8
        used = canvas.text(line.label, label, "label", theme.text2)
        if line.marked:
            canvas.circle((label.left + used + 9, label.centery + 1), 2.5, theme.iris2)


def _height(line: Line) -> int:
    return {"head": HEAD_ROW, "setting": SETTING_ROW}.get(line.kind, FACT_ROW)


class SettingsPanel(Panel):
    """Presses: `train.rename`, `train.again`."""

    def __init__(self) -> None:
        rename = Button("", "train.rename", "quiet", "pencil", "small").with_tooltip("Rename\tF2")
        again = Button("", "train.again", "quiet", "copy", "small").with_tooltip("New run of this agent")
        self._lines = Lines()
        super().__init__(
            Divider(),
            Column(Scroll(self._lines), padding=(3, 0, 4, 0)).sized(grow=1),
            title="Run",
            tools=[again, rename],
            bare=True,
            id="train.settings",
        )

    def show(self, reading: Reading, group: Group) -> None:
        run = group.first
        environment = reading.environments.get(run.environment)
        seeds = [one.seed for one in group.runs]
        facts = [
            Line("fact", "Name", group.label),
            Line("fact", "Environment", environment.title if environment else run.environment),
            Line("fact", "Seed" if len(seeds) == 1 else "Seeds", _seeds(seeds)),
            Line("fact", "Steps", number(run.budget) + (" each" if len(seeds) > 1 else "")),
            Line("fact", "Device", DEVICES.get(run.device, run.device)),
        ]
        if run.attempt > 1:
            facts.append(Line("fact", "Attempt", str(run.attempt)))
        if run.started_at is not None:
            facts.append(Line("fact", "Started", ago(time.time() - run.started_at)))
        agent = reading.agents.get(run.agent)
        own = agent.settings_for(run.environment, {}) if agent else {}
        defaults = {fact.name: fact.default for fact in environment.settings} if environment else {}
        settings = {name: run.settings[name] for name in own if name in run.settings} | run.settings
        lines = facts + _settings(f"Settings of {reading.title(run.agent)}", settings, own)
        lines += _settings("Settings of the environment", run.environment_settings, defaults)
        self._lines.show(tuple(lines))


def _settings(title: str, values: dict[str, Value], own: dict[str, Value]) -> list[Line]:
    if not values:
        return []
    rows = [
        Line("setting", _label(name), setting_value(value), own.get(name, value) != value)
        for name, value in values.items()
    ]
    return [Line("head", title), *rows]


def _label(name: str) -> str:
    plain = name.replace("_", " ")
    return f"{plain[:1].upper()}{plain[1:]}"


def _seeds(seeds: list[int]) -> str:
    return str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} \u2026 {seeds[-1]}"
