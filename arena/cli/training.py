"""`arena train`, and `runs`, `resume`, `pause`, `stop`: training jobs."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any, get_args

from arena.cli.answers import DONE, FAILED, INTERRUPTED, Answer, table, tell
from arena.cli.parsing import Commands, add_settings, command, settings_of
from arena.cli.progress import ProgressLine, clock, training_line
from arena.orders import Device
from arena.records import RunRecord, RunState, plain
from arena.requests import Estimate, GroupSummary, TrainRequest
from arena.session import Session

# A group of runs is in the first of these states that one of its runs is in.
BY_CONCERN: tuple[RunState, ...] = ("failed", "lost", "stopped", "paused", "running", "queued", "finished")
START_SECONDS = 5.0


def add_commands(commands: Commands) -> None:
    training = command(commands, "train", train, "train an agent in a background process")
    training.add_argument("environment", metavar="ENV")
    training.add_argument("agent", metavar="AGENT")
    training.add_argument("--steps", type=int, metavar="N", help="environment steps (default: what suits)")
    training.add_argument("--seeds", type=int, default=1, metavar="K", help="train K runs, one per seed")
    training.add_argument("--seed", type=int, default=0, metavar="S", help="the first run's seed")
    add_settings(training, "--set", "agent")
    add_settings(training, "--env-set", "environment")
    training.add_argument("--device", choices=get_args(Device), default="auto")
    training.add_argument("--name", metavar="NAME", help="what to call the run")
    training.add_argument("--detach", action="store_true", help="answer at once and leave it training")
    command(commands, "runs", runs, "list the training runs")
    resuming = command(commands, "resume", resume, "let a run go on, and watch it to its end")
    resuming.add_argument("run", metavar="RUN")
    resuming.add_argument("--detach", action="store_true", help="answer at once and leave it training")
    command(commands, "pause", pause, "pause a run").add_argument("run", metavar="RUN")
    command(commands, "stop", stop, "stop a run, keeping what it has learnt").add_argument(
        "run", metavar="RUN"
    )


def train(session: Session, arguments: Namespace) -> Answer:
    request = TrainRequest(
        environment=arguments.environment,
        agent=arguments.agent,
        steps=arguments.steps,
        seeds=arguments.seeds,
        seed=arguments.seed,
        settings=settings_of("--set", arguments.set),
        environment_settings=settings_of("--env-set", arguments.env_set),
        device=arguments.device,
        name=arguments.name,
    )
    started = session.train(request)
    return _detached(session, started) if arguments.detach else _attached(session, started)


def runs(session: Session, _arguments: Namespace) -> Answer:
    known = session.runs()
    headings = ["name", "state", "environment", "agent", "steps", "of", "seconds", "mean return"]
    rows = [
        (
            run.name,
            run.state,
            run.board,
            run.agent,
            run.step,
            run.budget,
            run.training_seconds,
            run.evaluation.mean_return if run.evaluation else None,
        )
        for run in known
    ]
    lost = [
        f"{run.name} is lost: `arena resume {run.name}` goes on with it."
        for run in known
        if run.state == "lost"
    ]
    text = "\n".join([table(headings, rows), *lost]) if known else "No runs yet: `arena train` starts one."
    return Answer([run_document(run) for run in known], text)


def resume(session: Session, arguments: Namespace) -> Answer:
    resumed = [session.resume(run.id) for run in _named(session, arguments.run)]
    return _detached(session, resumed) if arguments.detach else _attached(session, resumed)


def pause(session: Session, arguments: Namespace) -> Answer:
    return _steered(session, arguments.run, session.pause)


def stop(session: Session, arguments: Namespace) -> Answer:
    return _steered(session, arguments.run, session.stop)


def _steered(session: Session, name: str, order: Callable[[str], RunRecord]) -> Answer:
    """Orders every live run of that name; a single run that is not live is the session's to refuse."""
    named = _named(session, name)
    live = [run for run in named if run.live]
    for run in live or named[:1]:
        order(run.id)
    return _answer(session, [session.run(run.id) for run in named], DONE)


def _named(session: Session, name: str) -> list[RunRecord]:
    """The run of that id or name, or all runs of that group."""
    return session.group(name) or [session.run(name)]


def _detached(session: Session, started: Sequence[RunRecord]) -> Answer:
    """Waits a moment for the jobs to say which processes they are, unless they wait in the queue."""
    give_up = time.monotonic() + START_SECONDS
    now = list(started)
    while any(run.live and run.pid is None for run in now) and time.monotonic() < give_up:
        time.sleep(0.05)
        now = [session.run(run.id) for run in started]
    return _answer(session, now, DONE)


def _attached(session: Session, started: Sequence[RunRecord]) -> Answer:
    ids = [run.id for run in started]
    try:
        with ProgressLine() as line:
            ended = session.wait(ids, lambda now: line.show(training_line(now)))
    except KeyboardInterrupt:
        names = " ".join(run.name for run in started)
        tell(
            f"Training goes on in the background. `arena resume {started[0].name}` watches it again, "
            f"`arena stop {names}` ends it."
        )
        return _answer(session, [session.run(run) for run in ids], INTERRUPTED)
    return _answer(session, ended, DONE if all(run.state == "finished" for run in ended) else FAILED)


def _answer(session: Session, found: Sequence[RunRecord], code: int) -> Answer:
    text = "\n".join(run_text(run) for run in found)
    if len(found) == 1:
        return Answer(run_document(found[0]), text, code)
    summary = session.group_summary(found[0].group)
    return Answer(group_document(found, summary), "\n".join([text, *group_text(summary)]), code)


def run_document(run: RunRecord) -> dict[str, Any]:
    fields: dict[str, Any] = plain(run)
    renamed = {"run": "id", "steps": "step", "seconds": "training_seconds"}
    return {word: fields.pop(field) for word, field in renamed.items()} | fields


def group_document(found: Sequence[RunRecord], summary: GroupSummary) -> dict[str, Any]:
    """The runs of several seeds as one: an algorithm's interval is over its runs, not their episodes."""
    evaluation = None
    if summary.mean is not None and len(summary.results) == summary.runs:
        evaluation = {
            "mean_return": summary.mean.value,
            "low": summary.mean.low,
            "high": summary.mean.high,
            "iqm": summary.iqm,
            "runs": summary.runs,
            "results": summary.results,
            "few_seeds": summary.few_seeds,
            "episodes": summary.episodes,
            "solved": summary.solved,
        }
    return {
        "run": found[0].group,
        "state": next(state for state in BY_CONCERN if any(run.state == state for run in found)),
        "steps": sum(run.step for run in found),
        "seconds": sum(run.training_seconds for run in found),
        "evaluation": evaluation,
        "seeds": [run_document(run) for run in found],
    }


def group_text(summary: GroupSummary) -> list[str]:
    """What the finished runs came to together, as a sentence; nothing before two of them have ended."""
    if summary.mean is None or summary.iqm is None or len(summary.results) < 2:
        return []
    seeds = f"{len(summary.results)} seeds" + (" (few seeds)" if summary.few_seeds else "")
    verdict = {True: "; solved", False: "; not solved yet", None: ""}[summary.solved]
    return [f"Over {seeds}: mean {_within(summary.mean)}, IQM {_within(summary.iqm)}{verdict}."]


def _within(estimate: Estimate) -> str:
    bounds = "" if estimate.low is None else f" ({estimate.low:,.2f} to {estimate.high:,.2f})"
    return f"{estimate.value:,.2f}{bounds}"


def run_text(run: RunRecord) -> str:
    """One or two sentences about a run."""
    facts = f"{run.name} is {run.state}: {run.step:,} of {run.budget:,} steps"
    if run.training_seconds:
        facts += f" in {clock(run.training_seconds)} ({run.steps_per_second:,.0f} per second on {run.device})"
    sentences = [facts + "."]
    if run.message:
        sentences.append(run.message)
    if run.evaluation:
        one = run.evaluation
        verdict = {True: "; solved", False: "; not solved yet", None: ""}[one.solved]
        sentences.append(
            f"Mean return {one.mean_return:,.2f} ({one.low:,.2f} to {one.high:,.2f}) "
            f"over {one.episodes} greedy episodes{verdict}."
        )
    return " ".join(sentences)
