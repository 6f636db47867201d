"""What the long benchmarks share: their options, their store, and the tables that are made of it."""

from __future__ import annotations

import statistics
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from arena.contest.statistics import interval_of_mean
from arena.settings import Value
from tests.benchmarks import _sb3
from tests.benchmarks._cells import Pace, carry_out, missing
from tests.benchmarks._ending import clean_up_when_ended
from tests.benchmarks._machine import source_of
from tests.benchmarks._orders import agent_spec, budget_for, settings_for
from tests.benchmarks._rows import Row, parser, tell
from tests.benchmarks._store import RESULTS, Cell, Result, Store


@dataclass(frozen=True)
class Long:
    """A benchmark of many cells.

    Attributes:
        module: whose `measure` measures a cell.
        cells: what is wanted, in the order in which it is to be run.
        rows: what `arena bench` is told of the results, which are given in that order, too.
        table: the same in markdown.
        options: adds the benchmark's own options.
    """

    module: str
    doc: str | None
    seeds: str
    cells: Callable[[Namespace], list[Cell]]
    rows: Callable[[Sequence[Result]], list[Row]]
    table: Callable[[Sequence[Result]], str]
    options: Callable[[ArgumentParser], None] = lambda _parser: None

    def main(self) -> None:
        """Runs what is missing and tells all there is; ends with 1 if a cell failed."""
        clean_up_when_ended()
        asked = self.asked()
        store, cells = Store(asked.results, self.module), self.cells(asked)
        failed: list[Cell] = []
        if not asked.table:
            wanted = cells if asked.again else missing(cells, store)
            failed = carry_out(self.module, possible(wanted), store, Pace(asked.jobs, asked.limit_minutes))
        known = store.results()
        found = [known[cell.key] for cell in cells if cell.key in known]
        if asked.json:
            tell(self.rows(found), as_json=True)
        else:
            print(self.table(found))
            print("\n".join(notes(found, cells)))
        sys.exit(1 if failed else 0)

    def asked(self) -> Namespace:
        options = parser(self.doc)
        options.add_argument("--seeds", type=numbers, default=numbers(self.seeds), help="as 100-109 or 0,1")
        options.add_argument("--results", type=Path, default=RESULTS, help="the folder that keeps them")
        options.add_argument("--jobs", type=int, default=1, help="cells side by side")
        options.add_argument("--limit-minutes", type=float, help="begin no other cell after that")
        options.add_argument("--again", action="store_true", help="run what is there already, too")
        options.add_argument("--table", action="store_true", help="run nothing, only show what is there")
        self.options(options)
        return options.parse_args()


def numbers(text: str) -> list[int]:
    """As "0,1,5" or "100-109" says them."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def ours(
    agent: str,
    environment: str,
    seed: int,
    *,
    preset: str | None = None,
    changes: Mapping[str, Value] | None = None,
    called: str | None = None,
    most_steps: int | None = None,
    budget: int | None = None,
    **rule: Any,
) -> Cell:
    """A shipped agent's run with the settings and the budget that it ships with.

    Args:
        most_steps: an upper bound of the budget.
        rule: what else decides the result, as how it is looked at.
    """
    spec = agent_spec(agent)
    steps = budget or budget_for(spec, environment, preset)
    settings = {
        "agent": agent,
        "settings": settings_for(spec, environment, preset, changes),
        "budget": min(steps, most_steps or steps),
        **rule,
    }
    return Cell(contender=called or agent, environment=environment, seed=seed, settings=settings)


def peer(algorithm: str, environment: str, seed: int, budget: int, **rule: Any) -> Cell:
    """A run of Stable-Baselines3 with the settings of rl-zoo."""
    settings = {
        "sb3": algorithm,
        "settings": dict(_sb3.ZOO[algorithm][environment]),
        "budget": budget,
        **rule,
    }
    return Cell(contender=f"SB3 {algorithm}", environment=environment, seed=seed, settings=settings)


def possible(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The cells that can be run here; says so if the peers are left out."""
    own = [cell for cell in cells if "sb3" not in cell.settings]
    if _sb3.installed() or len(own) == len(cells):
        return cells
    print(_sb3.MISSING, file=sys.stderr)
    return own


def by_contender(results: Iterable[Result]) -> dict[tuple[str, str], list[Result]]:
    """Results by contender and environment, in the order in which these come first."""
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        found.setdefault((result.cell.contender, result.cell.environment), []).append(result)
    return found


def scores(results: Iterable[Result]) -> list[float]:
    return [one.outcome.score for one in results if one.outcome.score is not None]


def mean_words(values: Sequence[float], digits: int = 0) -> str:
    """A mean with its 95 % interval over runs, as in "487 (450 to 500)"."""
    if not values:
        return "none"
    found = interval_of_mean(values)
    if len(values) == 1:
        return f"{found.mean:,.{digits}f}"
    return f"{found.mean:,.{digits}f} ({found.low:,.{digits}f} to {found.high:,.{digits}f})"


def spread_words(values: Sequence[float], digits: int = 1) -> str:
    """A median with the least and the most, as in "1.2 (0.8–2.0)"; a run that never got there counts as ∞."""
    if not values:
        return "none"
    middle, least, most = (
        "∞" if value == inf else f"{value:,.{digits}f}"
        for value in (statistics.median(values), min(values), max(values))
    )
    return middle if len(values) == 1 else f"{middle} ({least}–{most})"


def times(theirs: Sequence[float], ours: Sequence[float]) -> str:
    """How many times as much the peer takes, by medians; empty if ours never got there."""
    slow, fast = statistics.median(theirs or [inf]), statistics.median(ours or [inf])
    if fast == inf:
        return ""
    return "∞" if slow == inf else f"{slow / fast:.1f}×"


def notes(results: Sequence[Result], cells: Sequence[Cell]) -> list[str]:
    """What a reader of the table should know: with what it was made, what is missing and what is stale."""
    commits: dict[str, set[str]] = {}
    for result in results:
        commits.setdefault(_made_with(result), set()).add(result.made_with.commit)
    lines = [f"Made with {words}, at {', '.join(sorted(known))}." for words, known in commits.items()]
    if len(results) < len(cells):
        lines.append(f"{len(cells) - len(results)} of {len(cells)} runs are not there yet.")
    present = {agent: source_of(agent) for agent in {_agent(result) for result in results}}
    stale = [result for result in results if result.made_with.source != present[_agent(result)]]
    for agent in sorted({_agent(result) for result in stale}):
        count = sum(_agent(result) == agent for result in stale)
        lines.append(
            f"{count} runs of {agent} were made with another version of its file; --again runs them."
        )
    return lines


def _agent(result: Result) -> str:
    return str(result.cell.settings.get("agent", ""))


def _made_with(result: Result) -> str:
    made = result.made_with
    versions = ", ".join(f"{name} {version}" for name, version in made.versions.items())
    return f"Arena {made.arena}, {versions}, on {made.machine}"
