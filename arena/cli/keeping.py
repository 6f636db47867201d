"""`arena delete`, `restore`, `bin` and `disk`: what nobody wants any more, and what there is room for."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from arena.cli.answers import Answer, table
from arena.cli.parsing import Commands, command
from arena.cli.telling import run_document, size_text
from arena.errors import RequestError
from arena.records import RunRecord, plain
from arena.requests import DiskUse
from arena.session import Session

LARGEST = 10
NOTHING = "The bin is empty."


def add_commands(commands: Commands) -> None:
    deleting = command(commands, "delete", delete, "put runs into the bin, from which they come back")
    deleting.add_argument("runs", metavar="RUN", nargs="+")
    restoring = command(commands, "restore", restore, "take runs out of the bin")
    restoring.add_argument("runs", metavar="RUN", nargs="+")
    binning = command(commands, "bin", show_bin, "list the runs in the bin, or remove them for good")
    binning.add_argument("runs", metavar="RUN", nargs="*", help="only these")
    binning.add_argument("--empty", action="store_true", help="remove them for good; their games stay")
    binning.add_argument("--yes", action="store_true", help="yes, for good")
    disk_use = command(commands, "disk", disk, "show what the data folder costs")
    disk_use.add_argument("--clean", action="store_true", help="remove files that nothing needs any more")


def delete(session: Session, arguments: Namespace) -> Answer:
    binned = session.trash(arguments.runs)
    names = _words(binned)
    text = f"{_count(binned)} in the bin. `arena restore {names}` brings back what you miss."
    return Answer([run_document(run) for run in binned], text)


def restore(session: Session, arguments: Namespace) -> Answer:
    restored = session.restore(arguments.runs)
    return Answer([run_document(run) for run in restored], f"{_count(restored)} back: {_words(restored)}.")


def show_bin(session: Session, arguments: Namespace) -> Answer:
    binned = session.bin()
    if arguments.runs:
        wanted = set(arguments.runs)
        binned = [run for run in binned if wanted & {run.id, run.name, run.group}]
        if not binned:
            raise RequestError(f"No run in the bin is called {' or '.join(arguments.runs)}.")
    sizes = session.disk_use().runs
    cost = sum(sizes.get(run.id, 0) for run in binned)
    if arguments.empty:
        return _emptied(session, binned, cost, sure=arguments.yes)
    rows = [(run.name, run.state, run.board, run.agent, size_text(sizes.get(run.id, 0))) for run in binned]
    listing = table(["name", "state", "environment", "agent", "size"], rows)
    text = f"{listing}\n{size_text(cost)} in all; `arena bin --empty` frees them."
    documents = [run_document(run) | {"bytes": sizes.get(run.id, 0)} for run in binned]
    return Answer(documents, text if binned else NOTHING)


def _emptied(session: Session, binned: Sequence[RunRecord], cost: int, *, sure: bool) -> Answer:
    if binned and not sure:
        raise RequestError(
            f"This removes {_count(binned)} ({size_text(cost)}) for good: {_words(binned)}."
            " Add --yes to do it."
        )
    freed = session.erase([run.id for run in binned])
    text = f"{_count(binned)} removed for good, {size_text(freed)} freed. Their games are kept."
    return Answer({"erased": [run.id for run in binned], "freed": freed}, text if binned else NOTHING)


def disk(session: Session, arguments: Namespace) -> Answer:
    freed = session.clean_up() if arguments.clean else None
    use = session.disk_use()
    names = {run.id: run.name for run in [*session.runs(), *session.bin()]}
    largest = sorted(use.runs, key=lambda run: use.runs[run], reverse=True)[:LARGEST]
    parts = [
        table(["what", "size"], _parts(use)),
        table(["largest runs", "size"], [(names[run], size_text(use.runs[run])) for run in largest]),
    ]
    if freed is not None:
        parts.append(f"{size_text(freed)} freed.")
    elif use.reclaimable:
        parts.append(f"`arena disk --clean` frees {size_text(use.reclaimable)} that nothing needs any more.")
    return Answer(plain(use) | ({} if freed is None else {"freed": freed}), "\n\n".join(parts))


def _parts(use: DiskUse) -> list[tuple[str, str]]:
    words = {
        "checkpoints of runs": use.checkpoints,
        "metrics of runs": use.metrics,
        "players": use.players,
        "everything else": use.other,
        "in all": use.total,
        "of it in the bin": use.bin,
        "free on the disk": use.free,
    }
    return [(name, size_text(count)) for name, count in words.items()]


def _count(runs: Sequence[RunRecord]) -> str:
    return "1 run" if len(runs) == 1 else f"{len(runs)} runs"


def _words(runs: Sequence[RunRecord]) -> str:
    return " ".join(f'"{run.name}"' if " " in run.name else run.name for run in runs)
