"""The dialog's pages: the agent's settings, whom it meets, its rival's settings, and what few runs need."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from arena.records import AgentInfo, EnvironmentInfo
from arena.requests import OFFLOAD_HELP, TrainRequest
from arena.ui.layout import Column
from arena.ui.messages import Changed, Handled, Message
from arena.ui.screens.new_run.advanced_part import AdvancedPart
from arena.ui.screens.new_run.opponents_part import OpponentsPart, rescaled
from arena.ui.screens.new_run.settings_part import SettingsPart
from arena.ui.widgets.finder import Findable
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.tabs import Tab, Tabs

SETTINGS, OPPONENTS, RIVAL, ADVANCED = "settings", "opponents", "rival", "advanced"


class Choices(Column):
    """Answers `Changed("new-run.choices", None)` whenever a value on any page is another one."""

    def __init__(self) -> None:
        self.settings = SettingsPart("new-run.settings")
        self.opponents = OpponentsPart("new-run.opponents")
        self.rival = SettingsPart("new-run.rival")
        self.advanced = AdvancedPart("new-run.advanced", OFFLOAD_HELP)
        self._tabs = Tabs([Tab(SETTINGS, "Settings")], "new-run.tabs")
        self._learners: tuple[AgentInfo, ...] = ()
        self._environment: EnvironmentInfo | None = None
        pages = (
            (SETTINGS, self.settings),
            (OPPONENTS, self.opponents),
            (RIVAL, self.rival),
            (ADVANCED, self.advanced),
        )
        self._pages = {key: Scroll(Column(page, padding=(12, 20, 18, 20))) for key, page in pages}
        head = Column(self._tabs, padding=(8, 8, 0, 8))
        super().__init__(head, *self._pages.values(), id="new-run.choices")
        self.sized(grow=1)
        self.show_tabs()

    def fit(
        self,
        environment: EnvironmentInfo,
        agent: AgentInfo,
        learners: Sequence[AgentInfo],
        offered: Callable[[], Sequence[Findable]],
        starts: Sequence[tuple[str, str]],
    ) -> None:
        """The pages as they suit a pairing: usual values where they belong to the agent, else as they were.

        Args:
            learners: who can learn here.
            offered: who may be named as an opponent.
            starts: word and label of whatever weights the agent can begin with.
        """
        self._environment, self._learners = environment, tuple(learners)
        self.settings.choose(agent, environment)
        self.opponents.fit(learners, offered)
        self.advanced.fit(starts)
        self._fit_rival()
        self.show_tabs()

    def fill(self, request: TrainRequest) -> None:
        """Show what a request says, on pages that fit its pairing."""
        self.settings.fill(request.settings)
        mix = None if request.opponents is None else rescaled(request.opponents)
        self.opponents.fill(mix, request.rival)
        self._fit_rival()
        self.rival.fill(request.rival_settings)
        self.advanced.fill(request.start_from, request.offload_mb)
        self.show_tabs()

    def _fit_rival(self) -> None:
        rival = next((agent for agent in self._learners if agent.id == self.opponents.rival), None)
        if rival is not None and self._environment is not None:
            self.rival.choose(rival, self._environment)

    def show_tabs(self) -> None:
        """Name the pages that there are, with how much is not as usual on those that are not in sight."""
        agent = self.settings.agent
        tabs = [Tab(SETTINGS, "Settings" if agent is None else f"Settings of {agent.title}")]
        if self._environment is not None and self._environment.seats > 1:
            tabs.append(Tab(OPPONENTS, "Opponents", self.opponents.changed_count or None))
        if self._duels:
            tabs.append(Tab(RIVAL, "Settings of rival", self.rival.changed_count or None))
        tabs.append(Tab(ADVANCED, "Advanced", self.advanced.changed_count or None))
        if tuple(tabs) != self._tabs.tabs:
            self._tabs.set_tabs(tabs)
        for key, page in self._pages.items():
            page.visible = key == self._tabs.chosen

    @property
    def alone(self) -> bool:
        """Whether nobody else plays in that environment."""
        return self._environment is None or self._environment.seats == 1

    @property
    def _duels(self) -> bool:
        return not self.alone and self.opponents.duels

    @property
    def rival_id(self) -> str | None:
        """The agent that learns against the chosen one, if one does."""
        return self.opponents.rival if self._duels else None

    def first_error(self) -> str:
        """The sentence of the first page on which something is wrong; empty if all can be used."""
        return next((sentence for _, sentence in self._errors()), "")

    def _errors(self) -> list[tuple[str, str]]:
        found = [
            (SETTINGS, self.settings.form.first_error()),
            (OPPONENTS, "" if self.alone else self.opponents.error),
            (RIVAL, self.rival.form.first_error() if self._duels else ""),
            (ADVANCED, self.advanced.error),
        ]
        return [(key, sentence) for key, sentence in found if sentence]

    def focus_first_error(self) -> bool:
        """Put the focus in the first bad field, on its page; False when there is none."""
        bad = next((key for key, _ in self._errors()), None)
        host = self.find_host()
        if bad is None or host is None:
            return False
        self.turn_to(bad)
        match bad:
            case "settings":
                return self.settings.form.focus_first_error()
            case "rival":
                return self.rival.form.focus_first_error()
            case "opponents":
                host.set_focus(self.opponents.focus_place())
            case _:
                host.set_focus(self.advanced.focus_place())
        return True

    def turn_to(self, page: str) -> None:
        self._tabs.chosen = page
        self.show_tabs()
        self.relayout()

    def refuse(self, sentence: str) -> None:
        """Mark what a sentence of the session speaks of, where that can be told."""
        self.opponents.refuse(sentence)
        self.advanced.refuse(sentence)

    def translate(self, message: Message) -> Message:
        match message:
            case Changed("new-run.tabs"):
                self.show_tabs()
                return Handled()
            case Changed("new-run.opponents"):
                if self.opponents.rival != (self.rival.agent.id if self.rival.agent else None):
                    self._fit_rival()
            case Changed("new-run.settings" | "new-run.rival" | "new-run.advanced"):
                pass
            case _:
                return message
        self.show_tabs()
        return Changed(self.id, None)
