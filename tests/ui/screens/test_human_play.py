"""A person at the board in the window, with real workers: mouse, keys, taking back, and what is shown."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.processes.messages import GameEnded, GameStarted, Stepped, TakenBack
from arena.records import KeyInfo, Outcome
from arena.session import Session
from arena.ui.composition.commands import commands
from arena.ui.screens.watch.keyboard import Keyboard
from arena.ui.screens.watch.person_at_play import PersonAtPlay
from arena.ui.screens.watch.places import DIRECTIONS, first_place, next_place, place_at
from arena.ui.screens.watch.stage import StageView
from arena.ui.screens.watch.story import Story
from arena.ui.screens.watch.turn import Turn
from tests.ui.screens.small_homes import session_with
from tests.ui.screens.test_watch import Watching, workers

COLUMNS = tuple((0.02 + at * 0.14, 0.0, 0.13, 1.0) for at in range(7))
CELLS = tuple((x / 3, y / 3, 1 / 3, 1 / 3) for y in range(3) for x in range(3))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    plugins = ("tic_tac_toe", "connect_four", "cartpole", "pong_duel", "blackjack")
    with session_with(tmp_path_factory.mktemp("play"), ("random",), plugins) as opened:
        assert [plugin.error for plugin in opened.scan().plugins] == [None] * 6
        yield opened


class Playing(Watching):
    """A person's hands and eyes."""

    @property
    def person(self) -> PersonAtPlay:
        assert self.screen._person is not None
        return self.screen._person

    @property
    def turn(self) -> Turn:
        return self.person.turn(time.monotonic())

    @property
    def stage(self) -> StageView:
        return self.person.view.stage

    def sit_down(self, environment: str, *players: str) -> None:
        self.app.go("watch", environment=environment, players=list(players))
        self.until(lambda: self.screen._person is not None and self.story.game is not None)
        self.until(lambda: self.stage._frame is not None)
        self.pilot.settle()

    def until_my_move(self) -> int:
        """Waits until a move is asked for and shown; returns the ply."""
        self.until(lambda: self.turn.phase == "choosing")
        self.until(lambda: self.person._shown is not None and self.person._shown.phase == "choosing")
        assert self.story.game is not None
        return self.story.game.length

    def played(self) -> list[object]:
        """What the person in the first seat has played."""
        assert self.story.game is not None
        return [step.actions[0] for step in self.story.game.steps if 0 in step.actions]

    def place(self, action: int) -> tuple[int, int]:
        return self.stage._slot(action).center

    def key(self, kind: int, name: str) -> None:
        code = pygame.key.key_code(name)
        pygame.event.post(pygame.event.Event(kind, key=code, mod=0, unicode="", scancode=0))
        self.app.frame()


@pytest.fixture
def playing(session: Session) -> Iterator[Playing]:
    opened = Playing(session)
    yield opened
    opened.app.shut_down()
    give_up = time.monotonic() + 40
    while workers() and time.monotonic() < give_up:
        time.sleep(0.02)
    assert workers() == []


def test_a_click_on_a_column_plays_it_and_keys_do_too(playing: Playing) -> None:
    playing.sit_down("connect-four", "human", "random")
    playing.until_my_move()
    playing.pilot.click_at(playing.place(2))
    playing.until(lambda: playing.played() == [2])
    playing.until_my_move()
    playing.pilot.press("7")
    playing.until(lambda: playing.played() == [2, 6])
    playing.until_my_move()
    playing.pilot.hover_at((playing.place(0)[0], playing.stage.picture.top - 20))
    playing.pilot.press("right")
    playing.pilot.press("return")
    playing.until(lambda: playing.played() == [2, 6, 1])
    playing.until_my_move()
    assert "Play column 2" in playing.pilot.texts()
    playing.pilot.click("person.play")
    playing.until(lambda: playing.played() == [2, 6, 1, 1])


def test_what_is_chosen_is_shown_before_it_is_played(playing: Playing) -> None:
    playing.sit_down("connect-four", "human", "random")
    playing.until_my_move()
    playing.pilot.hover_at(playing.place(5))
    playing.pilot.settle()
    assert {"Play column 6", "Your move", "7 of 7 columns"} <= set(playing.pilot.texts())
    assert playing.story.game is not None
    assert playing.story.game.length == 0
    # The worker draws the disc that would lie there.
    sequence = playing.screen._sequence
    playing.pilot.hover_at(playing.place(1))
    playing.until(lambda: playing.screen._sequence > sequence)


def test_a_full_column_is_refused_with_a_sentence_and_the_game_waits_on(playing: Playing) -> None:
    playing.sit_down("connect-four", "human", "human")
    for disc in range(6):
        while playing.until_my_move() != disc:
            playing.app.frame()
        playing.pilot.press("1")
    playing.until(lambda: playing.story.game is not None and playing.story.game.length == 6)
    playing.until_my_move()
    assert playing.turn.legal == (False, *[True] * 6)
    playing.pilot.press("1")
    playing.until(lambda: "Column 1 is not legal in this position." in playing.pilot.texts())
    assert playing.pilot.audit() == []
    playing.pilot.press("2")
    playing.until(lambda: playing.story.game is not None and playing.story.game.length == 7)
    playing.until_my_move()
    assert "Column 1 is not legal in this position." not in playing.pilot.texts()


def test_a_move_is_taken_back_with_its_answer_by_key_and_by_button(playing: Playing) -> None:
    playing.sit_down("tic-tac-toe", "human", "random")
    assert playing.until_my_move() == 0
    playing.until(lambda: not playing.pilot.widget("person.back").enabled)
    playing.pilot.press("5")
    playing.until(lambda: playing.until_my_move() == 2)
    playing.until(lambda: {"Take back 2 plies", "your move"} <= set(playing.pilot.texts()))
    rows = playing.person.view._moves._list  # type: ignore[attr-defined]
    assert [row.ply for row in rows.rows] == [2, 3]
    assert rows.selected == 2
    playing.pilot.press("backspace")
    playing.until(lambda: playing.until_my_move() == 0)
    assert playing.played() == []
    playing.pilot.press("1")
    playing.until(lambda: playing.until_my_move() == 2)
    playing.until(lambda: "Take back 2 plies" in playing.pilot.texts())
    playing.pilot.click("person.back")
    playing.until(lambda: playing.until_my_move() == 0)
    assert playing.turn.taken_back == 2


def test_resigning_asks_first_and_enter_begins_another_game(playing: Playing) -> None:
    playing.sit_down("tic-tac-toe", "human", "random")
    playing.until_my_move()
    playing.pilot.press("5")
    playing.until(lambda: playing.until_my_move() == 2)
    playing.until(lambda: playing.pilot.widget("person.resign").enabled)
    playing.pilot.click("person.resign")
    assert "Resign this game?" in playing.pilot.texts()
    playing.pilot.press("escape")
    assert playing.story.outcomes == []
    playing.pilot.click("person.resign")
    playing.pilot.click("dialog.confirm")
    playing.until(lambda: playing.story.outcomes)
    assert playing.story.outcomes[0].scores == (0.0, 1.0)
    playing.until(lambda: "Random wins, you resigned" in playing.pilot.texts())
    assert playing.pilot.audit() == []
    first = playing.story.game
    playing.pilot.press("return")
    playing.until(lambda: playing.story.game is not first)
    assert playing.until_my_move() == 0


def test_help_is_switched_on_and_off(playing: Playing) -> None:
    playing.sit_down("connect-four", "random", "human")
    playing.until_my_move()
    assert playing.stage._offered is not None
    assert playing.stage._offered.shows_legal
    playing.pilot.click("person.legal")
    assert not playing.stage._offered.shows_legal
    assert "Last decision" not in playing.pilot.texts()
    playing.pilot.press("t")
    playing.until(lambda: "Last decision" in playing.pilot.texts())
    playing.until(lambda: "14 %" in playing.pilot.texts())
    assert playing.pilot.audit() == []
    playing.pilot.click("person.thoughts")
    playing.until(lambda: "Last decision" not in playing.pilot.texts())


def test_looking_back_offers_no_move_and_enter_returns_to_the_game(playing: Playing) -> None:
    playing.sit_down("connect-four", "human", "random")
    playing.until_my_move()
    playing.pilot.press("4")
    playing.until(lambda: playing.until_my_move() == 2)
    playing.pilot.press(",")
    playing.until(lambda: playing.turn.phase == "earlier")
    playing.until(lambda: "An earlier position" in playing.pilot.texts())
    playing.pilot.press("5")
    playing.pilot.click_at(playing.place(0))
    playing.pilot.press("return")
    playing.until(lambda: playing.until_my_move() == 2)
    assert playing.played() == [3]


SIZES = (
    ((1280, 800), 1.0, "dark"),
    ((1920, 1080), 1.0, "light"),
    ((960, 640), 1.0, "dark"),
    ((2560, 1600), 2.0, "light"),
)


@pytest.mark.parametrize(
    ("environment", "players"),
    [
        ("connect-four", ("human", "random")),
        ("tic-tac-toe", ("human", "human")),
        ("pong-duel", ("random", "human")),
        ("CartPole-v1", ("human",)),
        ("Blackjack-v1", ("human",)),
    ],
)
def test_a_persons_game_is_laid_out_without_a_fault_in_both_themes_at_every_size(
    playing: Playing, environment: str, players: tuple[str, ...]
) -> None:
    playing.sit_down(environment, *players)
    for size, scale, theme in SIZES:
        playing.pilot.resize(*size)
        playing.app.set_scale(scale)
        playing.app.set_theme(theme)
        assert playing.pilot.audit() == [], (size, scale, theme)
        if size == (960, 640):
            tabs = next(name for name in playing.pilot.ids() if name.startswith("split."))
            left, middle = playing.pilot.widget(tabs).rect.midleft
            playing.pilot.click_at((left + 90, middle))
            assert playing.person.view.move in set(playing.app.shell.walk())
            assert playing.pilot.audit() == [], "the other tab"
            playing.pilot.click_at((left + 20, middle))


def test_time_begins_with_the_first_key_and_a_held_key_plays_until_it_is_let_go(playing: Playing) -> None:
    playing.sit_down("pong-duel", "human", "random")
    playing.until(lambda: any(text.startswith("Press \u2191") for text in playing.pilot.texts()))
    game = playing.story.game
    assert game is not None
    assert game.length == 0
    playing.key(pygame.KEYDOWN, "down")
    playing.until(lambda: game.length > 10)
    assert set(playing.played()) == {2}
    playing.key(pygame.KEYUP, "down")
    playing.until(lambda: playing.played()[-1] == 0)
    playing.key(pygame.KEYDOWN, "s")  # a key of the game before it is a shortcut of the screen
    playing.until(lambda: playing.played()[-1] == 2)
    playing.key(pygame.KEYDOWN, "up")
    playing.until(lambda: playing.played()[-1] == 1)
    playing.key(pygame.KEYUP, "up")
    playing.until(lambda: playing.played()[-1] == 2)
    assert playing.story.game is game


def test_keys_are_let_go_when_the_window_loses_them_or_a_dialog_opens(playing: Playing) -> None:
    playing.sit_down("pong-duel", "human", "random")
    for take in (
        lambda: pygame.event.post(pygame.event.Event(pygame.WINDOWFOCUSLOST)),
        playing.app.open_palette,
    ):
        playing.key(pygame.KEYDOWN, "up")
        playing.until(lambda: playing.played()[-3:] == [1] * 3)
        take()
        playing.until(lambda: playing.played()[-3:] == [0] * 3)
        playing.key(pygame.KEYUP, "up")
    before = playing.story.game
    playing.pilot.press("down")  # now it moves in the palette
    playing.pilot.press("escape")
    assert 2 not in playing.played()[-20:]
    assert playing.story.game is before


def test_an_episode_is_paused_resumed_by_a_key_ended_and_begun_again(playing: Playing) -> None:
    playing.sit_down("CartPole-v1", "human")
    playing.key(pygame.KEYDOWN, "left")
    playing.key(pygame.KEYUP, "left")
    playing.until(lambda: len(playing.played()) > 2)
    for pause in (lambda: playing.pilot.click("watch.play"), lambda: playing.pilot.press("space")):
        pause()
        assert playing.turn.phase in ("paused", "over")
        playing.pilot.press("space")
        assert playing.turn.phase in ("running", "over")
    playing.key(pygame.KEYDOWN, "right")
    playing.key(pygame.KEYUP, "right")
    playing.until(lambda: playing.story.outcomes)  # the pole falls by itself
    playing.until(lambda: any("Episode over" in text for text in playing.pilot.texts()))
    for begin_another in (lambda: playing.pilot.press("return"), lambda: playing.pilot.click("person.new")):
        before = playing.story.game
        begin_another()
        playing.until(lambda before=before: playing.story.game is not before)
        assert playing.turn.phase == "ready"


def test_actions_without_a_place_have_buttons(playing: Playing) -> None:
    playing.sit_down("Blackjack-v1", "human")
    playing.until_my_move()
    playing.pilot.click("person.act.0")
    playing.until(lambda: playing.played() == [0])


def test_one_sits_down_in_the_chooser_and_alone_where_time_goes_on(playing: Playing) -> None:
    playing.app.go("watch", environment="pong-duel", suggested=["human", "random"])
    playing.until(lambda: "chooser.watch" in playing.pilot.ids())
    playing.until(lambda: "Play" in playing.pilot.texts())
    playing.pilot.click("chooser.player.1")
    playing.pilot.press("y")
    playing.pilot.press("return")
    assert any("One person at a time" in text for text in playing.pilot.texts())
    assert playing.pilot.audit() == []
    playing.pilot.click("chooser.watch")
    playing.until(lambda: playing.screen._person is not None and playing.story.game is not None)
    assert playing.person._cast.persons == (1,)


def test_the_palette_offers_to_play_what_a_person_can_play(playing: Playing, session: Session) -> None:
    offered = {action.label: action for action in commands(playing.app) if action.group == "Play"}
    assert {"Play Connect Four", "Play CartPole", "Play Pong duel"} <= offered.keys()
    offered["Play CartPole"].run()
    playing.until(lambda: playing.screen._person is not None)


def test_control_keys_and_the_control_with_the_focus_ring_come_before_the_game(playing: Playing) -> None:
    playing.sit_down("connect-four", "human", "random")
    playing.until_my_move()
    playing.pilot.press("tab")
    focused = playing.app.tree.focus
    assert focused is not None
    playing.pilot.press("3")  # the control does not want it, so the game has it
    playing.until(lambda: playing.played() == [2])
    assert playing.app.tree.focus is not focused
    playing.pilot.press("ctrl+2")
    assert playing.app.screen.name == "watch"


def test_a_key_is_held_after_one_went_through_the_controls_too(playing: Playing) -> None:
    playing.sit_down("pong-duel", "human", "random")
    playing.pilot.press("tab")
    playing.key(pygame.KEYDOWN, "down")
    game = playing.story.game
    assert game is not None
    playing.until(lambda: game.length > 10)
    assert set(playing.played()) == {2}
    playing.key(pygame.KEYUP, "down")
    playing.until(lambda: playing.played()[-1] == 0)


def test_a_story_forgets_what_was_taken_back() -> None:
    story = Story()
    story.take(GameStarted(1, (0, 1), (None, None), (0,), masks={0: [True, False]}))
    assert story.game is not None
    assert story.game.mask(0) == [True, False]
    story.take(Stepped(1, 1, {0: 0}, {}, (0.0, 0.0), (0.5, 0.5), (1,)))
    story.take(Stepped(2, 2, {1: 0}, {}, (0.0, 1.0), (0.0, 1.0), ()))
    story.take(GameEnded(Outcome.finished((0.0, 1.0), 2)))
    story.take(TakenBack(0))
    assert (story.game.length, story.game.cursor, story.game.outcome, story.outcomes) == (0, 0, None, [])
    assert story.game.to_move == (0,)


KEYS = [
    KeyInfo("left", (-1.0, 0.0)),
    KeyInfo("right", (1.0, 0.0)),
    KeyInfo("up", (0.0, 0.5)),
]
ORDERED = [KeyInfo("a", 0), KeyInfo("b", 1), KeyInfo("1", 2)]


@given(st.lists(st.tuples(st.sampled_from(["left", "right", "up", "x"]), st.booleans()), max_size=20))
@settings(max_examples=60, deadline=None)
def test_vectors_of_keys_that_are_held_add_up(presses: list[tuple[str, bool]]) -> None:
    keyboard = Keyboard(KEYS)
    down: set[str] = set()
    for name, press in presses:
        changed = keyboard.press(name) if press else keyboard.release(name)
        assert changed == ((name not in down) if press else (name in down))
        (down.add if press else down.discard)(name)
    held = [known.action for known in KEYS if known.key in down]
    expected = tuple(map(sum, zip(*held, strict=True))) if held else None
    assert keyboard.held == expected


@given(st.lists(st.sampled_from(["a", "b", "1", "[1]"]), max_size=20))
@settings(max_examples=60, deadline=None)
def test_the_newest_key_that_is_still_down_plays(names: list[str]) -> None:
    keyboard = Keyboard(ORDERED)
    down: list[str] = []
    for name in names:
        plain = name.strip("[]")
        if plain in down:
            keyboard.release(name)
            down.remove(plain)
        else:
            keyboard.press(name)
            down.append(plain)
    assert keyboard.held == ({"a": 0, "b": 1, "1": 2}[down[-1]] if down else None)
    keyboard.let_go()
    assert keyboard.held is None


@given(st.lists(st.booleans(), min_size=9, max_size=9), st.sampled_from(sorted(DIRECTIONS)), st.data())
@settings(max_examples=80, deadline=None)
def test_an_arrow_goes_to_a_legal_place_on_its_own_side_or_nowhere(
    legal: list[bool], direction: str, data: st.DataObject
) -> None:
    now = data.draw(st.integers(0, 8))
    there = next_place(CELLS, legal, now, direction)
    if there != now:
        assert legal[there]
        way_x, way_y = DIRECTIONS[direction]
        assert (there % 3 - now % 3) * way_x + (there // 3 - now // 3) * way_y > 0
    beside = {"left": -1, "right": 1, "up": -3, "down": 3}[direction]
    in_line = 0 <= now + beside < 9 and (abs(beside) == 3 or (now + beside) // 3 == now // 3)
    if in_line and legal[now + beside]:
        assert there == now + beside


def test_a_point_above_a_column_means_the_column_and_between_places_nothing() -> None:
    assert place_at(COLUMNS, 0.05, -0.2) == 0
    assert place_at(COLUMNS, 0.155, 0.5) is None
    assert place_at(CELLS, 0.5, 0.5) == 4
    assert place_at(CELLS, 0.5, -0.2) is None
    assert first_place(COLUMNS, [True, True, False, False, False, True, True], 3) in (1, 5)
    assert first_place(CELLS, [False] * 9, None) is None
