"""What a search tries, from the words of a user or from the facts of an agent's settings. Pure functions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from arena.errors import BadSetting, RequestError, nearest_names
from arena.searches import Span
from arena.settings import Setting, Value

MOST_BY_ITSELF = 5
RANGE = re.compile(r"(?P<low>[^.,:]*(?:\.\d[^.,:]*)?)\.\.(?P<high>[^:]*?)(?P<log>:log)?")
HOW = "write it as 1e-4..1e-2:log, 32..256 or 32,64,128"


def spans_of(facts: Sequence[Setting], over: Mapping[str, str]) -> dict[str, Span]:
    """The spans that a user wrote, by setting.

    Raises:
        BadSetting: for an unknown setting, or one whose values cannot be read or are not allowed.
    """
    known = {fact.name: fact for fact in facts}
    for name, text in over.items():
        if name not in known:
            nearest = nearest_names(name, known) or tuple(known)
            raise BadSetting(name, f"unknown; use one of {', '.join(nearest)}", text)
    return {name: span_of(known[name], text) for name, text in over.items()}


def span_of(fact: Setting, text: str) -> Span:
    """One setting's span: `low..high`, `low..high:log`, or values with commas between.

    Raises:
        BadSetting: see `spans_of`.
    """
    text = text.strip()
    written = RANGE.fullmatch(text)
    if written is None:
        values = [word.strip() for word in text.split(",")]
        choices = tuple(dict.fromkeys(fact.parse(word) for word in values))
        if len(choices) < 2:
            raise BadSetting(fact.name, f"a search needs at least two values; {HOW}", text)
        return Span(choices=choices)
    if fact.kind not in ("number", "integer"):
        raise BadSetting(fact.name, "only numbers have a range; write its values with commas between", text)
    low, high = (float(fact.parse(written[side].strip())) for side in ("low", "high"))
    if not low < high:
        raise BadSetting(fact.name, "a range begins with its lower end", text)
    if written["log"] and low <= 0:
        raise BadSetting(fact.name, "a logarithmic range begins above 0", text)
    return Span(low=low, high=high, log=written["log"] is not None, whole=fact.kind == "integer")


def usual_spans(
    facts: Sequence[Setting], values: Mapping[str, Value], fixed: Mapping[str, object]
) -> dict[str, Span]:
    """What is searched where the user names nothing: an agent's first settings that have a natural range.

    Authors put what matters most first. Of a number the range is centred on its value.

    Args:
        values: every setting's own value.
        fixed: settings that the user has decided.

    Raises:
        RequestError: if there is none.
    """
    found: dict[str, Span] = {}
    for fact in facts:
        span = None if fact.name in fixed else usual_span(fact, values[fact.name])
        if span is not None and len(found) < MOST_BY_ITSELF:
            found[fact.name] = span
    if not found:
        raise RequestError(
            "None of its settings has a natural range to search; name some with --over, as in --over"
            " step_size=1e-4..1e-2:log."
        )
    return found


def usual_span(fact: Setting, value: Value) -> Span | None:
    """A tenth to ten times a small number, a quarter to four times a whole one or a gap to an upper bound."""
    if isinstance(value, str | bool) or (fact.low is None and fact.high is None):
        return None
    least = -math.inf if fact.low is None else fact.low
    most = math.inf if fact.high is None else fact.high
    if fact.kind == "integer":
        low, high = max(least, math.ceil(value / 4), 1), min(most, value * 4)
        return Span(low=low, high=high, log=True, whole=True) if value >= 2 and low < high else None
    if not 0 < value < most:
        return None
    if value < most / 2:
        return Span(low=max(least, value / 10), high=min(most, value * 10), log=True)
    gap = most - value
    return Span(low=max(least, value / 4, most - 4 * gap), high=most - gap / 4)
