"""The colours and shapes that tell agents apart, in both themes.

Eight hues were chosen in OKLab so that they stay apart for normal, deutan, protan and tritan sight
(Machado, Oliveira and Fernandes, 2009). Agents nine to sixteen repeat the hues with the shape four places
on and a dashed line. Boards and frames are dark in both themes, so they always use `dark`.
"""

from __future__ import annotations

import colorsys
import math
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

    A second seat keeps its hue in another lightness; further ones take hues far from all others in the game.
    A seat whose shape is taken has another one.
    """
    told: list[AgentStyle] = []
    for seat, style in enumerate(styles):
        alike = sum(other.name.startswith(style.name) for other in told)
        told.append(_apart_from([*told, *styles[seat + 1 :]], style, alike) if alike else style)
    return told


def _apart_from(others: Sequence[AgentStyle], style: AgentStyle, alike: int) -> AgentStyle:
    """Args: alike: how many of the others' colours the style's stands for already."""
    shapes = [hue.shape for hue in HUES]
    place = shapes.index(style.shape) if style.shape in shapes else len(HUES) - 1
    taken = {other.shape for other in others}
    free = [shape for at in range(4, 12) if (shape := shapes[(place + at) % len(HUES)]) not in taken]
    if alike == 1:
        dark = _other_lightness(style.dark, 0.62, darker=0.42, lighter=0.87)
        light = _other_lightness(style.light, 0.3, darker=0.18, lighter=0.5)
    else:
        dark = _far_from([other.dark for other in others], style.dark, 0.65)
        light = _far_from([other.light for other in others], style.light, 0.33)
    shape = free[0] if style.shape in taken and free else style.shape
    return replace(style, name=f"{style.name} {alike + 1}", dark=dark, light=light, shape=shape, dashed=True)


def _far_from(others: Sequence[str], colour: str, lightness: float) -> str:
    """The colour with its hue turned so that it is as far as can be from the nearest of the others."""
    hue, _, saturation = colorsys.rgb_to_hls(*_shares(colour))
    turned = [
        _written(colorsys.hls_to_rgb((hue + turn / 12) % 1, lightness, max(saturation, 0.5)))
        for turn in range(1, 12)
    ]
    return max(turned, key=lambda one: min(math.dist(_oklab(one), _oklab(other)) for other in others))


def _oklab(colour: str) -> tuple[float, float, float]:
    """Coordinates in which distances are as large as they look (Ottosson, 2020)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _shares(colour)
    )
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _other_lightness(colour: str, border: float, darker: float, lighter: float) -> str:
    """The hue at lightness `darker` if its luma is above `border`, else at `lighter`; all from 0 to 1."""
    red, green, blue = _shares(colour)
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    luma = 0.3 * red + 0.59 * green + 0.11 * blue
    return _written(colorsys.hls_to_rgb(hue, darker if luma > border else lighter, saturation))


def _shares(colour: str) -> tuple[float, float, float]:
    """Red, green and blue, each 0 … 1."""
    red, green, blue = (channel / 255 for channel in bytes.fromhex(colour.removeprefix("#")))
    return red, green, blue


def _written(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * part):02X}" for part in parts)
