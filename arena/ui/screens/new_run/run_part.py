"""The dialog's fields of the run itself: name, steps, seeds and device."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from arena.orders import Device
from arena.requests import TrainRequest
from arena.ui.format import THIN_SPACE, count_of, number
from arena.ui.layout import Column, Row
from arena.ui.messages import Changed, Message, Submitted
from arena.ui.widgets.labelled import Labelled
from arena.ui.widgets.segment import Option, Segment
from arena.ui.widgets.stepper import Stepper
from arena.ui.widgets.text import Text
from arena.ui.widgets.text_field import TextField

MOST_SEEDS = 64
MOST_STEPS = 10**12
LAST_SEED = 2**31 - 1 - 1000
GAP = 20
Field = Literal["name", "steps", "seed"]
ONE_SEED = "More give an interval"
FEW_SEEDS = "Interval by Student's t"
SEEDS = "They give the interval"
ABOUT_SEEDS = "Independent repeats give the interval; of fewer than ten it is Student's t, and wide."
FEW = 10


def whole_number(text: str) -> int | None:
    """What `500 000`, `500_000`, `500k` or `0.5M` mean; None if it is no whole number."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kKmM]?)", re.sub(rf"[\s_,{THIN_SPACE}]", "", text))
    if match is None:
        return None
    value = float(match[1]) * {"": 1, "k": 1e3, "m": 1e6}[match[2].lower()]
    return int(value) if value == int(value) else None


class RunPart(Column):
    """Answers `Changed(id, None)` whenever a field is other than it was.

    Attributes:
        errors: the reason for each field that cannot be used.
        taken: names that other runs have.
    """

    def __init__(self, id: str, taken: Collection[str]) -> None:
        self.taken = {name.casefold() for name in taken}
        self.errors: dict[Field, str] = {}
        self._steps_default = 0
        self._name = TextField("", f"{id}.name", mono=True)
        self._steps = TextField("", f"{id}.steps", mono=True)
        self._seed = TextField("0", f"{id}.seed", mono=True)
        self._seeds = Stepper(1, f"{id}.seeds", 1, MOST_SEEDS)
        self._seeds.tooltip = ABOUT_SEEDS
        self._device = Segment(
            [Option("auto", "Auto"), Option("cpu", "CPU"), Option("gpu", "GPU, looking", enabled=False)],
            f"{id}.device",
        ).sized(height=30)
        self._steps_label = Labelled("Steps per seed", self._steps, "Of the environment", "from 1")
        self._device_label = Labelled("Device", self._device, "Auto takes the CPU")
        self._device_usual: Device | Literal["gpu"] = "auto"
        first = [Labelled("Name", self._name, "Free to change, also later"), self._steps_label]
        self._seeds_label = Labelled("Seeds", self._seeds, ONE_SEED, f"1 \u2026 {MOST_SEEDS}")
        self._seed_label = Labelled("First seed", self._seed, "To repeat a run")
        second = [
            self._seeds_label.sized(width=136),
            self._seed_label.sized(width=96),
            self._device_label.sized(grow=1),
        ]
        super().__init__(
            Text("Run", "section"),
            Row(*(one.sized(grow=1) for one in first), gap=GAP, across="start"),
            Row(*second, gap=14, across="start"),
            gap=10,
            id=id,
        )

    @property
    def name(self) -> str | None:
        """None to have one made."""
        return self._name.value.strip() or None

    @property
    def steps(self) -> int:
        return whole_number(self._steps.value) or 0

    @property
    def seed(self) -> int:
        return whole_number(self._seed.value) or 0

    @property
    def seeds(self) -> int:
        return int(self._seeds.value)

    @property
    def device(self) -> Device:
        chosen = self._device.chosen
        return (
            "cuda" if chosen == "cuda" else "mps" if chosen == "mps" else "cpu" if chosen == "cpu" else "auto"
        )

    def suggest(self, name: str, steps: int) -> None:
        """What name the run gets if none is typed, and the steps unless others were typed."""
        self._name.placeholder = name
        self._name.changed()
        if self._steps.value in ("", number(self._steps_default)):
            self._steps.value = number(steps)
        self._steps_default = steps
        self.check()

    def fill(self, request: TrainRequest) -> None:
        """Show what a request says of the run itself; a name is one run's own, so it is not taken over."""
        if request.steps is not None:
            self._steps.value = number(request.steps)
        self._seeds.value = request.seeds
        self._seed.value = str(request.seed)
        self._device.chosen = request.device
        self.check()

    def use_device(self, usual: Device | Literal["gpu"]) -> None:
        """Choose the device that new runs usually get; "gpu" waits for `offer_device`."""
        self._device_usual = usual
        self._device.chosen = usual

    def offer_device(self, found: str, cores: int) -> None:
        """Args: found is "cuda", "mps" or "" for no accelerator."""
        label = "GPU" if found else "GPU, none found"
        self._device.options[2] = Option(found or "gpu", label, enabled=bool(found))
        if self._device.chosen not in ("auto", "cpu"):
            self._device.chosen = found or "auto"
        if self._device_usual not in ("auto", "cpu"):
            self._device_usual = "cuda" if found == "cuda" else "mps" if found == "mps" else "auto"
        self._device.changed()
        words = count_of(cores, "core")
        hint = "Auto measures this run for 2 s on each" if found else f"Auto takes the CPU, {words}"
        self._device_label.hint = hint
        self._device_label.changed()
        self.check()

    def count_steps_of(self, learners: int) -> None:
        """Args: learners: 2 in a duel, whose steps are those of both."""
        self._steps_label.hint = "Of the environment" if learners == 1 else "Of both learners together"
        self._steps_label.changed()

    def check(self) -> None:
        """Look at every field again; what is wrong stands below it."""
        steps, seed = whole_number(self._steps.value), whole_number(self._seed.value)
        self.errors = {}
        if self.name is not None and self._clashes(self.name):
            self.errors["name"] = "Another run has this name"
        if steps is None or not 1 <= steps <= MOST_STEPS:
            self.errors["steps"] = "Use a whole number of at least 1"
        if seed is None or seed > LAST_SEED:
            self.errors["seed"] = f"Use a whole number from 0 to {number(LAST_SEED)}"
        for field, control in self._controls().items():
            control.error = self.errors.get(field, "")
        self._steps_label.touched = steps != self._steps_default
        self._seed_label.touched = seed != 0
        self._seeds_label.touched = self.seeds != 1
        self._device_label.touched = self._device.chosen != self._device_usual
        hint = ONE_SEED if self.seeds == 1 else FEW_SEEDS if self.seeds < FEW else SEEDS
        if hint != self._seeds_label.hint:
            self._seeds_label.hint = hint
            self._seeds_label.changed()

    def _clashes(self, name: str) -> bool:
        made = [name] if self.seeds == 1 else [f"{name}-{seed + 1}" for seed in range(self.seeds)]
        return any(one.casefold() in self.taken for one in made)

    def _controls(self) -> dict[Field, TextField]:
        return {"name": self._name, "steps": self._steps, "seed": self._seed}

    def refuse(self, field: Field, reason: str) -> None:
        """Show what the session has against a field that looked right."""
        self.errors[field] = reason
        self._controls()[field].error = reason

    def first_bad(self) -> TextField | None:
        return next((control for field, control in self._controls().items() if field in self.errors), None)

    def translate(self, message: Message) -> Message:
        if isinstance(message, (Changed, Submitted)) and message.id.startswith(f"{self.id}."):
            self.check()
            return Changed(self.id, None)
        return message
