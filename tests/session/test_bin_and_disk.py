"""The bin gives back what was put there, erasing keeps games and players, and cleaning up costs nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from arena.errors import RequestError, StoreError
from arena.processes.locks import FileLock
from arena.records import GameRecord, PlayerRecord
from arena.requests import TrainRequest
from arena.session import Session, trashing
from arena.store import Home, Store
from arena.store.sizes import size_of

LONG_AGO = (1e9, 1e9)


def request(**fields) -> TrainRequest:
    return TrainRequest(**{"environment": "FrozenLake-v1", "agent": "q-learner", **fields})


def fill(path: Path, kilobytes: int = 64) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(1024 * kilobytes))
    return path


def test_a_run_in_the_bin_is_in_no_list_and_comes_back_as_it_was(session: Session, trained) -> None:
    run, other = trained(), trained()
    (binned,) = session.trash([run.name])
    assert binned.trashed_at is not None
    assert [one.id for one in session.runs()] == [other.id]
    assert [one.id for one in session.bin()] == [run.id]
    assert session.group(run.group) == []
    assert session.restore([run.id]) == [run]
    assert session.bin() == []
    assert [one.id for one in session.runs()] == [other.id, run.id]


def test_a_group_is_put_into_the_bin_and_restored_by_its_id(session: Session, store: Store) -> None:
    runs = session.train(request(seeds=3))
    for run in runs:
        store.update_run(run.id, state="stopped")
    assert len(session.trash([runs[0].group])) == 3
    assert session.runs() == []
    session.restore([runs[1].name])
    assert [run.id for run in session.restore([runs[0].id])] == [runs[0].id]
    assert len(session.bin()) == 1


def test_a_live_run_is_not_put_into_the_bin_nor_those_named_with_it(session: Session, trained) -> None:
    ended = trained()
    (waiting,) = session.train(request())
    with pytest.raises(RequestError, match=f"{waiting.name} is queued; stop it"):
        session.trash([ended.id, waiting.id])
    assert session.bin() == []


def test_a_run_in_the_bin_keeps_its_name_and_is_not_resumed(session: Session, store: Store) -> None:
    (run,) = session.train(request(name="mine"))
    session.stop("mine")
    session.trash(["mine"])
    with pytest.raises(RequestError, match="in the bin"):
        session.train(request(name="mine"))
    with pytest.raises(RequestError, match="in the bin; restore it"):
        session.resume("mine")
    assert not store.queue_run(run.id)
    session.erase(["mine"])
    assert session.train(request(name="mine"))[0].name == "mine"


def test_only_what_is_in_the_bin_is_erased(session: Session, home: Home, trained) -> None:
    run = trained()
    with pytest.raises(RequestError, match="not in the bin"):
        session.erase([run.id])
    with pytest.raises(RequestError, match="not in the bin"):
        session.restore([run.id])
    assert home.run(run.id).is_dir()


def test_an_erased_run_leaves_its_games_and_its_player(session: Session, store: Store, home, trained) -> None:
    run = trained()
    player = session.player(run.name)
    store.record_game(game(player, run.id))
    fill(home.attempt(run.id, 1) / "checkpoint-5.safetensors")
    cost = size_of(home.run(run.id))
    session.trash([run.id])
    assert session.erase([run.id]) == cost > 64 * 1024
    assert list((home.path / "runs").iterdir()) == []
    assert session.runs() == session.bin() == []
    assert [one.run for one in session.games(player=player.id)] == [run.id]
    assert session.resolve_player("FrozenLake-v1", run.name) == player
    with pytest.raises(RequestError, match="was trained in FrozenLake-v1"):
        session.resolve_player("tic-tac-toe", run.name)


def game(player: PlayerRecord, run: str) -> GameRecord:
    return GameRecord(
        id="g1", board="FrozenLake-v1", environment="FrozenLake-v1", players=(player.id,), scores=(1.0,),
        termination="finished", moves=5, seed=1, pool="evaluation", run=run,
    )  # fmt: skip


def test_an_erasing_that_was_cut_short_is_finished_at_the_next_opening(
    session: Session, home: Home, trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, other = trained(), trained()
    session.trash([run.id, other.id])
    with monkeypatch.context() as patch:
        patch.setattr(trashing.shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            session.erase([run.id])
        patch.setattr(trashing, "size_of", killed)
        with pytest.raises(KeyboardInterrupt):
            session.erase([other.id])
    assert [path.suffix for path in (home.path / "runs").iterdir()] == [trashing.GOING] * 2
    with Session.open(home.path) as again:
        assert list((home.path / "runs").iterdir()) == []
        assert again.bin() == []


def killed(*_arguments: object, **_options: object) -> None:
    raise KeyboardInterrupt


def test_a_run_whose_folder_was_moved_but_not_its_row_is_restored_whole(
    session: Session, home: Home, trained
) -> None:
    run = trained()
    session.trash([run.id])
    home.run(run.id).rename(home.run(run.id).with_name(run.id + trashing.GOING))
    assert session.restore([run.id]) == [run]
    assert (home.run(run.id) / "order.json").exists()


def test_a_folder_that_cannot_be_moved_keeps_its_run(session: Session, home: Home, trained) -> None:
    run = trained()
    session.trash([run.id])
    fill(home.run(run.id).with_name(run.id + trashing.GOING) / "in the way")
    with pytest.raises(StoreError, match="cannot be moved"):
        session.erase([run.id])
    assert [one.id for one in session.bin()] == [run.id]


def test_disk_use_adds_up_and_names_each_run(session: Session, home: Home, trained) -> None:
    run, binned = trained(), trained()
    before = session.disk_use()
    fill(home.attempt(run.id, 1) / "checkpoint-5.safetensors")
    fill(home.run(run.id) / "metrics.jsonl", 8)
    fill(home.player(f"best-of-{run.id}") / "weights.safetensors", 16)
    fill(home.attempt(binned.id, 1) / "best.safetensors", 32)
    fill(home.aside / "arena-old.db", 128)
    session.trash([binned.id])
    use = session.disk_use()
    grown = {
        name: getattr(use, name) - getattr(before, name) for name in ("checkpoints", "metrics", "players")
    }
    assert grown == {"checkpoints": 96 * 1024, "metrics": 8 * 1024, "players": 16 * 1024}
    assert use.total == use.checkpoints + use.metrics + use.players + use.other
    assert use.runs[run.id] - before.runs[run.id] == 72 * 1024
    assert use.bin == use.runs[binned.id] == before.runs[binned.id] + 32 * 1024
    assert use.other - before.other >= 128 * 1024
    assert use.free > 0


def test_cleaning_up_removes_what_nothing_needs_and_nothing_else(
    session: Session, store: Store, home: Home, trained
) -> None:
    finished, stopped, training = trained(), trained(), trained()
    store.update_run(stopped.id, state="stopped")
    store.update_run(training.id, state="running")
    kept, needless = [], []
    goes = {finished.id: (True, True, True), stopped.id: (True, False, False), training.id: (False,) * 3}
    for run in (finished, stopped, training):
        first, second = home.attempt(run.id, 1), home.attempt(run.id, 2)
        old, older = fill(first / "checkpoint-7.safetensors"), fill(first / "checkpoint-5.safetensors")
        paths = (older, old, fill(second / "replay-0a.rows"))
        for path, is_needless in zip(paths, goes[run.id], strict=True):
            (needless if is_needless else kept).append(path)
        kept += [fill(second / "checkpoint-9.safetensors"), fill(second / "best.safetensors")]
        (kept if run is training else needless).append(fill(second / "checkpoint-11.safetensors.tmp"))
        (kept if run is training else needless).append(fill(first / "best.safetensors"))
    known = session.player(finished.name)
    kept += [fill(home.player(known.id) / "agent.py"), fill(home.aside / "old.db")]
    kept.append(fill(home.player("just-made") / "agent.py"))
    for path in (fill(home.player("unknown") / "agent.py"), fill(home.cache / "previews" / "lake.png")):
        os.utime(path, LONG_AGO)
        needless.append(path)
    os.utime(home.player(known.id) / "agent.py", LONG_AGO)
    with FileLock(home.run(training.id) / "lock") as lock:
        assert lock.acquire()
        reclaimable = session.disk_use().reclaimable
        assert reclaimable == session.clean_up() == 64 * 1024 * len(needless)
    assert [path for path in needless if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []
    assert session.clean_up() == 0


def test_a_run_whose_job_begins_meanwhile_is_not_cleaned(session: Session, home: Home, trained) -> None:
    run = trained()
    path = fill(home.attempt(run.id, 1) / "offload" / "left.tensor")
    with FileLock(home.run(run.id) / "lock") as lock:
        assert lock.acquire()
        assert session.clean_up() == 0
    assert path.exists()
    assert session.clean_up() == 64 * 1024
    shutil.rmtree(home.run(run.id))
    assert session.disk_use().runs[run.id] == 0
