"""From a plugin's file or entry point to its module, and from what goes wrong to one sentence.

A file runs under a flat module name, taken from where it came from and its own name; the bytes that are
hashed are the bytes that run (no bytecode cache stands between).
"""

from __future__ import annotations

import hashlib
import re
import sys
import traceback
from importlib import util
from importlib.abc import SourceLoader
from pathlib import Path
from types import ModuleType, TracebackType

from arena.discovery.folders import entry_point, read_source
from arena.errors import PluginError


def from_file(path: Path, origin: str = "") -> tuple[ModuleType, str]:
    """Runs the file; returns its module and the hash of its content.

    Args:
        origin: part of the module's name; by default the content's hash, so that two copies never meet.

    Raises:
        PluginError: in phase "read" or "import".
    """
    try:
        source = read_source(path)
    except OSError as error:
        raise PluginError(f"{path} cannot be read: {error.strerror}.", "read") from error
    sha256 = hashlib.sha256(source).hexdigest()
    name = re.sub(r"\W", "_", f"arena_plugin_{origin or sha256[:12]}_{path.stem}")
    loader = _SourceBytes(path, source)
    module = ModuleType(name)
    module.__file__ = str(path)
    module.__spec__ = util.spec_from_loader(name, loader)
    sys.modules[name] = module  # before it runs: dataclasses look their module up by name
    try:
        loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a plugin must not end its host
        del sys.modules[name]
        raise blame(error, "import", str(path)) from error
    return module, sha256


def from_package(name: str) -> tuple[ModuleType, str]:
    """Imports an entry point's module; returns it and the hash of its file.

    Raises:
        PluginError: in phase "read" or "import".
    """
    point = entry_point(name)
    if point is None:
        raise PluginError(f'No installed package offers an Arena plugin called "{name}".', "read")
    spec = None
    try:
        spec = util.find_spec(point.module)
        module = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a plugin must not end its host
        raise blame(error, "import", (spec and spec.origin) or "") from error
    if not isinstance(module, ModuleType):
        raise PluginError(f"The entry point {point.value} must name a module, with no colon.", "import")
    file = module.__file__
    return module, hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""


def blame(error: BaseException, phase: str, code: str) -> PluginError:
    """Turns an exception of the plugin's code into one sentence and a traceback that starts in it.

    Args:
        code: the plugin's file; frames above it are ours and left out.
    """
    frames: TracebackType | None = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename != code:
        frames = frames.tb_next
    lines = [frame.lineno for frame in traceback.extract_tb(frames) if frame.filename == code]
    line, text = lines[-1] if lines else None, str(error)
    if isinstance(error, SyntaxError):
        line, text = error.lineno, error.msg
    where = f" on line {line}" if line else ""
    message = f"{type(error).__name__}{where}{': ' if text else ''}{text.strip().rstrip('.')}."
    return PluginError(message, phase, "".join(traceback.format_exception(type(error), error, frames)))


class _SourceBytes(SourceLoader):
    """Imports the very bytes it was given; knowing no times, it never reads or writes bytecode."""

    def __init__(self, path: Path, source: bytes) -> None:
        self.path = str(path)
        self.source = source

    def get_filename(self, fullname: str) -> str:
        return self.path

    def get_data(self, path: str | bytes) -> bytes:
        return self.source
