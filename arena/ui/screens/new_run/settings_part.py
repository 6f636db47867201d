"""The dialog's form for an agent's settings, starting from a preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from arena.records import AgentInfo, EnvironmentInfo, PresetInfo
from arena.settings import Value
from arena.ui.layout import Column, Row, Spacer
from arena.ui.messages import Changed, Handled, Message, Pressed
from arena.ui.widgets.button import Button
from arena.ui.widgets.form import Form
from arena.ui.widgets.menu import Select
from arena.ui.widgets.text import Text

DEFAULTS = "Defaults"


class SettingsPart(Column):
    """Answers `Changed(id, None)` when a value or the preset is another one."""

    def __init__(self, id: str) -> None:
        self._count = Text("", "body", "text3")
        self._reset = Button("Reset", f"{id}.reset", "quiet", "undo-2", "small")
        self._preset = Select([(DEFAULTS, DEFAULTS)], f"{id}.preset", prefix="Preset")
        self._place = Column()
        self._summary = Text("", "body", "text3")
        head = Row(self._preset, self._summary, Spacer(), self._count, self._reset, gap=10).sized(height=30)
        self.agent: AgentInfo | None = None
        self.form = Form((), f"{id}.form")
        super().__init__(head, self._place, gap=14, id=id)

    @property
    def steps(self) -> int | None:
        """The training budget that the chosen preset brings, if it brings one."""
        return next((one.steps for one in self._presets() if one.title == self._preset.chosen), None)

    def _presets(self) -> tuple[PresetInfo, ...]:
        return () if self.agent is None else self.agent.presets

    def choose(self, agent: AgentInfo, environment: EnvironmentInfo) -> None:
        """Show this agent's settings as they suit the environment."""
        self.agent = agent
        suited = agent.preset_for(environment.id)
        titles = [DEFAULTS, *(preset.title for preset in agent.presets)]
        self._preset.set_options([(title, title) for title in titles], suited.title if suited else DEFAULTS)
        self._preset.visible = bool(agent.presets)
        self._summary.text = "" if agent.presets else agent.summary
        self._fill()

    def _fill(self) -> None:
        """A new form whose defaults are the preset's, so that only what the user changes is marked."""
        if self.agent is None:
            return
        preset = next((one.settings for one in self._presets() if one.title == self._preset.chosen), {})
        facts = [replace(one, default=preset.get(one.name, one.default)) for one in self.agent.settings]
        self.form = Form(facts, f"{self.id}.form")
        note = Text("This agent has nothing to set.", "body", "text3")
        self._place.replace_children([self.form if facts else note])
        self._show_count()

    def fill(self, values: Mapping[str, Value]) -> None:
        """Show these values, and the preset's for all others."""
        self.form.fill(values)
        self._show_count()

    @property
    def changed_count(self) -> int:
        """How many values are not the preset's."""
        return len(self.form.values()) + len(self.form.errors)

    def _show_count(self) -> None:
        changed = self.changed_count
        self._count.text = f"{changed} changed" if changed else ""
        self._reset.visible = changed > 0

    def values(self) -> dict[str, Value]:
        """Every setting's value, so that no other preset can step in."""
        return {one.name: one.default for one in self.form.settings} | self.form.values()

    def translate(self, message: Message) -> Message:
        match message:
            case Pressed(id) if id == self._reset.id:
                self.form.reset()
            case Changed(id) if id == self._preset.id:
                self._fill()
            case Changed(id) if id == self.form.id:
                pass
            case _:
                return Handled() if message.id.startswith(f"{self.id}.") else message
        self._show_count()
        return Changed(self.id, None)
