"""No two plugins ever share an id, and whoever came first keeps the plain one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from arena.discovery.catalog import assemble, free_id
from arena.discovery.folders import PluginPlace
from arena.discovery.messages import Report
from arena.discovery.modules import blame
from arena.discovery.specs import VALID_ID
from arena.records import AgentInfo, PluginFailure

SOURCES = st.sampled_from(["shipped", "user", "folder", "package"])
STEMS = st.sampled_from(["dqn", "mine", "other"])
IDS = st.sampled_from(["dqn", "ppo", "mine"])


def agent(own_id: str, path: str) -> AgentInfo:
    return AgentInfo(
        id=own_id, title="", summary="", source="user", path=path, source_sha256="", learns=True,
        observations=("box",), actions=("discrete",), seats=(1, 1),
    )  # fmt: skip


@given(st.lists(st.tuples(SOURCES, STEMS, st.lists(IDS, unique=True, max_size=3)), max_size=12))
def test_every_agent_gets_an_id_of_its_own(plugins: list[tuple[str, str, list[str]]]) -> None:
    found, reports = [], {}
    for number, (source, stem, ids) in enumerate(plugins):
        place = PluginPlace(f"/{number}/{stem}.py", source)  # type: ignore[arg-type]
        found.append(place)
        reports[place.path] = Report(place.path, agents=tuple(agent(own, place.path) for own in ids))
    catalog = assemble(found, reports)
    names = [info.id for info in catalog.agents]
    assert len(set(names)) == len(names) == sum(len(ids) for _, _, ids in plugins)
    assert [own for plugin in catalog.plugins for own in plugin.provides] == names
    for wanted in {own for _, _, ids in plugins for own in ids}:
        first = next(info for info in catalog.agents if info.id.partition("@")[0] == wanted)
        assert first.id == wanted


def test_a_taken_id_gets_the_name_of_its_file() -> None:
    mine = PluginPlace("/home/agents/mine.py", "user")
    assert free_id("dqn", mine, []) == "dqn"
    assert free_id("dqn", mine, ["dqn"]) == "dqn@mine"
    assert free_id("mine", mine, ["mine"]) == "mine@user"
    assert free_id("dqn", mine, ["dqn", "dqn@mine", "dqn@user", "dqn@user-mine"]) == "dqn@user-mine-2"


def test_a_plugin_not_scanned_yet_is_left_out_and_a_failed_one_keeps_what_it_brings() -> None:
    half, new = PluginPlace("/half.py", "user"), PluginPlace("/new.py", "user")
    failure = PluginFailure("hook", "no")
    catalog = assemble([half, new], {"/half.py": Report("/half.py", (agent("a", ""),), (), (failure,))})
    assert [(plugin.path, plugin.state, plugin.provides) for plugin in catalog.plugins] == [
        ("/half.py", "error", ("a",))
    ]
    assert catalog.plugins[0].error == failure


@given(st.text())
def test_an_id_is_never_mistaken_for_a_renamed_foreign_or_spaced_one(text: str) -> None:
    if VALID_ID.fullmatch(text):
        assert not set(text) & set("@: /\\\n\t")


@given(st.text(max_size=200))
def test_whatever_an_exception_says_becomes_one_message(text: str) -> None:
    error = blame(ValueError(text), "import", "/nowhere.py")
    assert str(error).startswith("ValueError")
    assert str(error).endswith(".")
