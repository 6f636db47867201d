"""What a search tries next and what it gives up on: Optuna, asked and told. The store is the truth.

A study lives in this process alone and is rebuilt from the trials' rows and metric files, so nothing that
Optuna keeps can be lost, and an update of Optuna cannot make a search unreadable.
"""

from __future__ import annotations

import itertools
import random
import statistics
from collections.abc import Mapping

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import Trial, TrialState, create_trial

from arena.searches import SearchRecord, Span, TrialRecord
from arena.settings import Value

# Trials drawn at random before the sampler learns from them, and finished ones before any is pruned.
RANDOM_TRIALS = 8
UNPRUNED_TRIALS = 4
# Of the twenty evaluations of a run, those before which none is given up on.
WARM_UP = 5
TRIES = 20
MOST_COMBINATIONS = 10_000


class Proposer:
    """Asks Optuna's tree-structured Parzen estimator for settings, and its median rule for who is behind."""

    def __init__(self, search: SearchRecord) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._search = search
        self._space = {name: _distribution(span) for name, span in search.spans.items()}
        pruner = optuna.pruners.MedianPruner(UNPRUNED_TRIALS, WARM_UP, n_min_trials=UNPRUNED_TRIALS)
        self._study = optuna.create_study(direction="maximize", pruner=pruner)
        self._asked: dict[int, Trial] = {}
        self._tried: list[dict[str, Value]] = []

    def adopt(self, trial: TrialRecord, means: Mapping[int, float]) -> None:
        """Takes up a trial of an earlier attempt; `means` are as in `report`."""
        self._tried.append(trial.settings)
        states = {"finished": TrialState.COMPLETE, "pruned": TrialState.PRUNED}
        if trial.state in ("running", "held"):
            self._ask(trial.number, trial.settings)
        elif trial.state in states and (trial.value is not None or means):
            value = trial.value if trial.value is not None else means[max(means)]
            self._study.add_trial(
                create_trial(
                    state=states[trial.state],
                    value=value,
                    params=dict(trial.settings),
                    distributions=self._space,
                    intermediate_values=dict(means),
                )
            )

    def propose(self, number: int) -> dict[str, Value] | None:
        """New settings for the trial of this number; None if all there are were tried.

        The first trial has the search's own. What is drawn depends on the number and on what is known, and
        not on how often the search was begun again.
        """
        own = {name: self._search.settings[name] for name in self._search.spans}
        if number == 1 and all(span.holds(own[name]) for name, span in self._search.spans.items()):
            return self._ask(number, own)
        for attempt in range(TRIES):
            seed = random.Random(f"{self._search.id} {number} {attempt}").randrange(2**32)
            self._study.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=RANDOM_TRIALS)
            asked = self._study.ask(self._space)
            if dict(asked.params) not in self._tried:
                self._asked[number] = asked
                self._tried.append(dict(asked.params))
                return dict(asked.params)
            self._study.tell(asked, state=TrialState.FAIL)
        untried = self._untried()
        if not untried:
            return None
        return self._ask(number, random.Random(f"{self._search.id} {number}").choice(untried))

    def report(self, number: int, evaluation: int, mean: float) -> None:
        """Tells a running trial's best mean so far at one of the twenty evaluations of its budget."""
        self._asked[number].report(mean, evaluation)

    def is_behind(self, number: int) -> bool:
        """Whether what was reported last is below the median of the finished trials there."""
        return self._asked[number].should_prune()

    def median(self, evaluation: int) -> float:
        """The median of the finished trials' best means at that evaluation."""
        trials = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        known = [trial.intermediate_values for trial in trials]
        return statistics.median(means[evaluation] for means in known if evaluation in means)

    def finish(self, number: int, value: float) -> None:
        self._study.tell(self._asked.pop(number), value)

    def give_up(self, number: int, *, pruned: bool) -> None:
        """A pruned trial teaches the sampler, a failed or stopped one does not."""
        self._study.tell(self._asked.pop(number), state=TrialState.PRUNED if pruned else TrialState.FAIL)

    def _ask(self, number: int, settings: Mapping[str, Value]) -> dict[str, Value]:
        self._study.enqueue_trial(dict(settings))
        self._asked[number] = self._study.ask(self._space)
        self._tried.append(dict(settings))
        return dict(settings)

    def _untried(self) -> list[dict[str, Value]]:
        """What a small space still has; nothing for a large one, where luck did not run out by itself."""
        values: list[tuple[Value, ...]] = []
        combinations = 1
        for span in self._search.spans.values():
            if span.size is None:
                return []
            combinations *= span.size
            if combinations > MOST_COMBINATIONS:
                return []
            values.append(span.choices or tuple(range(int(span.low), int(span.high) + 1)))
        every = [dict(zip(self._search.spans, each, strict=True)) for each in itertools.product(*values)]
        return [settings for settings in every if settings not in self._tried]


def _distribution(span: Span) -> BaseDistribution:
    if span.choices:
        return CategoricalDistribution(span.choices)
    if span.whole:
        return IntDistribution(int(span.low), int(span.high), log=span.log)
    return FloatDistribution(span.low, span.high, log=span.log)
