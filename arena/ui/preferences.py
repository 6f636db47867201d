"""Names of what the user can set in Settings, and what each is where nothing was set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

NOTICE_TOAST: Final = "notice_toast"
NOTICE_FLASH: Final = "notice_flash"
NOTICE_DESKTOP: Final = "notice_desktop"
SPARE_WORKER: Final = "spare_worker"
ON_CLOSE: Final = "on_close"
NEW_RUN_DEVICE: Final = "new_run_device"
PAUSED_AT_CLOSING: Final = "paused_at_closing"
PAUSE: Final = "pause"
GO_ON: Final = "go-on"


def switched_on(preferences: Mapping[str, Any], name: str) -> bool:
    """Whether a switch is on, as all of them are until they are switched off."""
    return preferences.get(name) is not False


def pauses_at_closing(preferences: Mapping[str, Any]) -> bool:
    """Whether runs are paused when the window is closed; they go on unless the user wants otherwise."""
    return preferences.get(ON_CLOSE) == PAUSE


def device_of_new_runs(preferences: Mapping[str, Any]) -> Literal["auto", "cpu", "gpu"]:
    """What new runs train on unless they say otherwise; "gpu" is whichever there is."""
    match preferences.get(NEW_RUN_DEVICE):
        case "cpu":
            return "cpu"
        case "gpu":
            return "gpu"
    return "auto"
