"""The session's side of numbers: what several runs came to together, and metrics for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arena.contest.bands import Band
from arena.contest.statistics import Measure
from arena.records import RunRecord
from arena.requests import GroupSummary
from arena.session import exporting, summaries
from arena.store import Home, Store


class NumbersSide:
    """What a session can be asked about results; a name is a group's id, or a run's name or id."""

    home: Home
    _store: Store

    def group_summary(self, name: str) -> GroupSummary:
        """What the runs of one request came to: mean and interquartile mean with intervals over runs."""
        return summaries.group_summary(self._named([name]), self.home)

    def group_band(self, name: str, metric: str, measure: Measure = "mean") -> Band:
        """A metric of a group's runs as one curve with its interval; blocks while their files are read."""
        return summaries.group_band(self._named([name]), self.home, metric, measure)

    def csv_text(self, names: Sequence[str]) -> str:
        """The metrics of these runs as CSV: a row a step, with `run,seed,step,seconds` and each metric."""
        return exporting.csv_text(self._named(names), self.home)

    def export_csv(self, names: Sequence[str], path: Path, *, force: bool = False) -> Path:
        """Writes the same to a file.

        Raises:
            RequestError: if the file exists and is not to be replaced, or cannot be written.
        """
        return exporting.export_csv(self._named(names), self.home, path, force=force)

    def export_tensorboard(self, names: Sequence[str], folder: Path, *, force: bool = False) -> list[Path]:
        """Writes TensorBoard's event files, in a folder for each run; blocks.

        Raises:
            RequestError: if its package is missing, a run has files there that are not to be replaced, or one
                cannot be written.
        """
        return exporting.export_tensorboard(self._named(names), self.home, folder, force=force)

    def _named(self, names: Sequence[str]) -> list[RunRecord]:
        """The runs of these names, each once; a group's id stands for all its runs."""
        runs = [run for name in names for run in self._store.group(name) or [self._store.run(name)]]
        return list({run.id: run for run in runs}.values())
