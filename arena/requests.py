"""What a user asks of a session, and what it answers that is no record of the store."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import msgspec

from arena.errors import RequestError
from arena.orders import Device
from arena.records import OpponentMix, RunRecord
from arena.settings import Value

OPPONENT_KINDS = ("latest", "uniform", "prioritized", "random")
OFFLOAD_HELP = (
    "Tensors of at least so many MB that wait for a backward pass lie on disk meanwhile: less memory, but an"
    " update takes 1.1 to 1.8 times as long, on a slow disk longer"
)


class TrainRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Train an agent in an environment; with several seeds, that many runs in one group.

    Attributes:
        steps: environment steps per run; None for what suits the pairing.
        seed: of the first run; the others count on from it.
        settings, environment_settings: what differs from preset and defaults; text is parsed.
        name: of the run (of several: `name-1`, `name-2` …); None to have one made.
        opponents: whom it meets in a game of several seats; None for the usual mix of its past selves.
        rival, rival_settings: another agent that learns against this one in the same run.
        start_from: whose weights to begin with: a run, RUN@STEP or a player of the same agent.
        offload_mb: keep tensors that wait for a backward pass on disk from that size on.
    """

    environment: str
    agent: str
    steps: int | None = None
    seeds: int = 1
    seed: int = 0
    settings: dict[str, Value] = {}
    environment_settings: dict[str, Value] = {}
    device: Device = "auto"
    name: str | None = None
    opponents: OpponentMix | None = None
    rival: str | None = None
    rival_settings: dict[str, Value] = {}
    start_from: str | None = None
    offload_mb: float | None = None
    search: str | None = None


class SearchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Try settings of an agent in an environment, and find the best.

    Attributes:
        trials: sets of settings to try, each with `seeds` runs; the first run's seed is `seed`.
        over: what to try by setting, as in `1e-4..1e-2:log`, `32..256` or `32,64,128`; empty for a few
            settings with natural ranges.
        settings: what is the same in all trials and differs from preset and defaults.
        prune: stop trials early that fall behind the others.
        name: of the search; its trials are `name-t01`, `name-t02` …; None to have one made.
    """

    environment: str
    agent: str
    trials: int = 20
    over: dict[str, str] = {}
    steps: int | None = None
    seeds: int = 1
    seed: int = 0
    settings: dict[str, Value] = {}
    environment_settings: dict[str, Value] = {}
    device: Device = "auto"
    prune: bool = True
    name: str | None = None


class MatchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Play games between players and record them.

    Attributes:
        players: each an agent's id (`minimax:depth=2` for other settings than the usual ones), a run's name
            or id, RUN@STEP, or the path of an agent file.
        games: in all for two players; in a single-seat environment, for each player.
        seed: where the games' seeds start; None for one that no match on the board had, since games that
            are played again count only once.
        move_time: seconds for one move.
    """

    environment: str
    players: tuple[str, ...]
    games: int = 10
    seed: int | None = None
    move_time: float = 1.0
    environment_settings: dict[str, Value] = {}


class BoardInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One scoreboard: how many players it ranks by how many games."""

    board: str
    environment: str
    players: int
    games: int
    last_game_at: float


class MatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one player did in a match; `mean_score` is the mean return where there is a single seat."""

    player: str
    label: str
    won: int
    drawn: int
    lost: int
    mean_score: float


class Estimate(msgspec.Struct, frozen=True):
    """A value and its 95 % interval; without bounds where a single run is all there is."""

    value: float
    low: float | None
    high: float | None


class GroupSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What an algorithm came to over the runs of one request, each with a seed of its own.

    Attributes:
        runs: of the group, finished or not.
        seeds, results: of the runs that are finished: a training seed and a mean return over the reporting
            episodes each; the dots to draw.
        mean, iqm: over `results`, with the interval over runs, not episodes; None before the first has ended.
        few_seeds: so few that an interval rests on Student's t: to be said, and every run to be shown.
        solved: whether every run and the mean's lower bound are as high as counts as solved; None if
            nothing does, or it is open while runs are missing.
    """

    group: str
    runs: int
    seeds: tuple[int, ...]
    results: tuple[float, ...]
    mean: Estimate | None
    iqm: Estimate | None
    few_seeds: bool
    episodes: int
    solved: bool | None


class DiskUse(msgspec.Struct, frozen=True, kw_only=True):
    """What the data folder costs, in bytes on disk.

    Attributes:
        total: all of it: `checkpoints`, `metrics`, `players` and `other` together.
        free: left on its disk.
        runs: of each run's folder, by its id, runs in the bin included.
        checkpoints: saved states and weights in runs' folders, replay buffers included.
        other: databases (those set aside, too), logs, sources and caches.
        bin: of the folders of runs that are in the bin.
        reclaimable: what `clean_up` would free.
    """

    total: int
    free: int
    runs: dict[str, int]
    checkpoints: int
    metrics: int
    players: int
    other: int
    bin: int
    reclaimable: int


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Several runs side by side; every tuple has one entry for each run, in the order of `runs`.

    Attributes:
        differing: what was not asked for alike, by name: a setting's own name, `environment.NAME` for one of
            the environment's, or a field of the run. None where a run has no such setting.
        changes: how often each was changed while it trained.
        solved_step, solved_seconds: when the episodes that choose between weights were first solved; None if
            they never were, or nothing counts as solved there.
    """

    runs: tuple[RunRecord, ...]
    differing: dict[str, tuple[Value | None, ...]]
    changes: tuple[int, ...]
    solved_step: tuple[int | None, ...]
    solved_seconds: tuple[float | None, ...]


def check_mix(mix: OpponentMix, known: Collection[str]) -> None:
    """Raises RequestError for shares that are none, or a player that is not among the known ones."""
    kinds = {name: getattr(mix, name) for name in OPPONENT_KINDS}
    shares: Mapping[str, float] = {**kinds, **mix.players}
    for name, share in shares.items():
        if not (math.isfinite(share) and share >= 0):
            raise RequestError(f"The share of {name} must be a number of at least 0 (got {share:g}).")
    if not sum(shares.values()) > 0:
        raise RequestError("At least one opponent needs a share above 0, as in latest=0.5 random=0.5.")
    for word in mix.players:
        if word not in known:
            others = f"; it knows {', '.join(known)}" if known else ""
            raise RequestError(
                f"The run was begun without the opponent {word}{others}. Players are named when a run begins."
            )
