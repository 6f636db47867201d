"""Puts the window together: which screens there are, and what stands around them."""

from arena.ui.composition.window import compose, run

__all__ = ["compose", "run"]
