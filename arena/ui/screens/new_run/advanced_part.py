"""The dialog's page for what few runs need: weights to begin with, and tensors kept on disk."""

from __future__ import annotations

import math
from collections.abc import Sequence

from arena.ui.format import setting_value
from arena.ui.layout import Column, Row
from arena.ui.messages import Changed, Message, Submitted
from arena.ui.widgets.labelled import Labelled
from arena.ui.widgets.menu import Select
from arena.ui.widgets.text import Paragraph
from arena.ui.widgets.text_field import TextField

FRESH = ""
NO_NUMBER = "Use a number of megabytes, or leave it empty"
GAP = 20


def megabytes(text: str) -> float | None:
    """A number of at least 0; None if it is none.

    Raises:
        ValueError: if it is not a number of at least 0.
    """
    if not text.strip():
        return None
    value = float(text.replace(",", "."))
    if not math.isfinite(value) or value < 0:
        raise ValueError(text)
    return value


class AdvancedPart(Column):
    """Answers `Changed(id, None)` whenever a field is other than it was.

    Attributes:
        error: what is wrong with a field, as a sentence for beside the button; empty if nothing is.
    """

    def __init__(self, id: str, offload_help: str) -> None:
        """Args: offload_help: what keeping tensors on disk does and costs."""
        self.error = ""
        self._wanted: str | None = None
        self._start = Select([(FRESH, "New weights")], f"{id}.start", FRESH)
        self._offload = TextField("", f"{id}.offload", "never", mono=True, suffix="MB")
        hint = "Or those of an earlier run or player of this agent here"
        self._start_label = Labelled("Start from", self._start, hint)
        self._offload_label = Labelled("Keep tensors on disk above", self._offload, offload_help)
        self._refused = Paragraph("", "caption", "err")
        self._refused.visible = False
        start = Column(self._start_label, self._refused, gap=4)
        super().__init__(
            Row(start.sized(grow=1), self._offload_label.sized(grow=1), gap=GAP, across="start"), id=id
        )

    @property
    def start_from(self) -> str | None:
        return self._start.chosen or None

    @property
    def offload_mb(self) -> float | None:
        try:
            return megabytes(self._offload.value)
        except ValueError:
            return None

    @property
    def changed_count(self) -> int:
        return sum(label.touched for label in (self._start_label, self._offload_label))

    def fit(self, starts: Sequence[tuple[str, str]]) -> None:
        """Args: starts: word and label of whatever weights the agent can begin with here."""
        known = {word for word, _ in starts}
        kept = self.start_from if self.start_from in known or self.start_from == self._wanted else None
        extra = [(kept, kept)] if kept and kept not in known else []
        self._start.set_options([(FRESH, "New weights"), *extra, *starts], kept or FRESH)
        self.check()

    def fill(self, start_from: str | None, offload_mb: float | None) -> None:
        """Show what a request says."""
        self._wanted = start_from
        if start_from is not None:
            self._start.set_options([(FRESH, "New weights"), (start_from, start_from)], start_from)
        self._offload.value = "" if offload_mb is None else setting_value(float(offload_mb))
        self.check()

    def check(self) -> None:
        """Look at the fields again."""
        try:
            megabytes(self._offload.value)
            self.error, self._offload.error = "", ""
        except ValueError:
            self.error, self._offload.error = f"Keep tensors on disk above: {NO_NUMBER}", NO_NUMBER
        self._start_label.touched = self.start_from is not None
        self._offload_label.touched = bool(self._offload.value.strip())
        self.refuse("")

    def refuse(self, sentence: str) -> bool:
        """Show what the session has against the weights to begin with; False if it speaks of other things."""
        mine = self.start_from is not None and self.start_from in sentence
        self._refused.text = sentence if mine else ""
        self._refused.visible = mine
        return mine

    def focus_place(self) -> TextField:
        return self._offload

    def translate(self, message: Message) -> Message:
        if isinstance(message, (Changed, Submitted)) and message.id.startswith(f"{self.id}."):
            self.check()
            return Changed(self.id, None)
        return message
