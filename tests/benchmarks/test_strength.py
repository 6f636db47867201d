import numpy as np

from arena.api import Agent, Array, NoSettings, Spaces
from arena.discovery.loader import load_environment
from tests.benchmarks._places import ROOT
from tests.benchmarks.connect_four_strength import played


class Column(Agent):
    """Drops every disc into one column while it can, else into the first that takes one."""

    def __init__(self, spaces: Spaces, column: int) -> None:
        super().__init__(NoSettings(), spaces, np.random.default_rng(0))
        self.column = column

    def act(self, obs_B: Array, mask_B: Array | None, *_: object) -> Array:
        assert mask_B is not None
        actions_B: Array = np.where(mask_B[:, self.column], self.column, mask_B.argmax(axis=1))
        return actions_B


def test_scores_are_the_players_and_every_other_game_is_begun_by_it() -> None:
    environment = load_environment(str(ROOT / "plugins/connect_four.py"), "connect-four")
    made = environment.make()
    spaces = Spaces(made.observation_space, made.action_space)
    # Whoever begins has four in its column first.
    assert played(environment, Column(spaces, 0), Column(spaces, 6), 4) == [1.0, 0.0, 1.0, 0.0]
