"""Colour tokens, type roles and the sizes that every widget is drawn with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from arena.drawing.palette import AgentStyle

Tone = Literal["ok", "warn", "err", "info", "neutral", "iris"]


@dataclass(frozen=True)
class Theme:
    """Every colour by its meaning, as ``#rrggbb``. `stage` is dark in both themes: boards live there."""

    name: str
    dark: bool
    bg: str
    rail: str
    panel: str
    raised: str
    hover: str
    chip: str
    line: str
    line2: str
    field: str
    grid: str
    track: str
    text: str
    text2: str
    text3: str
    iris: str
    iris2: str
    irisbg: str
    on_iris: str
    ok: str
    okbg: str
    warn: str
    warnbg: str
    err: str
    errbg: str
    info: str
    infobg: str
    win: str
    loss: str
    inset: str
    knob: str
    on_err: str
    stage: str = "#0B0E14"
    scrim: str = "#05070B"
    scrim_alpha: int = 173
    shadow_alpha: int = 115

    def agent(self, style: AgentStyle) -> str:
        return style.colour(self.dark)

    def tone(self, tone: Tone) -> tuple[str, str]:
        """Ink and ground of a state, for chips and notices."""
        pairs = {
            "ok": (self.ok, self.okbg),
            "warn": (self.warn, self.warnbg),
            "err": (self.err, self.errbg),
            "info": (self.info, self.infobg),
            "neutral": (self.text2, self.chip),
            "iris": (self.iris2, self.irisbg),
        }
        return pairs[tone]


DARK: Final = Theme(
    name="dark",
    dark=True,
    bg="#0B0E14",
    rail="#080A0F",
    panel="#121722",
    raised="#1A2130",
    hover="#232C3E",
    chip="#1A2130",
    line="#232C3D",
    line2="#35425A",
    field="#5F7090",
    grid="#1B2331",
    track="#222B3B",
    text="#E8ECF4",
    text2="#AAB5C9",
    text3="#8B98AF",
    iris="#8F7DFF",
    iris2="#B3A6FF",
    irisbg="#211E40",
    on_iris="#0B0820",
    ok="#4CD08A",
    okbg="#12291F",
    warn="#F0B54A",
    warnbg="#2C2413",
    err="#FF7A82",
    errbg="#2F171C",
    info="#6FB7FF",
    infobg="#13243A",
    win="#4F8FC4",
    loss="#A8693A",
    inset="#0B0E14",
    knob="#E8ECF4",
    on_err="#1B0609",
)

LIGHT: Final = Theme(
    name="light",
    dark=False,
    bg="#F3F5F9",
    rail="#FFFFFF",
    panel="#FFFFFF",
    raised="#F4F6FA",
    hover="#E9EDF4",
    chip="#E7EBF2",
    line="#DFE4ED",
    line2="#C4CDDB",
    field="#7F8BA1",
    grid="#EDF0F5",
    track="#E3E8F0",
    text="#141A26",
    text2="#465167",
    text3="#5C687F",
    iris="#5B48D6",
    iris2="#5B48D6",
    irisbg="#ECE9FC",
    on_iris="#FFFFFF",
    ok="#0C7A47",
    okbg="#E2F4EA",
    warn="#8A5A00",
    warnbg="#FBF0D9",
    err="#C0283A",
    errbg="#FCE8EA",
    info="#0B63B0",
    infobg="#E3EFFB",
    win="#3F7FB6",
    loss="#B8763A",
    inset="#F3F5F9",
    knob="#FFFFFF",
    on_err="#FFFFFF",
    shadow_alpha=31,
)

RoleName = Literal[
    "display",
    "title",
    "heading",
    "section",
    "body",
    "body-medium",
    "strong",
    "label",
    "caption",
    "caption-medium",
    "mono",
    "mono-small",
    "clock",
]


@dataclass(frozen=True)
class TypeRole:
    """A font file with its size and line height in logical pixels."""

    file: str
    size: int
    line: int


ROLES: Final[Mapping[RoleName, TypeRole]] = MappingProxyType(
    {
        "display": TypeRole("InterDisplay-SemiBold.otf", 28, 34),
        "title": TypeRole("InterDisplay-SemiBold.otf", 20, 26),
        "heading": TypeRole("InterDisplay-SemiBold.otf", 16, 22),
        "section": TypeRole("Inter-SemiBold.otf", 13, 18),
        "body": TypeRole("Inter-Regular.otf", 13, 18),
        "body-medium": TypeRole("Inter-Medium.otf", 13, 18),
        "strong": TypeRole("Inter-SemiBold.otf", 13, 18),
        "label": TypeRole("Inter-Medium.otf", 12, 16),
        "caption": TypeRole("Inter-Regular.otf", 11, 14),
        "caption-medium": TypeRole("Inter-Medium.otf", 11, 14),
        "mono": TypeRole("JetBrainsMono-Regular.ttf", 12, 19),
        "mono-small": TypeRole("JetBrainsMono-Regular.ttf", 11, 14),
        "clock": TypeRole("JetBrainsMono-Medium.ttf", 24, 30),
    }
)
FALLBACK_FONT: Final = "DejaVuSans-Symbols.ttf"

SCALES: Final = (1.0, 1.25, 1.5, 1.75, 2.0)


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` moved towards `other` by `share`, 0 to 1. SVG and fast fills want solid colours, not alpha."""
    blended = (round(a + (b - a) * share) for a, b in zip(channels(colour), channels(other), strict=True))
    return "#" + "".join(f"{value:02X}" for value in blended)


def contrast(ink: str, ground: str) -> float:
    """WCAG 2 contrast ratio of two colours, 1 to 21."""

    def luminance(colour: str) -> float:
        linear = [
            value / 3294.6 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4
            for value in channels(colour)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
