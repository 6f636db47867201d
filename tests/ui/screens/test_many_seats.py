"""More than two seats, and seats that move at once, in the window: choosing, watching, ranking."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator

import pytest

from arena.drawing.palette import BASELINE, HUES, AgentStyle, told_apart
from arena.processes.messages import GameStarted, Stepped
from arena.records import Outcome
from arena.requests import MatchRequest
from arena.session import Session
from arena.ui.app import App
from arena.ui.pilot import Pilot
from arena.ui.screens.rankings import RankingsScreen
from arena.ui.screens.rankings.board import planned
from arena.ui.screens.rankings.play import open_play
from arena.ui.screens.watch.cast import Setup, cast_of, seated
from arena.ui.screens.watch.story import WatchedGame
from arena.ui.screens.watch.transport import marks_of
from arena.ui.screens.watch.views import Contest, banner_of
from arena.ui.theme import DARK, LIGHT, contrast
from tests.ui.screens.small_homes import session_with
from tests.ui.screens.test_new_run import fill
from tests.ui.screens.test_watch import Elsewhere, Watching, workers

UP_RIGHT_DOWN_LEFT = ("up", "right", "down", "left")
PLAYER = re.compile(r"chooser\.player\.\d+$")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    plugins = ("snake_duel", "pong_duel", "tic_tac_toe")
    with session_with(tmp_path_factory.mktemp("seats"), ("random",), plugins) as opened:
        assert [plugin.error for plugin in opened.scan().plugins] == [None] * 4
        yield opened


@pytest.fixture
def watching(session: Session) -> Iterator[Watching]:
    opened = Watching(session)
    yield opened
    opened.app.shut_down()
    give_up = time.monotonic() + 40
    while workers() and time.monotonic() < give_up:
        time.sleep(0.02)


def settle_sizes(watching: Watching) -> None:
    for size, theme in (((1280, 800), "dark"), ((1920, 1080), "light"), ((960, 640), "dark")):
        watching.app.set_theme(theme)
        watching.pilot.resize(*size)
        watching.pilot.frames(3)
        assert watching.pilot.audit() == []


def test_there_are_as_many_players_to_choose_as_the_settings_give_seats(watching: Watching) -> None:
    watching.go(environment="snake-duel")
    watching.until(lambda: "chooser.watch" in watching.pilot.ids())
    for wanted in (4, 3, 2):
        fill(watching.pilot, "chooser.settings.players", str(wanted))
        fields = {f"chooser.player.{seat}" for seat in range(wanted)}
        watching.until(lambda fields=fields: fields == set(filter(PLAYER.match, watching.pilot.ids())))
    assert watching.pilot.audit() == []
    fill(watching.pilot, "chooser.settings.players", "4")
    watching.pilot.click("chooser.watch")  # at once
    watching.until_ply(1)
    game = watching.story.game
    assert game is not None
    assert len(game.start.seats) == 4


def test_a_choice_is_seated_as_its_settings_have_it(session: Session) -> None:
    chosen = Setup("snake-duel", ("random", "random"), {"players": 4})
    assert seated(session, chosen).players == ("random",) * 4
    assert seated(session, Setup("snake-duel", ("random",) * 4, {})).players == ("random",) * 2


def test_four_at_once_are_laid_out_without_a_fault_and_every_move_is_told(watching: Watching) -> None:
    watching.go(environment="snake-duel", players=["random"] * 4, settings={"players": 4})
    watching.pause_in_a_game(1)
    game = watching.story.game
    assert game is not None
    watching.pilot.press("shift+,")
    watching.pilot.press(".")
    watching.until(lambda: "Step 1" in watching.pilot.texts())
    texts = watching.pilot.texts()
    assert texts.count("Playing") + texts.count("Out") == 4
    took = [UP_RIGHT_DOWN_LEFT[int(action)] for _, action in sorted(game.steps[0].actions.items())]  # type: ignore[arg-type]  # discrete
    view = watching.screen._view
    assert isinstance(view, Contest)
    assert [words for _, words in view._decision._all_taken._moves] == took
    assert view._moves._list.rows[0].moves == tuple(enumerate(took))
    assert len(view._moves._list.rows) == game.length
    assert set(took) <= set(texts)
    settle_sizes(watching)


def test_pong_of_four_is_laid_out_without_a_fault(watching: Watching) -> None:
    watching.go(environment="pong-duel", players=["random"] * 4, settings={"players": 4, "points": 1})
    watching.pause_in_a_game(30)
    settle_sizes(watching)


def game_of(rewards: list[tuple[float, ...]], seats: int) -> WatchedGame:
    everyone = tuple(range(seats))
    game = WatchedGame(GameStarted(1, everyone, (None,) * seats, everyone, {}))
    for at, paid in enumerate(rewards):
        actions = dict.fromkeys(everyone, 0)
        game.steps.append(Stepped(at + 1, at + 1, actions, {}, paid, (0.5,) * seats, everyone))
    game.cursor = len(rewards)
    return game


def test_a_timeline_marks_who_alone_won_or_lost_something() -> None:
    styles = told_apart([BASELINE] * 3)
    game = game_of([(0, 0, 0), (-1, 0.5, 0.5), (0.1, -0.05, -0.05), (-0.5, -0.5, 1)], 3)
    assert [(mark.at, mark.style) for mark in marks_of(game, styles)] == [
        (2, styles[0]), (3, styles[0]), (4, styles[2]),
    ]  # fmt: skip


@pytest.mark.parametrize("style", [*HUES, BASELINE], ids=lambda style: style.name)
def test_an_agent_can_fill_four_seats_and_each_is_told_from_the_others(style: AgentStyle) -> None:
    told = told_apart([style] * 4)
    assert told[0] == style
    assert len({seat.shape for seat in told}) == 4
    assert len({seat.dark for seat in told}) == len({seat.light for seat in told}) == 4
    for seat in told:
        assert contrast(seat.dark, DARK.panel) >= 3
        assert contrast(seat.light, LIGHT.panel) >= 2.9
    channels = [[bytes.fromhex(seat.dark[1:])[at] for at in range(3)] for seat in told]
    for one, other in itertools.combinations(channels, 2):
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) >= 40


def test_the_end_of_a_game_of_three_names_the_winner_a_shared_place_or_who_forfeits(
    session: Session,
) -> None:
    cast = cast_of(session, Setup("snake-duel", ("random",) * 3, {"players": 3}))
    said = {
        (0.25, 1.0, 0.25): "Random wins",
        (0.75, 0.75, 0.0): "First place is shared",
        (0.5, 0.5, 0.5): "Draw",
    }
    assert {scores: banner_of(Outcome.finished(scores, 9), cast).words for scores in said} == said
    forfeit = Outcome.forfeit(1, "timeout", "It took too long.", 9, (0.5, 0.5, 0.5))
    assert banner_of(forfeit, cast).words == "Random forfeits"
    assert banner_of(Outcome.finished((0.25, 1.0, 0.25), 9), cast).style == cast.seats[1].style


def test_a_board_of_four_counts_its_games_and_names_winners(session: Session) -> None:
    request = MatchRequest(
        environment="snake-duel",
        players=("random",) * 4,
        games=4,
        seed=7,
        move_time=5.0,
        environment_settings={"players": 4},
    )
    match = session.wait_match(session.match(request).id)
    assert (match.state, match.played) == ("finished", 4)
    app = App(session, [Elsewhere, RankingsScreen])
    pilot = Pilot(app)
    app.go("rankings", board=match.board)
    pilot.wait_until(lambda: isinstance(app.screen, RankingsScreen) and app.screen._board is not None)
    screen = app.screen
    assert isinstance(screen, RankingsScreen)
    assert screen._board is not None
    assert screen._board.environment is not None
    assert screen._board.environment.seats == 4
    assert planned(match, screen._board.environment.seats) == 4
    pilot.settle()
    assert pilot.audit() == []
    open_play(screen.ui, "snake-duel", match.board)
    pilot.wait_until(lambda: "play.games" in pilot.ids())
    assert "of each 4 players, in all seats by turns" in pilot.texts()
    assert "Check at least 4 players" in pilot.texts()
    assert pilot.audit() == []
    app.shut_down()


def test_a_copy_does_not_take_the_looks_of_a_seat_that_comes_later() -> None:
    told = told_apart([HUES[6], HUES[6], HUES[6], HUES[5]])
    assert told[3] == HUES[5]
    assert len({seat.shape for seat in told}) == 4
