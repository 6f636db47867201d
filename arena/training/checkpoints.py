"""Checkpoint files: safetensors with the state's JSON form in the header, written whole or not at all.

A file's own digest covers every byte of its state, so that damage anywhere in it is noticed on loading. What
is too large lies in files beside it, which have digests of their own (`arena.toolkit.kept_files`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import safetensors
import safetensors.numpy
import torch

from arena.api import Agent
from arena.errors import CheckpointError
from arena.spaces import Array
from arena.training.trees import file_keepers, flatten, named_within, restored, unflatten

# Version 2 may name files beside the checkpoint.
FORMAT, VERSION = "arena checkpoint", 2


def save(path: Path, tree: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Writes the tree atomically, replacing what is there, and returns its digest.

    Args:
        facts: small plain values about the checkpoint, readable without the state.

    Raises:
        CheckpointError: if the tree holds what cannot be saved or the file cannot be written.
    """
    form, arrays = flatten(dict(tree))
    form = named_within(form, path.parent)
    digest = _digest(form, arrays)
    header = {
        "format": f"{FORMAT} {VERSION}",
        "sha256": digest,
        "facts": msgspec.json.encode(dict(facts)).decode(),
        "tree": msgspec.json.encode(form).decode(),
    }
    _write_atomically(path, lambda part: safetensors.numpy.save_file(arrays, part, header))
    for keeper in file_keepers(tree):
        keeper.saved()
    return digest


def load(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the tree and the facts; the tree's memory is its own.

    Raises:
        CheckpointError: if the file is missing, damaged, or no checkpoint.
    """
    with _reading(path) as file:
        facts, form = _header(path, file)
        arrays: dict[str, Array] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
        if _digest(form, arrays) != file.metadata()["sha256"]:
            raise CheckpointError(f"The checkpoint {path} is damaged: its contents do not match its digest.")
        return unflatten(form, arrays.__getitem__, path.parent), facts


def load_in_place(agent: Agent, tree: Mapping[str, Any]) -> None:
    """Loads a saved `agent.state()`, or a part of it, into the agent's own objects.

    Raises:
        CheckpointError: if the tree does not fit this agent.
    """
    for name, saved in tree.items():
        setattr(agent, name, restored(getattr(agent, name, None), saved, name))
    agent.loaded()


def load_weights(agent: Agent, path: Path) -> dict[str, Any]:
    """Loads only what the agent acts with, from any checkpoint of its kind, and returns the facts.

    Raises:
        CheckpointError: if the file is missing, damaged, or of another agent.
    """
    tree, facts = load_part(path, agent.acts_with)
    missing = [name for name in agent.acts_with if name not in tree]
    if missing:
        raise CheckpointError(f"The checkpoint {path} holds no {missing[0]}, so it is of another agent.")
    theirs, ours = shapes(tree), shapes(weights(agent))
    for name in sorted(theirs.keys() | ours.keys()):
        if theirs.get(name) != ours.get(name):
            raise CheckpointError(
                f"The weights in {path} do not fit this agent, as {name} is {_kind(theirs.get(name))} there "
                f"and {_kind(ours.get(name))} here; they need the settings and environment of their training."
            )
    load_in_place(agent, tree)
    return facts


def load_part(path: Path, names: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns those of the agent's attributes with these names that are there, and the facts.

    Raises:
        CheckpointError: if the file is missing or damaged.
    """
    with _reading(path) as file:
        facts, form = _header(path, file)
        saved = dict(dict(form["items"]).get("agent", {"items": []})["items"])
        read = [name for name in names if name in saved]
        return {name: unflatten(saved[name], file.get_tensor, path.parent) for name in read}, facts


def weights(agent: Agent) -> dict[str, Any]:
    """What the agent acts with, by attribute name: the agent's own objects, not copies."""
    missing = [name for name in agent.acts_with if not hasattr(agent, name)]
    if missing:
        raise CheckpointError(f"{type(agent).__name__}.acts_with names {missing[0]!r}, which it lacks.")
    return {name: getattr(agent, name) for name in agent.acts_with}


def shapes(tree: Mapping[str, Any]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Of every array in a tree its type and shape, by name."""
    return {name: (array.dtype.name, array.shape) for name, array in flatten(dict(tree))[1].items()}


def modules(agent: Agent) -> dict[str, torch.nn.Module]:
    """The agent's networks, those that only learn included, by attribute name."""
    return {name: value for name, value in vars(agent).items() if isinstance(value, torch.nn.Module)}


def weights_sha256(agent: Agent) -> str:
    """The digest of what the agent acts with: equal for equal weights, wherever they came from."""
    return tree_sha256(weights(agent))


def tree_sha256(tree: Mapping[str, Any]) -> str:
    """The digest of a tree; a copy of it with objects as their `StateDict` has the same."""
    return _digest(*flatten(dict(tree)))


def unusable_weights(agent: Agent) -> str | None:
    """The name of the first weight that is not a number; None if all are."""
    suspects = {**modules(agent), **weights(agent)}
    _, arrays = flatten({name: value for name, value in suspects.items() if not _is_sound(value)})
    for name, array in arrays.items():
        if array.dtype.kind in "fc" and np.isnan(array).any():
            return name
    return None


def _is_sound(value: Any) -> bool:
    """Whether it is a network or table whose numbers have a finite sum: the quick answer, without a copy."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return bool(np.isfinite(value.sum()))
    if not isinstance(value, torch.nn.Module):
        return False
    tensors = [*value.parameters(), *value.buffers()]
    if not all(tensor.is_floating_point() for tensor in tensors) or not tensors:
        return False
    with torch.no_grad():
        return bool(torch.stack([tensor.sum() for tensor in tensors]).sum().isfinite())


def _kind(shape: tuple[str, tuple[int, ...]] | None) -> str:
    """As in "float32 24 × 5"."""
    if shape is None:
        return "missing"
    return f"{shape[0]} {' × '.join(map(str, shape[1]))}".rstrip()


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """Opens a safetensors file; whatever is wrong with it becomes a CheckpointError that names it."""
    try:
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise CheckpointError(f"The checkpoint {path} is missing.") from None
    except OSError as error:
        raise CheckpointError(f"The checkpoint {path} cannot be read: {error.strerror}.") from error
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            yield file
    except (OSError, safetensors.SafetensorError, msgspec.DecodeError) as error:
        raise CheckpointError(f"The checkpoint {path} is damaged: {error}") from error
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"The checkpoint {path} is damaged or not one of Arena's: {error!r}") from error


def _header(path: Path, file: Any) -> tuple[dict[str, Any], Any]:
    metadata = file.metadata() or {}
    kind, _, version = metadata.get("format", "").rpartition(" ")
    if kind != FORMAT or not version.isdecimal():
        raise CheckpointError(f"{path} is not one of Arena's checkpoints.")
    if int(version) > VERSION:
        raise CheckpointError(
            f"The checkpoint {path} was written by a newer Arena (format {version}, this one knows "
            f"{VERSION}); update Arena."
        )
    return msgspec.json.decode(metadata["facts"]), msgspec.json.decode(metadata["tree"])


def _digest(form: Any, arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256(msgspec.json.encode(form))
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"\n{name} {array.dtype.name} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Replaces the file at once: a reader, or a crash, sees the old content or the new one, never a part."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except (OSError, safetensors.SafetensorError) as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise CheckpointError(f"The checkpoint {path} cannot be written: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    """What the operating system says, which safetensors passes on within a sentence of its own."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    number = re.search(r"os error (\d+)", str(error))
    return os.strerror(int(number[1])) if number else str(error)


def _sync_folder(folder: Path) -> None:
    """Makes the new name itself survive a power cut, where folders can be opened (not on Windows)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
