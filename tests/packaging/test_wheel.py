"""What is built can be installed, and brings its plugins along without littering site-packages."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import arena
from tests.packaging.repository import ROOT, tracked


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(built.glob("*.whl")))


def test_only_arena_lands_in_site_packages(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"arena", f"gradient_arena-{arena.__version__}.dist-info"}


def test_every_module_and_every_shipped_file_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    files = {name for name in wheel.namelist() if name.startswith("arena/")}
    expected = {path.relative_to(ROOT).as_posix() for path in tracked("arena")}
    expected |= {
        f"arena/_shipped/{path.relative_to(ROOT).as_posix()}"
        for path in tracked("agents", "plugins", "assets")
    }
    assert files == expected
    assert "arena/_shipped/agents/random.py" in files
    assert "arena/py.typed" in files


def test_the_wheel_names_the_command_and_carries_the_licence(wheel: zipfile.ZipFile) -> None:
    facts = f"gradient_arena-{arena.__version__}.dist-info"
    assert "arena = arena.__main__:main" in wheel.read(f"{facts}/entry_points.txt").decode()
    assert b"MIT License" in wheel.read(f"{facts}/licenses/LICENSE")


def test_an_installed_arena_finds_its_own_plugins(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    program = """
from pathlib import Path
from arena.discovery.folders import places, shipped
print(shipped("agents"), len(places(Path("nowhere"))))
"""
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    folder, count = done.stdout.split()
    assert folder == str(tmp_path / "arena" / "_shipped" / "agents")
    assert int(count) >= len(tracked("agents/*.py", "plugins/*.py"))


def test_the_source_archive_can_be_tested(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"Makefile", "constraints.txt", "hatch_build.py", "README.md", "LICENSE", "pyproject.toml"}
    assert wanted <= names
    assert "tests/packaging/test_wheel.py" in names
    assert not [name for name in names if ".venv" in name or "__pycache__" in name]
