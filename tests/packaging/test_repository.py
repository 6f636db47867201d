"""The repository stands on its own: its commands exist, its versions are pinned, it names no machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.repository import ROOT, imported, tracked

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MACHINE_PATHS = re.compile(r"/(?:work|root)/|\.\./shared|/opt/[p]ypi|[/\\]Users[/\\]\w")


@pytest.mark.parametrize("target", ["run", "test", "slow", "lint", "bench", "shots"])
def test_make_knows_what_to_do(target: str) -> None:
    plan = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert ".venv" in plan


def test_make_test_lints_first_and_then_runs_the_whole_suite() -> None:
    plan = subprocess.run(["make", "-n", "test"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    steps = ["ruff check", "ruff format --check", "mypy", "lint-imports", "pytest"]
    assert sorted(steps, key=plan.index) == steps


def test_every_direct_dependency_is_pinned_to_a_version_it_allows() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    versions = {canonicalize_name(pin.name): next(iter(pin.specifier)) for pin in pins}
    assert all(version.operator == "==" for version in versions.values())
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    wanted += PROJECT["project"]["optional-dependencies"]["dev"]
    direct = {canonicalize_name(need.name): need for need in map(Requirement, wanted)}
    assert direct.keys() == versions.keys()
    for name, need in direct.items():
        assert need.specifier.contains(versions[name].version), need


def test_every_package_that_is_imported_is_asked_for_by_name() -> None:
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["dev"]]
    asked_for = {canonicalize_name(Requirement(need).name) for need in wanted}
    distributions = metadata.packages_distributions()
    undeclared = set()
    for path in tracked("*.py"):
        for module in {name.split(".")[0] for name in imported(path)} - sys.stdlib_module_names:
            owners = {canonicalize_name(owner) for owner in distributions.get(module, [])}
            if owners and not owners & {*asked_for, "gradient-arena"}:
                undeclared.add(f"{path.relative_to(ROOT)}: {module}")
    assert not undeclared


def test_no_file_names_the_machine_it_was_written_on() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in MACHINE_PATHS.finditer(text)]
    assert not found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no executable bit")
def test_the_script_for_continuous_integration_can_be_run() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_every_silenced_check_gives_its_reason() -> None:
    silenced = re.compile(r"#\s*(?:noqa\b|type: ignore|mypy: )(?:.*)")
    reasoned = re.compile(r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\])\s+(?:-|#)\s+\w.*")
    bare = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in tracked("arena/*.py", "agents/*.py", "plugins/*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := silenced.search(line)) and not reasoned.match(match[0])
    ]
    assert not bare
