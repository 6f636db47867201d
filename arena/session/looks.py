"""Colours and shapes of agents: fixed for shipped ones, for any other given at first sight and kept."""

from __future__ import annotations

from arena.drawing.palette import SHIPPED_SLOTS, AgentStyle, agent_style, shipped_style
from arena.store import Store

Look = tuple[tuple[int, int, int], str]


class Looks:
    """Remembers what it was told, so that asking again is free, on the drawing thread too."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._styles: dict[str, AgentStyle] = {}

    def style(self, agent: str) -> AgentStyle:
        """The agent's colours and shape."""
        if agent not in self._styles:
            shipped = shipped_style(agent)
            self._styles[agent] = shipped or agent_style(
                self._store.assign_look(agent, taken=SHIPPED_SLOTS.values())
            )
        return self._styles[agent]

    def on_stage(self, agent: str) -> Look:
        """The agent's colour (0…255 each) and shape on a board or frame, which is dark in both themes."""
        return look_of(self.style(agent))


def look_of(style: AgentStyle) -> Look:
    """A style as the stage draws it."""
    red, green, blue = bytes.fromhex(style.dark.removeprefix("#"))
    return (red, green, blue), style.shape
