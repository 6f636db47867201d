"""The dialog that starts a hyper-parameter search: of which agent, how many trials, and what they vary."""

from __future__ import annotations

import importlib.util
import math

from arena.errors import ArenaError
from arena.records import AgentInfo, EnvironmentInfo
from arena.requests import SearchRequest, TrainRequest
from arena.searches import SearchRecord
from arena.session.searching import INSTALL_OPTUNA, MOST_TRIALS
from arena.settings import Value
from arena.ui.format import count_of, duration, number, short_number
from arena.ui.layout import Column, Divider, Row
from arena.ui.messages import Changed, Handled, Message, Pressed, Submitted
from arena.ui.screen import Ui
from arena.ui.screens.new_run.known import Known, learn
from arena.ui.screens.new_run.refusal import Refusal
from arena.ui.screens.new_run.run_part import whole_number
from arena.ui.screens.train.span_rows import SpanRows
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.dialog import Sheet
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.labelled import Labelled
from arena.ui.widgets.menu import Select
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.stepper import Stepper
from arena.ui.widgets.text import Text
from arena.ui.widgets.text_field import TextField
from arena.ui.widgets.toggle import Toggle

WIDTH, HEIGHT = 900, 640
FIRST = "CartPole-v1"
MOST_SEEDS = 20


def open_search_settings(ui: Ui, request: TrainRequest | None = None, copy_of: str = "") -> None:
    """Opens the dialog; once the search is started it goes to the Train screen.

    Args:
        request: whose pairing and settings it starts from.
        copy_of: the name of the run that the request is of.
    """
    dialog = SearchSettings(ui, request, copy_of)
    ui.open(dialog, WIDTH, HEIGHT)
    dialog.load()


class SearchSettings(Sheet):
    """Answers nothing to the screen below: it starts the search itself and then closes."""

    def __init__(self, ui: Ui, request: TrainRequest | None, copy_of: str) -> None:
        self._ui = ui
        self._owner = ui.screen
        self._template = request
        self._known: Known | None = None
        self._refused = ""
        self._start = Button("Start search", "hunt.start", "primary", "play")
        self._start.enabled = False
        self._error = Refusal().sized(grow=1)
        self._work, self._time = Text("", "body-medium"), Text("", "caption", "text3")
        self._body = Column(Column(Skeleton(9, 60), padding=(20, 20, 20, 20)).sized(grow=1))
        foot = Row(
            Column(self._work, self._time, gap=2).sized(width=270),
            self._error,
            Button("Cancel", "hunt.cancel"),
            self._start,
            gap=10,
            padding=(0, 20, 0, 20),
        )
        note = f"Around those of {copy_of}" if copy_of else "Tries many, and tells which train best"
        super().__init__("Search settings", note, self._body, foot, "hunt", ["hunt.cancel"])

    def load(self) -> None:
        """Ask the session for what the form needs."""
        session = self._ui.session
        environment = self._template.environment if self._template else None

        def ask() -> tuple[Known, bool]:
            return learn(session, environment), importlib.util.find_spec("optuna") is not None

        self._ui.run(self._owner, ask, lambda found: self._show(*found), self._show_failure)

    def _show_failure(self, error: Exception) -> None:
        title = "The agents could not be listed"
        self._body.replace_children([EmptyState(title, str(error), "circle-x", (), error=True).sized(grow=1)])

    def _show(self, known: Known, installed: bool) -> None:
        self._known = known
        places = [one for one in known.environments if known.learners(one)]
        if not places:
            hint = "The Plugins screen says which files did not load, and why."
            self._body.replace_children([EmptyState("Nothing to train yet", hint, "puzzle").sized(grow=1)])
            return
        wanted = self._template.environment if self._template else FIRST
        ids = [one.id for one in places]
        chosen = wanted if wanted in ids else ids[0]
        self._environments = Select([(one.id, one.title) for one in places], "hunt.environment", chosen)
        self._agents = Select([], "hunt.agent")
        self._trials = Stepper(20, "hunt.trials", 1, MOST_TRIALS)
        self._steps = TextField("", "hunt.steps", mono=True)
        self._seeds = Stepper(1, "hunt.seeds", 1, MOST_SEEDS)
        self._prune = Toggle("Those that fall behind", "hunt.prune", True).sized(height=30)
        self._rows = SpanRows("hunt.over")
        self._add = Button("Add a setting", "hunt.add", icon="plus", size="small")
        self._lay_out()
        self._choose_environment(self._template.agent if self._template else None)
        self._start.enabled = installed
        if not installed:
            self._refused = INSTALL_OPTUNA
            self._show_error()
        self._ui.focus(self._environments)

    def _lay_out(self) -> None:
        first = [
            Labelled("Environment", self._environments).sized(grow=1),
            Labelled("Agent", self._agents).sized(grow=1),
        ]
        second: list[Widget] = [
            Labelled("Trials", self._trials, "Sets of settings").sized(140),
            Labelled("Steps per trial", self._steps, "Of each seed", "from 1").sized(grow=1),
            Labelled("Seeds per trial", self._seeds, "More are surer, and slower").sized(170),
            Labelled("Stop trials early", self._prune, "Frees their time for others").sized(grow=1),
        ]
        head = Row(Text("Settings to vary", "section").sized(grow=1), self._add)
        top = Column(
            Row(*first, gap=16, across="start"),
            Row(*second, gap=16, across="start"),
            gap=14,
            padding=(14, 20, 14, 20),
        )
        rows = Scroll(Column(self._rows, padding=(4, 20, 16, 20)))
        below = Column(Column(head, padding=(10, 20, 6, 20)), rows.sized(grow=1)).sized(grow=1)
        self._body.replace_children([top, Divider(), below])

    @property
    def _environment(self) -> EnvironmentInfo:
        assert self._known is not None
        return next(one for one in self._known.environments if one.id == self._environments.chosen)

    @property
    def _agent(self) -> AgentInfo:
        assert self._known is not None
        return next(one for one in self._known.agents if one.id == self._agents.chosen)

    def _choose_environment(self, agent: str | None) -> None:
        assert self._known is not None
        learners = self._known.learners(self._environment)
        options = [(one.id, one.title) for one in learners]
        self._agents.set_options(options, agent if agent in {one.id for one in learners} else None)
        self._choose_agent()

    def _choose_agent(self) -> None:
        agent, environment = self._agent, self._environment
        preset = agent.preset_for(environment.id)
        steps = self._own.steps if self._own is not None else None
        usual = (preset.steps if preset else None) or environment.training_steps
        self._steps.value = number(steps or usual)
        self._rows.fit(agent.settings, agent.settings_for(environment.id, self._fixed()))
        self._changed()

    @property
    def _own(self) -> TrainRequest | None:
        """What it starts from, while that is of the chosen pairing."""
        one = self._template
        same = one is not None and (one.environment, one.agent) == (
            self._environments.chosen,
            self._agents.chosen,
        )
        return one if same else None

    def _fixed(self) -> dict[str, Value]:
        """What the run that it starts from has otherwise than by default."""
        return {} if self._own is None else dict(self._own.settings)

    def _changed(self) -> None:
        if self._start.enabled:
            self._refused = ""
        steps = whole_number(self._steps.value)
        self._steps.error = "" if steps else "Use a whole number of at least 1"
        self._add.enabled = not self._rows.full
        self._show_time(steps or 0)
        self._show_error()

    def _show_time(self, steps: int) -> None:
        """How long it takes at the most, at the pace of the last such run."""
        assert self._known is not None
        runs = int(self._trials.value) * int(self._seeds.value)
        self._work.text = f"{count_of(runs, 'run')} of {short_number(steps)} steps"
        pace = self._known.paces.get((self._environment.id, self._agent.id))
        if pace is None:
            self._time.text = "The first run here shows how fast it goes"
            return
        seconds = math.ceil(runs / self._known.workers) * steps / pace
        self._time.text = f"at most about {duration(max(1.0, seconds))}"

    def _first_error(self) -> str:
        if self._steps.error:
            return f"Steps per trial: {self._steps.error}"
        return self._rows.first_error() or self._refused

    def _show_error(self) -> None:
        self._error.text = self._first_error()

    def _request(self) -> SearchRequest:
        own, over = self._own, self._rows.over
        return SearchRequest(
            environment=self._environment.id,
            agent=self._agent.id,
            trials=int(self._trials.value),
            over=over,
            steps=whole_number(self._steps.value),
            seeds=int(self._seeds.value),
            settings={name: value for name, value in self._fixed().items() if name not in over},
            environment_settings=dict(own.environment_settings) if own is not None else {},
            device=own.device if own is not None else "auto",
            prune=self._prune.on,
        )

    def _press_start(self) -> None:
        if self._start.busy or self._known is None:
            return
        if self._steps.error or self._rows.first_error():
            self._show_error()
            self._ui.focus(self._steps if self._steps.error else self._rows.first_bad() or self._add)
            return
        self._start.busy = True
        session, request = self._ui.session, self._request()
        self._ui.run(self._owner, lambda: session.search(request), self._started, self._not_started)

    def _started(self, search: SearchRecord) -> None:
        self._ui.close(self)
        self._ui.toast("Search started", search.name, "ok")
        self._ui.go("train", run=search.id)

    def _not_started(self, error: Exception) -> None:
        self._start.busy = False
        self._refused = str(error) if isinstance(error, ArenaError) else f"{type(error).__name__}: {error}"
        self._show_error()

    def translate(self, message: Message) -> Message:
        match message:
            case Pressed("hunt.start"):
                self._press_start()
            case Pressed("hunt.add"):
                self._rows.add_one()
                self._changed()
            case Changed("hunt.environment"):
                self._choose_environment(self._agents.chosen)
            case Changed("hunt.agent"):
                self._choose_agent()
            case Changed(id) | Submitted(id) if id.startswith("hunt."):
                self._changed()
            case _:
                return super().translate(message)
        return Handled()
