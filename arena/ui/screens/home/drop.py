"""Bringing an agent file: what is let go over the window."""

from __future__ import annotations

import shutil
from pathlib import Path

from arena.errors import ArenaError, RequestError
from arena.ui.screen import Screen, Ui
from arena.ui.widgets.dialog import ConfirmDialog


def offer_to_copy(ui: Ui, owner: Screen, path: Path) -> None:
    """Asks, and then copies an agent file into the user's folder and looks at it."""
    session = ui.session
    try:
        check_agent_file(path, session.home.agents)
    except ArenaError as error:
        ui.toast("That is not an agent file to add", str(error), "warn")
        return
    sentence = (
        f"It is copied into {session.home.agents}. Its code runs on this computer, "
        "in processes of its own, so add only files that you trust."
    )

    def copy() -> str:
        shutil.copyfile(path, session.home.agents / path.name)
        catalog = session.scan()
        found = next((one for one in catalog.plugins if Path(one.path).name == path.name), None)
        if found is not None and found.error is not None:
            raise ArenaError(f"{path.name} was added, but did not load: {found.error.message}")
        return ", ".join(found.provides) if found is not None else ""

    def copied(provides: str) -> None:
        ui.toast("Agent file added", provides or path.name, "ok")

    add = ConfirmDialog(
        f"Add \u201c{path.name}\u201d?",
        sentence,
        "Add file",
        lambda: ui.run(owner, copy, copied),
        danger=False,
    )
    ui.open(add, 440)


def check_agent_file(path: Path, folder: Path) -> None:
    """Raises: RequestError: what is wrong with adding this file."""
    if path.suffix != ".py" or not path.is_file():
        raise RequestError(f"{path.name} is no Python file; an agent is one .py file.")
    if (folder / path.name).exists():
        raise RequestError(f"{path.name} is already in {folder}; give the file another name.")
