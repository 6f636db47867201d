"""Freezing a player: its source and weights are copied to `players/<id>/`, and nothing touches them again."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from arena.discovery.folders import package_name
from arena.errors import StoreError
from arena.records import PlayerRecord
from arena.settings import Value
from arena.store import Home

GREEDY: Mapping[str, Value] = {"temperature": 0.0}


def freeze_player(  # noqa: PLR0913 - a player is made of these
    home: Home,
    *,
    label: str,
    agent: str,
    source: Path,
    source_sha256: str | None = None,
    settings: Mapping[str, Value],
    acting: Mapping[str, Value] = GREEDY,
    weights: Path | None = None,
    weights_sha256: str | None = None,
    run: str | None = None,
    step: int | None = None,
    searches: bool = False,
) -> PlayerRecord:
    """Copies the player's files and returns its record, which is not yet in the store.

    Args:
        source: the agent's file; or `package:NAME`, which stays where it is installed.
        source_sha256: of an installed package's file; a file of its own is read and hashed here.

    Raises:
        StoreError: if a file cannot be read or copied.
    """
    try:
        packaged = package_name(str(source)) is not None
        if source_sha256 is None or not packaged:
            source_sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
        player = PlayerRecord.hash_of(agent, source_sha256, weights_sha256, settings, acting)
        folder = home.player(player)
        folder.mkdir(parents=True, exist_ok=True)
        if not packaged:
            _copy(source, folder / "agent.py")
        if weights is not None:
            _copy(weights, folder / "weights.safetensors")
    except OSError as error:
        raise StoreError(f"The player {label} cannot be stored ({error}).") from error
    return PlayerRecord(
        id=player,
        label=label,
        agent=agent,
        source_path=str(source if packaged else folder / "agent.py"),
        source_sha256=source_sha256,
        settings=dict(settings),
        acting=dict(acting),
        weights_sha256=weights_sha256,
        checkpoint=str(folder / "weights.safetensors") if weights is not None else None,
        run=run,
        step=step,
        searches=searches,
    )


def _copy(source: Path, target: Path) -> None:
    """A player's files are named by their content, so that a copy that lies there is the same."""
    if target.exists():
        return
    part = target.with_suffix(f".part{os.getpid()}")
    shutil.copyfile(source, part)
    os.replace(part, target)  # noqa: PTH105 - replaces on Windows, too
