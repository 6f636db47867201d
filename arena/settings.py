"""Settings: a field's help, bounds and unit live in the field; form, flags and docs are made from it.

A plugin declares a frozen dataclass:

    @dataclass(frozen=True)
    class Settings:
        step_size: float = setting(0.1, "How far one update moves the table", low=0, high=1)

`describe` turns the class into facts (`Setting`) that travel as JSON to the window and the command
line, so that both can check a value without running the plugin's code.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

from arena.errors import BadSetting, nearest_names

Kind = Literal["number", "integer", "boolean", "choice", "text"]
Value = float | int | bool | str


@dataclasses.dataclass(frozen=True)
class Setting:
    """One setting as a fact: JSON-able, and able to check a value on its own.

    Attributes:
        low, high: inclusive bounds of a number; None where unbounded.
        choices: the allowed values of a choice.
        live: whether it can be changed while a run trains: the agent reads it anew in each iteration, and
            learning goes on soundly with the new value. A mark for authors to set.
    """

    name: str
    kind: Kind
    default: Value
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    live: bool = False

    @property
    def bounds(self) -> str:
        """The bounds in words, as in "from 0 to 1"; empty if there are none."""
        if self.low is not None and self.high is not None:
            return f"from {self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"of at least {self.low:g}"
        return f"of at most {self.high:g}" if self.high is not None else ""

    def parse(self, value: object) -> Value:
        """Returns `value`, or the text the user typed for it, as this setting's own kind.

        Raises:
            BadSetting: if it is of another kind or out of bounds.
        """
        match self.kind:
            case "boolean":
                return self._boolean(value)
            case "choice":
                if str(value) not in self.choices:
                    raise BadSetting(self.name, f"use one of {', '.join(self.choices)}", value)
                return str(value)
            case "text":
                return str(value)
            case "integer" | "number":
                return self._number(value)

    def _boolean(self, value: object) -> bool:
        words = {"true": True, "yes": True, "on": True, "1": True}
        words |= {"false": False, "no": False, "off": False, "0": False}
        known = words.get(str(value).casefold())
        if known is None:
            raise BadSetting(self.name, "use true or false", value)
        return known

    def _number(self, value: object) -> float | int:
        try:
            number = float(str(value).replace("_", ""))
        except ValueError:
            number = math.nan
        whole = self.kind == "integer"
        noun = "a whole number" if whole else "a number"
        usable = math.isfinite(number) and not isinstance(value, bool) and not (whole and number % 1)
        above = self.low is None or number >= self.low
        below = self.high is None or number <= self.high
        if not (usable and above and below):
            raise BadSetting(self.name, f"use {noun} {self.bounds}".rstrip(), value)
        return int(number) if whole else number


def setting(
    default: Value,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: Iterable[str] = (),
    unit: str = "",
    live: bool = False,
) -> Any:
    """Declares one field of a settings dataclass, with all that a form needs to ask for it."""
    facts = {"help": help, "low": low, "high": high, "choices": tuple(choices), "unit": unit, "live": live}
    return dataclasses.field(default=default, metadata=facts)


def describe(settings: type[Any]) -> tuple[Setting, ...]:
    """Returns the fields of a settings dataclass as facts, in the order written."""
    return tuple(
        Setting(name=field.name, kind=_kind(field), default=cast(Value, field.default), **field.metadata)
        for field in dataclasses.fields(settings)
    )


def resolve(facts: Iterable[Setting], values: Mapping[str, object]) -> dict[str, Value]:
    """Returns every setting's value: those given, checked and in their own kind, else the defaults.

    Raises:
        BadSetting: for an unknown name (with the nearest ones) or an unusable value.
    """
    known = {fact.name: fact for fact in facts}
    for name, value in values.items():
        if name not in known:
            nearest = nearest_names(name, known) or tuple(known)
            advice = f"use one of {', '.join(nearest)}" if nearest else "there are no settings here"
            raise BadSetting(name, f"unknown; {advice}", value)
    return {name: fact.parse(values.get(name, fact.default)) for name, fact in known.items()}


def resolve_live(facts: Iterable[Setting], values: Mapping[str, object]) -> dict[str, Value]:
    """Returns the values given, checked and in their own kind; all of them of live settings.

    Raises:
        BadSetting: for an unknown name, an unusable value, or a setting that stays as a run began with it.
    """
    known = {fact.name: fact for fact in facts}
    resolved = resolve(known.values(), values)
    fixed = next((name for name in values if not known[name].live), None)
    if fixed is not None:
        live = ", ".join(name for name, fact in known.items() if fact.live)
        advice = f"what can is {live}" if live else "this agent has none that can"
        raise BadSetting(fixed, f"cannot be changed while a run trains; {advice}", values[fixed])
    return {name: resolved[name] for name in values}


def _kind(field: dataclasses.Field[Any]) -> Kind:
    if field.metadata["choices"]:
        return "choice"
    kinds: dict[type, Kind] = {bool: "boolean", int: "integer", float: "number", str: "text"}
    annotated = {"bool": bool, "int": int, "float": float, "str": str}.get(str(field.type), field.type)
    return kinds[annotated if isinstance(annotated, type) else type(field.default)]
