"""`arena environments`, `arena agents` and `arena plugins`: what there is."""

from __future__ import annotations

from argparse import Namespace

from arena.cli.answers import Answer, table
from arena.cli.parsing import Commands, command
from arena.session import Session


def add_commands(commands: Commands) -> None:
    command(commands, "environments", environments, "list what can be played")
    command(commands, "agents", agents, "list who can play and learn")
    command(commands, "plugins", plugins, "list each plugin file and package with its state")


def environments(session: Session, _arguments: Namespace) -> Answer:
    known = session.scan().environments
    rows = [(info.id, info.title, info.seats, info.training_steps, info.source) for info in known]
    listing = table(["id", "title", "seats", "steps", "source"], rows)
    return Answer(known, f"{listing}\n\nAny other id of Gymnasium's registry works by its name, too.")


def agents(session: Session, _arguments: Namespace) -> Answer:
    known = session.scan().agents
    rows = [
        (info.id, info.title, "yes" if info.learns else "no", info.source, info.summary) for info in known
    ]
    return Answer(known, table(["id", "title", "learns", "source", "what it is"], rows))


def plugins(session: Session, _arguments: Namespace) -> Answer:
    known = session.scan().plugins
    rows = [(info.state, info.path, ", ".join(info.provides)) for info in known]
    listing = table(["state", "path", "provides"], rows)
    failures = [f"{info.path}: {info.error.message}" for info in known if info.error]
    return Answer(known, "\n".join([listing, *failures]))
