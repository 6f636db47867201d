"""The Watch screen: an exhibition of any players in any environment."""

from arena.ui.screens.watch.screen import WatchScreen

__all__ = ["WatchScreen"]
