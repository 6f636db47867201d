"""The Watch screen on a real session, with real workers that play."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from arena.drawing.palette import BASELINE, HUES, AgentStyle, told_apart
from arena.processes.messages import GameEnded, GameStarted, Stepped
from arena.records import Outcome
from arena.requests import TrainRequest
from arena.session import Session
from arena.ui.app import App
from arena.ui.layout import Column
from arena.ui.pilot import Pilot
from arena.ui.screen import Screen
from arena.ui.screens.watch import WatchScreen
from arena.ui.screens.watch.story import Story
from arena.ui.theme import DARK, LIGHT, contrast
from arena.ui.widget import Widget
from tests.living import is_alive
from tests.ui.screens.small_homes import session_with

PROJECT = Path(__file__).parents[3]


class Elsewhere(Screen):
    """Somewhere else to go."""

    name, title, icon, digit = "elsewhere", "Elsewhere", "house", 1

    def build(self) -> Widget:
        return Column()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A home with a few shipped plugins and a user's environment that breaks."""
    agents, plugins = ("random", "q_learner"), ("tic_tac_toe", "frozen_lake", "connect_four")
    with session_with(tmp_path_factory.mktemp("watch"), agents, plugins) as opened:
        shutil.copy(Path(__file__).parent / "plugins" / "floor_gives_way.py", opened.home.plugins)
        assert [plugin.error for plugin in opened.scan().plugins] == [None] * 6
        yield opened


class Watching:
    """A pilot, and the screen it drives."""

    def __init__(self, session: Session, theme: str = "dark") -> None:
        self.app = App(session, [Elsewhere, WatchScreen], theme=theme)
        self.pilot = Pilot(self.app)

    @property
    def screen(self) -> WatchScreen:
        assert isinstance(self.app.screen, WatchScreen)
        return self.app.screen

    @property
    def story(self) -> Story:
        return self.screen._story

    def go(self, **arguments: object) -> None:
        """Shows the screen, playing twice as fast as is natural, to save time."""
        self.app.go("watch", **arguments)
        if self.screen.transport.speed == "1":
            self.screen.transport.step_speed(1)
        self.pilot.settle()

    def until(self, condition: Callable[[], object], seconds: float = 40.0) -> None:
        self.pilot.wait_until(lambda: bool(condition()), seconds)

    def until_ply(self, ply: int) -> None:
        self.until(lambda: self.story.game is not None and self.story.game.length >= ply)
        self.until(lambda: self.screen._view is not None and self.screen._view.stage._frame is not None)
        time.sleep(0.11)
        self.pilot.frames(2)

    def pause_in_a_game(self, ply: int = 3) -> None:
        """Holds a game that has gone on for some plies and is not over."""
        self.until_ply(ply)
        self.pilot.press("space")
        self.until(lambda: not self.screen._playing)


@pytest.fixture
def watching(session: Session) -> Iterator[Watching]:
    opened = Watching(session)
    yield opened
    opened.app.shut_down()
    give_up = time.monotonic() + 40
    while workers() and time.monotonic() < give_up:
        time.sleep(0.02)
    assert workers() == []


def workers() -> list[psutil.Process]:
    """Worker processes of ours that live."""
    return [child for child in psutil.Process().children(recursive=True) if is_alive(child)]


def test_at_first_one_chooses_and_then_sees_them_play(watching: Watching) -> None:
    watching.go()
    watching.until(lambda: "chooser.watch" in watching.pilot.ids())
    assert watching.pilot.audit() == []
    watching.pilot.click("chooser.environment")
    watching.pilot.press("t")
    watching.pilot.press("return")
    assert {"chooser.player.0", "chooser.player.1", "chooser.swap"} <= watching.pilot.ids()
    watching.pilot.click("chooser.watch")
    watching.until_ply(2)
    texts = watching.pilot.texts()
    assert "Tic-tac-toe, game 1, exhibition, not rated" in texts
    assert texts.count("not rated yet") == 2


def test_enter_starts_what_is_chosen(watching: Watching) -> None:
    watching.go()
    watching.until(lambda: "chooser.watch" in watching.pilot.ids())
    watching.pilot.press("return")
    watching.until_ply(1)


@pytest.mark.parametrize(
    ("environment", "players"),
    [("connect-four", ["random", "random"]), ("FrozenLake-v1", ["q-learner"])],
)
def test_an_exhibition_is_laid_out_without_a_fault_in_both_themes_at_every_size(
    watching: Watching, environment: str, players: list[str]
) -> None:
    watching.go(environment=environment, players=players)
    watching.until_ply(2)
    for size, scale, theme in (
        ((1280, 800), 1.0, "dark"),
        ((1920, 1080), 1.0, "light"),
        ((960, 640), 1.0, "dark"),
        ((2560, 1600), 2.0, "light"),
    ):
        watching.pilot.resize(*size)
        watching.app.set_scale(scale)
        watching.app.set_theme(theme)
        assert watching.pilot.audit() == [], (size, scale, theme)


def test_bars_stand_exactly_above_the_columns_of_the_board(watching: Watching) -> None:
    watching.go(environment="connect-four", players=["random", "random"])
    watching.pause_in_a_game()
    picture = watching.pilot.widget("watch.stage").picture  # type: ignore[attr-defined]
    places = [mark.rect.center for mark in watching.pilot.marks() if mark.text == "14 %"]
    above = sorted(x for x, y in places if y < picture.top and picture.left < x < picture.right)
    columns = [picture.left + picture.width * (23 + 102 * (at + 0.5)) / 760 for at in range(7)]
    assert above == pytest.approx(columns, abs=1.5)
    watching.pilot.press("t")
    now = watching.pilot.widget("watch.stage").picture  # type: ignore[attr-defined]
    assert now.height > picture.height
    assert not [mark for mark in watching.pilot.marks() if mark.text == "14 %" and now.colliderect(mark.rect)]


def test_the_worker_draws_in_the_size_that_the_stage_has(watching: Watching) -> None:
    watching.go(environment="tic-tac-toe", players=["random", "random"])
    watching.until_ply(1)
    for size in ((1280, 800), (1600, 1000)):
        watching.pilot.resize(*size)
        stage = watching.screen._view.stage  # type: ignore[union-attr]
        watching.until(lambda stage=stage: stage._frame.get_size() == stage.wanted)


def test_space_holds_the_game_and_keys_go_through_it(watching: Watching) -> None:
    watching.go(environment="connect-four", players=["random", "random"])
    watching.pause_in_a_game(ply=4)
    game = watching.story.game
    assert game is not None
    length = game.length
    for back in (1, 2):
        watching.pilot.press(",")
        watching.until(lambda back=back: game.cursor == length - back)
    watching.pilot.press(".")
    watching.until(lambda: game.cursor == length - 1)
    watching.pilot.press("shift+,")
    watching.until(lambda: game.cursor == 0)
    watching.until(lambda: "Earlier" in watching.pilot.texts())
    assert game.length == length
    watching.pilot.press("l")
    watching.until(lambda: game.length > length and game.at_end)
    watching.until(lambda: "Live" in watching.pilot.texts())


def test_a_move_in_the_list_shows_the_position_after_it(watching: Watching) -> None:
    watching.go(environment="connect-four", players=["random", "random"])
    watching.pause_in_a_game(ply=5)
    watching.pilot.click_row("watch.moves", 0)
    game = watching.story.game
    assert game is not None
    watching.until(lambda: game.cursor == 2)
    assert not watching.screen._playing


def test_a_new_seed_begins_another_game_and_brackets_change_the_speed(watching: Watching) -> None:
    watching.go(environment="connect-four", players=["random", "random"])
    watching.until_ply(1)
    first = watching.story.game
    watching.pilot.press("n")
    watching.until(lambda: watching.story.game is not first)
    assert watching.story.game is not None
    assert first is not None
    assert watching.story.game.start.seed != first.start.seed
    watching.pilot.press("]")
    assert watching.screen.transport.speed == "4"
    watching.pilot.press("[")
    watching.pilot.press("[")
    assert watching.screen.transport.speed == "1"


def test_a_result_is_shown_and_the_next_game_starts_by_itself(watching: Watching) -> None:
    watching.go(environment="tic-tac-toe", players=["random", "random"])
    watching.until_ply(1)
    watching.pilot.press("]")
    watching.pilot.press("]")
    watching.until(lambda: watching.story.outcomes)
    watching.until(lambda: {"Random wins", "Draw"} & set(watching.pilot.texts()))
    assert watching.pilot.audit() == []
    watching.until(lambda: watching.story.started >= 2)
    assert re.search(r"\d games? over", " ".join(watching.pilot.texts()))


def test_an_agent_against_itself_has_two_looks(watching: Watching) -> None:
    watching.go(environment="tic-tac-toe", players=["random", "random"])
    watching.until_ply(1)
    cast = watching.screen._cast
    assert cast is not None
    first, second = (seat.style for seat in cast.seats)
    assert first.shape != second.shape
    assert first.dark != second.dark
    assert first.light != second.light


def test_an_environment_known_by_its_id_alone_is_found_and_watched(watching: Watching) -> None:
    watching.go()
    pilot = watching.pilot
    watching.until(lambda: "chooser.watch" in pilot.ids())
    pilot.click("chooser.environment")
    pilot.press("end")
    pilot.press("return")
    assert pilot.widget("chooser.find.text").focused
    assert "chooser.watch" not in pilot.ids()
    assert pilot.audit() == []
    pilot.type("nobody knows")
    pilot.press("return")
    watching.until(
        lambda: "refused" in " ".join(pilot.texts()) or "No environment" in " ".join(pilot.texts())
    )
    pilot.press("ctrl+a")
    pilot.type("rock paper")
    pilot.press("return")
    watching.until(lambda: "chooser.player.1" in pilot.ids())
    assert "Rock Paper Scissors (PettingZoo)" in pilot.texts()
    assert pilot.audit() == []
    pilot.click("chooser.watch")
    watching.until_ply(2)
    assert watching.screen._cast is not None
    assert watching.screen._cast.info.id == "pettingzoo:classic/rps_v2"


def test_change_offers_the_chooser_again_and_swap_exchanges_the_seats(watching: Watching) -> None:
    watching.go(environment="tic-tac-toe", players=["random", "random"])
    watching.until_ply(1)
    before = watching.screen._exhibition
    watching.pilot.press("e")
    watching.until(lambda: "chooser.watch" in watching.pilot.ids())
    assert watching.pilot.audit() == []
    watching.pilot.press("escape")
    watching.pilot.press("s")
    watching.until(lambda: watching.screen._exhibition not in (None, before))
    watching.until_ply(1)
    watching.until(lambda: len(workers()) == 1)


def test_leaving_ends_the_worker_and_coming_back_shows_the_same_players(watching: Watching) -> None:
    watching.go(environment="tic-tac-toe", players=["random", "random"])
    watching.until_ply(1)
    watching.until(lambda: len(workers()) == 1)
    watching.app.go("elsewhere")
    watching.until(lambda: workers() == [])
    watching.go()
    watching.until_ply(1)
    watching.until(lambda: len(workers()) == 1)


def test_leaving_while_an_exhibition_is_set_up_leaves_no_worker_behind(watching: Watching) -> None:
    watching.app.go("watch", environment="tic-tac-toe", players=["random", "random"])
    watching.app.frame()
    watching.app.go("elsewhere")
    watching.pilot.settle(20.0)
    watching.until(lambda: workers() == [])


def test_an_environment_that_breaks_is_named_with_a_way_out(watching: Watching) -> None:
    watching.go(environment="floor-gives-way", players=["random"])
    watching.until(lambda: "watch.others" in watching.pilot.ids())
    texts = " ".join(watching.pilot.texts())
    assert "the floor gave way" in texts
    assert "floor_gives_way.py" in texts
    assert watching.pilot.audit() == []
    watching.until(lambda: workers() == [])
    watching.pilot.click("watch.others")
    watching.until(lambda: "chooser.watch" in watching.pilot.ids())


def test_an_unknown_player_is_said_in_one_sentence(watching: Watching) -> None:
    watching.go(environment="tic-tac-toe", players=["randon", "random"])
    watching.until(lambda: "watch.others" in watching.pilot.ids())
    assert any("Did you mean random?" in text for text in watching.pilot.texts())
    assert watching.pilot.audit() == []


def test_a_run_that_trains_is_followed(watching: Watching, session: Session) -> None:
    (run,) = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=1_000_000_000))
    try:
        watching.until(lambda: session.run(run.name).step > 0, 60)
        watching.go(run=run.id)
        watching.until_ply(1)
        assert {run.name, "follows the training"} <= set(watching.pilot.texts())
    finally:
        session.stop(run.name, patience=60.0)
    watching.app.go("elsewhere")
    watching.until(lambda: workers() == [], 60)


@pytest.mark.parametrize("style", [*HUES, BASELINE], ids=lambda style: style.name)
def test_every_agent_can_meet_itself_on_the_stage_and_on_both_panels(style: AgentStyle) -> None:
    first, second = told_apart([style, style])
    assert first == style
    assert second.shape != style.shape
    assert contrast(second.dark, style.dark) > 1.5
    assert contrast(second.light, style.light) > 1.5
    assert contrast(second.dark, DARK.panel) >= 3
    assert contrast(second.light, LIGHT.panel) >= 2.9


def test_seats_that_look_different_keep_their_looks() -> None:
    assert told_apart([HUES[0], HUES[1]]) == [HUES[0], HUES[1]]


def test_a_story_counts_each_game_once_however_often_its_end_is_shown() -> None:
    story = Story()
    story.take(GameStarted(1, (0, 1), (None, None), (0,), {0: {"value": [0.5]}}))
    story.take(Stepped(1, 1, {0: 2}, {}, (1.0, -1.0), (1.0, 0.0), (), {0: {"value": [0.5]}}))
    for _ in range(3):
        story.take(GameEnded(Outcome.finished((1.0, 0.0), 1)))
        story.take(Stepped(0, 1, {}, {}, (0.0, 0.0), (0.5, 0.5), (0,)))
        story.take(Stepped(1, 1, {0: 2}, {}, (1.0, -1.0), (1.0, 0.0), ()))
    assert (story.wins(0), story.wins(1), story.draws, len(story.outcomes)) == (1, 0, 0, 1)
    assert story.game is not None
    assert story.game.length == 1
    assert story.game.estimates(0) == [(0.0, 0.5)]
