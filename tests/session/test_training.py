"""Asking for training: a wrong request leaves no trace, a right one waits in the queue with its source."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

import pytest

from arena.errors import (
    ArenaError,
    BadSetting,
    HomeUnwritable,
    PluginError,
    RequestError,
    UnknownName,
    Unsupported,
)
from arena.orders import TrainOrder
from arena.processes.assignments import read_assignment
from arena.records import OpponentMix
from arena.requests import TrainRequest
from arena.session import Session
from arena.store import Home, Store


def request(**fields) -> TrainRequest:
    return TrainRequest(**{"environment": "FrozenLake-v1", "agent": "q-learner", **fields})


def test_a_request_becomes_a_queued_run_with_everything_filled_in(session: Session) -> None:
    (run,) = session.train(request(seed=7, settings={"step_size": "0.25"}))
    assert (run.state, run.seed, run.device, run.name) == ("queued", 7, "auto", "q-learner-frozenlake-01")
    assert run.group == run.id
    agent = session.agent("q-learner")
    assert run.settings == {**agent.settings_for("FrozenLake-v1", {}), "step_size": 0.25}
    assert set(run.environment_settings) == {
        setting.name for setting in session.environment("FrozenLake-v1").settings
    }
    assert run.board == "FrozenLake-v1"
    assert run.budget > 0


def test_a_run_keeps_a_copy_of_its_agents_source(session: Session, home: Home, scanned: Path) -> None:
    (run,) = session.train(request())
    copy = home.run(run.id) / "agent.py"
    assert copy.read_bytes() == (scanned / "agents" / "q_learner.py").read_bytes()
    assert run.source_sha256 == hashlib.sha256(copy.read_bytes()).hexdigest()
    order = read_assignment(home.run(run.id), TrainOrder)
    assert order.agent.path == str(copy)
    assert (order.environment.id, order.environment.settings) == ("FrozenLake-v1", run.environment_settings)
    assert (order.seed, order.budget, order.settings) == (run.seed, run.budget, run.settings)


def test_several_seeds_are_a_group_of_runs_that_count_on(session: Session) -> None:
    runs = session.train(request(seeds=3, seed=10))
    assert [run.seed for run in runs] == [10, 11, 12]
    assert [run.name for run in runs] == [f"q-learner-frozenlake-0{number}" for number in (1, 2, 3)]
    assert {run.group for run in runs} == {runs[0].group}
    assert runs[0].group not in {run.id for run in runs}
    assert session.group(runs[0].group) == runs


def test_names_count_on_after_the_highest(session: Session) -> None:
    session.train(request(name="q-learner-frozenlake-07"))
    assert session.train(request())[0].name == "q-learner-frozenlake-08"


def test_a_given_name_is_kept_and_numbered_for_several_seeds(session: Session) -> None:
    assert session.train(request(name="mine"))[0].name == "mine"
    assert [run.name for run in session.train(request(name="ours", seeds=2))] == ["ours-1", "ours-2"]


def test_environment_settings_are_part_of_the_board(session: Session) -> None:
    (run,) = session.train(request(environment_settings={"map_name": "8x8"}))
    assert run.board == "FrozenLake-v1 map_name=8x8"
    assert session.environment("FrozenLake-v1", {"map_name": "8x8"}).observation.n == 64


def test_only_a_contest_is_trained_with_a_baseline(session: Session, home: Home, scanned: Path) -> None:
    source = (scanned / "agents" / "q_learner.py").read_text(encoding="utf-8")
    source = source.replace('id="q-learner"', 'id="mine"').replace('("discrete",)', '("discrete", "box")')
    (home.agents / "mine.py").write_text(source, encoding="utf-8")
    (contest,) = session.train(request(agent="mine", environment="tic-tac-toe"))
    (alone,) = session.train(request(agent="mine"))
    baseline = read_assignment(home.run(contest.id), TrainOrder).baseline
    assert baseline is not None
    assert (baseline.id, Path(baseline.path).name) == ("random", "random.py")
    assert read_assignment(home.run(alone.id), TrainOrder).baseline is None


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"environment": "FrozenLak-v1"}, UnknownName, "FrozenLake-v1"),
        ({"environment": "os:system"}, RequestError, "import"),
        ({"agent": "q-lerner"}, UnknownName, "q-learner"),
        ({"agent": "random"}, Unsupported, "does not learn"),
        ({"environment": "CartPole-v1"}, Unsupported, "needs discrete observations"),
        ({"environment": "tic-tac-toe"}, Unsupported, "needs discrete observations"),
        ({"settings": {"step_size": 7}}, BadSetting, "step_size.*from 0 to 1.*7"),
        ({"settings": {"stepsize": 0.1}}, BadSetting, "stepsize.*step_size"),
        ({"environment_settings": {"map_name": "5x5"}}, BadSetting, "map_name.*4x4"),
        ({"environment_settings": {"map": "4x4"}}, BadSetting, "map_name"),
        ({"steps": 0}, RequestError, "--steps"),
        ({"steps": -5}, RequestError, "--steps"),
        ({"steps": 10**15}, RequestError, "--steps"),
        ({"seeds": 0}, RequestError, "--seeds"),
        ({"seed": -1}, RequestError, "--seed"),
        ({"device": "tpu"}, RequestError, "--device"),
        ({"name": "a/b"}, RequestError, "a/b"),
        ({"name": "run@5"}, RequestError, "run@5"),
        ({"name": ""}, RequestError, "1 to 60"),
        ({"name": "random"}, RequestError, "player already"),
        ({"name": "Q-Learner"}, RequestError, "player already"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_starts(
    session: Session, home: Home, fields: dict, error: type[ArenaError], words: str
) -> None:
    with pytest.raises(error, match=words):
        session.train(request(**fields))
    assert session.runs() == []
    assert list((home.path / "runs").iterdir()) == []


def test_a_taken_name_is_refused_and_leaves_the_rest_alone(session: Session, home: Home) -> None:
    session.train(request(name="ours-2"))
    with pytest.raises(RequestError, match="ours-2"):
        session.train(request(name="ours", seeds=2))
    assert [run.name for run in session.runs()] == ["ours-2"]
    assert len(list((home.path / "runs").iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_named_and_no_run_added(session: Session, home: Home) -> None:
    (home.path / "runs").rmdir()
    (home.path / "runs").write_text("in the way")
    with pytest.raises(HomeUnwritable, match="--home"):
        session.train(request(seeds=2))
    assert session.runs() == []


def test_an_agent_whose_file_is_gone_is_named(session: Session, home: Home, scanned: Path) -> None:
    dropped = home.agents / "mine.py"
    source = (scanned / "agents" / "q_learner.py").read_text(encoding="utf-8")
    dropped.write_text(source.replace('id="q-learner"', 'id="mine"'), encoding="utf-8")
    plan = session.check_training(request(agent="mine"))
    assert plan.agent.id == "mine"
    dropped.unlink()
    with pytest.raises((PluginError, UnknownName), match="mine"):
        session.train(request(agent="mine"))


def test_checking_a_request_starts_nothing(session: Session) -> None:
    plan = session.check_training(request(settings={"step_size": 0.5}))
    assert plan.settings["step_size"] == 0.5
    assert plan.steps > 0
    assert session.runs() == []


def test_a_paused_job_is_ordered_and_an_ended_one_refused(session: Session, store: Store) -> None:
    (run,) = session.train(request())
    with pytest.raises(RequestError, match="queued"):
        session.pause(run.name)
    assert session.stop(run.name).state == "stopped"
    with pytest.raises(RequestError, match="stopped"):
        session.checkpoint(run.name)
    assert session.resume(run.name).state == "queued"
    store.update_run(run.id, state="finished")
    assert session.resume(run.name).state == "finished"


def test_a_run_whose_job_is_gone_is_found_lost_and_resumed(session: Session, store: Store) -> None:
    (run,) = session.train(request())
    store.claim_run(run.id, pid=999_999_999)
    assert store.run(run.id).state == "running"
    (lost,) = session.runs()
    assert lost.state == "lost"
    assert session.resume(run.name).state == "queued"


def test_stop_all_empties_the_queue(session: Session) -> None:
    session.train(request(seeds=2))
    assert session.stop_all() == 2
    assert {run.state for run in session.runs()} == {"stopped"}


def test_waiting_ends_with_the_last_run(session: Session, store: Store) -> None:
    (run,) = session.train(request())
    seen: list[str] = []

    def on_change(runs) -> None:
        seen.append(runs[0].state)
        store.update_run(run.id, state="finished")

    (ended,) = session.wait([run.name], on_change)
    assert ended.state == "finished"
    assert seen == ["queued", "finished"]


def test_a_run_is_renamed_within_the_rules(session: Session) -> None:
    (run,) = session.train(request())
    assert session.rename_run(run.name, "better name").name == "better name"
    with pytest.raises(RequestError, match="player already"):
        session.rename_run("better name", "random")


def test_an_accelerator_that_is_not_there_is_refused_before_anything_starts(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arena.session.devices.ASK_TORCH", "print([])")
    with pytest.raises(Unsupported, match=r"no cuda device on this machine; use --device auto or cpu"):
        session.train(request(device="cuda"))
    assert session.runs() == []
    monkeypatch.setattr("arena.session.devices.ASK_TORCH", """print('[["A card", "cuda"]]')""")
    (run,) = session.train(request(device="cuda"))
    assert run.device == "cuda"


@pytest.fixture
def contestant(home: Home, scanned: Path) -> str:
    """A learner of tic-tac-toe whose code is never run here."""
    source = (scanned / "agents" / "q_learner.py").read_text(encoding="utf-8")
    source = source.replace('id="q-learner"', 'id="mine"').replace('("discrete",)', '("discrete", "box")')
    (home.agents / "mine.py").write_text(source, encoding="utf-8")
    return "mine"


def saved(path: Path, step: int) -> Path:
    """A checkpoint of that step, as far as a session reads it."""
    header = json.dumps({"__metadata__": {"facts": json.dumps({"step": step})}}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    return path


def test_a_run_keeps_its_environment_and_its_rival_too(
    session: Session, home: Home, scanned: Path, contestant: str
) -> None:
    (run,) = session.train(request(environment="tic-tac-toe", agent=contestant, rival=contestant,
                                   rival_settings={"discount": "0.5"}))  # fmt: skip
    order = read_assignment(home.run(run.id), TrainOrder)
    assert order.rival is not None
    assert (order.rival.agent.id, Path(order.rival.agent.path).name) == (contestant, "rival.py")
    assert Path(order.rival.agent.path).read_bytes() == (home.agents / "mine.py").read_bytes()
    assert run.rival_settings == order.rival.settings
    assert run.rival_settings["discount"] == 0.5
    assert (run.rival, run.rival_source_sha256) == (contestant, run.source_sha256)
    assert run.opponents == order.opponents == OpponentMix()
    assert Path(order.environment.path or "") == home.run(run.id) / "environment.py"
    copy = (home.run(run.id) / "environment.py").read_bytes()
    assert copy == (scanned / "plugins" / "tic_tac_toe.py").read_bytes()


def test_opponents_are_frozen_and_known_by_their_words(session: Session, home: Home, contestant: str) -> None:
    (usual,) = session.train(request(environment="tic-tac-toe", agent=contestant))
    assert usual.opponents == OpponentMix()
    saved(home.attempt(usual.id, 1) / "checkpoint-7.safetensors", 7)
    word = f"{usual.name}@7"
    mix = OpponentMix(latest=1.0, players={word: 2.0, "random": 1.0})
    (run,) = session.train(request(environment="tic-tac-toe", agent=contestant, opponents=mix))
    order = read_assignment(home.run(run.id), TrainOrder)
    assert run.opponents == order.opponents == mix
    assert set(order.named) == {word, "random"}
    weights = Path(order.named[word].weights or "")
    assert (weights.parent.parent, weights.is_file()) == (home.path / "players", True)
    assert {player.label for player in session.players()} == {word, "random"}
    assert order.promotion_games > 0


def test_a_run_begins_with_a_copy_of_anothers_weights(session: Session, home: Home) -> None:
    (teacher,) = session.train(request())
    weights = saved(home.attempt(teacher.id, 1) / "checkpoint-7.safetensors", 7)
    (run,) = session.train(request(start_from=f"{teacher.name}@7"))
    assert run.start_from == f"{teacher.name}@7"
    order = read_assignment(home.run(run.id), TrainOrder)
    assert Path(order.start or "") == home.run(run.id) / "start.safetensors"
    assert Path(order.start or "").read_bytes() == weights.read_bytes()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"opponents": OpponentMix()}, "played alone; leave out --opponents"),
        ({"rival": "mine"}, "played alone, so no rival learns there"),
        ({"rival_settings": {"discount": 0.5}}, "no rival; name one with --rival"),
        ({"start_from": "random"}, "random has no weights"),
        ({"start_from": "nobody"}, 'No player is called "nobody"'),
        ({"offload_mb": -1.0}, "--offload-mb"),
        ({"environment": "tic-tac-toe", "agent": "mine", "rival": "random"}, "does not learn"),
        ({"environment": "tic-tac-toe", "agent": "mine", "rival": "mine", "rival_settings": {"discount": 7}},
         "discount of the rival"),
        ({"environment": "tic-tac-toe", "agent": "mine", "opponents": OpponentMix(latest=-1.0)},
         "share of latest"),
        ({"environment": "tic-tac-toe", "agent": "mine",
          "opponents": OpponentMix(latest=0.0, uniform=0.0, random=0.0)}, "a share above 0"),
        ({"environment": "tic-tac-toe", "agent": "mine", "opponents": OpponentMix(players={"human": 1.0})},
         "in the window only"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("contestant")
def test_opponents_rivals_and_starts_that_do_not_fit_are_refused(
    session: Session, fields: dict, words: str
) -> None:
    with pytest.raises(RequestError, match=words):
        session.train(request(**fields))
    assert session.runs() == []


def test_weights_of_another_agent_are_no_start(session: Session, home: Home, contestant: str) -> None:
    (teacher,) = session.train(request(agent=contestant))
    saved(home.attempt(teacher.id, 1) / "checkpoint-7.safetensors", 7)
    with pytest.raises(Unsupported, match="was trained by mine; q-learner cannot begin"):
        session.train(request(start_from=f"{teacher.name}@7"))
