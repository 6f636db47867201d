"""What Home shows of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arena.api import Discrete
from arena.drawing.palette import AgentStyle
from arena.records import AgentInfo, EnvironmentInfo, RunRecord, action_count
from arena.ui.format import count_of, number


@dataclass(frozen=True)
class Training:
    """The runs of one request or the trials of one search, as one card.

    Attributes:
        curve: mean returns of the first run, the oldest first.
        place: of its first run in the queue, from 1 on; None if none waits.
    """

    runs: tuple[RunRecord, ...]
    title: str
    environment: str
    style: AgentStyle
    curve: tuple[float, ...]
    place: int | None = None

    @property
    def leader(self) -> RunRecord:
        """The run that speaks for the card: one that trains or is paused, one that waits, or the first."""
        live = sorted((run for run in self.runs if run.live), key=lambda run: run.state == "queued")
        return live[0] if live else self.runs[0]

    @property
    def is_search(self) -> bool:
        """Whether its runs are trials with settings of their own, whose mean says nothing."""
        return self.runs[0].search is not None

    @property
    def returns(self) -> list[float]:
        """What each run reaches: evaluated where it is over, else of its newest episodes."""
        reached = [
            run.evaluation.mean_return if run.evaluation is not None else run.recent_return
            for run in self.runs
        ]
        return [value for value in reached if value is not None]


@dataclass(frozen=True)
class AgentLine:
    """An agent with the best that it has reached on the scoreboard that was played on last.

    Attributes:
        value: its rating or mean return, None if it has not played.
        half: of the 95 % interval.
        board: the title of the environment that the value belongs to.
    """

    agent: AgentInfo
    style: AgentStyle
    value: float | None = None
    half: float | None = None
    board: str = ""
    is_rating: bool = False


@dataclass(frozen=True)
class ResultLine:
    """A match, or the evaluation at the end of a run.

    Attributes:
        names, styles: of the players, one or two.
        words: the score or the mean return.
        at: seconds since 1970.
    """

    key: str
    names: tuple[str, ...]
    styles: tuple[AgentStyle, ...]
    environment: str
    words: str
    board: str
    at: float
    live: bool = False
    is_run: bool = False


@dataclass(frozen=True)
class HomeFacts:
    """One look at the session.

    Attributes:
        fresh: nothing has been trained or played yet.
        queued: how many runs wait for a worker.
        trained_in: per environment, the live run that was started last.
        first_steps: how long the first training would be; None where it cannot be done.
        now: seconds since 1970.
    """

    fresh: bool
    environments: tuple[EnvironmentInfo, ...]
    trainings: tuple[Training, ...]
    running: int
    paused: int
    queued: int
    agents: tuple[AgentLine, ...]
    results: tuple[ResultLine, ...]
    trained_in: Mapping[str, RunRecord]
    first_steps: int | None
    now: float


def score_words(value: float) -> str:
    """A mean return or score with as many decimals as it needs."""
    return number(value, 2 if abs(value) < 10 else 1)


def brief(value: float) -> str:
    """The same in three digits or so, where there is little room."""
    return number(value, 0 if abs(value) >= 100 or value == 0 else 1 if abs(value) >= 10 else 2)


def about(environment: EnvironmentInfo) -> str:
    """What an agent sees and does there, as in "4 inputs · 2 actions"."""
    seen = environment.observation
    if isinstance(seen, Discrete):
        inputs = f"{number(seen.n)} states"
    elif "board" in environment.tags and len(seen.shape) == 3:
        inputs = f"{seen.shape[2]} \u00d7 {seen.shape[1]} board"
    elif len(seen.shape) >= 2:
        inputs = f"{seen.shape[1]} \u00d7 {seen.shape[0]} pixels"
    else:
        inputs = count_of(seen.shape[0], "input")
    actions = action_count(environment)
    noun = "action" if environment.action.kind == "discrete" else "control"
    return f"{inputs} \u00b7 {count_of(actions, noun)}"
