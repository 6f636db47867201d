"""What the chosen run was asked to do, what may be changed of it while it trains, and what was."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.records import Alteration, RunChange, RunRecord
from arena.settings import Value
from arena.ui.canvas import Canvas
from arena.ui.format import ago, number, setting_value
from arena.ui.layout import Column, Divider, Row
from arena.ui.messages import Changed, Handled, Message, Pressed, Submitted
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.history import (
    happenings,
    mix_words,
    opponents_now,
    plain_name,
    rival_settings_now,
    settings_now,
)
from arena.ui.screens.train.live_part import FORM, Changeable, LivePart
from arena.ui.screens.train.reading import Reading
from arena.ui.screens.train.run_rows import elided
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.scroll import Scroll

FACT_ROW, SETTING_ROW, HEAD_ROW, RULE_ROW, WORDS_LINE = 24, 33, 34, 13, 14
BOX = 112
DEVICES = {"auto": "Automatic", "cpu": "CPU", "cuda": "GPU", "mps": "GPU"}


@dataclass(frozen=True)
class Line:
    """A head, a head at the top, a rule, a fact, words of several lines, or a setting in its box.

    Attributes:
        marked: it is not what the agent would take itself.
        locked: of a head: what follows cannot change now.
    """

    kind: str
    label: str
    value: str = ""
    marked: bool = False
    locked: bool = False


class Lines(Widget):
    """Facts and read-only settings, one below the other."""

    overhang = 0

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()

    def show(self, lines: Sequence[Line]) -> None:
        if tuple(lines) != self._lines:
            resized = [(line.kind, line.kind == "words" and line.label) for line in lines] != [
                (line.kind, line.kind == "words" and line.label) for line in self._lines
            ]
            self._lines = tuple(lines)
            self.visible = bool(lines)
            self.changed()
            if resized:
                self.relayout()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, sum(self._height(canvas, line, width - 28) for line in self._lines) + 4

    def _height(self, canvas: Canvas, line: Line, width: int) -> int:
        if line.kind == "words":
            return WORDS_LINE * len(canvas.wrap(line.label, "caption", width)) + 6
        heights = {"head": HEAD_ROW, "setting": SETTING_ROW, "top": HEAD_ROW - 4, "rule": RULE_ROW}
        return heights.get(line.kind, FACT_ROW)

    def draw(self, canvas: Canvas) -> None:
        top = self.rect.top
        for line in self._lines:
            tall = self._height(canvas, line, self.rect.width - 28)
            self._draw_line(canvas, line, Rect(self.rect.left + 14, top, self.rect.width - 28, tall))
            top += tall

    def _draw_line(self, canvas: Canvas, line: Line, row: Rect) -> None:
        theme = canvas.theme
        if line.kind in ("head", "top"):
            self._draw_head(canvas, line, row)
            return
        if line.kind == "rule":
            canvas.hairline((row.left, row.centery), row.width, theme.line)
            return
        if line.kind == "words":
            wrapped = canvas.wrap(line.label, "caption", row.width)
            canvas.paragraph(wrapped, Rect(row.left, row.top, row.width, row.height), "caption", theme.text3)
            return
        label = Rect(row.left, row.top, row.width, row.height)
        if line.kind == "setting":
            wide = max(BOX, canvas.text_width(line.value, "mono") + 22)
            box = Rect(row.right - wide, row.top + 2, wide, 28)
            canvas.box(box, theme.panel, theme.line, 6)
            canvas.text(line.value, box.inflate(-20, 0), "mono", theme.text2, "right")
            label.width -= wide + 8
        else:
            room = label.width - canvas.text_width(line.label, "label") - 10
            value = elided(canvas, line.value, room, "body-medium")
            label.width -= canvas.text(value, label, "body-medium", theme.text, "right") + 8
        used = canvas.text(line.label, label, "label", theme.text2)
        if line.marked:
            canvas.circle((label.left + used + 9, label.centery + 1), 2.5, theme.iris2)

    def _draw_head(self, canvas: Canvas, line: Line, row: Rect) -> None:
        theme = canvas.theme
        words = Rect(row.left, row.bottom - 24, row.width, 20)
        if line.kind == "head":
            canvas.hairline((row.left, row.top + 5), row.width, theme.line)
        if line.locked:
            used = canvas.text(LOCKED, words, "caption", theme.text3, "right")
            icon = Rect(words.right - used - 17, words.top, 12, words.height)
            canvas.icon("lock", icon, 12, theme.text3)
            words.width = icon.left - 8 - words.left
        elif line.value:
            words.width -= canvas.text(line.value, words, "caption", theme.text3, "right") + 8
        canvas.text(line.label, words, "section", theme.text)


LOCKED = "while training"


class SettingsPanel(Panel):
    """Presses: `train.rename`, `train.duplicate`, `train.compare.open`, `train.apply`; Enter applies, too."""

    def __init__(self) -> None:
        rename = Button("", "train.rename", "quiet", "pencil", "small").with_tooltip("Rename\tF2")
        self._facts, self._fixed, self._history = Lines(), Lines(), Lines()
        self._live_head = Lines()
        self.live = LivePart()
        self._duplicate = Button("Duplicate run", "train.duplicate", icon="copy", size="small")
        self._duplicate.with_tooltip("New run with these settings, to change\tD")
        self._compare = Button("Compare", "train.compare.open", icon="git-compare", size="small")
        self._compare.with_tooltip("Curves and settings side by side\tX")
        self.apply = Button("Apply", "train.apply", "primary", "check", "small").with_tooltip("Apply\tEnter")
        self._discard = Button("Discard", "train.discard", size="small")
        content = Column(self._live_head, self.live, self._facts, self._fixed, self._history)
        super().__init__(
            Divider(),
            Column(Scroll(content), padding=(3, 0, 0, 0)).sized(grow=1),
            Divider(),
            Row(
                self._duplicate.sized(grow=1),
                self._compare.sized(grow=1),
                self._discard.sized(grow=1),
                self.apply.sized(grow=1),
                gap=8,
                padding=(8, 14, 8, 14),
            ),
            title="Run",
            tools=[rename],
            bare=True,
            id="train.settings",
        )
        self._show_foot()

    def show(self, reading: Reading, group: Group) -> None:
        run = group.first
        agent = reading.agents.get(run.agent)
        environment = reading.environments.get(run.environment)
        changes = reading.changes.get(run.id, ())
        own = agent.settings_for(run.environment, {}) if agent else {}
        now = settings_now(run.settings, changes)
        settings = {name: now[name] for name in own if name in now} | now
        altering = bool(group.of_state("running", "paused")) and not group.evaluating
        live = [one for one in agent.settings if one.live and one.name in now] if agent and altering else []
        several = environment is not None and environment.seats > 1 and run.rival is None
        mix = opponents_now(run.opponents, changes) if several else None
        rival = _rival(reading, run, changes, altering) if run.rival is not None else None
        own_part = Changeable(reading.title(run.agent), tuple(live), now)
        self.live.show(group.id, own_part, rival, mix if altering else None)
        head = [Line("top", "Live settings", "take effect at once")] if self.live.visible else []
        self._live_head.show(head)
        facts = _facts(reading, group, None if altering or mix is None else mix_words(mix))
        self._facts.show([*([Line("rule", "")] if self.live.visible else []), *facts])
        fixed = {name: value for name, value in settings.items() if name not in {one.name for one in live}}
        lines = _settings(f"Settings of {reading.title(run.agent)}", fixed, own, group.live)
        if run.rival is not None:
            rivals = (
                reading.agents[run.rival].settings_for(run.environment, {})
                if run.rival in reading.agents
                else {}
            )
            changing = set() if rival is None else set(rival.shown)
            values = rival_settings_now(run.rival_settings, changes)
            left = {name: value for name, value in values.items() if name not in changing}
            lines += _settings(f"Settings of {reading.title(run.rival)}", left, rivals, group.live)
        defaults = {fact.name: fact.default for fact in environment.settings} if environment else {}
        lines += _settings("Settings of the environment", run.environment_settings, defaults, group.live)
        self._fixed.show(lines)
        happened = happenings(group, reading.changes)
        told = [Line("words", one.sentence) for one in reversed(happened)]
        self._history.show([Line("head", "Changed while training", str(len(told))), *told] if told else [])
        self._show_foot()

    def _show_foot(self) -> None:
        touched = self.live.touched
        self._duplicate.visible = self._compare.visible = not touched
        self.apply.visible = self._discard.visible = touched

    def alteration(self) -> Alteration | None:
        """What the user wants otherwise; None, and the focus on it, where something is wrong."""
        if self.live.error:
            self.live.focus_first_error()
            return None
        return self.live.alteration()

    def translate(self, message: Message) -> Message:
        match message:
            case Changed(id) if id == FORM:
                self._show_foot()
                return Handled()
            case Submitted(id) if id == FORM:
                return Pressed("train.apply") if self.live.touched else Handled()
            case Pressed("train.discard"):
                self.live.discard()
                self._show_foot()
                return Handled()
        return message


def _rival(reading: Reading, run: RunRecord, changes: Sequence[RunChange], altering: bool) -> Changeable:
    """What may change of the other learner of a duel."""
    known = reading.agents.get(run.rival or "")
    live = tuple(one for one in known.settings if one.live) if known is not None and altering else ()
    now = rival_settings_now(run.rival_settings, changes)
    return Changeable(reading.title(run.rival or ""), live, now)


def _facts(reading: Reading, group: Group, opponents: str | None) -> list[Line]:
    run = group.first
    environment = reading.environments.get(run.environment)
    seeds = [one.seed for one in group.runs]
    facts = [
        Line("fact", "Name", group.label),
        Line("fact", "Environment", environment.title if environment else run.environment),
        Line("fact", "Seed" if len(seeds) == 1 else "Seeds", _seeds(seeds)),
        Line("fact", "Steps", number(run.budget) + (" each" if len(seeds) > 1 else "")),
    ]
    if run.rival is not None:
        facts.append(Line("fact", "Learns against", reading.title(run.rival)))
    if run.start_from is not None:
        facts.append(Line("fact", "Began as", run.start_from))
    facts.append(Line("fact", "Device", DEVICES.get(run.device, run.device)))
    if run.device_reason:
        facts.append(Line("words", _sentence(run.device_reason)))
    if opponents is not None:
        facts += [Line("fact", "Opponents"), Line("words", _sentence(opponents))]
    if run.attempt > 1:
        facts.append(Line("fact", "Attempt", str(run.attempt)))
    if run.started_at is not None:
        facts.append(Line("fact", "Started", ago(time.time() - run.started_at)))
    return facts


def _settings(title: str, values: dict[str, Value], own: dict[str, Value], locked: bool) -> list[Line]:
    if not values:
        return []
    rows = [
        Line("setting", _sentence(plain_name(name)), setting_value(value), own.get(name, value) != value)
        for name, value in values.items()
    ]
    return [Line("head", title, locked=locked), *rows]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _seeds(seeds: list[int]) -> str:
    return str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} \u2026 {seeds[-1]}"


def settings_of(run: RunRecord, reading: Reading) -> dict[str, Value]:
    """A run's settings as they are now."""
    return settings_now(run.settings, reading.changes.get(run.id, ()))
