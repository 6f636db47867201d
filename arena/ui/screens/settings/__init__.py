"""Settings: how Arena looks, where its data lies, how much it does at once, and its keys."""

from arena.ui.screens.settings.screen import SettingsScreen

__all__ = ["SettingsScreen"]
