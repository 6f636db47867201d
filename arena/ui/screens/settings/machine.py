"""The panels about this computer: how many runs at once, its devices, and what is installed."""

from __future__ import annotations

import os
from collections.abc import Sequence

from arena.session.doctor import DoctorFact, DoctorReport
from arena.ui.format import count_of
from arena.ui.layout import Column, Grid, Row, Spacer
from arena.ui.screens.settings.rows import SettingRow, lines
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import State, StateChip
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.stepper import Stepper
from arena.ui.widgets.text import Paragraph, Text

IN_USE = State("In use", "ok", "check")
USABLE = State("Usable", "ok", "check")
MISSING = State("None", "neutral", "minus")
BROKEN = State("Not usable", "warn", "triangle-alert")
GO_ON = State("Runs go on", "neutral", "play")
MOST_WORKERS = 64


class MachinePanel(Panel):
    """Answers `Changed("settings.workers", n)` and `Pressed("settings.check")`."""

    def __init__(self) -> None:
        cores = os.cpu_count() or 1
        self.workers = Stepper(cores, "settings.workers", 1, MOST_WORKERS)
        self.check = Button("Check again", "settings.check", icon="rotate-cw", size="small")
        self._devices = Column(Column(Skeleton(4), padding=(12, 0, 5, 0)))
        hint = f"Each trains one seed; this computer has {count_of(cores, 'core')}"
        closed = SettingRow(
            "When Arena is closed", "Runs and matches are processes of their own", StateChip(GO_ON)
        )
        rows = lines([SettingRow("Worker processes", hint, self.workers), self._devices, closed])
        super().__init__(rows, title="Workers and devices", gap=4)

    def show(self, report: DoctorReport) -> None:
        facts = {fact.name: fact for fact in report.facts if fact.topic == "devices"}
        rows: list[Widget] = []
        if "cpu" in facts:
            memory = f"Memory {facts['memory'].value}" if "memory" in facts else ""
            rows.append(SettingRow(f"CPU, {facts['cpu'].value}", memory, StateChip(IN_USE), icon="cpu"))
        if "gpu" in facts:
            rows.append(self._gpu(facts["gpu"]))
        self._devices.replace_children([lines(rows)])

    def _gpu(self, fact: DoctorFact) -> SettingRow:
        found = "(" in fact.value and fact.ok
        chip = USABLE if found else MISSING if fact.ok else BROKEN
        words = f"GPU, {fact.value}" if found else "GPU, none found" if fact.ok else "GPU, not usable"
        hint = fact.advice or ("New runs may use it" if found else "Training uses the CPU")
        return SettingRow(words, hint, StateChip(chip), self.check, icon="gpu")


class InstalledPanel(Panel):
    """Versions, and what is missing with what to do about it."""

    def __init__(self) -> None:
        self._content = Column(Skeleton(5), gap=10)
        super().__init__(self._content, title="This installation", gap=8)

    def show(self, report: DoctorReport) -> None:
        versions = [fact for fact in report.facts if fact.topic == "versions"]
        parts: list[Widget] = [Grid([_version(fact) for fact in versions], least=210, gap=28, row_gap=4)]
        parts += _problems([fact for fact in report.facts if not fact.ok])
        self._content.replace_children(parts)

    def show_failure(self, sentence: str) -> None:
        self._content.replace_children([Paragraph(sentence, "body", "err")])


def _version(fact: DoctorFact) -> Row:
    value = fact.value.split(" on ")[0]
    ink = Text(value, "mono", "text" if fact.ok else "err")
    return Row(Text(fact.name, "body", "text2"), Spacer(), ink).sized(height=21)


def _problems(facts: Sequence[DoctorFact]) -> list[Widget]:
    return [
        Column(
            Paragraph(f"{fact.name[0].upper()}{fact.name[1:]}: {fact.value}", "body-medium", "warn"),
            Paragraph(fact.advice, "caption", "text2"),
            gap=1,
        )
        for fact in facts
    ]
