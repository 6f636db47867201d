"""The settings that a search varies: a row each, with a range or listed values, checked as one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arena.errors import BadSetting, RequestError
from arena.searches import Span
from arena.session.spans import span_of, usual_span, usual_spans
from arena.settings import Setting, Value
from arena.ui.format import setting_value
from arena.ui.layout import Column, Row
from arena.ui.messages import Changed, Message, Pressed, Submitted
from arena.ui.screens.train.history import plain_name
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.menu import Select
from arena.ui.widgets.segment import Segment
from arena.ui.widgets.text import Text
from arena.ui.widgets.text_field import TextField
from arena.ui.widgets.toggle import Toggle

NAME, KIND, FIELD = 190, 116, 158
NUMBERS = ("number", "integer")


class SpanRow(Row):
    """One setting: `low` to `high`, or values with commas between. Answers `Changed(id, None)`.

    Attributes:
        error: what is wrong with it; empty if it can be searched.
    """

    def __init__(self, facts: Sequence[Setting], fact: Setting, span: Span, id: str) -> None:
        self._facts = {one.name: one for one in facts}
        self.error = ""
        self.name = Select([(one.name, _title(one)) for one in facts], f"{id}.name", fact.name)
        self.kind = Segment([("range", "Range"), ("list", "List")], f"{id}.kind").sized(KIND, 30)
        self.low = TextField("", f"{id}.low", "Lowest", mono=True).sized(FIELD)
        self.high = TextField("", f"{id}.high", "Highest", mono=True).sized(FIELD)
        self.log = Toggle("Log", f"{id}.log").sized(height=30)
        self.log.with_tooltip("Each order of magnitude is as likely as any other")
        self.values = TextField("", f"{id}.values", "32, 64, 128", mono=True).sized(grow=1)
        remove = Button("", f"{id}.remove", "quiet", "x", "small").with_tooltip("Leave it as it is")
        self._to = Text("to", "body", "text3").sized(height=30)
        self._range = Row(self.low, self._to, self.high, self.log, gap=10, across="start").sized(grow=1)
        super().__init__(
            self.name.sized(NAME), self.kind, self._range, self.values, remove, gap=10, across="start", id=id
        )
        self._show(span)

    @property
    def fact(self) -> Setting:
        return self._facts[self.name.chosen]

    def _show(self, span: Span) -> None:
        numeric = self.fact.kind in NUMBERS
        self.kind.chosen = "list" if span.choices or not numeric else "range"
        self.values.value = ", ".join(setting_value(choice) for choice in span.choices)
        if not span.choices:
            ends = (int(end) if span.whole else float(f"{end:.3g}") for end in (span.low, span.high))
            self.low.value, self.high.value = (setting_value(end) for end in ends)
        self.log.on = span.log
        self._arrange()

    def _arrange(self) -> None:
        self.kind.visible = self.fact.kind in NUMBERS
        listed = self.kind.chosen == "list"
        self._range.visible, self.values.visible = not listed, listed
        self.check()

    @property
    def text(self) -> str:
        """As a search request has it."""
        if self.kind.chosen == "list":
            return self.values.value
        return f"{self.low.value.strip()}..{self.high.value.strip()}" + (":log" if self.log.on else "")

    def check(self, twice: bool = False) -> None:
        """Say below each field what is wrong with it; `twice`: another row varies the same setting."""
        self.low.error = self.high.error = self.values.error = ""
        if self.kind.chosen == "list":
            try:
                span_of(self.fact, self.values.value)
            except BadSetting as bad:
                self.values.error = f"{bad.reason[0].upper()}{bad.reason[1:]}".partition(";")[0]
        else:
            self._check_range()
        if twice:
            (self.values if self.kind.chosen == "list" else self.low).error = "It is varied above already"
        self.error = self.low.error or self.high.error or self.values.error

    def _check_range(self) -> None:
        self.low.error, self.high.error = (_why(self.fact, one.value) for one in (self.low, self.high))
        if self.low.error or self.high.error:
            return
        low, high = (float(self.fact.parse(one.value.strip())) for one in (self.low, self.high))
        if low >= high:
            self.high.error = "Above the lowest"
        elif self.log.on and low <= 0:
            self.low.error = "Above 0, since it is log"

    def first_bad(self) -> Widget:
        return next((one for one in (self.low, self.high, self.values) if one.error), self.low)

    def translate(self, message: Message) -> Message:
        match message:
            case Changed(id) if id == self.name.id:
                self._show(span_for(self.fact, self.fact.default))
            case Changed(id) if id == self.kind.id:
                self._arrange()
            case Changed() | Submitted():
                self.check()
            case _:
                return message
        return Changed(self.id, None)


def _title(fact: Setting) -> str:
    plain = plain_name(fact.name)
    return f"{plain[:1].upper()}{plain[1:]}"


def _why(fact: Setting, text: str) -> str:
    """What keeps a text from being one end of a range, in a few words."""
    try:
        fact.parse(text.strip())
    except BadSetting:
        pass
    else:
        return ""
    try:
        value = float(text.replace("_", ""))
    except ValueError:
        return "A number is needed"
    if fact.kind == "integer" and value % 1:
        return "A whole number is needed"
    if fact.low is not None and value < fact.low:
        return f"At least {setting_value(float(fact.low))}"
    return f"At most {setting_value(float(fact.high))}" if fact.high is not None else "A number is needed"


def span_for(fact: Setting, value: Value) -> Span:
    """What to try of a setting that nobody said more about."""
    usual = usual_span(fact, value)
    if usual is not None:
        return usual
    if fact.kind == "boolean":
        return Span(choices=(True, False))
    if isinstance(value, str | bool):
        return Span(choices=fact.choices or (value,))
    low, high = sorted((value / 2, value * 2)) if value else (0, 1)
    least, most = (low if fact.low is None else fact.low), (high if fact.high is None else fact.high)
    return Span(low=max(low, least), high=min(high, most), whole=fact.kind == "integer")


class SpanRows(Column):
    """The rows and what adds one. Answers `Changed(id, None)`."""

    def __init__(self, id: str) -> None:
        self._facts: tuple[Setting, ...] = ()
        self._values: Mapping[str, Value] = {}
        self._made = 0
        self.rows: list[SpanRow] = []
        super().__init__(gap=10, id=id)

    def fit(self, facts: Sequence[Setting], values: Mapping[str, Value]) -> None:
        """The rows that suit an agent by themselves.

        Args:
            values: every setting's own, around which what is tried lies.
        """
        self._facts, self._values = tuple(facts), values
        try:
            spans = usual_spans(facts, values, {})
        except RequestError:
            spans = {}
        by_name = {fact.name: fact for fact in facts}
        self.rows = [self._row(by_name[name], span) for name, span in spans.items()]
        self._changed()

    def _row(self, fact: Setting, span: Span) -> SpanRow:
        self._made += 1
        return SpanRow(self._facts, fact, span, f"{self.id}.{self._made}")

    def add_one(self) -> None:
        """A row for the first setting that is not varied yet."""
        varied = {row.fact.name for row in self.rows}
        fact = next((one for one in self._facts if one.name not in varied), None)
        if fact is not None:
            self.rows.append(self._row(fact, span_for(fact, self._values.get(fact.name, fact.default))))
            self._changed()

    @property
    def full(self) -> bool:
        return len({row.fact.name for row in self.rows}) >= len(self._facts)

    @property
    def over(self) -> dict[str, str]:
        return {row.fact.name: row.text for row in self.rows}

    def first_error(self) -> str:
        if not self.rows:
            return "Add a setting to vary"
        bad = next((row for row in self.rows if row.error), None)
        return "" if bad is None else f"{_title(bad.fact)}: {bad.error}"

    def first_bad(self) -> Widget | None:
        bad = next((row for row in self.rows if row.error), None)
        return None if bad is None else bad.first_bad()

    def _changed(self) -> None:
        seen: set[str] = set()
        for row in self.rows:
            row.check(row.fact.name in seen)
            seen.add(row.fact.name)
        if self.children != self.rows:
            self.replace_children(self.rows)

    def translate(self, message: Message) -> Message:
        match message:
            case Pressed(id) if id.endswith(".remove"):
                self.rows = [row for row in self.rows if f"{row.id}.remove" != id]
            case Changed():
                pass
            case _:
                return message
        self._changed()
        return Changed(self.id, None)
