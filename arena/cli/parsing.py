"""A parser whose errors are one sentence, and the kinds of argument that several commands share."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from typing import NoReturn, TypeAlias

from arena.cli.answers import Answer
from arena.errors import RequestError, UnknownName
from arena.session import Session
from arena.settings import Value

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001 - the type has no other name
Command = Callable[[Session, argparse.Namespace], Answer]
COMMAND = "COMMAND"


class Parser(argparse.ArgumentParser):
    """Raises a `RequestError` where argparse would print its usage and exit."""

    def error(self, message: str) -> NoReturn:
        wrong = re.fullmatch(r"argument (.+): invalid choice: '?(.*?)'? \(choose from (.*)\)", message)
        hint = f"`{self.prog} --help` tells more."
        if wrong is None:
            raise RequestError(f"{message[:1].upper()}{message[1:]}; {hint}")
        what, given, choices = wrong.groups()
        known = [choice.strip(" '") for choice in choices.split(",")]
        raise UnknownName("command" if what == COMMAND else what, given, known, hint)


def command(commands: Commands, name: str, answer: Command, summary: str) -> Parser:
    """Adds a command; what every command understands is understood behind its name, too."""
    parser = commands.add_parser(name, help=summary, description=f"{summary[:1].upper()}{summary[1:]}.")
    parser.set_defaults(answer=answer)
    add_common(parser, default=argparse.SUPPRESS)
    return parser


def add_common(parser: argparse.ArgumentParser, default: str | None) -> None:
    """The options of all commands; `default` is what a parser that must not overrule another needs."""
    parser.add_argument(
        "--home",
        metavar="DIR",
        default=default,
        help="data folder (default: $ARENA_HOME, else the platform's user-data folder)",
    )
    parser.add_argument(
        "--plugins-dir",
        metavar="DIR",
        action="append",
        default=default,
        help="a further folder of plugins; may be given more than once",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=False if default is None else default,
        help="answer with one JSON document on stdout",
    )


def add_settings(parser: argparse.ArgumentParser, option: str, whose: str) -> None:
    """An option `--set name=value` that may be given more than once."""
    parser.add_argument(
        option, metavar="NAME=VALUE", action="append", default=[], help=f"one of the {whose}'s settings"
    )


def settings_of(option: str, assignments: Iterable[str]) -> dict[str, Value]:
    """The values, still as text, by name.

    Raises:
        RequestError: if one is not of the form name=value.
    """
    values: dict[str, Value] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not (name.strip() and equals):
            raise RequestError(f"Write {option} name=value, as in {option} seed=3 (got {assignment!r}).")
        values[name.strip()] = value.strip()
    return values
