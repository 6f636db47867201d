"""What players that search promise: minimax is exact, MCTS finds what decides, and nothing else is drawn."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from arena.api import Acting, Agent, Array, Game, Spaces
from arena.discovery.loader import load, load_agent
from arena.errors import Unsupported
from arena.games.game import open_game
from arena.settings import describe, resolve
from arena.spaces import Discrete
from arena.training.build import build_player
from tests.agents.toys import AGENTS

PLUGINS = AGENTS.parent / "plugins"
BOARDS = {"tic-tac-toe": "tic_tac_toe.py", "connect-four": "connect_four.py", "othello": "othello.py"}


class Dominoes:
    """Two seats take one or two of six tiles; who takes two moves again, who takes the last one has lost."""

    seats = 2
    observation_space = Discrete(7)
    action_space = Discrete(2)
    truncated = False

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> None:
        self.left, self.seat = 6, 0

    @property
    def terminated(self) -> bool:
        return self.left == 0

    def to_move(self) -> tuple[int, ...]:
        return (self.seat,) if self.left else ()

    def observation(self, seat: int) -> int:
        return self.left

    def mask(self, seat: int) -> Array | None:
        return None if self.left > 1 else np.array([True, False])

    def step(self, actions: Mapping[int, Any]) -> None:
        (action,) = actions.values()
        self.left -= action + 1
        if self.left == 0 or action == 0:
            self.seat = 1 - self.seat

    def scores(self) -> tuple[float, ...]:
        """Of a game that is over, `seat` is who did not take the last tile."""
        return (0.5, 0.5) if self.left else tuple(float(seat == self.seat) for seat in (0, 1))

    def snapshot(self) -> dict[str, Any]:
        return {"left": self.left, "seat": self.seat}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self.left, self.seat = snapshot["left"], snapshot["seat"]


def board(name: str) -> Game:
    if name == "dominoes":
        return Dominoes()  # type: ignore[return-value]
    return open_game(load(str(PLUGINS / BOARDS[name])).environments[0], {})


def searcher(agent: str, game: Game, temperature: float = 0.0, **settings: Any) -> Agent:
    spec = load_agent(str(AGENTS / f"{agent}.py"), agent)
    spaces = Spaces(game.observation_space, game.action_space)
    return build_player(spec, settings, spaces, acting={"temperature": temperature})


def played(name: str, *moves: int) -> Game:
    """The position after these moves, made by whoever was to move."""
    game = board(name)
    game.reset(0)
    for move in moves:
        game.step({game.to_move()[0]: move})
    return game


def random_position(name: str, moves: int, seed: int) -> Game:
    """So many random moves from the start, fewer where the game would be over."""
    game, rng = played(name), np.random.default_rng(seed)
    for _ in range(moves):
        (seat,), before = game.to_move(), game.snapshot()
        game.step({seat: int(rng.choice(legal(game)))})
        if not game.to_move():
            game.restore(before)
            break
    return game


def legal(game: Game) -> list[int]:
    mask = game.mask(game.to_move()[0])
    return list(range(game.action_space.n)) if mask is None else np.flatnonzero(mask).tolist()


def asked(game: Game) -> tuple[Array, Array | None]:
    (seat,) = game.to_move()
    mask = game.mask(seat)
    return np.array([game.observation(seat)]), None if mask is None else mask[None]


def acts(agent: Agent, game: Game, seed: int = 0) -> int:
    """What it plays there; the game is afterwards where it was."""
    position = game.snapshot()
    (action,) = agent.act(*asked(game), [np.random.default_rng(seed)], [game])
    game.restore(position)
    return int(action)


def explains(agent: Agent, game: Game, seed: int = 0) -> dict[str, Array]:
    position = game.snapshot()
    said = agent.explain(*asked(game), [np.random.default_rng(seed)], [game])
    game.restore(position)
    return said


def unpruned(game: Game, seat: int, depth: int, moves: int = 0) -> float:
    """Minimax as the books have it, with nothing left out."""
    if not game.to_move():
        return (2 * game.scores()[seat] - 1) * (1 - moves / 1000)
    if depth == 0:
        return 0.0
    (mover,), position, worths = game.to_move(), game.snapshot(), []
    for action in legal(game):
        game.step({mover: action})
        worths.append(unpruned(game, seat, depth - 1, moves + 1))
        game.restore(position)
    return max(worths) if mover == seat else min(worths)


@pytest.mark.parametrize(
    ("name", "moves", "depth"),
    [
        ("dominoes", range(3), 6),
        ("tic-tac-toe", range(3, 7), 6),
        ("tic-tac-toe", range(1, 3), 3),
        ("connect-four", range(6, 36, 6), 4),
        ("othello", (52, 54, 56), 5),
    ],
)
def test_pruning_changes_no_moves_worth(name: str, moves: Sequence[int], depth: int) -> None:
    for count in moves:
        game = random_position(name, count, seed=count)
        (seat,), position = game.to_move(), game.snapshot()
        (q_A,) = explains(searcher("minimax", game, depth=depth), game)["q"]
        for action in range(game.action_space.n):
            if action not in legal(game):
                assert np.isnan(q_A[action])
                continue
            game.step({seat: action})
            assert q_A[action] == pytest.approx(unpruned(game, seat, depth - 1, 1), abs=1e-12)
            game.restore(position)


@cache
def result(marks: tuple[int, ...]) -> int:
    """What perfect play comes to for the first seat of tic-tac-toe, by these cells' marks: 1, 0 or -1."""
    lines = [
        *((c, c + 3, c + 6) for c in range(3)),
        *((r, r + 1, r + 2) for r in (0, 3, 6)),
        (0, 4, 8),
        (2, 4, 6),
    ]
    for line in lines:
        if abs(total := sum(marks[cell] for cell in line)) == 3:
            return total // 3
    free = [cell for cell in range(9) if marks[cell] == 0]
    if not free:
        return 0
    mover = 1 if len(free) % 2 else -1
    return mover * max(mover * result(after(marks, cell)) for cell in free)


def test_with_full_depth_every_move_that_minimax_would_draw_keeps_what_perfect_play_comes_to() -> None:
    player = searcher("minimax", board("tic-tac-toe"), depth=9)
    for seed in range(60):
        game = random_position("tic-tac-toe", 4 + seed % 4, seed)
        marks = marks_of(game)
        for action in best_moves(player, game):
            assert result(after(marks, action)) == result(marks)


CELLS = np.arange(9).reshape(3, 3)
MIRRORED = [np.rot90(board, turns).ravel().tolist() for board in (CELLS, CELLS.T) for turns in range(4)]


@pytest.mark.slow
def test_no_line_of_tic_tac_toe_beats_minimax_whichever_of_its_best_moves_it_draws() -> None:
    """Walks everything that can happen from either seat, and one of positions that mirror each other."""
    player, ended, seen = searcher("minimax", board("tic-tac-toe"), depth=9), 0, set()
    going: list[tuple[tuple[int, ...], int]] = [((), seat) for seat in (0, 1)]
    while going:
        moves, own = going.pop()
        game = played("tic-tac-toe", *moves)
        alike = min(tuple(marks_of(game)[cell] for cell in cells) for cells in MIRRORED), own
        if alike in seen:
            continue
        seen.add(alike)
        if not game.to_move():
            ended += 1
            assert game.scores()[own] >= 0.5
            continue
        moved = best_moves(player, game) if game.to_move() == (own,) else legal(game)
        going += [((*moves, action), own) for action in moved]
    assert ended > 10


def best_moves(player: Agent, game: Game) -> list[int]:
    (q_A,) = explains(player, game)["q"]
    return np.flatnonzero(q_A == np.nanmax(q_A)).tolist()


def marks_of(game: Game) -> tuple[int, ...]:
    own, other = game.observation(0).reshape(2, 9).astype(int)
    return tuple((own - other).tolist())


def after(marks: tuple[int, ...], action: int) -> tuple[int, ...]:
    mover = 1 if marks.count(0) % 2 else -1
    return (*marks[:action], mover, *marks[action + 1 :])


def test_minimax_wins_as_soon_and_loses_as_late_as_it_can() -> None:
    stacked = played("connect-four", 0, 6, 0, 6, 0)  # the first seat threatens to win in the first column
    assert acts(searcher("minimax", stacked, depth=2), stacked) == 0
    winning = played("connect-four", 0, 6, 0, 6, 0, 5)
    (q_A,) = explains(searcher("minimax", winning, depth=5), winning)["q"]
    assert q_A[0] == pytest.approx(0.999)
    assert np.nanargmax(q_A) == 0
    lost = played("connect-four", 2, 0, 3, 0)  # a row of two, open at both sides: any third wins
    assert acts(searcher("minimax", lost, depth=4), lost) in {1, 4}


TACTICS = [
    pytest.param("connect-four", (3, 0, 3, 0, 3, 1), {3}, id="completes a column of four"),
    pytest.param("connect-four", (0, 3, 1, 3, 6, 3), {3}, id="stops a column of three"),
    pytest.param("connect-four", (2, 2, 3, 3), {1, 4}, id="makes a row of three open at both ends"),
    pytest.param("tic-tac-toe", (0, 3, 1, 4), {2}, id="completes a row"),
    pytest.param("tic-tac-toe", (0, 4, 1), {2}, id="stops a row"),
    pytest.param("tic-tac-toe", (0, 4, 8), {1, 3, 5, 7}, id="answers opposite corners with a side"),
    pytest.param("dominoes", (1, 1), {0}, id="leaves the last tile"),
]


@pytest.mark.parametrize(("name", "moves", "best"), TACTICS)
@pytest.mark.parametrize(("agent", "settings"), [("minimax", {"depth": 6}), ("mcts", {"playouts": 400})])
def test_a_search_finds_the_move_that_decides(
    agent: str, settings: dict[str, Any], name: str, moves: Sequence[int], best: set[int]
) -> None:
    game = played(name, *moves)
    player = searcher(agent, game, **settings)
    assert {acts(player, game, seed) for seed in range(5)} <= best


def test_the_more_playouts_the_larger_the_share_of_the_winning_move() -> None:
    game = played("connect-four", 2, 2, 3, 3)
    shares = []
    for playouts in (20, 200, 2000):
        (visits_A,) = explains(searcher("mcts", game, playouts=playouts), game)["visits"]
        shares.append(visits_A[1] + visits_A[4])
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.5


@pytest.mark.parametrize("name", ["tic-tac-toe", "connect-four", "othello", "dominoes"])
@pytest.mark.parametrize(("agent", "settings"), [("minimax", {"depth": 2}), ("mcts", {"playouts": 20})])
class TestAnySearch:
    def test_only_legal_moves_are_played_and_explained(self, agent: str, settings: Any, name: str) -> None:
        for count in (0, 3, 40):
            game = random_position(name, count, seed=count)
            player = searcher(agent, game, **settings)
            said = explains(player, game)
            moves = legal(game)
            assert acts(player, game) in moves
            others = np.setdiff1d(np.arange(game.action_space.n), moves)
            if agent == "minimax":
                assert set(said) == {"q"}
                assert np.isnan(said["q"][0, others]).all()
                assert (np.abs(said["q"][0, moves]) <= 1).all()
            else:
                assert set(said) == {"visits", "value"}
                assert (said["visits"][0, others] == 0).all()
                assert said["visits"].sum() == pytest.approx(1)
                assert -1 <= said["value"][0] <= 1

    def test_the_same_generator_gives_the_same_move_and_no_other_chance_is_used(
        self, agent: str, settings: Any, name: str
    ) -> None:
        game = random_position(name, 2, seed=1)
        player = searcher(agent, game, temperature=1.0, **settings)
        moves, shares = set(), set()
        for state in (1, 2):
            random.seed(state)
            np.random.seed(state)  # noqa: NPY002 - the one that must not be used
            before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
            moves.add(tuple(acts(player, game, seed) for seed in range(6)))
            shares.add(tuple(np.nan_to_num(next(iter(explains(player, game).values()))[0])))
            assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002
        assert len(moves) == len(shares) == 1

    def test_each_position_is_answered_as_if_asked_alone(self, agent: str, settings: Any, name: str) -> None:
        games = [random_position(name, count, seed=count) for count in (0, 2, 4)]
        player = searcher(agent, games[0], **settings)
        alone = [acts(player, game, seed) for seed, game in enumerate(games)]
        obs_B = np.concatenate([asked(game)[0] for game in games])
        together = player.act(obs_B, None, [np.random.default_rng(seed) for seed in range(3)], games)
        assert together.tolist() == alone

    def test_it_has_nothing_to_save(self, agent: str, settings: Any, name: str) -> None:
        game = played(name)
        player = searcher(agent, game, **settings)
        acts(player, game)
        assert player.state() == {}


@pytest.mark.parametrize(("agent", "settings"), [("minimax", {"depth": 2}), ("mcts", {"playouts": 9})])
def test_equally_good_moves_are_drawn_equally_often(agent: str, settings: Any) -> None:
    """Nine playouts try each of nine cells once; two moves ahead nothing is decided."""
    game = played("tic-tac-toe")
    player = searcher(agent, game, **settings)
    drawn = np.bincount([acts(player, game, seed) for seed in range(450)], minlength=9)
    assert drawn.min() > 25
    assert drawn.max() < 80


def test_with_a_temperature_better_moves_are_played_more_often_but_not_always() -> None:
    game = played("tic-tac-toe", 0, 3, 1, 4)
    for agent, settings in (("minimax", {"depth": 2}), ("mcts", {"playouts": 60})):
        player = searcher(agent, game, temperature=1.0, **settings)
        count = np.bincount([acts(player, game, seed) for seed in range(100)], minlength=9)
        assert count[2] == count.max()
        assert (count > 0).sum() > 1


class AtOnce(Dominoes):
    def to_move(self) -> tuple[int, ...]:
        return (0, 1)


@pytest.mark.parametrize("agent", ["minimax", "mcts"])
def test_a_game_in_which_seats_move_at_once_is_refused_in_words(agent: str) -> None:
    game: Any = AtOnce()
    player = searcher(agent, game)
    with pytest.raises(Unsupported, match=r"Seats \(0, 1\) move at once"):
        player.act(np.zeros(1), None, [np.random.default_rng(0)], [game])


@pytest.mark.parametrize("agent", ["minimax", "mcts"])
def test_its_presets_are_settings_that_it_takes_and_its_strength_is_not_sampled_away(agent: str) -> None:
    spec = load_agent(str(AGENTS / f"{agent}.py"), agent)
    assert len(spec.presets) == 3
    for preset in spec.presets:
        resolve(describe(spec.settings), preset.settings)
    assert Acting(spec.agent.sampling_temperature) == Acting(0.0)
