"""The dialog's choice of whom a learner meets: its past selves or a rival that learns, too, and others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from pygame import Rect

from arena.records import AgentInfo, OpponentMix
from arena.ui.canvas import Canvas
from arena.ui.format import percent
from arena.ui.layout import Column, Row, Spacer
from arena.ui.messages import Changed, Handled, Message, Pressed, Submitted
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.finder import Findable, Finder
from arena.ui.widgets.menu import Select
from arena.ui.widgets.segment import Segment
from arena.ui.widgets.slider import Slider
from arena.ui.widgets.text import Text

SELVES: Final = {
    "latest": ("Latest self", "Its newest weights"),
    "uniform": ("Past selves", "Each as likely as the others"),
    "prioritized": ("Prioritized past selves", "Those it still loses to more often"),
    "random": ("Random moves", "Any legal move"),
}
RIVALS: Final = {
    "latest": ("Latest rival", "Its newest weights"),
    "uniform": ("Past rivals", "Each as likely as the others"),
    "prioritized": ("Prioritized past rivals", "Those it still loses to more often"),
    "random": ("Random moves", "Any legal move"),
}
USUAL: Final = OpponentMix()
NEW_SHARE, STEP = 0.2, 0.05
ALONE, DUEL = "self-play", "duel"
NO_SHARE = "Give at least one opponent a share"
WORDS = 176


class ShareRow(Row):
    """One kind of opponent, or one player by name: what it is, its weight, and the share that comes to."""

    def __init__(self, title: str, hint: str, share: float, usual: float, id: str, named: bool) -> None:
        self._usual = usual
        self._hint_words = hint
        self.title = Text(title, "body-medium")
        self.hint = Text(hint, "caption", "text3")
        self.slider = Slider(share, f"{id}.share", 0, 1, STEP).sized(grow=1)
        self.percent = Text("", "body-medium", align="right").sized(width=52)
        words = Column(self.title, self.hint).sized(width=WORDS)
        end: Widget = Spacer(28)
        if named:
            end = Button("", f"{id}.remove", "quiet", "x", "small").with_tooltip(f"Remove {title}")
        super().__init__(words, Painted(self._paint_dot, 8, 8), self.slider, self.percent, end, gap=10, id=id)

    @property
    def share(self) -> float:
        return self.slider.value

    def show_part(self, total: float) -> None:
        """Say which part of all episodes the share comes to."""
        self.percent.text = percent(self.share / total) if total else "\u2013"
        self.percent.ink = "text" if self.share else "text3"
        self.changed()

    def _paint_dot(self, canvas: Canvas, rect: Rect) -> None:
        """The iris dot of what is not as usual."""
        if self.share != self._usual:
            canvas.circle(rect.center, 2.5, canvas.theme.iris2)

    def refuse(self, reason: str) -> None:
        """Args: reason: what the session has against this player; empty for nothing."""
        self.hint.text = reason or self._hint_words
        self.hint.ink = "err" if reason else "text3"


class OpponentsPart(Column):
    """Answers `Changed(id, None)` whenever something is chosen otherwise."""

    def __init__(self, id: str) -> None:
        self._kinds = {
            kind: ShareRow(title, hint, getattr(USUAL, kind), getattr(USUAL, kind), f"{id}.{kind}", False)
            for kind, (title, hint) in SELVES.items()
        }
        self._named: dict[str, ShareRow] = {}
        self._rows = Column(gap=8)
        self._way = Segment([(ALONE, "Self-play"), (DUEL, "Duel with a rival")], f"{id}.way")
        self._reset = Button("Reset", f"{id}.reset", "quiet", "undo-2", "small")
        self._add = Button("Add a player", f"{id}.add", icon="plus", size="small")
        self._offered: Callable[[], Sequence[Findable]] = tuple
        self._finding = Column()
        self._finding.visible = False
        self._rival = Select([], f"{id}.rival")
        self._note = Text("", "caption", "text3").sized(grow=1)
        self._foot = Row(self._add, self._note, gap=12)
        head = Row(self._way, self._rival, Spacer(), self._reset, gap=10).sized(height=30)
        super().__init__(head, self._finding, self._rows, self._foot, gap=14, id=id)
        self._show()

    @property
    def duels(self) -> bool:
        return self._way.chosen == DUEL

    @property
    def rival(self) -> str | None:
        """The agent that learns against this one, if one is to."""
        return self._rival.chosen if self.duels else None

    @property
    def mix(self) -> OpponentMix | None:
        """None for the usual one."""
        shares = {kind: row.share for kind, row in self._kinds.items()}
        mix = OpponentMix(**shares, players={word: row.share for word, row in self._named.items()})
        return None if mix == USUAL else mix

    @property
    def changed_count(self) -> int:
        """How many shares are not as usual; a rival counts as one more."""
        unusual = [kind for kind, row in self._kinds.items() if row.share != getattr(USUAL, kind)]
        return len(self._named) + len(unusual) + self.duels

    @property
    def error(self) -> str:
        return "" if self._total else NO_SHARE

    @property
    def _total(self) -> float:
        return sum(row.share for row in (*self._kinds.values(), *self._named.values()))

    def fit(self, learners: Sequence[AgentInfo], offered: Callable[[], Sequence[Findable]]) -> None:
        """Args: learners: who may be the rival; offered: who may be named as an opponent."""
        self._offered = offered
        self._rival.set_options([(agent.id, agent.title) for agent in learners])
        if not learners:
            self._way.chosen = ALONE
        self._close_finder()
        self._show()

    def fill(self, mix: OpponentMix | None, rival: str | None) -> None:
        """Show what a request says; None is the usual mix, and nobody."""
        shown = mix or USUAL
        for kind, row in self._kinds.items():
            row.slider.value = getattr(shown, kind)
        self._named = {word: self._named_row(word, share) for word, share in shown.players.items()}
        self._way.chosen = DUEL if rival is not None else ALONE
        if rival is not None:
            self._rival.chosen = rival
        self._show()

    def _named_row(self, word: str, share: float) -> ShareRow:
        return ShareRow(word, "By its name", share, 0.0, f"{self.id}.named.{word}", True)

    def _show(self) -> None:
        rows = [*self._kinds.values(), *self._named.values()]
        if rows != self._rows.children:
            self._rows.replace_children(rows)
        for row in rows:
            row.show_part(self._total)
        for kind, (title, _) in (RIVALS if self.duels else SELVES).items():
            self._kinds[kind].title.text = title
        self._note.text = (
            "Both learn in this run, in turns; its steps are those of both"
            if self.duels
            else "Each episode draws one of them by its share"
        )
        self._rival.visible = self.duels
        self._reset.visible = self.changed_count > 0

    def refuse(self, sentence: str) -> bool:
        """Mark the player that a sentence of the session speaks of; False if it speaks of none."""
        bad = [word for word in self._named if word in sentence]
        for word, row in self._named.items():
            row.refuse("Not usable here" if word in bad else "")
        return bool(bad)

    def focus_place(self) -> Widget:
        """What to focus where shares are missing."""
        return self._kinds["latest"].slider

    def _open_finder(self) -> None:
        """In place of the rows, which come back when somebody is named or nobody is."""
        finder = Finder(self._offered(), f"{self.id}.find", "A player, a run or an agent").sized(grow=1)
        cancel = Button("Back", f"{self.id}.back", "quiet", "undo-2", "small")
        self._finding.replace_children([Row(finder, cancel, across="start", gap=10)])
        self._turn(finding=True)
        host = self.find_host()
        if host is not None:
            host.set_focus(finder.field)

    def _close_finder(self) -> None:
        self._finding.replace_children([])
        self._turn(finding=False)

    def _turn(self, *, finding: bool) -> None:
        self._finding.visible = finding
        self._rows.visible = self._foot.visible = not finding

    def _name(self, word: str) -> None:
        if word not in self._named:
            self._named[word] = self._named_row(word, NEW_SHARE)
        self._close_finder()
        self._show()
        host = self.find_host()
        if host is not None:
            host.set_focus(self._named[word].slider)

    def translate(self, message: Message) -> Message:
        named = f"{self.id}.named."
        match message:
            case Pressed(id) if id == self._add.id:
                self._open_finder()
                return Handled()
            case Pressed(id) if id == f"{self.id}.back":
                self._close_finder()
                return Handled()
            case Submitted(id, word) if id == f"{self.id}.find":
                self._name(word)
            case Pressed(id) if id == self._reset.id:
                self.fill(None, None)
            case Pressed(id) if id.startswith(named):
                del self._named[id.removeprefix(named).removesuffix(".remove")]
                self._show()
            case Changed(id) if id.startswith(f"{self.id}."):
                self._show()
            case _:
                return message
        return Changed(self.id, None)


def rescaled(mix: OpponentMix) -> OpponentMix:
    """The same mix with its largest share at one, as a form of sliders from 0 to 1 can show it."""
    kinds = {kind: getattr(mix, kind) for kind in SELVES}
    largest = max([*kinds.values(), *mix.players.values()], default=0.0)
    if largest <= 1:
        return mix
    return msgspec.structs.replace(
        mix,
        **{kind: share / largest for kind, share in kinds.items()},
        players={word: share / largest for word, share in mix.players.items()},
    )
