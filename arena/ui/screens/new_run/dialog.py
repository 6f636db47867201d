"""The New run dialog: an environment, an agent that can learn it, its settings, and the run's own facts."""

from __future__ import annotations

import math
import os

from arena.errors import ArenaError, BadSetting
from arena.records import AgentInfo, EnvironmentInfo, RunRecord
from arena.requests import TrainRequest
from arena.session.naming import next_run_name
from arena.ui.format import duration, number, short_number
from arena.ui.layout import Column, Divider, Row
from arena.ui.messages import Changed, Chosen, Handled, Message, Pressed, Submitted
from arena.ui.screen import Ui
from arena.ui.screens.new_run.agent_list import AgentList
from arena.ui.screens.new_run.choices import Choices
from arena.ui.screens.new_run.environment_part import OTHER, EnvironmentPart
from arena.ui.screens.new_run.known import Known, Verdict, accelerator, judge, learn, picture_of
from arena.ui.screens.new_run.refusal import Refusal
from arena.ui.screens.new_run.run_part import RunPart
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.dialog import Sheet
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.text import Text

WIDTH, HEIGHT, LEFT = 1056, 732, 404
FIRST = "CartPole-v1"


def open_new_run(
    ui: Ui,
    environment: str | None = None,
    agent: str | None = None,
    request: TrainRequest | None = None,
    copy_of: str = "",
) -> None:
    """Opens the dialog over the screen that is shown; once the run is started it goes to the Train screen.

    Args:
        environment, agent: ids that are chosen at first.
        request: what the form says at first, but for the name, which is one run's own.
        copy_of: the name of the run that the request is of.
    """
    if request is not None:
        environment, agent = request.environment, request.agent
    dialog = NewRunDialog(ui, environment, agent, request, copy_of or (request.name or "" if request else ""))
    ui.open(dialog, WIDTH, HEIGHT)
    dialog.load()


class NewRunDialog(Sheet):
    """Answers nothing to the screen below: it starts the run itself and then closes."""

    def __init__(
        self,
        ui: Ui,
        environment: str | None = None,
        agent: str | None = None,
        request: TrainRequest | None = None,
        copy_of: str = "",
    ) -> None:
        self._ui = ui
        self._template = request
        self._owner = ui.screen
        self._wanted = (environment, agent)
        self._known: Known | None = None
        self._check: TrainRequest | None = None
        self._checking = False
        self._refused = ""
        self._start = Button("Start run", "new-run.start", "primary", "play")
        self._error = Refusal().sized(grow=1)
        self._time = Text("", "body-medium")
        self._pace = Text("", "caption", "text3")
        self._body = Column(Column(Skeleton(12, 90), padding=(20, 20, 20, 20)).sized(grow=1))
        self._timer = Painted(lambda canvas, rect: canvas.icon("timer", rect, 18, canvas.theme.text2), 18, 18)
        self._timer.visible = False
        foot = Row(
            self._timer,
            Column(self._time, self._pace, gap=2).sized(width=300),
            self._error,
            Button("Cancel", "new-run.cancel"),
            self._start,
            gap=10,
            padding=(0, 20, 0, 20),
        )
        note = f"Copy of {copy_of}" if copy_of else "Goes on in the background, also when Arena is closed"
        super().__init__("New run", note, self._body, foot, "new-run", ["new-run.cancel"])

    def load(self) -> None:
        """Ask the session for everything that the form needs."""
        session, environment = self._ui.session, self._wanted[0]
        self._ui.run(self._owner, lambda: learn(session, environment), self._show, self._show_failure)

    def _show_failure(self, error: Exception) -> None:
        retry = Button("Try again", "new-run.retry", "primary")
        sentence = str(error) or type(error).__name__
        self._body.replace_children(
            [EmptyState("The agents could not be listed", sentence, "circle-x", (retry,), error=True)]
        )
        self._start.enabled = False

    def _show(self, known: Known) -> None:
        self._known = known
        if not known.environments or not known.agents:
            hint = "The Plugins screen says which files did not load, and why."
            self._body.replace_children([EmptyState("Nothing to train yet", hint, "puzzle")])
            self._start.enabled = False
            return
        self._start.enabled = True
        self._environment = EnvironmentPart(
            known.environments, known.foreign, self._first(known), "new-run.environment"
        )
        self._agents = AgentList(known.agents, known.styles, "new-run.agent")
        self._choices = Choices()
        self._run = RunPart("new-run.run", known.run_names)
        self._run.use_device(known.device)
        self._agents.choose(self._wanted[1])
        left = Column(
            Column(self._environment, padding=(14, 20, 14, 20)),
            Divider(),
            Column(self._agents, padding=(14, 0, 14, 0)),
        )
        right = Column(
            self._choices,
            Divider(),
            Column(self._run, padding=(12, 20, 14, 20)),
        )
        halves = Row(
            Scroll(left).sized(width=LEFT, grow=0),
            Divider(vertical=True),
            right.sized(grow=1),
            gap=0,
            across="stretch",
        )
        self._body.replace_children([halves.sized(grow=1)])
        self._environment_chosen(self._environment.chosen)
        if self._template is not None:
            self._fill(self._template)
        self._ui.focus(self._environment.card)
        session = self._ui.session
        self._ui.run(self._owner, lambda: accelerator(session), self._show_device)

    def _fill(self, request: TrainRequest) -> None:
        """Show what a request says wherever the pairing that it is for was found."""
        agent = self._agents.chosen
        if self._environment.chosen.id != request.environment or agent is None or agent.id != request.agent:
            return
        self._environment.form.fill(request.environment_settings)
        self._choices.fill(request)
        self._run.fill(request)
        self._changed()

    def _first(self, known: Known) -> EnvironmentInfo:
        wanted, agent = self._wanted
        by_id = {environment.id: environment for environment in known.environments}
        if wanted in by_id:
            return by_id[wanted]
        learner = next((one for one in known.agents if one.id == agent), None)
        suited = [
            one
            for one in known.environments
            if learner is None or learner.unsuited(one, to_learn=True) is None
        ]
        if learner is None and FIRST in by_id:
            return by_id[FIRST]
        return (suited or known.environments)[0]

    def _show_device(self, found: str) -> None:
        self._run.offer_device(found, os.cpu_count() or 1)

    def _environment_chosen(self, environment: EnvironmentInfo) -> None:
        self._environment.choose(environment)
        self._agents.fit(environment)
        session = self._ui.session
        self._ui.run(
            self._owner,
            lambda: picture_of(session, environment.id),
            lambda picture: (
                self._environment.card.show_picture(picture)
                if self._environment.chosen.id == environment.id
                else None
            ),
        )
        self._agent_chosen()

    def _agent_chosen(self) -> None:
        agent, environment, known = self._agents.chosen, self._environment.chosen, self._known
        if agent is not None and known is not None:
            self._choices.fit(
                environment,
                agent,
                known.learners(environment),
                lambda: known.opponents(environment),
                known.starts(environment, agent),
            )
        self._changed()

    def _changed(self) -> None:
        """Something in the form is another value: say what it means, and have it checked."""
        agent, known = self._agents.chosen, self._known
        self._refused = ""
        self._environment.show_board()
        if agent is not None and known is not None:
            environment = self._environment.chosen
            name = next_run_name(agent.id, environment.id, known.run_names)
            self._run.suggest(name, self._choices.settings.steps or environment.training_steps)
            self._run.count_steps_of(1 if self._choices.rival_id is None else 2)
            self._show_time(known, environment, agent)
        self._show_error()
        if not self._first_error():
            self._ask()

    def _show_time(self, known: Known, environment: EnvironmentInfo, agent: AgentInfo) -> None:
        """How long it takes at the pace of the last such run, as many seeds at once as there are workers."""
        seeds, steps = self._run.seeds, self._run.steps
        pace = known.paces.get((environment.id, agent.id))
        work = f"{seeds} \u00d7 {short_number(steps)} steps" if seeds > 1 else f"{short_number(steps)} steps"
        self._timer.visible = True
        if pace is None:
            self._time.text, self._pace.text = work, "The first run here shows how fast it goes"
            return
        seconds = math.ceil(seeds / known.workers) * steps / pace
        self._time.text = f"about {duration(max(1.0, seconds))}"
        self._pace.text = f"{work} at {number(pace)} steps/s, measured here"

    def _first_error(self) -> str:
        """The sentence beside the button; empty when all that can be checked here is right."""
        if self._agents.chosen is None:
            return "No agent here can learn this environment"
        wrong = self._environment.form.first_error() or self._choices.first_error()
        if wrong:
            return wrong
        if self._refused:
            return self._refused
        names = {"name": "Name", "steps": "Steps", "seed": "Seed"}
        return next((f"{names[field]}: {reason}" for field, reason in self._run.errors.items()), "")

    def _show_error(self) -> None:
        self._error.text = self._first_error()

    def _request(self) -> TrainRequest:
        agent = self._agents.chosen
        assert agent is not None
        choices, rival = self._choices, self._choices.rival_id
        return TrainRequest(
            environment=self._environment.chosen.id,
            agent=agent.id,
            steps=self._run.steps,
            seeds=self._run.seeds,
            seed=self._run.seed,
            settings=choices.settings.values(),
            environment_settings=self._environment.values(),
            device=self._run.device,
            name=self._run.name,
            opponents=None if choices.alone else choices.opponents.mix,
            rival=rival,
            rival_settings=choices.rival.values() if rival is not None else {},
            start_from=choices.advanced.start_from,
            offload_mb=choices.advanced.offload_mb,
        )

    def _ask(self) -> None:
        """Have the session check the form as it stands; one question at a time, the newest one last."""
        self._check = self._request()
        if self._checking:
            return
        self._checking = True
        session, request = self._ui.session, self._check
        self._ui.run(
            self._owner,
            lambda: judge(session, request),
            lambda verdict: self._judged(request, verdict),
            lambda error: self._judged(request, Verdict(None, None, ArenaError(str(error)))),
        )

    def _judged(self, request: TrainRequest, verdict: Verdict) -> None:
        self._checking = False
        if self.find_host() is None:
            return
        if self._check != request and not self._first_error():
            self._ask()
            return
        if verdict.environment is not None and verdict.environment.id == self._environment.chosen.id:
            before = self._agents.rows.selected
            self._environment.card.show_facts(verdict.environment)
            self._agents.fit(verdict.environment)
            if self._agents.rows.selected != before:
                self._agent_chosen()
                return
        if verdict.error is not None:
            self._refuse(verdict.error)
        self._show_error()

    def _refuse(self, error: ArenaError) -> None:
        self._refused = str(error)
        self._choices.refuse(str(error))
        if "name" in str(error) and self._run.name is not None and self._run.name in str(error):
            self._run.refuse("name", "Another name is needed")

    def _look_up(self, name: str) -> None:
        session = self._ui.session
        self._environment.show_opening(name)
        self._error.text = ""
        self._ui.run(self._owner, lambda: session.environment(name), self._found, self._not_found)

    def _found(self, environment: EnvironmentInfo) -> None:
        self._environment_chosen(environment)
        self._ui.focus(self._environment.card)

    def _not_found(self, error: Exception) -> None:
        self._environment.show_not_found()
        self._error.text = str(error)

    def _press_start(self) -> None:
        if self._start.busy or self._known is None:
            return
        if self._first_error():
            self._focus_first_error()
            return
        self._start.busy = True
        session, request = self._ui.session, self._request()
        self._ui.run(self._owner, lambda: session.train(request), self._started, self._not_started)

    def _focus_first_error(self) -> None:
        self._show_error()
        if self._environment.form.focus_first_error() or self._choices.focus_first_error():
            return
        bad: Widget | None = self._run.first_bad()
        self._ui.focus(bad or self._agents.rows)

    def _started(self, runs: list[RunRecord]) -> None:
        self._ui.close(self)
        what = runs[0].name if len(runs) == 1 else f"{len(runs)} seeds of {runs[0].agent}"
        self._ui.toast("Run started", what, "ok")
        if self._ui.has_screen("train"):
            self._ui.go("train", run=runs[0].id)

    def _not_started(self, error: Exception) -> None:
        self._start.busy = False
        if not isinstance(error, ArenaError):
            error = ArenaError(f"{type(error).__name__}: {error}")
        self._refuse(error)
        self._show_error()
        if isinstance(error, BadSetting):
            self._choices.focus_first_error()

    def translate(self, message: Message) -> Message:
        match message:
            case Pressed("new-run.start"):
                self._press_start()
            case Pressed("new-run.retry"):
                self.load()
            case Changed("new-run.environment", key) if key == OTHER:
                self._ui.focus(self._environment.ask_for_id())
            case Changed("new-run.environment", key) if self._known is not None:
                listed = self._environment.card.environments
                self._environment_chosen(next(one for one in listed if one.id == key))
            case Submitted("new-run.environment.find", name):
                self._look_up(name)
            case Chosen("new-run.agent"):
                self._agent_chosen()
            case Changed("new-run.environment.form" | "new-run.choices" | "new-run.run"):
                self._changed()
            case _:
                return super().translate(message)
        return Handled()
