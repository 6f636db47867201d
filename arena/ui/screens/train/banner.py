"""What happened to a run that was lost or has failed, what is safe, and the way on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.records import RunRecord
from arena.ui.canvas import Canvas
from arena.ui.format import count_of, duration, number, short_number
from arena.ui.layout import Column, Row, Spacer
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.picture import steps_to_repeat
from arena.ui.screens.train.reading import Reading
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.empty import IconTile
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.text import Paragraph, Text

FACT = 205


class Fact(Widget):
    """An icon with a line and a sub-line: "Step 1 140 000 is safe / saved 14:01:08"."""

    overhang = 0

    def __init__(self, icon: str, title: str, detail: str) -> None:
        super().__init__()
        self._icon, self._title, self._detail = icon, title, detail

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        words = max(canvas.text_width(self._title, "body-medium"), canvas.text_width(self._detail, "caption"))
        return words + 28, 34

    def draw(self, canvas: Canvas) -> None:
        theme, rect = canvas.theme, self.rect
        canvas.icon(self._icon, Rect(rect.left, rect.top + 8, 16, 16), 16, theme.text2)
        words = Rect(rect.left + 27, rect.top, rect.width - 27, 18)
        canvas.text(self._title, words, "body-medium", theme.text)
        canvas.text(self._detail, Rect(words.left, rect.top + 19, words.width, 14), "caption", theme.text2)


class Banner(Panel):
    """Hidden while all is well.

    Presses: `train.resume.lost`, `train.duplicate`, `train.free`, `train.traceback`.
    """

    def __init__(self) -> None:
        super().__init__(id="train.banner")
        self.look = "danger"
        self.visible = False
        self._shown: object = None

    def show(self, reading: Reading, group: Group) -> None:
        lost, failed = group.of_state("lost"), group.of_state("failed")
        hit = lost or failed
        saved_at = {run.id: reading.saved_at.get(run.id) for run in hit}
        traceback = any(line.level == "error" and line.text.startswith("Traceback") for line in reading.log)
        shown = (hit, saved_at, traceback)
        if shown == self._shown:
            return
        self._shown = shown
        self.visible = bool(hit)
        if lost:
            self._fill(_lost_title(lost, group), f"{LOST} {_way_on(lost)}", "unplug", lost, saved_at, False)
        elif failed:
            reason = failed[0].message or "Its worker gave no reason."
            cause = cause_of(reason)
            title = _failed_title(failed, group) if cause is None else _of_seeds(cause.title, failed, group)
            advice = "" if cause is None else f" {cause.advice}"
            self._fill(title, f"{reason}{advice}", "circle-x", failed, saved_at, traceback, cause)

    def _fill(
        self,
        title: str,
        sentence: str,
        icon: str,
        runs: Sequence[RunRecord],
        saved_at: dict[str, float | None],
        traceback: bool,
        cause: Cause | None = None,
    ) -> None:
        saved = [run.checkpoint_step for run in runs if run.checkpoint_step]
        step = f"Resume from {short_number(min(saved))}" if len(saved) == len(runs) else "Start again"
        repeats = cause is not None and cause.repeats
        resume = Button(step, "train.resume.lost", "plain" if repeats else "primary", "play")
        resume.with_tooltip("Resume\tP")
        buttons: list[Widget] = [resume]
        if repeats:
            buttons.append(Button("Duplicate run", "train.duplicate", "primary", "copy"))
        if cause is not None and cause.of_disk:
            buttons.insert(0, Button("Free some space", "train.free", icon="folder"))
        words = Column(Text(title, "strong"), Paragraph(sentence, "body", "text2"), gap=3).sized(grow=1)
        facts: list[Widget] = [*_facts(runs, saved_at), Spacer()]
        if traceback:
            facts.append(Button("Show traceback", "train.traceback", size="small"))
        self.replace_children(
            [
                Row(
                    IconTile(icon, error=True, size=36),
                    Column(
                        Row(words, Row(*buttons, gap=8), gap=16, across="start"),
                        Row(*facts, gap=24),
                        gap=12,
                    ).sized(grow=1),
                    gap=13,
                    across="start",
                )
            ]
        )


@dataclass(frozen=True)
class Cause:
    """A known way to fail, with the safe step out of it.

    Attributes:
        repeats: a resumed run would fail again in the same way.
        of_disk: there is no room for its files.
    """

    title: str
    advice: str
    repeats: bool = False
    of_disk: bool = False


def cause_of(reason: str) -> Cause | None:
    """What a run's last sentence tells of; None if it is nothing in particular."""
    said = reason.lower()
    if "out of memory" in said:
        return Cause("There was not enough memory", "What was saved before is kept.")
    if "diverged" in said:
        advice = "Resumed, it would do the same again; duplicate it with a smaller step size."
        return Cause("The numbers ran away", advice, repeats=True)
    if "no space left" in said or ("disk" in said and "full" in said):
        return Cause("The disk is full", "Free some space, then resume; nothing saved is lost.", of_disk=True)
    return None


def _of_seeds(title: str, runs: Sequence[RunRecord], group: Group) -> str:
    if len(group.runs) == 1:
        return title
    seeds = ", ".join(str(run.seed) for run in runs)
    return f"{title} for {'seed' if len(runs) == 1 else 'seeds'} {seeds}"


LOST = "Its process was killed from outside, or the computer went off; there were no last words."


def _way_on(lost: Sequence[RunRecord]) -> str:
    """What becomes of lost runs that are resumed."""
    saved = sum(bool(run.checkpoint_step) for run in lost)
    if saved == len(lost):
        return "The run is kept and can go on from its last checkpoint."
    if saved:
        return "Those with a checkpoint can go on from it, the others start from the beginning."
    return "No checkpoint was saved yet, so it starts from the beginning."


def _lost_title(lost: Sequence[RunRecord], group: Group) -> str:
    if len(group.runs) == 1:
        return "The process of this run ended without a word"
    seeds = ", ".join(str(run.seed) for run in lost)
    return f"The process of {'seed' if len(lost) == 1 else 'seeds'} {seeds} ended without a word"


def _failed_title(failed: Sequence[RunRecord], group: Group) -> str:
    if len(group.runs) == 1:
        return "This run was stopped by an error"
    seeds = ", ".join(str(run.seed) for run in failed)
    return f"{'Seed' if len(failed) == 1 else 'Seeds'} {seeds} stopped by an error"


def _facts(runs: Sequence[RunRecord], saved_at: dict[str, float | None]) -> list[Fact]:
    """What is safe and what has to be repeated, of the run with most to repeat."""
    run = max(runs, key=steps_to_repeat)
    repeat = steps_to_repeat(run)
    pace = run.step / run.training_seconds if run.training_seconds > 0 else 0.0
    when = saved_at.get(run.id)
    if run.checkpoint_step:
        saved = f"saved {time.strftime('%H:%M:%S', time.localtime(when))}" if when else "saved on the disk"
        facts = [Fact("save", f"Step {number(run.checkpoint_step)} is safe", saved)]
    else:
        facts = [Fact("save", "No checkpoint yet", "nothing to go on from")]
    took = f"about {duration(repeat / pace)}, same result" if pace else "with the same result"
    if repeat:
        facts.append(Fact("rotate-cw", f"{count_of(repeat, 'step')} to repeat", took))
    return facts
