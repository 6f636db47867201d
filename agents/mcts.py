"""Monte Carlo tree search (UCT; Kocsis & Szepesvári, 2006): plays each line to its end, at random.

A move is as good as the games that follow it, and those that went well are looked at more closely. All its
chance comes from one draw of the seat's own generator. Axes: B positions, A actions.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from arena.api import Agent, AgentSpec, Array, Discrete, Game, Preset, hookimpl, setting
from arena.toolkit.choosing import sample
from arena.toolkit.positions import legal_actions, mover

Draw = Callable[[], float]


@dataclass(frozen=True)
class Settings:
    """What can be set."""

    playouts: int = setting(200, "Games that are played out to find one move", low=1, high=1_000_000)
    exploration: float = setting(
        1.0, "How much is given to moves that were rarely tried; 0 trusts the results so far", low=0, high=100
    )


@dataclass(slots=True)
class Node:
    """A position in the tree.

    Attributes:
        seat: who moves there; None where the game is over.
        chooser: who moved there, and whose scores are counted.
        untried: legal actions that lead to no child yet.
        score: the sum over all visits, each from 0 to 1.
    """

    seat: int | None
    chooser: int
    untried: list[int]
    children: dict[int, Node] = field(default_factory=dict)
    visits: int = 0
    score: float = 0.0

    @classmethod
    def of(cls, game: Game, chooser: int) -> Node:
        seat = mover(game)
        return cls(seat, chooser, [] if seat is None else legal_actions(game, seat))

    def most_promising(self, exploration: float) -> tuple[int, Node]:
        """The child with the highest upper confidence bound, mean + c √(2 ln n / n_child), and its action."""
        wide = exploration * math.sqrt(2 * math.log(self.visits))
        return max(
            self.children.items(),
            key=lambda item: item[1].score / item[1].visits + wide / math.sqrt(item[1].visits),
        )


class MonteCarloTreeSearch(Agent):
    """Plays the move that it came to look at most often."""

    settings: Settings
    sampling_temperature = 0.0  # as a training opponent, too, it plays its best

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        shares_BA = self.visits(self.trees(rngs_B, models_B))
        shares_BA /= shares_BA.max(axis=1, keepdims=True)
        temperature = self.acting.temperature
        return sample(shares_BA ** (1 / temperature) if temperature > 0 else shares_BA == 1, rngs_B)

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        trees_B = self.trees(rngs_B, models_B)
        visits_BA = self.visits(trees_B)
        return {
            "visits": visits_BA / visits_BA.sum(axis=1, keepdims=True),
            "value": np.array([2 * tree.score / tree.visits - 1 for tree in trees_B]),
        }

    def visits(self, trees_B: Sequence[Node]) -> Array:
        """How often each action was tried in each tree's first position, B × A."""
        assert isinstance(self.spaces.action, Discrete), "its spec says that actions are discrete"
        visits_BA = np.zeros((len(trees_B), self.spaces.action.n))
        for row_A, tree in zip(visits_BA, trees_B, strict=True):
            for action, child in tree.children.items():
                row_A[action] = child.visits
        return visits_BA

    def trees(self, rngs_B: Sequence[np.random.Generator], models_B: Sequence[Game] | None) -> list[Node]:
        """A search from each position."""
        assert models_B is not None, "its spec says that it needs models"
        return [
            # Python draws single numbers many times as fast as numpy.
            self.search(game, random.Random(int(rng.integers(2**63))).random)
            for game, rng in zip(models_B, rngs_B, strict=True)
        ]

    def search(self, game: Game, draw: Draw) -> Node:
        """The tree that grows from the present position, with one more position for each playout."""
        position, seat = game.snapshot(), mover(game)
        assert seat is not None, "nobody is asked where the game is over"
        root = Node.of(game, seat)
        for _ in range(self.settings.playouts):
            game.restore(position)
            path = self.descend(root, game, draw)
            score_S = play_out(game, draw)
            for node in path:
                node.visits += 1
                node.score += score_S[node.chooser]
        return root

    def descend(self, root: Node, game: Game, draw: Draw) -> list[Node]:
        """Plays to a position that is not in the tree yet, or to a game's end; the nodes on the way."""
        node, path = root, [root]
        while node.seat is not None:
            if node.untried:
                action = node.untried.pop(int(draw() * len(node.untried)))
                game.step({node.seat: action})
                node.children[action] = Node.of(game, node.seat)
                return [*path, node.children[action]]
            action, below = node.most_promising(self.settings.exploration)
            game.step({node.seat: action})
            node = below
            path.append(node)
        return path


def play_out(game: Game, draw: Draw) -> Sequence[float]:
    """Plays random moves to the end of the game; the seats' scores."""
    while (seat := mover(game)) is not None:
        actions = legal_actions(game, seat)
        game.step({seat: actions[int(draw() * len(actions))]})
    return game.scores()


@hookimpl
def register_agents() -> list[AgentSpec]:
    return [
        AgentSpec(
            id="mcts",
            title="MCTS",
            summary="Plays each move out at random, many times (UCT; Kocsis & Szepesvári, 2006)",
            agent=MonteCarloTreeSearch,
            settings=Settings,
            learns=False,
            seats=(2, 1024),
            needs_model=True,
            presets=tuple(
                Preset(f"{playouts:,} playouts", {"playouts": playouts}) for playouts in (50, 200, 1000)
            ),
        )
    ]
