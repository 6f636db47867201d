"""`arena doctor` and `arena bench`: what this machine has, and how fast Arena is on it."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import msgspec

import arena
from arena.cli.answers import DONE, FAILED, Answer, table
from arena.cli.parsing import Commands, command
from arena.cli.progress import ProgressLine
from arena.errors import RequestError, UnknownName
from arena.session import Session

CHECKOUT = Path(arena.__file__).parent.parent
# These take from several minutes to hours, so they run only when they are named.
LONG = frozenset(
    {
        "cartpole_world_model",
        "connect_four_strength",
        "felt",
        "learning",
        "learning_table",
        "lunar_lander",
        "perfect_play",
        "stable",
        "throughput",
        "watched_throughput",
    }
)


def add_commands(commands: Commands) -> None:
    command(commands, "doctor", doctor, "say what is there, what is missing and how to get it")
    benching = command(commands, "bench", bench, "run the benchmarks, side by side with their peers")
    benching.add_argument("names", metavar="NAME", nargs="*", help="which ones (default: all short ones)")


def doctor(session: Session, _arguments: Namespace) -> Answer:
    report = session.doctor()
    topics: dict[str, dict[str, str]] = {}
    for fact in report.facts:
        topics.setdefault(fact.topic, {})[fact.name] = fact.value
    wrong = [fact for fact in report.facts if not fact.ok]
    missing = [
        {"name": fact.name, "found": fact.value, "essential": fact.essential, "advice": fact.advice}
        for fact in wrong
    ]
    lines = [
        table(["topic", "what", "found"], [(fact.topic, fact.name, fact.value) for fact in report.facts])
    ]
    lines += [f"{fact.name}: {fact.value}. {fact.advice}" for fact in wrong]
    document = {"ok": report.ok, **topics, "missing": missing}
    return Answer(document, "\n".join(lines), DONE if report.ok else FAILED)


def bench(_session: Session, arguments: Namespace) -> Answer:
    """Each benchmark is a module of its own process, which prints its rows as one JSON list."""
    known = benchmarks(CHECKOUT / "tests" / "benchmarks")
    for name in arguments.names:
        if name not in known:
            raise UnknownName("benchmark", name, known, f"There are: {', '.join(known)}.")
    wanted = arguments.names or [name for name in known if name not in LONG]
    rows = []
    with ProgressLine() as line:
        for name in wanted:
            line.show(f"measuring {name} …")
            rows += _measured(name)
    return Answer(rows, _bench_text(rows), FAILED if any("error" in row for row in rows) else DONE)


def benchmarks(folder: Path) -> list[str]:
    """The names of the benchmarks in a checkout.

    Raises:
        RequestError: if there is none, as where Arena was installed from a wheel.
    """
    names = sorted(path.stem for path in folder.glob("[!_]*.py") if not path.stem.startswith("test_"))
    if not names:
        raise RequestError(
            "The benchmarks lie in a checkout's tests/benchmarks, which an installed Arena does not have: "
            "clone the repository and run `make bench` there."
        )
    return names


def _measured(name: str) -> list[dict[str, Any]]:
    run = [sys.executable, "-m", f"tests.benchmarks.{name}", "--json"]
    done = subprocess.run(run, cwd=CHECKOUT, env=dict(os.environ), stdout=subprocess.PIPE, check=False)
    try:
        rows = msgspec.json.decode(done.stdout, type=list[dict[str, Any]])
    except msgspec.DecodeError:
        rows = []
    if done.returncode or not rows:
        return [{"name": name, "ours": None, "peer": None, "ratio": None, "error": "it did not finish"}]
    return rows


def _bench_text(rows: list[dict[str, Any]]) -> str:
    columns = ["name", "ours", "peer", "ratio", "unit"]
    listing = [[row.get(column) for column in columns] for row in rows]
    details = [f"{row['name']}: {row[word]}" for row in rows for word in ("error", "detail") if row.get(word)]
    return "\n".join([table(columns, listing), *details])
