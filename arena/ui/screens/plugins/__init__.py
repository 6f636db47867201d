"""Plugins: every file that brings agents or environments, with its state and its reason."""

from arena.ui.screens.plugins.screen import PluginsScreen

__all__ = ["PluginsScreen"]
