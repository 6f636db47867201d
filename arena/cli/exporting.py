"""`arena export`: the metrics of runs for other programs."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from arena.cli.answers import Answer
from arena.cli.parsing import Commands, command
from arena.errors import RequestError
from arena.session import Session

STDOUT = "-"


def add_commands(commands: Commands) -> None:
    exporting = command(commands, "export", export, "write the metrics of runs for other programs")
    exporting.add_argument("runs", metavar="RUN", nargs="+", help="a run, or a group's id for all its runs")
    exporting.add_argument("--csv", metavar="FILE", help='one row a step; "-" for standard output')
    exporting.add_argument("--tensorboard", metavar="FOLDER", help="event files, in a folder for each run")
    exporting.add_argument("--force", action="store_true", help="replace files that exist")


def export(session: Session, arguments: Namespace) -> Answer:
    if arguments.csv is None and arguments.tensorboard is None:
        raise RequestError("Say what to write: --csv FILE or --tensorboard FOLDER.")
    if arguments.csv == STDOUT:
        if arguments.json or arguments.tensorboard is not None:
            raise RequestError("With --csv - the answer is the table itself; leave out the other options.")
        return Answer(None, session.csv_text(arguments.runs).rstrip("\n"))
    paths: list[Path] = []
    if arguments.csv is not None:
        paths.append(session.export_csv(arguments.runs, Path(arguments.csv), force=arguments.force))
    if arguments.tensorboard is not None:
        folder = Path(arguments.tensorboard)
        paths += session.export_tensorboard(arguments.runs, folder, force=arguments.force)
    return Answer({"paths": [str(path) for path in paths]}, "\n".join(map(str, paths)))
