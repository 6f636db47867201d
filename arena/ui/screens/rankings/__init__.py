"""Rankings: who is how good at what, by all the games that were played."""

from arena.ui.screens.rankings.screen import RankingsScreen

__all__ = ["RankingsScreen"]
