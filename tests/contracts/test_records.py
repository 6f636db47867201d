"""Records are frozen facts that mean the same on both sides of a process."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.api import Box, Discrete, Space
from arena.records import AgentInfo, EnvironmentInfo, Outcome, PlayerRecord, PresetInfo
from arena.settings import Setting, Value

SLIPPERY = Setting("is_slippery", "boolean", True, "Whether the ice slides")
MAP = Setting("map_name", "choice", "4x4", "Which lake", choices=("4x4", "8x8"))


def environment(
    *, seats: int = 1, observation: Space | None = None, action: Space | None = None, version: int = 1
) -> EnvironmentInfo:
    return EnvironmentInfo(
        id="lake",
        title="Lake",
        summary="",
        source="shipped",
        path=None,
        seats=seats,
        observation=observation or Discrete(16),
        action=action or Discrete(4),
        settings=(MAP, SLIPPERY),
        version=version,
    )


def agent(*, learns: bool = True, needs_model: bool = False, seats: tuple[int, int] = (1, 2)) -> AgentInfo:
    return AgentInfo(
        id="table",
        title="Table",
        summary="",
        source="shipped",
        path="table.py",
        source_sha256="0",
        learns=learns,
        observations=("discrete",),
        actions=("discrete",),
        seats=seats,
        needs_model=needs_model,
        settings=(Setting("step_size", "number", 0.1, "", low=0, high=1),),
        presets=(PresetInfo("Lake", {"step_size": 0.5}, ("lake",), 1000),),
    )


def test_an_environment_survives_the_way_through_json() -> None:
    info = environment(observation=Box((4,), low=-1.0), action=Discrete(2))
    assert msgspec.json.decode(msgspec.json.encode(info), type=EnvironmentInfo) == info


def test_a_board_is_named_by_what_differs_from_the_defaults() -> None:
    assert environment().board({"map_name": "4x4", "is_slippery": True}) == "lake"
    assert (
        environment().board({"map_name": "8x8", "is_slippery": False})
        == "lake is_slippery=false map_name=8x8"
    )


def test_another_behaviour_version_is_another_board() -> None:
    assert environment(version=2).board({}) == "lake @2"


@pytest.mark.parametrize(
    ("who", "where", "reason"),
    [
        (agent(), environment(), None),
        (agent(learns=False), environment(), "does not learn"),
        (agent(seats=(2, 2)), environment(), "needs two players"),
        (agent(seats=(1, 1)), environment(seats=2), "plays with at most one player"),
        (agent(), environment(observation=Box((4,))), "needs discrete observations"),
        (agent(), environment(action=Box((1,))), "needs discrete actions"),
        (
            agent(needs_model=True),
            environment(),
            "searches, which needs moves in turn, nothing hidden and no chance",
        ),
    ],
)
def test_an_unsuited_pairing_gives_its_reason(
    who: AgentInfo, where: EnvironmentInfo, reason: str | None
) -> None:
    assert who.unsuited(where, to_learn=True) == reason


def test_an_agent_that_does_not_learn_may_still_play() -> None:
    assert agent(learns=False).unsuited(environment()) is None


def test_settings_come_from_the_user_then_the_preset_then_the_default() -> None:
    assert agent().settings_for("lake", {}) == {"step_size": 0.5}
    assert agent().settings_for("elsewhere", {}) == {"step_size": 0.1}
    assert agent().settings_for("lake", {"step_size": "0.25"}) == {"step_size": 0.25}


def test_a_forfeit_gives_the_point_to_the_others() -> None:
    outcome = Outcome.forfeit(1, "crash", "It raised ZeroDivisionError.", 7, (0.0, 0.0))
    assert outcome.scores == (1.0, 0.0)
    assert outcome.forfeited_by == 1


def test_a_single_seat_keeps_its_return_when_it_forfeits() -> None:
    assert Outcome.forfeit(0, "timeout", "No move for 1.0 s.", 7, (42.0,)).scores == (42.0,)


values = st.dictionaries(
    st.text(max_size=8), st.one_of(st.booleans(), st.integers(), st.floats(0, 1), st.text())
)


@given(values)
def test_a_players_id_does_not_depend_on_the_order_of_its_settings(settings: dict[str, Value]) -> None:
    backwards = dict(reversed(settings.items()))
    assert PlayerRecord.hash_of("q", "a", "b", settings, {}) == PlayerRecord.hash_of(
        "q", "a", "b", backwards, {}
    )


def test_a_players_id_changes_with_agent_source_weights_and_acting() -> None:
    ids = {
        PlayerRecord.hash_of("q", "a", "w", {}, {"temperature": 0.0}),
        PlayerRecord.hash_of("r", "a", "w", {}, {"temperature": 0.0}),
        PlayerRecord.hash_of("q", "b", "w", {}, {"temperature": 0.0}),
        PlayerRecord.hash_of("q", "a", "v", {}, {"temperature": 0.0}),
        PlayerRecord.hash_of("q", "a", None, {}, {"temperature": 0.0}),
        PlayerRecord.hash_of("q", "a", "w", {}, {"temperature": 1.0}),
    }
    assert len(ids) == 6
