"""The environments of Home: filters, and a card for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pygame

from arena.drawing.palette import AgentStyle
from arena.records import EnvironmentInfo, RunRecord
from arena.ui.layout import Column, Row, Spacer
from arena.ui.screens.home.environment_card import CardGrid, EnvironmentCard
from arena.ui.widget import Widget
from arena.ui.widgets.chip import FilterChips
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.text import Text

FILTERS = (("all", "All"), ("several", "Several players"), ("single", "Single player"))


class Environments:
    """Head row and cards, which the two kinds of Home put in different places."""

    def __init__(self, note: str) -> None:
        self._chips = FilterChips(FILTERS, "home.filter")
        self.head: Widget = Row(
            Text("Environments", "section"),
            Text(note, "body", "text3").sized(grow=1),
            self._chips,
            gap=10,
        ).sized(height=32)
        self.body = Column(Skeleton(0, 180))
        self.cards: list[EnvironmentCard] = []
        self._without: set[str] = set()

    def show(
        self, environments: Sequence[EnvironmentInfo], least: int, gap: int, enough: int | None = None
    ) -> None:
        """Args: least: width of a card; gap: between two; enough: columns that need no more beside them."""
        if not environments or [card.environment for card in self.cards] == list(environments):
            return
        self.cards = [EnvironmentCard(info, f"home.environment.{info.id}") for info in environments]
        self.body.replace_children([CardGrid(self.cards, least, gap, enough), Spacer(0)])
        several = sum(info.seats > 1 for info in environments)
        single = len(environments) - several
        self._chips.set_counts({"all": len(environments), "several": several, "single": single})
        self.filter(self._chips.chosen)

    def filter(self, key: str) -> None:
        for card in self.cards:
            card.visible = key == "all" or (card.environment.seats > 1) == (key == "several")

    def show_live(self, trained_in: Mapping[str, RunRecord], style: Mapping[str, AgentStyle]) -> None:
        """Args: by environment, the run that trains there; by agent, its style."""
        for card in self.cards:
            run = trained_in.get(card.environment.id)
            card.show_live((run.name, style[run.agent]) if run is not None else None)

    @property
    def without_picture(self) -> list[tuple[str, tuple[int, int]]]:
        """Ids of environments that want a picture, or one of another size, and that size; bare ones first."""
        wanted = [
            (card.has_picture, card.environment.id, size)
            for card in self.cards
            if (size := card.wanted) is not None and card.environment.id not in self._without
        ]
        return [(environment, size) for _, environment, size in sorted(wanted, key=lambda want: want[0])]

    def give_up(self, environment: str) -> None:
        """There is no picture of that environment."""
        self._without.add(environment)

    def show_picture(self, environment: str, picture: pygame.Surface) -> None:
        for card in self.cards:
            if card.environment.id == environment:
                card.show_picture(picture)


def load_picture(path: Path | None) -> pygame.Surface | None:
    """The picture in a file, None if there is none or it cannot be read."""
    try:
        return None if path is None else pygame.image.load(path)
    except (pygame.error, OSError):
        return None
