"""The dialog's list of agents; those that cannot learn the environment are grey and say why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pygame import Rect

from arena.drawing.palette import BASELINE, AgentStyle
from arena.records import AgentInfo, EnvironmentInfo
from arena.ui.canvas import Canvas
from arena.ui.layout import Column, Row, Spacer
from arena.ui.messages import Chosen, Message
from arena.ui.widgets.list_view import ListView, paint_agent
from arena.ui.widgets.text import Text

ROW = 33
NAME = 116
# Of several agents with a preset these are offered first: learning takes them the least time.
QUICK = ("pqn", "ppo", "dqn")
FOR_GENERAL_USE = "dqn"


class AgentList(Column):
    """Answers `Chosen(id, agent id)`."""

    def __init__(self, agents: Sequence[AgentInfo], styles: Mapping[str, AgentStyle], id: str) -> None:
        self._agents = tuple(agents)
        self._styles = styles
        self._reasons: dict[str, str] = {}
        self._asked_for = False
        self.rows: ListView[AgentInfo] = ListView(
            f"{id}.rows",
            key=lambda agent: agent.id,
            paint=self._paint,
            row_height=ROW,
            usable=lambda agent: agent.id not in self._reasons,
        )
        self.rows.empty = "No agents are installed"
        self.rows.rows = self._agents
        self.count = Text("", "body", "text3")
        head = Row(Text("Agent", "section"), Spacer(), self.count, padding=(0, 20, 0, 20)).sized(height=24)
        super().__init__(head, Column(self.rows, padding=(0, 6, 0, 6)), gap=6, id=id)

    @property
    def chosen(self) -> AgentInfo | None:
        return self.rows.selected_row

    def choose(self, agent: str | None) -> None:
        """None leaves the choice to what suits the environment best."""
        self._asked_for = agent is not None
        self.rows.selected = agent

    def fit(self, environment: EnvironmentInfo) -> None:
        """Grey out who cannot learn this environment.

        The best suited is chosen if nobody chose another one that can.
        """
        reasons = {agent.id: agent.unsuited(environment, to_learn=True) for agent in self._agents}
        self._reasons = {agent: reason for agent, reason in reasons.items() if reason is not None}
        usable = [agent for agent in self._agents if agent.id not in self._reasons]
        self.count.text = f"{len(usable)} of {len(self._agents)} can learn this"
        if not self._asked_for or self.rows.selected not in [agent.id for agent in usable]:
            best = best_suited(usable, environment.id)
            self.rows.selected = best.id if best is not None else None
        self.rows.changed()

    def _paint(self, canvas: Canvas, rect: Rect, agent: AgentInfo) -> None:
        theme = canvas.theme
        reason = self._reasons.get(agent.id)
        name = Rect(rect.left, rect.top, NAME, rect.height)
        paint_agent(canvas, name, agent.title, self._styles.get(agent.id, BASELINE), faint=reason is not None)
        side = Rect(name.right + 6, rect.top, rect.right - name.right - 6, rect.height)
        note = agent.summary if reason is None else f"{reason[0].upper()}{reason[1:]}"
        icon = 0 if reason is None else 18
        wide = canvas.text_width(note, "caption") + icon
        word = canvas.text_width(agent.id, "mono-small")
        if reason is not None or wide <= side.width:
            canvas.text(note, side, "caption", theme.text3, "right")
            if reason is not None:
                canvas.icon("ban", Rect(side.right - wide, rect.top, 13, rect.height), 13, theme.text3)
            side.width -= wide + 10
        if word <= side.width:
            canvas.text(agent.id, side, "mono-small", theme.text3)

    def translate(self, message: Message) -> Message:
        if isinstance(message, Chosen) and message.id == self.rows.id:
            self._asked_for = True
            return Chosen(self.id, message.key)
        return message


def best_suited(learners: Sequence[AgentInfo], environment: str) -> AgentInfo | None:
    """One with a preset for the environment, else the one for general use, else the first."""
    tuned = [agent for agent in learners if agent.preset_for(environment) is not None]
    tuned.sort(key=lambda agent: QUICK.index(agent.id) if agent.id in QUICK else len(QUICK))
    general = [agent for agent in learners if agent.id == FOR_GENERAL_USE]
    return next(iter([*tuned, *general, *learners]), None)
