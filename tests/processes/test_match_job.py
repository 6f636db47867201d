"""Promises of a match's job, kept by real processes: whoever misbehaves forfeits, and the match goes on."""

from __future__ import annotations

import collections

import pytest

from arena.processes.launching import launch, lose_abandoned
from arena.processes.locks import is_locked
from tests.living import is_alive
from tests.processes.house import House, environment, eventually, kill_9


def test_every_game_is_recorded_with_seats_swapped_on_the_same_seed(house):
    match = house.add_match([("one", {}), ("dice", {})], games=20)
    played = house.play(match)
    assert (played.state, played.played, played.attempt, played.pid) == ("finished", 20, 1, None)
    games = house.store.games(match=match)
    assert {(game.termination, game.moves, game.pool) for game in games} == {("finished", 6, "rated")}
    seats = collections.defaultdict(set)
    for game in games:
        seats[game.seed].add(game.players)
    assert all(met == {played.players, played.players[::-1]} for met in seats.values())
    assert all(game.scores[game.players.index(played.players[0])] >= 0.5 for game in games)


def test_the_same_match_gives_the_same_games_on_many_tables_and_one_at_a_time(house):
    """A player that fails once sends the match into single games; the other games must not notice."""
    together = house.add_match([("dice", {}), ("dice", {"mark": "b"})], games=12, match="m000000a")
    house.play(together)
    single = house.add_match([("dice", {}), ("dice", {"mark": "b"})], games=2, match="m000000b")
    house.play(single)
    results = {(game.players, game.seed): game.scores for game in house.store.games(match=together)}
    for game in house.store.games(match=single):
        assert results[game.players, game.seed] == game.scores


@pytest.mark.parametrize(
    ("kind", "termination", "reason"),
    [
        ("loop", "timeout", "No move for 1 s."),
        ("raise", "crash", "Raised ValueError: I do not like this position."),
        ("exit", "crash", "Its process ended with exit code 1."),
        ("illegal", "illegal", "Chose action 2, which is not legal in this position."),
        ("words", "illegal", "Chose 'left', which is no number."),
        ("short", "crash", "Answered 1 positions with 0 actions."),
        ("load", "load", "It did not load: ValueError: no such file"),
    ],
)
def test_a_misbehaving_player_forfeits_with_its_reason_and_the_match_goes_on(
    house, kind, termination, reason
):
    # Only who overruns may depend on the clock of a busy machine.
    move_time = 1.0 if kind == "loop" else 30.0
    match = house.add_match([("one", {}), ("faulty", {"kind": kind})], games=4, move_time=move_time)
    played = house.play(match)
    assert (played.state, played.played) == ("finished", 4)
    for game in house.store.games(match=match):
        faulty = game.players.index(played.players[1])
        assert (game.termination, game.reason, game.forfeited_by) == (termination, reason, faulty)
        assert game.scores[faulty] == 0.0
        assert game.scores[1 - faulty] == 1.0


def test_a_player_that_prints_loses_nothing_by_it(house):
    match = house.add_match([("one", {}), ("faulty", {"kind": "print"})], games=2)
    played = house.play(match)
    assert {game.termination for game in house.store.games(match=match)} == {"finished"}
    assert played.state == "finished"
    assert "print a word" in house.log(match)


def test_a_player_that_hoards_memory_forfeits(house):
    match = house.add_match(
        [("one", {}), ("faulty", {"kind": "hoard"})], games=2, move_time=30.0, memory_bytes=400 * 2**20
    )
    house.play(match)
    for game in house.store.games(match=match):
        assert game.termination == "memory"
        assert game.reason == "Held more than 400 MiB of memory."


def test_two_bad_players_each_pay_for_their_own_games(house):
    players = [("one", {}), ("faulty", {"kind": "raise"}), ("faulty", {"kind": "exit"})]
    match = house.add_match(players, games=2)
    played = house.play(match)
    assert played.played == 6
    reasons = collections.defaultdict(set)
    for game in house.store.games(match=match):
        reasons[game.players[game.forfeited_by]].add(game.reason)
    assert set(reasons) == set(played.players[1:])
    assert all(len(given) == 1 for given in reasons.values())


def test_a_single_seat_keeps_the_return_it_had_when_its_player_failed(house):
    match = house.add_match(
        [("one", {}), ("faulty", {"kind": "exit"})], environment_source=environment("pick-1"), games=3
    )
    played = house.play(match)
    scores = {player: [] for player in played.players}
    for game in house.store.games(match=match):
        scores[game.players[0]].append((game.termination, game.scores))
    assert scores[played.players[0]] == [("finished", (6.0,))] * 3
    assert scores[played.players[1]] == [("crash", (2.0,))] * 3


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("raise", "the board is broken"), ("exit", "exit code 3"), ("score", "not numbers")],
)
def test_a_broken_environment_fails_the_match_and_blames_no_player(house, fault, reason):
    match = house.add_match(
        [("one", {}), ("dice", {})], environment_source=environment("pick-2", fault=fault)
    )
    played = house.play(match)
    assert played.state == "failed"
    assert reason in played.message
    assert house.store.games(match=match) == []


def test_a_killed_match_takes_its_workers_along_and_is_resumed_to_the_same_games(house: House):
    players = [("dice", {}), ("slow", {"pause": 0.01})]
    match = house.add_match(players, games=60)
    launch(house.home, "match", match)
    eventually(lambda: house.store.match(match).played >= 4, "some games are played")
    job = house.store.match(match).pid
    workers = house.workers_of(job)
    assert len(workers) == 3
    kill_9(job)
    eventually(lambda: not any(is_alive(worker) for worker in workers), "the orphans are gone")
    eventually(lambda: not is_locked(house.home.match(match) / "lock"), "the lock is free")
    assert match in lose_abandoned(house.home, house.store)
    before = {game.id for game in house.store.games(match=match)}

    house.store.queue_match(match)
    resumed = house.play(match)
    assert (resumed.state, resumed.played, resumed.attempt) == ("finished", 60, 2)
    games = house.store.games(match=match)
    assert before < {game.id for game in games}
    whole = house.add_match(players, games=60, match="m000000c")
    house.play(whole)
    assert sorted((game.players, game.seed, game.scores) for game in games) == sorted(
        (game.players, game.seed, game.scores) for game in house.store.games(match=whole)
    )


def test_a_stopped_match_keeps_its_games_and_plays_the_rest_when_resumed(house):
    match = house.add_match([("one", {}), ("slow", {"pause": 0.02})], games=60)
    launch(house.home, "match", match)
    eventually(lambda: house.store.match(match).played >= 2, "some games are played")
    house.store.order(match, "stop")
    eventually(lambda: house.store.match(match).ended_at, "it stops")
    stopped = house.store.match(match)
    assert stopped.state == "stopped"
    assert stopped.played == len(house.store.games(match=match)) < 60
    house.store.queue_match(match)
    assert house.play(match).played == 60
    assert len(house.store.games(match=match)) == 60
