"""Home: what there is to play, who plays best, and what trains."""

from arena.ui.screens.home.screen import HomeScreen

__all__ = ["HomeScreen"]
