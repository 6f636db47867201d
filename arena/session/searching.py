"""Asking for a hyper-parameter search: everything is checked before its job begins any trial."""

from __future__ import annotations

import importlib.util
import re
import shutil
import time

import msgspec

from arena.errors import RequestError
from arena.requests import SearchRequest, TrainRequest
from arena.searches import SearchRecord, Span
from arena.session import beginning, spans, training
from arena.session.facts import Facts
from arena.session.naming import LONGEST_NAME, check_run_name, new_id, next_run_name
from arena.session.players import Players
from arena.store import Home, Store

MOST_TRIALS = 10_000
# What the names of trials and of their seeds' runs add to a search's name, as in `-t07-3`.
ROOM_FOR_TRIALS = 12
INSTALL_OPTUNA = "A search needs Optuna; install it with pip install 'gradient-arena[search]'."


def prepare(request: SearchRequest, home: Home, store: Store, facts: Facts, players: Players) -> SearchRecord:
    """Checks the request, leaves what trials are made of in the search's folder, and adds its row.

    Raises:
        RequestError: the first thing that is wrong, or Optuna is missing; then nothing was added.
    """
    if importlib.util.find_spec("optuna") is None:
        raise RequestError(INSTALL_OPTUNA)
    if not 1 <= request.trials <= MOST_TRIALS:
        raise RequestError(f"--trials must be a whole number from 1 to {MOST_TRIALS} (got {request.trials}).")
    plan = training.plan(_training(request), facts, players)
    searched = _spans(request, plan)
    search = SearchRecord(
        id=new_id("h"),
        name=_name(request, plan, store, [agent.id for agent in facts.catalog().agents]),
        environment=plan.environment.id,
        environment_settings=plan.environment_settings,
        board=plan.environment.board(plan.environment_settings),
        agent=plan.agent.id,
        source_sha256="",
        settings=plan.settings,
        spans=searched,
        trials=request.trials,
        seeds=request.seeds,
        seed=request.seed,
        budget=plan.steps,
        device=request.device,
        prune=request.prune,
        state="queued",
        created_at=time.time(),
    )
    folder = home.search(search.id)
    try:
        with store.transaction():
            sha256 = beginning.write_pattern(plan, folder, home)
            search = msgspec.structs.replace(search, source_sha256=sha256)
            store.add_search(search)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return search


def _training(request: SearchRequest) -> TrainRequest:
    return TrainRequest(
        environment=request.environment,
        agent=request.agent,
        steps=request.steps,
        seeds=request.seeds,
        seed=request.seed,
        settings=request.settings,
        environment_settings=request.environment_settings,
        device=request.device,
    )


def _spans(request: SearchRequest, plan: training.Plan) -> dict[str, Span]:
    twice = sorted(request.over.keys() & request.settings.keys())
    if twice:
        raise RequestError(f"{twice[0]} is both set and searched; leave out --set or --over of it.")
    if request.over:
        return spans.spans_of(plan.agent.settings, request.over)
    return spans.usual_spans(plan.agent.settings, plan.settings, request.settings)


def _name(request: SearchRequest, plan: training.Plan, store: Store, agents: list[str]) -> str:
    if request.name is not None:
        name = check_run_name(request.name, agents)
        if len(name) > LONGEST_NAME - ROOM_FOR_TRIALS:
            raise RequestError(
                f'"{name}" is too long for a search, whose runs add to it; use at most'
                f" {LONGEST_NAME - ROOM_FOR_TRIALS} letters."
            )
        return name
    environment = re.sub(r"[-_]v[0-9]+$", "", plan.environment.id)
    return next_run_name(plan.agent.id, f"{environment} search", [search.name for search in store.searches()])
