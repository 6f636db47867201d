"""What a worker process is asked to do, as facts: everything it needs to know, and nothing more.

An order carries paths of plugin files and copies of sources, never code, a database or a display.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from arena.records import OpponentMix, RunChange
from arena.settings import Value


class AgentSource(msgspec.Struct, frozen=True):
    """Where an agent's class is loaded from: a file, or a package's entry point (`package:NAME`)."""

    id: str
    path: str


class EnvironmentSource(msgspec.Struct, frozen=True):
    """Where an environment is made from, with its settings resolved.

    Attributes:
        path: the plugin's file, `package:NAME`, or `registry:NAME` for an installed package that adds the id
            when it is imported; None for an id of Gymnasium's own registry or of PettingZoo.
    """

    id: str
    path: str | None
    settings: dict[str, Value]


class PlayerSource(msgspec.Struct, frozen=True):
    """A player to build.

    Attributes:
        weights: a checkpoint file, None if untrained.
        seed: starts its networks.
        searches: it is given copies of the games (see `AgentSpec.needs_model`).
    """

    agent: AgentSource
    settings: dict[str, Value]
    acting: dict[str, Value]
    weights: str | None = None
    seed: int = 0
    searches: bool = False


class Learner(msgspec.Struct, frozen=True):
    """An agent that learns, with its settings resolved."""

    agent: AgentSource
    settings: dict[str, Value]


class TrainOrder(msgspec.Struct, frozen=True, kw_only=True, tag="train"):
    """Train one attempt of a run.

    Attributes:
        folder: the attempt's own writable folder.
        checkpoints: saved by earlier attempts, furthest step first; the first that loads is resumed from.
        choosing_episodes: played to choose between weights; None for what suits the environment.
        baseline: the `random` agent that contests are evaluated against; None for a single seat.
        opponents: whom the learner meets; None for the usual mix.
        named: the players that the mix names, by its words.
        rival: in a duel the other learner; the budget is shared by both in equal halves.
        start: a weights file of the same agent to begin with, None to begin from nothing.
        changes: alterations made in earlier attempts, by step; those beyond the checkpoint are repeated.
        promotion_games: played by a candidate against the best so far in contests; 0 for none.
        offload_mb: see `RunRecord`.
        placed: the device that "auto" came to in an earlier attempt.
    """

    agent: AgentSource
    settings: dict[str, Value]
    environment: EnvironmentSource
    seed: int
    budget: int
    device: str
    folder: str
    checkpoints: tuple[str, ...] = ()
    baseline: AgentSource | None = None
    solved_at: float | None = None
    evaluation_episodes: int = 100
    choosing_episodes: int | None = None
    evaluate_every: int | None = None
    checkpoint_seconds: float = 10.0
    opponents: OpponentMix | None = None
    named: dict[str, PlayerSource] = {}
    rival: Learner | None = None
    start: str | None = None
    changes: tuple[RunChange, ...] = ()
    promotion_games: int = 0
    offload_mb: float | None = None
    placed: str | None = None


class RefereeOrder(msgspec.Struct, frozen=True, kw_only=True, tag="referee"):
    """Hold the environment and play the games asked for, asking the job for every move.

    Attributes:
        tells_pasts: questions say what was played before; for players that search.
    """

    environment: EnvironmentSource
    lanes: int = 1
    tells_pasts: bool = False


class PlayerOrder(msgspec.Struct, frozen=True, kw_only=True, tag="player"):
    """Build one player and answer questions for moves. The environment is opened only to read its spaces."""

    player: PlayerSource
    environment: EnvironmentSource
    device: str = "cpu"


class ExhibitionOrder(msgspec.Struct, frozen=True, kw_only=True, tag="exhibition"):
    """Play unrated games for a spectator, one after another, drawing each step.

    Attributes:
        players: by seat; None where a person sits, whose actions come as `Control` messages.
        looks: per seat, colour and shape.
        frames: path of the memory-mapped frame file.
        speed: times the environment's natural speed; 0 as fast as possible.
    """

    environment: EnvironmentSource
    players: tuple[PlayerSource | None, ...]
    looks: tuple[tuple[tuple[int, int, int], str], ...]
    frames: str
    width: int
    height: int
    seed: int
    speed: float = 1.0


class PreviewOrder(msgspec.Struct, frozen=True, kw_only=True, tag="preview"):
    """Draw one still picture of the environment, a few random moves into a game, as a PNG file."""

    environment: EnvironmentSource
    looks: tuple[tuple[tuple[int, int, int], str], ...]
    path: str
    width: int
    height: int
    moves: int = 12


class StandingsOrder(msgspec.Struct, frozen=True, kw_only=True, tag="standings"):
    """Turn one board's results into standings. `results` is `contest.results.BoardResults` as JSON."""

    results: msgspec.Raw


Order = TrainOrder | RefereeOrder | PlayerOrder | ExhibitionOrder | PreviewOrder | StandingsOrder
Device = Literal["auto", "cpu", "cuda", "mps"]
