"""A duel: two agents that learn against each other, in turn, each against the other's frozen weights.

Both have a run of their own: environments, generators, metrics, opponents. The turn is whoever's has done
fewer rounds of steps, so one whose iterations are longer than a round waits until the other has caught up. At
the beginning of a turn the other's newest weights join the past selves that it may meet.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from arena.api import Agent
from arena.errors import Inexact, RequestError
from arena.records import Alteration, MetricRow
from arena.training.faults import learn
from arena.training.listener import Side
from arena.training.opponents import Opponents
from arena.training.run import Run
from arena.training.timing import TimeSplit

# Turns over the whole budget, of both together.
TURNS: Final = 100


@dataclass
class Contender:
    """One of the two learners.

    Attributes:
        name: its agent's id, for errors.
        opponents: those inside its run, made of the other's weights.
        met: the other's steps when its weights were last taken over; -1 if they never were.
    """

    name: str
    run: Run
    opponents: Opponents
    met: int = -1

    @property
    def step(self) -> int:
        """What its last iteration went beyond its budget is not counted."""
        return min(self.run.step, self.run.budget)


class Duel:
    """Two runs taken together (see `arena.training.overseen.Training`).

    Its `step` is the sum of both, and so is its budget. Metrics of the rival have names that begin with
    `rival_`; all rows are of the duel's step.
    """

    def __init__(self, learner: Contender, rival: Contender) -> None:
        self.budget = learner.run.budget + rival.run.budget
        self.between: Callable[[Any], None] = lambda _: None
        self._contenders = (learner, rival)
        self._turn = max(1, self.budget // TURNS)
        self._rows: list[MetricRow] = []
        learner.run.between = lambda _: self._between(learner)
        rival.run.between = lambda _: self._between(rival)

    @property
    def agent(self) -> Agent:
        return self._contenders[0].run.agent

    @property
    def agents(self) -> dict[Side, Agent]:
        learner, rival = self._contenders
        return {"learner": learner.run.agent, "rival": rival.run.agent}

    @property
    def step(self) -> int:
        return sum(contender.step for contender in self._contenders)

    @property
    def seconds(self) -> float:
        return sum(contender.run.seconds for contender in self._contenders)

    @property
    def splits(self) -> tuple[TimeSplit, ...]:
        return tuple(split for contender in self._contenders for split in contender.run.splits)

    @property
    def last_return(self) -> float | None:
        return self._contenders[0].run.last_return

    @property
    def metrics_due(self) -> bool:
        return bool(self._rows)

    def train(self) -> None:
        """Lets both learn in turn until both budgets are used up, or `between` raises."""
        while going := [one for one in self._contenders if one.step < one.run.budget]:
            self._take_turn(min(going, key=lambda one: one.step // self._turn))

    def metrics(self) -> list[MetricRow]:
        rows, self._rows = self._rows, []
        return rows

    def add_value(self, name: str, value: float) -> None:
        """Adds a row of its own for what is measured once, between two iterations."""
        self._rows.append(MetricRow(self.step, round(self.seconds, 3), {name: value}))

    def alter(self, alteration: Alteration) -> Alteration:
        """Alters the settings of each, and the mix of both (see `Training.alter`)."""
        learner, rival = self._contenders
        other = rival.run.alter(Alteration(settings=alteration.rival_settings))
        try:
            own = learner.run.alter(msgspec.structs.replace(alteration, rival_settings={}))
        except RequestError:
            rival.run.alter(other)
            raise
        if alteration.opponents is not None:
            rival.opponents.set_mix(alteration.opponents)
        return msgspec.structs.replace(own, rival_settings=other.settings)

    @contextlib.contextmanager
    def apart(self) -> Iterator[None]:
        with self._contenders[0].run.apart(), self._contenders[1].run.apart():
            yield

    def require_sound(self) -> None:
        for contender in self._contenders:
            contender.run.require_sound()

    def snapshot(self) -> dict[str, Any]:
        """The learner's run stands at the top, so that its players are loaded as from any other run."""
        learner, rival = self._contenders
        return {
            **learner.run.snapshot(),
            "rival": rival.run.snapshot(),
            "met": [learner.met, rival.met],
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Continues where the snapshot was taken, be it in the middle of a turn (see `Run.restore`)."""
        learner, rival = self._contenders
        learner.met, rival.met = snapshot["met"]
        inexact: Inexact | None = None
        for contender, state in ((learner, snapshot), (rival, snapshot["rival"])):
            try:
                contender.run.restore(state)
            except Inexact as error:
                inexact = error
        if inexact is not None:
            raise inexact

    def close(self) -> None:
        for contender in self._contenders:
            contender.run.close()

    def _take_turn(self, own: Contender) -> None:
        run, other = own.run, self._other(own)
        run.pause_at = (run.step // self._turn + 1) * self._turn
        if own.met != other.run.step:
            own.met = other.run.step
            run.note_scores(own.opponents.renew())
        learn(run, own.name)

    def _between(self, own: Contender) -> None:
        """Passes on what happens between two iterations, once for each step of the duel.

        After the last iteration of a turn nothing is: the next turn begins at the same step.
        """
        self._collect(own)
        if own.run.step < min(own.run.pause_at, own.run.budget) or self.step >= self.budget:
            self.between(self)

    def _other(self, own: Contender) -> Contender:
        learner, rival = self._contenders
        return rival if own is learner else learner

    def _collect(self, own: Contender) -> None:
        """Takes over the rows of whoever's turn it is, at the duel's step and seconds."""
        other = self._other(own)
        prefix = "" if own is self._contenders[0] else "rival_"
        for row in own.run.metrics():
            step = min(row.step, own.run.budget) + other.step
            seconds = round(row.seconds + other.run.seconds, 3)
            self._rows.append(
                MetricRow(step, seconds, {f"{prefix}{name}": value for name, value in row.values.items()})
            )
