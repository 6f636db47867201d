"""The options that say what to train, for every command that asks for training."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from typing import Any, get_args

from arena.cli.parsing import add_settings, settings_of
from arena.errors import RequestError
from arena.orders import Device
from arena.records import OpponentMix
from arena.requests import OFFLOAD_HELP, OPPONENT_KINDS

# Options whose field of the request has the same name and is taken as it is.
PLAIN = ("steps", "seeds", "seed", "device", "name", "rival", "start_from", "offload_mb")


def add_request(parser: argparse.ArgumentParser) -> None:
    """What is not given is None, or empty, so that its default is the request's own."""
    parser.add_argument("--steps", type=int, metavar="N", help="environment steps (default: what suits)")
    parser.add_argument("--seeds", type=int, metavar="K", help="train K runs, one per seed")
    parser.add_argument("--seed", type=int, metavar="S", help="the first run's seed")
    add_settings(parser, "--set", "agent")
    add_settings(parser, "--env-set", "environment")
    parser.add_argument("--device", choices=get_args(Device))
    parser.add_argument("--name", metavar="NAME", help="what to call the run")
    add_opponents(parser)
    parser.add_argument("--rival", metavar="AGENT", help="a second agent that learns against the first")
    add_settings(parser, "--rival-set", "rival")
    parser.add_argument("--start-from", metavar="WORD", help="begin with the weights of a run or RUN@STEP")
    parser.add_argument(
        "--offload-mb",
        type=float,
        metavar="N",
        help=f"a size in MB. {OFFLOAD_HELP}",
    )


def add_opponents(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--opponents",
        metavar="MIX",
        help=f"whom it meets, in shares: any of {', '.join(OPPONENT_KINDS)} and of players,"
        ' as in "latest=0.5 prioritized=0.3 my-run=0.2"',
    )


def request_fields(arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields of a `TrainRequest` that were given.

    Raises:
        RequestError: if one is not written as it has to be.
    """
    fields = {name: value for name in PLAIN if (value := getattr(arguments, name)) is not None}
    settings = {
        "settings": settings_of("--set", arguments.set),
        "environment_settings": settings_of("--env-set", arguments.env_set),
        "rival_settings": settings_of("--rival-set", arguments.rival_set),
    }
    fields |= {name: values for name, values in settings.items() if values}
    if arguments.opponents is not None:
        fields["opponents"] = opponents_of(arguments.opponents)
    return fields


def opponents_of(text: str) -> OpponentMix:
    """The mix that is written as in `latest=0.5 my-run=0.5`; kinds that are not named have no share.

    Raises:
        RequestError: for a share that is no number, or a word without one.
    """
    shares: dict[str, float] = {}
    for word in _words(text):
        name, _, share = word.rpartition("=")
        try:
            shares[name.strip()] = float(share)
        except ValueError:
            name = ""
        if not name:
            raise RequestError(f'Write --opponents as in "latest=0.5 random=0.2 my-run=0.3" (got {word!r}).')
    kinds = {kind: shares.pop(kind, 0.0) for kind in OPPONENT_KINDS}
    return OpponentMix(**kinds, players=shares)


def _words(text: str) -> Sequence[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise RequestError(f"--opponents {text!r} cannot be read: {str(error).lower()}.") from error
