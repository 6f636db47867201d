"""`arena train`, and what steers a run: `attach`, `resume`, `pause`, `stop`, `checkpoint`, `set`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from arena.cli.answers import DONE, Answer
from arena.cli.asking import add_opponents, add_request, opponents_of, request_fields
from arena.cli.parsing import Commands, Parser, add_settings, command, settings_of
from arena.cli.telling import about, named, run_document
from arena.cli.watching import attached, detached
from arena.errors import RequestError
from arena.records import Alteration, OpponentMix, RunChange, RunRecord, plain
from arena.requests import OPPONENT_KINDS, TrainRequest
from arena.session import Session

SAVE_SECONDS = 5.0


def add_commands(commands: Commands) -> None:
    training = command(commands, "train", train, "train an agent in a background process")
    training.add_argument("environment", metavar="ENV")
    training.add_argument("agent", metavar="AGENT")
    add_request(training)
    add_detach(training)
    attaching = command(commands, "attach", attach, "watch a run until it ends or you interrupt")
    attaching.add_argument("run", metavar="RUN")
    resuming = command(commands, "resume", resume, "let a run go on, and watch it to its end")
    resuming.add_argument("run", metavar="RUN")
    add_detach(resuming)
    for name, answer, summary in (
        ("pause", pause, "pause a run"),
        ("stop", stop, "stop a run, keeping what it has learnt"),
        ("checkpoint", checkpoint, "have a run save its state now"),
    ):
        command(commands, name, answer, summary).add_argument("run", metavar="RUN")
    setting = command(commands, "set", change, "change settings of a run while it trains")
    setting.add_argument("run", metavar="RUN")
    setting.add_argument("assignments", metavar="NAME=VALUE", nargs="*", help="a setting that may change")
    add_settings(setting, "--rival-set", "rival")
    add_opponents(setting)


def add_detach(parser: Parser) -> None:
    parser.add_argument("--detach", action="store_true", help="answer at once and leave it training")


def train(session: Session, arguments: Namespace) -> Answer:
    request = TrainRequest(
        environment=arguments.environment, agent=arguments.agent, **request_fields(arguments)
    )
    return begin(session, request, detach=arguments.detach)


def begin(session: Session, request: TrainRequest, *, detach: bool) -> Answer:
    """Trains, and watches unless it is to be left alone."""
    started = session.train(request)
    return detached(session, started) if detach else attached(session, started)


def attach(session: Session, arguments: Namespace) -> Answer:
    return attached(session, named(session, arguments.run))


def resume(session: Session, arguments: Namespace) -> Answer:
    resumed = [session.resume(run.id) for run in named(session, arguments.run)]
    return detached(session, resumed) if arguments.detach else attached(session, resumed)


def pause(session: Session, arguments: Namespace) -> Answer:
    return _steered(session, arguments.run, session.pause)


def stop(session: Session, arguments: Namespace) -> Answer:
    return _steered(session, arguments.run, session.stop)


def checkpoint(session: Session, arguments: Namespace) -> Answer:
    return _steered(session, arguments.run, lambda run: session.checkpoint(run, SAVE_SECONDS))


def _steered(session: Session, name: str, order: Callable[[str], RunRecord]) -> Answer:
    """Orders every live run of that name; a single run that is not live is the session's to refuse."""
    found = named(session, name)
    live = [run for run in found if run.live]
    for run in live or found[:1]:
        order(run.id)
    return about(session, [session.run(run.id) for run in found], DONE)


def change(session: Session, arguments: Namespace) -> Answer:
    """Answers with each run and what changed in it until now."""
    mix = None if arguments.opponents is None else opponents_of(arguments.opponents)
    alteration = Alteration(
        settings=settings_of("set RUN", arguments.assignments),
        opponents=mix,
        rival_settings=settings_of("--rival-set", arguments.rival_set),
    )
    if alteration == Alteration():
        raise RequestError("Say what to change, as in `arena set RUN step_size=0.001`.")
    found = named(session, arguments.run)
    documents, lines = [], []
    for run in [run for run in found if run.live] or found[:1]:
        before = len(session.changes(run.id))
        now = session.change(run.id, alteration)
        changes = session.changes(run.id)
        documents.append({**run_document(now), "changes": plain(changes)})
        lines += [f"{run.name}: {change_text(one)}." for one in changes[before:]]
        if len(changes) == before:
            lines.append(f"{run.name}: nothing has changed yet; it is so already, or waits until it goes on.")
    return Answer(documents[0] if len(documents) == 1 else documents, "\n".join(lines))


def change_text(change: RunChange) -> str:
    """As in "from step 1,200 on step_size is 0.001 (was 0.003)"."""
    parts = [
        f"{name} is {_plain(value)} (was {_plain(change.before.get(name))})"
        for name, value in change.settings.items()
    ]
    parts += [
        f"its rival's {name} is {_plain(value)} (was {_plain(change.rival_before.get(name))})"
        for name, value in change.rival_settings.items()
    ]
    if change.opponents is not None:
        before = "" if change.opponents_before is None else f" (were {mix_text(change.opponents_before)})"
        parts.append(f"its opponents are {mix_text(change.opponents)}{before}")
    return f"from step {change.step:,} on {', '.join(parts)}"


def mix_text(mix: OpponentMix) -> str:
    """As it is written for `--opponents`."""
    shares = {kind: getattr(mix, kind) for kind in OPPONENT_KINDS} | mix.players
    return " ".join(f"{name}={share:g}" for name, share in shares.items() if share)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
