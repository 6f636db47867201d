"""`arena environments`, `arena agents` and `arena plugins`: what there is."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from arena.cli.answers import Answer, table
from arena.cli.parsing import Commands, command
from arena.session import Session


def add_commands(commands: Commands) -> None:
    listing = command(commands, "environments", environments, "list what can be played")
    listing.add_argument(
        "--all",
        action="store_true",
        help="also the ids of Gymnasium, PettingZoo and installed packages, which are opened when wanted",
    )
    command(commands, "agents", agents, "list who can play and learn")
    command(commands, "plugins", plugins, "list each plugin file and package with its state")


def environments(session: Session, arguments: Namespace) -> Answer:
    catalog = session.scan()
    known, foreign = catalog.environments, catalog.foreign
    rows = [(info.id, info.title, info.seats, info.training_steps, info.source) for info in known]
    listing = table(["id", "title", "seats", "steps", "source"], rows)
    if arguments.all:
        others = table(["id", "title", "source"], [(each.id, each.title, each.source) for each in foreign])
        return Answer([*known, *foreign], f"{listing}\n\nBy their ids:\n{others}")
    more = f"{len(foreign)} more of Gymnasium, PettingZoo and installed packages work by their ids"
    return Answer(known, f"{listing}\n\n{more}; --all lists them.")


def agents(session: Session, _arguments: Namespace) -> Answer:
    known = session.scan().agents
    rows = [
        (info.id, info.title, "yes" if info.learns else "no", info.source, info.summary) for info in known
    ]
    return Answer(known, table(["id", "title", "learns", "source", "what it is"], rows))


def plugins(session: Session, _arguments: Namespace) -> Answer:
    known = session.scan().plugins
    rows = [(info.state, info.path, _some(info.provides)) for info in known]
    listing = table(["state", "path", "provides"], rows)
    failures = [f"{info.path}: {info.error.message}" for info in known if info.error]
    return Answer(known, "\n".join([listing, *failures]))


def _some(names: Sequence[str], most: int = 6) -> str:
    """The names in one line; of many, the first few and how many more there are."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
