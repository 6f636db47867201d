"""What can be saved comes back exactly; what cannot is refused by its name."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from arena.errors import CheckpointError
from arena.training.checkpoints import load, save
from arena.training.trees import StateDict, copied, restored

numbers = st.integers(-(2**127), 2**127) | st.floats()
keys = st.text(max_size=5) | st.integers(-5, 5)
dtypes = (
    arrays.boolean_dtypes() | arrays.integer_dtypes(endianness="=") | arrays.floating_dtypes(endianness="=")
)
some_arrays = arrays.arrays(dtypes, arrays.array_shapes(min_dims=0, min_side=0, max_side=4))
leaves = st.none() | st.booleans() | numbers | st.text(max_size=8) | some_arrays
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=15,
)


def same(one, other) -> bool:
    """Equal to the last bit and of the same kinds, with NaN equal to itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray | np.generic):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, np.random.Generator):
        return one.bit_generator.state == other.bit_generator.state
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return one == other


@settings(deadline=None)
@given(tree=trees)
def test_any_tree_comes_back_from_a_file_as_it_was(tmp_path_factory, tree):
    path = tmp_path_factory.mktemp("trees") / "tree.safetensors"
    save(path, {"tree": tree}, {})
    assert same(load(path)[0]["tree"], tree)


@pytest.mark.parametrize(
    "value",
    [
        torch.arange(6).reshape(2, 3).T,
        torch.tensor(2.5, dtype=torch.bfloat16),
        torch.zeros((0, 3)),
        torch.tensor([True, False]),
        np.float64(0.1),
        np.int8(-3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        [math.inf, -math.inf, -0.0],
        {1: "one", "1": np.zeros(2)},
    ],
)
def test_numbers_of_every_kind_come_back_as_they_were(tmp_path, value):
    save(tmp_path / "tree", {"value": value}, {})
    assert same(load(tmp_path / "tree")[0]["value"], value)


@pytest.mark.parametrize(
    "bits", [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64]
)
def test_generators_go_on_where_they_were(tmp_path, bits):
    generator = np.random.Generator(bits(3))
    generator.integers(5, dtype=np.int32)
    save(tmp_path / "tree", {"rng": generator, "torch": torch.Generator().manual_seed(4)}, {})
    tree, _ = load(tmp_path / "tree")
    assert np.array_equal(tree["rng"].random(50), generator.random(50))
    expected = torch.rand(5, generator=torch.Generator().manual_seed(4))
    assert torch.equal(torch.rand(5, generator=tree["torch"]), expected)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({1, 2}, "set"),
        (object(), "object"),
        (print, "builtin_function_or_method"),
        (np.array(["text"]), "array of str"),
        (np.array([object()]), "array of object"),
        (np.zeros(2, np.complex128), "complex128"),
        (torch.zeros(2, dtype=torch.complex128), "complex128"),
        (torch.eye(2).to_sparse(), "sparse"),
        ({(1, 2): 3}, r"the key \(1, 2\)"),
        (torch.nn.Linear, "type"),
    ],
)
def test_anything_else_is_refused_by_name_and_the_old_file_stays(tmp_path, value, kind):
    path = tmp_path / "kept.safetensors"
    save(path, {"old": 1}, {})
    with pytest.raises(CheckpointError, match=rf"agent\.memory\.1.*{kind}"):
        save(path, {"agent": {"memory": [0, value]}}, {})
    assert load(path)[0] == {"old": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_an_optimizer_goes_on_as_if_it_had_never_been_saved(tmp_path):
    def fresh():
        torch.manual_seed(0)
        network = torch.nn.Linear(3, 2)
        return {"network": network, "optimizer": torch.optim.Adam(network.parameters(), lr=0.1, amsgrad=True)}

    def improve(parts):
        for _ in range(3):
            parts["optimizer"].zero_grad()
            parts["network"](torch.ones(3)).square().sum().backward()
            parts["optimizer"].step()
        return parts

    original, other = improve(fresh()), fresh()
    save(tmp_path / "tree", original, {})
    restored(other, load(tmp_path / "tree")[0], "agent")
    improve(original), improve(other)
    assert same(copied(original), copied(other))


def test_loading_in_place_keeps_the_objects_that_others_hold():
    rng, table, tensor = np.random.default_rng(1), np.zeros(3), torch.zeros(2)
    network = torch.nn.Linear(2, 2)
    present = {"rng": rng, "table": table, "nested": [tensor, (network,)], "gone": 1}
    saved = copied(
        {
            "rng": np.random.default_rng(2),
            "table": np.ones(3),
            "nested": [torch.ones(2), (torch.nn.Linear(2, 2),)],
        }
    )
    after = restored(present, copied(saved), "agent")
    assert after is present
    assert after["rng"] is rng
    assert after["table"] is table
    assert after["nested"][0] is tensor
    assert after["nested"][1][0] is network
    assert same(copied(after), saved)
    assert rng.random() == np.random.default_rng(2).random()


def test_what_grew_or_shrank_is_replaced():
    present = {"table": np.zeros(3), "history": [1, 2], "when": torch.zeros(2)}
    saved = {"table": np.ones(5), "history": [3], "when": torch.ones(4)}
    assert same(restored(present, saved, "agent"), saved)


@pytest.mark.parametrize("present", [None, 3, {"weight": 1}])
def test_an_objects_state_without_that_object_is_refused_by_name(present):
    saved = StateDict(torch.nn.Linear(1, 1).state_dict())
    with pytest.raises(CheckpointError, match=r"holds agent\.critic, but"):
        restored({"critic": present}, {"critic": saved}, "agent")


def test_weights_of_another_shape_are_refused_by_name():
    saved = copied({"critic": torch.nn.Linear(3, 1)})
    with pytest.raises(CheckpointError, match=r"agent\.critic does not fit this Linear"):
        restored({"critic": torch.nn.Linear(2, 1)}, saved, "agent")


def test_a_copy_shares_no_memory_with_its_original():
    tree = {"array": np.zeros(3), "network": torch.nn.Linear(1, 1), "tensor": torch.zeros(1)}
    copy = copied(tree)
    tree["array"] += 1
    tree["tensor"] += 1
    torch.nn.init.constant_(tree["network"].weight, 7.0)
    assert not copy["array"].any()
    assert not copy["tensor"].any()
    assert copy["network"]["weight"].item() != 7.0
