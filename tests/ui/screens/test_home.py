"""Home on real sessions: the exhibition before the first training, and what stands there later."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pygame
import pytest
from pygame import Rect

from arena.api import Box, Discrete
from arena.discovery import folders
from arena.discovery.catalog import Discovery
from arena.drawing.palette import BASELINE
from arena.errors import ArenaError
from arena.records import EnvironmentInfo, Evaluation, MatchRecord, RunRecord, RunState
from arena.requests import MatchRequest, TrainRequest
from arena.session import Session
from arena.store import Home, Store
from arena.ui.app import App
from arena.ui.canvas import Canvas
from arena.ui.layout import Column
from arena.ui.messages import FileDropped
from arena.ui.pilot import Pilot
from arena.ui.screen import Screen
from arena.ui.screens.home import HomeScreen, screen
from arena.ui.screens.home.drop import check_agent_file
from arena.ui.screens.home.environment_card import CardGrid, EnvironmentCard
from arena.ui.screens.home.facts import Training, about
from arena.ui.screens.home.reading import FIRST_RUN
from arena.ui.screens.home.spectacle import Tally
from arena.ui.screens.home.training_card import half_width, state_words
from arena.ui.theme import DARK
from arena.ui.widget import Widget
from tests.living import is_alive

PROJECT = Path(__file__).parents[3]
SHIPPED = {
    "agents": ("random", "q_learner", "pqn"),
    "plugins": ("cartpole", "connect_four", "frozen_lake", "tic_tac_toe"),
}
FIRST = TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=2000)
SIZES = ((1280, 800, 1.0), (1920, 1080, 1.0), (960, 640, 1.0), (1920, 1280, 2.0))


class Arguments(Screen):
    """Somewhere to go that remembers how it was entered."""

    name, title, icon, digit = "watch", "Watch", "swords", 2
    seen: dict[str, Any]

    def build(self) -> Widget:
        return Column()

    def enter(self, **arguments: Any) -> None:
        self.seen = arguments


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a few shipped plugins, with the cache of a scan of them in its "home"."""
    root = tmp_path_factory.mktemp("scanned")
    for kind, names in SHIPPED.items():
        (root / kind).mkdir()
        for name in names:
            shutil.copy(PROJECT / kind / f"{name}.py", root / kind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folders, "shipped", lambda kind: root / kind)
        Discovery(root / "home").scan()
    return root


@pytest.fixture
def session(scanned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(folders, "shipped", lambda kind: scanned / kind)
    home = Home.open(tmp_path / "home")
    shutil.copy(scanned / "home" / "cache" / "catalog.json", home.cache / "catalog.json")
    with Session.open(home.path) as opened:
        opened.scan()
        yield opened


@pytest.fixture
def pilot(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pilot]:
    monkeypatch.setattr(screen, "FIRST_RUN", FIRST)
    monkeypatch.setattr("arena.ui.screens.home.reading.FIRST_RUN", FIRST)
    app = App(session, [HomeScreen, Arguments])
    yield Pilot(app)
    app.shut_down()


def home_of(pilot: Pilot) -> HomeScreen:
    assert isinstance(pilot.app.screen, HomeScreen)
    return pilot.app.screen


def add_runs(session: Session, count: int, state: RunState = "finished", **facts: Any) -> None:
    with Store(session.home) as store:
        for number in range(count):
            store.add_run(a_run(number, state, **facts))


def a_run(number: int, state: RunState = "finished", **facts: Any) -> RunRecord:
    known: dict[str, Any] = {
        "id": f"r{number:08x}",
        "name": f"q-learner-frozenlake-{number:02}",
        "group": f"r{number:08x}",
        "environment": "FrozenLake-v1",
        "environment_settings": {},
        "board": "FrozenLake-v1",
        "agent": "q-learner",
        "source_sha256": "ab" * 32,
        "settings": {},
        "seed": 0,
        "budget": 20_000,
        "device": "cpu",
        "state": state,
        "step": 20_000,
        "created_at": time.time() - 60 + number / 100,
        "ended_at": time.time() - 40 + number / 100,
        "evaluation": Evaluation(0.74, 0.65, 0.83, 100, True),
    }
    return RunRecord(**(known | facts))


def a_match() -> MatchRecord:
    return MatchRecord(
        id="m1", board="tic-tac-toe", environment="tic-tac-toe", environment_settings={}, players=("a", "b"),
        games=2, seed=0, move_time=1.0, state="stopped", created_at=1.0, ended_at=2.0,
    )  # fmt: skip


def expect_clean(pilot: Pilot) -> None:
    """No fault of layout in any size or theme."""
    for theme in ("dark", "light"):
        pilot.app.set_theme(theme)
        for width, height, scale in SIZES:
            pilot.resize(width, height)
            pilot.app.set_scale(scale)
            assert pilot.audit() == [], (theme, width, height, scale)


def test_a_fresh_home_shows_random_play_live_and_counts_its_games(pilot: Pilot) -> None:
    assert {"Nothing trained yet", "Exhibition, not rated", "Live"} <= set(pilot.texts())
    pilot.wait_until(lambda: home_of(pilot)._spectacle.tally.games >= 2, 60)
    tally = home_of(pilot)._spectacle.tally
    assert all(5 < moves < 200 for moves in tally.moves)
    assert any(text.startswith("Random lasts for about") for text in pilot.texts())
    assert any(text.startswith("push left") or "push left" in text for text in pilot.texts())
    expect_clean(pilot)


def test_the_agent_suggested_first_can_learn_what_is_suggested_with_it(session: Session) -> None:
    plan = session.check_training(FIRST_RUN)
    assert (plan.agent.id, plan.environment.id) == ("pqn", "CartPole-v1")
    assert plan.agent.learns
    assert plan.agent.unsuited(plan.environment, to_learn=True) is None


def test_the_other_exhibition_is_a_segment_away_and_leaving_ends_it(pilot: Pilot) -> None:
    pilot.wait_until(lambda: home_of(pilot)._spectacle.tally.step > 0, 60)
    pilot.app.focus(pilot.widget("home.show"))
    pilot.press("right")
    pilot.wait_until(lambda: home_of(pilot)._spectacle.tally.step > 0, 60)
    environment = home_of(pilot)._spectacle.environment
    assert environment is not None
    assert environment.id == "connect-four"
    assert pilot.texts().count("Random") == 2
    pilot.press("ctrl+2")
    assert not any(is_alive(child) for child in psutil.Process().children())
    pilot.press("ctrl+1")
    pilot.wait_until(lambda: home_of(pilot)._spectacle.tally.step > 0, 60)


def test_one_press_trains_the_first_agent_and_home_becomes_an_overview(
    pilot: Pilot, session: Session
) -> None:
    pilot.wait_until(lambda: pilot.widget("home.train-first").enabled)
    assert "2\u2009000 steps" in " ".join(pilot.texts())
    pilot.click("home.train-first")
    pilot.wait_until(lambda: len(session.runs()) == 1)
    pilot.wait_until(lambda: "home.new-run" in pilot.ids(), 60)
    assert "Nothing trained yet" not in pilot.texts()
    session.wait([session.runs()[0].id])
    pilot.wait_until(lambda: any(text.startswith("Finished") for text in pilot.texts()), 60)
    assert "q-learner-frozenlake-01" in pilot.texts()


def test_cards_show_pictures_and_lead_to_watching_and_training(pilot: Pilot) -> None:
    pilot.wait_until(lambda: "home.environment.tic-tac-toe" in pilot.ids())
    card = pilot.widget("home.environment.tic-tac-toe")
    assert isinstance(card, EnvironmentCard)
    pilot.wait_until(lambda: card.has_picture, 90)
    pilot.app.focus(card)
    pilot.press("t")
    assert "new-run" in pilot.ids()
    pilot.press("escape")
    pilot.click("home.environment.tic-tac-toe")
    assert isinstance(pilot.app.screen, Arguments)
    assert pilot.app.screen.seen == {"environment": "tic-tac-toe"}


def test_watch_a_match_seats_random_at_connect_four(pilot: Pilot) -> None:
    pilot.wait_until(lambda: "home.watch" in pilot.ids())
    pilot.click("home.watch")
    assert isinstance(pilot.app.screen, Arguments)
    assert pilot.app.screen.seen == {"environment": "connect-four", "players": ["random", "random"]}


@pytest.mark.parametrize(("width", "columns"), [(860, 4), (1396, 4), (2036, 6), (420, 2)])
def test_the_cards_of_seven_environments_grow_before_a_row_takes_more_than_four(
    width: int, columns: int
) -> None:
    canvas = Canvas(pygame.Surface((width, 800)), DARK)
    grid = CardGrid([EnvironmentCard(info(Box((4,)), 2), f"card.{at}") for at in range(7)], 180, enough=4)
    grid.place(canvas, Rect(0, 0, width, 700))
    assert len({card.rect.left for card in grid.children}) == columns


def test_filters_keep_those_environments(pilot: Pilot) -> None:
    pilot.wait_until(lambda: "home.filter.several" in pilot.ids())
    pilot.click("home.filter.several")
    assert {
        card for card in pilot.ids() if card.startswith("home.environment.") and card.count(".") == 2
    } == {
        "home.environment.connect-four",
        "home.environment.tic-tac-toe",
    }


def test_a_dropped_agent_file_is_copied_once_the_user_says_so(
    pilot: Pilot, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text((PROJECT / "agents" / "random.py").read_text().replace('"random"', '"mine"'))
    pilot.app.screen.react(FileDropped("home", str(file)))
    pilot.settle()
    assert not (session.home.agents / "mine.py").exists()
    pilot.click("dialog.confirm")
    pilot.wait_until(lambda: "Agent file added" in pilot.texts(), 60)
    assert (session.home.agents / "mine.py").read_text() == file.read_text()


def test_what_is_no_agent_file_or_is_there_already_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    text = tmp_path / "notes.txt"
    text.write_text("")
    with pytest.raises(ArenaError, match="no Python file"):
        check_agent_file(text, tmp_path / "agents")
    agent = tmp_path / "mine.py"
    agent.write_text("")
    shutil.copy(agent, tmp_path / "agents")
    with pytest.raises(ArenaError, match="another name"):
        check_agent_file(agent, tmp_path / "agents")


def test_many_runs_with_long_names_and_every_state_stay_readable(session: Session) -> None:
    add_runs(session, 200)
    long = "an-agent-with-a-name-that-goes-on-and-on-for-the-frozen-lake"
    add_lost = a_run(900, "running", name=long, step=7000, ended_at=None, evaluation=None, recent_return=0.2)
    with Store(session.home) as store:
        store.add_run(add_lost)
    app = App(session, [HomeScreen])
    pilot = Pilot(app)
    pilot.wait_until(lambda: any(text.startswith("Lost") for text in pilot.texts()), 60)
    faults = {(fault.fault, fault.what) for fault in pilot.audit()}
    assert {fault for fault in faults if fault[1] != long} == set()
    app.shut_down()


def test_several_seeds_are_one_card_with_their_interval(session: Session) -> None:
    with Store(session.home) as store:
        for seed, value in enumerate((0.70, 0.74, 0.78)):
            evaluated = Evaluation(value, value - 0.1, value + 0.1, 100, True)
            store.add_run(a_run(seed, seed=seed, group="s1", evaluation=evaluated))
    app = App(session, [HomeScreen])
    pilot = Pilot(app)
    pilot.wait_until(lambda: "3 seeds" in pilot.texts())
    assert {"0.74", "\u00b1 0.10"} <= set(pilot.texts())
    expect_clean(pilot)
    app.shut_down()


def test_a_match_is_a_result_with_both_players_and_their_points(session: Session) -> None:
    rival = session.home.agents / "rival.py"
    rival.write_text((PROJECT / "agents" / "random.py").read_text().replace('"random"', '"rival"'))
    session.scan()
    match = session.match(MatchRequest(environment="tic-tac-toe", players=(str(rival), "random"), games=4))
    session.wait_match(match.id)
    app = App(session, [HomeScreen])
    pilot = Pilot(app)
    pilot.wait_until(lambda: any("\u2013" in text and text[0].isdigit() for text in pilot.texts()), 60)
    score = next(text for text in pilot.texts() if "\u2013" in text and text[0].isdigit())
    assert sum(float(points) for points in score.split(" \u2013 ")) == 4
    labels = {line.label for line in session.match_summary(match.id)}
    assert len(labels) == 2
    assert labels <= set(pilot.texts())
    app.shut_down()


def test_a_paused_run_says_so_and_its_button_resumes_it(session: Session) -> None:
    run = session.train(msgspec.structs.replace(FIRST, steps=3_000_000))[0]
    app = App(session, [HomeScreen])
    pilot = Pilot(app)
    pilot.wait_until(lambda: any("left" in text for text in pilot.texts()), 60)
    assert "Live" in pilot.texts()
    pilot.click("home.training.0.steer")
    pilot.wait_until(lambda: session.run(run.id).state == "paused", 30)
    pilot.wait_until(lambda: "Paused" in pilot.texts(), 30)
    expect_clean(pilot)
    pilot.wait_until(lambda: not home_of(pilot)._page.training.cards[0].pauses)  # type: ignore[union-attr]
    pilot.click("home.training.0.steer")
    pilot.wait_until(lambda: session.run(run.id).state == "running", 30)
    session.stop(run.id)
    session.wait([run.id])
    app.shut_down()


def info(observation: Discrete | Box, actions: int, *tags: str) -> EnvironmentInfo:
    return EnvironmentInfo(
        id="e", title="E", summary="", source="shipped", path=None, seats=1, observation=observation,
        action=Discrete(actions), tags=tags,
    )  # fmt: skip


def test_what_an_agent_sees_and_does_is_said_in_a_few_words() -> None:
    assert about(info(Box((4,)), 2)) == "4 inputs \u00b7 2 actions"
    assert about(info(Discrete(16), 1)) == "16 states \u00b7 1 action"
    assert about(info(Box((2, 6, 7)), 7, "board")) == "7 \u00d7 6 board \u00b7 7 actions"
    assert about(info(Box((84, 84, 3)), 3)) == "84 \u00d7 84 pixels \u00b7 3 actions"


def test_a_mean_of_few_games_has_no_interval() -> None:
    tally = Tally()
    tally.moves.extend([20, 30] * 3)
    assert tally.mean == 25
    assert tally.half is None
    tally.moves.extend([20, 30] * 3)
    # 2.201 (Student's t, 11 degrees of freedom) × 5.222 / √12
    assert tally.half == pytest.approx(3.318, rel=0.01)


def test_the_interval_of_seeds_uses_the_quantile_for_so_few() -> None:
    runs = tuple(
        a_run(at, evaluation=Evaluation(value, 0, 1, 100)) for at, value in enumerate((1.0, 2.0, 3.0))
    )
    several = Training(runs, "Q-learner", "FrozenLake", BASELINE, ())
    assert half_width(several) == pytest.approx(4.303 / 3**0.5, rel=0.01)
    assert half_width(Training(runs[:1], "Q-learner", "FrozenLake", BASELINE, ())) == 0.5


def test_the_time_left_is_only_said_where_it_is_known() -> None:
    run = a_run(0, "running", step=5000, steps_per_second=50.0, ended_at=None)
    assert state_words(Training((run,), "", "", BASELINE, ()), 0)[0] == "5 min left"
    waits = msgspec.structs.replace(run, steps_per_second=0.0)
    assert state_words(Training((waits,), "", "", BASELINE, ()), 0)[0] == "time left not known yet"
    over = msgspec.structs.replace(run, step=20_000)
    assert state_words(Training((over,), "", "", BASELINE, ()), 0)[0] == "Evaluating"


def test_a_waiting_run_says_how_many_are_before_it() -> None:
    run = a_run(0, "queued", step=0, ended_at=None, evaluation=None)
    said = [state_words(Training((run,), "", "", BASELINE, (), place), 0)[0] for place in (1, 3, None)]
    assert said == ["Next in the queue", "Queued, 2 before it", "Queued"]


def test_what_trains_speaks_for_its_card_before_what_waits() -> None:
    waits, trains = a_run(0, "queued"), a_run(1, "running")
    assert Training((waits, trains), "", "", BASELINE, ()).leader is trains
    assert Training((a_run(2), waits), "", "", BASELINE, ()).leader is waits


def test_queued_runs_are_counted_and_come_after_those_that_train(session: Session) -> None:
    session.prefer("workers", 1)
    runs = [session.train(msgspec.structs.replace(FIRST, steps=3_000_000, seed=seed))[0] for seed in range(3)]
    app = App(session, [HomeScreen])
    pilot = Pilot(app)
    pilot.wait_until(lambda: "1 running, 2 in the queue" in pilot.texts(), 60)
    assert {"Next in the queue", "Queued, 1 before it"} <= set(pilot.texts())
    cards = home_of(pilot)._page.training.cards  # type: ignore[union-attr]
    assert cards[0].training is not None
    assert cards[0].training.leader.state == "running"
    assert pilot.audit() == []
    for run in reversed(runs):
        session.stop(run.id)
    app.shut_down()


def test_trials_of_a_search_are_one_card_with_the_best_of_them(session: Session) -> None:
    add_runs(session, 3, search="h1")
    with Store(session.home) as store:
        store.update_run("r00000001", evaluation=Evaluation(0.9, 0.8, 1.0, 100))
    app = App(session, [HomeScreen])
    pilot = Pilot(app)
    pilot.wait_until(lambda: "3 trials" in pilot.texts())
    assert {"Best return", "0.90"} <= set(pilot.texts())
    assert not any(text.startswith("\u00b1") for text in pilot.texts())
    assert "No matches yet" in pilot.texts()  # nor are they listed as results
    app.shut_down()


def test_with_every_run_in_the_bin_home_says_how_to_train(session: Session) -> None:
    add_runs(session, 1)
    with Store(session.home) as store:
        store.add_match(a_match())
    app = App(session, [HomeScreen])
    pilot = Pilot(app)
    pilot.wait_until(lambda: "home.new-run" in pilot.ids(), 60)
    session.trash([session.runs()[0].id])
    pilot.wait_until(lambda: any(text.startswith("No runs yet") for text in pilot.texts()), 30)
    expect_clean(pilot)
    app.shut_down()


@pytest.mark.parametrize(("shown", "asked"), [(200, 200), (215, 200), (240, 260), (400, 440), (900, 760)])
def test_a_picture_is_asked_for_about_as_large_as_it_is_shown(shown: int, asked: int) -> None:
    canvas = Canvas(pygame.Surface((1000, 800)), DARK)
    card = EnvironmentCard(info(Box((4,)), 2), "card")
    assert card.wanted is None
    card.place(canvas, Rect(0, 0, shown, 300))
    wanted = card.wanted
    assert wanted == (asked, round(asked * 0.71))
    card.show_picture(pygame.Surface(wanted))
    assert card.wanted is None


def test_a_card_under_the_pointer_offers_to_watch_and_to_train_within_itself(pilot: Pilot) -> None:
    pilot.wait_until(lambda: "home.environment.tic-tac-toe" in pilot.ids())
    pilot.resize(960, 640)
    pilot.scroll((500, 300), 20)
    card = pilot.widget("home.environment.tic-tac-toe")
    pilot.hover_at((card.rect.centerx, card.rect.bottom - 20))
    assert pilot.texts().count("Watch") == 2  # in the rail, too
    assert "Train" in pilot.texts()
    assert all(card.rect.contains(button.rect) for button in card.children)
    pilot.click("home.environment.tic-tac-toe.train")
    assert "new-run" in pilot.ids()
