"""How news reaches the user: under the bell, as a toast, in the taskbar, and as a desktop notification."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from arena.ui.attention import flash_window, is_looked_at, notify_desktop
from arena.ui.composition.news import summary
from arena.ui.preferences import NOTICE_DESKTOP, NOTICE_FLASH, NOTICE_TOAST, switched_on
from arena.ui.screen import Ui
from arena.ui.widgets.toast import Notice

MOST_OUTSIDE = 3


@dataclass(frozen=True)
class Wishes:
    """Which ways the user wants to be told in; the bell always keeps everything."""

    toast: bool = True
    flash: bool = True
    desktop: bool = True

    @classmethod
    def of(cls, preferences: Mapping[str, Any]) -> Self:
        return cls(
            switched_on(preferences, NOTICE_TOAST),
            switched_on(preferences, NOTICE_FLASH),
            switched_on(preferences, NOTICE_DESKTOP),
        )


@dataclass(frozen=True)
class Teller:
    """What it asks of the desktop can be put in its place by others, as tests do."""

    ui: Ui
    looked_at: Callable[[], bool] = is_looked_at
    flash: Callable[[], None] = flash_window
    desktop: Callable[[str, str], object] = notify_desktop

    def tell(self, notices: Sequence[Notice], wishes: Wishes) -> None:
        """What happened just now. Who looks at another window hears of it there, too."""
        for notice in notices:
            self.ui.notify(notice, show=wishes.toast or not notice.outside)
        outside = [notice for notice in notices if notice.outside]
        if not outside or self.looked_at():
            return
        if wishes.flash:
            self.flash()
        if wishes.desktop:
            for notice in outside[:MOST_OUTSIDE]:
                self.desktop(notice.title, notice.detail)
            if len(outside) > MOST_OUTSIDE:
                self.desktop("Arena", f"{len(outside) - MOST_OUTSIDE} more notices stand under the bell.")

    def tell_missed(self, notices: Sequence[Notice], wishes: Wishes) -> None:
        """What happened while no window was open; nobody looked elsewhere then."""
        in_short = summary(notices)
        for notice in notices:
            self.ui.notify(notice, show=wishes.toast and in_short is None)
        if in_short is not None and wishes.toast:
            self.ui.show(in_short)
