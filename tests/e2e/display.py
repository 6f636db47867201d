"""A display of its own (Xvfb) with a mouse and a keyboard (xdotool), whose pixels can be read."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pygame

Pixels = npt.NDArray[np.uint8]
TOOLS = ("Xvfb", "xdotool")
# The shell ends the server when its input ends, so that no server is left where the tests were killed.
SERVE = 'Xvfb "$@" & server=$!; read -r _; kill "$server"; wait "$server"'
XWD_HEADER = struct.Struct(">25I")


class Display:
    """One X server without a window manager.

    Attributes:
        name: what DISPLAY is for its clients, as in ":99".
    """

    def __init__(self, name: str, dump: Path) -> None:
        self.name = name
        header = XWD_HEADER.unpack(dump.read_bytes()[: XWD_HEADER.size])
        header_size, width, height, line, colours = (header[at] for at in (0, 4, 5, 12, 19))
        start = header_size + 12 * colours
        rows = np.memmap(dump, np.uint8, "r", offset=start, shape=(height, line))
        self._screen = rows.reshape(height, line // 4, 4)[:, :width]

    def pixels(self, left: int = 0, top: int = 0, width: int = 1920, height: int = 1080) -> Pixels:
        """A copy of what is on the screen now, height × width × RGB."""
        blue_green_red = self._screen[top : top + height, left : left + width, :3]
        return np.ascontiguousarray(blue_green_red[:, :, ::-1])

    def save(self, path: Path, width: int, height: int) -> None:
        """Write the screen's upper left corner as a PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = self.pixels(0, 0, width, height).tobytes()
        pygame.image.save(pygame.image.frombuffer(picture, (width, height), "RGB"), path)

    def do(self, *arguments: str | int) -> str:
        """One xdotool command line; returns what it prints."""
        return self.told(*arguments, check=True)

    def told(self, *arguments: str | int, check: bool = False) -> str:
        command = ["xdotool", *map(str, arguments)]
        done = subprocess.run(
            command, env=self.environment(), stdout=subprocess.PIPE, encoding="utf-8", check=check, timeout=60
        )
        return done.stdout

    def environment(self) -> dict[str, str]:
        """This process's variables, but with this display and windows that open in its corner."""
        hidden = ("WAYLAND_DISPLAY", "SDL_VIDEODRIVER", "ARENA_HOME")
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        return {**kept, "DISPLAY": self.name, "SDL_VIDEO_WINDOW_POS": "0,0"}


@contextmanager
def opened_display(width: int = 1920, height: int = 1080) -> Iterator[Display]:
    """A display that is closed at the end, whatever happens.

    Raises:
        AssertionError: when a tool that this needs is not installed.
    """
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    assert not missing, f"{' and '.join(missing)} not found: apt-get install xvfb xdotool xauth"
    with tempfile.TemporaryDirectory() as folder:
        reading, writing = os.pipe()
        arguments = ["-displayfd", str(writing), "-fbdir", folder, "-noreset", "-nolisten", "tcp"]
        arguments += ["-screen", "0", f"{width}x{height}x24"]
        server = subprocess.Popen(
            ["sh", "-c", SERVE, "sh", *arguments], stdin=subprocess.PIPE, pass_fds=[writing]
        )
        os.close(writing)
        try:
            with os.fdopen(reading) as numbers:
                number = numbers.readline().strip()
            assert number, "Xvfb did not start"
            yield Display(f":{number}", Path(folder) / "Xvfb_screen0")
        finally:
            server.communicate()
