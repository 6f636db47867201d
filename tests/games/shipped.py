"""Every shipped environment, found by itself, each with its default settings and with others."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from arena.api import EnvironmentSpec, SeatLook
from arena.settings import Setting, Value, describe
from tests.packaging.repository import ROOT

SPECS: dict[str, EnvironmentSpec] = {
    spec.id: spec
    for path in sorted((ROOT / "plugins").glob("[!_.]*.py"))
    for spec in importlib.import_module(f"plugins.{path.stem}").register_environments()
}

LOOKS = [
    SeatLook((67, 166, 223), "circle"),
    SeatLook((236, 173, 74), "triangle-up"),
    SeatLook((76, 222, 173), "square"),
    SeatLook((234, 109, 168), "diamond"),
]


def variants(spec: EnvironmentSpec) -> Iterator[dict[str, Value]]:
    """The defaults, then each setting alone at each of its other choices or at its bounds."""
    yield {}
    for fact in describe(spec.settings):
        yield from ({fact.name: value} for value in _others(fact))


def _others(fact: Setting) -> list[Value]:
    if fact.kind == "boolean":
        return [not fact.default]
    if fact.kind == "choice":
        return [choice for choice in fact.choices if choice != fact.default]
    bounds = [bound for bound in (fact.low, fact.high) if bound is not None and bound != fact.default]
    return [fact.parse(bound) for bound in bounds]


VARIANTS: list[tuple[EnvironmentSpec, dict[str, Any]]] = [
    (spec, settings) for spec in SPECS.values() for settings in variants(spec)
]


def at_a_bound(case: tuple[EnvironmentSpec, dict[str, Any]]) -> bool:
    """Whether a number is set to the least or most that it may be."""
    spec, settings = case
    return any(
        fact.kind in {"number", "integer"} for fact in describe(spec.settings) if fact.name in settings
    )


def named(case: tuple[EnvironmentSpec, dict[str, Any]]) -> str:
    spec, settings = case
    return " ".join([spec.id, *(f"{name}={value}" for name, value in settings.items())])


def cases(*variants: tuple[EnvironmentSpec, dict[str, Any]]) -> list[Any]:
    """The variants as parameters of a test, those with a number at its bound marked as slow."""
    return [
        pytest.param(case, id=named(case), marks=[pytest.mark.slow] if at_a_bound(case) else [])
        for case in variants
    ]
