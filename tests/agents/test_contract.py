"""What every shipped agent promises, whatever it learns."""

import numpy as np
import pytest

from arena.api import Acting, Agent, Array, Discrete
from arena.settings import describe, resolve
from arena.training.checkpoints import load, load_in_place, save, weights, weights_sha256
from tests.agents.toys import FILES, Aim, Corridor, SeenCorridor, Tempting, Toy, built, spec_of, trained

SMALL = {
    "q-learner": {"copies": 4},
    "dqn": {"warm_up": 32, "width": 16, "target_rate": 0.2},
    "actor-critic": {"width": 16},
    "ppo": {"width": 16, "rollout": 8},
    "pqn": {"width": 16, "copies": 16, "rollout": 4},
    "world-model": {"width": 16, "warm_up": 20, "copies": 4, "batch_size": 16, "steps_per_update": 8.0},
}
PAIRS: list[tuple[str, type[Toy]]] = [
    ("q-learner", Corridor),
    ("neural-q-learner", SeenCorridor),
    ("neural-q-learner", Tempting),
    ("dqn", Corridor),
    ("dqn", SeenCorridor),
    ("dqn", Tempting),
    ("actor-critic", Corridor),
    ("actor-critic", Tempting),
    ("actor-critic", Aim),
    ("ppo", SeenCorridor),
    ("ppo", Tempting),
    ("ppo", Aim),
    ("pqn", Corridor),
    ("pqn", SeenCorridor),
    ("pqn", Tempting),
    ("world-model", Corridor),
    ("world-model", Tempting),
]


def positions(game: Toy, count: int = 12) -> tuple[Array, Array | None]:
    rng = np.random.default_rng(5)
    space = game.observation_space
    obs = (
        rng.integers(space.n, size=count)
        if isinstance(space, Discrete)
        else rng.random((count, *space.shape), np.float32)
    )
    mask = game.mask(0)
    return obs, None if mask is None else np.tile(mask, (count, 1))


def answers(agent: Agent, game: Toy, temperature: float, seed: int = 3) -> Array:
    obs, mask = positions(game)
    agent.acting = Acting(temperature)
    return agent.act(obs, mask, [np.random.default_rng([seed, row]) for row in range(len(obs))])


@pytest.mark.parametrize(("agent", "game"), PAIRS)
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(agent: str, game: type[Toy]) -> None:
    first, again, other = (trained(agent, game, 500, seed, **SMALL.get(agent, {})) for seed in (1, 1, 2))
    assert weights_sha256(first) == weights_sha256(again)
    assert weights_sha256(first) != weights_sha256(other)


@pytest.mark.parametrize(("agent", "game"), PAIRS)
@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_saved_and_loaded_it_acts_and_explains_alike(
    agent: str, game: type[Toy], temperature: float, tmp_path
) -> None:
    learner = trained(agent, game, 500, seed=1, **SMALL.get(agent, {}))
    save(tmp_path / "checkpoint.safetensors", {"agent": learner.state()}, {})
    copy = built(agent, game, seed=9, **SMALL.get(agent, {}))
    load_in_place(copy, load(tmp_path / "checkpoint.safetensors")[0]["agent"])
    copy.loaded()
    assert np.array_equal(answers(learner, game(), temperature), answers(copy, game(), temperature))
    obs, mask = positions(game())
    ours, theirs = learner.explain(obs, mask, []), copy.explain(obs, mask, [])
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize(("agent", "game"), PAIRS)
def test_its_weights_alone_make_a_player(agent: str, game: type[Toy], tmp_path) -> None:
    learner = trained(agent, game, 500, seed=1, **SMALL.get(agent, {}))
    save(tmp_path / "weights.safetensors", {"agent": weights(learner)}, {})
    player = built(agent, game, seed=9, **SMALL.get(agent, {}))
    load_in_place(player, load(tmp_path / "weights.safetensors")[0]["agent"])
    assert np.array_equal(answers(learner, game(), 0.0), answers(player, game(), 0.0))


@pytest.mark.parametrize(("agent", "game"), [*PAIRS, ("random", Tempting), ("random", Aim)])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_acting_and_explaining_change_nothing_and_can_be_repeated(
    agent: str, game: type[Toy], temperature: float, tmp_path
) -> None:
    player = built(agent, game)
    before = save(tmp_path / "before.safetensors", player.state(), {})
    first = answers(player, game(), temperature)
    player.explain(*positions(game()), [np.random.default_rng(0)] * 12)
    assert np.array_equal(answers(player, game(), temperature), first)
    assert save(tmp_path / "after.safetensors", player.state(), {}) == before


@pytest.mark.parametrize(("agent", "game"), [*PAIRS, ("random", Tempting), ("random", Aim)])
def test_actions_have_the_shape_and_range_of_their_space(agent: str, game: type[Toy]) -> None:
    for temperature in (0.0, 5.0):
        action = answers(built(agent, game), game(), temperature)
        space = game.action_space
        if isinstance(space, Discrete):
            assert action.shape == (12,)
            assert np.issubdtype(action.dtype, np.integer)
            assert set(action.tolist()) <= set(range(3 if game is Tempting else space.n))
        else:
            assert (action.shape, action.dtype) == ((12, *space.shape), np.float32)
            assert action.min() >= space.low
            assert action.max() <= space.high


@pytest.mark.parametrize(("agent", "game"), PAIRS)
def test_each_position_is_answered_as_if_asked_alone(agent: str, game: type[Toy]) -> None:
    player = built(agent, game)
    player.acting = Acting(1.0)
    obs, mask = positions(game())
    rngs = [np.random.default_rng([3, row]) for row in range(len(obs))]
    together = player.act(obs, mask, rngs)
    for row in range(len(obs)):
        alone = player.act(
            obs[row : row + 1],
            None if mask is None else mask[row : row + 1],
            [np.random.default_rng([3, row])],
        )
        assert alone[0] == pytest.approx(together[row], abs=1e-5)


@pytest.mark.parametrize(
    ("agent", "game", "names"),
    [
        ("q-learner", Corridor, {"q"}),
        ("dqn", Tempting, {"q"}),
        ("actor-critic", Tempting, {"policy", "value"}),
        ("ppo", Tempting, {"policy", "value"}),
        ("pqn", Tempting, {"q"}),
        ("world-model", Tempting, {"policy", "value"}),
        ("random", Tempting, {"policy"}),
    ],
)
def test_a_spectator_sees_what_it_thinks(agent: str, game: type[Toy], names: set[str]) -> None:
    obs, mask = positions(game())
    seen = built(agent, game).explain(obs, mask, [])
    assert set(seen) == names
    for name in names - {"value"}:
        assert seen[name].shape == (12, game.action_space.n)
    if "policy" in names:
        assert seen["policy"].sum(axis=1) == pytest.approx(np.ones(12))
        assert (seen["policy"][:, 3] == 0).all()
    if "value" in names:
        assert seen["value"].shape == (12,)


@pytest.mark.parametrize("agent", FILES)
def test_every_preset_fits_the_settings(agent: str) -> None:
    spec = spec_of(agent)
    for preset in spec.presets:
        resolve(describe(spec.settings), preset.settings)


def test_random_plays_every_legal_action_equally_often() -> None:
    player = built("random", Tempting)
    obs, mask = np.ones((6000, 2), np.float32), np.tile(Tempting().mask(0), (6000, 1))
    action = player.act(obs, mask, [np.random.default_rng(1)] * 6000)
    assert np.bincount(action, minlength=4) / 6000 == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0], abs=0.03)
