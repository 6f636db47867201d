"""What is installed is listed by its ids: libraries, packages that add to their registries, broken ones."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.discovery import registries
from arena.discovery.catalog import Discovery
from arena.discovery.children import Patience
from arena.errors import PluginError, RequestError, UnknownName
from arena.games.foreign import import_package, load_spec
from arena.orders import EnvironmentSource
from arena.records import ForeignEnvironment
from arena.spaces import Discrete

REGISTERS = """
import gymnasium
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv

gymnasium.register("{id}", entry_point="{module}:FrozenLakeEnv", kwargs={{"map_name": "8x8"}})
"""

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a package of one module into a folder that this process and its children import from."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def install(name: str, source: str, requires: str = "gymnasium>=1.0", version: str = "1.0") -> Path:
        module = name.replace("-", "_")
        path = folder / f"{module}.py"
        path.write_text(textwrap.dedent(source))
        for old in folder.glob(f"{module}-*.dist-info/METADATA"):
            old.unlink()
        info = folder / f"{module}-{version}.dist-info"
        info.mkdir(exist_ok=True)
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}\nX")
        (info / "top_level.txt").write_text(f"{module}\n")
        return path

    return install


@pytest.fixture(autouse=True)
def forgotten() -> object:
    """What a test imports from its folder is gone after it."""
    before = set(sys.modules)
    yield None
    for name in [name for name in set(sys.modules) - before if name.startswith("pond")]:
        del sys.modules[name]


def ids(discovery: Discovery, source: str) -> list[str]:
    return [each.id for each in discovery.known().foreign if each.source == source]


def test_the_libraries_own_ids_are_listed_and_are_no_plugins(home: Path) -> None:
    discovery = Discovery(home)
    catalog = discovery.scan()
    assert catalog.plugins == ()
    assert {"Acrobot-v1", "FrozenLake8x8-v1", "CartPole-v0"} <= set(ids(discovery, "gymnasium"))
    assert "Ant-v2" not in ids(discovery, "gymnasium")
    assert ForeignEnvironment(
        "pettingzoo:classic/rps_v2", "Rock Paper Scissors (PettingZoo)", "pettingzoo"
    ) in (catalog.foreign)
    assert {each.source for each in catalog.foreign} <= {"gymnasium", "pettingzoo"}
    assert discovery.known() == catalog


def test_an_installed_package_is_listed_with_the_ids_it_adds(home: Path, install: Install) -> None:
    install("pond-world", REGISTERS.format(id="Pond-v0", module="pond_world"))
    install("pond-tools", "import gymnasium\n")
    install("pond-free", "raise SystemExit('nobody asked')\n", requires="numpy")
    install("pond-extra", "raise SystemExit('nobody asked')\n", requires='gymnasium; extra == "all"')
    install("pond-robotics", "raise SystemExit('nobody asked')\n", requires="gymnasium-robotics")
    assert registries.registries()[-2:] == ["pond-tools", "pond-world"]
    discovery = Discovery(home)
    catalog = discovery.scan()
    assert [(row.path, row.state, row.provides) for row in catalog.plugins] == [
        ("registry:pond-world", "ready", ("Pond-v0",))
    ]
    assert ids(discovery, "pond-world") == ["Pond-v0"]
    pond = discovery.describe_foreign("Pond-v0")
    assert (pond.id, pond.source, pond.path) == ("Pond-v0", "pond-world", "registry:pond-world")
    assert pond.observation == Discrete(64)
    assert discovery.with_settings(pond, {"map_name": "4x4"}).observation == Discrete(16)
    spec = load_spec(EnvironmentSource("Pond-v0", pond.path, {}))
    assert spec.id == "Pond-v0"


def test_a_package_is_imported_again_only_if_its_version_changes(home: Path, install: Install) -> None:
    marks = home / "marks"
    source = f"open({str(marks)!r}, 'a').write('x')\n" + REGISTERS.format(id="Pond-v0", module="pond_world")
    install("pond-world", source)
    Discovery(home).scan()
    Discovery(home).scan()
    assert marks.read_text() == "x"
    install("pond-world", source.replace("Pond-v0", "Pond-v10"), version="2.0")
    discovery = Discovery(home)
    discovery.scan()
    assert (marks.read_text(), ids(discovery, "pond-world")) == ("xx", ["Pond-v10"])


def test_packages_that_raise_hang_or_end_are_rows_and_the_others_go_on(home: Path, install: Install) -> None:
    install("pond-raises", "raise ValueError('no water')\n")
    install("pond-hangs", "while True:\n    pass\n")
    install("pond-ends", "import os\nos._exit(3)\n")
    install("pond-world", REGISTERS.format(id="Pond-v0", module="pond_world"))
    discovery = Discovery(home, patience=Patience(cpu_seconds=4))
    rows = {row.path: row for row in discovery.scan().plugins}
    assert {path: row.error.phase if row.error else "" for path, row in rows.items()} == {
        "registry:pond-ends": "exit",
        "registry:pond-hangs": "timeout",
        "registry:pond-raises": "import",
        "registry:pond-world": "",
    }
    error = rows["registry:pond-raises"].error
    assert error is not None
    assert error.message == "ValueError on line 1: no water."
    assert ids(discovery, "pond-world") == ["Pond-v0"]
    with pytest.raises(PluginError, match="no water"):
        load_spec(EnvironmentSource("Pond-v9", "registry:pond-raises", {}))


def test_an_id_is_told_of_the_package_that_adds_it_whoever_imports_that(home: Path, install: Install) -> None:
    install("pond-deep", REGISTERS.format(id="Deep-v0", module="pond_deep"))
    install("pond-all", "import pond_deep\n" + REGISTERS.format(id="Pond-v0", module="pond_all"))
    discovery = Discovery(home)
    discovery.scan()
    assert (ids(discovery, "pond-all"), ids(discovery, "pond-deep")) == (["Pond-v0"], ["Deep-v0"])


def test_a_package_may_add_to_pettingzoos_registry(home: Path, install: Install) -> None:
    install(
        "pond-duel",
        """
        import pettingzoo
        from pettingzoo.classic.tictactoe.tictactoe import env

        if hasattr(pettingzoo, "register"):
            pettingzoo.register("aec", "pond/duel_v1", entry_point="pond_duel:env")
        """,
        requires="pettingzoo",
    )
    discovery = Discovery(home)
    discovery.scan()
    assert ids(discovery, "pond-duel") == ["pettingzoo:pond/duel-v1"]
    duel = discovery.describe_foreign("pettingzoo:pond/duel-v1")
    assert (duel.id, duel.title, duel.seats) == ("pettingzoo:pond/duel-v1", "Duel (PettingZoo)", 2)
    assert duel.path == "registry:pond-duel"


@pytest.mark.parametrize(
    "package", ["numpy", "antigravity", "os", "", "../pond", "gymnasium", "gradient-arena"]
)
def test_a_path_never_imports_what_does_not_need_a_library(package: str) -> None:
    before = set(sys.modules)
    with pytest.raises(PluginError, match="is no installed package that needs Gymnasium or PettingZoo"):
        import_package(package)
    assert "antigravity" not in set(sys.modules) - before


def test_a_pettingzoo_environment_is_described_by_its_one_name(home: Path) -> None:
    discovery = Discovery(home)
    info = discovery.describe_foreign("pettingzoo:classic/tictactoe-v3")
    assert (info.id, info.source, info.path) == ("pettingzoo:classic/tictactoe_v3", "pettingzoo", None)
    assert (info.seats, info.action, info.frames_per_second) == (2, Discrete(9), 1.0)
    assert info.board({"screen_height": 1000, "step_limit": 5}) == (
        "pettingzoo:classic/tictactoe_v3 step_limit=5"
    )
    with pytest.raises(UnknownName, match="pettingzoo:classic/tictactoe_v3"):
        discovery.describe_foreign("pettingzoo:classic/tictacto_v3")
    for name in ("pettingzoo:os:path", "os:pettingzoo:classic/chess_v6", "pettingzoo:utils/env"):
        with pytest.raises(RequestError):
            discovery.describe_foreign(name)
