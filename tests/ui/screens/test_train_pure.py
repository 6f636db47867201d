"""What the Train screen works out of runs and their history, without a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from arena.records import Alteration, MetricRow, OpponentMix, RunChange
from arena.settings import Setting
from arena.ui.messages import Changed
from arena.ui.screens.train.altering import is_so, reverse_of, words_of
from arena.ui.screens.train.banner import cause_of
from arena.ui.screens.train.chart_panel import seeds_words
from arena.ui.screens.train.curves import Curves, curve_of, smoothed
from arena.ui.screens.train.deleting import Weight, sentence_for
from arena.ui.screens.train.exporting import free_path
from arena.ui.screens.train.filtering import Kind, found
from arena.ui.screens.train.groups import Group, groups_of
from arena.ui.screens.train.history import happenings, mix_words, opponents_now, settings_now, shares_of
from arena.ui.screens.train.live_part import Changeable, LivePart
from arena.ui.screens.train.queueing import place_in, place_words
from arena.ui.screens.train.reading import Measured
from arena.ui.screens.train.time_split import split_of
from tests.ui.screens.test_train_curves import run


def rows(count: int, start: int = 0) -> tuple[MetricRow, ...]:
    return tuple(
        MetricRow(at * 10, at * 0.5, {"loss": float(at % 7), "q": float(at)})
        for at in range(start, start + count)
    )


@pytest.mark.parametrize("weight", [0.0, 0.9])
def test_a_curve_that_grows_equals_one_that_is_made_at_once(weight: float) -> None:
    curves = Curves()
    grown: tuple[MetricRow, ...] = ()
    for start in range(0, 60, 13):
        grown = grown + rows(13, start)
        curve = curves.curve("r1", grown, "loss", "steps", weight)
    whole = smoothed(curve_of(grown, "loss", "steps"), weight)
    assert np.array_equal(curve.x, whole.x)
    assert np.array_equal(curve.y, whole.y)


def test_rows_that_were_read_anew_make_another_curve() -> None:
    curves = Curves()
    curves.curve("r1", rows(30), "loss", "steps", 0.9)
    again = (*rows(10), MetricRow(100, 5.0, {"loss": 99.0}))
    curve = curves.curve("r1", again, "loss", "steps", 0.9)
    assert np.array_equal(curve.y, smoothed(curve_of(again, "loss", "steps"), 0.9).y)


def test_only_so_many_curves_are_kept_and_the_oldest_go_first() -> None:
    curves = Curves(most=2)
    one = rows(5)
    first = curves.curve("r1", one, "loss", "steps")
    for other in ("r2", "r3"):
        curves.curve(other, rows(5), "loss", "steps")
    assert curves.curve("r1", one, "loss", "steps") is not first


def some_groups() -> tuple[Group, ...]:
    states = ("running", "queued", "finished", "failed", "lost", "stopped")
    runs = [
        run(at, id=f"r{at}", group=f"g{at}", state=state, name=f"run-{at}") for at, state in enumerate(states)
    ]
    return groups_of([*runs, run(9, group="g2", state="lost", name="seed-nine")])


@pytest.mark.parametrize(
    ("kind", "query", "expected"),
    [
        ("all", "", ["g0", "g1", "g2", "g3", "g4", "g5"]),
        ("live", "", ["g0", "g1"]),
        ("finished", "", ["g2"]),
        ("failed", "", ["g2", "g3", "g4"]),
        ("all", "run-4", ["g4"]),
        ("all", "NINE frozen", ["g2"]),
        ("all", "stopped", ["g5"]),
        ("all", "tabular", ["g0", "g1", "g2", "g3", "g4", "g5"]),
        ("failed", "no such run", []),
    ],
)
def test_runs_are_found_by_kind_and_by_every_word(kind: Kind, query: str, expected: list[str]) -> None:
    listed = found(some_groups(), kind, query, {"q-learner": "Tabular Q"})
    assert [group.id for group in listed] == expected


def test_groups_that_did_not_change_stay_the_same_objects() -> None:
    runs = [run(0), run(1), run(7, group="s2", id="r7")]
    before = groups_of(runs)
    after = groups_of([runs[0], run(1, step=5), runs[2]], {group.id: group for group in before})
    assert after[1] is before[1]
    assert after[0] is not before[0]
    assert after[0].runs[1].step == 5


def test_a_waiting_run_says_its_place_in_the_queue() -> None:
    group = Group((run(0, state="queued", id="b"), run(1, state="queued", id="c")))
    assert place_in(("a", "c", "b"), group) == 2
    assert place_in((), group) is None
    assert place_in(("b",), Group((run(0, id="b"),))) is None
    ordinals = {1: "1st", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 102: "102nd"}
    for place, ordinal in ordinals.items():
        assert place_words(place) == f"{ordinal} in the queue"


SLOWER = RunChange(step=12_000, at=1.0, settings={"step_size": 0.0005}, before={"step_size": 0.001})
ALONE = OpponentMix(latest=1, uniform=0, random=0)
MET = RunChange(step=20_000, at=2.0, opponents=ALONE, opponents_before=OpponentMix())


def test_changes_are_told_with_step_and_values_once_for_all_seeds() -> None:
    group = Group((run(0), run(1)))
    later = RunChange(
        step=12_400, at=1.2, settings={"step_size": 0.0005}, before={"step_size": 0.001}
    )  # fmt: skip
    told = happenings(group, {"r0": (SLOWER, MET), "r1": (later,)})
    assert [one.sentence for one in told] == [
        "step 12\u2009000: step size 0.001 \u2192 5e-4",
        "step 20\u2009000: opponents newest self 100\u00a0%",
    ]


def test_what_a_run_is_now_follows_its_changes_in_order() -> None:
    back = RunChange(step=13_000, at=2.0, settings={"step_size": 0.001}, before={"step_size": 0.0005})
    assert settings_now({"step_size": 0.001, "x": 1}, (SLOWER,)) == {"step_size": 0.0005, "x": 1}
    assert settings_now({"step_size": 0.001}, (SLOWER, back)) == {"step_size": 0.001}
    assert opponents_now(None, ()) == OpponentMix()
    assert opponents_now(OpponentMix(random=1), (MET,)) == ALONE


def test_shares_of_opponents_are_parts_of_a_whole() -> None:
    mix = OpponentMix(latest=2, uniform=1, random=0, players={"ann": 1.0})
    assert shares_of(mix) == {
        "latest": 0.5, "uniform": 0.25, "prioritized": 0.0, "random": 0.0, "ann": 0.25
    }  # fmt: skip
    assert mix_words(mix) == "newest self 50\u00a0%, past selves 25\u00a0%, ann 25\u00a0%"


def test_an_alteration_is_taken_back_by_what_was_so_before_it() -> None:
    one = run(settings={"step_size": 0.001, "trace": 0.9})
    wanted = Alteration(settings={"step_size": 0.002}, opponents=ALONE)
    reverse = reverse_of(wanted, one, (SLOWER,))
    assert reverse == Alteration(settings={"step_size": 0.0005}, opponents=OpponentMix())
    assert words_of(wanted, reverse) == "step size 5e-4 \u2192 0.002, opponents newest self 100\u00a0%"
    assert not is_so(one, (SLOWER,), wanted)
    done = RunChange(step=1, at=1.0, settings={"step_size": 0.002}, opponents=ALONE)
    assert is_so(one, (SLOWER, done), wanted)


def test_a_rivals_settings_are_altered_told_and_taken_back_like_ones_own() -> None:
    one = run(0, rival="ppo", rival_settings={"entropy": 0.01})
    wanted = Alteration(rival_settings={"entropy": 0.5})
    reverse = reverse_of(wanted, one, ())
    assert reverse == Alteration(rival_settings={"entropy": 0.01})
    assert words_of(wanted, reverse) == "rival's entropy 0.01 \u2192 0.5"
    done = RunChange(step=9, at=1.0, rival_settings={"entropy": 0.5}, rival_before={"entropy": 0.01})
    assert not is_so(one, (), wanted)
    assert is_so(one, (done,), wanted)
    (told,) = happenings(Group((one,)), {one.id: (done,)})
    assert told.sentence == "step 9: rival's entropy 0.01 \u2192 0.5"


def test_both_learners_of_a_duel_have_a_form_and_keep_what_is_typed() -> None:
    fact = Setting("entropy", "number", 0.01, "", low=0, live=True)
    own, rival = (Changeable(title, (fact,), {"entropy": 0.01}) for title in ("DQN", "PPO"))
    part = LivePart()
    part.show("r1", own, rival, None)
    assert part.form is not None
    assert part.rival is not None
    field = part.rival.children[0].control  # type: ignore[attr-defined]
    field.value = "0.5"
    part.rival.translate(Changed("train.live-rival.entropy", "0.5"))
    assert part.alteration() == Alteration(rival_settings={"entropy": 0.5})
    part.show("r1", Changeable("DQN", (fact,), {"entropy": 0.02}), rival, None)
    assert part.alteration() == Alteration(rival_settings={"entropy": 0.5})
    part.discard()
    assert not part.touched
    part.show("r1", own, None, None)
    assert part.rival is None


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("cuda ran out of memory at step 1,200 while dqn trained; take a smaller batch_size.", "memory"),
        ("dqn diverged: at step 3,000 q is not a number.", "ran away"),
        ("Training diverged: at step 9 the metric loss is nan. The first tensor that is not …", "ran away"),
        ("/home/ann/arena cannot be written (No space left on device).", "disk"),
        ("The disk of /data is full.", "disk"),
    ],
)
def test_known_causes_of_failure_have_a_safe_step(message: str, title: str) -> None:
    cause = cause_of(message)
    assert cause is not None
    assert title in cause.title
    assert cause.advice.endswith(".")
    assert cause.repeats is ("diverged" in message)
    assert cause_of("dqn failed while training: ValueError: tripped") is None


def test_deleting_says_what_goes_and_what_stays() -> None:
    one = Group((run(0, state="finished"),))
    assert sentence_for([one], Weight(6, 25_000_000)) == (
        "Its 6 checkpoints (25.0 MB) go to the bin. Matches it played stay in the rankings."
    )
    live = Group((run(0), run(1)))
    assert sentence_for([live], Weight(0, 1200)) == (
        "They are stopped first. They (1.2 kB) go to the bin. Matches they played stay in the rankings."
    )


def test_few_seeds_are_said_to_be_few() -> None:
    assert "Few seeds" in seeds_words(9, "mean")
    assert "Few seeds" not in seeds_words(10, "iqm")
    assert "chance" in seeds_words(1, "mean")


def test_the_time_of_late_names_what_binds_a_run() -> None:
    group = Group((run(0),))
    values = {"time_environment": 0.62, "time_learning": 0.3, "time_acting": 0.08}
    split = split_of(Measured(group, ((MetricRow(1, 1.0, values), MetricRow(2, 2.0, {"q": 1.0})),)), Curves())
    assert split is not None
    assert split.words == "Environment-bound"
    assert dict(split.parts) == {"Environment": 0.62, "Acting": 0.08, "Learning": 0.3}
    assert split_of(Measured(group, (rows(3),)), Curves()) is None


def test_an_export_never_replaces_a_file(tmp_path: Path) -> None:
    assert free_path(tmp_path, "run", ".csv").name == "run.csv"
    (tmp_path / "run.csv").touch()
    (tmp_path / "run-2.csv").touch()
    assert free_path(tmp_path, "run", ".csv").name == "run-3.csv"
