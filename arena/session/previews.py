"""Still pictures of environments for cards, drawn by a worker once and kept."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from arena.discovery.cache import content_of
from arena.drawing.palette import told_apart
from arena.errors import ArenaError
from arena.orders import PreviewOrder
from arena.processes.asking import ask
from arena.records import EnvironmentInfo
from arena.session.facts import source_of
from arena.session.looks import Looks, look_of
from arena.store import Home

PATIENCE = 60.0
SEATED = ("dqn", "actor-critic")


def preview(environment: EnvironmentInfo, home: Home, looks: Looks, width: int, height: int) -> Path | None:
    """The path of the picture; None if the environment's code does not draw one."""
    content = content_of(environment.path) if environment.path else "registered"
    mark = hashlib.sha256(f"{environment.id} {content}".encode()).hexdigest()[:12]
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", environment.id)
    path = home.cache / "previews" / f"{name}-{width}x{height}-{mark}.png"
    if path.exists():
        return path
    defaults = {fact.name: fact.default for fact in environment.settings}
    styles = told_apart([looks.style(SEATED[seat % len(SEATED)]) for seat in range(environment.seats)])
    order = PreviewOrder(
        environment=source_of(environment, defaults),
        looks=tuple(look_of(style) for style in styles),
        path=str(path),
        width=width,
        height=height,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ask(order, PATIENCE)
    except (ArenaError, OSError):
        return None
    return path if path.exists() else None
