"""What a result was made with, in words that say nothing of whose machine it is."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path
from typing import Final

import arena
from tests.benchmarks._places import ROOT, agent_file
from tests.benchmarks._store import MadeWith

_DISTRIBUTIONS: Final = ("torch", "numpy", "gymnasium", "stable-baselines3")
_CODE: Final = ("arena", "agents", "plugins", "tests/benchmarks")


def made_with(agent: str) -> MadeWith:
    """Of this moment, in the process that measures.

    Args:
        agent: one of ours, whose file counts; any other name for a peer.
    """
    return MadeWith(
        arena=arena.__version__,
        commit=commit(),
        source=source_of(agent),
        versions={"python": platform.python_version(), **_versions()},
        machine=f"{os.cpu_count()} cores, {cpu_model()}, {platform.system()}",
    )


def source_of(agent: str) -> str:
    """The digest of a shipped agent's file, the first digits; empty if there is none of that name."""
    file = agent_file(agent)
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""


def commit() -> str:
    """The checkout's commit, with a `+` if the code has been changed since; empty without Git."""
    try:
        known = _git("rev-parse", "--short=10", "HEAD")
        return known + ("+" if _git("status", "--porcelain", "--", *_CODE) else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def cpu_model() -> str:
    file = Path("/proc/cpuinfo")
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _versions() -> dict[str, str]:
    found = {}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
