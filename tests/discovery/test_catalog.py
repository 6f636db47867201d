"""The catalog lists what loads, gives a reason for what does not, and runs nothing twice."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from arena.discovery.catalog import Catalog, Discovery
from arena.discovery.children import Patience, ScanStopped
from arena.discovery.folders import LARGEST_SOURCE
from arena.errors import HomeUnwritable, PluginError, RequestError, UnknownName
from arena.spaces import Box, Discrete
from tests.discovery.conftest import AGENT, WritePlugin

ENVIRONMENT = '''
from dataclasses import dataclass
import gymnasium
import numpy as np
from arena.api import EnvironmentSpec, hookimpl, setting

@dataclass(frozen=True)
class Settings:
    cells: int = setting(4, "How many cells", low=1, high=99)

class Corridor(gymnasium.Env):
    """Walk right to the end."""

    def __init__(self, cells):
        if cells == 13:
            raise ValueError("no thirteen")
        self.observation_space = gymnasium.spaces.Discrete(cells)
        self.action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.cell = 0
        return self.cell, {}

    def step(self, action):
        self.cell += int(action)
        return self.cell, 1.0, self.cell == self.observation_space.n - 1, False, {}

@hookimpl
def register_environments():
    return [EnvironmentSpec(id="corridor", title="Corridor", summary="", make=Corridor, settings=Settings)]
'''


def counted(source: str, count: Path) -> str:
    """The plugin, leaving a mark in a file each time it runs."""
    return f"with open({str(count)!r}, 'a') as marks:\n    marks.write('x')\n{source}"


def states(catalog: Catalog) -> dict[str, tuple[str, str | None]]:
    return {
        Path(plugin.path).name: (plugin.state, plugin.error.phase if plugin.error else None)
        for plugin in catalog.plugins
    }


def test_four_broken_files_are_four_rows_and_the_rest_works(home: Path, write: WritePlugin) -> None:
    write("still.py", AGENT)
    write("syntax.py", "def (:\n")
    write("raises.py", "raise ValueError('no luck')\n")
    write("exits.py", "import os, sys\nprint('farewell', file=sys.stderr, flush=True)\nos._exit(1)\n")
    write("loops.py", "while True:\n    pass\n")
    (home / "plugins" / "corridor.py").write_text(ENVIRONMENT)
    catalog = Discovery(home, patience=Patience(cpu_seconds=1, wall_seconds=60)).scan()
    assert states(catalog) == {
        "exits.py": ("error", "exit"),
        "loops.py": ("error", "timeout"),
        "raises.py": ("error", "import"),
        "still.py": ("ready", None),
        "syntax.py": ("error", "import"),
        "corridor.py": ("ready", None),
    }
    errors = {Path(plugin.path).name: plugin.error for plugin in catalog.plugins if plugin.error}
    assert errors["exits.py"].message == "It ended its process with exit code 1 while it was loaded."
    assert errors["exits.py"].traceback == "farewell\n"
    assert "endless loop" in errors["loops.py"].message
    assert catalog.agent("still").path == str(home / "agents" / "still.py")
    corridor = catalog.environment("corridor")
    assert (corridor.observation, corridor.action, corridor.seats) == (Discrete(4), Discrete(2), 1)
    assert [fact.name for fact in corridor.settings] == ["cells"]


@pytest.mark.parametrize(
    ("source", "phase"),
    [
        ("import os\nos._exit(0)\n", "exit"),
        ("import time\ntime.sleep(1e6)\n", "timeout"),
        ("import os\nos.kill(os.getpid(), 9)\n", "exit"),
        ("import os\nos.closerange(3, 64)\n" + AGENT, "exit"),
        ("input('your name? ')\n", "import"),
        ("hoard = []\nwhile True:\n    hoard.append(b'x' * 10**7)\n", "exit"),
    ],
)
def test_a_plugin_that_ends_sleeps_asks_or_hoards_is_a_row(
    home: Path, write: WritePlugin, source: str, phase: str
) -> None:
    write("odd.py", source)
    catalog = Discovery(home, patience=Patience(cpu_seconds=5, wall_seconds=3, memory_mib=500)).scan()
    assert states(catalog) == {"odd.py": ("error", phase)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_that_a_plugin_leaves_behind_holds_nobody_up(home: Path, write: WritePlugin) -> None:
    write("forks.py", "import os, time\nif os.fork() == 0:\n    time.sleep(1e6)\n" + AGENT)
    catalog = Discovery(home, patience=Patience(wall_seconds=1e5)).scan()
    assert states(catalog) == {"forks.py": ("ready", None)}


def test_what_is_no_source_file_is_a_row_and_is_not_read(home: Path, write: WritePlugin) -> None:
    (home / "agents" / "folder.py").mkdir()
    write("huge.py", "#" * (LARGEST_SOURCE + 1))
    write("still.py", AGENT)
    if hasattr(os, "mkfifo"):
        os.mkfifo(home / "agents" / "pipe.py")  # reading it would wait for a writer for ever
    found = states(Discovery(home).scan())
    assert found.pop("still.py") == ("ready", None)
    assert set(found.values()) == {("error", "read")}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_file_whose_name_is_no_text_is_a_row(home: Path) -> None:
    Path(os.fsdecode(os.fsencode(home / "agents") + b"/b\xffd.py")).touch()
    assert states(Discovery(home).scan()) == {"b\ufffdd.py": ("error", "read")}


def test_what_a_plugin_prints_disturbs_nothing(home: Path, write: WritePlugin) -> None:
    write("loud.py", "import os\nprint('{}')\nos.write(1, b'noise')\n" + AGENT)
    assert states(Discovery(home).scan()) == {"loud.py": ("ready", None)}


def test_an_unchanged_plugin_is_not_run_again_and_a_changed_one_is(
    home: Path, write: WritePlugin, tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    path = write("still.py", counted(AGENT, marks))
    broken_marks = tmp_path / "broken"
    write("broken.py", counted("raise ValueError('no')\n", broken_marks))
    assert Discovery(home).known() == Catalog()
    first = Discovery(home).scan()
    assert Discovery(home).scan() == first == Discovery(home).known()
    assert (marks.read_text(), broken_marks.read_text()) == ("x", "x")
    Discovery(home).scan(retry_failed=True)
    assert (marks.read_text(), broken_marks.read_text()) == ("x", "xx")
    path.write_text(path.read_text().replace("Never moves", "Now different"))
    assert [plugin.state for plugin in Discovery(home).known().plugins] == ["error"]
    assert Discovery(home).scan().agent("still").summary == "Now different"
    assert (marks.read_text(), broken_marks.read_text()) == ("xx", "xx")
    path.unlink()
    assert Discovery(home).scan().agents == ()


def test_a_damaged_cache_costs_a_scan_and_nothing_else(home: Path, write: WritePlugin) -> None:
    write("still.py", AGENT)
    expected = Discovery(home).scan()
    (home / "cache" / "catalog.json").write_bytes(b'{"surroundings": 5')
    assert Discovery(home).known() == Catalog()
    assert Discovery(home).scan() == expected


def test_facts_arrive_as_plugins_answer(home: Path, write: WritePlugin) -> None:
    write("still.py", AGENT)
    write("mine.py", AGENT.replace("Never moves", "Mine"))
    seen: list[int] = []
    catalog = Discovery(home).scan(lambda so_far: seen.append(len(so_far.plugins)))
    assert seen == sorted(seen)
    assert set(seen) >= {1, 2}
    assert [(agent.id, agent.summary) for agent in catalog.agents] == [
        ("still", "Mine"),
        ("still@user", "Never moves"),
    ]


def test_a_scan_can_be_called_off_at_once(home: Path, write: WritePlugin) -> None:
    write("loops.py", "while True:\n    pass\n")
    discovery = Discovery(home)
    threading.Timer(0.5, discovery.stop).start()
    with pytest.raises(ScanStopped):
        discovery.scan()


def test_a_further_folder_counts_and_a_missing_one_is_named(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "still.py").write_text(AGENT)
    (folder / "_helper.py").write_text("raise ValueError\n")
    catalog = Discovery(home, [folder]).scan()
    assert [(agent.id, agent.source) for agent in catalog.agents] == [("still", "folder")]
    with pytest.raises(RequestError, match="no plugins folder"):
        Discovery(home, [tmp_path / "absent"]).scan()


def test_a_cache_that_cannot_be_written_is_named(home: Path, write: WritePlugin) -> None:
    write("still.py", AGENT)
    (home / "cache").write_text("a file where a folder should be")
    with pytest.raises(HomeUnwritable, match=r"catalog\.json cannot be written"):
        Discovery(home).scan()


def test_other_settings_may_give_other_spaces(home: Path) -> None:
    (home / "plugins" / "corridor.py").write_text(ENVIRONMENT)
    discovery = Discovery(home)
    corridor = discovery.scan().environment("corridor")
    longer = discovery.with_settings(corridor, {"cells": 9})
    assert longer.observation == Discrete(9)
    assert (longer.id, longer.source, longer.path) == (corridor.id, corridor.source, corridor.path)
    with pytest.raises(RequestError, match="cells: use a whole number from 1 to 99"):
        discovery.with_settings(corridor, {"cells": 100})
    with pytest.raises(PluginError, match="corridor could not be made: no thirteen"):
        discovery.with_settings(corridor, {"cells": 13})


def test_any_registered_gymnasium_id_is_described_by_name(home: Path) -> None:
    discovery = Discovery(home)
    acrobot = discovery.describe_foreign("gymnasium:Acrobot-v1")
    assert (acrobot.id, acrobot.source, acrobot.path) == ("Acrobot-v1", "gymnasium", None)
    assert isinstance(acrobot.observation, Box)
    assert acrobot.observation.shape == (6,)
    assert acrobot.action == Discrete(3)
    assert discovery.describe_foreign("Acrobot-v1") == acrobot
    with pytest.raises(UnknownName, match=r"Did you mean Acrobot-v1"):
        discovery.describe_foreign("Acrobat-v1")


@pytest.mark.parametrize("name", ["os:Foo-v0", "antigravity:Foo-v0", ":Foo-v0", "gymnasium:os:Foo-v0"])
def test_a_name_never_causes_an_import(home: Path, name: str) -> None:
    with pytest.raises(RequestError, match="is refused"):
        Discovery(home).describe_foreign(name)


def test_catalog_names_the_nearest(home: Path, write: WritePlugin) -> None:
    write("still.py", AGENT)
    with pytest.raises(UnknownName, match=r'No agent is called "stil"\. Did you mean still') as caught:
        Discovery(home).scan().agent("stil")
    assert caught.value.nearest == ("still",)
