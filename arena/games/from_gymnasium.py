"""Gymnasium environments as single-seat games, and any registered id as an environment by its name."""

from __future__ import annotations

import dataclasses
import inspect
import struct
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, cast

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec, load_env_creator

from arena.api import Array, Discrete, EnvironmentSpec, SeatLook
from arena.drawing.stage import show_picture
from arena.errors import ArenaError, PluginError, RequestError, UnknownName, Unsupported
from arena.games.checked import check_length, checked_reward
from arena.games.gymnasium_spaces import actions, observations, read_observation
from arena.games.replay import Recording
from arena.settings import describe, resolve, setting

STEP_LIMIT = "step_limit"
# Keywords of constructors that limit an episode by themselves.
_OWN_LIMITS = {STEP_LIMIT, "max_cycles", "max_steps", "max_episode_steps", "max_num_frames_per_episode"}
# Gymnasium's own modules that can be imported without what their environments need.
_OPTIONAL = {
    "gymnasium.envs.mujoco": "mujoco",
    "gymnasium.envs.phys2d": "jax",
    "gymnasium.envs.tabular": "jax",
    "gymnasium.envs.box2d": "Box2D",
}
_OUTCOME = struct.Struct("<d??")
Draw = Callable[[Any, Any, Sequence[SeatLook]], None]


class GymnasiumGame:
    """One seat in a Gymnasium environment. Its exact state is a seed and the actions since.

    Args:
        draw: draws the unwrapped environment on a pygame surface; without it the picture that the
            environment itself renders is shown.
        name: for errors; by default the environment's own.
    """

    seats = 1

    def __init__(
        self, env: gymnasium.Env[Any, Any], draw: Draw | None = None, name: str | None = None
    ) -> None:
        self._name = name or (env.spec.id if env.spec else type(env.unwrapped).__name__)
        self._env = env
        self._draw = draw
        self._read = observations(env.observation_space, self._name)
        self._give = actions(env.action_space, self._name)
        self.observation_space = self._read.space
        self.action_space = self._give.space
        self._discrete = isinstance(self.action_space, Discrete)
        self.step_limit = env.spec.max_episode_steps if env.spec else None
        self._recording = Recording(self._name, np.int64 if self._discrete else np.float32)
        self._begin(None)

    def _begin(self, seed: int | None) -> None:
        self._recording.begin(seed)
        self._observation: Array | int | None = None
        self._reward = 0.0
        self._return = 0.0
        self.terminated = False
        self.truncated = False

    def reset(self, seed: int) -> None:
        observation, _ = self._env.reset(seed=seed)
        self._begin(seed)
        self._see(observation)

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else (0,)

    def observation(self, seat: int) -> Array | int:
        seen = self._observation
        return seen.copy() if isinstance(seen, np.ndarray) else cast(int, seen)

    def mask(self, seat: int) -> Array | None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        # Exactly what a restored game will be given again.
        action = int(actions[0]) if self._discrete else np.array(actions[0], np.float32)
        self._recording.actions.append(action)
        step = self._recording.steps
        given = self._env.step(self._give.convert(action))
        if not isinstance(given, tuple) or len(given) != 5:  # as gym did, before Gymnasium
            raise PluginError(
                f"{self._name} answered step {step} with something else than the five values that Gymnasium "
                "asks for: observation, reward, terminated, truncated, info.",
                "step",
            )
        observation, reward, terminated, truncated, _ = given
        self._reward = checked_reward(reward, self._name, step)
        self._return += self._reward
        self.terminated = bool(terminated)
        self.truncated = bool(truncated)
        self._see(observation)
        check_length(self._name, step)

    def _see(self, raw: Any) -> None:
        step = self._recording.steps
        self._observation = seen = read_observation(self._read, raw, self._name, step)
        self._recording.saw((seen,), _OUTCOME.pack(self._reward, self.terminated, self.truncated))

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
        return self._recording.snapshot()

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Raises: Inexact: if the environment does not repeat itself; the game then goes on all the same."""
        self._begin(None)
        self._recording.replay(snapshot, self.reset, self._step_again)

    def _step_again(self, action: Any) -> bool:
        if not self.to_move():
            return False
        self.step({0: action})
        return True

    def close(self) -> None:
        self._env.close()


def foreign(name: str, settings: Mapping[str, object] | None = None) -> EnvironmentSpec:
    """Any environment of Gymnasium's registry, by its id, with the settings its constructor takes.

    One without a step limit gets Arena's, as a setting.

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
    creator = creator_of(registered)
    accepted = settings_class(
        [creator], "See Gymnasium's documentation", registered.kwargs, registered.max_episode_steps is None
    )
    resolve(describe(accepted), settings or {})
    metadata = getattr(creator, "metadata", None) or {}
    pictures = "rgb_array" in metadata.get("render_modes", ()) and takes_render_mode(creator)

    def make(**values: Any) -> gymnasium.Env[Any, Any]:
        if pictures:
            values["render_mode"] = "rgb_array"
        if STEP_LIMIT in values and STEP_LIMIT not in registered.kwargs:
            values["max_episode_steps"] = values.pop(STEP_LIMIT)
        with warnings.catch_warnings():  # an older version is what was asked for
            warnings.simplefilter("ignore")
            return gymnasium.make(registered.id, disable_env_checker=True, **values)

    return EnvironmentSpec(
        id=registered.id,
        title=registered.id,
        summary=f"{registered.id} from Gymnasium's registry",
        make=make,
        settings=accepted,
        solved_at=registered.reward_threshold,
        frames_per_second=float(metadata.get("render_fps") or 30),
        tags=("gymnasium",),
    )


def takes_render_mode(creator: Callable[..., Any]) -> bool:
    parameters = inspect.signature(creator).parameters.values()
    return any(each.name == "render_mode" or each.kind is each.VAR_KEYWORD for each in parameters)


def all_ids() -> list[str]:
    return list(gymnasium.registry)


def playable_ids() -> list[str]:
    """The ids of Gymnasium's registry that can be made here, as far as importing their code tells."""
    return sorted(name for name, registered in gymnasium.registry.items() if _importable(registered))


def _importable(registered: EnvSpec) -> bool:
    entry = registered.entry_point
    if getattr(entry, "__module__", "") == "gymnasium.envs":  # stands where an old version was, and raises
        return False
    module = str(entry).partition(":")[0]
    needed = next((needs for place, needs in _OPTIONAL.items() if module.startswith(place)), None)
    if needed is not None and find_spec(needed) is None:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            creator_of(registered)
    except ArenaError:
        return False
    return True


def creator_of(registered: EnvSpec) -> Callable[..., Any]:
    """What makes the environment.

    Raises:
        PluginError: if its code cannot be imported on this machine.
        Unsupported: if there is only a vector environment.
    """
    entry = registered.entry_point
    if entry is None:
        raise Unsupported(
            f"{registered.id} exists only as a vector environment; choose one with single games."
        )
    try:
        return load_env_creator(entry) if isinstance(entry, str) else entry
    except Exception as error:
        raise cannot_open(registered.id, error) from error


def cannot_open(environment: str, error: Exception) -> PluginError:
    """The sentence for an environment whose code could not be imported."""
    reason = str(error).strip() or type(error).__name__
    if isinstance(error, ModuleNotFoundError) and error.name:
        reason = f"it needs {error.name.partition('.')[0]}, which is not installed"
    return PluginError(
        f"{environment} cannot be opened on this machine: {reason.rstrip('.')}.",
        "import",
        traceback.format_exc(),
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


def settings_class(
    creators: Sequence[Callable[..., Any]], help: str, given: Mapping[str, Any], endless: bool
) -> type[Any]:
    """A settings class of the constructors' keywords whose defaults are plain values.

    Args:
        given: defaults that stand above the constructors' own.
        endless: nothing outside the constructors limits the steps; unless they do, Arena's limit is added.
    """
    parameters = {
        name: parameter
        for creator in creators
        for name, parameter in inspect.signature(creator).parameters.items()
    }
    fields = []
    for name, parameter in parameters.items():
        default = given.get(name, parameter.default)
        if name == "render_mode" or not isinstance(default, bool | int | float | str):
            continue
        if parameter.annotation in {float, "float"}:
            default = float(default)
        fields.append((name, type(default), setting(default, help)))
    if endless and not _OWN_LIMITS & {*parameters, *given}:
        limit = setting(1000, "Steps after which an episode is cut short", low=1, unit="steps")
        fields.append((STEP_LIMIT, int, limit))
    return dataclasses.make_dataclass("Settings", fields, frozen=True)
