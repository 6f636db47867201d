"""What a worker gets of this machine: few environment variables, one thread, no display, maybe low priority.

It also ends with its parent: the end of its pipe ends it on every platform; on Linux the kernel does, too,
which reaches even a worker stuck in C code that holds the interpreter's lock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping

# What interpreters, linkers and accelerators need to start; no display, no key, not Arena's data folder.
ALLOWED = frozenset(
    {
        "APPDATA", "CUDA_HOME", "CUDA_PATH", "CUDA_VISIBLE_DEVICES", "DYLD_LIBRARY_PATH", "HOME", "LANG",
        "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "LOCALAPPDATA", "PATH", "PATHEXT", "PROGRAMDATA",
        "PYTHONHOME", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP",
        "TMPDIR", "TZ", "USERPROFILE", "VIRTUAL_ENV", "WINDIR",
    }
)  # fmt: skip
FIXED = {
    "SDL_VIDEODRIVER": "dummy",
    "SDL_AUDIODRIVER": "dummy",
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # A set's order must not differ between two attempts of one run.
    "PYTHONHASHSEED": "0",
    # cuBLAS repeats its sums in the same order only with a fixed workspace.
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
    "PYTHONFAULTHANDLER": "1",
    "PYTHONSAFEPATH": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
}
PR_SET_PDEATHSIG = 1


def variables(present: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment variables a worker starts with."""
    return {name: value for name, value in present.items() if name.upper() in ALLOWED} | FIXED


def creation_flags(*, low_priority: bool) -> int:
    """Windows' flags for a child process; 0 elsewhere, where `lower_priority` does it from inside."""
    if sys.platform != "win32":
        return 0
    flags = subprocess.CREATE_NO_WINDOW
    return flags | subprocess.BELOW_NORMAL_PRIORITY_CLASS if low_priority else flags


def lower_priority() -> None:
    """Lets the window and players go first; children inherit it."""
    if sys.platform != "win32":
        os.nice(10)


def die_with(parent: int) -> None:
    """Asks Linux to kill this process when the thread that started it ends; elsewhere does nothing."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):  # a C library without prctl: the pipe's end remains
        return
    if os.getppid() != parent:
        os._exit(0)
