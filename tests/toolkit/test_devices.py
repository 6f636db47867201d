import torch

from arena.toolkit.devices import best_device, seed_torch


def test_a_named_device_is_taken_as_it_is_and_auto_finds_one_that_works() -> None:
    assert best_device("cpu") == "cpu"
    assert torch.zeros(2, device=best_device("auto")).sum() == 0


def test_the_same_seed_gives_the_same_numbers() -> None:
    threads, deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    drawn = []
    for _ in range(2):
        seed_torch(11)
        drawn.append(torch.randn(5))
    assert torch.equal(*drawn)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(deterministic)
