"""How a game is laid out that persons play: like a watched one, with their move and its keys beside it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from arena.records import FORFEITS, Outcome, Standing
from arena.ui.chart_lines import Series
from arena.ui.format import count_of, number, signed
from arena.ui.layout import Column, Row, Spacer
from arena.ui.screens.watch.cards import Facts, card_of
from arena.ui.screens.watch.cast import Cast
from arena.ui.screens.watch.decisions import DecisionPanel
from arena.ui.screens.watch.keyboard import first_caps
from arena.ui.screens.watch.lists import EpisodesPanel, MovesPanel, SeriesPanel
from arena.ui.screens.watch.offered import Offered
from arena.ui.screens.watch.person_panels import HelpPanel, MovePanel, PersonCard
from arena.ui.screens.watch.stage import Banner, StageView
from arena.ui.screens.watch.story import Story, WatchedGame, winner_of
from arena.ui.screens.watch.turn import Turn
from arena.ui.screens.watch.views import Beside, TallEnough
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chart import Chart
from arena.ui.widgets.chip import State, StateChip
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.split import Split
from arena.ui.widgets.text import Text

NOT_RATED = State("Not rated", "neutral", "")
# What the side column needs: more for a list of moves, and for what an agent thinks.
LEAST, LEAST_LIVE, LEAST_FOR_THOUGHTS = 480, 290, 230


class PersonView(ABC):
    """What all views of a person's game share: the stage with what is offered on it, and the move."""

    body: Widget

    def __init__(self, cast: Cast, bare: bool) -> None:
        self.cast = cast
        self.stage = StageView("watch.stage", bare=bare, played=True)
        self.stage.set_environment(cast.info)
        self.stage.shows_thoughts = False
        self.move = MovePanel(cast)
        self.help = HelpPanel(cast)

    @abstractmethod
    def show(self, story: Story, playing: bool, standings: Mapping[str, Standing]) -> None:
        """What changes with every step."""

    def show_turn(self, story: Story, turn: Turn) -> None:
        """What changes with every key and second."""
        self.move.show(turn)
        offered = None
        if turn.phase == "choosing" and turn.seat is not None and self.stage.has_places:
            style = self.cast.seats[turn.seat].style
            offered = Offered(turn.legal, turn.chosen, style, self.help.legal.on)
        self.stage.show_offered(offered)
        game = story.game
        if game is not None and game.result is not None:
            self.stage.show_banner(ending(self.cast, game))
        elif turn.phase == "ready":
            self.stage.show_banner(Banner(f"Press {first_caps(self.cast.info)} to begin"))
        else:
            self.stage.show_banner(None)


class PersonsInContest(PersonView):
    """Cards of persons and agents, the board, the move and what was played."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast, bare=False)
        self._persons = {seat: PersonCard(cast, seat, cast.seats[seat]) for seat in cast.persons}
        self._agents = {
            seat: card_of(seat, seated, len(cast.seats))
            for seat, seated in enumerate(cast.seats)
            if not seated.person
        }
        self._series = SeriesPanel(cast)
        self._ply = StateChip(State("Ply 0", "neutral", ""))
        swap = Button("", "watch.swap", "quiet", "arrow-left-right", "small").with_tooltip("Swap seats")
        head = Row(Text("Board", "section"), self._ply, Spacer(), StateChip(NOT_RATED), swap)
        board = Panel(head.sized(height=28), self.stage, gap=6)
        board.padding = (8, 14, 10, 14)
        self._decision = DecisionPanel(cast)
        self._decision.visible = False
        self._moves = MovesPanel(cast)
        live = cast.info.real_time
        rest: Widget = Spacer() if live else self._moves.sized(grow=1)
        side = Column(self.move, self.help, self._decision, rest, gap=12)
        self._least = LEAST_LIVE if live else LEAST
        self._side = TallEnough(side, self._least)
        cards = [self._persons.get(seat) or self._agents[seat] for seat in range(len(cast.seats))]
        left = Scroll(Column(*cards, self._series.sized(grow=1), gap=12))
        main = Beside(left, board, 252)
        self.body = Split(main, self._side, 328, labels=("Board", "Move"))

    def show(self, story: Story, playing: bool, standings: Mapping[str, Standing]) -> None:
        game = story.game
        if game is None:
            return
        open_minds = self.help.thoughts.on
        for seat, card in self._agents.items():
            seated = self.cast.seats[seat]
            card.show(story, standings.get(seated.player or ""), tells=open_minds)
        self._series.show(story)
        unit = "Step" if self.cast.info.real_time else "Ply"
        self._ply.state = State(f"{unit} {game.cursor}", "neutral", "")
        self._decision.visible = open_minds
        self._side.set_least(self._least + (LEAST_FOR_THOUGHTS if open_minds else 0))
        if open_minds and not (game.last and game.last.actions.keys() <= set(self.cast.persons)):
            self._decision.show(game)
        if self.cast.info.real_time:
            return
        persons = [seat for seat in game.to_move if seat in self._persons]
        self._moves.show(game, persons[0] if persons and game.at_end else None)

    def show_turn(self, story: Story, turn: Turn) -> None:
        super().show_turn(story, turn)
        for seat, card in self._persons.items():
            card.show(turn, story.wins(seat))


class PersonAlone(PersonView):
    """The stage with the return in its head; beside it the keys, the return by step, and the episodes."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast, bare=True)
        seated = cast.seats[0]
        self._return = Text("", "heading", align="right")
        self._unit = StateChip(State("Step 0", "neutral", ""))
        shape = Painted(lambda canvas, rect: canvas.agent_shape(seated.style, rect.center, 15), 18, 18)
        head = Row(shape, Text(seated.name, "section"), self._unit, Spacer(), StateChip(NOT_RATED),
                   self._return, padding=(0, 14, 0, 12)).sized(height=37)  # fmt: skip
        main = Panel(head, self.stage, bare=True)
        self._facts = Facts()
        self._chart = Chart("watch.return", "steps", "No step yet").sized(height=128)
        self._episodes = EpisodesPanel()
        side = Column(
            self.move,
            self.help,
            Panel(self._facts, title="Episode", gap=6),
            Panel(self._chart, title="Return", note="by step", gap=4),
            self._episodes.sized(grow=1),
            gap=12,
        )
        self.body = Split(main, TallEnough(side, 560), 316, labels=("Stage", "Keys"))

    def show(self, story: Story, playing: bool, standings: Mapping[str, Standing]) -> None:
        game = story.game
        if game is None:
            return
        seated = self.cast.seats[0]
        self._unit.state = State(f"Step {game.cursor}", "neutral", "")
        self._return.text = signed(game.scores()[0], 1)
        best = max((outcome.scores[0] for outcome in story.outcomes), default=None)
        reward = game.last.rewards[0] if game.last is not None else 0.0
        limit = self.cast.info.step_limit
        self._facts.show(
            [
                ("Reward, last step", signed(reward, 2)),
                ("Best return so far", "\u2013" if best is None else signed(best, 1)),
                ("Longest episode", "no limit" if limit is None else count_of(limit, "step")),
            ]
        )
        self._chart.show([Series(seated.name, tuple(game.returns()), seated.style)])
        self._episodes.show(story)


def person_view_of(cast: Cast) -> PersonsInContest | PersonAlone:
    return PersonAlone(cast) if cast.info.seats == 1 else PersonsInContest(cast)


def ending(cast: Cast, game: WatchedGame) -> Banner:
    """The words over a person's game that is over."""
    outcome = game.outcome
    assert outcome is not None
    if len(cast.seats) == 1:
        return _alone(outcome, game.resigned is not None)
    winner = winner_of(outcome)
    gave_up = "" if game.resigned is None else f", {_name(cast, game.resigned)} resigned"
    if winner is None:
        return Banner(f"Draw{gave_up}")
    seated = cast.seats[winner]
    if outcome.forfeited_by is not None:
        return Banner(f"{_name(cast, winner, upper=True)} won, the other forfeits", seated.style, failed=True)
    wins = "You win" if seated.name == "You" else f"{seated.title} wins"
    return Banner(f"{wins}{gave_up}", seated.style)


def _name(cast: Cast, seat: int, upper: bool = False) -> str:
    name = cast.seats[seat].title
    return "you" if name == "You" and not upper else name


def _alone(outcome: Outcome, gave_up: bool) -> Banner:
    earned = f"return {number(outcome.scores[0], 1)}"
    if gave_up:
        return Banner(f"You gave up, {earned}")
    if outcome.termination in FORFEITS:
        return Banner(f"Ended by {outcome.termination}, {earned}", failed=True)
    return Banner(f"{'Time limit' if outcome.termination == 'truncated' else 'Episode over'}, {earned}")
