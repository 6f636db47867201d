"""The New run dialog; any screen may open it."""

from arena.ui.screens.new_run.dialog import open_new_run

__all__ = ["open_new_run"]
