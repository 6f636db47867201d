"""What a spectator of an exhibition may rely on."""

from __future__ import annotations

import collections
import time
from collections.abc import Callable

import pytest

from arena.orders import AgentSource, ExhibitionOrder, PlayerSource
from arena.processes.exhibition import Exhibition, ExhibitionEvent
from arena.processes.messages import Failed, GameEnded, GameStarted, Stepped
from tests.processes.house import PATIENCE, PICKERS, environment, eventually


def player(agent: str, **settings) -> PlayerSource:
    return PlayerSource(AgentSource(agent, str(PICKERS)), settings, {"temperature": 0.0})


def order(*players: PlayerSource, length: int = 6, speed: float = 1.0, **settings) -> ExhibitionOrder:
    return ExhibitionOrder(
        environment=environment(f"pick-{len(players)}", length=length, **settings),
        players=players,
        looks=(((10, 77, 30), "circle"),) * len(players),
        frames="",
        width=60,
        height=40,
        seed=5,
        speed=speed,
    )


class Spectator:
    """Watches, and keeps what it has seen."""

    def __init__(self, exhibition: Exhibition) -> None:
        self.exhibition = exhibition
        self.events: list[ExhibitionEvent] = []
        self._unseen: collections.deque[ExhibitionEvent] = collections.deque()

    def until(self, seen: Callable[[ExhibitionEvent], bool]) -> ExhibitionEvent:
        """The first new event of which that is true."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self._unseen.extend(self.exhibition.poll())
            while self._unseen:
                event = self._unseen.popleft()
                self.events.append(event)
                if seen(event):
                    return event
            time.sleep(0.005)
        raise AssertionError(f"It was never seen among {self.events[-5:]}.")

    def until_kind(self, kind: type) -> ExhibitionEvent:
        return self.until(lambda event: isinstance(event, kind))

    def until_ply(self, ply: int) -> Stepped:
        seen = self.until(lambda event: isinstance(event, Stepped) and event.ply == ply)
        assert isinstance(seen, Stepped)
        return seen


@pytest.fixture
def watch(tmp_path):
    opened = []

    def start(order: ExhibitionOrder) -> Spectator:
        opened.append(Exhibition.start(order, tmp_path / f"exhibition{len(opened)}"))
        return Spectator(opened[-1])

    yield start
    for exhibition in opened:
        exhibition.close()


def test_games_follow_one_another_with_every_step_explained(watch):
    spectator = watch(order(player("one"), player("dice", mark="a"), speed=5.0))
    first = spectator.until_kind(GameStarted)
    assert (first.seed, first.seats, first.to_move) == (5, (0, 1), (0,))
    spectator.until_kind(GameEnded)
    steps = [event for event in spectator.events if isinstance(event, Stepped)]
    assert [step.ply for step in steps] == [1, 2, 3, 4, 5, 6]
    assert steps[0].actions == {0: 1}
    assert steps[0].action_names == {0: "One"}
    assert steps[0].rewards == (1.0, 0.0)
    assert steps[0].explanations == {0: {"policy": [0.25, 0.75, None], "value": [0.5]}}
    assert steps[1].explanations == {1: {}}
    assert first.thoughts == steps[0].explanations
    assert [step.thoughts for step in steps[:-1]] == [step.explanations for step in steps[1:]]
    assert steps[-1].thoughts == {}
    assert first.thoughts == steps[1].thoughts == steps[0].explanations
    assert steps[-1].thoughts == {}
    assert steps[-1].to_move == ()
    second = spectator.until_kind(GameStarted)
    assert second.seed != first.seed


def test_the_picture_shows_the_position_in_the_size_asked_for(watch):
    spectator = watch(order(player("one"), length=100, speed=0.05))
    step = spectator.until_ply(2)
    eventually(spectator.exhibition.frame, "there is a picture")
    spectator.exhibition.pause()
    spectator.exhibition.show(2)
    spectator.until_ply(2)
    frame = spectator.exhibition.frame()
    assert (frame.width, frame.height) == (60, 40)
    assert frame.pixels[:3] == bytes([20, 77, 200])
    spectator.exhibition.resize(30, 20)
    eventually(lambda: spectator.exhibition.frame(after=frame.sequence), "it is drawn again")
    assert spectator.exhibition.frame()[1:3] == (30, 20)
    assert step.frontier == 2


def test_going_back_shows_what_was_and_going_on_walks_through_it_before_new_steps(watch):
    spectator = watch(order(player("dice", mark="a"), length=200, speed=1.0))
    spectator.until_ply(10)
    spectator.exhibition.pause()
    spectator.exhibition.show(3)
    back = spectator.until_ply(3)
    played = {event.ply: event.actions for event in spectator.events if isinstance(event, Stepped)}
    assert back.frontier >= 10
    assert spectator.exhibition.frame().pixels[0] == 30
    spectator.exhibition.show(0)
    assert spectator.until_ply(0).actions == {}
    spectator.events.clear()
    spectator.exhibition.play()
    spectator.until_ply(back.frontier + 3)
    again = [event for event in spectator.events if isinstance(event, Stepped)]
    assert [event.ply for event in again] == list(range(1, back.frontier + 4))
    assert all(event.actions == played[event.ply] for event in again if event.ply in played)


def test_a_paused_game_waits_and_goes_step_by_step(watch):
    spectator = watch(order(player("one"), length=500, speed=1.0))
    spectator.until_ply(2)
    spectator.exhibition.show(10**6)
    here = spectator.until(lambda event: isinstance(event, Stepped) and event.ply == event.frontier)
    spectator.exhibition.step()
    assert spectator.until_ply(here.ply + 1).frontier == here.ply + 1
    spectator.exhibition.step()
    spectator.until_ply(here.ply + 2)
    assert spectator.exhibition.poll() == []


def test_a_watched_game_is_the_same_game_whatever_the_spectator_does(watch):
    calm = watch(order(player("dice", mark="a"), length=30, speed=0.0))
    calm.until_kind(GameEnded)
    busy = watch(order(player("dice", mark="a"), length=30, speed=1.0))
    busy.until_ply(5)
    busy.exhibition.show(2)
    busy.exhibition.step()
    busy.exhibition.resize(31, 17)
    busy.exhibition.speed(0.0)
    busy.exhibition.play()
    busy.until_kind(GameEnded)

    def actions(spectator: Spectator) -> dict[int, object]:
        steps = [event for event in spectator.events if isinstance(event, Stepped)]
        return {step.ply: step.actions for step in steps if step.ply}

    assert actions(calm) == actions(busy)


def test_a_new_seed_starts_a_new_game_at_once(watch):
    spectator = watch(order(player("one"), length=10_000))
    spectator.until_ply(2)
    spectator.exhibition.new_seed(1234)
    assert spectator.until_kind(GameStarted).seed == 1234
    assert spectator.until_kind(Stepped).ply == 1


def test_a_followed_player_plays_the_next_game_with_the_newest_weights(watch, house):
    run = house.add_run(budget=200)
    house.start(run)
    house.ended(run)
    untrained = player("learner", pause=0.0, fault="")
    spectator = watch(order(untrained, speed=5.0))
    asked = []

    def newest():
        asked.append(True)
        return house.home.checkpoints(run)[0]

    spectator.exhibition.follow(0, newest)
    first = spectator.until_kind(GameStarted)
    assert first.weights == (None,)
    lazy = spectator.until_kind(GameEnded)
    assert lazy.outcome.scores == (0.0,)
    later = spectator.until(lambda event: isinstance(event, GameStarted) and event.weights != (None,))
    assert later.weights == (str(house.home.checkpoints(run)[0]),)
    assert spectator.until_kind(GameEnded).outcome.scores == (6.0,)
    assert asked


def test_a_player_that_raises_forfeits_and_the_next_game_follows(watch):
    spectator = watch(order(player("one"), player("faulty", kind="raise"), speed=5.0))
    ended = spectator.until_kind(GameEnded)
    assert (ended.outcome.termination, ended.outcome.forfeited_by) == ("crash", 1)
    assert "I do not like this position" in ended.outcome.reason
    spectator.until_kind(GameStarted)


@pytest.mark.parametrize(
    ("exhibited", "said"),
    [
        (order(player("one"), player("faulty", kind="load")), "no such file"),
        (order(player("one"), player("faulty", kind="exit")), "exit code 1"),
        (order(player("one"), fault="raise"), "the board is broken"),
        (order(player("nobody")), "nobody"),
    ],
)
def test_what_cannot_go_on_says_so_in_one_event(watch, exhibited, said):
    spectator = watch(exhibited)
    failed = spectator.until_kind(Failed)
    assert said in failed.message
    assert spectator.exhibition.poll() == []
    spectator.exhibition.pause()


def test_closing_ends_the_worker_and_leaves_nothing_behind(watch, tmp_path):
    spectator = watch(order(player("one"), player("faulty", kind="loop")))
    spectator.until_ply(1)
    spectator.exhibition.close()
    spectator.exhibition.close()
    assert not spectator.exhibition._worker.alive
    assert not (tmp_path / "exhibition0").exists()
