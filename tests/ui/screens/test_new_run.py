"""The New run dialog over another screen, on a real session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.discovery import folders
from arena.engines.local import LocalEngine
from arena.records import AgentInfo, PresetInfo
from arena.requests import TrainRequest
from arena.session import Session
from arena.store import Home, Store
from arena.ui.app import App
from arena.ui.messages import Message
from arena.ui.pilot import Pilot
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


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scan_few(tmp_path_factory.mktemp("scanned"))


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
    assert "1 of 2 can learn this" in pilot.texts()
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
    assert best_suited([plain, general], "CartPole-v1") is general
    assert best_suited([plain], "CartPole-v1") is plain
    assert best_suited([], "CartPole-v1") is None
