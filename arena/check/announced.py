"""Checks of what an environment's spec announces. A check's name is its promise; it raises `Broken`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from arena.api import Box, Discrete, EnvironmentSpec, KeyAction, Space
from arena.check.subject import Broken, Subject
from arena.games.game import describe
from arena.records import EnvironmentInfo
from arena.settings import describe as facts_of

# A rectangle's corners are sums of floats.
ROUNDING = 1e-6


def the_facts_that_it_announces_can_be_used(subject: Subject) -> str:
    spec = subject.spec
    for name, value, holds, advice in _facts(spec):
        if not holds:
            raise Broken(f"{name} is {value!r}", advice)
    facts = facts_of(spec.settings)
    for fact in facts:
        if not fact.help.strip():
            raise Broken(f"The setting {fact.name} has no help", "say in a few words what it does")
    return f"{len(facts)} settings"


def _facts(spec: EnvironmentSpec) -> Iterator[tuple[str, Any, bool, str]]:
    """Each fact's name and value, whether it is in order, and what it should be."""
    yield "id", spec.id, _is_text(spec.id) and not any(map(str.isspace, spec.id)), "write it as one word"
    for name in ("title", "summary"):
        yield name, getattr(spec, name), _is_text(getattr(spec, name)), "write what people should read"
    for name in ("seats", "version", "training_steps"):
        whole = getattr(spec, name)
        yield name, whole, _is_whole(whole, 1), "use a whole number of at least 1"
    for name in ("aspect", "frames_per_second"):
        number = getattr(spec, name)
        yield name, number, math.isfinite(number) and number > 0, "use a number above 0"
    solved = spec.solved_at
    yield "solved_at", solved, solved is None or math.isfinite(solved), "use a finite number or None"
    yield "tags", spec.tags, all(map(_is_text, spec.tags)), "write them as a tuple of texts"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def it_opens_and_describes_itself(subject: Subject) -> str:
    info = describe(subject.spec, "checked", None, subject.settings)
    _check_space("observation_space", info.observation)
    _check_space("action_space", info.action)
    if info.step_limit is not None and not _is_whole(info.step_limit, 1):
        raise Broken(f"step_limit is {info.step_limit!r}", "use a whole number of at least 1, or None")
    if msgspec.json.decode(msgspec.json.encode(info), type=EnvironmentInfo) != info:
        raise Broken("Its facts change on a way through JSON", "use plain numbers and texts in the spec")
    return f"{_in_words(info.observation)} to see, {_in_words(info.action)} to act"


def _check_space(name: str, space: Space) -> None:
    """A space of another type, or one that nothing can lie in."""
    if isinstance(space, Discrete):
        if not _is_whole(space.n, 1):
            raise Broken(f"{name} is {space!r}", "use a whole number n of at least 1")
    elif isinstance(space, Box):
        if not space.shape or not all(_is_whole(length, 1) for length in space.shape):
            raise Broken(f"{name} has the shape {space.shape!r}", "use lengths of at least 1")
        if space.low is not None and space.high is not None and not space.low < space.high:
            raise Broken(f"{name} goes from {space.low} to {space.high}", "put its low below its high")
    else:
        raise Broken(f"{name} is {space!r}", "use arena.api's Discrete or Box")


def _in_words(space: Space) -> str:
    return f"one of {space.n}" if isinstance(space, Discrete) else f"{space.dtype} {space.shape}"


def names_places_and_keys_fit_its_actions(subject: Subject) -> str:
    """Under its default settings: others may give it other actions."""
    spec, game = subject.spec, subject.default_game
    space = game.action_space
    count = space.n if isinstance(space, Discrete) else math.prod(space.shape)
    for name in ("action_names", "action_places"):
        entries = len(getattr(spec, name))
        if entries not in {0, count}:
            raise Broken(f"{name} has {entries} entries for {count} actions", "give one for each, or none")
    names = spec.action_names
    if len(set(names)) != len(names) or not all(map(_is_text, names)):
        raise Broken(f"action_names has an empty or repeated name in {names}", "tell the actions apart")
    for action, place in enumerate(spec.action_places):
        _check_place(action, place)
    _check_keys(spec.keys, space, count)
    idle = spec.idle_action
    if idle is not None and not (isinstance(space, Discrete) and _is_whole(idle, 0) and idle < count):
        raise Broken(f"idle_action is {idle!r}", f"use the number of one of the {count} actions, or None")
    return f"{count} actions, {len(spec.keys)} keys"


def _check_place(action: int, place: tuple[float, ...]) -> None:
    x, y, width, height = place
    inside = min(x, y) >= -ROUNDING and max(x + width, y + height) <= 1 + ROUNDING
    if not inside or min(width, height) <= 0:
        advice = "give x, y, width and height as shares of it, from 0 to 1"
        raise Broken(f"The place {place} of action {action} is not in the frame", advice)


def _check_keys(keys: Iterable[KeyAction], space: Space, count: int) -> None:
    """Keys of another kind of action, or beyond the last one, are for other settings."""
    taken: dict[str, object] = {}
    for known in keys:
        key, action = known.key, known.action
        if not _is_text(key) or key != key.casefold():
            raise Broken(f"{key!r} is no key", 'write it in small letters, as in "left" or "w"')
        if isinstance(action, tuple):
            fits, usable = not isinstance(space, Discrete), all(map(math.isfinite, action))
            fits = fits and len(action) == count
        else:
            fits, usable = isinstance(space, Discrete) and action < count, _is_whole(action, 0)
        if not usable:
            raise Broken(f"The key {key} plays {action!r}", "use an action's number, or finite numbers")
        if fits and taken.setdefault(key, action) != action:
            raise Broken(f"The key {key} plays two actions", "give each its own key")
