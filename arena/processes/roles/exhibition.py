"""An exhibition: unrated games, one after another, drawn and explained for a spectator.

What is shown is a cursor in the steps of the present game. At the end of what was played, going on means
playing a new step; before it, going on means walking through what is known. Earlier positions are shown on
a second board, on which the game's actions are played again from its seed.

A person may sit in any seat. A game in which they take turns waits for them; where time goes on, each step
takes what the person holds at that moment, from the first key on. Their games end when they have ended: the
next one is asked for.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from arena.api import SeatLook
from arena.contest import seeds
from arena.contest.legality import Illegal
from arena.contest.models import Models
from arena.discovery import folders
from arena.drawing.stage import Frame
from arena.errors import ArenaError
from arena.games.game import draw, open_game
from arena.orders import ExhibitionOrder
from arena.processes.channel import Channel
from arena.processes.frames import FrameWriter, fitting
from arena.processes.messages import (
    Act,
    Control,
    GameEnded,
    GameStarted,
    Held,
    Ready,
    Refused,
    TakenBack,
    ToWorker,
)
from arena.processes.roles.hand import Hand, person_action
from arena.processes.roles.hint import Hint
from arena.processes.roles.loading import build_player, environment_spec
from arena.processes.roles.spectated import SpectatedGame

END_SECONDS = 1.5
SHORTEST_END_SECONDS = 0.3
# Less than 1/60, or a step that comes a moment early would not be drawn at the window's own speed.
FRAME_SECONDS = 0.75 / 60
# A reply that comes later than this after a person's move feels slow, one that comes at once is not seen.
REPLY_SECONDS = 0.5


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
        self._agents = [
            None if source is None else build_player(source, self._board) for source in self._sources
        ]
        self._models = {
            seat: Models(lambda: open_game(self._spec, order.environment.settings), self._spec.id)
            for seat, source in enumerate(self._sources)
            if source is not None and source.searches
        }
        self._persons = [seat for seat, source in enumerate(self._sources) if source is None]
        self._live = self._spec.real_time and bool(self._persons)
        self._hand = Hand(self._board.action_space, self._spec.idle_action)
        self._given: dict[int, Any] = {}
        self._hint = Hint(self._spec)
        self._looks = [SeatLook(colour, shape) for colour, shape in order.looks]
        # Only users' plugins may draw by themselves; a test holds the shipped ones to pictures.
        path = order.environment.path
        shipped = path is not None and Path(path).parent == folders.shipped("plugins")
        self._frames = FrameWriter(Path(order.frames), partial(Frame, pictures_only=shipped))
        self._size = fitting(order.width, order.height)
        self._speed = order.speed
        self._playing = not self._live
        self._games = 0
        self._cursor = 0
        self._due_at = 0.0
        self._drawn_at = 0.0
        self._game = self._new_game(order.seed)

    def go_on_for_ever(self) -> None:
        """Obeys, and steps whenever the time has come."""
        self._open()
        while True:
            wait = max(0.0, self._due_at - time.monotonic()) if self._goes_on else None
            received = self._channel.receive(wait)
            while received is not None:  # a dragged slider sends many; only the last picture matters
                if isinstance(received.message, Control):
                    self._obey(received.message)
                received = self._channel.receive(0)
            if self._goes_on and time.monotonic() >= self._due_at:
                self._advance()
            elif self._hint.changed:
                self._draw()

    @property
    def _goes_on(self) -> bool:
        """Whether the next step comes by itself, in its time."""
        if self._cursor < self._game.ply or not self._persons:
            return self._playing
        if self._game.outcome is not None:
            return False
        if self._live:
            return self._playing
        return all(seat in self._given for seat in self._game.persons)

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
        if self._persons:
            self._obey_person(control)

    def _obey_person(self, control: Control) -> None:
        if control.act is not None:
            self._act(control.act)
        if control.held is not None:
            self._hold(control.held)
        if control.take_back:
            self._take_back()
        if control.resign in self._persons and self._game.outcome is None:
            self._resign(control.resign)
        if control.hint is not None:
            self._hint.action = control.hint if control.hint >= 0 else None

    def _act(self, act: Act) -> None:
        """A person's move; one that was meant for another position is late, and forgotten."""
        game = self._game
        if self._live or act.ply != game.ply or act.seat not in game.persons or act.seat in self._given:
            return
        try:
            action = person_action(act.action, self._board.action_space, game.mask(act.seat))
        except Illegal:
            self._channel.send(Refused(self._refusal(act.action)))
            return
        self._given[act.seat] = action
        self._cursor, self._playing = game.ply, True
        if self._goes_on:
            self._advance()
            reply = min(self._interval, REPLY_SECONDS)
            if game.outcome is None:
                self._due_at = time.monotonic() + reply

    def _refusal(self, action: int | list[float]) -> str:
        names = self._spec.action_names
        named = isinstance(action, int) and 0 <= action < len(names)
        name = names[action] if named else f"Action {action}"  # type: ignore[index]  # an int where it is named
        return f"{name[:1].upper()}{name[1:]} is not legal in this position."

    def _hold(self, held: Held) -> None:
        """Keys of a person where time goes on; the first one begins the game, or ends a pause."""
        self._hand.take(held)
        if self._live and held.pressed and not self._playing and self._game.outcome is None:
            self._cursor, self._playing = self._game.ply, True
            self._due_at = time.monotonic()

    def _take_back(self) -> None:
        ply = self._game.last_decision()
        if self._live or ply is None:
            why = (
                "Time goes on here, so nothing can be taken back."
                if self._live
                else "You have not moved yet."
            )
            self._channel.send(Refused(why))
            return
        self._game.go_back(ply)
        self._given, self._cursor, self._playing = {}, ply, True
        self._earlier_ply = None
        self._channel.send(TakenBack(ply))
        self._draw()

    def _resign(self, seat: int | None) -> None:
        outcome = self._game.resign(seat or 0)
        self._cursor = self._game.ply
        self._draw()
        self._channel.send(GameEnded(outcome, seat))

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
            if not self._persons:
                self._games += 1
                self._begin(seeds.match(self._order.seed, self._games))
            return
        elif self._live or all(seat in self._given for seat in self._game.persons):
            self._step()
        if self._cursor == self._game.ply and self._game.outcome is not None:
            self._draw()
            self._channel.send(GameEnded(self._game.outcome))
            pause = END_SECONDS / max(1.0, self._speed) if self._speed > 0 else 0.0
            self._due_at = now + max(SHORTEST_END_SECONDS, pause)
        elif now - self._drawn_at >= FRAME_SECONDS or not self._playing or self._persons:
            self._draw()

    def _step(self) -> None:
        """A new step of the game, with what persons play in it."""
        game, given = self._game, self._given
        if self._live:
            given = {seat: self._hand.next_action(game.mask(seat)) for seat in game.persons}
        self._given = {}
        self._hint.action = None
        stepped = game.step(given)
        if stepped is not None:
            self._cursor = stepped.ply
            self._channel.send(stepped)

    def _new_game(self, seed: int) -> SpectatedGame:
        return SpectatedGame(self._board, self._spec, self._agents, seed, self._models)

    def _begin(self, seed: int) -> None:
        self._game = self._new_game(seed)
        self._given = {}
        self._hand.let_go()
        self._hint.action = None
        self._playing = not self._live if self._persons else self._playing
        self._open()

    def _open(self) -> None:
        """Shows the first position of a new game."""
        self._cursor, self._earlier_ply = 0, None
        self._draw()
        self._due_at = time.monotonic() + self._interval
        weights = tuple(None if source is None else source.weights for source in self._sources)
        seats = tuple(range(self._board.seats))
        first = self._game.stepped[0]
        self._channel.send(
            GameStarted(self._game.seed, seats, weights, first.to_move, first.thoughts, first.masks)
        )

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
        with self._frames.frame(*self._size) as frame:
            draw(board, frame.begin(), self._looks)
            if self._may_hint:
                self._earlier_ply = None  # the second board is lent to the hint
                seat = self._game.persons[0]
                self._hint.draw(frame, self._board, self._earlier, self._looks, seat)
        self._hint.changed = False
        self._drawn_at = time.monotonic()

    @property
    def _may_hint(self) -> bool:
        """Whether it is for one person alone to move, and the move hinted at is legal."""
        action, seats = self._hint.action, self._board.to_move()
        if action is None or self._live or self._cursor < self._game.ply or self._game.persons != seats:
            return False
        mask = self._game.mask(seats[0]) if len(seats) == 1 else None
        return len(seats) == 1 and (mask is None or bool(mask[action]))

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
        before = self._sources[player]
        if before is None or weights == before.weights:
            return
        source = msgspec.structs.replace(before, weights=weights)
        try:
            self._agents[player] = build_player(source, self._board)
        except ArenaError:
            return
        self._sources[player] = source
