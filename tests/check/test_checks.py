"""Our checks of environments: they pass what is sound, and each finds the one flaw that it is for."""

from __future__ import annotations

import pytest

from arena.check.environments import Check, check_environment
from tests.check.gallery import FLAWS, GOOD


def broken(checks: list[Check]) -> list[Check]:
    return [check for check in checks if not check.ok]


def test_a_sound_environment_keeps_every_promise() -> None:
    checks = check_environment(GOOD)
    assert not broken(checks)
    assert len(checks) == 26
    assert len({check.name for check in checks}) == 26
    assert all(len(check.name.split()) >= 2 and check.name.islower() for check in checks if check.name)


def test_the_same_seed_gives_the_same_checks() -> None:
    assert check_environment(GOOD, seed=3) == check_environment(GOOD, seed=3)


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_breaks_the_one_check_that_is_for_it(name: str) -> None:
    flaw = FLAWS[name]
    found = broken(check_environment(flaw.spec))
    assert [check.name for check in found if not check.name.startswith(flaw.breaks)] == []
    assert len(found) == 1
    assert flaw.says in found[0].detail
    assert found[0].detail.endswith(".")


def test_every_promise_is_broken_by_somebody() -> None:
    starts = {flaw.breaks for flaw in FLAWS.values()}
    sound = [check.name for check in check_environment(GOOD)]
    assert [name for name in sound if not name.startswith(tuple(starts))] == []


def test_a_setting_that_does_not_exist_is_told_as_data() -> None:
    (found,) = broken(check_environment(GOOD, {"speed": 3}))
    assert found.name == "it opens and describes itself"
    assert "Setting speed: unknown" in found.detail
