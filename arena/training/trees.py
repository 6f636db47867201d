"""State as a tree: what it may consist of, its plain JSON form beside named arrays, and loading in place.

A tree is made of None, booleans, numbers and strings; numpy arrays, numbers and Generators; torch tensors and
generators; anything with `state_dict` and `load_state_dict`; files beside the checkpoint; and lists, tuples
and dicts of these, with strings or whole numbers as keys. Plain values stand in the JSON form as they are,
lists as lists, and every other kind as an object with one key that says which kind it is. Reading it back
therefore runs no code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from arena.errors import CheckpointError
from arena.spaces import Array
from arena.toolkit.kept_files import FileKeeper, KeptFile

_MISSING = object()
_BIT_GENERATORS: Mapping[str, Callable[[], np.random.BitGenerator]] = {
    kind.__name__: kind
    for kind in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64)
}
_NUMBER_KINDS = ("int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64")
_ARRAY_KINDS = frozenset(["bool", "uint8", "uint16", "uint32", "uint64", *_NUMBER_KINDS])


class StateDict(dict[str, Any]):
    """What `state_dict()` gave: only an object with `load_state_dict` can take it back."""


def flatten(tree: Any, name: str = "") -> tuple[Any, dict[str, Array]]:
    """Returns the tree's JSON form and its arrays by name, which share memory with the tree's own.

    Raises:
        CheckpointError: for a value of another kind, by its name in the tree.
    """
    arrays: dict[str, Array] = {}
    return _encoded(tree, name, arrays), arrays


def unflatten(form: Any, array_of: Callable[[str], Array], folder: Path | None = None) -> Any:
    """Returns the tree of a JSON form.

    Args:
        array_of: gives an array by name, for the tree to keep.
        folder: where the form's files lie; None if it names them in full.

    Raises:
        CheckpointError: if a file's name leads out of the folder, or something is of an unknown kind.
    """
    if not isinstance(form, dict):
        return [unflatten(item, array_of, folder) for item in form] if isinstance(form, list) else form
    match form["kind"]:
        case "dict":
            return {key: unflatten(item, array_of, folder) for key, item in form["items"]}
        case "tuple":
            return tuple(unflatten(form["items"], array_of, folder))
        case "state":
            return StateDict(unflatten(form["state"], array_of, folder))
        case "generator" | "torch generator":
            return _generator(form, unflatten(form["state"], array_of))
        case "file":
            return KeptFile(Path(form["name"]) if folder is None else folder / _plain(form["name"]))
        case "float":
            return float(form["value"])
        case _:
            return _array(form, array_of(form["name"]))


def named_within(form: Any, folder: Path) -> Any:
    """The form with its files named as they are in the folder.

    Raises:
        CheckpointError: if a file lies elsewhere.
    """
    if isinstance(form, list):
        return [named_within(item, folder) for item in form]
    if not isinstance(form, dict):
        return form
    if form["kind"] != "file":
        return {key: named_within(item, folder) for key, item in form.items()}
    path = Path(form["name"])
    if path.parent.absolute() != folder.absolute():
        raise CheckpointError(f"{path} belongs to a checkpoint, but does not lie beside it in {folder}.")
    return {"kind": "file", "name": path.name}


def file_keepers(tree: Any) -> list[FileKeeper]:
    """The objects in the tree that hold part of their state in files."""
    if isinstance(tree, dict | list | tuple):
        items = tree.values() if isinstance(tree, dict) else tree
        return [keeper for item in items for keeper in file_keepers(item)]
    return [tree] if hasattr(tree, "save_due") else []


def copied(tree: Any) -> Any:
    """Returns the tree with memory of its own, objects in it as their `StateDict`."""
    form, arrays = flatten(tree)
    return unflatten(form, lambda name: arrays[name].copy(order="C"))


def restored(present: Any, saved: Any, name: str) -> Any:
    """Loads `saved` into the present value wherever that can take it; returns what now stands there.

    Raises:
        CheckpointError: if something saved has nothing to be loaded into, by its name in the tree.
    """
    match saved:
        case StateDict():
            return _loaded_object(present, saved, name)
        case np.random.Generator():
            return _loaded_generator(present, saved)
        case torch.Generator():
            return _loaded_torch_generator(present, saved)
        case np.ndarray() if _alike(present, saved, np.ndarray):
            np.copyto(present, saved)
            return present
        case torch.Tensor():
            return _loaded_tensor(present, saved)
        case dict():
            present = present if isinstance(present, dict) else {}
            new = {
                key: restored(present.get(key, _MISSING), item, f"{name}.{key}")
                for key, item in saved.items()
            }
            present.clear()
            present.update(new)
            return present
        case list() | tuple():
            same = isinstance(present, type(saved)) and len(present) == len(saved)
            beside = present if same else [_MISSING] * len(saved)
            items = [
                restored(old, item, f"{name}.{i}")
                for i, (old, item) in enumerate(zip(beside, saved, strict=True))
            ]
            return type(saved)(items)
    return saved


def _encoded(value: Any, name: str, arrays: dict[str, Array]) -> Any:
    if value is None or type(value) in {bool, int, str}:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"kind": "float", "value": repr(value)}
    if isinstance(value, np.generic | np.ndarray):
        kind = "array" if isinstance(value, np.ndarray) else "number"
        return {"kind": kind, "name": _kept(np.asarray(value, order="C"), name, arrays)}
    if isinstance(value, torch.Tensor):
        return _encoded_tensor(value, name, arrays)
    if type(value) is list:
        return [_encoded(item, f"{name}.{i}", arrays) for i, item in enumerate(value)]
    if type(value) is tuple:
        return {"kind": "tuple", "items": _encoded(list(value), name, arrays)}
    if isinstance(value, np.random.Generator | torch.Generator):
        return _encoded_generator(value, name, arrays)
    return _encoded_other(value, name, arrays)


def _encoded_generator(value: Any, name: str, arrays: dict[str, Array]) -> Any:
    if isinstance(value, torch.Generator):
        return {"kind": "torch generator", "state": _encoded(value.get_state(), name, arrays)}
    state = dict(value.bit_generator.state)
    return {"kind": "generator", "bits": state["bit_generator"], "state": _encoded(state, name, arrays)}


def _encoded_other(value: Any, name: str, arrays: dict[str, Array]) -> Any:
    if isinstance(value, KeptFile):
        return {"kind": "file", "name": str(value.path)}
    if isinstance(value, StateDict):
        return {"kind": "state", "state": _encoded(dict(value), name, arrays)}
    if isinstance(value, dict):
        strange = [key for key in value if type(key) not in {str, int}]
        if strange:
            raise CheckpointError(f"{name} has the key {strange[0]!r}; use strings or whole numbers as keys.")
        items = [[key, _encoded(item, f"{name}.{key}".lstrip("."), arrays)] for key, item in value.items()]
        return {"kind": "dict", "items": items}
    if hasattr(value, "state_dict") and hasattr(value, "load_state_dict") and not isinstance(value, type):
        return {"kind": "state", "state": _encoded(dict(value.state_dict()), name, arrays)}
    raise CheckpointError(
        f"{name} is a {type(value).__name__}, which a checkpoint cannot keep: use numbers, strings, arrays, "
        "tensors, generators or something with state_dict, or start its name with _ if it is only a cache."
    )


def _encoded_tensor(tensor: torch.Tensor, name: str, arrays: dict[str, Array]) -> Any:
    dtype = str(tensor.dtype).removeprefix("torch.")
    plain = tensor.detach().to("cpu")
    if dtype == "bfloat16":
        # numpy has no such numbers; their bits travel as whole numbers of the same width.
        plain = plain.view(torch.int16)
    elif tensor.layout != torch.strided or dtype not in _ARRAY_KINDS:
        raise CheckpointError(f"{name} is a {tensor.layout} tensor of {dtype}: a checkpoint cannot keep it.")
    return {"kind": "tensor", "dtype": dtype, "name": _kept(plain.contiguous().numpy(), name, arrays)}


def _kept(array: Array, name: str, arrays: dict[str, Array]) -> str:
    if array.dtype.name not in _ARRAY_KINDS:
        raise CheckpointError(f"{name} is an array of {array.dtype.name}, which a checkpoint cannot keep.")
    # The keys 1 and "1" of one dict would share a name.
    name = name if name not in arrays else f"{name}~{len(arrays)}"
    arrays[name] = array
    return name


def _plain(name: Any) -> str:
    if not isinstance(name, str) or name in {"", ".", ".."} or not set(name).isdisjoint("/\\:\0"):
        raise CheckpointError(f"The checkpoint names a file outside of its folder, {name!r}.")
    return name


def _array(form: Mapping[str, Any], array: Array) -> Any:
    match form["kind"]:
        case "array":
            return array
        case "number":
            return array[()]
        case "tensor":
            tensor = torch.from_numpy(array)
            return tensor.view(torch.bfloat16) if form["dtype"] == "bfloat16" else tensor
        case kind:
            raise CheckpointError(f"The checkpoint holds a value of an unknown kind, {kind!r}.")


def _generator(form: Mapping[str, Any], state: Any) -> np.random.Generator | torch.Generator:
    if form["kind"] == "generator":
        bits = _BIT_GENERATORS[form["bits"]]()
        bits.state = state
        return np.random.Generator(bits)
    generator = torch.Generator()
    generator.set_state(state)
    return generator


def _alike(present: Any, saved: Any, kind: type[Any]) -> bool:
    return isinstance(present, kind) and present.shape == saved.shape and present.dtype == saved.dtype


def _loaded_object(present: Any, saved: StateDict, name: str) -> Any:
    if not hasattr(present, "load_state_dict"):
        raise CheckpointError(f"The checkpoint holds {name}, but this agent has nothing to load it into.")
    try:
        present.load_state_dict(dict(saved))
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        # Torch has a heading first, and then a line for each weight.
        reason = " ".join(line.strip() for line in str(error).splitlines()[:2])
        raise CheckpointError(
            f"The checkpoint's {name} does not fit this {type(present).__name__}: {reason}"
        ) from error
    return present


def _loaded_tensor(present: Any, saved: torch.Tensor) -> Any:
    if not isinstance(present, torch.Tensor):
        return saved
    if not _alike(present, saved, torch.Tensor):
        return saved.to(present.device)
    with torch.no_grad():
        present.copy_(saved)
    return present


def _loaded_generator(present: Any, saved: np.random.Generator) -> np.random.Generator:
    kind = type(saved.bit_generator)
    if not isinstance(present, np.random.Generator) or type(present.bit_generator) is not kind:
        return saved
    present.bit_generator.state = saved.bit_generator.state
    return present


def _loaded_torch_generator(present: Any, saved: torch.Generator) -> torch.Generator:
    if not isinstance(present, torch.Generator):
        return saved
    present.set_state(saved.get_state())
    return present
