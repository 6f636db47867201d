"""The dialog's choice of an environment: a card with its picture, and its own settings."""

from __future__ import annotations

from collections.abc import Sequence

import pygame
from pygame import Rect

from arena.records import EnvironmentInfo, ForeignEnvironment, action_count
from arena.settings import Value
from arena.ui.canvas import Canvas
from arena.ui.foreign import findable, where_from
from arena.ui.format import count_of
from arena.ui.layout import Column
from arena.ui.messages import Changed, Handled, Message
from arena.ui.widget import Pressable, Widget
from arena.ui.widgets.finder import Finder
from arena.ui.widgets.form import Form
from arena.ui.widgets.menu import Entry, open_menu
from arena.ui.widgets.text import Paragraph, Text

CARD_HEIGHT = 70
OTHER = "other"


def facts_of(environment: EnvironmentInfo) -> str:
    """`1 player · 4 actions`, `2 players · 7 actions`."""
    actions = count_of(action_count(environment), "action")
    if environment.action.kind == "box":
        actions = f"{count_of(action_count(environment), 'dimension')} of action"
    return f"{count_of(environment.seats, 'player')} \u00b7 {actions}"


class EnvironmentCard(Pressable):
    """Shows the chosen environment; pressing it drops a list of all. Answers `Changed(id, its id)`."""

    def __init__(self, environments: Sequence[EnvironmentInfo], chosen: EnvironmentInfo, id: str) -> None:
        super().__init__(id)
        self.environments = list(environments)
        self._chosen = chosen
        self._facts = facts_of(chosen)
        self._picture: pygame.Surface | None = None

    @property
    def chosen(self) -> EnvironmentInfo:
        return self._chosen

    def choose(self, environment: EnvironmentInfo) -> None:
        self._chosen = environment
        self._picture = None
        self.show_facts(environment)

    def show_facts(self, environment: EnvironmentInfo) -> None:
        """Says what the chosen environment is like under its settings."""
        self._facts = facts_of(environment)
        self.changed()

    def show_picture(self, picture: pygame.Surface | None) -> None:
        self._picture = picture
        self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, CARD_HEIGHT

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.box(self.rect, theme.hover if self.hovered else theme.inset, theme.field, 6)
        stage = Rect(self.rect.left + 6, self.rect.top + 6, 87, CARD_HEIGHT - 12)
        canvas.box(stage, theme.stage, radius=4)
        if self._picture is not None:
            canvas.picture(self._picture, stage)
        words = Rect(stage.right + 14, self.rect.top + 16, self.rect.right - stage.right - 50, 18)
        chosen = self._chosen
        name = canvas.text_width(chosen.title, "body-medium")
        canvas.text(chosen.title, words, "body-medium")
        beside = Rect(words.left + name + 8, words.top, words.width - name - 8, 18)
        if canvas.text_width(chosen.id, "mono-small") <= beside.width:
            canvas.text(chosen.id, beside, "mono-small", theme.text3)
        words.top += 20
        canvas.text(self._facts, words, "caption", theme.text2)
        icon = Rect(self.rect.right - 30, self.rect.top, 16, CARD_HEIGHT)
        canvas.icon("chevrons-up-down", icon, 16, theme.text2)

    def activate(self) -> Message:
        entries = [Entry(known.id, known.title, note=known.id) for known in self.environments]
        entries.append(Entry(OTHER, "Another environment\u2026"))
        open_menu(self, entries, lambda key: Changed(self.id, key), self._chosen.id)
        return Handled()


class EnvironmentPart(Column):
    """The card, a finder for environments that are known by their ids alone, and the settings.

    Answers `Changed(id, environment id)`, `Changed(id.form, values)` and, for one that was found or whose id
    was typed, `Submitted(id.find, environment id)`.
    """

    def __init__(
        self,
        environments: Sequence[EnvironmentInfo],
        foreign: Sequence[ForeignEnvironment],
        chosen: EnvironmentInfo,
        id: str,
    ) -> None:
        self.card = EnvironmentCard(environments, chosen, f"{id}.card")
        self.finder = Finder(findable(foreign), f"{id}.find", "A name or an id")
        self._opening = Paragraph(where_from(foreign), "caption", "text3")
        self._where_from = where_from(foreign)
        self._other = Column(self.finder, self._opening, gap=6)
        self._other.visible = False
        self._settings = Column()
        self.board = Paragraph(" ", "caption", "text3")
        super().__init__(
            Text("Environment", "section"), self.card, self._other, self._settings, self.board, gap=10, id=id
        )
        self.form = self._new_form(chosen)

    @property
    def chosen(self) -> EnvironmentInfo:
        return self.card.chosen

    def _new_form(self, environment: EnvironmentInfo) -> Form:
        columns = 1 if len(environment.settings) < 3 else 2
        form = Form(environment.settings, f"{self.id}.form", columns)
        self._settings.replace_children([form] if environment.settings else [])
        self._settings.visible = bool(environment.settings)
        return form

    def choose(self, environment: EnvironmentInfo) -> None:
        """Show another environment with its default settings; one not listed yet is added."""
        if environment.id not in {known.id for known in self.card.environments}:
            self.card.environments.append(environment)
        self.card.choose(environment)
        self._other.visible = False
        self.form = self._new_form(environment)

    def ask_for_id(self) -> Widget:
        """Offer a field for what is known by its id alone; returns what to focus."""
        self._opening.text = self._where_from
        self._other.visible = True
        return self.finder.field

    def show_opening(self, name: str) -> None:
        """Say that it is looked at, which takes a moment."""
        self.finder.error = ""
        self._opening.text = f"Opening {name}\u2026"

    def show_not_found(self) -> None:
        self.finder.error = "It does not open"
        self._opening.text = self._where_from

    def values(self) -> dict[str, Value]:
        return self.form.values()

    def show_board(self) -> None:
        """Say on which board the run will be ranked."""
        values = {fact.name: fact.default for fact in self.chosen.settings} | self.values()
        board = self.chosen.board(values)
        own = board.removeprefix(self.chosen.id).strip()
        self.board.text = f"Ranked on a board of its own: {own}" if self.values() else f"Ranked on {board}"

    def translate(self, message: Message) -> Message:
        if isinstance(message, Changed) and message.id == self.card.id:
            return Changed(self.id, message.value)
        return message
