"""Who a word names, and what is refused."""

from __future__ import annotations

import json
import struct
import threading
from pathlib import Path
from unittest.mock import create_autospec

import pytest
from msgspec.structs import replace

from arena.errors import BadSetting, CheckpointError, PluginError, RequestError, UnknownName, Unsupported
from arena.orders import ExhibitionOrder
from arena.processes.exhibition import Exhibition
from arena.records import PresetInfo
from arena.requests import MatchRequest
from arena.session import Session, exhibitions
from arena.session.players import latest_of, untrained_words
from arena.session.weights import weights_hash
from arena.settings import Setting
from arena.store import Home


def write_checkpoint(path: Path, step: int, **facts: object) -> Path:
    """A checkpoint's header as training writes it, and a few bytes of weights."""
    metadata = {"format": "arena checkpoint 1", "facts": json.dumps({"step": step, **facts}), "tree": "{}"}
    header = json.dumps({"__metadata__": metadata}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    return path


def test_an_agents_id_is_the_untrained_agent(session: Session, home: Home, scanned: Path) -> None:
    player = session.resolve_player("tic-tac-toe", "random")
    assert (player.label, player.agent, player.checkpoint, player.run) == ("random", "random", None, None)
    assert Path(player.source_path).parent == home.player(player.id)
    assert Path(player.source_path).read_bytes() == (scanned / "agents" / "random.py").read_bytes()
    assert session.resolve_player("FrozenLake-v1", "random") == player
    assert session.players() == []


def test_an_agent_with_other_settings_is_a_player_of_its_own(session: Session) -> None:
    usual = session.resolve_player("FrozenLake-v1", "q-learner")
    bold = session.resolve_player("FrozenLake-v1", "q-learner:step_size=0.75:discount=0.5")
    assert bold.label == "q-learner:step_size=0.75:discount=0.5"
    assert bold.settings == {**usual.settings, "step_size": 0.75, "discount": 0.5}
    assert bold.id != usual.id
    same = session.resolve_player("FrozenLake-v1", f"q-learner:discount={usual.settings['discount']}")
    assert (same.id, same.label) == (usual.id, "q-learner")


@pytest.mark.parametrize(
    ("word", "error", "says"),
    [
        ("q-learner:depth=2", BadSetting, "Setting depth: unknown"),
        ("q-learner:step_size=9", BadSetting, "step_size: use a number from 0 to 1"),
        ("q-learner:step_size", RequestError, r"AGENT:NAME=VALUE:NAME=VALUE \(got 'step_size'\)"),
        ("q-learner:", RequestError, "AGENT:NAME=VALUE"),
        ("nobody:depth=2", UnknownName, "AGENT:NAME=VALUE for other settings"),
    ],
)
def test_settings_that_an_agent_does_not_take_are_refused(
    session: Session, word: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        session.resolve_player("FrozenLake-v1", word)


def test_who_does_not_learn_is_offered_with_each_of_its_presets(session: Session) -> None:
    catalog = session.catalog()
    board = next(one for one in catalog.environments if one.id == "tic-tac-toe")
    (agent,) = (one for one in catalog.agents if one.id == "random")
    depth = Setting("depth", "integer", 4, "Moves")
    presets = tuple(PresetInfo(f"depth {depth}", {"depth": depth}) for depth in (2, 4))
    searching = replace(agent, id="minimax", title="Minimax", settings=(depth,), presets=presets)
    offered = untrained_words(searching, board)
    assert offered == [("minimax", "Minimax, depth 4"), ("minimax:depth=2", "Minimax, depth 2")]
    assert untrained_words(replace(searching, learns=True), board) == [("minimax", "Minimax")]
    assert untrained_words(agent, board) == [("random", "Random")]


def test_an_agent_that_cannot_play_is_refused_with_the_reason(session: Session) -> None:
    with pytest.raises(Unsupported, match=r"q-learner cannot play tic-tac-toe.*discrete"):
        session.resolve_player("tic-tac-toe", "q-learner")


def test_a_runs_name_or_id_is_its_best_player(session: Session, trained) -> None:
    run = trained()
    assert session.resolve_player("FrozenLake-v1", run.name).id == run.player
    assert session.resolve_player("FrozenLake-v1", run.id).id == run.player
    assert session.resolve_player("FrozenLake-v1", run.player or "").id == run.player


def test_weights_of_another_environment_are_refused(session: Session, trained) -> None:
    run = trained()
    for word in (run.name, run.player):
        with pytest.raises(Unsupported, match=r"trained in FrozenLake-v1 and cannot play CartPole-v1"):
            session.resolve_player("CartPole-v1", word)


def test_weights_for_other_spaces_are_refused_and_for_equal_ones_not(session: Session, trained) -> None:
    run = trained()
    with pytest.raises(Unsupported, match="map_name=8x8"):
        session.resolve_player("FrozenLake-v1", run.name, {"map_name": "8x8"})
    assert session.resolve_player("FrozenLake-v1", run.name, {"is_slippery": False}).id == run.player


def test_a_step_of_a_run_is_frozen_from_its_checkpoint(session: Session, trained, home: Home) -> None:
    run = trained(player=False)
    write_checkpoint(
        home.attempt(run.id, 1) / "checkpoint-000000500.safetensors", 500, weights_sha256="c" * 64
    )
    player = session.resolve_player("FrozenLake-v1", f"{run.name}@500")
    assert (player.label, player.step, player.run) == (f"{run.name}@500", 500, run.id)
    assert player.weights_sha256 == "c" * 64
    assert player.checkpoint == str(home.player(player.id) / "weights.safetensors")
    with pytest.raises(RequestError, match=r"step 501; saved steps: 500"):
        session.resolve_player("FrozenLake-v1", f"{run.name}@501")


def test_a_run_without_a_player_plays_its_best_weights_so_far(session: Session, trained, home: Home) -> None:
    run = trained(player=False)
    with pytest.raises(RequestError, match="no weights yet"):
        session.resolve_player("FrozenLake-v1", run.name)
    write_checkpoint(home.attempt(run.id, 1) / "checkpoint-000000900.safetensors", 900)
    assert session.resolve_player("FrozenLake-v1", run.name).step == 900
    write_checkpoint(home.attempt(run.id, 1) / "best.safetensors", 700)
    assert session.resolve_player("FrozenLake-v1", run.name).step == 700


def test_weights_replaced_meanwhile_never_bear_another_players_hash(
    session: Session, trained, home: Home
) -> None:
    run = trained(player=False)
    best = home.attempt(run.id, 1) / "best.safetensors"
    over = threading.Event()

    def publish(step: int) -> None:
        draft = write_checkpoint(best.with_suffix(".draft"), step, weights_sha256=f"{step:064x}")
        draft.replace(best)

    def train_on() -> None:
        step = 1
        while not over.is_set():
            step += 1
            publish(step)

    publish(1)
    training = threading.Thread(target=train_on)
    training.start()
    try:
        players = [session.resolve_player("FrozenLake-v1", run.name) for _ in range(100)]
    finally:
        over.set()
        training.join()
    for player in players:
        assert player.weights_sha256 == f"{player.step:064x}" == weights_hash(Path(player.checkpoint))


def test_what_is_no_checkpoint_is_named(tmp_path: Path) -> None:
    torn = write_checkpoint(tmp_path / "torn.safetensors", 1)
    torn.write_bytes(torn.read_bytes()[:20])
    for path in (torn, tmp_path / "missing.safetensors"):
        with pytest.raises(CheckpointError, match=path.name):
            weights_hash(path)


def test_an_agent_file_anywhere_plays(session: Session, scanned: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_bytes((scanned / "agents" / "random.py").read_bytes() + b"# mine\n")
    player = session.resolve_player("tic-tac-toe", str(path))
    assert (player.agent, player.label) == ("random@mine", "random@mine")
    assert player.id != session.resolve_player("tic-tac-toe", "random").id


def test_an_agent_file_that_does_not_load_says_why(session: Session, scanned: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("def (:\n")
    with pytest.raises(PluginError, match=r"broken\.py does not load"):
        session.resolve_player("tic-tac-toe", str(broken))
    with pytest.raises(RequestError, match="no agent"):
        session.resolve_player("tic-tac-toe", str(scanned / "plugins" / "frozen_lake.py"))
    with pytest.raises(RequestError, match="no file"):
        session.resolve_player("tic-tac-toe", str(tmp_path / "nowhere.py"))


def test_an_unknown_player_suggests_the_nearest(session: Session, trained) -> None:
    run = trained()
    with pytest.raises(UnknownName, match=run.name):
        session.resolve_player("FrozenLake-v1", run.name[:-1])


def test_what_one_watches_of_a_run_is_its_newest_checkpoint(trained, home: Home) -> None:
    run = trained(player=False)
    assert latest_of(home, run).weights is None
    older = write_checkpoint(home.attempt(run.id, 1) / "checkpoint-000000100.safetensors", 100)
    newer = write_checkpoint(home.attempt(run.id, 2) / "checkpoint-000000200.safetensors", 200)
    assert latest_of(home, run).weights == str(newer)
    newer.unlink()
    assert latest_of(home, run).weights == str(older)
    assert latest_of(home, run).agent.path == str(home.run(run.id) / "agent.py")


def test_what_one_watches_of_a_run_is_held_on_to_though_the_run_removes_it(
    trained, session: Session, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest weights are removed in the moment they are copied, and a little later those before them."""
    run = trained(player=False)
    older = write_checkpoint(home.attempt(run.id, 1) / "checkpoint-000000100.safetensors", 100)
    newer = write_checkpoint(home.attempt(run.id, 1) / "checkpoint-000000200.safetensors", 200)
    saved, copy = older.read_bytes(), exhibitions.shutil.copyfile
    told: list[ExhibitionOrder] = []

    def start(order: ExhibitionOrder, folder: Path) -> Exhibition:
        told.append(order)
        older.unlink()
        return create_autospec(Exhibition)

    def copied(source: str, target: Path) -> Path:
        newer.unlink(missing_ok=True)
        return copy(source, target)

    monkeypatch.setattr(exhibitions.shutil, "copyfile", copied)
    monkeypatch.setattr(Exhibition, "start", start)
    session.exhibit("FrozenLake-v1", follow=run.name)
    (player,) = told[0].players
    assert player is not None
    assert player.weights is not None
    assert Path(player.weights).name == older.name
    assert Path(player.weights).read_bytes() == saved


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"players": ()}, "needs 2 players"),
        ({"players": ("random",)}, "needs 2 players"),
        ({"games": 0}, "--games"),
        ({"games": 100_001}, "--games"),
        ({"move_time": 0.0}, "--move-time"),
        ({"seed": -1}, "--seed"),
        ({"players": ("random", "randm")}, "random"),
        ({"players": ("random", "q-learner")}, "q-learner cannot play"),
        ({"players": ("random",) * 60, "games": 1000}, "at most 100000"),
    ],
)
def test_a_wrong_match_is_refused_before_anything_starts(session: Session, home: Home, fields, words) -> None:
    wanted = MatchRequest(**{"environment": "tic-tac-toe", "players": ("random", "random"), **fields})
    with pytest.raises(RequestError, match=words):
        session.match(wanted)
    assert session.matches() == []
    assert session.players() == []
    assert list((home.path / "matches").iterdir()) == []


def test_a_match_waits_with_its_players_in_the_table(session: Session) -> None:
    match = session.match(MatchRequest(environment="FrozenLake-v1", players=("random", "q-learner"), games=4))
    assert (match.state, match.board, match.games) == ("queued", "FrozenLake-v1", 4)
    assert [session.player(player).label for player in match.players] == ["random", "q-learner"]
    assert [line.label for line in session.match_summary(match.id)] == ["random", "q-learner"]
    assert session.stop_match(match.id).state == "stopped"
    assert session.resume_match(match.id).state == "queued"


def test_a_file_that_ends_its_process_is_told_from_one_without_an_agent(
    session: Session, tmp_path: Path
) -> None:
    (tmp_path / "exits.py").write_text("import os\nos._exit(0)\n")
    with pytest.raises(PluginError, match="ended its process"):
        session.resolve_player("FrozenLake-v1", str(tmp_path / "exits.py"))
