"""One still picture of an environment: a few random moves into a game, as a PNG file."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np

from arena.api import Discrete, Game, SeatLook
from arena.games.game import render
from arena.orders import PreviewOrder
from arena.processes.channel import Channel
from arena.processes.messages import Done, ToWorker
from arena.processes.roles.loading import open_source
from arena.spaces import Array

SEED = 7


def carry_out(order: PreviewOrder, channel: Channel[ToWorker]) -> None:
    game = open_source(order.environment)
    play_into(game, order.moves)
    looks = [SeatLook(colour, shape) for colour, shape in order.looks]
    path = Path(order.path)
    part = path.with_suffix(f".part{os.getpid()}.png")
    part.write_bytes(png(render(game, order.width, order.height, looks), order.width, order.height))
    os.replace(part, path)  # noqa: PTH105 - replaces on Windows, too
    channel.send(Done())


def play_into(game: Game, moves: int) -> None:
    """Plays so many random moves, or half a game if it is over by then: one in progress says more."""
    played = _play(game, moves)
    if not game.to_move():
        _play(game, played // 2)


def _play(game: Game, moves: int) -> int:
    """Plays so many random moves from the start; returns how many of them there were."""
    game.reset(SEED)
    rng = np.random.default_rng(SEED)
    for played in range(moves):
        if not game.to_move():
            return played
        game.step({seat: _random_action(game, seat, rng) for seat in game.to_move()})
    return moves


def _random_action(game: Game, seat: int, rng: np.random.Generator) -> int | Array:
    space = game.action_space
    if isinstance(space, Discrete):
        mask = game.mask(seat)
        return int(rng.choice(np.arange(space.n) if mask is None else np.flatnonzero(mask)))
    low, high = (-1.0 if space.low is None else space.low), (1.0 if space.high is None else space.high)
    return rng.uniform(low, high, space.shape).astype(np.float32)


def png(rows: bytes, width: int, height: int) -> bytes:
    """RGB rows as a PNG file (ISO/IEC 15948): eight bits a sample, no filter."""
    stride = 3 * width
    lines = b"".join(b"\0" + rows[start : start + stride] for start in range(0, stride * height, stride))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
