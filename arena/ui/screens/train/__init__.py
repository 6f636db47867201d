"""The Train screen: the runs, and everything about the chosen one."""

from arena.ui.screens.train.screen import TrainScreen

__all__ = ["TrainScreen"]
