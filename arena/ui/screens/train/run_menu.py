"""What one may do with a run beside steering it: the entries of its menu."""

from __future__ import annotations

from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.queueing import place_in
from arena.ui.screens.train.reading import Reading
from arena.ui.widgets.menu import Entry


def menu_entries(reading: Reading, group: Group) -> list[Entry]:
    """Their keys are what the screen is asked to do."""
    entries = []
    place = place_in(reading.queue, group)
    if place is not None:
        note = "" if place > 1 else "is next"
        entries.append(Entry("first", "Start next", note=note, enabled=place > 1))
    several = len(group.runs) > 1
    return [
        *entries,
        Entry("duplicate", "Duplicate run", "D"),
        Entry("settings", "Search settings\u2026", "H"),
        Entry("compare", "Compare", "X"),
        Entry("rename", "Rename", "F2"),
        Entry("csv", "Export curves as CSV\u2026", "E"),
        Entry("tensorboard", "Export to TensorBoard\u2026"),
        Entry("folder", "Show the folder" if not several else "Show the first seed's folder"),
        Entry("delete", "Stop and delete" if group.live else "Delete run", "Del", danger=True),
    ]
