"""Arena's single-seat games as Gymnasium environments, for whatever library trains on those.

    from arena.games import to_gymnasium

    env = to_gymnasium.make("FrozenLake-v1", map_name="8x8", render_mode="rgb_array")

The environment ends its episodes itself: `truncated` comes at the game's own step limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import gymnasium
from gymnasium.envs.registration import EnvSpec

from arena.api import Array, EnvironmentSpec
from arena.errors import RequestError, Unsupported
from arena.games import exported
from arena.games.game import open_game


class GymnasiumEnvironment(gymnasium.Env[Any, Any]):
    """One game with one seat. Where actions may be illegal, `info["action_mask"]` is int8 over the actions.

    `reset(seed=…)` is the game of that seed; `reset()` draws the next seed from the environment's own
    generator, so that a seed given once fixes all the episodes that follow.
    """

    def __init__(
        self, spec: EnvironmentSpec, settings: Mapping[str, object], render_mode: str | None = None
    ) -> None:
        self.render_mode = exported.checked_render_mode(render_mode)
        self._game = open_game(spec, settings)
        if self._game.seats != 1:
            seats = self._game.seats
            self._game.close()
            raise Unsupported(f"{spec.id} has {seats} seats; open it with to_pettingzoo instead.")
        self._aspect = spec.aspect
        self._looks = exported.seat_looks(1)
        self._begun = False
        self.metadata = {
            "render_modes": list(exported.RENDER_MODES),
            "render_fps": spec.frames_per_second,
        }
        self.observation_space = exported.gymnasium_space(self._game.observation_space)
        self.action_space = exported.gymnasium_space(self._game.action_space)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._game.reset(int(self.np_random.integers(2**31)) if seed is None else seed)
        self._begun = True
        return self._seen()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        if not self._begun:
            raise RequestError("No episode has begun; call reset() before step().")
        if not self._game.to_move():
            raise RequestError("The episode is over; call reset() before the next step().")
        mask = self._game.mask(0)
        self._game.step({0: exported.legal_action(self.action_space, action, mask, "The agent")})
        observation, info = self._seen()
        (reward,) = self._game.rewards()
        return observation, float(reward), bool(self._game.terminated), bool(self._game.truncated), info

    def render(self) -> Any:
        """The position as uint8 height × width × 3; None without a render mode."""
        if self.render_mode is None:
            return None
        if not self._begun:
            raise RequestError("There is nothing to draw yet; call reset() before render().")
        return exported.picture(self._game, self._aspect, self._looks)

    def close(self) -> None:
        self._game.close()

    def _seen(self) -> tuple[Any, dict[str, Array]]:
        mask = self._game.mask(0)
        info = {} if mask is None else {"action_mask": exported.outward_mask(mask)}
        return exported.outward(self._game.observation(0)), info


def make(
    environment: str | EnvironmentSpec,
    *,
    render_mode: str | None = None,
    plugins: Iterable[str | Path] = (),
    **settings: Any,
) -> GymnasiumEnvironment:
    """Opens a single-seat environment for another library to train on.

    Args:
        environment: the id of a shipped environment, or of one that `plugins` bring; or its spec.
        render_mode: "rgb_array" or None.
        plugins: plugin files, or folders of them, to look in besides the shipped ones.
        settings: of the environment; the rest keep their defaults.

    Raises:
        UnknownName: if nothing brings such an environment.
        BadSetting: for a setting it does not take.
        Unsupported: if it has more seats than one.
        PluginError: if it cannot be opened.
    """
    places = [str(place) for place in plugins]
    spec = exported.named(environment, places)
    env = GymnasiumEnvironment(spec, settings, render_mode)
    # With it, Gymnasium's own wrappers and vectors can make another one like it.
    env.spec = EnvSpec(
        f"arena/{spec.id}",
        entry_point=f"{__name__}:make",
        reward_threshold=spec.solved_at,
        kwargs={"environment": environment, "render_mode": render_mode, "plugins": places, **settings},
    )
    return env
