"""Frozen facts: what crosses processes, lies in the store and is shown. All of them are JSON-able.

Times are seconds since 1970 (`…_at`), durations are seconds. A *board* names what one scoreboard ranks:
environment, its settings where they differ from the defaults, and its behaviour version.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

import msgspec

from arena.api import Discrete, Space
from arena.errors import RequestError, UnknownName
from arena.settings import Setting, Value, resolve

Termination = Literal["finished", "truncated", "timeout", "crash", "illegal", "memory", "load"]
FORFEITS: tuple[Termination, ...] = ("timeout", "crash", "illegal", "memory", "load")
RunState = Literal["queued", "running", "paused", "finished", "stopped", "failed", "lost"]
LIVE_STATES: tuple[RunState, ...] = ("queued", "running", "paused")
Pool = Literal["rated", "evaluation", "promotion"]


class Outcome(msgspec.Struct, frozen=True):
    """How one game ended.

    Attributes:
        scores: per seat; 1, 0.5 or 0 in a contest, the return if single-seat.
        forfeited_by: the seat that forfeited, None if nobody did.
        reason: one sentence, with a forfeit.
        moves: steps of the environment.
    """

    scores: tuple[float, ...]
    termination: Termination
    moves: int
    forfeited_by: int | None = None
    reason: str | None = None

    @classmethod
    def finished(cls, scores: Sequence[float], moves: int) -> Outcome:
        return cls(tuple(scores), "finished", moves)

    @classmethod
    def truncated(cls, scores: Sequence[float], moves: int) -> Outcome:
        return cls(tuple(scores), "truncated", moves)

    @classmethod
    def forfeit(
        cls, seat: int, kind: Termination, reason: str, moves: int, scores: Sequence[float]
    ) -> Outcome:
        """A contest gives the forfeiting seat 0 and the others 1; a single seat keeps its return so far."""
        if len(scores) > 1:
            scores = [0.0 if other == seat else 1.0 for other in range(len(scores))]
        return cls(tuple(scores), kind, moves, seat, reason)


class KeyInfo(msgspec.Struct, frozen=True):
    """See `arena.api.KeyAction`."""

    key: str
    action: int | tuple[float, ...]


class EnvironmentInfo(msgspec.Struct, frozen=True, kw_only=True):
    """An environment as the window and the command line know it, without its code. See EnvironmentSpec."""

    id: str
    title: str
    summary: str
    source: str
    path: str | None
    seats: int
    observation: Space
    action: Space
    settings: tuple[Setting, ...] = ()
    version: int = 1
    solved_at: float | None = None
    training_steps: int = 100_000
    step_limit: int | None = None
    action_names: tuple[str, ...] = ()
    action_places: tuple[tuple[float, float, float, float], ...] = ()
    keys: tuple[KeyInfo, ...] = ()
    real_time: bool = False
    idle_action: int | None = None
    aspect: float = 1.5
    frames_per_second: float = 30.0
    perfect_information: bool = False
    tags: tuple[str, ...] = ()

    def board(self, settings: Mapping[str, Value]) -> str:
        """The key of the scoreboard for these (resolved) settings, as in `FrozenLake-v1 map_name=8x8`."""
        defaults = {fact.name: fact.default for fact in self.settings}
        changed = [
            f"{name}={_word(value)}"
            for name, value in sorted(settings.items())
            if value != defaults.get(name)
        ]
        version = [f"@{self.version}"] if self.version != 1 else []
        return " ".join([self.id, *changed, *version])


class ForeignEnvironment(msgspec.Struct, frozen=True):
    """An environment that is known by its id alone: it is opened when it is wanted.

    Attributes:
        source: "gymnasium", "pettingzoo", or the installed package that adds it to their registries.
    """

    id: str
    title: str
    source: str


class PresetInfo(msgspec.Struct, frozen=True):
    """See `arena.api.Preset`."""

    title: str
    settings: dict[str, Value]
    environments: tuple[str, ...] = ()
    steps: int | None = None


class AgentInfo(msgspec.Struct, frozen=True, kw_only=True):
    """An agent as the window and the command line know it, without its code. See AgentSpec."""

    id: str
    title: str
    summary: str
    source: str
    path: str
    source_sha256: str
    learns: bool
    observations: tuple[str, ...]
    actions: tuple[str, ...]
    seats: tuple[int, int]
    needs_model: bool = False
    settings: tuple[Setting, ...] = ()
    presets: tuple[PresetInfo, ...] = ()

    def preset_for(self, environment: str) -> PresetInfo | None:
        """The preset that is this environment's default, if there is one."""
        return next((preset for preset in self.presets if environment in preset.environments), None)

    def settings_for(self, environment: str, values: Mapping[str, object]) -> dict[str, Value]:
        """Every setting's value: those given, else the environment's preset, else the default."""
        preset = self.preset_for(environment)
        return resolve(self.settings, {**(preset.settings if preset else {}), **values})

    def unsuited(self, environment: EnvironmentInfo, *, to_learn: bool = False) -> str | None:
        """Why this agent cannot play (or learn) that environment, as a short reason; None if it can."""
        fewest, most = self.seats
        if to_learn and not self.learns:
            return "does not learn"
        if environment.seats < fewest:
            return f"needs {_players(fewest)}"
        if environment.seats > most:
            return f"plays with at most {_players(most)}"
        if environment.observation.kind not in self.observations:
            return f"needs {_kinds(self.observations)} observations"
        if environment.action.kind not in self.actions:
            return f"needs {_kinds(self.actions)} actions"
        if self.needs_model and not environment.perfect_information:
            return "searches, which needs moves in turn, nothing hidden and no chance"
        return None


class PluginFailure(msgspec.Struct, frozen=True):
    """Why a plugin is not ready. Phases: read, import, hook, make, timeout, exit."""

    phase: str
    message: str
    traceback: str = ""


class PluginInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One plugin file or package with its state."""

    path: str
    source: str
    state: Literal["ready", "error", "disabled", "incompatible"]
    provides: tuple[str, ...] = ()
    error: PluginFailure | None = None


class Evaluation(msgspec.Struct, frozen=True):
    """Greedy episodes on reporting seeds; `low` and `high` bound the mean with 95 % confidence.

    For contests `mean_return` is the mean score (1 win, 0.5 draw, 0 loss) against `random`.
    """

    mean_return: float
    low: float
    high: float
    episodes: int
    solved: bool | None = None


class OpponentMix(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a learner meets in its training episodes: shares, which need not add up to one.

    Attributes:
        latest: its newest weights.
        uniform: past selves, each as likely as the others.
        prioritized: past selves, those it still loses to more often (Vinyals et al., 2019).
        random: uniformly drawn legal moves.
        players: frozen players by the word that named them.
    """

    latest: float = 0.5
    uniform: float = 0.3
    prioritized: float = 0.0
    random: float = 0.2
    players: dict[str, float] = {}


MIX_WORDS = ("latest", "uniform", "prioritized", "random")


def check_mix(mix: OpponentMix, players: Collection[str]) -> None:
    """Refuses a mix that nobody can be drawn by.

    Args:
        players: words of the named players that are at hand.

    Raises:
        RequestError: in one sentence, naming the share.
    """
    shares = {word: getattr(mix, word) for word in MIX_WORDS} | mix.players
    for word, share in shares.items():
        if not math.isfinite(share) or share < 0:
            raise RequestError(f"The share of opponents {word} is {share:g}: give a number of at least 0.")
    for word in mix.players:
        if word in (*MIX_WORDS, "past"):
            raise RequestError(f"{word} is a kind of opponent, so no player of a mix can be called so.")
        if word not in players:
            raise UnknownName("opponent", word, players)
    if not any(shares.values()):
        raise RequestError("All shares of opponents are 0: give at least one of them a number above 0.")


class Alteration(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asks to have otherwise in a run under way; what is empty or None stays as it is.

    Attributes:
        settings: live settings of the learner with their new values.
        rival_settings: in a duel, those of the other learner.
    """

    settings: dict[str, Value] = {}
    opponents: OpponentMix | None = None
    rival_settings: dict[str, Value] = {}


class RunChange(msgspec.Struct, frozen=True, kw_only=True):
    """An alteration that took effect between two iterations, at that step; a resumed run repeats it there.

    Attributes:
        before: what the same settings were until then; the same for `opponents_before` and `rival_before`.
    """

    step: int
    at: float
    settings: dict[str, Value] = {}
    before: dict[str, Value] = {}
    opponents: OpponentMix | None = None
    opponents_before: OpponentMix | None = None
    rival_settings: dict[str, Value] = {}
    rival_before: dict[str, Value] = {}


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One training run.

    Attributes:
        group: shared by the runs of one `--seeds K` request.
        step, budget: environment steps taken and granted.
        attempt: how often its job was started; each attempt writes in a folder of its own.
        training_seconds: wall time spent training, over all attempts, evaluations not counted.
        checkpoint_step: the newest saved step; what a resume starts from.
        weights_sha256: hash of what the agent acts with at the end of training.
        player: its best player, once there is one.
        message: why it failed or stopped, one sentence; while it trains, the last warning since a checkpoint.
        device_reason: why it trains on that device, in words.
        opponents: whom it began to train against if there are several seats; see `RunChange` for later.
        rival: in a duel the agent that learns against this one in the same run, with fields of its own;
            `step` and `budget` then count both learners' steps.
        start_from: the label of the player whose weights it began with.
        offload_mb: tensors kept for a backward pass go to disk from that size on; None for never.
        search: the hyper-parameter search that it is a trial of.
        trashed_at: when it was put into the bin; None if it is not there.
    """

    id: str
    name: str
    group: str
    environment: str
    environment_settings: dict[str, Value]
    board: str
    agent: str
    source_sha256: str
    settings: dict[str, Value]
    seed: int
    budget: int
    device: str
    state: RunState
    step: int = 0
    attempt: int = 0
    pid: int | None = None
    created_at: float = 0.0
    started_at: float | None = None
    ended_at: float | None = None
    training_seconds: float = 0.0
    steps_per_second: float = 0.0
    checkpoint_step: int | None = None
    recent_return: float | None = None
    weights_sha256: str | None = None
    evaluation: Evaluation | None = None
    player: str | None = None
    message: str | None = None
    device_reason: str | None = None
    opponents: OpponentMix | None = None
    rival: str | None = None
    rival_source_sha256: str | None = None
    rival_settings: dict[str, Value] = {}
    rival_evaluation: Evaluation | None = None
    rival_player: str | None = None
    start_from: str | None = None
    offload_mb: float | None = None
    search: str | None = None
    trashed_at: float | None = None

    @property
    def live(self) -> bool:
        return self.state in LIVE_STATES


class PlayerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is rated: frozen source, weights, settings. Its id is the hash of them.

    Attributes:
        label: name on screen: the agent's id if untrained, else run name or `run@step`; of several that
            would be mistaken for each other the newest bears the plain one.
        source_path: the copy of the agent's source it is built from.
        checkpoint: file with its weights; None if untrained.
        settings: the agent's settings; acting: how it chooses.
    """

    id: str
    label: str
    agent: str
    source_path: str
    source_sha256: str
    settings: dict[str, Value]
    acting: dict[str, Value]
    weights_sha256: str | None = None
    checkpoint: str | None = None
    run: str | None = None
    step: int | None = None
    searches: bool = False

    @staticmethod
    def hash_of(
        agent: str,
        source_sha256: str,
        weights_sha256: str | None,
        settings: Mapping[str, Value],
        acting: Mapping[str, Value],
    ) -> str:
        """The player's id: sixteen hexadecimal digits."""
        parts = [agent, source_sha256, weights_sha256, dict(settings), dict(acting)]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


class GameRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One finished game, a row that is only ever appended. `players` are player ids, by seat."""

    id: str
    board: str
    environment: str
    players: tuple[str, ...]
    scores: tuple[float, ...]
    termination: Termination
    moves: int
    seed: int
    pool: Pool
    forfeited_by: int | None = None
    reason: str | None = None
    match: str | None = None
    run: str | None = None
    seconds: float = 0.0
    ended_at: float = 0.0


class MatchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A series of games between the same players; `players` are player ids in the order asked for."""

    id: str
    board: str
    environment: str
    environment_settings: dict[str, Value]
    players: tuple[str, ...]
    games: int
    seed: int
    move_time: float
    state: RunState
    played: int = 0
    attempt: int = 0
    pid: int | None = None
    created_at: float = 0.0
    ended_at: float | None = None
    message: str | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a scoreboard. Ratings are on the Elo scale with `random` at zero; intervals are 95 %.

    Single-seat boards rank by `mean_return`; contests by `rating`. What does not apply is None.
    """

    rank: int
    player: str
    label: str
    agent: str
    games: int
    won: int = 0
    drawn: int = 0
    lost: int = 0
    forfeits: int = 0
    rating: float | None = None
    low: float | None = None
    high: float | None = None
    mean_return: float | None = None
    return_low: float | None = None
    return_high: float | None = None
    searches: bool = False


class Standings(msgspec.Struct, frozen=True, kw_only=True):
    """A whole scoreboard: its rows, and for contests who scored what against whom.

    Attributes:
        head_to_head: [row player id, column player id, games, row's mean score].
    """

    board: str
    environment: str
    games: int
    rows: tuple[Standing, ...]
    head_to_head: tuple[tuple[str, str, int, float], ...] = ()
    last_game_at: float | None = None


class MetricRow(msgspec.Struct, frozen=True):
    """One line of a run's metric file."""

    step: int
    seconds: float
    values: dict[str, float]


def action_count(environment: EnvironmentInfo) -> int:
    """How many discrete actions, or dimensions of a box action, the environment has."""
    space = environment.action
    return space.n if isinstance(space, Discrete) else int(space.shape[0])


def plain(record: Any) -> Any:
    """The record as JSON-able plain values."""
    return msgspec.to_builtins(record)


def _word(value: Value) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _players(count: int) -> str:
    return {1: "one player", 2: "two players"}.get(count, f"{count} players")


def _kinds(kinds: Sequence[str]) -> str:
    words = {"discrete": "discrete", "box": "continuous"}
    return " or ".join(words[kind] for kind in kinds)
