"""`arena runs`, and what is done with runs as a whole: named, repeated, compared, put away, read."""

from __future__ import annotations

import time
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from typing import get_args

import msgspec

from arena.cli.answers import Answer, say, table
from arena.cli.asking import add_request, request_fields
from arena.cli.parsing import Commands, command
from arena.cli.progress import clock
from arena.cli.telling import about, group_text, run_document
from arena.cli.training import add_detach, begin
from arena.errors import RequestError
from arena.records import RunRecord, RunState
from arena.requests import Comparison
from arena.session import Session

FOLLOW_SECONDS = 0.2


def add_commands(commands: Commands) -> None:
    listing = command(commands, "runs", runs, "list the training runs")
    listing.add_argument(
        "--state", choices=get_args(RunState), action="append", help="only runs in that state"
    )
    listing.add_argument("--environment", metavar="ENV", help="only runs in that environment")
    listing.add_argument("--agent", metavar="AGENT", help="only runs of that agent")
    listing.add_argument("--name", metavar="TEXT", help="only runs with that in their names")
    listing.add_argument("--all", action="store_true", help="also runs in the bin")
    renaming = command(commands, "rename", rename, "give a run another name")
    renaming.add_argument("run", metavar="RUN")
    renaming.add_argument("name", metavar="NAME")
    again = command(commands, "duplicate", duplicate, "train once more what a run or a group trained")
    again.add_argument("run", metavar="RUN")
    add_request(again)
    add_detach(again)
    comparing = command(commands, "compare", compare, "show runs side by side")
    comparing.add_argument("runs", metavar="RUN", nargs="+")
    reading = command(commands, "log", log, "show what a run has told")
    reading.add_argument("run", metavar="RUN")
    reading.add_argument("--follow", action="store_true", help="go on until the run ends")


def runs(session: Session, arguments: Namespace) -> Answer:
    known = session.runs() + (session.bin() if arguments.all else [])
    found = [run for run in known if _wanted(run, arguments)]
    if not found:
        nothing = "No run is like that." if known else "No runs yet: `arena train` starts one."
        return Answer([], nothing)
    places = {run: place for place, run in enumerate(session.queue(), start=1)}
    headings = ["name", "state", "environment", "agent", "steps", "of", "seconds", "mean return"]
    rows = [
        (
            run.name,
            _state(run, places),
            run.board,
            run.agent,
            run.step,
            run.budget,
            run.training_seconds,
            run.evaluation.mean_return if run.evaluation else None,
        )
        for run in found
    ]
    lost = [
        f"{run.name} is lost: `arena resume {run.name}` goes on with it."
        for run in found
        if run.state == "lost"
    ]
    text = "\n".join([table(headings, rows), *_groups(session, found), *lost])
    return Answer([run_document(run) for run in found], text)


def _wanted(run: RunRecord, arguments: Namespace) -> bool:
    return (
        (not arguments.state or run.state in arguments.state)
        and arguments.environment in (None, run.environment, run.board)
        and arguments.agent in (None, run.agent, run.rival)
        and (arguments.name is None or arguments.name.casefold() in run.name.casefold())
    )


def _state(run: RunRecord, places: dict[str, int]) -> str:
    if run.trashed_at is not None:
        return "in the bin"
    return f"queued {places[run.id]}" if run.id in places else run.state


def _groups(session: Session, found: Sequence[RunRecord]) -> list[str]:
    """What the groups among these runs came to, a line each."""
    listed = [run for run in found if run.trashed_at is None]
    sizes = Counter(run.group for run in listed)
    lines = []
    for first in {run.group: run for run in listed}.values():
        if sizes[first.group] > 1:
            sentences = group_text(session.group_summary(first.group))
            lines += [f"{first.group} ({first.agent} in {first.board}): {sentence}" for sentence in sentences]
    return lines


def rename(session: Session, arguments: Namespace) -> Answer:
    return about(session, [session.rename_run(arguments.run, arguments.name)], 0)


def duplicate(session: Session, arguments: Namespace) -> Answer:
    """Settings that are given take the place of the run's own; all others stay as they were."""
    request = session.request_of(arguments.run)
    fields = request_fields(arguments)
    for name in ("settings", "environment_settings", "rival_settings"):
        fields[name] = getattr(request, name) | fields.get(name, {})
    return begin(session, msgspec.structs.replace(request, **fields), detach=arguments.detach)


def compare(session: Session, arguments: Namespace) -> Answer:
    compared = session.compare(arguments.runs)
    headings = ["", *(run.name for run in compared.runs)]
    return Answer(compared, table(headings, _compared_rows(compared)))


def _compared_rows(compared: Comparison) -> list[list[object]]:
    runs = compared.runs
    evaluations = [run.evaluation for run in runs]
    rows: list[tuple[str, Sequence[object]]] = [
        ("state", [run.state for run in runs]),
        ("steps", [f"{run.step:,} of {run.budget:,}" for run in runs]),
        ("training time", [clock(run.training_seconds) for run in runs]),
        ("steps per second", [f"{run.steps_per_second:,.0f}" for run in runs]),
        ("mean return", [None if one is None else f"{one.mean_return:,.2f}" for one in evaluations]),
        ("95 %", [None if one is None else f"{one.low:,.2f} to {one.high:,.2f}" for one in evaluations]),
        ("solved at step", [None if step is None else f"{step:,}" for step in compared.solved_step]),
        ("solved after", [None if one is None else clock(one) for one in compared.solved_seconds]),
        ("changes", [str(count) if count else None for count in compared.changes]),
        *((name, [_short(value) for value in values]) for name, values in compared.differing.items()),
    ]
    return [[name, *values] for name, values in rows if any(value is not None for value in values)]


def _short(value: object) -> str | None:
    return f"{value:g}" if isinstance(value, float) else None if value is None else str(value)


def log(session: Session, arguments: Namespace) -> Answer:
    if arguments.follow and arguments.json:
        raise RequestError("One JSON document cannot follow a log; leave out --follow or --json.")
    run = session.run(arguments.run)
    page = session.log_lines(run.id)
    if not arguments.follow:
        return Answer({"run": run.id, "lines": page.lines}, "\n".join(page.lines))
    while True:
        for line in page.lines:
            say(line)
        if not run.live:
            return Answer(None, "")
        time.sleep(FOLLOW_SECONDS)
        # Asked in this order, so that what a run says last is read.
        run = session.run(run.id)
        page = session.log_lines(run.id, page.after)
