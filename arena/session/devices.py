"""What torch can train on besides the CPU, asked of a child: importing torch here would cost seconds."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from arena.errors import Unsupported, WorkerLost
from arena.orders import Device

TORCH_PATIENCE = 60.0
ASK_TORCH = """
import json, torch
found = [(torch.cuda.get_device_name(index), "cuda") for index in range(torch.cuda.device_count())]
print(json.dumps(found + [("Apple Metal", "mps")] * torch.backends.mps.is_available()))
"""


def accelerators() -> list[tuple[str, str]]:
    """The name of each accelerator and torch's word for its kind; blocks for seconds.

    Raises:
        WorkerLost: if torch does not start.
    """
    ask = [sys.executable, "-c", ASK_TORCH]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=TORCH_PATIENCE, check=True)
        return msgspec.json.decode(answer.stdout, type=list[tuple[str, str]])
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
        raise WorkerLost(f"torch does not start ({said})") from error


def require(device: Device) -> None:
    """Raises Unsupported if torch finds no such accelerator here; blocks only where one is asked for."""
    if device not in ("auto", "cpu") and device not in {kind for _, kind in accelerators()}:
        raise Unsupported(f"torch finds no {device} device on this machine; use --device auto or cpu.")
