"""What a command answers about runs: documents for scripts, sentences for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arena.cli.answers import Answer
from arena.cli.progress import clock
from arena.records import RunRecord, RunState, plain
from arena.requests import Estimate, GroupSummary
from arena.session import Session

# A group of runs is in the first of these states that one of its runs is in.
BY_CONCERN: tuple[RunState, ...] = ("failed", "lost", "stopped", "paused", "running", "queued", "finished")


def named(session: Session, name: str) -> list[RunRecord]:
    """The run of that id or name, or all runs of that group."""
    return session.group(name) or [session.run(name)]


def about(session: Session, found: Sequence[RunRecord], code: int) -> Answer:
    """The answer about one run, or about several that were begun together."""
    text = "\n".join(run_text(run) for run in found)
    if len(found) == 1:
        return Answer(run_document(found[0]), text, code)
    summary = session.group_summary(found[0].group)
    return Answer(group_document(found, summary), "\n".join([text, *group_text(summary)]), code)


def size_text(count: float) -> str:
    """Bytes as people read them, as in 1.5 GB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


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
