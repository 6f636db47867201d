"""Arena: train agents in the background, watch them play, and rank them."""

__version__ = "0.1.0"
