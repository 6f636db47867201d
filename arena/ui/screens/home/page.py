"""Home once there are runs: environments and training to the left, agents and results to the right."""

from __future__ import annotations

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.format import PLUS_MINUS, ago, number
from arena.ui.layout import Column, Grid, Row, Spacer
from arena.ui.screens.home.facts import AgentLine, HomeFacts, ResultLine, brief
from arena.ui.screens.home.training_card import HEIGHT, TrainingCard
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import Link
from arena.ui.widgets.list_view import ListView, paint_agent
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.split import Split
from arena.ui.widgets.text import Text

AGENT_ROW, RESULT_ROW = 33, 48
MOST_CARDS = 3


class TrainingSection(Column):
    """The heading with what goes on, "New run", and at most three cards."""

    def __init__(self) -> None:
        self._note = Text("", "body", "text3").sized(grow=1)
        self.cards = [TrainingCard(f"home.training.{at}") for at in range(MOST_CARDS)]
        new_run = Button("New run", "home.new-run", icon="plus", size="small")
        self._grid = Grid(self.cards, columns=MOST_CARDS, gap=16)
        hint = "No runs yet. Press N, or T on an environment, to train an agent."
        self._none = Panel(Text(hint, "body", "text3", "centre").sized(grow=1)).sized(height=HEIGHT)
        self._none.visible = False
        super().__init__(
            Row(Text("Training", "section"), self._note, new_run, gap=10).sized(height=28),
            self._grid,
            self._none,
            gap=12,
        )

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, HEIGHT + 40

    def show(self, facts: HomeFacts) -> None:
        self._note.text = _training_words(facts)
        self._grid.visible, self._none.visible = bool(facts.trainings), not facts.trainings
        for at, card in enumerate(self.cards):
            card.visible = at < len(facts.trainings)
            if card.visible:
                card.show(facts.trainings[at], facts.now)


def _training_words(facts: HomeFacts) -> str:
    parts = []
    if facts.running:
        parts.append(f"{number(facts.running)} running")
    if facts.paused:
        parts.append(f"{number(facts.paused)} paused")
    if facts.queued:
        parts.append(f"{number(facts.queued)} in the queue")
    return ", ".join(parts) or "Nothing is running"


class LaterPage(Split):
    """Everything at a glance."""

    def __init__(self, environments: Widget, head: Widget) -> None:
        self.training = TrainingSection()
        self._now = 0.0
        self.agents: ListView[AgentLine] = ListView(
            "home.agents", lambda line: line.agent.id, _paint_agent_line, AGENT_ROW
        )
        self.agents.empty = "No agents yet"
        self.results: ListView[ResultLine] = ListView(
            "home.results", lambda line: line.key, self._paint_result, RESULT_ROW
        )
        self.results.empty = "No matches yet"
        self._agents_panel = Panel(self.agents.sized(grow=1), title="Agents", note="", bare=True)
        see_all = Link("See all", "home.see-all", "chevron-right")
        side = Column(
            self._agents_panel,
            Panel(
                self.results.sized(grow=1), Spacer(6).sized(height=6), title="Recent results",
                tools=[see_all], bare=True,
            ).sized(grow=1),
            gap=16,
        )  # fmt: skip
        main = Column(head, Scroll(environments, "home.environments"), self.training, gap=12)
        super().__init__(main, side, 308, labels=("Environments and training", "Agents and results"))

    def show(self, facts: HomeFacts) -> None:
        self._now = facts.now
        self.training.show(facts)
        self.agents.rows = facts.agents
        self._agents_panel.sized(height=44 + AGENT_ROW * max(2, min(8, len(facts.agents))) + 8)
        self.results.rows = facts.results

    def _paint_result(self, canvas: Canvas, rect: Rect, line: ResultLine) -> None:
        theme, inner = canvas.theme, rect
        value = canvas.text_width(line.words, "body-medium") + 12
        names = sum(canvas.text_width(name, "body-medium") + 40 for name in line.names)
        # Long names take the whole upper line; the result then stands beside the lower one.
        beside = names <= inner.width - value
        words = inner if beside else Rect(inner.left, inner.top + 23, inner.width, 20)
        canvas.text(line.words, words, "body-medium", theme.text, "right")
        room = Rect(inner.left, inner.top + 5, inner.width - (value if beside else 0), 20)
        for at, (name, style) in enumerate(zip(line.names, line.styles, strict=True)):
            if at:
                room = _right_of(room, canvas.text("v", room, "caption", theme.text3) + 6)
            later = line.names[at + 1 :]
            kept = sum(min(canvas.text_width(one, "body-medium"), room.width // 2) + 40 for one in later)
            share = Rect(room.left, room.top, max(0, room.width - kept), room.height)
            room = _right_of(room, paint_agent(canvas, share, name, style) + 6)
        below = Rect(inner.left, inner.top + 26, inner.width - value, 14)
        used = canvas.text(f"{line.environment} \u00b7 ", below, "caption", theme.text3)
        when = _right_of(below, used)
        if line.live:
            canvas.text("live now", when, "caption", theme.ok)
        else:
            canvas.text(ago(self._now - line.at), when, "caption", theme.text3)


def _paint_agent_line(canvas: Canvas, rect: Rect, line: AgentLine) -> None:
    theme, inner = canvas.theme, rect
    used = 0
    if line.value is not None:
        words = number if line.is_rating else brief
        extra = f"{PLUS_MINUS} {words(line.half)}" if line.half is not None else ""
        column = Rect(inner.right - 46, inner.top, 46, inner.height)
        canvas.text(extra, column, "caption", theme.text3, "right")
        value = Rect(inner.left, inner.top, inner.width - 54, inner.height)
        used = 62 + canvas.text(words(line.value), value, "body-medium", theme.text, "right")
        board = Rect(inner.left, inner.top, inner.width - used, inner.height)
        used += canvas.text(line.board, board, "caption", theme.text3, "right")
    else:
        used = canvas.text("Not played yet", inner, "caption", theme.text3, "right")
    room = Rect(inner.left, inner.top, inner.width - used - 8, inner.height)
    paint_agent(canvas, room, line.agent.title, line.style, faint=line.value is None)


def _right_of(room: Rect, used: int) -> Rect:
    return Rect(room.left + used, room.top, max(0, room.width - used), room.height)
