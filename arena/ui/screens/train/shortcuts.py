"""The Train screen's keys, and what the command palette offers there. Both name what pressing does by id."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from arena.ui.screen import Action
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.search_entry import SearchEntry
from arena.ui.screens.train.undoing import Undoing

KEYS = {
    "p": "train.pause",
    "c": "train.checkpoint",
    "s": "train.stop",
    "w": "train.watch",
    "n": "train.new",
    "d": "train.duplicate",
    "h": "train.settings.find",
    "x": "train.compare.open",
    "e": "train.menu.csv",
    "m": "train.menu.open",
    "l": "train.log.follow",
    "f2": "train.rename",
    "delete": "train.delete.picks",
}
CTRL_KEYS = {"f": "train.find", "z": "train.undo", "a": "train.pick.all"}
SHORTCUTS = (
    ("P", "Pause or resume"),
    ("C", "Save a checkpoint"),
    ("S", "Stop"),
    ("W", "Watch"),
    ("N", "New run"),
    ("D", "Duplicate, to change settings"),
    ("H", "Search settings"),
    ("X", "Compare what is picked"),
    ("E", "Export curves as CSV"),
    ("M", "Menu of the run"),
    ("L", "Follow the log"),
    ("F2", "Rename"),
    ("Del", "Delete what is picked"),
    ("Ctrl Z", "Undo"),
    ("Ctrl F", "Search runs"),
    ("Ctrl A", "Pick all listed runs"),
    ("Shift \u2193", "Pick the next run, too"),
    ("Enter", "Apply changed settings"),
)


def actions_for(
    group: Group | None, entry: SearchEntry | None, do: Callable[[str], None], undoing: Undoing
) -> list[Action]:
    """Args: do: what a press on the button of that id would."""

    def action(label: str, id: str, icon: str, *keys: str) -> Action:
        return Action(label, partial(do, id), icon, keys=keys)

    found = [
        action("Start a new run", "train.new", "plus", "N"),
        action("Search settings of an agent", "train.settings.find", "flask-conical", "H"),
        action("Search runs", "train.find", "search", "Ctrl", "F"),
        action("Show the bin", "train.binned", "folder"),
    ]
    if undoing.possible:
        found.append(action("Undo", "train.undo", "undo-2", "Ctrl", "Z"))
    if entry is not None:
        found += _of_search(entry, action)
    if group is not None:
        found += _of_group(group, action)
    return found


def _of_search(entry: SearchEntry, action: Callable[..., Action]) -> list[Action]:
    found = []
    if entry.live:
        found.append(action(f"Stop {entry.label}", "train.stop", "square", "S"))
    elif entry.state != "finished":
        found.append(action(f"Resume {entry.label}", "train.pause", "play", "P"))
    if entry.best is not None:
        words = f"Train the best of {entry.label} on fresh seeds"
        found.append(action(words, "train.trials.best", "dices"))
    return found


def _of_group(group: Group, action: Callable[..., Action]) -> list[Action]:
    found = []
    name = group.label
    if group.of_state("running"):
        found.append(action(f"Pause {name}", "train.pause", "pause", "P"))
        found.append(action(f"Save a checkpoint of {name}", "train.checkpoint", "save", "C"))
    elif group.state not in ("finished", "queued"):
        found.append(action(f"Resume {name}", "train.pause", "play", "P"))
    if group.live:
        found.append(action(f"Stop {name}", "train.stop", "square", "S"))
    if group.of_state("queued"):
        found.append(action(f"Start {name} next", "train.menu.first", "chevron-up"))
    if group.watchable:
        found.append(action(f"Watch {name}", "train.watch", "eye", "W"))
    return [
        *found,
        action(f"Duplicate {name}", "train.duplicate", "copy", "D"),
        action(f"Compare {name}", "train.compare.open", "git-compare", "X"),
        action(f"Export {name} as CSV", "train.menu.csv", "file-code", "E"),
        action(f"Export {name} to TensorBoard", "train.menu.tensorboard", "file-code"),
        action(f"Rename {name}", "train.rename", "pencil", "F2"),
        action(f"Delete {name}", "train.menu.delete", "x", "Del"),
    ]
