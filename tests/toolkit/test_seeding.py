import random

import numpy as np
import pytest
import torch

from arena.toolkit.seeding import set_seed


def drawn(seed: int) -> list[float]:
    generator = set_seed(seed)
    legacy = np.random.random()  # noqa: NPY002 - it is what is seeded
    return [random.random(), legacy, float(torch.rand(())), generator.random()]


@pytest.fixture(autouse=True)
def puts_back():
    python, own = random.getstate(), torch.get_rng_state()
    legacy = np.random.get_state()  # noqa: NPY002 - so that other tests draw as before
    yield
    random.setstate(python)
    np.random.set_state(legacy)  # noqa: NPY002 - as above
    torch.set_rng_state(own)


def test_one_seed_repeats_what_python_numpy_and_torch_draw() -> None:
    first = drawn(7)
    assert drawn(7) == first
    assert not set(drawn(8)) & set(first)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_not_all_generators_take_seeds_none(seed: int) -> None:
    before = random.getstate(), torch.get_rng_state()
    with pytest.raises(ValueError, match=f"{seed} is not"):
        set_seed(seed)
    assert random.getstate() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
