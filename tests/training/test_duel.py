"""Two learners in one run: each meets the other as it is, and neither notices what happens on the way."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from arena.errors import Diverged, PluginError, RequestError, Unsupported
from arena.orders import AgentSource, Learner, PlayerSource
from arena.records import Alteration, OpponentMix
from arena.training.assembly import Plan
from arena.training.build import build_player
from arena.training.checkpoints import load_part, load_weights, tree_sha256, weights, weights_sha256
from arena.training.opponents import LATEST
from arena.training.train import train
from arena.training.trees import copied
from tests.training.attempts import PLUGINS, ROOT, TINY, Recorder, life_of, order_for, repeatable

DQN = {"warm_up": 64, "target_every": 20, "copies": 4, "width": 16}
CRITIC = {"copies": 4, "rollout": 8, "width": 16}


@pytest.fixture(autouse=True)
def looks_at_every_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena.training.attempt._SECONDS_BETWEEN_REPORTS", 0.0)
    monkeypatch.setattr("arena.training.attempt._SHARE_FOR_SAVING", 1e9)


def learner(agent: str, **settings) -> Learner:
    return Learner(
        AgentSource(agent, str(ROOT / PLUGINS[agent]) if agent in PLUGINS else str(TINY)), settings
    )


def tiny_duel(folder, rival: Learner | None = None, **changes):
    few = {"budget": 240, "checkpoint_seconds": 60.0, "environment": "nim"}
    return order_for(folder, rival=rival or learner("tiny-q", copies=2), **{**few, **changes})


def contenders(order):
    duel = Plan.of(order).training()
    return duel, *duel._contenders


def ends(result):
    rival = result.rival
    return (
        (result.weights_sha256, result.best_sha256, result.best_step, result.games),
        (rival.weights_sha256, rival.best_sha256, rival.best_step, rival.games),
    )


def test_a_duel_stopped_at_random_iterations_ends_like_one_left_alone_for_both(tmp_path):
    order = {
        "agent": "dqn",
        "environment": "tic-tac-toe",
        "settings": DQN,
        "rival": learner("actor-critic", **CRITIC),
        "budget": 800,
        "evaluate_every": 200,
        "promotion_games": 4,
        "opponents": OpponentMix(prioritized=0.5, players={"ann": 0.5}),
        "named": {"ann": PlayerSource(AgentSource("guesser", str(TINY)), {}, {})},
    }
    alone = life_of(tmp_path / "alone", {}, **order, checkpoint_seconds=60.0)
    moments = sorted(random.sample(range(1, 790), 3))
    stops = [{moment: ["stop"]} for moment in moments]
    resumed = life_of(tmp_path / "resumed", *stops, {}, **order, checkpoint_seconds=60.0)
    assert ends(resumed.result) == ends(alone.result), moments
    assert resumed.rows == alone.rows, moments


@pytest.mark.parametrize("step", [0, 52])
def test_an_alteration_in_a_duel_is_repeated_where_it_was_made(tmp_path, step):
    """Be it between two turns, where the mix decides what is drawn."""
    mix = Alteration(opponents=OpponentMix(latest=0.2, uniform=0.0, prioritized=1.0))
    order = {"rival": learner("tiny-q", copies=4), "budget": 100}
    first, second = Recorder({step: [mix]}), Recorder()
    there = train(tiny_duel(tmp_path / "1", **order), first)
    beginning, from_step = first.checkpoints[0]
    assert from_step == 0
    assert first.changes[0].step == step
    order |= {"checkpoints": (str(beginning),), "changes": tuple(first.changes)}
    again = train(tiny_duel(tmp_path / "2", **order), second)
    assert second.resumed_at == 0
    assert ends(again) == ends(there)
    assert repeatable(second.rows) == [row for row in repeatable(first.rows) if row[0] > 0]


@pytest.mark.parametrize("step", [0, 60])
def test_the_rivals_settings_are_altered_alone_and_repeated_where_they_were(tmp_path, step):
    order = {"rival": learner("actor-critic", **CRITIC), "budget": 160}
    slower = Alteration(rival_settings={"step_size": 0.0005, "entropy": 0.5})
    first, second = Recorder({step: [slower]}), Recorder()
    there = train(tiny_duel(tmp_path / "1", **order), first)
    (change,) = first.changes
    assert (change.settings, change.rival_settings) == ({}, slower.rival_settings)
    assert change.rival_before == {"step_size": 0.003, "entropy": 0.01}
    order |= {"checkpoints": (str(first.checkpoints[0][0]),), "changes": tuple(first.changes)}
    assert ends(train(tiny_duel(tmp_path / "2", **order), second)) == ends(there)
    alone = train(tiny_duel(tmp_path / "3", rival=order["rival"], budget=160), Recorder())
    assert ends(alone)[1] != ends(there)[1]


def test_what_one_of_both_refuses_alters_neither(tmp_path):
    duel, own, other = contenders(tiny_duel(tmp_path, learner("actor-critic", **CRITIC)))
    before = other.run.agent.settings
    wanted = Alteration(settings={"nonsense": 1.0}, rival_settings={"entropy": 0.5})
    with pytest.raises(RequestError):
        duel.alter(wanted)
    assert other.run.agent.settings == before
    with pytest.raises(RequestError):
        own.run.alter(Alteration(rival_settings={"entropy": 0.5}))
    assert duel.alter(Alteration(rival_settings={"entropy": 0.5})).rival_settings == {"entropy": 0.01}


def test_both_learn_half_of_the_steps_in_turns_and_whoever_took_long_ones_waits(tmp_path):
    rival = learner("tiny-q", copies=32)
    duel, own, other = contenders(tiny_duel(tmp_path, rival, budget=1010))
    seen = []
    duel.between = lambda _: seen.append((own.run.step, other.run.step))
    duel.train()
    assert duel.step == duel.budget == 1010
    assert (own.run.step, other.run.step) == (508, 512)
    assert all(abs(first - second) <= 32 + duel._turn for first, second in seen)
    assert len(set(map(sum, seen))) == len(seen), "each step of the duel is looked at once"


def test_each_meets_the_other_as_it_is_now_and_frozen(tmp_path):
    duel, *sides = contenders(tiny_duel(tmp_path))
    met = []

    def look(_):
        for own, other in (sides, sides[::-1]):
            if own.run.pause_at > own.run.step and own.met == other.run.step:
                met.append((own.name, own.met))
                newest = weights_sha256(own.opponents._seats[LATEST].agent)
                assert newest == weights_sha256(other.run.agent)

    duel.between = look
    duel.train()
    assert len(set(met)) > 25


def test_two_alike_begin_with_weights_of_their_own(tmp_path):
    _, own, other = contenders(tiny_duel(tmp_path, learner("tiny-q")))
    assert weights_sha256(own.run.agent) != weights_sha256(other.run.agent)


def test_a_duels_snapshot_goes_on_in_fresh_objects_from_the_middle_of_a_turn(tmp_path):
    duel, *_ = contenders(tiny_duel(tmp_path, budget=600))
    moments, snapshots = random.sample(range(590), 2), []

    def look(duel):
        if len(snapshots) < len(moments) and duel.step >= sorted(moments)[len(snapshots)]:
            snapshots.append(copied(duel.snapshot()))

    duel.between = look
    duel.train()
    last = {side: weights_sha256(agent) for side, agent in duel.agents.items()}
    for snapshot in snapshots:
        again, *_ = contenders(tiny_duel(tmp_path, budget=600))
        again.restore(snapshot)
        again.train()
        assert {side: weights_sha256(agent) for side, agent in again.agents.items()} == last, moments


def test_rows_are_of_the_duels_step_and_say_whose_they_are(tmp_path):
    seen = Recorder()
    result = train(tiny_duel(tmp_path), seen)
    steps = [row.step for row in seen.rows]
    assert all(before <= after for before, after in pairwise(steps))
    assert steps[-1] == result.step == 240
    names = {name for row in seen.rows for name in row.values}
    assert {"loss", "rival_loss", "score_v_latest", "rival_score_v_latest", "direct_score"} <= names
    assert {"choosing_mean", "rival_choosing_mean"} <= names
    assert not any(
        "loss" in row.values and any(name.startswith("rival_") for name in row.values) for row in seen.rows
    )
    (direct,) = [row.values["direct_score"] for row in seen.rows if "direct_score" in row.values]
    (said,) = [text for _, text in seen.lines if text.startswith("The best weights of tiny-q scored")]
    assert f"scored {direct:.3g}" in said


def test_both_sides_best_weights_are_measured_and_name_their_own_agent(tmp_path):
    rival = learner("tiny-q", copies=2, step_size=0.01)
    result = train(tiny_duel(tmp_path, rival), Recorder())
    assert (result.best.name, result.rival.best.name) == ("best.safetensors", "best-rival.safetensors")
    assert result.evaluation.episodes == result.rival.evaluation.episodes == 10
    for path, sha256, settings, other in (
        (result.best, result.best_sha256, {}, rival.settings),
        (result.rival.best, result.rival.best_sha256, rival.settings, {}),
    ):
        tree, facts = load_part(path, ("q_network",))
        assert tree_sha256(tree) == sha256 == facts["weights_sha256"]
        assert (facts["settings"], facts["rival_settings"]) == (settings, other)


def test_a_player_from_a_duels_checkpoint_is_the_learner(tmp_path):
    order, seen = tiny_duel(tmp_path), Recorder()
    result = train(order, seen)
    plan = Plan.of(order)
    player = build_player(plan.learner.spec, {}, plan.spaces())
    load_weights(player, seen.checkpoints[-1][0])
    assert tree_sha256(weights(player)) == result.weights_sha256 != result.rival.weights_sha256


def test_a_checkpoint_with_another_rival_is_not_resumed_from(tmp_path):
    first = Recorder({100: ["stop"]})
    train(tiny_duel(tmp_path / "1"), first)
    second = Recorder()
    saved = (str(first.checkpoints[-1][0]),)
    train(tiny_duel(tmp_path / "2", learner("tiny-q", copies=3), checkpoints=saved), second)
    assert "has rival_settings {'copies': 2}, but this run has {'copies': 3}" in second.warnings()[0]


def test_a_duel_needs_seats_for_two_who_learn(tmp_path):
    with pytest.raises(Unsupported, match="corridor has a single seat"):
        train(order_for(tmp_path, rival=learner("tiny-q")), Recorder())
    with pytest.raises(Unsupported, match="guesser does not learn"):
        train(tiny_duel(tmp_path, learner("guesser")), Recorder())


@pytest.mark.parametrize(
    ("agent", "settings", "error", "says"),
    [
        ("tiny-q", {"diverges_at": 40}, Diverged, r"tiny-q's training diverged: at step 4\d"),
        ("lazy", {}, PluginError, "lazy left its training at step 0"),
        ("broken", {}, PluginError, "broken failed while training: KeyError: 'lost'"),
    ],
)
def test_whoever_of_the_two_fails_is_named(tmp_path, agent, settings, error, says):
    plugin = tmp_path / "rivals.py"
    plugin.write_text(RIVALS)
    path = str(TINY) if agent == "tiny-q" else str(plugin)
    with pytest.raises(error, match=says):
        train(tiny_duel(tmp_path, Learner(AgentSource(agent, path), settings)), Recorder())


RIVALS = """
from tests.training.tiny import AgentSpec, Settings, TinyQ, hookimpl

class Lazy(TinyQ):
    def train(self, run):
        next(run.steps())

class Broken(TinyQ):
    def train(self, run):
        raise KeyError("lost")

@hookimpl
def register_agents():
    kinds = {"lazy": Lazy, "broken": Broken}
    return [AgentSpec(name, name, "A rival", kind, Settings) for name, kind in kinds.items()]
"""
