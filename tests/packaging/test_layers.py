"""What import-linter cannot see: plugin folders are no packages, and a window must stay light at run time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.repository import ROOT, imported, tracked

OPEN_TO_PLUGINS = ("arena.api", "arena.toolkit", "arena.drawing")
HEAVY = ("torch", "gymnasium", "pettingzoo", "scipy")


@pytest.mark.parametrize("path", tracked("agents/*.py", "plugins/*.py"), ids=lambda path: path.stem)
def test_a_shipped_plugin_imports_only_what_any_plugin_may(path: Path) -> None:
    ours = [
        name for name in imported(path) if name.split(".")[0] in ("arena", "agents", "plugins", "tests", "")
    ]
    assert [name for name in ours if not name.startswith(OPEN_TO_PLUGINS)] == []


@pytest.mark.parametrize("path", tracked("agents/*.py"), ids=lambda path: path.stem)
def test_an_agent_draws_nothing(path: Path) -> None:
    assert [name for name in imported(path) if name.split(".")[0] == "pygame"] == []


def test_the_program_imports_no_plugin_folder_and_no_test() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in tracked("arena/*.py")
        for name in imported(path)
        if name.split(".")[0] in ("agents", "plugins", "tests")
    }
    assert not found


@pytest.mark.parametrize(
    "module", ["arena.ui", "arena.session", "arena.engines", "arena.store", "arena.discovery.catalog"]
)
def test_every_module_of_the_windows_side_stays_light_at_run_time(module: str) -> None:
    program = f"""
import importlib, pkgutil, sys
module = importlib.import_module({module!r})
for part in pkgutil.walk_packages(getattr(module, "__path__", []), module.__name__ + "."):
    importlib.import_module(part.name)
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
