"""Cards beside the stage: a player with its state, and lines of facts."""

from __future__ import annotations

from collections.abc import Sequence

from pygame import Rect

from arena.records import Standing
from arena.ui.canvas import Canvas
from arena.ui.format import count_of, number, signed, with_interval
from arena.ui.layout import Column, Divider, Row, Spacer
from arena.ui.screens.watch.cast import Seated
from arena.ui.screens.watch.story import Story, WatchedGame, winner_of
from arena.ui.screens.watch.thoughts import Explanation, estimate_of
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.text import Text

FACT_HEIGHT = 19
NOT_RATED = "not rated yet"


def ordinal(place: int) -> str:
    """In words as far as one reads them easily; places are counted from 0."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
    return words[place] if place < len(words) else f"{place + 1}th"


class Facts(Widget):
    """Lines of a label and its value."""

    overhang = 0

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[tuple[str, str], ...] = ()

    def show(self, facts: Sequence[tuple[str, str]]) -> None:
        if tuple(facts) != self._facts:
            longer = len(facts) != len(self._facts)
            self._facts = tuple(facts)
            self.changed()
            if longer:
                self.relayout()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, FACT_HEIGHT * len(self._facts)

    def draw(self, canvas: Canvas) -> None:
        for at, (label, value) in enumerate(self._facts):
            row = Rect(self.rect.left, self.rect.top + at * FACT_HEIGHT, self.rect.width, FACT_HEIGHT)
            used = canvas.text(value, row, "strong", canvas.theme.text, "right")
            row.width -= used + 8
            canvas.text(label, row, "body", canvas.theme.text2)


class PlayerCard(Panel):
    """One seat: who it is, whether it is to move, what it expects, what it is rated."""

    def __init__(self, seat: int, seated: Seated) -> None:
        self._seat = seat
        self._seated = seated
        self._state = Text("", "title")
        self._estimate = Text("", "title", align="right")
        self._estimate_note = Text("own estimate", "caption", "text3", "right")
        self._state_note = Text("", "caption", "text3")
        self._facts = Facts()
        shape = Painted(lambda canvas, rect: canvas.agent_shape(seated.style, rect.center, 22), 24, 34)
        name = Text(seated.name, "heading").with_tooltip(seated.name)
        head = Row(shape, Column(name, Text(seated.note, "caption", "text3"), gap=0).sized(grow=1), gap=10)
        middle = Row(
            Column(self._state, self._state_note, gap=0),
            Spacer(),
            Column(self._estimate, self._estimate_note, gap=0, across="end"),
        )
        super().__init__(head, middle, Divider(), self._facts, gap=8)

    def show(self, story: Story, standing: Standing | None, tells: bool = True) -> None:
        """Args: `tells` what it expects, which an opponent may not want to know."""
        game = story.game
        if game is None:
            return
        thinks = self._seat in game.to_move
        self.edge = self._seated.style if thinks else None
        self._state_note.text = "all move at once" if game.together else f"moves {ordinal(self._seat)}"
        self._state.text = _state(game, self._seat)
        self._state.ink = "text" if thinks or game.result is not None else "text3"
        said = game.thoughts().get(self._seat) or _earlier(game, self._seat)
        estimate = estimate_of(said) if tells else None
        self._estimate.text = "" if estimate is None else signed(estimate, 2)
        self._estimate_note.text = "" if estimate is None else "own estimate"
        self._facts.show(_facts_of(self._seated, story, self._seat, standing))


class SmallCard(Panel):
    """One of more than two seats, in less room."""

    def __init__(self, seat: int, seated: Seated) -> None:
        self._seat = seat
        self._seated = seated
        self._state = Text("", "strong", align="right")
        self._estimate = Text("", "caption", "text3", "right")
        self._rating = Text("", "caption", "text2").sized(grow=1)
        self._won = Text("", "caption", "text2", "right")
        shape = Painted(lambda canvas, rect: canvas.agent_shape(seated.style, rect.center, 20), 22, 34)
        name = Text(seated.name, "section").with_tooltip(seated.name)
        who = Column(name, Text(seated.note, "caption", "text3"), gap=1).sized(grow=1)
        state = Column(self._state, self._estimate, gap=1, across="end")
        super().__init__(Row(shape, who, state, gap=10), Row(self._rating, self._won), gap=6)
        self.padding = (9, 14, 9, 14)

    def show(self, story: Story, standing: Standing | None, tells: bool = True) -> None:
        """See `PlayerCard.show`."""
        game = story.game
        if game is None:
            return
        thinks = self._seat in game.to_move
        self.edge = self._seated.style if thinks else None
        self._state.text = _state(game, self._seat)
        self._state.ink = "text" if thinks or game.result is not None else "text3"
        said = game.thoughts().get(self._seat) or _earlier(game, self._seat)
        estimate = estimate_of(said) if tells else None
        self._estimate.text = "" if estimate is None else f"expects {signed(estimate, 2)}"
        rating = rating_words(standing)
        self._rating.text = rating.capitalize() if rating == NOT_RATED else f"Rating {rating}"
        self._won.text = f"{number(story.wins(self._seat))} won"


def card_of(seat: int, seated: Seated, seats: int) -> PlayerCard | SmallCard:
    return PlayerCard(seat, seated) if seats <= 2 else SmallCard(seat, seated)


def _state(game: WatchedGame, seat: int) -> str:
    if game.result is None:
        if game.together:
            return "Playing" if seat in game.to_move else "Out"
        return "To move" if seat in game.to_move else "Waiting"
    scores = game.result.scores
    if game.result.forfeited_by == seat:
        return "Forfeited"
    if len(set(scores)) == 1:
        return "Draw"
    if len(scores) > 2:
        return ordinal(sum(score > scores[seat] for score in scores)).capitalize()
    return "Won" if winner_of(game.result) == seat else "Lost"


def _earlier(game: WatchedGame, seat: int) -> Explanation | None:
    """What that seat said when it last moved."""
    steps = reversed(game.steps[: game.cursor])
    return next((step.explanations[seat] for step in steps if seat in step.explanations), None)


def _facts_of(seated: Seated, story: Story, seat: int, standing: Standing | None) -> list[tuple[str, str]]:
    step = trained_for(seated, story, seat)
    return [
        ("Rating", rating_words(standing)),
        ("Trained for", "0 steps" if step is None else count_of(step, "step")),
        ("Games won", number(story.wins(seat))),
    ]


def rating_words(standing: Standing | None) -> str:
    """A contest's rating or a single player's mean return, with its interval."""
    if standing is None:
        return NOT_RATED
    if standing.rating is not None:
        value, low, high, decimals = standing.rating, standing.low, standing.high, 0
    elif standing.mean_return is not None:
        value, low, high = standing.mean_return, standing.return_low, standing.return_high
        decimals = 2 if abs(value) < 10 else 1
    else:
        return NOT_RATED
    return with_interval(value, (high - low) / 2 if low is not None and high is not None else 0.0, decimals)


def trained_for(seated: Seated, story: Story, seat: int) -> int | None:
    """The training step of the weights a seat plays with, as far as it is known."""
    weights = story.game.start.weights[seat] if story.game is not None else None
    if weights is not None and "checkpoint-" in weights:
        digits = weights.rpartition("checkpoint-")[2].partition(".")[0]
        return int(digits) if digits.isdigit() else seated.step
    return seated.step
