"""The panels about this computer: how many runs at once, its devices, and what is installed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from arena.session.doctor import DoctorFact, DoctorReport
from arena.ui.format import count_of
from arena.ui.layout import Column, Grid, Row, Spacer
from arena.ui.preferences import (
    GO_ON,
    PAUSE,
    SPARE_WORKER,
    device_of_new_runs,
    pauses_at_closing,
    switched_on,
)
from arena.ui.screens.settings.rows import SettingRow, lines
from arena.ui.screens.settings.telling import SWITCH
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import State, StateChip
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.segment import Option, Segment
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.stepper import Stepper
from arena.ui.widgets.text import Paragraph, Text
from arena.ui.widgets.toggle import Toggle

IN_USE = State("In use", "ok", "check")
USABLE = State("Usable", "ok", "check")
MISSING = State("None", "neutral", "minus")
BROKEN = State("Not usable", "warn", "triangle-alert")
MOST_WORKERS = 64


class MachinePanel(Panel):
    """Answers `Changed` of settings.workers, .device, .on-close and a switch, `Pressed("settings.check")`."""

    def __init__(self) -> None:
        cores = os.cpu_count() or 1
        self.workers = Stepper(cores, "settings.workers", 1, MOST_WORKERS)
        self.check = Button("Check again", "settings.check", icon="rotate-cw", size="small")
        self._devices = Column(Column(Skeleton(4), padding=(12, 0, 5, 0)))
        hint = f"Each trains one seed; this computer has {count_of(cores, 'core')}"
        self._device = Segment(
            [Option("auto", "Auto"), Option("cpu", "CPU"), Option("gpu", "GPU, looking", enabled=False)],
            "settings.device",
        )
        self._on_close = Segment([(GO_ON, "Runs go on"), (PAUSE, "Pause all runs")], "settings.on-close")
        self._spare = Toggle("", f"{SWITCH}{SPARE_WORKER}", True)
        spare = "While Arena is open, so that runs begin at once; takes 350 MB"
        rows = lines(
            [
                SettingRow("Worker processes", hint, self.workers),
                SettingRow("Keep a worker ready", spare, self._spare),
                self._devices,
                SettingRow("Device of new runs", "A run can still choose its own", self._device),
                SettingRow("When Arena is closed", "Runs are processes of their own", self._on_close),
            ]
        )
        super().__init__(rows, title="Workers and devices", gap=4)

    def show_preferences(self, preferences: Mapping[str, Any]) -> None:
        workers = preferences.get("workers")
        if isinstance(workers, int) and workers > 0:
            self.workers.value = workers
        self._spare.on = switched_on(preferences, SPARE_WORKER)
        self._device.chosen = device_of_new_runs(preferences)
        self._on_close.chosen = PAUSE if pauses_at_closing(preferences) else GO_ON

    def show(self, report: DoctorReport) -> None:
        facts = {fact.name: fact for fact in report.facts if fact.topic == "devices"}
        found = "gpu" in facts and _is_found(facts["gpu"])
        self._device.options[2] = Option("gpu", "GPU" if found else "GPU, none found", enabled=found)
        self._device.changed()
        self._device.relayout()
        rows: list[Widget] = []
        if "cpu" in facts:
            memory = f"Memory {facts['memory'].value}" if "memory" in facts else ""
            rows.append(SettingRow(f"CPU, {facts['cpu'].value}", memory, StateChip(IN_USE), icon="cpu"))
        if "gpu" in facts:
            rows.append(self._gpu(facts["gpu"]))
        self._devices.replace_children([lines(rows)])

    def _gpu(self, fact: DoctorFact) -> SettingRow:
        found = _is_found(fact)
        chip = USABLE if found else MISSING if fact.ok else BROKEN
        words = f"GPU, {fact.value}" if found else "GPU, none found" if fact.ok else "GPU, not usable"
        hint = fact.advice or ("New runs may use it" if found else "Training uses the CPU")
        return SettingRow(words, hint, StateChip(chip), self.check, icon="gpu")


def _is_found(gpu: DoctorFact) -> bool:
    return "(" in gpu.value and gpu.ok


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
