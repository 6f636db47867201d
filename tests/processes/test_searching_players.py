"""Players that search, in matches and before spectators: each gets copies of the game, in its position."""

from __future__ import annotations

import collections
from pathlib import Path

from arena.api import Spaces
from arena.contest.models import Models
from arena.discovery.loader import load, load_agent
from arena.games.game import open_game
from arena.orders import AgentSource, EnvironmentSource, ExhibitionOrder, PlayerSource
from arena.processes.messages import GameEnded, Stepped, TakenBack
from arena.processes.roles.spectated import SpectatedGame
from arena.training.build import build_player
from tests.processes.house import environment
from tests.processes.test_exhibition import watch
from tests.processes.test_human_play import LOOKS, until_asked

__all__ = ["watch"]  # the fixture

PROJECT = Path(__file__).parents[2]
BOARD = EnvironmentSource("tic-tac-toe", str(PROJECT / "plugins" / "tic_tac_toe.py"), {})
MCTS = PlayerSource(
    AgentSource("mcts", str(PROJECT / "agents" / "mcts.py")),
    {"playouts": 30, "exploration": 1.0},
    {"temperature": 0.0},
    searches=True,
)


def test_in_a_match_who_searches_plays_on_and_who_fails_or_is_slow_in_its_search_forfeits(house):
    players = [("seer", {"kind": ""}), ("seer", {"kind": "raise"}), ("seer", {"kind": "sleep"})]
    match = house.add_match([*players, ("one", {})], games=1, move_time=1.5)
    played = house.play(match)
    assert (played.state, played.played) == ("finished", 6)
    reasons = collections.defaultdict(collections.Counter)
    for game in house.store.games(match=match):
        forfeited = None if game.forfeited_by is None else game.players[game.forfeited_by]
        reasons[forfeited][game.reason] += 1
        if game.forfeited_by is not None:
            assert game.scores[game.forfeited_by] == 0.0
    sound, raising, slow, plain = played.players
    assert set(reasons) == {None, raising, slow}
    assert reasons[None] == {None: 1}
    assert set(reasons[raising]) == {"Raised ValueError: I do not like this position."}
    assert set(reasons[slow]) == {"No move for 1.5 s."}
    met = [set(game.players) for game in house.store.games(match=match) if game.forfeited_by is None]
    assert met == [{sound, plain}]


def test_a_game_that_only_claims_to_be_of_perfect_information_fails_the_match_and_blames_no_player(house):
    dishonest = environment("pick-2", fault="chance")
    match = house.add_match([("seer", {"kind": ""}), ("one", {})], environment_source=dishonest)
    played = house.play(match)
    assert played.state == "failed"
    assert played.message.startswith("pick-2 cannot be searched")
    assert house.store.games(match=match) == []


def test_what_a_search_explains_is_the_search_that_it_plays_by() -> None:
    """Whatever it draws, the move made is one of those that the explanation looked at most."""
    spec = load(BOARD.path).environments[0]
    board, mcts = open_game(spec, {}), load_agent(MCTS.agent.path, "mcts")
    spaces = Spaces(board.observation_space, board.action_space)
    for seed in range(4):
        agents = [build_player(mcts, {"playouts": 12}, spaces) for _ in range(2)]
        models = {seat: Models(lambda: open_game(spec, {})) for seat in (0, 1)}
        game = SpectatedGame(board, spec, agents, seed, models)
        while game.outcome is None:
            stepped = game.step()
            ((seat, action),) = stepped.actions.items()
            shares = [share or 0.0 for share in stepped.explanations[seat]["visits"]]
            assert shares[action] == max(shares)


def test_taken_back_by_a_person_a_search_goes_on_as_if_nothing_had_been_played(watch):
    order = ExhibitionOrder(
        environment=BOARD,
        players=(None, MCTS),
        looks=LOOKS,
        frames="",
        width=60,
        height=40,
        seed=5,
        speed=20.0,
    )
    games = []
    for wrong in (None, 0):
        spectator = watch(order)
        if wrong is not None:
            spectator.exhibition.act(0, wrong, until_asked(spectator, 0))
            spectator.until_ply(2)
            spectator.exhibition.take_back()
            assert spectator.until_kind(TakenBack).ply == 0
            spectator.events.clear()
        ply, legal = 0, [True] * 9
        ended = None
        while ended is None:
            spectator.exhibition.act(0, legal.index(True, 4) if ply == 0 else legal.index(True), ply)
            seen = spectator.until(
                lambda event: (
                    isinstance(event, GameEnded) or (isinstance(event, Stepped) and event.to_move == (0,))
                )
            )
            if isinstance(seen, GameEnded):
                ended = seen
            else:
                ply, legal = seen.ply, seen.masks[0]
        games.append([event for event in spectator.events if isinstance(event, Stepped)])
    calm, hasty = ([(step.ply, step.actions, step.explanations) for step in steps] for steps in games)
    assert calm == hasty
    searched = [step.explanations[1]["visits"] for step in games[0] if 1 in step.explanations]
    assert searched
    assert all(abs(sum(share for share in shares if share is not None) - 1) < 1e-6 for shares in searched)
