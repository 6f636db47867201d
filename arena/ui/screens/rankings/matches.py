"""The strip that tells of a match under way: who plays, how far it is, and how to stop it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arena.records import MatchRecord
from arena.ui.format import number, time_left
from arena.ui.layout import Column, Row
from arena.ui.messages import Message, Pressed
from arena.ui.screens.rankings.board import live, planned
from arena.ui.widgets.button import Button
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.progress import Progress
from arena.ui.widgets.text import Text


@dataclass(frozen=True)
class _Sighting:
    """How far a match was when it was first seen, for the time that is left."""

    match: str
    played: int
    at: float


class MatchStrip(Panel):
    """Shows one match that is live, or that broke off and can go on.

    Answers `Pressed` of `<id>.stop` and `<id>.resume`.
    """

    def __init__(self, id: str) -> None:
        self._title = Text("", "body-medium").sized(grow=1)
        self._bar = Progress(0.0)
        self._stop = Button("Stop", f"{id}.stop", "danger", "square", "small")
        self._resume = Button("Resume", f"{id}.resume", "plain", "play", "small")
        super().__init__(
            Row(Column(self._title, self._bar, gap=6).sized(grow=1), self._resume, self._stop, gap=14), id=id
        )
        self.padding = (10, 14, 8, 14)
        self._match: MatchRecord | None = None
        self._seen: _Sighting | None = None
        self.visible = False

    @property
    def match(self) -> MatchRecord | None:
        return self._match

    def show(self, match: MatchRecord | None, seats: int, labels: Mapping[str, str], now: float) -> None:
        """Args: `now` is monotonic seconds."""
        self._match = match
        self.visible = match is not None
        if match is None:
            return
        if self._seen is None or self._seen.match != match.id or match.played < self._seen.played:
            self._seen = _Sighting(match.id, match.played, now)
        total = planned(match, seats)
        names = [labels[player] for player in match.players if player in labels]
        self._title.text = (
            " v ".join(names) if 1 < len(names) < 4 else f"Match between {len(match.players)} players"
        )
        if len(match.players) == 1 and names:
            self._title.text = f"{names[0]} plays"
        self._bar.show(
            match.played / max(1, total),
            f"{number(match.played)} of {number(total)} games",
            self._side(match, total, now),
        )
        self._stop.visible, self._resume.visible = live(match), not live(match)

    def _side(self, match: MatchRecord, total: int, now: float) -> str:
        if not live(match):
            return match.message or "Broke off; the games it played are kept"
        seen = self._seen
        if match.state == "queued" or seen is None or match.played <= seen.played:
            return "starting" if match.played == 0 else time_left(None)
        pace = (match.played - seen.played) / max(1e-3, now - seen.at)
        return time_left((total - match.played) / pace)

    def translate(self, message: Message) -> Message:
        if isinstance(message, Pressed) and self._match is not None:
            self._stop.enabled = message.id != self._stop.id
        return message


def to_show(matches: tuple[MatchRecord, ...], board: str) -> MatchRecord | None:
    """The board's live match, else its newest if that broke off."""
    own = [match for match in matches if match.board == board]
    running = next((match for match in reversed(own) if live(match)), None)
    if running is not None:
        return running
    return own[0] if own and own[0].state in ("lost", "failed") else None
