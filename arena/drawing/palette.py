"""The colours and shapes that tell agents apart, in both themes.

Eight hues were chosen in OKLab so that they stay apart for normal, deutan, protan and tritan sight
(Machado, Oliveira and Fernandes, 2009). Agents nine to sixteen repeat the hues with the shape four places
on and a dashed line. Boards and frames are dark in both themes, so they always use `dark`.
"""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from arena.drawing.shapes import ShapeName


@dataclass(frozen=True)
class AgentStyle:
    """How one agent is drawn. Colours are ``#rrggbb``; `dashed` is for its lines in charts."""

    name: str
    dark: str
    light: str
    shape: ShapeName
    dashed: bool = False

    def colour(self, dark_theme: bool) -> str:
        return self.dark if dark_theme else self.light


HUES: Final = (
    AgentStyle("azure", "#43A6DF", "#3E96F6", "circle"),
    AgentStyle("amber", "#ECAD4A", "#9D6E05", "triangle-up"),
    AgentStyle("jade", "#4CDEAD", "#4C8270", "square"),
    AgentStyle("rose", "#EA6DA8", "#DF51AF", "diamond"),
    AgentStyle("lemon", "#F7DD3F", "#859C59", "hexagon"),
    AgentStyle("flame", "#F75004", "#A42D2F", "star"),
    AgentStyle("ice", "#C3DFFE", "#1A1C4D", "cross"),
    AgentStyle("umber", "#A28366", "#602600", "triangle-down"),
)
BASELINE: Final = AgentStyle("base", "#8B98AF", "#6A768C", "ring")
PERSON: Final = AgentStyle("iris", "#8F7DFF", "#5B48D6", "person")

SHIPPED_SLOTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "mcts": 0,
        "actor-critic": 1,
        "world-model": 2,
        "pqn": 3,
        "neural-q-learner": 4,
        "ppo": 5,
        "dqn": 6,
        "minimax": 7,
        "q-learner": 8,
    }
)


def agent_style(slot: int | None) -> AgentStyle:
    """The style of a colour slot, counted from 0; None is a baseline such as `random`."""
    if slot is None:
        return BASELINE
    hue = HUES[slot % len(HUES)]
    if slot % 16 < len(HUES):
        return hue
    shape = HUES[(slot + 4) % len(HUES)].shape
    return AgentStyle(hue.name, hue.dark, hue.light, shape, dashed=True)


def shipped_style(agent_id: str) -> AgentStyle | None:
    """The fixed style of a shipped agent, or None for an agent that is given the next free slot."""
    if agent_id == "random":
        return BASELINE
    if agent_id == "human":
        return PERSON
    slot = SHIPPED_SLOTS.get(agent_id)
    return None if slot is None else agent_style(slot)


def told_apart(styles: Sequence[AgentStyle]) -> list[AgentStyle]:
    """The styles of a game's seats, changed where a colour comes twice, as when an agent plays itself.

    A later seat keeps its hue in another lightness, and takes another shape if its own is taken too.
    """
    told: list[AgentStyle] = []
    for style in styles:
        told.append(_apart_from(style, [other for other in told if other.name.startswith(style.name)]))
    return told


def _apart_from(style: AgentStyle, taken: Sequence[AgentStyle]) -> AgentStyle:
    if not taken:
        return style
    shapes = [hue.shape for hue in HUES]
    place = shapes.index(style.shape) if style.shape in shapes else len(HUES) - 1
    repeated = any(other.shape == style.shape for other in taken)
    return replace(
        style,
        name=f"{style.name} {len(taken) + 1}",
        dark=_other_lightness(style.dark, 0.62, darker=0.42, lighter=0.87),
        light=_other_lightness(style.light, 0.3, darker=0.18, lighter=0.5),
        shape=shapes[(place + 4) % len(HUES)] if repeated else style.shape,
        dashed=True,
    )


def _other_lightness(colour: str, border: float, darker: float, lighter: float) -> str:
    """The hue at lightness `darker` if its luma is above `border`, else at `lighter`; all from 0 to 1."""
    red, green, blue = (channel / 255 for channel in bytes.fromhex(colour.removeprefix("#")))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    luma = 0.3 * red + 0.59 * green + 0.11 * blue
    moved = colorsys.hls_to_rgb(hue, darker if luma > border else lighter, saturation)
    return "#" + "".join(f"{round(255 * part):02X}" for part in moved)
