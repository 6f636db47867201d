"""What this machine has and lacks, for `arena doctor` and the Settings screen."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib import metadata

import msgspec
import psutil

import arena
from arena.discovery.folders import shipped
from arena.errors import WorkerLost
from arena.session.devices import accelerators
from arena.store import Home, Store

PACKAGES = (
    "torch",
    "numpy",
    "gymnasium",
    "pettingzoo",
    "pygame-ce",
    "pluggy",
    "safetensors",
    "msgspec",
    "psutil",
)
LITTLE_SPACE = 2**30


class DoctorFact(msgspec.Struct, frozen=True):
    """One finding.

    Attributes:
        ok: False if something is missing or will fail.
        essential: whether Arena can do nothing useful without it.
        advice: what to do about it; empty where all is well.
    """

    topic: str
    name: str
    value: str
    ok: bool = True
    advice: str = ""
    essential: bool = True


class DoctorReport(msgspec.Struct, frozen=True):
    """Everything that was found, by topic."""

    facts: tuple[DoctorFact, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing essential is missing."""
        return all(fact.ok or not fact.essential for fact in self.facts)


def examine(home: Home, store: Store) -> DoctorReport:
    """Looks at versions, display, devices, folders, sandbox and jobs; changes nothing."""
    facts = [*_versions(), _display(), *_devices(), *_folders(home), _sandbox(), *_records(store)]
    return DoctorReport(tuple(facts))


def _versions() -> list[DoctorFact]:
    python = f"{platform.python_version()} on {platform.platform()}"
    facts = [DoctorFact("versions", "Arena", arena.__version__), DoctorFact("versions", "Python", python)]
    for package in PACKAGES:
        try:
            facts.append(DoctorFact("versions", package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            advice = f"Install it: pip install {package}"
            facts.append(DoctorFact("versions", package, "missing", ok=False, advice=advice))
    return facts


def _display() -> DoctorFact:
    if sys.platform != "linux":
        return DoctorFact("display", "display", "the desktop")
    driver = os.environ.get("SDL_VIDEODRIVER", "")
    screen = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY", "")
    if screen or driver:
        return DoctorFact("display", "display", screen or f"SDL driver {driver}")
    advice = "Log in to a desktop, or run `xvfb-run arena`; every command but the window works without one."
    return DoctorFact("display", "display", "none", ok=False, advice=advice, essential=False)


def _devices() -> list[DoctorFact]:
    memory = psutil.virtual_memory()
    return [
        DoctorFact("devices", "cpu", f"{os.cpu_count() or 1} cores"),
        DoctorFact("devices", "memory", f"{_size(memory.total)}, {_size(memory.available)} free"),
        _accelerator(),
    ]


def _accelerator() -> DoctorFact:
    try:
        found = [f"{name} ({kind})" for name, kind in accelerators()]
    except WorkerLost as error:
        return DoctorFact("devices", "gpu", str(error), ok=False, advice="Reinstall it: pip install torch")
    if found:
        return DoctorFact("devices", "gpu", ", ".join(found))
    unused = shutil.which("nvidia-smi") is not None
    advice = "This torch cannot use the graphics card; pytorch.org says which build can." if unused else ""
    return DoctorFact(
        "devices", "gpu", "none; training uses the CPU", ok=not unused, advice=advice, essential=False
    )


def _folders(home: Home) -> list[DoctorFact]:
    free = shutil.disk_usage(home.path).free
    advice = "Make room, or choose another folder with --home." if free < LITTLE_SPACE else ""
    return [
        DoctorFact("folders", "data", str(home.path)),
        DoctorFact("folders", "free space", _size(free), ok=free >= LITTLE_SPACE, advice=advice),
        DoctorFact("folders", "shipped agents", str(shipped("agents")), ok=shipped("agents").is_dir()),
        DoctorFact("folders", "shipped plugins", str(shipped("plugins")), ok=shipped("plugins").is_dir()),
        DoctorFact("folders", "your agents", str(home.agents)),
        DoctorFact("folders", "your plugins", str(home.plugins)),
    ]


def _sandbox() -> DoctorFact:
    ends = "the end of its pipe"
    if sys.platform == "linux":
        ends += " and the parent-death signal"
    return DoctorFact(
        "sandbox",
        "plugin code",
        f"runs in child processes with an environment by allow-list; they end by {ends}",
    )


def _records(store: Store) -> list[DoctorFact]:
    runs = store.runs()
    live = sum(run.live for run in runs)
    games = sum(board.games for board in store.boards())
    facts = [DoctorFact("records", "database", f"{len(runs)} runs ({live} live), {games} ranked games")]
    advice = "Arena goes on with a new database; the old file is kept where the notice says."
    return facts + [
        DoctorFact("records", "notice", notice, ok=False, advice=advice, essential=False)
        for notice in store.notices
    ]


def _size(count: float) -> str:
    return f"{count / 2**30:.1f} GiB"
