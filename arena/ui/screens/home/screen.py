"""The Home screen: an exhibition before the first training, later everything at a glance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pygame

from arena.records import EnvironmentInfo, RunRecord
from arena.ui.desktop import open_folder
from arena.ui.events import Key
from arena.ui.format import count_of
from arena.ui.layout import Column
from arena.ui.messages import Activated, Changed, FileDropped, Message, Pressed
from arena.ui.screen import Action, Screen
from arena.ui.screens.home.drop import offer_to_copy
from arena.ui.screens.home.environments import Environments, load_picture
from arena.ui.screens.home.facts import HomeFacts
from arena.ui.screens.home.first_page import Hero, first_page
from arena.ui.screens.home.page import LaterPage
from arena.ui.screens.home.reading import EXHIBITED, FIRST_RUN, HomeReader
from arena.ui.screens.home.spectacle import Spectacle
from arena.ui.screens.new_run import open_new_run
from arena.ui.widget import Widget
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.scroll import Scroll

LOOK_SECONDS = 1 / 30
CARD = "home.environment."
TRAINING = "home.training."


class HomeScreen(Screen):
    """Where Arena begins."""

    name, title, icon, digit = "home", "Home", "house", 1

    def build(self) -> Widget:
        self._reader = HomeReader(self.ui.session)
        self._spectacle = Spectacle(self.ui.session)
        self._hero: Hero | None = None
        self._page: LaterPage | None = None
        self._environments = Environments("")
        self._facts: HomeFacts | None = None
        self._start: Callable[[tuple[int, int]], None] | None = None
        self._stage_pixels = (0, 0)
        self._looked_at = 0.0
        self._loading_pictures = False
        loading = EmptyState("Looking for environments", "Plugins are looked at in the background.", "blocks")
        self._root = Column(loading)
        return self._root

    def enter(self, **arguments: object) -> None:
        self._loading_pictures = False
        if self._hero is not None:
            self._exhibit(self._spectacle.environment or self._exhibited()[0])
        self.ui.every(self, 0.5, self._reader.news, self._show)

    def leave(self) -> None:
        self._start = None
        self._spectacle.close()

    def _show(self, facts: HomeFacts | None) -> None:
        if facts is None:
            return
        self._facts = facts
        if not facts.environments:
            return
        learners = sum(line.agent.learns for line in facts.agents)
        agents = len(facts.agents)
        self.ui.subtitle(
            f"{count_of(len(facts.environments), 'environment')}, {count_of(agents, 'agent')} ready"
        )
        if facts.fresh and learners:
            self._show_first(facts)
        else:
            self._show_later(facts)
        self._environments.show_live(
            facts.trained_in,
            {run.agent: self.ui.session.agent_style(run.agent) for run in facts.trained_in.values()},
        )
        self._load_pictures()

    def _show_first(self, facts: HomeFacts) -> None:
        if self._hero is None:
            self._page = None
            self._environments = Environments("Pick one to watch or to train in")
            self._hero = Hero(self._exhibited(), self.ui.session.agent_style("random"))
            part = Column(self._environments.head, self._environments.body, gap=10)
            self._root.replace_children([Scroll(first_page(self._hero, part), "home.scroll")])
            self._exhibit(self._exhibited()[0])
        self._environments.show(facts.environments, 180, 12)
        if facts.first_steps is not None:
            title = next(info.title for info in facts.environments if info.id == FIRST_RUN.environment)
            style = self.ui.session.agent_style(FIRST_RUN.agent)
            self._hero.offer.offer(title, FIRST_RUN.agent, style, facts.first_steps)
        self._hero.offer.train.enabled = facts.first_steps is not None

    def _show_later(self, facts: HomeFacts) -> None:
        if self._page is None:
            self._hero = None
            self._start = None
            self._spectacle.close()
            self._environments = Environments("")
            self._page = LaterPage(self._environments.body, self._environments.head)
            self._root.replace_children([self._page.sized(grow=1)])
        self._environments.show(facts.environments, 180, 16, enough=4)
        self._page.show(facts)

    def _exhibited(self) -> list[EnvironmentInfo]:
        known = self._facts.environments if self._facts is not None else ()
        return [info for info in known if info.id in EXHIBITED] or list(known[:1])

    def _exhibit(self, environment: EnvironmentInfo) -> None:
        if self._hero is None:
            return
        self._start = self._spectacle.choose(environment)
        self._hero.begin(environment)
        self._hero.stage.begin(environment, self._spectacle.tally)
        self._hero.offer.describe(environment, self._spectacle.tally)

    def update(self, now: float) -> None:
        hero, environment = self._hero, self._spectacle.environment
        if hero is None or environment is None or now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        pixels = hero.stage.pixels
        if min(pixels) < 40:
            return
        start, self._start = self._start, None
        if start is not None:
            self.ui.run(self, lambda: start(pixels), lambda _: None, self._exhibition_failed)
        elif pixels != self._stage_pixels:
            self._spectacle.resize(pixels)
        self._stage_pixels = pixels
        frame = self._spectacle.look()
        if frame is not None:
            hero.stage.show(frame)
            hero.offer.describe(environment, self._spectacle.tally)
        elif self._spectacle.failure:
            hero.stage.fail(self._spectacle.failure)

    def _exhibition_failed(self, error: Exception) -> None:
        if self._hero is not None:
            self._hero.stage.fail(f"No exhibition: {error}")

    def _load_pictures(self) -> None:
        """One after another: each may need a process that draws it."""
        waiting = self._environments.without_picture
        if self._loading_pictures or not waiting:
            return
        self._loading_pictures = True
        session, (environment, size) = self.ui.session, waiting[0]

        def loaded(picture: pygame.Surface | None) -> None:
            self._loading_pictures = False
            if picture is None:
                self._environments.give_up(environment)
            else:
                self._environments.show_picture(environment, picture)
            self._load_pictures()

        self.ui.run(
            self, lambda: load_picture(session.preview(environment, *size)), loaded, lambda _: loaded(None)
        )

    def react(self, message: Message) -> None:
        match message:
            case Changed("home.filter", key):
                self._environments.filter(key)
            case Changed("home.show", key):
                self._exhibit(next(info for info in self._exhibited() if info.id == key))
            case Activated(id=card, key=verb) if card.startswith(CARD):
                self._open_environment(card.removeprefix(CARD), verb)
            case Activated(id=card, key=run) if card.startswith(TRAINING):
                self._go("train", run=run)
            case Activated("home.agents", agent):
                open_new_run(self.ui, agent=agent if self._learns(agent) else None)
            case Activated("home.results", key):
                self._open_result(key)
            case Pressed(id=button) if button.startswith(TRAINING):
                self._steer(button)
            case FileDropped(path=path):
                offer_to_copy(self.ui, self, Path(path))
            case Pressed(id=button):
                self._pressed(button)

    def _open_result(self, key: str) -> None:
        lines = self._facts.results if self._facts is not None else ()
        line = next((line for line in lines if line.key == key), None)
        if line is not None and line.is_run:
            self._go("train", run=key)
        elif line is not None:
            self._go("rankings", board=line.board)

    def _pressed(self, button: str) -> None:
        match button:
            case "home.new-run":
                open_new_run(self.ui)
            case "home.see-all":
                self._go("rankings")
            case "home.train-first":
                self._train_first()
            case "home.watch":
                self._watch_match()
            case "home.drop":
                folder = self.ui.session.home.agents
                self.ui.run(self, lambda: open_folder(folder), lambda _: None)

    def _go(self, screen: str, **arguments: object) -> None:
        if self.ui.has_screen(screen):
            self.ui.go(screen, **{name: value for name, value in arguments.items() if value is not None})

    def _watch_match(self) -> None:
        contest = next((info for info in self._exhibited() if info.seats > 1), None)
        if contest is None:
            self._go("watch")
        else:
            self._go("watch", environment=contest.id, players=["random"] * contest.seats)

    def _learns(self, agent: str) -> bool:
        lines = self._facts.agents if self._facts is not None else ()
        return any(line.agent.id == agent and line.agent.learns for line in lines)

    def _open_environment(self, environment: str, verb: str) -> None:
        if verb == "train":
            open_new_run(self.ui, environment)
            return
        run = self._facts.trained_in.get(environment) if self._facts is not None else None
        self._go("watch", environment=environment, run=run.id if run is not None else None)

    def _train_first(self) -> None:
        if self._hero is None:
            return
        self._hero.offer.train.busy = True
        session = self.ui.session
        self.ui.run(self, lambda: session.train(FIRST_RUN), self._trained_first, self._not_trained)

    def _trained_first(self, runs: Sequence[RunRecord]) -> None:
        self.ui.toast("Training has begun", f"{runs[0].name} goes on when Arena is closed, too.", "ok")
        self._go("train", run=runs[0].id)

    def _not_trained(self, error: Exception) -> None:
        if self._hero is not None:
            self._hero.offer.train.busy = False
        self.ui.toast("Nothing was started", str(error), "err")

    def _steer(self, button: str) -> None:
        """Pause or resume all runs of the card whose button was pressed."""
        if self._page is None:
            return
        card_id, _, verb = button.rpartition(".")
        card = next(card for card in self._page.training.cards if card.id == card_id)
        if card.training is None:
            return
        card.wait()
        session = self.ui.session
        states = ("running",) if verb == "pause" else ("paused", "lost", "stopped")
        runs = [run.id for run in card.training.runs if run.state in states]
        order = session.pause if verb == "pause" else session.resume
        self.ui.run(self, lambda: [order(run) for run in runs], lambda _: None)

    def key(self, key: Key) -> bool:
        if key.name == "n" and not key.ctrl and not key.alt:
            open_new_run(self.ui)
            return True
        return False

    def actions(self) -> Sequence[Action]:
        return [Action("Start a new run", lambda: open_new_run(self.ui), "plus", keys=("N",))]

    def shortcuts(self) -> Sequence[tuple[str, str]]:
        return [("N", "New run"), ("T", "Train in the chosen environment")]
