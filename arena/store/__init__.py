"""The data folder and its database: where windows, command lines and jobs meet."""

from arena.store.home import Home
from arena.store.store import Store

__all__ = ["Home", "Store"]
