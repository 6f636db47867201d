"""From the arguments to the answer and the exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import arena
from arena.cli import contests, discovery, exporting, keeping, machine, runs, searching, training
from arena.cli.answers import DONE, FAILED, INTERRUPTED, WRONG_REQUEST, AnswerLost, give, speak_utf8, tell
from arena.cli.parsing import COMMAND, Parser, add_common
from arena.errors import ArenaError, RequestError, StoreError
from arena.session import Session

EPILOG = """ENV is an id from `arena environments` or any other of Gymnasium's registry. PLAYER is an agent's
id (with other settings: `minimax:depth=2`), a run's name or id (its best checkpoint), RUN@STEP, or the path
of an agent file. `arena` alone opens the window. Exit codes: 0 done, 1 it ran and the answer is no, 2 the
request is wrong, 130 interrupted."""


def run(arguments: Sequence[str], window: Callable[[Session], None]) -> int:
    """Carries out one command line; returns its exit code.

    Args:
        window: opens the window and returns when it is closed; called if there is no command.
    """
    speak_utf8(sys.stdout, sys.stderr)
    try:
        return _answer(build_parser().parse_args(arguments), window)
    except (RequestError, StoreError) as error:
        tell(f"arena: {error}")
        return WRONG_REQUEST
    except AnswerLost as error:
        _let_go_of_stdout()
        tell(f"arena: {error}")
        return FAILED
    except ArenaError as error:
        tell(f"arena: {error}")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough, as in `arena runs | head`.
        _let_go_of_stdout()
        return DONE


def _let_go_of_stdout() -> None:
    """What is still unwritten goes nowhere; Python would complain at exit otherwise."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def build_parser() -> Parser:
    parser = Parser(
        prog="arena",
        description="Train agents in the background, watch them play, and rank them.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"Arena {arena.__version__}")
    add_common(parser, default=None)
    parser.set_defaults(answer=None)
    commands = parser.add_subparsers(metavar=COMMAND, title="commands")
    for group in (discovery, training, runs, keeping, searching, exporting, contests, machine):
        group.add_commands(commands)
    return parser


def _answer(arguments: argparse.Namespace, window: Callable[[Session], None]) -> int:
    home = Path(arguments.home) if arguments.home else None
    folders = [Path(folder) for folder in arguments.plugins_dir or []]
    with Session.open(home, folders) as session:
        for notice in session.notices:
            tell(notice)
        if arguments.answer is None:
            window(session)
            return DONE
        answer = arguments.answer(session, arguments)
    give(answer, as_json=arguments.json)
    return int(answer.code)
