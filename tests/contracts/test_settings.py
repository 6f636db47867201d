"""A setting's facts are enough to check a value without running the plugin's code."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import BadSetting
from arena.settings import Setting, describe, resolve, setting


@dataclass(frozen=True)
class Example:
    step_size: float = setting(0.1, "How far one update moves", low=0, high=1, live=True)
    units: int = setting(64, "Width of a layer", low=1, high=4096)
    double: bool = setting(False, "Choose with one network, rate with the other")
    loss: str = setting("huber", "What an error costs", choices=("huber", "squared"))
    note: str = setting("", "Anything")


FACTS = {fact.name: fact for fact in describe(Example)}


def test_every_field_becomes_a_fact_of_its_own_kind() -> None:
    assert [fact.kind for fact in FACTS.values()] == ["number", "integer", "boolean", "choice", "text"]
    assert FACTS["step_size"].live
    assert not FACTS["units"].live


def test_facts_survive_the_way_through_json() -> None:
    facts = describe(Example)
    assert msgspec.json.decode(msgspec.json.encode(facts), type=tuple[Setting, ...]) == facts


@given(st.floats(0, 1))
def test_a_number_within_bounds_is_taken_exactly_whether_typed_or_given(value: float) -> None:
    assert FACTS["step_size"].parse(value) == value
    assert FACTS["step_size"].parse(repr(value)) == value


@given(st.floats().filter(lambda value: not 0 <= value <= 1))
def test_a_number_out_of_bounds_is_refused_by_field_bound_and_value(value: float) -> None:
    with pytest.raises(BadSetting, match="step_size: use a number from 0 to 1") as caught:
        FACTS["step_size"].parse(value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("value", ["many", "", "64.5", 64.5, "nan", "inf", True, None, "0", "4097", "0x10"])
def test_an_integer_refuses_what_is_no_whole_number_within_bounds(value: object) -> None:
    with pytest.raises(BadSetting, match="units: use a whole number from 1 to 4096"):
        FACTS["units"].parse(value)


@given(st.integers(1, 4096))
def test_an_integer_keeps_its_kind(value: int) -> None:
    parsed = FACTS["units"].parse(str(value))
    assert parsed == value
    assert isinstance(parsed, int)


@pytest.mark.parametrize(
    ("word", "meaning"), [("true", True), ("ON", True), (True, True), ("no", False), ("0", False)]
)
def test_a_boolean_understands_plain_words(word: object, meaning: bool) -> None:
    assert FACTS["double"].parse(word) is meaning


@pytest.mark.parametrize(("name", "value"), [("double", "maybe"), ("loss", "hubber")])
def test_a_word_that_is_no_choice_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=value):
        FACTS[name].parse(value)


def test_unset_settings_take_their_defaults() -> None:
    values = resolve(FACTS.values(), {"units": "128"})
    assert Example(**values) == Example(units=128)  # type: ignore[arg-type]


def test_an_unknown_setting_names_the_nearest_one() -> None:
    with pytest.raises(BadSetting, match="step_siz: unknown; use one of step_size"):
        resolve(FACTS.values(), {"step_siz": 0.5})


def test_a_plugin_without_settings_says_so() -> None:
    with pytest.raises(BadSetting, match="there are no settings here"):
        resolve((), {"anything": 1})
