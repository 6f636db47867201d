"""Where the checkout and its agents lie."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def agent_file(agent: str) -> Path:
    """Of the shipped agent with that id, if there is one."""
    return ROOT / "agents" / f"{agent.replace('-', '_')}.py"
