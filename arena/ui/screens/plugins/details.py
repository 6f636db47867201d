"""The right side of Plugins: one plugin's facts, its error with the traceback, its settings."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pygame import Rect

from arena.records import AgentInfo, EnvironmentInfo, PluginFailure
from arena.settings import Setting
from arena.ui.canvas import Canvas
from arena.ui.desktop import short_path
from arena.ui.format import number, setting_value
from arena.ui.layout import Column, Divider, Row, Spacer
from arena.ui.screens.plugins.rows import SOURCES, PluginRow
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.empty import EmptyState, IconTile
from arena.ui.widgets.log_view import LINE, LogLine, LogView
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.text import Paragraph, Text

PHASES = {
    "read": "The file could not be read.",
    "import": "It failed while it was imported.",
    "hook": "It failed while it said what it provides.",
    "make": "Its environment could not be created.",
    "timeout": "It took too long to load.",
    "exit": "It ended its own process.",
}
STEPS = (("read", "File read"), ("import", "Imported"), ("hook", "Registered"), ("make", "Environment made"))
MOST_SHOWN = 14
MOST_IDS = 8


class Details(Panel):
    """Shows one row at a time, or asks to select one."""

    def __init__(self, id: str) -> None:
        self._content = Column(gap=14, padding=(16, 18, 16, 18))
        super().__init__(Scroll(self._content).sized(grow=1), bare=True, id=id)
        self._shown: PluginRow | None = None
        self.log = LogView("plugins.traceback", following=False)

    def show(self, row: PluginRow | None) -> None:
        if row is not None and row == self._shown:
            return
        self._shown = row
        if row is None:
            empty = EmptyState("No plugin selected", "Select one to see what it brings.", "puzzle")
            self._content.replace_children([empty])
            return
        parts: list[Widget] = [
            _head(row),
            Row(_facts(row).sized(grow=1), _checks(row), gap=24, across="start"),
        ]
        if row.plugin.error is not None:
            parts += self._error(row, row.plugin.error)
        for environment in row.environments:
            parts += _environment(environment, titled=len(row.plugin.provides) > 1)
        for agent in row.agents:
            parts += _agent(agent, titled=len(row.plugin.provides) > 1)
        self._content.replace_children(parts)

    def _error(self, row: PluginRow, error: PluginFailure) -> list[Widget]:
        hint = _Hint(
            "Mend the file and scan again: the other plugins keep running.",
            "Rescan looks at every file again, Ctrl R.",
        )
        if not error.traceback:
            return [Paragraph(error.message, "mono", "err"), hint]
        lines = lit_lines(error.traceback, row.path)
        self.log.show(lines)
        self.log.sized(height=LINE * min(len(lines), MOST_SHOWN) + 4)
        copy = Button("Copy", "plugins.copy", "quiet", "copy", "small")
        head = Row(Text("Traceback", "section"), Spacer(), copy, gap=8)
        return [Column(head, _Inset(self.log), gap=6), hint]


class _Inset(Column):
    """A sunken box, as code lies in."""

    def __init__(self, content: Widget) -> None:
        super().__init__(content, padding=(8, 1, 8, 1))

    def draw(self, canvas: Canvas) -> None:
        canvas.box(self.rect, canvas.theme.inset, canvas.theme.line, 8)


class _Hint(Row):
    """What to do next, on the ground of good advice."""

    def __init__(self, title: str, detail: str) -> None:
        bulb = Painted(lambda canvas, rect: canvas.icon("lightbulb", rect, 18, canvas.theme.info), 20, 20)
        words = Column(Paragraph(title, "body-medium"), Paragraph(detail, "body", "text2"), gap=2)
        super().__init__(bulb, words.sized(grow=1), gap=12, padding=(10, 14, 10, 14))

    def draw(self, canvas: Canvas) -> None:
        canvas.box(self.rect, canvas.theme.infobg, radius=8)


def _head(row: PluginRow) -> Row:
    error = row.plugin.error
    tile = IconTile(row.icon, error is not None, 40)
    if error is not None:
        words: Widget = Paragraph(PHASES.get(error.phase, error.message), "body", "err")
    else:
        summaries = [known.summary for known in row.environments] + [known.summary for known in row.agents]
        words = Paragraph(summaries[0] if len(summaries) == 1 else row.kind, "body", "text2")
    buttons = [Button("Open folder", "plugins.open-own", icon="folder-open", size="small")]
    if error is not None:
        buttons.append(Button("Try again", "plugins.retry", "primary", "rotate-cw", "small"))
    if row.package:
        buttons = buttons[1:]
    titles = Column(Text(row.name, "heading"), words, gap=2)
    return Row(tile, titles.sized(grow=1), *buttons, gap=12)


def _facts(row: PluginRow) -> Column:
    titles = [f"{known.title}, {_seats(known.seats)}" for known in row.environments]
    titles += [f"{known.title}, {'learns' if known.learns else 'does not learn'}" for known in row.agents]
    titles += _some(row.foreign)
    facts: list[Widget] = [_fact("Provides", "; ".join(titles) or "nothing yet")]
    if row.package:
        facts.append(_fact("Package", row.package, mono=True))
    else:
        facts.append(_fact("File", Path(row.path).name, mono=True))
        facts.append(_fact("Folder", short_path(Path(row.path).parent), mono=True))
    facts.append(
        _fact(
            "Source",
            {"shipped": "comes with Arena", "user": "your own"}.get(
                row.plugin.source, SOURCES[row.plugin.source]
            ),
        )
    )
    if row.plugin.error is not None:
        facts.append(_fact("Reason", row.plugin.error.message))
    if row.checked_at is not None:
        facts.append(_fact("Looked at", time.strftime("%H:%M:%S", time.localtime(row.checked_at))))
    return Column(*facts, gap=6)


def _some(ids: Sequence[str]) -> list[str]:
    """The first ids, and how many more there are."""
    if len(ids) <= MOST_IDS:
        return list(ids)
    return [*ids[:MOST_IDS], f"{len(ids) - MOST_IDS} more, listed by `arena environments --all`"]


def _fact(name: str, value: str, mono: bool = False) -> Row:
    label = Text(name, "body", "text3").sized(width=72)
    return Row(label, Paragraph(value, "mono" if mono else "body").sized(grow=1), gap=8, across="start")


def _seats(seats: int) -> str:
    return {1: "one player", 2: "two players"}.get(seats, f"{seats} players")


def _checks(row: PluginRow) -> Column:
    """How far the plugin got, one line a step."""
    steps = [step for step in STEPS if step[0] != "make" or row.environments or _phase(row) == "make"]
    failed = _phase(row)
    if failed in ("timeout", "exit"):
        steps = [("read", "File read"), (failed, "Loaded")]
    at = next((index for index, (key, _) in enumerate(steps) if key == failed), len(steps))
    lines = []
    for index, (_, words) in enumerate(steps):
        mark = "ok" if index < at else "err" if index == at else "none"
        lines.append(Painted(_check_painter(words, mark), 176, 20))
    return Column(*lines, gap=4).sized(width=176)


def _phase(row: PluginRow) -> str:
    return row.plugin.error.phase if row.plugin.error is not None else ""


def _check_painter(words: str, mark: str) -> Callable[[Canvas, Rect], None]:
    def paint(canvas: Canvas, rect: Rect) -> None:
        theme = canvas.theme
        icon, ink = {"ok": ("check", theme.ok), "err": ("x", theme.err), "none": ("minus", theme.text3)}[mark]
        canvas.icon(icon, Rect(rect.left, rect.top, 16, rect.height), 14, ink)
        room = Rect(rect.left + 24, rect.top, rect.width - 24, rect.height)
        canvas.text(
            words,
            room,
            "body-medium" if mark != "none" else "body",
            theme.text3 if mark == "none" else theme.text,
        )
        if mark == "none":
            canvas.text("not run", room, "body", theme.text3, "right")

    return paint


def lit_lines(traceback: str, path: str) -> list[LogLine]:
    """A traceback's lines: the plugin's own are lit, the error itself is red, the rest is faint."""
    lines = traceback.rstrip().split("\n")
    result, own = [], False
    for line in lines:
        place = re.match(r'\s+File "(.+?)", line \d+', line)
        if place is not None:
            own = Path(place.group(1)).name == Path(path).name
            result.append(LogLine(_shortened(line)))
        elif not line.startswith(" "):
            result.append(LogLine(line, tone="err" if line is not lines[0] or len(lines) == 1 else "neutral"))
        else:
            result.append(LogLine(line, tone="err" if own else "neutral", lit=own))
    return result


def _shortened(line: str) -> str:
    """A traceback's place with its file's name only: the folder stands among the facts."""
    return re.sub(r'File "(.+?)"', lambda found: f'File "{Path(found.group(1)).name}"', line)


def _environment(known: EnvironmentInfo, titled: bool) -> list[Widget]:
    facts = [
        f"{known.observation.kind} observations, {known.action.kind} actions",
        f"{number(known.training_steps)} training steps by default",
    ]
    if known.solved_at is not None:
        facts.append(f"solved at {known.solved_at:g}")
    if known.step_limit is not None:
        facts.append(f"at most {number(known.step_limit)} steps a game")
    return _provided(known.title if titled else "Environment", known.id, ", ".join(facts), known.settings)


def _agent(known: AgentInfo, titled: bool) -> list[Widget]:
    seats = known.seats[0] if known.seats[0] == known.seats[1] else f"{known.seats[0]} to {known.seats[1]}"
    kinds = f"{' or '.join(known.observations)} observations, {' or '.join(known.actions)} actions"
    words = f"{kinds}, games with {seats} players"
    if known.presets:
        words += f", presets {', '.join(preset.title for preset in known.presets)}"
    return _provided(known.title if titled else "Agent", known.id, words, known.settings)


def _provided(title: str, id: str, words: str, settings: tuple[Setting, ...]) -> list[Widget]:
    head = Row(Text(title, "section"), Text(id, "mono", "text3"), gap=10)
    parts: list[Widget] = [Column(head, Paragraph(words, "body", "text2"), gap=4)]
    if settings:
        rows: list[Widget] = []
        for setting in settings:
            rows += [Divider(), _setting(setting)]
        parts.append(Column(*rows, gap=0))
    return parts


def _setting(setting: Setting) -> Row:
    bounds = setting.bounds or " or ".join(setting.choices)
    return Row(
        Text(setting.name, "mono").sized(width=150),
        Paragraph(setting.help, "body", "text2").sized(grow=1),
        Text(bounds, "caption", "text3"),
        Text(setting_value(setting.default), "mono", "text", "right").sized(width=64),
        gap=10,
        padding=(7, 0, 7, 0),
    )
