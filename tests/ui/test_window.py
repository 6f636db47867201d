"""Opening the window, with a display and without one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HIDDEN = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "SDL_VIDEODRIVER")


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=kept | environment,
        timeout=60,
        check=False,
    )


def test_without_a_display_one_sentence_says_what_to_do() -> None:
    result = run(
        "from arena.errors import DisplayMissing\n"
        "from arena.ui.window import open_window\n"
        "try:\n    open_window()\n"
        "except DisplayMissing as missing:\n    print(missing)\n",
        SDL_VIDEODRIVER="nowhere",
    )
    assert result.returncode == 0, result.stderr
    assert "xvfb-run" in result.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others do not name a display")
def test_where_no_display_is_named_none_is_looked_for() -> None:
    result = run(
        "import pygame\n"
        "from arena.errors import DisplayMissing\n"
        "from arena.ui.window import open_window\n"
        "try:\n    open_window()\n"
        "except DisplayMissing:\n    print(pygame.display.get_init())\n"
    )
    assert (result.stdout, result.stderr) == ("False\n", "")


def test_the_window_is_called_arena_and_opens_no_audio() -> None:
    result = run(
        "import pygame\n"
        "from arena.ui.window import open_window\n"
        "open_window((960, 640))\n"
        "print(pygame.display.get_caption()[0], pygame.mixer.get_init())\n",
        SDL_VIDEODRIVER="dummy",
    )
    assert result.stdout.strip() == "Arena None", result.stderr


def test_the_layer_imports_no_learning_code() -> None:
    result = run(
        "import sys, arena.ui.app\n"
        "print(sorted({'torch', 'gymnasium', 'pettingzoo', 'scipy'} & set(sys.modules)))\n"
    )
    assert result.stdout.strip() == "[]", result.stderr
