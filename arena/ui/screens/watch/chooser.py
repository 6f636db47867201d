"""Choosing what to watch: an environment, its settings, and a player for each seat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pygame
from pygame import Rect

from arena.records import EnvironmentInfo
from arena.session.persons import HUMAN, unplayable
from arena.settings import Value
from arena.ui.canvas import Canvas
from arena.ui.foreign import findable, where_from
from arena.ui.layout import Column, Row, Spacer
from arena.ui.messages import Changed, Handled, Message, Pressed, Submitted
from arena.ui.screens.watch.cast import Choice, Offer, Setup
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.finder import Finder
from arena.ui.widgets.form import Form
from arena.ui.widgets.frame_view import FrameView
from arena.ui.widgets.labelled import Labelled
from arena.ui.widgets.menu import Select
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.text import Paragraph, Text

PREVIEW_SIZE = (420, 280)
SEATS = ("First player", "Second player", "Third player", "Fourth player")
CARD_WIDTH = 440
OTHER = "@other"
# How tall players and settings may be: what the window leaves beside all else, but never too little to use.
MOST_HEIGHT, TAKEN = 160, 400


class Chooser(Column):
    """Fields and the buttons below them; `setup()` is what was chosen.

    Answers `Pressed("chooser.watch")`, `Changed("chooser.environment", id)` for another environment,
    `Submitted("chooser.find", id)` for one that is not in its list yet: to be given to `offer_one_more`, and
    `Changed("chooser.settings", values)`, which may change how many players there are: to be told by
    `show_seats`.
    """

    def __init__(self, offer: Offer, chosen: Setup | None = None) -> None:
        super().__init__(gap=14, id="chooser")
        self._offer = offer
        self._players: list[Select] = []
        known = {info.id: info for info in offer.environments}
        self._info = known[chosen.environment] if chosen and chosen.environment in known else _first(offer)
        self._environment = Select(self._listed(), "chooser.environment", self._info.id)
        self._finder = Finder(findable(offer.foreign), "chooser.find", "A name or an id")
        self._opening = Paragraph("", "caption", "text3")
        self._other = Column(self._finder, self._opening, gap=6)
        self._other.visible = False
        self._form = Form(self._info.settings, "chooser.settings", columns=None)
        self._error = Text("", "body", "err").sized(grow=1)
        self._rest = Column()
        self._rebuild(chosen)

    @property
    def environment(self) -> str:
        """The id of the environment that is chosen now."""
        return self._info.id

    def setup(self) -> Setup | None:
        """None while a setting is wrong; the focus is then in its field."""
        if self._form.focus_first_error():
            self._error.text = self._form.first_error()
            return None
        players = tuple(str(select.chosen) for select in self._players)
        return Setup(self._info.id, players, self._form.values())

    def _listed(self) -> list[tuple[str, str]]:
        listed = [(info.id, info.title) for info in self._offer.environments]
        return [*listed, (OTHER, "Another environment\u2026")] if self._offer.foreign else listed

    def offer_one_more(self, info: EnvironmentInfo, players: tuple[Choice, ...]) -> None:
        """Take one more environment into the list, and choose it."""
        self._offer = self._offer.with_one_more(info, players)
        self._environment.set_options(self._listed(), info.id)
        self._other.visible = False
        self._info = info
        self._rebuild(None)

    def show_not_found(self, error: Exception) -> None:
        self._finder.error = "It does not open"
        self._opening.text = str(error)

    def _ask_for_id(self) -> None:
        self._environment.chosen = OTHER
        self._head.hint = ""
        self._rest.visible = False
        self._opening.text = where_from(self._offer.foreign)
        self._other.visible = True
        host = self.find_host()
        if host is not None:
            host.set_focus(self._finder.field)

    def _rebuild(self, chosen: Setup | None) -> None:
        """The parts that depend on the environment."""
        info = self._info
        self._form = Form(info.settings, "chooser.settings", columns=None)
        if chosen is not None and chosen.environment == info.id:
            self._form.fill(chosen.settings)
        players = chosen.players if chosen is not None and chosen.environment == info.id else ()
        options = [(choice.word, choice.label) for choice in self._offer.players.get(info.id, ())]
        self._seats = Column(gap=14)
        self._set_seats(len(players) or info.seats, players)
        self._persons = Paragraph("", "caption", "text3")
        swap = Button("Swap seats", "chooser.swap", icon="arrow-left-right")
        swap.visible = info.seats > 1
        self._watch = Button("Watch", "chooser.watch", "primary", "play")
        self._watch.enabled = bool(options)
        self._error.text = "" if options else f"No agent can play {info.title}."
        parts = [self._seats, self._persons, *([self._form] if info.settings else [])]
        self._rest = Column(
            _LowScroll(Column(*parts, gap=14)),
            Row(self._error, Spacer(), swap, self._watch, padding=(4, 0, 0, 0)),
            gap=14,
        )
        self._head = Labelled("Environment", self._environment, info.summary)
        self.replace_children([self._head, self._other, self._rest])
        self._tell_of_persons()

    def show_seats(self, environment: str, settings: Mapping[str, Value], seats: int) -> None:
        """So many play that environment under these settings; nothing happens if others are chosen by now."""
        now = (self._info.id, self._form.values())
        if (environment, dict(settings)) == now and seats != len(self._players):
            self._set_seats(seats, [str(select.chosen) for select in self._players])
            self._tell_of_persons()

    def _set_seats(self, seats: int, players: Sequence[str]) -> None:
        """A field for each seat, with these players in the first ones."""
        options = [(choice.word, choice.label) for choice in self._offer.players.get(self._info.id, ())]
        self._players = [
            Select(options, f"chooser.player.{seat}", _choice(options, players, seat))
            for seat in range(seats)
        ]
        self._seats.replace_children(
            [Labelled(_seat(seat, seats), select) for seat, select in enumerate(self._players)]
        )

    def _tell_of_persons(self, why: str = "") -> None:
        """What there is to say of persons at this board; the button says what it does with one."""
        reason = unplayable(self._info)
        self._persons.text = why or (f"You cannot play here: it {reason}." if reason else "")
        self._persons.visible = bool(self._persons.text)
        plays = any(select.chosen == HUMAN for select in self._players)
        self._watch.label = "Play" if plays else "Watch"

    def _seat_person(self, chosen: str) -> None:
        """Where time goes on only one person can play: the one who sat down before stands up."""
        why = ""
        others = [choice.word for choice in self._offer.players[self._info.id] if choice.word != HUMAN]
        for select in self._players:
            if self._info.real_time and select.chosen == HUMAN and select.id != chosen and others:
                select.chosen = "random" if "random" in others else others[0]
                why = "One person at a time: all would hold the same keys."
        self._tell_of_persons(why)

    def translate(self, message: Message) -> Message:
        match message:
            case Changed("chooser.environment", name) if name == OTHER:
                self._ask_for_id()
                return Handled()
            case Submitted("chooser.find", name):
                self._finder.error = ""
                self._opening.text = f"Opening {name}\u2026"
            case Changed("chooser.environment", name):
                self._other.visible = False
                self._info = next(info for info in self._offer.environments if info.id == name)
                self._rebuild(None)
            case Changed(id=name, value=word) if name.startswith("chooser.player."):
                self._seat_person(name) if word == HUMAN else self._tell_of_persons()
                return Handled()
            case Pressed("chooser.swap"):
                words = [select.chosen for select in self._players]
                for select, word in zip(self._players, [*words[1:], *words[:1]], strict=True):
                    select.chosen = word
                return Handled()
            case Changed("chooser.settings"):
                self._error.text = ""
        return message


class _LowScroll(Scroll):
    """Players and settings; those of some environments would be taller than the window."""

    def __init__(self, content: Widget) -> None:
        super().__init__(content)
        self.grow = 0.0

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        wide, tall = super().measure(canvas, width)
        return wide, min(tall, max(MOST_HEIGHT, canvas.size[1] - TAKEN))


class Lobby(Column):
    """The screen before an exhibition: the chooser, and a picture of the environment beside it."""

    def __init__(self, chooser: Chooser) -> None:
        words = (
            "An exhibition goes on until you leave. It shows what agents think and changes no rating. "
            "Choose “You” as a player to play yourself."
        )
        card = Panel(Paragraph(words, "body", "text3"), chooser, title="Watch or play", gap=14)
        self._preview = FrameView("watch.preview").sized(*PREVIEW_SIZE)
        row = Row(Spacer(), card.sized(width=CARD_WIDTH), self._preview, Spacer(), gap=16)
        super().__init__(Spacer(), row, Spacer())
        self.grow = 1.0

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self._preview.set_visible_in_layout(rect.width >= CARD_WIDTH + 3 * 16 + PREVIEW_SIZE[0])
        super().place(canvas, rect)

    def show_preview(self, picture: pygame.Surface | None) -> None:
        self._preview.words = "" if picture is not None else "It draws no picture"
        self._preview.show(picture)


def _first(offer: Offer) -> EnvironmentInfo:
    """Where there is a trained player, else the first environment."""
    for info in offer.environments:
        if any("," in choice.label and "untrained" not in choice.label for choice in offer.players[info.id]):
            return info
    return offer.environments[0]


def _seat(seat: int, seats: int) -> str:
    if seats == 1:
        return "Player"
    return SEATS[seat] if seat < len(SEATS) else f"Player {seat + 1}"


def _choice(options: Sequence[tuple[str, str]], wanted: Sequence[str], seat: int) -> str | None:
    """The player asked for; else the first trained one in the first seat and `random` elsewhere."""
    words = [word for word, _ in options]
    if seat < len(wanted) and wanted[seat] in words:
        return wanted[seat]
    if seat > 0 and "random" in words:
        return "random"
    return next((word for word in words if word != HUMAN), words[0] if words else None)
