"""Gymnasium environments as single-seat games, and any registered id as an environment by its name."""

from __future__ import annotations

import dataclasses
import inspect
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec, load_env_creator

from arena.api import Array, Discrete, EnvironmentSpec, SeatLook
from arena.drawing.stage import show_picture
from arena.errors import PluginError, RequestError, UnknownName, Unsupported
from arena.games.gymnasium_spaces import actions, observations
from arena.settings import describe, resolve, setting

Draw = Callable[[Any, Any, Sequence[SeatLook]], None]


class GymnasiumGame:
    """One seat in a Gymnasium environment. Its exact state is a seed and the actions since.

    Args:
        draw: draws the unwrapped environment on a pygame surface; without it the picture that the
            environment itself renders is shown.
    """

    seats = 1

    def __init__(self, env: gymnasium.Env[Any, Any], draw: Draw | None = None) -> None:
        name = env.spec.id if env.spec else type(env.unwrapped).__name__
        self._env = env
        self._draw = draw
        self._read = observations(env.observation_space, name)
        self._give = actions(env.action_space, name)
        self.observation_space = self._read.space
        self.action_space = self._give.space
        self.step_limit = env.spec.max_episode_steps if env.spec else None
        self._begin(None, None)

    def _begin(self, seed: int | None, observation: Any) -> None:
        self._seed = seed
        self._actions: list[Any] = []
        self._observation = observation
        self._reward = 0.0
        self._return = 0.0
        self.terminated = False
        self.truncated = False

    def reset(self, seed: int) -> None:
        observation, _ = self._env.reset(seed=seed)
        self._begin(seed, self._read.convert(observation))

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else (0,)

    def observation(self, seat: int) -> Array | int:
        seen = self._observation
        return seen.copy() if isinstance(seen, np.ndarray) else cast(int, seen)

    def mask(self, seat: int) -> Array | None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        # Exactly what a restored game will be given again.
        action = (
            int(actions[0]) if isinstance(self.action_space, Discrete) else np.array(actions[0], np.float32)
        )
        self._actions.append(action)
        observation, reward, terminated, truncated, _ = self._env.step(self._give.convert(action))
        self._observation = self._read.convert(observation)
        self._reward = float(reward)
        self._return += self._reward
        self.terminated = bool(terminated)
        self.truncated = bool(truncated)

    def rewards(self) -> tuple[float, ...]:
        return (self._reward,)

    def scores(self) -> tuple[float, ...]:
        return (self._return,)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        if self._draw is not None:
            self._draw(self._env.unwrapped, surface, looks)
        else:
            show_picture(surface, self._env.render() if self._env.render_mode == "rgb_array" else None)

    def snapshot(self) -> dict[str, Any]:
        kind = np.int64 if isinstance(self.action_space, Discrete) else np.float32
        return {"seed": self._seed, "actions": np.array(self._actions, kind)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        if snapshot["seed"] is None:
            self._begin(None, None)
            return
        self.reset(int(snapshot["seed"]))
        for action in snapshot["actions"]:
            self.step({0: action})

    def close(self) -> None:
        self._env.close()


def foreign(name: str, settings: Mapping[str, object] | None = None) -> EnvironmentSpec:
    """Any environment of Gymnasium's registry, by its id, with the settings its constructor takes.

    Args:
        name: an id, which may be written with `gymnasium:` before it.
        settings: checked here if given, so that a bad one is refused before anything starts.

    Raises:
        UnknownName: if no such id is registered.
        RequestError: for the `module:Id` form, which would import code by name.
        BadSetting: for a setting it does not take.
        PluginError: if its code cannot be imported on this machine.
    """
    registered = _registered(name)
    try:
        entry = registered.entry_point
        creator = load_env_creator(entry) if isinstance(entry, str) else entry
    except (ImportError, gymnasium.error.Error) as error:
        raise PluginError(
            f"{registered.id} cannot be opened on this machine: {error}", "import", traceback.format_exc()
        ) from error
    if creator is None:
        raise Unsupported(
            f"{registered.id} exists only as a vector environment; choose one with single games."
        )
    accepted = _settings_of(creator, registered)
    resolve(describe(accepted), settings or {})
    pictures = "rgb_array" in (getattr(creator, "metadata", None) or {}).get("render_modes", ())

    def make(**values: Any) -> gymnasium.Env[Any, Any]:
        if pictures:
            values["render_mode"] = "rgb_array"
        return gymnasium.make(registered.id, disable_env_checker=True, **values)

    return EnvironmentSpec(
        id=registered.id,
        title=registered.id,
        summary=f"{registered.id} from Gymnasium's registry",
        make=make,
        settings=accepted,
        solved_at=registered.reward_threshold,
        frames_per_second=float((getattr(creator, "metadata", None) or {}).get("render_fps") or 30),
        tags=("gymnasium",),
    )


def _registered(name: str) -> EnvSpec:
    plain = name.removeprefix("gymnasium:")
    if ":" in plain:
        raise RequestError(
            f'"{name}" would import a module by name, which Arena does not do; '
            "use the id of a registered environment, or a plugin file."
        )
    if plain not in gymnasium.registry:
        raise UnknownName("environment", plain, gymnasium.registry)
    return gymnasium.registry[plain]


def _settings_of(creator: Callable[..., Any], registered: EnvSpec) -> type[Any]:
    """A settings class of the constructor's keywords whose defaults are plain values."""
    fields = []
    for parameter in inspect.signature(creator).parameters.values():
        default = registered.kwargs.get(parameter.name, parameter.default)
        if parameter.name == "render_mode" or not isinstance(default, bool | int | float | str):
            continue
        if parameter.annotation in {float, "float"}:
            default = float(default)
        fields.append((parameter.name, type(default), setting(default, "See Gymnasium's documentation")))
    return dataclasses.make_dataclass("Settings", fields, frozen=True)
