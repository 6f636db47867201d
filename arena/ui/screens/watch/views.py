"""How an exhibition is laid out: players with a board beside their cards, or one with its episode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pygame import Rect

from arena.records import FORFEITS, Outcome, Standing
from arena.ui.canvas import Canvas
from arena.ui.chart_lines import Series
from arena.ui.format import count_of, number, signed
from arena.ui.layout import Column, Row, Spacer
from arena.ui.screens.watch.cards import Facts, card_of, rating_words, trained_for
from arena.ui.screens.watch.cast import Cast
from arena.ui.screens.watch.decisions import ActionLines, DecisionPanel
from arena.ui.screens.watch.lists import EpisodesPanel, MovesPanel, SeriesPanel
from arena.ui.screens.watch.stage import Banner, StageView, Thinking
from arena.ui.screens.watch.story import Story, WatchedGame, winner_of
from arena.ui.screens.watch.thoughts import thought_of
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chart import Chart
from arena.ui.widgets.chip import State, StateChip
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.split import REFERENCE, Split
from arena.ui.widgets.text import Paragraph, Text

LIVE = State("Live", "err", "circle-dot")
PAUSED = State("Paused", "warn", "pause")
EARLIER = State("Earlier", "neutral", "undo-2")
OVER = State("Over", "neutral", "check")


class View(Protocol):
    """What the screen shows an exhibition with."""

    body: Widget
    stage: StageView

    def show(self, story: Story, playing: bool, standings: Mapping[str, Standing]) -> None: ...


def view_of(cast: Cast) -> View:
    return OnePlayer(cast) if cast.info.seats == 1 else Contest(cast)


def state_of(game: WatchedGame, playing: bool) -> State:
    if game.result is not None:
        return OVER
    if not game.at_end:
        return EARLIER
    return LIVE if playing else PAUSED


class Beside(Widget):
    """A column of `width` at the reference size, at most 30 % wider or 15 % narrower, and the rest."""

    overhang = 0

    def __init__(self, column: Widget, rest: Widget, width: int) -> None:
        super().__init__("", [column, rest])
        self._width = width
        self.grow = 1.0

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        column, rest = self.children
        window = canvas.size[0] - 108
        wide = round(self._width * min(1.3, max(0.85, window / REFERENCE)))
        column.place(canvas, Rect(rect.left, rect.top, wide, rect.height))
        rest.place(canvas, Rect(rect.left + wide + 16, rect.top, rect.width - wide - 16, rect.height))


class Contest:
    """Cards of the players, the board, and what was decided and played."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._cards = [card_of(seat, seated, len(cast.seats)) for seat, seated in enumerate(cast.seats)]
        self._series = SeriesPanel(cast)
        self.stage = StageView("watch.stage")
        self.stage.set_environment(cast.info)
        self._ply = StateChip(State(f"{cast.unit.capitalize()} 0", "neutral", ""))
        self._state = StateChip(LIVE)
        swap = Button("", "watch.swap", "quiet", "arrow-left-right", "small").with_tooltip("Swap seats\tS")
        head = Row(Text("Board", "section"), self._ply, Spacer(), self._state, swap).sized(height=28)
        board = Panel(head, self.stage, gap=6)
        board.padding = (8, 14, 10, 14)
        self._decision = DecisionPanel(cast)
        self._value = Chart(
            "watch.value", "steps" if cast.unit == "step" else "ply", "No player tells what it expects"
        ).sized(height=106)
        self._moves = MovesPanel(cast)
        value = Panel(self._value, title="Value over time", note="own estimates", gap=4)
        side = Column(self._decision, value, self._moves.sized(grow=1), gap=12)
        left = Scroll(Column(*self._cards, self._series.sized(grow=1), gap=12))
        main = Beside(left, board, 252)
        self.body: Widget = Split(main, TallEnough(side, 480), 328, labels=("Board", "Moves"))

    def show(self, story: Story, playing: bool, standings: Mapping[str, Standing]) -> None:
        game = story.game
        if game is None:
            return
        for card, seated in zip(self._cards, self._cast.seats, strict=True):
            card.show(story, standings.get(seated.player or ""))
        self._series.show(story)
        self._ply.state = State(f"{self._cast.unit.capitalize()} {game.cursor}", "neutral", "")
        self._state.state = state_of(game, playing)
        self.stage.show_thinking(self._thinking(game))
        self.stage.show_banner(None if game.result is None else banner_of(game.result, self._cast))
        self._decision.show(game)
        self._moves.show(game)
        self._value.show(
            [
                Series(seated.name, tuple(game.estimates(seat)), seated.style)
                for seat, seated in enumerate(self._cast.seats)
                if game.estimates(seat)
            ]
        )

    def _thinking(self, game: WatchedGame) -> Thinking | None:
        for seat, said in game.thoughts().items():
            thought = thought_of(said, self._cast.info)
            if thought is not None and any(thought.words):
                seated = self._cast.seats[seat]
                return Thinking(seated.title, seated.style, thought)
        return None


def banner_of(outcome: Outcome, cast: Cast) -> Banner:
    """The words over a contest that is over."""
    winner = winner_of(outcome)
    if outcome.forfeited_by is not None and (winner is None or len(cast.seats) > 2):
        return Banner(f"{cast.seats[outcome.forfeited_by].title} forfeits", failed=True)
    if winner is None:
        return Banner("Draw" if len(set(outcome.scores)) == 1 else "First place is shared")
    seated = cast.seats[winner]
    if outcome.forfeited_by is not None:
        return Banner(f"{seated.title} wins, the other forfeits", seated.style, failed=True)
    return Banner(f"{seated.title} wins", seated.style)


class OnePlayer:
    """The stage with the return in its head; beside it the player, the return by step, actions, episodes."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        seated = cast.seats[0]
        self.stage = StageView("watch.stage", bare=True)
        self.stage.set_environment(cast.info)
        self._state = StateChip(LIVE)
        self._return = Text("", "heading", align="right")
        shape = Painted(lambda canvas, rect: canvas.agent_shape(seated.style, rect.center, 15), 18, 18)
        name = Text(seated.name, "section").with_tooltip(seated.name)
        head = Row(shape, name, self._state, Spacer(), self._return, padding=(0, 14, 0, 12)).sized(height=37)
        main = Panel(head, self.stage, bare=True)
        self._facts = Facts()
        note = seated.note.removeprefix(f"{seated.title}, ")
        card = Panel(self._facts, title=seated.title, note=note, gap=6)
        self._chart = Chart("watch.return", "steps", "No step yet").sized(height=128)
        self._actions = ActionLines(cast.info)
        self._silent = Paragraph("", "body", "text3")
        self._actions_panel = Panel(self._actions, self._silent, title="Actions", note=" ", gap=4)
        self._episodes = EpisodesPanel()
        side = Column(
            card,
            Panel(self._chart, title="Return", note="by step", gap=4),
            self._actions_panel,
            self._episodes.sized(grow=1),
            gap=12,
        )
        self.body: Widget = Split(main, TallEnough(side, 540), 316, labels=("Stage", "Details"))

    def show(self, story: Story, playing: bool, standings: Mapping[str, Standing]) -> None:
        game, seated = story.game, self._cast.seats[0]
        if game is None:
            return
        self._state.state = state_of(game, playing)
        self._return.text = signed(game.scores()[0], 1)
        self.stage.show_banner(None if game.result is None else _ending(game.result))
        thought = thought_of(game.thoughts().get(0), self._cast.info)
        self.stage.show_thinking(None if thought is None else Thinking(seated.title, seated.style, thought))
        step = trained_for(seated, story, 0)
        reward = game.last.rewards[0] if game.last is not None else 0.0
        self._facts.show(
            [
                ("Mean return", rating_words(standings.get(seated.player or ""))),
                ("Trained for", "0 steps" if step is None else count_of(step, "step")),
                ("Reward, this step", signed(reward, 2)),
            ]
        )
        self._chart.show([Series(seated.name, tuple(game.returns()), seated.style)])
        self._show_actions(game)
        self._episodes.show(story)

    def _show_actions(self, game: WatchedGame) -> None:
        seated, last = self._cast.seats[0], game.last
        thought = thought_of(last.explanations.get(0), self._cast.info) if last is not None else None
        taken = last.actions.get(0) if last is not None else None
        self._actions.show(thought, taken if isinstance(taken, int) else None, seated.style)
        self._actions.visible = thought is not None
        self._silent.visible = thought is None
        waiting = "What it thinks of each action stands here."
        self._silent.text = waiting if last is None else f"{seated.title} does not tell what it thinks."
        self._actions_panel.note.text = thought.title if thought is not None else " "


class TallEnough(Scroll):
    """A column that scrolls once less than `least` pixels are left for it."""

    def __init__(self, content: Column, least: int) -> None:
        self._inner = _AtLeast(content, least)
        super().__init__(self._inner)

    def set_least(self, least: int) -> None:
        if least != self._inner.least:
            self._inner.least = least
            self.relayout()


class _AtLeast(Widget):
    overhang = 0

    def __init__(self, content: Widget, least: int) -> None:
        super().__init__("", [content])
        self.least = least

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, self.least


def _ending(outcome: Outcome) -> Banner:
    earned = f"return {number(outcome.scores[0], 1)}"
    if outcome.termination in FORFEITS:
        return Banner(f"Ended by {outcome.termination}, {earned}", failed=True)
    if outcome.termination == "truncated":
        return Banner(f"Time limit, {earned}")
    return Banner(f"Episode over, {earned}")
