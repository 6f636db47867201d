"""What the command palette can find besides the screens: agents at games, runs, scoreboards, jobs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

from arena.discovery.catalog import Catalog
from arena.drawing.palette import PERSON
from arena.records import AgentInfo, EnvironmentInfo, RunRecord
from arena.session import Session
from arena.session.persons import HUMAN, unplayable
from arena.ui.format import count_of
from arena.ui.screen import Action, Ui
from arena.ui.widgets.chip import RUN_STATES

MOST_RUNS = 60


def commands(ui: Ui) -> list[Action]:
    """Everything that can be found now; called in a thread."""
    session: Session = ui.session
    catalog, runs = session.catalog(), session.runs()
    live = sum(run.live for run in runs)
    found = _actions(ui, live)
    if ui.has_screen("train"):
        found += [_show_run(ui, run) for run in runs[:MOST_RUNS]]
    if ui.has_screen("watch"):
        found += [_watch_run(ui, run) for run in runs[:MOST_RUNS] if run.checkpoint_step or run.player]
        found += _playing(ui, catalog)  # first: what one watches has players, too
        found += _watching(ui, catalog)
    found += _training(ui, catalog)
    if ui.has_screen("rankings"):
        titles = {info.id: info.title for info in catalog.environments}
        for board in session.boards():
            title = titles.get(board.environment, board.environment)
            shown = board.board.replace(board.environment, title, 1)
            show = partial(ui.go, "rankings", board=board.board)
            found.append(
                Action(
                    f"Rankings of {shown}", show, "trophy", count_of(board.games, "game"), group="Scoreboards"
                )
            )
    return found


def _actions(ui: Ui, live: int) -> list[Action]:
    actions = [Action("Rescan plugins", partial(rescan, ui), "refresh-cw", "looks at new and changed files")]
    actions.append(
        Action("Clean up the data folder", partial(_keep, ui, "clean_up"), "brush-cleaning", "asks first")
    )
    actions.append(Action("Empty the bin", partial(_keep, ui, "empty_bin"), "trash-2", "asks first"))
    if ui.has_screen("train") and ui.screen.name != "train":
        actions.append(Action("Show the bin", partial(ui.go, "train", bin=True), "trash-2", "deleted runs"))
    if live:
        ask = partial(ask_to_stop_all, ui, live)
        actions.append(Action("Stop all runs and matches", ask, "square", count_of(live, "run") + " live"))
    return actions


def _keep(ui: Ui, what: Literal["clean_up", "empty_bin"]) -> None:
    # Settings is not imported before it is wanted.
    from arena.ui.screens.settings import keeping

    (keeping.clean_up if what == "clean_up" else keeping.empty_bin)(ui)


def rescan(ui: Ui) -> None:
    """Looks at new and changed plugins, in the background."""
    session: Session = ui.session

    def done(catalog: Catalog) -> None:
        broken = sum(plugin.state == "error" for plugin in catalog.plugins)
        words = (
            f"{count_of(len(catalog.environments), 'environment')}, {count_of(len(catalog.agents), 'agent')}"
        )
        if broken:
            words += f", {count_of(broken, 'file')} with an error"
        ui.toast("Plugins are up to date", words, "warn" if broken else "ok")

    ui.run(ui.screen, session.scan, done)


def ask_to_stop_all(ui: Ui, live: int) -> None:
    """Asks, then tells every run and match to stop."""
    session: Session = ui.session

    def stop() -> None:
        ui.run(
            ui.screen,
            session.stop_all,
            lambda count: ui.toast("Everything was told to stop", count_of(count, "job"), "ok"),
        )

    ui.confirm(
        f"Stop {'the run' if live == 1 else f'all {live} runs'}?",
        "Each saves a checkpoint first, so it can be resumed. Games that were played are kept.",
        "Stop all",
        stop,
        "Keep training",
    )


def _show_run(ui: Ui, run: RunRecord) -> Action:
    style = ui.session.agent_style(run.agent)
    hint = RUN_STATES[run.state].label
    return Action(run.name, partial(ui.go, "train", run=run.id), hint=hint, group="Runs", style=style)


def _watch_run(ui: Ui, run: RunRecord) -> Action:
    style = ui.session.agent_style(run.agent)
    show = partial(ui.go, "watch", run=run.id)
    return Action(f"Watch {run.name}", show, hint="newest weights", group="Watch", style=style)


def _watching(ui: Ui, catalog: Catalog) -> list[Action]:
    return [
        Action(
            f"Watch {info.title}", partial(ui.go, "watch", environment=info.id), "play",
            "choose the players", group="Watch",
        )
        for info in catalog.environments
    ]  # fmt: skip


def _playing(ui: Ui, catalog: Catalog) -> list[Action]:
    """A person alone plays at once, against others one chooses them."""
    actions = []
    for info in catalog.environments:
        if unplayable(info) is not None:
            continue
        seats = [HUMAN, *["random"] * (info.seats - 1)]
        asked = {"players" if info.seats == 1 else "suggested": seats}
        play = partial(ui.go, "watch", environment=info.id, **asked)
        hint = "you, alone" if info.seats == 1 else "you, choose the others"
        actions.append(Action(f"Play {info.title}", play, hint=hint, group="Play", style=PERSON))
    return actions


def _training(ui: Ui, catalog: Catalog) -> list[Action]:
    return [
        Action(
            f"Train {agent.title} on {info.title}",
            _open_new_run(ui, info, agent),
            hint="new run",
            group="Train",
            style=ui.session.agent_style(agent.id),
        )
        for agent in catalog.agents
        for info in catalog.environments
        if agent.unsuited(info, to_learn=True) is None
    ]


def _open_new_run(ui: Ui, environment: EnvironmentInfo, agent: AgentInfo) -> Callable[[], None]:
    def open_it() -> None:
        from arena.ui.screens.new_run import open_new_run

        open_new_run(ui, environment.id, agent.id)

    return open_it
