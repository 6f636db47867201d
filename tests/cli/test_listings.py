from __future__ import annotations

import pytest

import arena as package
from tests.cli.commands import Arena

COMMANDS = (
    "environments", "agents", "plugins", "train", "attach", "resume", "pause", "stop", "checkpoint", "set",
    "runs", "rename", "duplicate", "compare", "log", "delete", "restore", "bin", "disk", "export", "match",
    "standings", "doctor", "bench",
)  # fmt: skip


def test_the_version_is_told(arena: Arena) -> None:
    said = arena.shell("--version")
    assert (said.code, said.out) == (0, f"Arena {package.__version__}\n")


def test_every_command_of_the_help_has_help_of_its_own(arena: Arena) -> None:
    overview = arena("--help")
    assert overview.code == 0
    for command in COMMANDS:
        assert f"\n    {command} " in overview.out
        said = arena(command, "--help")
        assert said.code == 0
        assert "--json" in said.out


def test_environments_tell_what_can_be_played(arena: Arena) -> None:
    environments = {row["id"]: row for row in arena.json("environments")}
    wanted = {
        "CartPole-v1",
        "LunarLander-v3",
        "FrozenLake-v1",
        "connect-four",
        "tic-tac-toe",
        "bandit-1",
        "bandit-2",
    }
    assert wanted <= set(environments)
    assert environments["connect-four"]["seats"] == 2
    assert environments["CartPole-v1"]["source"] == "shipped"
    said = arena("environments")
    assert all(name in said.out for name in wanted)


def test_all_environments_are_listed_down_to_those_known_by_id_alone(arena: Arena) -> None:
    rows = {row["id"]: row for row in arena.json("environments", "--all")}
    assert {"connect-four", "FrozenLake8x8-v1", "pettingzoo:classic/tictactoe_v3"} <= set(rows)
    assert rows["FrozenLake8x8-v1"]["source"] == "gymnasium"
    assert rows["pettingzoo:classic/tictactoe_v3"]["title"] == "Tic-tac-toe (PettingZoo)"
    assert len(arena.json("environments")) < len(rows)
    said = arena("environments", "--all")
    assert all(name in said.out for name in rows)


def test_an_unknown_environment_is_answered_with_ids_of_every_source(arena: Arena) -> None:
    said = arena("match", "pettingzoo:classic/tictactoe_v9", "random", "random")
    assert said.code == 2
    assert "pettingzoo:classic/tictactoe_v3" in said.err


def test_agents_tell_their_settings(arena: Arena) -> None:
    agents = {row["id"]: row for row in arena.json("agents")}
    assert {"random", "q-learner", "dqn", "actor-critic"} <= set(agents)
    settings = {setting["name"]: setting for setting in agents["dqn"]["settings"]}
    assert settings["discount"]["low"] == 0
    assert settings["discount"]["high"] == 1
    assert settings["discount"]["help"]


def test_plugins_tell_their_state_and_a_broken_one_its_reason(arena: Arena) -> None:
    broken = arena.home / "agents" / "broken.py"
    broken.parent.mkdir(parents=True, exist_ok=True)
    broken.write_text("def register_agents(:\n")
    try:
        rows = {row["path"]: row for row in arena.json("plugins")}
        said = arena("plugins")
    finally:
        broken.unlink()
    row = rows.pop(str(broken))
    assert row["state"] == "error"
    assert row["provides"] == []
    assert "SyntaxError" in row["error"]["traceback"] + row["error"]["message"]
    assert all(other["state"] == "ready" and other["error"] is None for other in rows.values())
    assert row["error"]["message"] in said.out


def test_a_folder_of_plugins_can_be_named(arena: Arena) -> None:
    folder = arena.home.parent / "more"
    folder.mkdir()
    (folder / "mine.py").write_text(
        "from arena.api import AgentSpec, Agent, hookimpl\n"
        "class Mine(Agent):\n"
        "    def act(self, obs_B, mask_B, rngs_B, models_B=None):\n"
        "        return [0] * len(obs_B)\n"
        "@hookimpl\n"
        "def register_agents():\n"
        "    return [AgentSpec(id='mine', title='Mine', summary='First arm', agent=Mine, learns=False)]\n"
    )
    assert "mine" in {row["id"] for row in arena.json("agents", "--plugins-dir", str(folder))}
    assert "mine" not in {row["id"] for row in arena.json("agents")}


def test_the_doctor_tells_versions_devices_and_folders(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    report = arena.json("doctor")
    assert report["ok"] is True
    assert report["versions"]["Arena"] == package.__version__
    assert report["folders"]["data"] == str(arena.home)
    assert "cpu" in report["devices"]
    display = next(row for row in report["missing"] if row["name"] == "display")
    assert display["essential"] is False
    assert "xvfb-run" in display["advice"]


def test_an_empty_folder_answers_with_empty_lists_and_says_what_to_do(tmp_path) -> None:
    fresh = Arena(tmp_path / "fresh")
    assert fresh.json("runs") == []
    assert fresh.json("standings") == []
    assert "arena train" in fresh("runs").out
    assert "arena match" in fresh("standings").out
