"""The screens in the order of the rail. All but Home are imported after the first frame was shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from arena.ui.screen import Destination, Screen, Ui
from arena.ui.screens.home import HomeScreen


@dataclass(frozen=True)
class Later:
    """What rail and palette know of a screen whose class is not imported yet."""

    name: str
    title: str
    icon: str
    digit: int | None
    load: Callable[[], type[Screen]]
    at_foot: bool = False

    def __call__(self, ui: Ui) -> Screen:
        return self.load()(ui)


def _watch() -> type[Screen]:
    from arena.ui.screens.watch import WatchScreen

    return WatchScreen


def _train() -> type[Screen]:
    from arena.ui.screens.train import TrainScreen

    return TrainScreen


def _rankings() -> type[Screen]:
    from arena.ui.screens.rankings import RankingsScreen

    return RankingsScreen


def _plugins() -> type[Screen]:
    from arena.ui.screens.plugins import PluginsScreen

    return PluginsScreen


def _settings() -> type[Screen]:
    from arena.ui.screens.settings import SettingsScreen

    return SettingsScreen


LATER = (
    Later("watch", "Watch", "swords", 2, _watch),
    Later("train", "Train", "activity", 3, _train),
    Later("rankings", "Rankings", "trophy", 4, _rankings),
    Later("plugins", "Plugins", "puzzle", 5, _plugins),
    Later("settings", "Settings", "settings", None, _settings, at_foot=True),
)
DESTINATIONS: tuple[Destination, ...] = (HomeScreen, *LATER)


def import_all() -> None:
    """So that no first visit has to wait for it; called in a thread."""
    for destination in LATER:
        destination.load()
