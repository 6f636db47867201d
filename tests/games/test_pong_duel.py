"""Pong duel: what the ball does at walls and paddles, what a miss costs, who wins; every seat plays alike."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Array
from arena.drawing.stage import new_frame, rows
from arena.games.game import describe
from plugins.pong_duel import (
    BACK,
    BALL,
    FASTER,
    FASTEST,
    FORTH,
    PADDLE_SPEED,
    PAUSE,
    SIDES,
    STAY,
    PongDuel,
    register_environments,
)
from tests.games.shipped import LOOKS

LEFT, RIGHT, BOTTOM, TOP = range(4)
seeds = some.integers(0, 2**32 - 1)
players = some.integers(2, 4)


def stay(game: PongDuel) -> dict[int, int]:
    return dict.fromkeys(game.to_move(), STAY)


def thrown(ball: tuple[float, float], speed: tuple[float, float], **values: Any) -> PongDuel:
    """A game whose ball flies from here."""
    game = PongDuel(**values)
    game.reset(0)
    game.waits, game.ball, game.speed = 0, list(ball), list(speed)
    return game


def randomly(game: PongDuel, rng: np.random.Generator, steps: int) -> Iterator[tuple[float, ...]]:
    """Plays so many steps at random, and gives what each paid."""
    for _ in range(steps):
        if not game.to_move():
            return
        game.step({seat: int(rng.integers(3)) for seat in game.to_move()})
        yield game.rewards()


def test_every_paddle_moves_as_the_keys_say_and_stops_at_the_corners() -> None:
    game = PongDuel(players=4)
    game.step({LEFT: BACK, RIGHT: BACK, BOTTOM: FORTH, TOP: STAY})
    assert game.paddles == [-PADDLE_SPEED, -PADDLE_SPEED, PADDLE_SPEED, 0.0]
    for _ in range(60):
        game.step({LEFT: BACK, RIGHT: FORTH, BOTTOM: FORTH, TOP: BACK})
    assert game.paddles == [-0.8, 0.8, 0.8, -0.8]


def test_an_action_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="Action 3 of seat 1"):
        PongDuel().step({LEFT: STAY, RIGHT: 3})


def test_the_ball_waits_in_the_middle_and_is_served_to_a_player() -> None:
    served = set()
    for seed in range(40):
        game = PongDuel(players=3)
        game.reset(seed)
        for _ in range(PAUSE - 1):
            game.step(stay(game))
            assert (game.ball, game.speed) == ([0, 0], [0, 0])
        game.step(stay(game))
        x, y = game.speed
        assert np.hypot(x, y) == pytest.approx(0.04)
        served.add(SIDES.index((0, int(np.sign(x))) if abs(x) > abs(y) else (1, int(np.sign(y)))))
    assert served == {LEFT, RIGHT, BOTTOM}


def test_a_wall_turns_the_ball_back() -> None:
    game = thrown((0.5, 0.97), (0.02, 0.05))
    game.step(stay(game))
    assert game.ball == pytest.approx([0.52, 0.98])
    assert game.speed == [0.02, -0.05]


def test_a_ball_comes_off_a_corner_between_two_walls_in_one_step() -> None:
    game = thrown((-0.99, 0.98), (-0.05, 0.06), players=3)
    game.left[LEFT] = game.left[BOTTOM] = 0
    game.step({RIGHT: STAY})
    assert game.ball == pytest.approx([-0.96, 0.96])
    assert game.speed == [0.05, -0.06]


@pytest.mark.parametrize(("place", "way"), [(0.0, 0), (0.18, 1), (-0.18, -1)])
def test_where_it_meets_the_paddle_decides_its_way_and_every_hit_speeds_it_up(place: float, way: int) -> None:
    game = thrown((1.48, place), (0.04, 0.0))
    game.step(stay(game))
    assert game.speed[0] < 0
    assert np.sign(game.speed[1]) == way
    assert np.hypot(*game.speed) == pytest.approx(0.04 * FASTER)
    assert game.rewards() == (0, 0)


def test_the_ball_gets_faster_only_up_to_a_bound() -> None:
    game = PongDuel(ball_speed=2.0)
    for seed in range(20):
        game.reset(seed)
        while game.to_move():  # both follow it as well as they can
            game.step({seat: FORTH if game.ball[1] > game.paddles[seat] else BACK for seat in game.to_move()})
            assert np.hypot(*game.speed) <= 0.08 * FASTEST + 1e-12


def test_just_beside_the_paddle_is_a_miss() -> None:
    reach = 0.2 + BALL
    hit, missed = thrown((1.49, reach - 1e-9), (0.04, 0.0)), thrown((1.49, reach + 1e-9), (0.04, 0.0))
    for game in (hit, missed):
        game.step(stay(game))
    assert (hit.rewards(), missed.rewards()) == ((0, 0), (1, -1))
    assert missed.left == [5, 4]
    assert (missed.ball, missed.speed, missed.waits) == ([0, 0], [0, 0], PAUSE)
    assert missed.missed is not None
    assert missed.missed[0] == RIGHT
    assert not missed.terminated


def test_the_last_point_of_two_decides() -> None:
    game = thrown((-1.49, 0.9), (-0.04, 0.0), points=1)
    game.step(stay(game))
    assert (game.terminated, game.to_move(), game.scores()) == (True, (), (0, 1))
    with pytest.raises(ValueError, match="over"):
        game.step({LEFT: STAY, RIGHT: STAY})


def test_of_four_who_is_out_becomes_a_wall_and_the_others_play_on() -> None:
    game = thrown((-0.99, 0.9), (-0.04, 0.0), players=4, points=1)
    game.step(stay(game))
    assert game.rewards() == pytest.approx((-1, 1 / 3, 1 / 3, 1 / 3))
    assert (game.terminated, game.to_move()) == (False, (RIGHT, BOTTOM, TOP))
    game.waits, game.ball, game.speed = 0, [-0.99, 0.9], [-0.04, 0.0]
    game.step(stay(game))
    assert (game.rewards(), game.speed) == ((0, 0, 0, 0), [0.04, 0.0])
    for ball, speed in (((0.9, -0.99), (0.0, -0.04)), ((0.99, 0.9), (0.04, 0.0))):
        game.waits, game.ball, game.speed = 0, list(ball), list(speed)
        game.step(stay(game))
    assert game.rewards() == (0, -1, 1, 0)
    assert (game.terminated, game.scores()) == (True, (0, 2 / 3, 1, 1 / 3))


def test_at_the_step_limit_points_decide() -> None:
    game = PongDuel(players=3, step_limit=PAUSE)
    game.reset(0)
    game.left = [2, 5, 2]
    for _ in range(PAUSE):
        game.step(stay(game))
    assert (game.terminated, game.truncated, game.to_move()) == (False, True, ())
    assert game.scores() == (0.25, 1, 0.25)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, count=players)
def test_a_miss_is_paid_to_the_others_and_scores_share_out_half_of_each_pair(seed: int, count: int) -> None:
    game = PongDuel(players=count, points=2)
    game.reset(seed)
    for paid in randomly(game, np.random.default_rng(seed), 4000):
        assert sum(paid) == pytest.approx(0)
        assert min(paid) in {0, -1}
        assert sum(game.scores()) == pytest.approx(count / 2)
    assert game.terminated
    assert sorted(game.scores()) == pytest.approx([place / (count - 1) for place in range(count)])


def seen_from_the_first_seat(game: PongDuel, seat: int) -> tuple[PongDuel, dict[int, int]]:
    """The same position with that seat's side on the left, and by seat who it is there."""
    twin = PongDuel(players=game.seats)
    twin.reset(0)
    axis, end = SIDES[seat]

    def turned(spot: list[float]) -> list[float]:
        return [-end * spot[axis], spot[1 - axis]]

    there = {}
    for other in range(game.seats):
        across, side = SIDES[other]
        x, y = turned([side * (across == 0), side * (across == 1)])
        there[other] = SIDES.index((0, int(x)) if x else (1, int(y)))
        way = 1 if across == axis else -end
        twin.paddles[there[other]] = way * game.paddles[other]
        twin.left[there[other]] = game.left[other]
    twin.ball, twin.speed = turned(game.ball), turned(game.speed)
    twin.waits, twin._pace = game.waits, game._pace
    return twin, there


@settings(max_examples=25, deadline=None)
@given(seed=seeds, steps=some.integers(0, 400), count=some.sampled_from((2, 4)), data=some.data())
def test_every_seat_sees_and_plays_what_the_first_would_in_its_place(
    seed: int, steps: int, count: int, data: some.DataObject
) -> None:
    game = PongDuel(players=count)
    game.reset(seed)
    rng = np.random.default_rng(seed)
    list(randomly(game, rng, steps))
    seat = data.draw(some.integers(0, count - 1))
    twin, there = seen_from_the_first_seat(game, seat)
    flipped = {STAY: STAY, BACK: FORTH, FORTH: BACK}
    axis, end = SIDES[seat]
    for _ in range(30):
        np.testing.assert_array_equal(game.observation(seat), twin.observation(LEFT))
        if game.waits == 1 or not game.to_move():  # the serve that follows is drawn, not turned
            return
        actions = {other: int(rng.integers(3)) for other in game.to_move()}
        same = {other: SIDES[other][0] == axis or end < 0 for other in actions}
        twin.step({there[other]: one if same[other] else flipped[one] for other, one in actions.items()})
        game.step(actions)
        assert [twin.rewards()[there[other]] for other in range(count)] == list(game.rewards())


def test_the_two_sides_of_three_see_alike_and_the_wall_is_told_from_a_player() -> None:
    game = PongDuel(players=3)
    for _ in range(5):
        game.step({LEFT: FORTH, RIGHT: FORTH, BOTTOM: STAY})
    np.testing.assert_array_equal(game.observation(LEFT), game.observation(RIGHT))
    walls = {LEFT: 6, RIGHT: 6, BOTTOM: 8}
    for seat, wall in walls.items():
        assert game.observation(seat)[wall + 1] == 0
        assert np.count_nonzero(game.observation(seat)[[7, 9, 11]]) == 2


def through_a_file(snapshot: Mapping[str, Any]) -> Any:
    return json.load(io.StringIO(json.dumps(snapshot)))


def facts(game: PongDuel) -> list[Any]:
    seen = [game.observation(seat).tolist() for seat in range(game.seats)]
    frame = new_frame(90, 60)
    game.draw(frame, LOOKS)
    return [seen, game.to_move(), game.rewards(), game.scores(), game.terminated, game.truncated, rows(frame)]


@settings(max_examples=20, deadline=None)
@given(seed=seeds, count=players, before=some.integers(0, 600))
def test_a_saved_position_goes_on_and_looks_exactly_as_it_would_have(
    seed: int, count: int, before: int
) -> None:
    game, other = (PongDuel(players=count, points=2, step_limit=900) for _ in range(2))
    game.reset(seed)
    other.reset(seed // 3)
    list(randomly(game, np.random.default_rng(seed), before))
    other.restore(through_a_file(game.snapshot()))
    assert facts(other) == facts(game)
    for _ in zip(
        randomly(game, np.random.default_rng(1), 120), randomly(other, np.random.default_rng(1), 120),
        strict=True,
    ):  # fmt: skip
        assert game.snapshot() == other.snapshot()
    assert facts(other) == facts(game)


def brightness(game: PongDuel, place: tuple[float, float], colour: int) -> int:
    frame = new_frame(600, 400)
    game.draw(frame, LOOKS)
    pixels: Array = np.frombuffer(rows(frame), np.uint8).reshape(400, 600, 3)
    return int(pixels[round(400 * place[1]), round(600 * place[0]), colour])


def test_the_picture_shows_the_ball_where_it_is() -> None:
    game = thrown((0.5, 0.5), (0.0, 0.04))
    there = ((300 + 0.5 * 172) / 600, (200 + 0.5 * 172) / 400)
    assert brightness(game, there, 0) > 240
    game.ball = [-0.5, -0.5]
    assert brightness(game, there, 0) < 60


def test_three_and_four_play_on_a_square_that_is_drawn_as_one() -> None:
    (spec,) = register_environments()
    aspects = [describe(spec, "shipped", None, {"players": count}).aspect for count in (2, 3, 4)]
    assert aspects == [1.5, 1.0, 1.0]
