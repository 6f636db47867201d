"""The panel about notices: in which ways the window tells that a run or match ended."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.ui.attention import notification_tool
from arena.ui.preferences import NOTICE_DESKTOP, NOTICE_FLASH, NOTICE_TOAST, switched_on
from arena.ui.screens.settings.rows import SettingRow, lines
from arena.ui.widgets.button import Button
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.toggle import Toggle

SWITCH = "settings.switch."


class NoticesPanel(Panel):
    """Answers `Changed(SWITCH + preference, on)` and `Pressed("settings.try-notice")`."""

    def __init__(self) -> None:
        tool = notification_tool()
        self._switches = {
            name: Toggle("", f"{SWITCH}{name}", True) for name in (NOTICE_TOAST, NOTICE_FLASH, NOTICE_DESKTOP)
        }
        self._switches[NOTICE_DESKTOP].enabled = tool is not None
        self._try = Button("Try it", "settings.try-notice", "quiet", size="small")
        self._try.visible = tool is not None
        shown_by = (
            f"While another window is in front; {Path(tool).stem} shows it"
            if tool is not None
            else "This computer has no program that shows them"
        )
        rows = [
            SettingRow("Toast", "In this window; the bell keeps them all", self._switches[NOTICE_TOAST]),
            SettingRow(
                "Mark in the taskbar", "While another window is in front", self._switches[NOTICE_FLASH]
            ),
            SettingRow("Desktop notification", shown_by, self._try, self._switches[NOTICE_DESKTOP]),
        ]
        super().__init__(lines(rows), title="When a run or match ends", gap=4)

    def show(self, preferences: Mapping[str, Any]) -> None:
        for name, switch in self._switches.items():
            switch.on = switched_on(preferences, name) and switch.enabled
