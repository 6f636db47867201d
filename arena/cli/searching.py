"""`arena search`, and `searches`, `stop-search`, `resume-search`: hyper-parameter search; trials are runs."""

from __future__ import annotations

import contextlib
import shlex
import time
from argparse import Namespace
from collections.abc import Sequence
from typing import Any, get_args

from arena.cli.answers import DONE, FAILED, INTERRUPTED, Answer, table, tell
from arena.cli.parsing import Commands, add_settings, command, settings_of
from arena.cli.progress import ProgressLine, bar, clock
from arena.errors import RequestError
from arena.orders import Device
from arena.records import plain
from arena.requests import SearchRequest
from arena.searches import OPEN_STATES, SearchRecord, TrialRecord
from arena.session import Session
from arena.settings import Value

START_SECONDS = 5.0
FRESH_SEEDS = 5


def add_commands(commands: Commands) -> None:
    searching = command(commands, "search", search, "try settings of an agent and find the best")
    searching.add_argument("environment", metavar="ENV")
    searching.add_argument("agent", metavar="AGENT")
    searching.add_argument(
        "--trials", type=int, default=20, metavar="N", help="settings to try (default: 20)"
    )
    searching.add_argument(
        "--over",
        metavar="NAME=VALUES",
        action="append",
        default=[],
        help="a setting to search: 1e-4..1e-2:log, 32..256 or 32,64,128 (default: a few with natural ranges)",
    )
    searching.add_argument("--steps", type=int, metavar="N", help="environment steps of a run")
    searching.add_argument("--seeds", type=int, default=1, metavar="K", help="runs of each trial")
    searching.add_argument("--seed", type=int, default=0, metavar="S", help="the first run's seed")
    add_settings(searching, "--set", "agent")
    add_settings(searching, "--env-set", "environment")
    searching.add_argument("--device", choices=get_args(Device), default="auto")
    searching.add_argument("--no-prune", action="store_true", help="let every trial train to its end")
    searching.add_argument("--name", metavar="NAME", help="what to call the search")
    searching.add_argument("--detach", action="store_true", help="answer at once and leave it searching")
    listing = command(commands, "searches", searches, "list the searches, or the trials of one")
    listing.add_argument("search", metavar="NAME", nargs="?")
    stopping = command(commands, "stop-search", stop, "stop a search and its trials, to be resumed")
    stopping.add_argument("search", metavar="NAME")
    resuming = command(commands, "resume-search", resume, "let a search go on, and watch it to its end")
    resuming.add_argument("search", metavar="NAME")
    resuming.add_argument("--detach", action="store_true", help="answer at once and leave it searching")


def search(session: Session, arguments: Namespace) -> Answer:
    started = session.search(
        SearchRequest(
            environment=arguments.environment,
            agent=arguments.agent,
            trials=arguments.trials,
            over={name: str(value) for name, value in settings_of("--over", arguments.over).items()},
            steps=arguments.steps,
            seeds=arguments.seeds,
            seed=arguments.seed,
            settings=settings_of("--set", arguments.set),
            environment_settings=settings_of("--env-set", arguments.env_set),
            device=arguments.device,
            prune=not arguments.no_prune,
            name=arguments.name,
        )
    )
    return _watched(session, started, detach=arguments.detach)


def searches(session: Session, arguments: Namespace) -> Answer:
    if arguments.search is not None:
        return _answer(session, session.find_search(arguments.search), DONE)
    known = session.searches()
    rows = []
    for one in known:
        trials = session.search_trials(one.id)
        ended = sum(trial.state not in OPEN_STATES for trial in trials)
        best = next((trial.value for trial in trials if trial.number == one.best), None)
        rows.append((one.name, one.state, one.board, one.agent, ended, one.trials, best))
    headings = ["name", "state", "environment", "agent", "trials", "of", "best mean"]
    lost = [
        f"{one.name} is lost: `arena resume-search {shlex.quote(one.name)}` goes on with it."
        for one in known
        if one.state == "lost"
    ]
    text = "\n".join([table(headings, rows), *lost]) if known else "No searches: `arena search` starts one."
    return Answer([search_document(session, one) for one in known], text)


def stop(session: Session, arguments: Namespace) -> Answer:
    return _answer(session, session.stop_search(arguments.search), DONE)


def resume(session: Session, arguments: Namespace) -> Answer:
    return _watched(session, session.resume_search(arguments.search), detach=arguments.detach)


def _watched(session: Session, started: SearchRecord, *, detach: bool) -> Answer:
    if detach:
        give_up = time.monotonic() + START_SECONDS
        while started.state == "queued" and time.monotonic() < give_up:
            time.sleep(0.05)
            started = session.find_search(started.id)
        return _answer(session, started, DONE)
    try:
        with ProgressLine() as line:
            ended = session.wait_search(started.id, lambda one, trials: line.show(search_line(one, trials)))
    except KeyboardInterrupt:
        name = shlex.quote(started.name)
        tell(
            f"The search goes on in the background. `arena resume-search {name}` watches it again, "
            f"`arena stop-search {name}` ends it."
        )
        return _answer(session, session.find_search(started.id), INTERRUPTED)
    return _answer(session, ended, DONE if ended.state == "finished" else FAILED)


def search_line(search: SearchRecord, trials: Sequence[TrialRecord]) -> str:
    """Trials ended of those asked for, the best so far, and the time left as it went so far."""
    ended = [trial for trial in trials if trial.state not in OPEN_STATES]
    parts = [search.name, bar(len(ended) / search.trials), f"{len(ended)} of {search.trials} trials"]
    best = next((trial for trial in ended if trial.number == search.best), None)
    if best is not None and best.value is not None:
        parts.append(f"best {best.value:,.4g} (trial {best.number})")
    took = [trial.ended_at - trial.created_at for trial in ended if trial.ended_at is not None]
    if took and len(ended) < search.trials:
        at_once = max(1, len(trials) - len(ended))
        parts.append(f"{clock(sum(took) / len(took) * (search.trials - len(ended)) / at_once)} left")
    return "  ".join(parts)


def _answer(session: Session, search: SearchRecord, code: int) -> Answer:
    trials = session.search_trials(search.id)
    return Answer(search_document(session, search), search_text(session, search, trials), code)


def search_document(session: Session, search: SearchRecord) -> dict[str, Any]:
    trials = session.search_trials(search.id)
    best = next((trial for trial in trials if trial.number == search.best), None)
    fields: dict[str, Any] = plain(search)
    return {"search": fields.pop("id")} | {
        **fields,
        "asked_for": search.trials,
        "trials": trials,
        "best": None if best is None else {**plain(best), "train": train_again(session, search, best)},
    }


def search_text(session: Session, search: SearchRecord, trials: Sequence[TrialRecord]) -> str:
    names = list(search.spans)
    rows = [
        (trial.number, trial.state, trial.value, *(_short(trial.settings[name]) for name in names))
        for trial in trials
    ]
    lines = [table(["trial", "state", "best mean", *names], rows)] if rows else []
    ended = sum(trial.state not in OPEN_STATES for trial in trials)
    pruned = sum(trial.state == "pruned" for trial in trials)
    lines.append(
        f"{search.name} is {search.state}: {ended} of {search.trials} trials have ended, {pruned} of them"
        f" pruned. {search.message or ''}".rstrip()
    )
    best = next((trial for trial in trials if trial.number == search.best), None)
    if best is not None:
        lines.append(
            f"Best is {best.name} with {best.value:,.4g}: the mean on the seeds it was chosen by, which"
            " flatters it; reporting seeds take no part in a search."
        )
        lines.append(
            f"Fresh seeds give it an honest interval: {shlex.join(train_again(session, search, best))}"
        )
    return "\n".join(lines)


def train_again(session: Session, search: SearchRecord, trial: TrialRecord) -> list[str]:
    """The command that trains a trial's settings on seeds that the search has not used."""
    settings: dict[str, Value] = {**search.settings, **trial.settings}
    usual: dict[str, Value] = {}
    defaults: dict[str, Value] = {}
    with contextlib.suppress(RequestError):  # what is not there any more has every setting named
        usual = session.agent(search.agent).settings_for(search.environment, {})
        defaults = {fact.name: fact.default for fact in session.environment(search.environment).settings}
    words = ["arena", "train", search.environment, search.agent, "--steps", str(search.budget)]
    words += ["--seeds", str(FRESH_SEEDS), "--seed", str(search.seed + search.seeds)]
    for option, values, known in (
        ("--set", settings, usual),
        ("--env-set", search.environment_settings, defaults),
    ):
        for name, value in values.items():
            if value != known.get(name):
                words += [option, f"{name}={value}"]
    return words


def _short(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
