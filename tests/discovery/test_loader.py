"""A plugin file becomes specs, or a reason."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from arena.discovery.loader import load, load_agent, load_environment
from arena.errors import PluginError
from tests.discovery.conftest import AGENT, WritePlugin


def test_a_good_file_gives_its_specs_and_the_hash_of_its_content(write: WritePlugin) -> None:
    path = write("still.py", AGENT)
    loaded = load(str(path), "user")
    assert [spec.id for spec in loaded.agents] == ["still"]
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not loaded.failures
    assert loaded.agents[0].agent.__module__ == "arena_plugin_user_still"
    assert "arena_plugin_user_still" in sys.modules


def test_dataclasses_with_postponed_annotations_find_their_module_while_it_runs(write: WritePlugin) -> None:
    path = write(
        "later.py",
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "from typing import ClassVar\n@dataclass\nclass Facts:\n    known: ClassVar[int] = 1\n" + AGENT,
    )
    assert not load(str(path)).failures


def test_two_copies_of_one_file_name_never_share_a_module(tmp_path: Path) -> None:
    classes = []
    for folder, summary in (("a", "first"), ("b", "second")):
        path = tmp_path / folder / "agent.py"
        path.parent.mkdir()
        path.write_text(AGENT.replace("Never moves", summary))
        classes.append(load_agent(str(path), "still").agent)
    assert classes[0].__module__ != classes[1].__module__
    assert all(getattr(sys.modules[own.__module__], "Still") is own for own in classes)  # noqa: B009 - untyped


@pytest.mark.parametrize(
    ("source", "phase", "sentence"),
    [
        ("x = 1\ndef (:\n", "import", "SyntaxError on line 2: invalid syntax."),
        ("x = 1\nraise ValueError('no luck')\n", "import", "ValueError on line 2: no luck."),
        ("import sys\nsys.exit(3)\n", "import", "SystemExit on line 2: 3."),
        ("raise RuntimeError\n", "import", "RuntimeError on line 1."),
        ("import nowhere_to_be_found\n", "import", "ModuleNotFoundError on line 1: No module named"),
        ("x = '\0'\n", "import", "source code string cannot contain null bytes"),
        ("x = 1\n", "hook", "It brings nothing: write register_agents"),
        (AGENT.replace("register_agents()", "register_agents(world)"), "hook", "world"),
        (AGENT.replace("return [AgentSpec", "raise KeyError('gone')\n    [AgentSpec"), "hook", "gone"),
        (AGENT.replace("return [AgentSpec", "return 5 or [AgentSpec"), "hook", "list of AgentSpec, not 5"),
        (AGENT.replace("return [AgentSpec", "return ['x'] or [AgentSpec"), "hook", "it holds 'x'"),
        (AGENT.replace('id="still"', 'id="not still"'), "hook", "'not still' cannot be used"),
        (AGENT.replace("agent=Still,", "agent=int,"), "hook", "derived from arena.api.Agent"),
        (AGENT.replace("learns=False", "settings=int"), "hook", "settings must be a dataclass"),
    ],
)  # fmt: skip
def test_a_broken_file_gives_one_sentence_and_its_phase(
    write: WritePlugin, source: str, phase: str, sentence: str
) -> None:
    path = write("broken.py", source)
    before = set(sys.modules)
    loaded = load(str(path), "user")
    assert loaded.agents == ()
    assert [failure.phase for failure in loaded.failures] == [phase]
    assert sentence in loaded.failures[0].message
    if phase == "import":
        assert "arena_plugin_user_broken" not in set(sys.modules) - before


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    failure = load(str(tmp_path / "absent.py")).failures[0]
    assert failure.phase == "read"
    assert "absent.py cannot be read: No such file" in failure.message


def test_a_traceback_starts_in_the_plugin(write: WritePlugin) -> None:
    path = write("deep.py", "def inner():\n    return 1 / 0\ninner()\n")
    failure = load(str(path)).failures[0]
    assert failure.message == "ZeroDivisionError on line 2: division by zero."
    assert failure.traceback.splitlines()[1].strip() == f'File "{path}", line 3, in <module>'
    assert "modules.py" not in failure.traceback


def test_a_hook_that_raises_costs_only_its_own_specs(write: WritePlugin) -> None:
    broken = "\n@hookimpl\ndef register_environments():\n    raise OSError('no disk')\n"
    loaded = load(str(write("half.py", AGENT + broken)))
    assert [spec.id for spec in loaded.agents] == ["still"]
    assert "no disk" in loaded.failures[0].message


def test_an_id_twice_in_one_file_is_refused(write: WritePlugin) -> None:
    twice = AGENT.replace("return [", "return 2 * [")
    assert 'brings the id "still" twice' in load(str(write("twice.py", twice))).failures[0].message


def test_a_setting_without_its_facts_and_an_unusable_preset_are_named(write: WritePlugin) -> None:
    head = "from dataclasses import dataclass\nfrom arena.api import setting, Preset\n"
    plain = head + "@dataclass(frozen=True)\nclass Settings:\n    speed: float = 1.0\n"
    declared = plain.replace("= 1.0", "= setting(1.0, 'How fast', low=0)")
    used = AGENT.replace("learns=False", "settings=Settings")
    preset = used.replace("settings=Settings", "settings=Settings, presets=(Preset('Slow', {'speed': -1}),)")
    assert not load(str(write("fine.py", declared + used))).failures
    assert (
        "declare the setting speed with setting()"
        in load(str(write("a.py", plain + used))).failures[0].message
    )
    message = load(str(write("b.py", declared + preset))).failures[0].message
    assert 'preset "Slow": Setting speed: use a number of at least 0 (got -1).' in message


def test_what_runs_is_what_was_hashed(write: WritePlugin) -> None:
    path = write("still.py", AGENT)
    load(str(path))
    before = path.stat()
    path.write_text(AGENT.replace("Never moves", "Moves never"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert load_agent(str(path), "still").summary == "Moves never"
    assert not (path.parent / "__pycache__").exists()


def test_one_agent_is_picked_by_its_own_id_whatever_it_is_called_in_the_catalog(write: WritePlugin) -> None:
    path = str(write("mine.py", AGENT))
    assert load_agent(path, "still@mine").id == "still"
    with pytest.raises(PluginError, match='no longer brings "dqn"'):
        load_agent(path, "dqn")
    with pytest.raises(PluginError, match='no longer brings "still"'):
        load_environment(path, "still")
    with pytest.raises(PluginError, match=r"does not load\. ValueError on line 1: no") as caught:
        load_agent(str(write("broken.py", "raise ValueError('no')")), "still")
    assert caught.value.phase == "import"
    assert "broken.py" in caught.value.traceback


def install(folder: Path, name: str, value: str, source: str) -> None:
    """Lays out what pip would leave of a package with an entry point in the group `arena`."""
    facts = folder / f"{name}-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[arena]\n{name} = {value}\n")
    (folder / f"{name}_module.py").write_text(source)


def test_an_installed_package_comes_in_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "stillness", "stillness_module", AGENT)
    install(tmp_path, "brokenness", "brokenness_module", "x = 1\nraise ValueError('no')\n")
    install(tmp_path, "classness", "classness_module:Still", AGENT)
    monkeypatch.syspath_prepend(tmp_path)
    loaded = load("package:stillness")
    assert [spec.id for spec in loaded.agents] == ["still"]
    assert loaded.sha256 == hashlib.sha256(AGENT.encode()).hexdigest()
    assert load("package:brokenness").failures[0].message == "ValueError on line 2: no."
    assert "must name a module" in load("package:classness").failures[0].message
    assert 'called "absent"' in load("package:absent").failures[0].message
