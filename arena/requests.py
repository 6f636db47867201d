"""What a user asks of a session, and what it answers that is no record of the store."""

from __future__ import annotations

import msgspec

from arena.orders import Device
from arena.records import OpponentMix
from arena.settings import Value


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


class MatchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Play games between players and record them.

    Attributes:
        players: each an agent's id, a run's name or id, RUN@STEP, or the path of an agent file.
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
