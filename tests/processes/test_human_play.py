"""What a person at a board may rely on: games that wait, keys that are held, moves that are taken back."""

from __future__ import annotations

import time

import numpy as np
import pytest

from arena.contest.legality import Illegal
from arena.orders import EnvironmentSource, ExhibitionOrder, PlayerSource
from arena.processes.messages import GameEnded, GameStarted, Held, Refused, Stepped, TakenBack
from arena.processes.roles.hand import Hand
from arena.spaces import Box, Discrete
from tests.processes.house import PLUGINS, eventually
from tests.processes.test_exhibition import Spectator, order, player, watch

__all__ = ["watch"]  # the fixture

PROJECT = PLUGINS.parents[2]
LOOKS = (((10, 77, 30), "circle"), ((200, 0, 0), "square"))


def with_person(*players: PlayerSource | None, **settings) -> ExhibitionOrder:
    return order(*players, **{"speed": 20.0, **settings})


def live(name: str, *players: PlayerSource | None, speed: float = 1.0) -> ExhibitionOrder:
    return ExhibitionOrder(
        environment=EnvironmentSource(name, str(PLUGINS / "holding.py"), {}),
        players=players,
        looks=LOOKS[: len(players)],
        frames="",
        width=60,
        height=40,
        seed=5,
        speed=speed,
    )


def until_asked(spectator: Spectator, seat: int) -> int:
    """Waits until that seat is to move; returns the ply."""

    def asks(event) -> bool:
        return isinstance(event, Stepped | GameStarted) and seat in event.to_move

    asked = spectator.until(asks)
    return asked.ply if isinstance(asked, Stepped) else 0


def steps(spectator: Spectator) -> list[Stepped]:
    return [event for event in spectator.events if isinstance(event, Stepped)]


@pytest.mark.parametrize("seat", [0, 1])
def test_a_game_waits_for_the_person_in_either_seat_and_plays_what_they_choose(watch, seat):
    seats = [player("one"), player("one")]
    seats[seat] = None
    spectator = watch(with_person(*seats))
    chosen = {0: [0, 1, 0], 1: [1, 0, 0]}[seat]
    for action in chosen:
        ply = until_asked(spectator, seat)
        time.sleep(0.05)
        assert not [event for event in spectator.exhibition.poll() if isinstance(event, Stepped)]
        spectator.exhibition.act(seat, action, ply)
    ended = spectator.until_kind(GameEnded)
    played = [step.actions[seat] for step in steps(spectator) if seat in step.actions]
    assert played == chosen
    assert ended.outcome.termination == "finished"
    assert ended.outcome.forfeited_by is None


def test_a_person_is_told_which_actions_are_legal_and_agents_need_not_be(watch):
    spectator = watch(with_person(player("one"), None))
    first = spectator.until_kind(GameStarted)
    assert first.masks == {}
    assert spectator.until_ply(1).masks == {1: [True, True, False]}


def test_an_illegal_action_is_refused_with_a_notice_and_the_game_waits_on(watch):
    spectator = watch(with_person(None, player("one")))
    until_asked(spectator, 0)
    for wrong in (2, 7, -1, [0.5]):
        spectator.exhibition.act(0, wrong, 0)
        assert "not legal" in spectator.until_kind(Refused).reason
    spectator.exhibition.act(0, 1, 0)
    assert spectator.until_ply(1).actions == {0: 1}
    assert not [event for event in spectator.events if isinstance(event, GameEnded)]


def test_a_move_meant_for_another_position_or_seat_is_forgotten(watch):
    spectator = watch(with_person(None, player("one")))
    until_asked(spectator, 0)
    spectator.exhibition.act(1, 0, 0)
    spectator.exhibition.act(0, 0, 4)
    spectator.exhibition.act(0, 1, 0)
    spectator.exhibition.act(0, 0, 0)  # the second of two clicks
    assert spectator.until_ply(2).to_move == (0,)
    assert [step.actions for step in steps(spectator)] == [{0: 1}, {1: 1}]


def test_a_game_taken_back_goes_on_as_if_nothing_had_been_played(watch):
    calm = watch(with_person(None, player("dice", mark="a"), length=8))
    hasty = watch(with_person(None, player("dice", mark="a"), length=8))
    for spectator, tries in ((calm, ()), (hasty, (0, 1, 0))):
        for wrong in tries:
            ply = until_asked(spectator, 0)
            spectator.exhibition.act(0, wrong, ply)
            until_asked(spectator, 0)
            spectator.exhibition.take_back()
            assert spectator.until_kind(TakenBack).ply == ply
            spectator.events.clear()
            spectator._unseen.appendleft(GameStarted(5, (0, 1), (None, None), (0,)))
        for action in (1, 1, 0, 1):
            spectator.exhibition.act(0, action, until_asked(spectator, 0))
        spectator.until_kind(GameEnded)
    assert [(step.ply, step.actions, step.scores) for step in steps(hasty)] == [
        (step.ply, step.actions, step.scores) for step in steps(calm)
    ]


def test_the_last_move_of_a_game_can_be_taken_back_too(watch):
    spectator = watch(with_person(None, length=2))
    spectator.exhibition.act(0, 0, 0)
    spectator.until_ply(1)
    spectator.exhibition.act(0, 0, 1)
    assert spectator.until_kind(GameEnded).outcome.scores == (0.0,)
    spectator.exhibition.take_back()
    assert spectator.until_kind(TakenBack).ply == 1
    spectator.exhibition.act(0, 1, 1)
    assert spectator.until_kind(GameEnded).outcome.scores == (1.0,)


def test_before_the_first_move_there_is_nothing_to_take_back(watch):
    spectator = watch(with_person(player("one"), None))
    until_asked(spectator, 1)
    spectator.exhibition.take_back()
    assert "not moved" in spectator.until_kind(Refused).reason


def test_persons_share_a_board_and_take_back_one_move_each(watch):
    spectator = watch(with_person(None, None))
    for ply, action in enumerate((1, 0, 1)):
        spectator.exhibition.act(ply % 2, action, ply)
        spectator.until_ply(ply + 1)
    spectator.exhibition.take_back()
    assert spectator.until_kind(TakenBack).ply == 2


def test_who_resigns_has_lost_and_the_next_game_is_asked_for(watch):
    spectator = watch(with_person(None, player("one")))
    until_asked(spectator, 0)
    spectator.exhibition.resign(1)  # an agent's seat: nobody may give up for it
    spectator.exhibition.resign(0)
    ended = spectator.until_kind(GameEnded)
    assert (ended.outcome.scores, ended.resigned) == ((0.0, 1.0), 0)
    time.sleep(0.1)
    assert spectator.exhibition.poll() == []
    spectator.exhibition.new_seed(99)
    assert spectator.until_kind(GameStarted).seed == 99
    spectator.exhibition.act(0, 1, 0)
    assert spectator.until_ply(1).actions == {0: 1}


def test_looking_back_while_the_game_waits_keeps_it_and_a_move_returns_to_it(watch):
    spectator = watch(with_person(None, player("one")))
    spectator.exhibition.act(0, 1, 0)
    spectator.until_ply(2)
    spectator.exhibition.show(0)
    assert spectator.until_ply(0).frontier == 2
    spectator.exhibition.act(0, 0, 2)
    assert spectator.until_ply(3).actions == {0: 0}


def test_a_hint_shows_in_its_own_place_what_a_move_would_leave_and_changes_nothing(watch):
    source = EnvironmentSource("connect-four", str(PROJECT / "plugins" / "connect_four.py"), {})
    spectator = watch(ExhibitionOrder(
        environment=source, players=(None, None), looks=LOOKS, frames="", width=380, height=330, seed=1,
    ))  # fmt: skip
    until_asked(spectator, 0)
    plain = eventually_frame(spectator)
    spectator.exhibition.hint(3)
    eventually(lambda: spectator.exhibition.frame(plain.sequence), "the hint is drawn")
    hinted = spectator.exhibition.frame(plain.sequence)
    changed = np.argwhere((pixels(plain) != pixels(hinted)).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert plain.width * 3 / 7 - 12 < left
    assert right < plain.width * 4 / 7 + 12
    assert top > plain.height * 0.7
    spectator.exhibition.hint(None)
    eventually(lambda: spectator.exhibition.frame(hinted.sequence), "it goes")
    assert np.array_equal(pixels(spectator.exhibition.frame()), pixels(plain))
    spectator.exhibition.act(0, 3, 0)
    assert spectator.until_ply(1).actions == {0: 3}
    assert bottom > top


def eventually_frame(spectator: Spectator):
    eventually(spectator.exhibition.frame, "there is a picture")
    return spectator.exhibition.frame()


def pixels(frame) -> np.ndarray:
    return np.frombuffer(frame.pixels, np.uint8).reshape(frame.height, frame.width, 4)[..., :3]


def test_where_time_goes_on_the_game_begins_with_the_first_key_and_follows_what_is_held(watch):
    spectator = watch(live("hold-2", None, player("one")))
    spectator.until_kind(GameStarted)
    time.sleep(0.1)
    assert spectator.exhibition.poll() == []
    spectator.exhibition.hold(1, pressed=True)
    spectator.until_ply(5)
    spectator.exhibition.hold(None, pressed=False)
    idle = spectator.until(lambda event: isinstance(event, Stepped) and event.actions[0] == 0)
    spectator.until_ply(idle.ply + 3)
    played = [step.actions[0] for step in steps(spectator)]
    assert played == [1] * (idle.ply - 1) + [0] * 4
    assert all(step.actions[1] == 1 for step in steps(spectator))


def test_a_key_pressed_and_let_go_between_two_steps_counts_for_one(watch):
    spectator = watch(live("hold", None, speed=0.05))
    spectator.until_kind(GameStarted)
    for _ in range(3):
        spectator.exhibition.hold(1, pressed=True)
        spectator.exhibition.hold(None, pressed=False)
        tapped = spectator.until(lambda event: isinstance(event, Stepped) and event.actions[0] == 1)
        assert spectator.until_ply(tapped.ply + 1).actions == {0: 0}


def test_a_paused_game_in_which_time_goes_on_is_resumed_by_a_key(watch):
    spectator = watch(live("hold", None))
    spectator.exhibition.hold(1, pressed=True)
    spectator.until_ply(3)
    spectator.exhibition.show(10**6)
    held = spectator.until(lambda event: isinstance(event, Stepped) and event.ply == event.frontier)
    spectator.exhibition.take_back()
    assert "Time goes on" in spectator.until_kind(Refused).reason
    spectator.exhibition.hold(1, pressed=True)
    assert spectator.until_ply(held.ply + 1).actions == {0: 1}


def test_resigning_ends_a_game_in_which_time_goes_on(watch):
    spectator = watch(live("hold", None))
    spectator.exhibition.hold(1, pressed=True)
    spectator.until_ply(2)
    spectator.exhibition.resign(0)
    ended = spectator.until_kind(GameEnded)
    assert ended.outcome.scores == (float(ended.outcome.moves),)
    spectator.exhibition.hold(0, pressed=True)
    time.sleep(0.1)
    assert spectator.exhibition.poll() == []


LEGAL = np.array([True, True, False])


def test_a_hand_taps_once_then_does_what_is_held_then_what_is_idle():
    hand = Hand(Discrete(3), idle=0)
    hand.take(Held(1, pressed=True))
    assert [hand.next_action(LEGAL) for _ in range(3)] == [1, 1, 1]
    hand.take(Held(0, pressed=True))
    hand.take(Held(1, pressed=False))  # the other key is still down
    assert [hand.next_action(LEGAL) for _ in range(3)] == [0, 1, 1]
    hand.take(Held(None, pressed=False))
    assert [hand.next_action(LEGAL) for _ in range(2)] == [0, 0]


def test_a_hand_without_an_idle_action_goes_on_with_the_last_one():
    hand = Hand(Discrete(3), idle=None)
    assert hand.next_action(None) == 0
    hand.take(Held(2, pressed=True))
    hand.take(Held(None, pressed=False))
    assert [hand.next_action(None) for _ in range(3)] == [2, 2, 2]
    assert hand.next_action(LEGAL) == 0
    hand.let_go()
    assert hand.next_action(np.array([False, True, True])) == 1


def test_what_a_hand_holds_but_may_not_do_is_passed_over():
    hand = Hand(Discrete(3), idle=1)
    hand.take(Held(2, pressed=True))
    assert hand.next_action(LEGAL) == 1
    with pytest.raises(Illegal):
        hand.next_action(np.array([False, False, False]))


def test_a_hand_sends_numbers_within_bounds_and_zeros_when_nothing_is_held():
    hand = Hand(Box((2,), -1.0, 1.0), idle=None)
    hand.take(Held([2.0, -0.5], pressed=True))
    assert hand.next_action(None).tolist() == [1.0, -0.5]
    hand.take(Held(None, pressed=False))
    assert hand.next_action(None).tolist() == [0.0, 0.0]
    assert Hand(Box((1,), 0.5, 1.0), idle=None).next_action(None).tolist() == [0.5]


def test_vectors_of_keys_reach_the_game(watch):
    spectator = watch(live("hold-box", None))
    spectator.exhibition.hold([0.5, 1.0], pressed=True)
    assert spectator.until_ply(1).actions == {0: [0.5, 1.0]}
    spectator.exhibition.hold(None, pressed=False)
    spectator.until(lambda event: isinstance(event, Stepped) and event.actions == {0: [0.0, 0.0]})
