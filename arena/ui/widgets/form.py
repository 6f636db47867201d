"""A form made from setting descriptions: a labelled control each, checked as one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arena.errors import BadSetting
from arena.settings import Setting, Value
from arena.ui.format import setting_value
from arena.ui.layout import Grid
from arena.ui.messages import Changed, Message, Submitted
from arena.ui.widget import Widget
from arena.ui.widgets.labelled import Labelled
from arena.ui.widgets.menu import Select
from arena.ui.widgets.segment import Segment
from arena.ui.widgets.text_field import TextField
from arena.ui.widgets.toggle import Toggle


class Form(Grid):
    """Answers `Changed(id, values)` whenever a value becomes another usable one or an error comes or goes.

    `values()` holds only what differs from the defaults; `errors` the sentence of each bad field.
    """

    def __init__(self, settings: Sequence[Setting], id: str, columns: int | None = 2) -> None:
        self.settings = tuple(settings)
        self._typed: dict[str, object] = {one.name: one.default for one in settings}
        self.errors: dict[str, str] = {}
        self._fields = {one.name: self._labelled(one, id) for one in settings}
        super().__init__(self._fields.values(), least=240, gap=20, columns=columns, row_gap=12, id=id)

    def _labelled(self, one: Setting, form: str) -> Labelled:
        name = one.name.replace("_", " ")
        label = f"{name[0].upper()}{name[1:]}" + (f", {one.unit}" if one.unit else "")
        return Labelled(label, self._control(one, f"{form}.{one.name}"), one.help, _bounds(one))

    def _control(self, one: Setting, control: str) -> Widget:
        if one.kind == "boolean":
            return Toggle("On" if one.default else "Off", control, bool(one.default)).sized(height=30)
        if one.kind == "choice":
            options = [(choice, choice) for choice in one.choices]
            if len(options) <= 3 and sum(len(choice) for choice in one.choices) <= 24:
                return Segment(options, control, str(one.default)).sized(height=30)
            return Select(options, control, str(one.default), mono=True)
        return TextField(setting_value(one.default), control, mono=True)

    def values(self) -> dict[str, Value]:
        """The usable values that differ from the defaults."""
        parsed = {one.name: self._parsed(one) for one in self.settings if one.name not in self.errors}
        return {
            one.name: parsed[one.name]
            for one in self.settings
            if parsed.get(one.name, one.default) != one.default
        }

    def _parsed(self, one: Setting) -> Value:
        return one.parse(self._typed[one.name])

    def fill(self, values: Mapping[str, object]) -> None:
        """Show these values, and the defaults for all others."""
        for one in self.settings:
            self._show(one, values.get(one.name, one.default))
            self._check(one)
        self.relayout()

    def reset(self) -> None:
        self.fill({})

    def _show(self, one: Setting, value: object) -> None:
        self._typed[one.name] = value
        control = self._fields[one.name].control
        if isinstance(control, Toggle):
            control.on = bool(value)
            control.label = "On" if value else "Off"
        elif isinstance(control, (Segment, Select)):
            control.chosen = str(value)
        elif isinstance(control, TextField):
            control.value = setting_value(value)

    def _check(self, one: Setting) -> None:
        field = self._fields[one.name]
        try:
            value = self._parsed(one)
        except BadSetting as bad:
            reason = f"{bad.reason[0].upper()}{bad.reason[1:]}"
            self.errors[one.name] = reason
            field.touched = True
        else:
            self.errors.pop(one.name, None)
            reason = ""
            field.touched = value != one.default
        if isinstance(field.control, TextField):
            field.control.error = reason

    def focus_first_error(self) -> bool:
        """Put the focus in the first bad field; False when there is none."""
        bad = next((one for one in self.settings if one.name in self.errors), None)
        host = self.find_host()
        if bad is None or host is None:
            return False
        host.set_focus(self._fields[bad.name].control)
        return True

    def first_error(self) -> str:
        """What stands beside the primary button: "Discount is out of bounds" and the like."""
        bad = next((one for one in self.settings if one.name in self.errors), None)
        return "" if bad is None else f"{self._fields[bad.name].label}: {self.errors[bad.name]}"

    def translate(self, message: Message) -> Message:
        one = next((one for one in self.settings if message.id == f"{self.id}.{one.name}"), None)
        if one is None or not isinstance(message, (Changed, Submitted)):
            return message
        self._typed[one.name] = message.value
        control = self._fields[one.name].control
        if isinstance(control, Toggle):
            control.label = "On" if control.on else "Off"
        self._check(one)
        return Changed(self.id, self.values())


def _bounds(one: Setting) -> str:
    if one.kind not in ("number", "integer"):
        return ""
    low = None if one.low is None else setting_value(float(one.low))
    high = None if one.high is None else setting_value(float(one.high))
    if low is not None and high is not None:
        return f"{low} \u2026 {high}"
    return f"from {low}" if low is not None else f"up to {high}" if high is not None else ""
