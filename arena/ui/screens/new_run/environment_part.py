"""The dialog's choice of an environment: a card with its picture, and its own settings."""

from __future__ import annotations

from collections.abc import Sequence

import pygame
from pygame import Rect

from arena.records import EnvironmentInfo, action_count
from arena.settings import Value
from arena.ui.canvas import Canvas
from arena.ui.format import count_of
from arena.ui.layout import Column, Row
from arena.ui.messages import Changed, Handled, Message
from arena.ui.widget import Pressable, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.form import Form
from arena.ui.widgets.labelled import Labelled
from arena.ui.widgets.menu import Entry, open_menu
from arena.ui.widgets.text import Paragraph, Text
from arena.ui.widgets.text_field import TextField

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
        self._picture: pygame.Surface | None = None

    @property
    def chosen(self) -> EnvironmentInfo:
        return self._chosen

    def choose(self, environment: EnvironmentInfo) -> None:
        self._chosen = environment
        self._picture = None
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
        canvas.text(facts_of(chosen), words, "caption", theme.text2)
        icon = Rect(self.rect.right - 30, self.rect.top, 16, CARD_HEIGHT)
        canvas.icon("chevrons-up-down", icon, 16, theme.text2)

    def activate(self) -> Message:
        entries = [Entry(known.id, known.title, note=known.id) for known in self.environments]
        entries.append(Entry(OTHER, "Another Gymnasium environment\u2026"))
        open_menu(self, entries, lambda key: Changed(self.id, key), self._chosen.id)
        return Handled()


class EnvironmentPart(Column):
    """The card, a field for an id that is not listed, and the settings.

    Answers `Changed(id, environment id)`, `Changed(id.form, values)` and, for an id that was typed,
    `Pressed(id.look)` or `Submitted(id.name, text)`.
    """

    def __init__(self, environments: Sequence[EnvironmentInfo], chosen: EnvironmentInfo, id: str) -> None:
        self.card = EnvironmentCard(environments, chosen, f"{id}.card")
        self.name = TextField("", f"{id}.name", "As in MountainCar-v0", mono=True)
        look_up = Row(
            Labelled("Gymnasium id", self.name, "Press Enter to look it up").sized(grow=1),
            Button("Look up", f"{id}.look", size="small"),
            gap=8,
        )
        self._other = Column(look_up)
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
        """Offer a field for an id that is not listed; returns what to focus."""
        self._other.visible = True
        return self.name

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
