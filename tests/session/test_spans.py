"""What a search tries: from a user's words, or from the facts of settings."""

from __future__ import annotations

import pytest

from arena.errors import BadSetting, RequestError
from arena.searches import Span
from arena.session.spans import MOST_BY_ITSELF, span_of, spans_of, usual_span, usual_spans
from arena.settings import Setting

STEP = Setting("step_size", "number", 1e-3, "", low=0, high=1)
WIDTH = Setting("width", "integer", 64, "", low=1, high=4096)
DOUBLE = Setting("double", "boolean", True, "")
LOSS = Setting("loss", "choice", "huber", "", choices=("huber", "squared"))


@pytest.mark.parametrize(
    ("fact", "text", "span"),
    [
        (STEP, "1e-4..1e-2:log", Span(low=1e-4, high=1e-2, log=True)),
        (STEP, "0.1..0.9", Span(low=0.1, high=0.9)),
        (STEP, " .1 .. .9 ", Span(low=0.1, high=0.9)),
        (STEP, "0..1", Span(low=0, high=1)),
        (STEP, "0.1,0.01", Span(choices=(0.1, 0.01))),
        (WIDTH, "32..256", Span(low=32, high=256, whole=True)),
        (WIDTH, "32..256:log", Span(low=32, high=256, whole=True, log=True)),
        (WIDTH, "32, 64,128,64", Span(choices=(32, 64, 128))),
        (DOUBLE, "true,false", Span(choices=(True, False))),
        (LOSS, "huber,squared", Span(choices=("huber", "squared"))),
    ],
)
def test_a_range_or_a_list_is_read_in_the_settings_own_kind(fact: Setting, text: str, span: Span) -> None:
    assert span_of(fact, text) == span


@pytest.mark.parametrize(
    ("fact", "text", "words"),
    [
        (STEP, "0.5..0.1", "lower end"),
        (STEP, "0.5..0.5", "lower end"),
        (STEP, "0..1:log", "above 0"),
        (STEP, "0.1..2", "from 0 to 1"),
        (STEP, "0.1", "at least two values"),
        (STEP, "0.1,0.1", "at least two values"),
        (STEP, "a..b", "a number"),
        (STEP, "", "a number"),
        (STEP, "0.1..0.2:exp", "a number"),
        (WIDTH, "1.5..3", "whole number"),
        (WIDTH, "0,64", "from 1 to 4096"),
        (LOSS, "huber..squared", "only numbers"),
        (LOSS, "huber,hinge", "one of huber, squared"),
        (DOUBLE, "yes,maybe", "true or false"),
    ],
)
def test_what_cannot_be_searched_is_said_in_a_sentence(fact: Setting, text: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        span_of(fact, text)


def test_an_unknown_setting_is_told_with_the_nearest() -> None:
    with pytest.raises(BadSetting, match=r"stepsize.*step_size"):
        spans_of([STEP, WIDTH], {"stepsize": "0..1"})


@pytest.mark.parametrize(
    ("fact", "value", "span"),
    [
        (STEP, 1e-3, Span(low=1e-4, high=1e-2, log=True)),
        (STEP, 0.2, Span(low=0.02, high=1, log=True)),
        (STEP, 0.0, None),
        (STEP, 1.0, None),
        (WIDTH, 64, Span(low=16, high=256, log=True, whole=True)),
        (WIDTH, 2000, Span(low=500, high=4096, log=True, whole=True)),
        (WIDTH, 1, None),
        (DOUBLE, True, None),
        (LOSS, "huber", None),
        (Setting("initial", "number", 1.0, ""), 1.0, None),
    ],
)
def test_by_itself_a_search_looks_around_a_numbers_own_value(
    fact: Setting, value: float, span: Span | None
) -> None:
    found = usual_span(fact, value)
    assert str(found) == str(span)
    assert found is None or (found.whole, found.log) == (span.whole, span.log)


def test_near_an_upper_bound_the_gap_to_it_is_what_varies() -> None:
    discount = usual_span(STEP, 0.99)
    assert (discount.low, discount.high, discount.log) == (pytest.approx(0.96), pytest.approx(0.9975), False)


def test_a_few_settings_are_searched_by_themselves_and_none_that_was_decided() -> None:
    facts = [Setting(f"rate_{number}", "number", 0.1, "", low=0, high=1) for number in range(9)]
    values = {fact.name: fact.default for fact in facts}
    found = usual_spans(facts, values, fixed={"rate_1": 0.3})
    assert list(found) == ["rate_0", "rate_2", "rate_3", "rate_4", "rate_5"]
    assert len(found) == MOST_BY_ITSELF
    with pytest.raises(RequestError, match="--over"):
        usual_spans([DOUBLE, LOSS], {"double": True, "loss": "huber"}, fixed={})


@pytest.mark.parametrize(
    ("span", "size", "words"),
    [
        (Span(low=1, high=4, whole=True), 4, "1 to 4"),
        (Span(choices=(1, 2, 3)), 3, "1, 2, 3"),
        (Span(low=0.01, high=1, log=True), None, "0.01 to 1, logarithmic"),
    ],
)
def test_a_span_knows_its_size_and_says_what_it_is(span: Span, size: int | None, words: str) -> None:
    assert (span.size, str(span)) == (size, words)
