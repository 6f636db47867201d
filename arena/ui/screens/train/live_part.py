"""What may change while a run trains: its live settings in a form, and whom it meets as shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from arena.records import Alteration, OpponentMix
from arena.settings import Setting, Value
from arena.ui.canvas import Canvas
from arena.ui.format import percent
from arena.ui.layout import Column, Row
from arena.ui.messages import Changed, Message, Submitted
from arena.ui.screens.train.history import KIND_TITLES, KINDS, shares_of
from arena.ui.widget import Widget
from arena.ui.widgets.form import Form
from arena.ui.widgets.slider import Slider
from arena.ui.widgets.text import Text

FORM, RIVAL_FORM = "train.live", "train.live-rival"
LABEL, PERCENT = 98, 38
STEP = 0.05


class LiveForm(Form):
    """The live settings as they are now; `values()` is what the user has otherwise. Enter is `Submitted`."""

    def __init__(self, settings: Sequence[Setting], now: Mapping[str, Value], id: str = FORM) -> None:
        facts = [replace(one, default=now.get(one.name, one.default), help="") for one in settings]
        super().__init__(facts, id, columns=1)
        for one, field in zip(settings, self.children, strict=True):
            field.with_tooltip(one.help)

    def translate(self, message: Message) -> Message:
        answer = super().translate(message)
        if answer is message:
            return message
        return Submitted(FORM, "") if isinstance(message, Submitted) else Changed(FORM, None)


class ShareRow(Row):
    """One kind of opponent: its name, a slider, and its part of the whole."""

    def __init__(self, name: str, share: float) -> None:
        self.name = name
        self.slider = Slider(share, f"train.share.{name}", step=STEP).sized(grow=1)
        self._percent = Text("", "body-medium", align="right").sized(width=PERCENT)
        label = Text(KIND_TITLES.get(name, name), "label", "text2").sized(width=LABEL)
        super().__init__(label.with_tooltip(_explained(name)), self.slider, self._percent, gap=6)
        self.sized(height=28)

    def show_part(self, part: float) -> None:
        self._percent.text = percent(part)


def _explained(name: str) -> str:
    words = {
        "latest": "Plays against its newest weights",
        "uniform": "Plays against earlier weights, each as likely",
        "prioritized": "Plays against earlier weights, more often those it loses to",
        "random": "Plays against random legal moves",
    }
    return words.get(name, f"Plays against {name}")


class Shares(Column):
    """The mix of opponents."""

    def __init__(self, mix: OpponentMix) -> None:
        self.mix = mix
        raw = {kind: float(getattr(mix, kind)) for kind in KINDS} | dict(mix.players)
        most = max(1.0, *raw.values())
        self._rows = [ShareRow(name, share / most) for name, share in raw.items()]
        self._scale = most
        super().__init__(*self._rows, padding=(0, 14, 0, 14))
        self._begun = self._raw()
        self._show_parts()

    def _raw(self) -> dict[str, float]:
        return {row.name: round(row.slider.value, 4) for row in self._rows}

    @property
    def touched(self) -> bool:
        return self._raw() != self._begun

    def wanted(self) -> OpponentMix:
        """The mix as the sliders stand."""
        raw = {name: round(share * self._scale, 4) for name, share in self._raw().items()}
        kinds = {kind: raw.pop(kind) for kind in KINDS}
        return OpponentMix(**kinds, players=raw)

    @property
    def error(self) -> str:
        return "" if any(self._raw().values()) else "One kind needs a share above 0"

    def _show_parts(self) -> None:
        parts = shares_of(self.wanted())
        for row in self._rows:
            row.show_part(parts[row.name])

    def translate(self, message: Message) -> Message:
        if isinstance(message, Changed) and message.id.startswith("train.share."):
            self._show_parts()
            return Changed(FORM, None)
        return message


@dataclass(frozen=True)
class Changeable:
    """The live settings of one learner and all its values as they are now."""

    title: str
    settings: tuple[Setting, ...]
    now: Mapping[str, Value]

    @property
    def shown(self) -> dict[str, Value]:
        return {one.name: self.now[one.name] for one in self.settings if one.name in self.now}


class LivePart(Column):
    """Answers `Changed("train.live")` at every edit and `Submitted("train.live")` at Enter in a field."""

    def __init__(self) -> None:
        self._made_for: tuple[object, ...] = ()
        self._told: tuple[str, Changeable, Changeable | None, OpponentMix | None] | None = None
        self.form: LiveForm | None = None
        self.rival: LiveForm | None = None
        self.shares: Shares | None = None
        super().__init__(gap=8)
        self.visible = False

    def show(self, run: str, own: Changeable, rival: Changeable | None, mix: OpponentMix | None) -> None:
        """Args: own, rival: without settings while nothing may change; mix: None without opponents."""
        made_for = (run, own.settings, own.shown, rival and (rival.settings, rival.shown), mix)
        if made_for == self._made_for:
            return
        same = bool(self._made_for) and self._made_for[0] == run
        typed = [dict(form.values()) if same and form is not None else {} for form in (self.form, self.rival)]
        self._made_for, self._told = made_for, (run, own, rival, mix)
        self.form = _form(own, FORM, typed[0])
        self.rival = None if rival is None else _form(rival, RIVAL_FORM, typed[1])
        self.shares = None if mix is None else Shares(mix)
        parts: list[Widget] = []
        if self.form is not None:
            parts.append(Column(self.form, padding=(2, 14, 0, 14)))
        if self.rival is not None and rival is not None:
            parts.append(Column(Text(f"Of {rival.title}", "label", "text2"), padding=(4, 14, 0, 14)))
            parts.append(Column(self.rival, padding=(2, 14, 0, 14)))
        if self.shares is not None:
            parts.append(Column(Text("Opponents", "label", "text2"), padding=(4, 14, 0, 14)))
            parts.append(self.shares)
        self.visible = bool(parts)
        self.replace_children(parts)

    def discard(self) -> None:
        """Show again what is."""
        if self._told is not None:
            self._made_for = ()
            self.show(*self._told)

    @property
    def _forms(self) -> list[LiveForm]:
        return [form for form in (self.form, self.rival) if form is not None]

    @property
    def touched(self) -> bool:
        typed = any(form.values() or form.errors for form in self._forms)
        return typed or (self.shares is not None and self.shares.touched)

    @property
    def error(self) -> str:
        """Why what stands there cannot be applied; empty if it can."""
        wrong = next((form.first_error() for form in self._forms if form.errors), "")
        return wrong or (self.shares.error if self.shares is not None else "")

    def focus_first_error(self) -> None:
        bad = next((form for form in self._forms if form.errors), None)
        if bad is not None:
            bad.focus_first_error()

    def alteration(self) -> Alteration:
        """What is asked to be otherwise."""
        return Alteration(
            settings=self.form.values() if self.form is not None else {},
            rival_settings=self.rival.values() if self.rival is not None else {},
            opponents=self.shares.wanted() if self.shares is not None and self.shares.touched else None,
        )

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, super().measure(canvas, width)[1]


def _form(one: Changeable, id: str, typed: Mapping[str, object]) -> LiveForm | None:
    """The form of what may change, with what was typed before; None where nothing may."""
    shown = one.shown
    if not shown:
        return None
    form = LiveForm([fact for fact in one.settings if fact.name in shown], shown, id)
    form.fill({**shown, **{name: value for name, value in typed.items() if name in shown}})
    return form
