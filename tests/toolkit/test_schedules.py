import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.toolkit.schedules import exponential, linear

numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers, st.floats(1.0, 1e9))
def test_a_schedule_reaches_exactly_its_end_and_stays_there(
    start: float, end: float, progress: float
) -> None:
    assert linear(start, end, progress) == end


@given(numbers, numbers, st.floats(-1e9, 0.0))
def test_a_schedule_begins_at_exactly_its_start(start: float, end: float, progress: float) -> None:
    assert linear(start, end, progress) == start


def test_a_schedule_moves_evenly_up_or_down() -> None:
    assert [linear(1.0, 0.2, share / 4) for share in range(5)] == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2])
    assert [linear(0.0, 3.0, share / 3) for share in range(4)] == pytest.approx([0.0, 1.0, 2.0, 3.0])


def test_epsilon_over_the_first_fifth_of_a_run_has_ended_after_it() -> None:
    budget, exploration = 300, 0.2
    epsilons = [linear(0.9, 0.1, step / budget / exploration) for step in range(budget)]
    assert epsilons[30] == pytest.approx(0.5)
    assert set(epsilons[60:]) == {0.1}


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_an_exponential_schedule_begins_and_ends_exactly_and_stays_there(start: float, end: float) -> None:
    assert exponential(start, end, -1.0) == exponential(start, end, 0.0) == start
    assert exponential(start, end, 1.0) == exponential(start, end, 7.0) == end


def test_an_exponential_schedule_moves_by_equal_factors() -> None:
    assert [exponential(1.0, 1e-4, share / 4) for share in range(5)] == pytest.approx(
        [1, 0.1, 0.01, 1e-3, 1e-4]
    )
    assert exponential(2.0, 8.0, 0.5) == pytest.approx(4.0)
