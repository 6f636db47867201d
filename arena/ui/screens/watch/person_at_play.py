"""What persons do in the window, brought to the exhibition: keys, clicks, taking back, resigning."""

from __future__ import annotations

from collections.abc import Sequence

from arena.processes.exhibition import Exhibition
from arena.records import action_count
from arena.spaces import Discrete
from arena.ui.events import Key
from arena.ui.messages import Activated, Changed, Chosen, Message, Pressed
from arena.ui.screen import Ui
from arena.ui.screens.watch.cast import Cast
from arena.ui.screens.watch.keyboard import ARROWS, Keyboard, Played
from arena.ui.screens.watch.person_transport import PersonTransport
from arena.ui.screens.watch.person_views import PersonView, person_view_of
from arena.ui.screens.watch.places import first_place, next_place
from arena.ui.screens.watch.story import Story, WatchedGame
from arena.ui.screens.watch.turn import Phase, Turn

FAR = 10**9


class PersonAtPlay:
    """The persons of one exhibition, who share mouse and keyboard.

    Attributes:
        playing: time goes on, where it does; False in a pause and before the first key.
    """

    def __init__(self, ui: Ui, cast: Cast, exhibition: Exhibition, story: Story, now: float) -> None:
        self._ui = ui
        self._cast = cast
        self._exhibition = exhibition
        self._story = story
        self._live = cast.info.real_time
        self._keyboard = Keyboard(cast.info.keys)
        self._places = cast.info.action_places
        self._chosen: int | None = None
        self._hinted: int | None = None
        self._refusal = ""
        self._asked: tuple[int, int, int] | None = None
        self._asked_at = now
        self._sent_at: tuple[int, int] | None = None
        self._shown: Turn | None = None
        self.playing = False
        self.view: PersonView = person_view_of(cast)
        self.transport = PersonTransport(cast)

    # What is shown

    def update(self, now: float) -> bool:
        """Looks at the clock and at what has happened; whether anything has to be drawn anew."""
        game = self._story.game
        if game is None:
            return False
        if self._story.refusal:
            self._refusal, self._story.refusal = self._story.refusal, ""
            self._sent_at = None
        self._notice_turn(game, now)
        turn = self._turn(game, now)
        if turn == self._shown:
            return False
        self._shown = turn
        self.view.show_turn(self._story, turn)
        self._show_hint(turn)
        return True

    def _notice_turn(self, game: WatchedGame, now: float) -> None:
        """Another move is asked for: its clock starts, and what was said of the last one goes."""
        seat = self._seat(game)
        asked = None if seat is None or self._live else (self._story.started, game.length, seat)
        if game.outcome is not None or not game.at_end:
            self.playing = False
        if asked == self._asked:
            return
        self._asked, self._asked_at, self._sent_at = asked, now, None
        if asked is not None:
            self._refusal = ""
            legal = self._legal(game, asked[2])
            self._chosen = first_place(self._places, legal, self._chosen) if self._places else None

    def _seat(self, game: WatchedGame) -> int | None:
        """The person who is to move in the newest position, or who plays where time goes on."""
        if game.outcome is not None:
            return None
        if self._live:
            return self._cast.persons[0]
        to_move = game.to_move_after(game.length)
        return next((seat for seat in self._cast.persons if seat in to_move), None)

    def _legal(self, game: WatchedGame, seat: int) -> tuple[bool, ...]:
        if not isinstance(self._cast.info.action, Discrete):
            return ()
        mask = game.mask(seat)
        return (True,) * action_count(self._cast.info) if mask is None else tuple(mask)

    def turn(self, now: float) -> Turn:
        game = self._story.game
        return Turn("waiting", None) if game is None else self._turn(game, now)

    def _turn(self, game: WatchedGame, now: float) -> Turn:
        seat = self._seat(game)
        phase = self._phase(game, seat)
        choosing = phase == "choosing" and seat is not None
        return Turn(
            phase,
            seat,
            self._legal(game, seat) if choosing and seat is not None else (),
            self._chosen if choosing else None,
            max(0, int(now - self._asked_at)) if choosing else 0,
            len(game.taken_back),
            self._plies_back(game),
            self._refusal,
        )

    def _phase(self, game: WatchedGame, seat: int | None) -> Phase:
        if not game.at_end:
            return "earlier"
        if game.outcome is not None:
            return "over"
        if self._live:
            return "running" if self.playing else "paused" if game.length else "ready"
        sent = self._sent_at == (self._story.started, game.length)
        return "choosing" if seat is not None and not sent else "waiting"

    def _plies_back(self, game: WatchedGame) -> int:
        """How many steps lie between the present position and the last one in which a person decided."""
        if self._live:
            return 0
        persons = set(self._cast.persons)
        decided = (
            ply for ply in range(game.length - 1, -1, -1) if persons & set(game.to_move_after(ply))
        )  # fmt: skip
        ply = next(decided, None)
        return 0 if ply is None else game.length - ply

    def _show_hint(self, turn: Turn) -> None:
        """The worker draws what the chosen move would leave."""
        hint = turn.chosen if turn.phase == "choosing" else None
        if hint != self._hinted:
            self._hinted = hint
            self._exhibition.hint(hint)

    # What persons do

    def first_key(self, key: Key) -> bool:
        """A key of the game; True if it was used."""
        game = self._story.game
        if game is None or key.ctrl or key.alt:
            return False
        action = self._keyboard.action(key.name)
        if self._live and action is not None:
            return self._hold(game, key.name)
        if action is not None:
            if self._keyboard.press(key.name) and self._phase(game, self._seat(game)) == "choosing":
                self._play(game, action)
            return True
        return self._steer(game, key)

    def _hold(self, game: WatchedGame, name: str) -> bool:
        if game.outcome is not None:
            return False
        if self._keyboard.press(name):
            self.playing = True
            if not game.at_end:
                game.cursor = game.length
            self._exhibition.hold(self._keyboard.held, pressed=True)
        return True

    def _steer(self, game: WatchedGame, key: Key) -> bool:
        """Going from place to place, and what Enter and Backspace mean."""
        phase = self._phase(game, self._seat(game))
        if key.name in ARROWS and self._places and phase == "choosing":
            if self._chosen is not None and self._shown is not None:
                self._chosen = next_place(self._places, self._shown.legal, self._chosen, key.name)
            return True
        if key.name == "space" and self._live:
            self._pause_or_go_on(game)
            return True
        if key.name in ("return", "space"):
            return self._enter(game, phase, key.name)
        if key.name == "backspace":
            self.take_back()
            return True
        return False

    def _enter(self, game: WatchedGame, phase: Phase, name: str) -> bool:
        if phase == "choosing" and self._chosen is not None:
            if self._keyboard.press(name):  # a key that is held would play the next move too
                self._play(game, self._chosen)
        elif phase == "earlier":
            self.return_to_game(game)
        elif phase == "over" and name == "return" and self._keyboard.press(name):
            self.new_game()
        else:
            return name == "space"  # nothing here is played or paused by it
        return True

    def key_up(self, name: str) -> None:
        if self._keyboard.release(name) and self._live:
            self._exhibition.hold(self._keyboard.held, pressed=False)

    def let_go(self) -> None:
        if self._keyboard.let_go() and self._live:
            self._exhibition.hold(None, pressed=False)

    def react(self, message: Message) -> bool:
        """What the panels, the stage and the transport say; True if it was for persons."""
        game = self._story.game
        if game is None:
            return False
        match message:
            case Chosen("watch.stage", action):
                self._chosen = action
            case Activated("watch.stage", action):
                self._chosen = action if self._may(action) else self._chosen
                self._play(game, action)
            case Changed("person.legal" | "person.thoughts"):
                self._shown = None
            case Pressed(id=name) if name.startswith("person.act."):
                self._play(game, int(name.removeprefix("person.act.")))
            case Pressed(id=name):
                return self._press(game, name)
            case _:
                return False
        return True

    def _press(self, game: WatchedGame, name: str) -> bool:
        match name:
            case "person.play" if self._chosen is not None:
                self._play(game, self._chosen)
            case "person.live":
                self.return_to_game(game)
            case "person.back":
                self.take_back()
            case "person.new":
                self._ask_for_new_game(game)
            case "person.resign":
                self._ask_to_resign(game)
            case "watch.play" if self._live:
                self._pause_or_go_on(game)
            case _:
                return False
        return True

    def _may(self, action: int) -> bool:
        legal = self._shown.legal if self._shown is not None else ()
        return action < len(legal) and legal[action]

    def _play(self, game: WatchedGame, action: Played) -> None:
        seat = self._seat(game)
        if seat is None or self._phase(game, seat) != "choosing":
            return
        self._refusal = ""
        if not isinstance(action, int) or self._may(action):
            self._sent_at = (self._story.started, game.length)
        self._exhibition.act(seat, action, game.length)

    def take_back(self) -> None:
        if self._story.game is not None and self._plies_back(self._story.game):
            self._exhibition.take_back()

    def return_to_game(self, game: WatchedGame) -> None:
        """Shows the newest position again."""
        game.cursor = game.length
        self._exhibition.show(FAR)
        if not self._live:
            self._exhibition.play()

    def _pause_or_go_on(self, game: WatchedGame) -> None:
        if game.outcome is not None or not game.at_end:
            return
        self.playing = not self.playing
        self._exhibition.play() if self.playing else self._exhibition.pause()

    def _pause(self) -> None:
        if self._live and self.playing:
            self.playing = False
            self._exhibition.pause()

    def new_game(self) -> None:
        game = self._story.game
        if game is not None:
            self.playing = False
            self._exhibition.new_seed(other_seed(game.start.seed))

    def _ask_for_new_game(self, game: WatchedGame) -> None:
        if game.outcome is not None or not game.length or len(self._cast.seats) == 1:
            self.new_game()
            return
        self._pause()
        self._ui.confirm(
            "Start a new game?",
            "This one ends here without a result. Games of persons are not rated or kept.",
            "New game",
            self.new_game,
            "Keep playing",
        )

    def _ask_to_resign(self, game: WatchedGame) -> None:
        seat = self._seat(game)
        if game.outcome is not None:
            return
        self._pause()
        loser = self._cast.persons[0] if seat is None else seat
        alone = len(self._cast.seats) == 1
        kept = "the return so far counts" if alone else "the game counts as lost here"
        self._ui.confirm(
            "Give this game up?" if alone else "Resign this game?",
            f"It ends now, and {kept}. Games of persons are not rated or kept.",
            "Give up" if alone else "Resign",
            lambda: self._exhibition.resign(loser),
            "Keep playing",
        )

    def shortcuts(self) -> Sequence[tuple[str, str]]:
        """Rows of the shortcut sheet; keys that the game uses are left to it."""
        taken = {known.key for known in self._cast.info.keys}
        rows = [("The game's keys", "Play, before all else")]
        if self._live:
            rows += [("Hold, tap", "As long as held; at least one step")]
            rows += [] if "space" in taken else [("Space", "Pause or go on")]
        else:
            if self._places:
                rows += [("Arrows, Enter", "Choose a place, play there")]
            rows += [("Backspace", "Take back")]
        return rows + [(cap, words) for name, cap, words in _OTHERS if name not in taken]


_OTHERS = (
    (",", ", .", "Look one step back, on"),
    ("l", "L", "Back to the game"),
    ("t", "T", "Show what the agent thinks"),
    ("n", "N", "New game"),
    ("e", "E", "Change players or environment"),
)


def other_seed(seed: int) -> int:
    """A seed that looks nothing like the last one, the same one after it every time."""
    return (seed * 1_103_515_245 + 12_345) % 2**31
