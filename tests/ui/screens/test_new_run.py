"""The New run dialog over another screen, on a real session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.discovery import folders
from arena.engines.local import LocalEngine
from arena.records import AgentInfo, OpponentMix, PresetInfo
from arena.requests import TrainRequest
from arena.session import Session
from arena.store import Home, Store
from arena.ui.app import App
from arena.ui.messages import Message
from arena.ui.pilot import Pilot
from arena.ui.preferences import NEW_RUN_DEVICE
from arena.ui.screen import Screen
from arena.ui.screens.new_run import open_new_run
from arena.ui.screens.new_run.agent_list import best_suited
from arena.ui.screens.new_run.run_part import whole_number
from arena.ui.widget import Widget
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.text_field import TextField
from tests.ui.screens.small_homes import open_home, scan_few


class Below(Screen):
    """The screen that the dialog is opened from; it must hear nothing of it but that it was closed."""

    name, title, icon, digit = "below", "Below", "house", 1

    def build(self) -> Widget:
        self.heard: list[Message] = []
        return EmptyState("Below", "Nothing here")

    def react(self, message: Message) -> None:
        self.heard.append(message)


class IdleEngine(LocalEngine):
    """Leaves what is queued in the queue."""

    def start_queued(self) -> list[str]:
        return []


PUPIL = '''"""Learns nothing, but may be asked to, in games of two players."""
from dataclasses import dataclass

from arena.api import Agent, AgentSpec, hookimpl, setting


@dataclass(frozen=True)
class Settings:
    discount: float = setting(0.9, "What a reward one step later is worth now", low=0, high=1)


class Pupil(Agent):
    def act(self, obs_B, mask_B, rngs_B, models_B=None):
        raise AssertionError("nobody asks it to act here")


@hookimpl
def register_agents():
    return [AgentSpec(id="pupil", title="Pupil", summary="Box games", agent=Pupil, settings=Settings,
                      seats=(2, 2), observations=("box",))]
'''


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("scanned")
    (root / "agents").mkdir()
    (root / "agents" / "pupil.py").write_text(PUPIL)
    return scan_few(root)


@pytest.fixture
def home(tmp_path: Path, scanned: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(folders, "shipped", lambda kind: scanned / kind)
    return open_home(tmp_path / "home", scanned)


@pytest.fixture
def session(home: Home) -> Iterator[Session]:
    store = Store(home)
    with Session(home, store, engine=IdleEngine(home, store)) as opened:
        yield opened


@pytest.fixture
def pilot(session: Session) -> Iterator[Pilot]:
    app = App(session, [Below])
    yield Pilot(app)
    app.shut_down()


def opened(pilot: Pilot, environment: str | None = None, agent: str | None = None) -> Pilot:
    open_new_run(pilot.app, environment, agent)
    pilot.wait_until(lambda: "new-run.run.name" in pilot.ids())
    pilot.settle()
    return pilot


def fill(pilot: Pilot, id: str, text: str) -> TextField:
    field = pilot.widget(id)
    assert isinstance(field, TextField)
    pilot.app.focus(field)
    pilot.press("ctrl+a")
    pilot.type(text)
    return field


def test_starting_a_run_asks_for_exactly_what_the_form_says(pilot: Pilot, session: Session) -> None:
    opened(pilot, "FrozenLake-v1", "q-learner")
    fill(pilot, "new-run.settings.form.discount", "0.9")
    fill(pilot, "new-run.run.name", "my lake")
    fill(pilot, "new-run.run.steps", "12 000")
    fill(pilot, "new-run.run.seed", "5")
    pilot.app.focus(pilot.widget("new-run.run.seeds.text"))
    pilot.press("up")
    pilot.click("new-run.start")
    pilot.wait_until(lambda: len(session.runs()) == 2)
    pilot.wait_until(lambda: "new-run.start" not in pilot.ids())
    runs = sorted(session.runs(), key=lambda run: run.seed)
    assert [(run.name, run.seed, run.budget) for run in runs] == [
        ("my lake-1", 5, 12_000),
        ("my lake-2", 6, 12_000),
    ]
    assert all(run.settings["discount"] == 0.9 and run.environment == "FrozenLake-v1" for run in runs)
    assert not [message for message in pilot.app.screen.heard if message.id.startswith("new-run.")]  # type: ignore[attr-defined]


def test_a_value_out_of_bounds_is_said_beside_the_button_which_leads_to_its_field(
    pilot: Pilot, session: Session
) -> None:
    opened(pilot, "FrozenLake-v1", "q-learner")
    field = fill(pilot, "new-run.settings.form.discount", "1.5")
    assert field.error == "Use a number from 0 to 1"
    assert "Discount: Use a number from 0 to 1" in pilot.texts()
    pilot.app.focus(pilot.widget("new-run.run.name"))
    pilot.click("new-run.start")
    assert field.focused
    assert session.runs() == []
    fill(pilot, "new-run.settings.form.discount", "0.5")
    assert "Discount: Use a number from 0 to 1" not in pilot.texts()
    assert "1 changed" in pilot.texts()
    pilot.click("new-run.settings.reset")
    assert "1 changed" not in pilot.texts()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("steps", "many", "Steps: Use a whole number of at least 1"),
        ("steps", "0", "Steps: Use a whole number of at least 1"),
        ("seed", "-1", "Seed: Use a whole number from 0 to"),
        ("name", "q-learner-frozenlake-01", "Name: Another run has this name"),
        ("name", "random", '"random" is the name of a player already'),
    ],
)
def test_a_wrong_field_of_the_run_is_named(
    pilot: Pilot, session: Session, field: str, text: str, said: str
) -> None:
    session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=10))
    opened(pilot, "FrozenLake-v1", "q-learner")
    fill(pilot, f"new-run.run.{field}", text)
    pilot.wait_until(lambda: said in " ".join(pilot.texts()))
    pilot.click("new-run.start")
    assert pilot.widget(f"new-run.run.{field}").focused
    assert len(session.runs()) == 1


def test_agents_that_cannot_learn_are_grey_say_why_and_cannot_be_chosen(pilot: Pilot) -> None:
    opened(pilot, "FrozenLake-v1")
    assert "Does not learn" in pilot.texts()
    assert "1 of 3 can learn this" in pilot.texts()
    pilot.click_row("new-run.agent.rows", 1)
    assert "Settings of Q-learner" in pilot.texts()


def test_environment_settings_make_a_board_of_its_own(pilot: Pilot, session: Session) -> None:
    opened(pilot, "FrozenLake-v1", "q-learner")
    assert "Ranked on FrozenLake-v1" in pilot.texts()
    pilot.click("new-run.environment.form.is_slippery")
    assert "Ranked on a board of its own: is_slippery=false" in pilot.texts()
    pilot.click("new-run.start")
    pilot.wait_until(lambda: len(session.runs()) == 1)
    assert session.runs()[0].board == "FrozenLake-v1 is_slippery=false"


def test_another_environment_is_picked_from_the_menu_by_keys_alone(pilot: Pilot) -> None:
    opened(pilot, "FrozenLake-v1")
    assert pilot.widget("new-run.environment.card").focused
    for key in ("return", "t", "return"):
        pilot.press(key)
    assert "Ranked on tic-tac-toe" in pilot.texts()


def ask_for_another(pilot: Pilot) -> Widget:
    """Chooses the last line of the menu of environments; returns the field that it opens."""
    opened(pilot, "FrozenLake-v1")
    for key in ("return", "end", "return"):
        pilot.press(key)
    return pilot.widget("new-run.environment.find.text")


def test_an_environment_known_by_its_id_alone_is_found_by_a_few_letters(pilot: Pilot) -> None:
    field = ask_for_another(pilot)
    assert field.focused
    assert re.search(r"\d+ environments of Gymnasium and PettingZoo", " ".join(pilot.texts()))
    pilot.type("cliffsl")
    rows = pilot.widget("new-run.environment.find.rows")
    assert [hit.item.key for hit in rows.rows] == ["CliffWalkingSlippery-v1"]  # type: ignore[attr-defined]
    pilot.press("return")
    pilot.wait_until(lambda: "Ranked on CliffWalkingSlippery-v1" in pilot.texts())
    assert "Settings of Q-learner" in pilot.texts()
    assert pilot.widget("new-run.environment.card").focused


def test_arrows_and_clicks_take_another_match(pilot: Pilot) -> None:
    ask_for_another(pilot)
    pilot.type("FrozenL")
    rows = pilot.widget("new-run.environment.find.rows")
    assert [hit.item.key for hit in rows.rows] == ["FrozenLake8x8-v1"]  # type: ignore[attr-defined]
    fill(pilot, "new-run.environment.find.text", "walk")
    keys = [hit.item.key for hit in rows.rows]  # type: ignore[attr-defined]
    assert len(keys) > 1
    pilot.press("down")
    assert rows.selected == keys[1]  # type: ignore[attr-defined]
    at = keys.index("CliffWalkingSlippery-v1")
    pilot.click_row("new-run.environment.find.rows", at)
    pilot.wait_until(lambda: "Ranked on CliffWalkingSlippery-v1" in pilot.texts())


def test_an_id_that_does_not_open_is_said_under_its_field(pilot: Pilot) -> None:
    field = ask_for_another(pilot)
    pilot.type("Qqq-v77")
    pilot.press("return")
    pilot.wait_until(lambda: bool(field.error))  # type: ignore[attr-defined]
    assert 'No environment is called "Qqq-v77"' in " ".join(pilot.texts())
    fill(pilot, "new-run.environment.find.text", "gymnasium:CliffWalking-v1")
    pilot.press("return")
    pilot.wait_until(lambda: "Ranked on CliffWalking-v1" in pilot.texts())


def test_escape_and_cancel_start_nothing(pilot: Pilot, session: Session) -> None:
    for leave in (lambda: pilot.press("escape"), lambda: pilot.click("new-run.cancel")):
        opened(pilot)
        leave()
        assert "new-run.start" not in pilot.ids()
    assert session.runs() == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_overlaps_is_cut_or_faint(session: Session, theme: str) -> None:
    app = App(session, [Below], theme=theme)
    pilot = opened(Pilot(app), "FrozenLake-v1", "q-learner")
    fill(pilot, "new-run.settings.form.discount", "7")
    for width, height, scale in ((960, 640, 1.0), (1280, 800, 1.0), (2560, 1600, 2.0)):
        pilot.resize(width, height)
        app.set_scale(scale)
        assert pilot.audit() == []
    app.shut_down()


@pytest.mark.parametrize(
    ("text", "number"),
    [("500 000", 500_000), ("500_000", 500_000), ("20k", 20_000), ("1.5M", 1_500_000), ("2.5", None),
     ("", None), ("-3", None), ("1e4", None)],
)  # fmt: skip
def test_steps_may_be_typed_as_people_write_them(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_who_suits_an_environment_best_is_chosen_first_in_the_dialogs_list() -> None:
    def learner(name: str, tuned_for: str = "") -> AgentInfo:
        presets = (PresetInfo("Tuned", {}, (tuned_for,)),) if tuned_for else ()
        return AgentInfo(
            id=name, title=name, summary="", source=name, path="", source_sha256="", learns=True,
            observations=("box",), actions=("discrete",), seats=(1, 1), presets=presets,
        )  # fmt: skip

    plain, general, tuned = learner("plain"), learner("dqn"), learner("tuned", "CartPole-v1")
    assert best_suited([plain, general, tuned], "CartPole-v1") is tuned
    quick = learner("ppo", "CartPole-v1")
    assert best_suited([plain, general, tuned, quick], "CartPole-v1") is quick
    assert best_suited([plain, general], "CartPole-v1") is general
    assert best_suited([plain], "CartPole-v1") is plain
    assert best_suited([], "CartPole-v1") is None


def text_of(pilot: Pilot) -> str:
    return " ".join(pilot.texts())


def page(pilot: Pilot, turns: int) -> None:
    """Turn to another page of the form, by keys."""
    pilot.app.focus(pilot.widget("new-run.tabs"))
    for _ in range(abs(turns)):
        pilot.press("right" if turns > 0 else "left")


def test_who_plays_alone_has_no_opponents_to_choose(pilot: Pilot) -> None:
    opened(pilot, "FrozenLake-v1", "q-learner")
    assert {"Settings of Q-learner", "Advanced"} <= set(pilot.texts())
    assert "Opponents" not in pilot.texts()


def test_the_usual_mix_is_asked_for_by_saying_nothing(pilot: Pilot, session: Session) -> None:
    opened(pilot, "tic-tac-toe", "pupil")
    page(pilot, 1)
    assert [text for text in pilot.texts() if re.fullmatch(r"\d+ %", text)] == ["50 %", "30 %", "0 %", "20 %"]
    pilot.click("new-run.start")
    pilot.wait_until(lambda: len(session.runs()) == 1)
    assert session.runs()[0].opponents == OpponentMix()


def test_a_mix_is_weighed_by_sliders_and_names_players(pilot: Pilot, session: Session) -> None:
    opened(pilot, "tic-tac-toe", "pupil")
    page(pilot, 1)
    pilot.app.focus(pilot.widget("new-run.opponents.latest.share"))
    pilot.press("home")
    pilot.app.focus(pilot.widget("new-run.opponents.prioritized.share"))
    pilot.press("end")
    pilot.click("new-run.opponents.add")
    assert pilot.widget("new-run.opponents.find.text").focused
    pilot.type("rand")
    pilot.press("return")
    assert pilot.widget("new-run.opponents.named.random.share").focused
    assert "12 %" in pilot.texts()  # 0.2 of 1.7
    assert pilot.audit() == []
    pilot.click("new-run.start")
    pilot.wait_until(lambda: len(session.runs()) == 1)
    wanted = OpponentMix(latest=0.0, uniform=0.3, prioritized=1.0, random=0.2, players={"random": 0.2})
    assert session.runs()[0].opponents == wanted


def test_a_mix_without_any_share_is_refused_on_its_page(pilot: Pilot, session: Session) -> None:
    opened(pilot, "tic-tac-toe", "pupil")
    page(pilot, 1)
    for kind in ("latest", "uniform", "random"):
        pilot.app.focus(pilot.widget(f"new-run.opponents.{kind}.share"))
        pilot.press("home")
    assert "Give at least one opponent a share" in text_of(pilot)
    page(pilot, -1)
    pilot.click("new-run.start")
    assert pilot.widget("new-run.opponents.latest.share").focused
    assert session.runs() == []
    pilot.click("new-run.opponents.reset")
    assert "Give at least one opponent a share" not in text_of(pilot)


def test_an_opponent_that_nobody_knows_is_marked_in_its_row(pilot: Pilot, session: Session) -> None:
    opened(pilot, "tic-tac-toe", "pupil")
    page(pilot, 1)
    pilot.click("new-run.opponents.add")
    pilot.type("qqq@77")
    pilot.press("return")
    pilot.wait_until(lambda: "Not usable here" in pilot.texts())
    assert 'No player is called "qqq@77"' in text_of(pilot)
    pilot.click("new-run.opponents.named.qqq@77.remove")
    pilot.wait_until(lambda: "No player is called" not in text_of(pilot))
    assert "Not usable here" not in pilot.texts()


def test_a_rival_has_settings_of_its_own_and_learns_in_the_same_run(pilot: Pilot, session: Session) -> None:
    opened(pilot, "tic-tac-toe", "pupil")
    page(pilot, 1)
    pilot.app.focus(pilot.widget("new-run.opponents.way"))
    pilot.press("right")
    assert {"Of both learners together", "Latest rival", "Past rivals"} <= set(pilot.texts())
    page(pilot, 1)
    field = fill(pilot, "new-run.rival.form.discount", "3")
    assert "Discount: Use a number from 0 to 1" in text_of(pilot)
    page(pilot, -2)
    pilot.click("new-run.start")
    assert field.focused
    fill(pilot, "new-run.rival.form.discount", "0.5")
    pilot.click("new-run.start")
    pilot.wait_until(lambda: len(session.runs()) == 1)
    run = session.runs()[0]
    assert (run.rival, run.rival_settings["discount"]) == ("pupil", 0.5)
    assert run.settings["discount"] != 0.5


def test_a_copy_says_whose_it_is_and_marks_what_is_not_as_usual(pilot: Pilot, session: Session) -> None:
    wanted = TrainRequest(
        environment="tic-tac-toe", agent="pupil", steps=70, seeds=2, seed=9, settings={"discount": 0.5},
        opponents=OpponentMix(random=0.7), offload_mb=4.0, device="cpu",
    )  # fmt: skip
    first = session.train(wanted)
    open_new_run(pilot.app, request=session.request_of(first[0].group), copy_of=first[0].name)
    pilot.wait_until(lambda: "new-run.run.name" in pilot.ids())
    pilot.settle()
    assert {f"Copy of {first[0].name}", "1 changed"} <= set(pilot.texts())
    pilot.click("new-run.start")
    pilot.wait_until(lambda: len(session.runs()) == 4)
    group = next(run.group for run in session.runs() if run.group != first[0].group)
    assert session.request_of(group) == session.request_of(first[0].group)
    assert {run.name for run in session.group(group)}.isdisjoint(run.name for run in first)


def test_a_copied_duel_asks_for_the_same_duel(pilot: Pilot, session: Session) -> None:
    wanted = TrainRequest(
        environment="tic-tac-toe", agent="pupil", steps=70, rival="pupil", rival_settings={"discount": 0.5},
        opponents=OpponentMix(random=0.6),
    )  # fmt: skip
    first = session.train(wanted)[0]
    open_new_run(pilot.app, request=session.request_of(first.id))
    pilot.wait_until(lambda: "new-run.run.name" in pilot.ids())
    pilot.settle()
    pilot.click("new-run.start")
    pilot.wait_until(lambda: len(session.runs()) == 2)
    second = session.runs()[0]
    assert second.id != first.id
    assert session.request_of(second.id) == session.request_of(first.id)


def test_weights_to_start_from_are_offered_where_the_agent_has_some(pilot: Pilot, session: Session) -> None:
    trained = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=10))[0]
    with Store(session.home) as store:
        store.update_run(trained.id, state="finished", checkpoint_step=10)
    opened(pilot, "FrozenLake-v1", "q-learner")
    page(pilot, 1)
    pilot.app.focus(pilot.widget("new-run.advanced.start"))
    pilot.press("down")
    # Its row says that there are weights, but they are not there: the session is asked.
    pilot.wait_until(lambda: f"{trained.name} has saved no weights yet" in text_of(pilot))
    assert text_of(pilot).count("has saved no weights yet") == 2  # beside the field, and beside the button
    fill(pilot, "new-run.advanced.offload", "much")
    assert "Use a number of megabytes, or leave it empty" in text_of(pilot)
    pilot.app.focus(pilot.widget("new-run.advanced.start"))
    pilot.press("up")
    pilot.click("new-run.start")
    assert pilot.widget("new-run.advanced.offload").focused
    fill(pilot, "new-run.advanced.offload", "2.5")
    pilot.wait_until(lambda: "has saved no weights" not in text_of(pilot))
    pilot.click("new-run.start")
    pilot.wait_until(lambda: len(session.runs()) == 2)
    assert (session.runs()[0].start_from, session.runs()[0].offload_mb) == (None, 2.5)


def test_the_device_of_new_runs_is_the_one_that_is_preferred(pilot: Pilot, session: Session) -> None:
    session.prefer(NEW_RUN_DEVICE, "cpu")
    opened(pilot, "FrozenLake-v1", "q-learner")
    pilot.click("new-run.start")
    pilot.wait_until(lambda: len(session.runs()) == 1)
    assert session.runs()[0].device == "cpu"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_page_is_clean(session: Session, theme: str) -> None:
    app = App(session, [Below], theme=theme)
    pilot = opened(Pilot(app), "tic-tac-toe", "pupil")
    for width, height in ((960, 640), (1280, 800)):
        pilot.resize(width, height)
        page(pilot, 1)
        assert pilot.audit() == []
        pilot.click("new-run.opponents.add")
        assert pilot.audit() == []
        pilot.click("new-run.opponents.back")
        pilot.app.focus(pilot.widget("new-run.opponents.way"))
        pilot.press("right")
        for turn in (0, 1, 1):
            page(pilot, turn)
            assert pilot.audit() == []
        page(pilot, -2)
        pilot.app.focus(pilot.widget("new-run.opponents.way"))
        pilot.press("left")
        page(pilot, -1)
    app.shut_down()
