"""The slow set: each shipped learner reaches what its environment's default settings promise."""

from pathlib import Path

import pytest

from tests.benchmarks.learning import BENCHMARKS, value_on_frozen_lake

SEEDS = range(5)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("benchmark", "enough"), [("cartpole", 4), ("frozen-lake", 5), ("connect-four", 5)])
def test_enough_training_seeds_reach_what_is_wanted(benchmark: str, enough: int, tmp_path: Path) -> None:
    rows = [BENCHMARKS[benchmark](seed, tmp_path / str(seed)) for seed in SEEDS]
    assert sum(row.ok for row in rows) >= enough, rows


def test_the_exact_value_of_known_policies_on_frozen_lake() -> None:
    best_fixed_policy = [0, 3, 3, 3, 0, 0, 0, 0, 3, 1, 0, 0, 0, 2, 1, 0]
    assert value_on_frozen_lake(best_fixed_policy) == pytest.approx(0.740, abs=0.001)
    always_left = [0] * 16
    assert value_on_frozen_lake(always_left) == 0.0
