"""Players keep what they are, matches their state; names point at the newest."""

from __future__ import annotations

import pytest

from arena.errors import UnknownName
from arena.store import Store


def test_a_player_is_read_as_it_was_written_by_id_and_label(store: Store, make_player) -> None:
    player = make_player(label="best", weights_sha256="ab", checkpoint="/w", run="r1", step=5, searches=True)
    assert store.add_player(player) == player
    assert store.player(player.id) == player
    assert store.player("BEST") == player
    assert store.player("nobody") is None
    assert store.players() == [player]


def test_adding_a_known_player_changes_nothing(store: Store, make_player) -> None:
    player = store.add_player(make_player())
    assert store.add_player(make_player(id=player.id, label="renamed")) == player


def test_a_runs_name_moves_on_to_its_newer_player(store: Store, make_player) -> None:
    older = store.add_player(make_player(label="mine", run="r1", step=500))
    newer = store.add_player(make_player(label="mine", run="r1", step=900))
    assert store.player("mine") == newer
    assert store.player(older.id).label == "mine@500"


def test_an_edited_agents_name_moves_on_to_its_new_source(store: Store, make_player) -> None:
    older = store.add_player(make_player(id="aaaa" * 4, source_sha256="1"))
    newer = store.add_player(make_player(source_sha256="2"))
    assert store.player("random") == newer
    assert store.player(older.id).label == "random~aaaa"


def test_other_settings_share_a_label(store: Store, make_player) -> None:
    small = store.add_player(make_player(label="dqn", settings={"width": 8}))
    large = store.add_player(make_player(label="dqn", settings={"width": 64}))
    assert [store.player(player.id).label for player in (small, large)] == ["dqn", "dqn"]


def test_a_boards_players_are_those_with_games_on_it(store: Store, make_player, make_game) -> None:
    one, two, three = (store.add_player(make_player(label=f"p{number}")) for number in range(3))
    store.record_games([make_game(one.id, two.id), make_game(three.id, board="other", scores=(1.0,))])
    assert store.players_of("connect-four") == [one, two]
    assert store.players_of("other") == [three]


def test_a_match_is_read_as_it_was_written_and_claimed_once(store: Store, make_match) -> None:
    match = make_match(environment_settings={"size": 3}, message="Hello.")
    store.add_match(match)
    assert store.matches() == [match]
    claimed = store.claim_match(match.id, pid=7)
    assert claimed is not None
    assert (claimed.state, claimed.pid, claimed.attempt) == ("running", 7, 1)
    assert store.claim_match(match.id, pid=8) is None
    store.update_match(match.id, played=3)
    assert store.lose_match(match.id, attempt=1)
    assert not store.lose_match(match.id, attempt=1)
    assert (store.match(match.id).state, store.match(match.id).played) == ("lost", 3)
    assert not store.withdraw_match(match.id)
    assert store.queue_match(match.id)
    assert not store.queue_match(match.id)
    assert store.withdraw_match(match.id)
    assert store.match(match.id).state == "stopped"


def test_an_unknown_match_suggests_the_nearest(store: Store, make_match) -> None:
    store.add_match(make_match(id="m12345678"))
    with pytest.raises(UnknownName, match="m12345678"):
        store.match("m12345679")


def test_preferences_keep_json_values_and_forget(store: Store) -> None:
    store.prefer("theme", "light")
    store.prefer("theme", "dark")
    store.prefer("window", [1280, 800])
    assert store.preferences() == {"theme": "dark", "window": [1280, 800]}
    store.prefer("theme", None)
    assert store.preferences() == {"window": [1280, 800]}


def test_an_agents_look_is_the_first_free_one_and_kept(store: Store) -> None:
    assert store.assign_look("mine", taken={0, 1}) == 2
    assert store.assign_look("yours", taken={0, 1}) == 3
    assert store.assign_look("mine", taken={0, 1, 2}) == 2
    assert store.agent_looks() == {"mine": 2, "yours": 3}
