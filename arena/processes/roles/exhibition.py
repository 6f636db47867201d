"""An exhibition: unrated games, one after another, drawn and explained for a spectator.

What is shown is a cursor in the steps of the present game. At the end of what was played, going on means
playing a new step; before it, going on means walking through what is known. Earlier positions are shown on
a second board, on which the game's actions are played again from its seed.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec

from arena.api import SeatLook
from arena.contest import seeds
from arena.errors import ArenaError
from arena.games.game import open_game, render
from arena.orders import ExhibitionOrder
from arena.processes.channel import Channel
from arena.processes.frames import FrameWriter, fitting
from arena.processes.messages import Control, GameEnded, GameStarted, Ready, ToWorker
from arena.processes.roles.loading import build_player, environment_spec
from arena.processes.roles.spectated import SpectatedGame

END_SECONDS = 1.5
SHORTEST_END_SECONDS = 0.3
FRAME_SECONDS = 1 / 60


def carry_out(order: ExhibitionOrder, channel: Channel[ToWorker]) -> None:
    """Plays until the spectator closes the pipe, which ends this process."""
    show = Show(order, channel)
    channel.send(Ready())
    show.go_on_for_ever()


class Show:
    """The stage: a game in progress, a cursor, a clock and a picture."""

    def __init__(self, order: ExhibitionOrder, channel: Channel[ToWorker]) -> None:
        self._order = order
        self._channel = channel
        self._spec = environment_spec(order.environment)
        self._board = open_game(self._spec, order.environment.settings)
        self._earlier = open_game(self._spec, order.environment.settings)
        self._earlier_ply: int | None = None
        self._sources = list(order.players)
        self._agents = [build_player(source, self._board) for source in self._sources]
        self._looks = [SeatLook(colour, shape) for colour, shape in order.looks]
        self._frames = FrameWriter(Path(order.frames))
        self._size = fitting(order.width, order.height)
        self._speed = order.speed
        self._playing = True
        self._games = 0
        self._cursor = 0
        self._due_at = 0.0
        self._drawn_at = 0.0
        self._game = self._new_game(order.seed)

    def go_on_for_ever(self) -> None:
        """Obeys, and steps whenever the time has come."""
        self._open()
        while True:
            wait = max(0.0, self._due_at - time.monotonic()) if self._playing else None
            received = self._channel.receive(wait)
            while received is not None:  # a dragged slider sends many; only the last picture matters
                if isinstance(received.message, Control):
                    self._obey(received.message)
                received = self._channel.receive(0)
            if self._playing and time.monotonic() >= self._due_at:
                self._advance()

    def _obey(self, control: Control) -> None:
        if control.speed is not None:
            self._speed = max(0.0, control.speed)
            self._due_at = min(self._due_at, time.monotonic() + self._interval)
        if control.size is not None:
            self._size = fitting(*control.size)
            self._draw()
        if control.weights is not None:
            self._exchange(*control.weights)
        if control.seed is not None:
            self._begin(control.seed)
        if control.show is not None:
            self._playing = False
            self._show(min(max(0, control.show), self._game.ply))
        if control.step:
            self._playing = False
            self._advance()
        if control.play is not None:
            self._playing = control.play
            self._due_at = time.monotonic()

    @property
    def _interval(self) -> float:
        """Seconds from one step to the next."""
        return 1.0 / (self._spec.frames_per_second * self._speed) if self._speed > 0 else 0.0

    def _advance(self) -> None:
        """One step further: of what is known, of the game, or to the next game."""
        now = time.monotonic()
        self._due_at = max(self._due_at + self._interval, now)
        if self._cursor < self._game.ply:
            self._show(self._cursor + 1)
        elif self._game.outcome is not None:
            self._games += 1
            self._begin(seeds.match(self._order.seed, self._games))
            return
        else:
            stepped = self._game.step()
            if stepped is not None:
                self._cursor = stepped.ply
                self._channel.send(stepped)
        if self._cursor == self._game.ply and self._game.outcome is not None:
            self._draw()
            self._channel.send(GameEnded(self._game.outcome))
            pause = END_SECONDS / max(1.0, self._speed) if self._speed > 0 else 0.0
            self._due_at = now + max(SHORTEST_END_SECONDS, pause)
        elif now - self._drawn_at >= FRAME_SECONDS or not self._playing:
            self._draw()

    def _new_game(self, seed: int) -> SpectatedGame:
        return SpectatedGame(self._board, self._spec, self._agents, seed)

    def _begin(self, seed: int) -> None:
        self._game = self._new_game(seed)
        self._open()

    def _open(self) -> None:
        """Shows the first position of a new game."""
        self._cursor, self._earlier_ply = 0, None
        self._draw()
        self._due_at = time.monotonic() + self._interval
        weights = tuple(source.weights for source in self._sources)
        seats = tuple(range(self._board.seats))
        first = self._game.stepped[0]
        self._channel.send(GameStarted(self._game.seed, seats, weights, first.to_move, first.thoughts))

    def _show(self, ply: int) -> None:
        self._cursor = ply
        self._draw()
        shown = self._game.stepped[ply]
        self._channel.send(msgspec.structs.replace(shown, frontier=self._game.ply))

    def _draw(self) -> None:
        board: Any = self._board
        if self._cursor < self._game.ply:
            self._move_earlier_board()
            board = self._earlier
        self._frames.write(*self._size, render(board, *self._size, self._looks))
        self._drawn_at = time.monotonic()

    def _move_earlier_board(self) -> None:
        """Plays the game's actions on the second board up to the cursor, from where it stands if it can."""
        if self._earlier_ply is None or self._earlier_ply > self._cursor:
            self._earlier.reset(self._game.seed)
            self._earlier_ply = 0
        for actions in self._game.actions[self._earlier_ply : self._cursor]:
            self._earlier.step(actions)
        self._earlier_ply = self._cursor

    def _exchange(self, player: int, weights: str) -> None:
        """Builds that player anew for the games to come; weights that are gone or damaged change nothing."""
        source = msgspec.structs.replace(self._sources[player], weights=weights)
        if source == self._sources[player]:
            return
        try:
            self._agents[player] = build_player(source, self._board)
        except ArenaError:
            return
        self._sources[player] = source
