"""Opening an environment as a game, drawing it into a frame, and describing it as facts."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, cast

import gymnasium
import msgspec

from arena.api import Discrete, EnvironmentSpec, Game, SeatLook, VectorGame
from arena.drawing.stage import new_frame, rows
from arena.errors import ArenaError, PluginError
from arena.games.from_gymnasium import GymnasiumGame
from arena.games.looped import LoopedGames
from arena.records import EnvironmentInfo, KeyInfo, action_count
from arena.settings import describe as facts_of
from arena.settings import resolve

_OF_A_GAME = {name for name in (*Game.__annotations__, *vars(Game)) if not name.startswith("_")}
_OF_A_VECTOR = {name for name in (*VectorGame.__annotations__, *vars(VectorGame)) if not name.startswith("_")}


def open_game(spec: EnvironmentSpec, settings: Mapping[str, object]) -> Game:
    """Makes the environment with these settings (the rest at their defaults); not yet reset.

    Raises:
        BadSetting: for a setting it does not take.
        Unsupported: for observations or actions that no agent can handle.
        PluginError: if making it fails, or gives something that is no game.
    """
    values = resolve(facts_of(spec.settings), settings)
    try:
        made = spec.make(**values)
        game = _as_game(made, spec)
    except ArenaError:
        raise
    except Exception as error:
        raise PluginError(
            f"{spec.id} could not be made: {_sentence(error)}", "make", traceback.format_exc()
        ) from error
    missing = sorted(name for name in _OF_A_GAME if not hasattr(game, name))
    if missing:
        raise PluginError(
            f"{spec.id}: make returned a {type(made).__name__} without {', '.join(missing)}; "
            "return a Gymnasium or PettingZoo environment, or a Game.",
            "make",
        )
    if game.seats != spec.seats and values == {fact.name: fact.default for fact in facts_of(spec.settings)}:
        raise PluginError(f"{spec.id} announces {spec.seats} seats, but its game has {game.seats}.", "make")
    return cast(Game, game)


def _as_game(made: Any, spec: EnvironmentSpec) -> Any:
    """What the plugin made, adapted if it is another library's environment."""
    if isinstance(made, gymnasium.Env):
        return GymnasiumGame(made, spec.draw, spec.id)
    if "pettingzoo" in sys.modules:  # where it is not imported, nothing can be its environment
        from arena.games.from_pettingzoo import PettingZooGame, is_environment

        if is_environment(made):
            return PettingZooGame(made, spec.id, draw=spec.draw)
    return made


def open_vector(spec: EnvironmentSpec, settings: Mapping[str, object], size: int) -> VectorGame:
    """Makes so many copies of the environment to be stepped together; not yet reset.

    An environment without a vector of its own is stepped game by game.

    Raises:
        BadSetting, Unsupported, PluginError: as for `open_game`.
    """
    if spec.make_vector is None:
        return LoopedGames([open_game(spec, settings) for _ in range(size)], spec.id)
    values = resolve(facts_of(spec.settings), settings)
    try:
        vector: VectorGame = spec.make_vector(size, **values)
    except ArenaError:
        raise
    except Exception as error:
        raise PluginError(
            f"{spec.id}: its vector could not be made: {_sentence(error)}", "make", traceback.format_exc()
        ) from error
    missing = sorted(name for name in _OF_A_VECTOR if not hasattr(vector, name))
    if missing:
        raise PluginError(
            f"{spec.id}: make_vector returned a {type(vector).__name__} without {', '.join(missing)}.", "make"
        )
    return vector


def draw(game: Game, surface: Any, looks: Sequence[SeatLook]) -> None:
    """Draws the present position on a pygame surface; opens no window.

    Raises:
        PluginError: if drawing it fails.
    """
    try:
        game.draw(surface, looks)
    except Exception as error:
        raise PluginError(
            f"The position could not be drawn: {_sentence(error)}", "draw", traceback.format_exc()
        ) from error


def render(game: Game, width: int, height: int, looks: Sequence[SeatLook]) -> bytes:
    """The present position as width × height × 3 bytes of RGB, rows from the top.

    Raises:
        PluginError: if drawing it fails.
    """
    frame = new_frame(width, height)
    draw(game, frame, looks)
    return rows(frame)


def describe(
    spec: EnvironmentSpec, source: str, path: str | None, settings: Mapping[str, object] | None = None
) -> EnvironmentInfo:
    """The environment as facts, read from one game that is opened for it with these settings."""
    game = open_game(spec, settings or {})
    info = EnvironmentInfo(
        id=spec.id,
        title=spec.title,
        summary=spec.summary,
        source=source,
        path=path,
        seats=game.seats,
        observation=game.observation_space,
        action=game.action_space,
        settings=facts_of(spec.settings),
        version=spec.version,
        solved_at=spec.solved_at,
        training_steps=spec.training_steps,
        step_limit=getattr(game, "step_limit", None),
        real_time=spec.real_time,
        idle_action=spec.idle_action,
        aspect=getattr(game, "aspect", spec.aspect),
        frames_per_second=spec.frames_per_second,
        perfect_information=spec.perfect_information,
        tags=spec.tags,
    )
    game.close()
    return _with_actions(info, spec)


def _with_actions(info: EnvironmentInfo, spec: EnvironmentSpec) -> EnvironmentInfo:
    """Adds names and places of actions, unless the settings gave the environment other actions."""
    from_spec: dict[str, Any] = {"action_names": spec.action_names, "action_places": spec.action_places}
    fitting = {name: items for name, items in from_spec.items() if len(items) == action_count(info)}
    return msgspec.structs.replace(info, **fitting, keys=_fitting_keys(spec, info))


def _fitting_keys(spec: EnvironmentSpec, info: EnvironmentInfo) -> tuple[KeyInfo, ...]:
    """The keys whose actions exist under the present settings."""
    keys = [KeyInfo(known.key, known.action) for known in spec.keys]
    if isinstance(info.action, Discrete):
        count = info.action.n
        return tuple(key for key in keys if isinstance(key.action, int) and key.action < count)
    size = action_count(info)
    return tuple(key for key in keys if isinstance(key.action, tuple) and len(key.action) == size)


def _sentence(error: Exception) -> str:
    return str(error) or type(error).__name__
