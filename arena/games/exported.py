"""What Arena's games share on their way out to other libraries: found by name, with Gymnasium's spaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from gymnasium import spaces

from arena.api import Array, Discrete, EnvironmentSpec, Game, SeatLook, Space
from arena.discovery.folders import shipped
from arena.discovery.loader import load
from arena.drawing.palette import agent_style
from arena.errors import RequestError, UnknownName
from arena.games.game import render

FRAME_HEIGHT: Final = 400
RENDER_MODES: Final = ("rgb_array",)


def named(environment: str | EnvironmentSpec, plugins: Iterable[str | Path] = ()) -> EnvironmentSpec:
    """The environment of that id from the shipped plugin files, then from the plugin files or folders given.

    Raises:
        UnknownName: if none of them brings it; says which files do not load.
    """
    if isinstance(environment, EnvironmentSpec):
        return environment
    known: list[str] = []
    broken: list[str] = []
    files = _files([shipped("plugins"), *map(Path, plugins)])
    # Files that name it come first, so that the others need not run.
    for path in sorted(files, key=lambda path: environment.encode() not in path.read_bytes()):
        loaded = load(str(path))
        for spec in loaded.environments:
            if spec.id == environment:
                return spec
            known.append(spec.id)
        broken += [f"{path} does not load: {failure.message}" for failure in loaded.failures]
    raise UnknownName("environment", environment, known, " ".join(broken))


def _files(places: Iterable[Path]) -> list[Path]:
    files = []
    for place in places:
        if not place.exists():
            raise RequestError(f"There is no plugin file or folder {place}; name an existing one.")
        files += sorted(place.glob("[!_.]*.py")) if place.is_dir() else [place]
    return files


def checked_render_mode(render_mode: str | None) -> str | None:
    if render_mode is None or render_mode in RENDER_MODES:
        return render_mode
    raise RequestError(
        f'Arena draws no "{render_mode}"; use render_mode="rgb_array" for pictures, or None for none.'
    )


def gymnasium_space(space: Space) -> spaces.Discrete | spaces.Box:
    """The same values as a space of Gymnasium's."""
    if isinstance(space, Discrete):
        return spaces.Discrete(space.n)
    low = -np.inf if space.low is None else space.low
    high = np.inf if space.high is None else space.high
    return spaces.Box(low, high, space.shape, np.dtype(space.dtype).type)


def outward(observation: Array | int) -> Array | np.int64:
    """An observation as other libraries expect it: whole numbers with a dtype, too."""
    return observation if isinstance(observation, np.ndarray) else np.int64(observation)


def outward_mask(mask: Array) -> Array:
    """Legal actions as `Discrete.sample` takes them: int8, 1 where an action is legal."""
    return mask.astype(np.int8)


def legal_action(space: spaces.Space[Any], action: Any, mask: Array | None, agent: str) -> Any:
    """The action as a game takes it: an int, or a float32 array of the box's shape.

    Raises:
        RequestError: if it may not be played; the game has not moved.
    """
    try:
        whole = isinstance(space, spaces.Discrete)
        given = np.asarray(action) if whole else np.asarray(action, np.float32)
        fits = space.contains(given.item() if whole and given.shape == () else given)
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise RequestError(f"{agent} chose {action!r}, which is no action of {space}; choose one of them.")
    if mask is not None and not mask[int(given)]:
        raise RequestError(f"{agent} chose action {action}, which the mask forbids now; choose a legal one.")
    return int(given) if whole else given


def picture(game: Game, aspect: float, looks: Sequence[SeatLook]) -> Array:
    """The present position as uint8 height × width × 3."""
    width = round(FRAME_HEIGHT * aspect)
    pixels = np.frombuffer(render(game, width, FRAME_HEIGHT, looks), np.uint8)
    return pixels.reshape(FRAME_HEIGHT, width, 3).copy()


def seat_looks(seats: int) -> list[SeatLook]:
    """A colour and shape for each seat, the first ones of Arena's own agents."""
    styles = [agent_style(seat) for seat in range(seats)]
    return [SeatLook(_channels(style.dark), style.shape) for style in styles]


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
