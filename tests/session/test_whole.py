"""The whole way for real: train in a detached job, play, rank, watch; and jobs that are killed or stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest

from arena.processes.messages import GameStarted, Stepped
from arena.requests import MatchRequest, TrainRequest
from arena.session import Session
from arena.store import Home

LONG = 50_000_000


@pytest.fixture
def working(home: Home) -> Iterator[Session]:
    """A session that starts jobs; whatever is left at the end is stopped."""
    with Session.open(home.path) as session:
        yield session
        session.stop_all()
        session.wait([run.name for run in session.runs()])


def ask_for(session: Session, steps: int) -> str:
    request = TrainRequest(
        environment="FrozenLake-v1", agent="q-learner", steps=steps, settings={"copies": 4}
    )
    (run,) = session.train(request)
    return run.name


def test_a_run_is_trained_evaluated_ranked_and_played(working: Session) -> None:
    name = ask_for(working, steps=3000)
    (run,) = working.wait([name])
    assert (run.state, run.step, run.attempt) == ("finished", 3000, 1), run.message
    assert run.evaluation is not None
    assert run.evaluation.episodes == len(working.games(run=run.id, limit=1000)) == 100
    assert run.weights_sha256 is not None
    assert working.metrics(name).rows[-1].step == 3000
    assert working.log_lines(name).lines
    match = working.match(MatchRequest(environment="FrozenLake-v1", players=(name, "random"), games=3))
    ended = working.wait_match(match.id)
    assert (ended.state, ended.played) == ("finished", 6), ended.message
    assert [line.label for line in working.match_summary(match.id)] == [name, "random"]
    standings = working.standings("FrozenLake-v1")
    assert standings.games == 106
    assert {row.label: row.games for row in standings.rows} == {name: 103, "random": 3}


def test_a_killed_job_is_lost_and_resumes_from_its_checkpoint(working: Session) -> None:
    name = ask_for(working, steps=LONG)
    running = _until(working, name, lambda run: run.state == "running" and run.step > 0)
    working.checkpoint(name)
    saved = _until(working, name, lambda run: run.checkpoint_step is not None)
    psutil.Process(running.pid).kill()
    lost = _until(working, name, lambda run: run.state == "lost")
    assert "resume" in (lost.message or "")
    working.resume(name)
    again = _until(working, name, lambda run: run.state == "running" and run.step > saved.checkpoint_step)
    assert again.attempt == 2
    assert working.stop(name, patience=60.0).state == "stopped"


def test_a_run_is_paused_resumed_and_stopped_by_another_session(working: Session, home: Home) -> None:
    name = ask_for(working, steps=LONG)
    _until(working, name, lambda run: run.state == "running" and run.step > 0)
    with Session.open(home.path) as other:
        assert other.pause(name, patience=60.0).state == "paused"
        assert working.run(name).state == "paused"
        assert other.resume(name, patience=60.0).state == "running"
        assert other.stop(name, patience=60.0).state == "stopped"
    assert working.run(name).live is False


def test_an_exhibition_shows_frames_and_steps(working: Session) -> None:
    with working.exhibit("tic-tac-toe", ["random", "random"], size=(160, 120), seed=3) as shown:
        seen: list[type] = []
        give_up = time.monotonic() + 60
        while not {GameStarted, Stepped} <= set(seen) and time.monotonic() < give_up:
            seen += [type(event) for event in shown.poll()]
            time.sleep(0.05)
        assert {GameStarted, Stepped} <= set(seen)
        assert shown.frame() is not None


def test_what_one_watches_of_a_run_follows_its_checkpoints(working: Session) -> None:
    name = ask_for(working, steps=LONG)
    with working.exhibit("FrozenLake-v1", size=(96, 96), follow=name) as shown:
        shown.speed(0)
        weights: set[str | None] = set()
        give_up = time.monotonic() + 90
        while len(weights - {None}) < 2 and time.monotonic() < give_up:
            weights |= {event.weights[0] for event in shown.poll() if isinstance(event, GameStarted)}
            if working.run(name).state == "running":
                working.checkpoint(name)
            time.sleep(0.2)
    assert len(weights - {None}) >= 2, weights


def test_a_preview_is_drawn_once_and_kept(working: Session) -> None:
    path = working.preview("tic-tac-toe", 96, 64)
    assert path is not None
    assert path.read_bytes().startswith(b"\x89PNG")
    drawn_at = path.stat().st_mtime_ns
    assert working.preview("tic-tac-toe", 96, 64) == path
    assert path.stat().st_mtime_ns == drawn_at


def _until(session: Session, name: str, condition, patience: float = 60.0):
    give_up = time.monotonic() + patience
    while not condition(run := session.run(name)):
        assert time.monotonic() < give_up, run
        time.sleep(0.05)
    return run
