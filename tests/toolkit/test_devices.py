import pytest
import torch

from arena.errors import Unsupported
from arena.toolkit.devices import best_device


def test_a_named_device_is_taken_as_it_is_and_auto_finds_one_that_works() -> None:
    assert best_device("cpu") == "cpu"
    assert torch.zeros(2, device=best_device("auto")).sum() == 0


def test_a_device_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(Unsupported, match=r"no device quantum here; use auto or one of .*cpu"):
        best_device("quantum")
