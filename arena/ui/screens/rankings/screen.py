"""The Rankings screen: a tab for each board, its table, and what stands behind the selected row."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from arena.errors import ArenaError
from arena.records import MatchRecord
from arena.ui.events import Key
from arena.ui.format import count_of
from arena.ui.layout import Column, Divider, Row
from arena.ui.messages import Activated, Changed, Chosen, Message, Pressed
from arena.ui.screen import Action, Screen
from arena.ui.screens.rankings.board import (
    Board,
    Overview,
    PlayerDetails,
    live,
    read_board,
    read_details,
    read_overview,
)
from arena.ui.screens.rankings.matches import MatchStrip, to_show
from arena.ui.screens.rankings.play import open_play
from arena.ui.screens.rankings.side import FIRST_GAME, HeadToHead, PlayerAndGames, Returns
from arena.ui.screens.rankings.standings_table import StandingsTable
from arena.ui.screens.rankings.summary import Summary, summary_of
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.split import Split
from arena.ui.widgets.tabs import Tab, Tabs
from arena.ui.widgets.text import Paragraph

RATED = "Bradley\u2013Terry rating, 95 % interval. Where intervals overlap, the order is not settled."
RETURNED = "Mean return, 95 % interval. Where intervals overlap, the order is not settled."
CHECK_SECONDS = 0.5
# A worker computes standings in about a second of one core: while games come in, not all the time.
PLAYING_SECONDS = 5.0


class RankingsScreen(Screen):
    """Reads the overview twice a second if anything was written, and a board when it has more games."""

    name, title, icon, digit = "rankings", "Rankings", "trophy", 4

    def build(self) -> Widget:
        self._overview: Overview | None = None
        self._board: Board | None = None
        self._details: PlayerDetails | None = None
        self._shown = self._computing = ""
        self._wanted: str | None = None
        self._changes = -1
        self._computed_at = 0.0
        self.tabs = Tabs([], "rankings.boards")
        self.summary = Summary("rankings.summary")
        self.strip = MatchStrip("match")
        self.table = StandingsTable("rankings.table").sized(grow=1)
        self.table.empty = FIRST_GAME
        self.note = Paragraph(RATED, "body", "text3").sized(grow=1)
        self.heat = HeadToHead("rankings.heat")
        self.returns = Returns("rankings.returns")
        self.player = PlayerAndGames("rankings.player").sized(grow=1)
        self.loading = Column(Panel(Skeleton(2)), Panel(Skeleton(18)).sized(grow=1), gap=12).sized(grow=1)
        self.filled = self._filled()
        self.filled.visible = False
        self.empty = self._empty()
        self.empty.visible = False
        self.failed = Column().sized(grow=1)
        self.failed.visible = False
        self.head = Column(self.tabs)
        self.head.visible = False
        return Column(self.head, self.loading, self.filled, self.empty, self.failed, gap=12)

    def _filled(self) -> Widget:
        info = Painted(lambda canvas, rect: canvas.icon("info", rect, 15, canvas.theme.text3), 16, 16)
        play = Button("Play more games", "rankings.play", icon="swords", size="small")
        foot = Row(info, self.note, play, gap=8, padding=(0, 14, 0, 14)).sized(height=52)
        main = Column(
            Panel(self.summary).sized(height=72),
            self.strip,
            Panel(self.table, Divider(), foot, bare=True).sized(grow=1),
            gap=12,
        )
        side = Column(self.heat, self.returns, self.player, gap=12)
        return Split(main, side, 360, labels=("Standings", "Details"))

    def _empty(self) -> Widget:
        actions = [Button("Play games", "rankings.play-first", "primary", "swords")]
        if self.ui.has_screen("train"):
            actions.append(Button("Train an agent", "rankings.train", icon="activity"))
        hint = "A match, or the evaluation at the end of a training, puts the first players on a scoreboard."
        return EmptyState("No games yet", hint, "trophy", tuple(actions))

    def enter(self, board: str | None = None, **arguments: Any) -> None:
        self._changes = -1
        self._computing = ""
        self._wanted = board
        self.ui.every(self, CHECK_SECONDS, self._look, self._show_overview)

    def _look(self) -> Overview | None:
        session = self.ui.session
        changes = session.changed()
        if changes == self._changes:
            return None
        overview = read_overview(session)
        self._changes = changes
        return overview

    def _show_overview(self, overview: Overview | None) -> None:
        if overview is not None:
            self._overview = overview
            self._show_boards(overview)
        if self._overview is not None:
            self._show_match(self._overview)
            if not self.failed.visible:
                self._refresh()
        if self._board is not None:
            self.summary.show(summary_of(self._board))

    def _show_boards(self, overview: Overview) -> None:
        found = bool(overview.boards)
        self.head.visible = found
        self.empty.visible = not found
        self.loading.visible = found and self._board is None and not self.failed.visible
        if not found:
            self.filled.visible = False
            self.ui.subtitle("")
            return
        tabs = [Tab(board.board, overview.labels[board.board], board.players) for board in overview.boards]
        keys = [tab.key for tab in tabs]
        newest = max(overview.boards, key=lambda board: board.last_game_at).board
        shown = self._shown if self._shown in keys else newest
        if self._wanted in keys:
            shown, self._wanted = self._wanted or "", None
        self.tabs.set_tabs(tabs, shown)
        if shown != self._shown:
            self._change_board(shown)

    def _refresh(self) -> None:
        """Have the shown board computed if it is not there or has more games than are shown."""
        overview, shown = self._overview, self._shown
        info = next((board for board in overview.boards if board.board == shown), None) if overview else None
        if info is None or self._computing == shown:
            return
        board = self._board
        if board is not None and board.standings.board == shown and board.standings.games == info.games:
            self._tell(board)
            return
        playing = self.strip.match is not None and live(self.strip.match)
        since = time.monotonic() - self._computed_at
        if board is not None and board.standings.games and playing and since < PLAYING_SECONDS:
            return
        self._computing = shown
        session = self.ui.session
        self.ui.run(self, lambda: read_board(session, info), self._show_board, self._show_failure)

    def _tell(self, board: Board) -> None:
        label = self._overview.labels.get(self._shown, self._shown) if self._overview else self._shown
        players = len(board.standings.rows)
        self.ui.subtitle(f"{label}, {count_of(players, 'player') if players else 'no game yet'}")

    def _show_failure(self, error: Exception) -> None:
        self._computing = ""
        sentence = str(error) if isinstance(error, ArenaError) else f"{type(error).__name__}: {error}"
        retry = Button("Try again", "rankings.retry", "primary", "rotate-cw")
        state = EmptyState("The standings could not be computed", sentence, "circle-x", (retry,), error=True)
        self.failed.replace_children([state])
        self.failed.visible, self.loading.visible, self.filled.visible = True, False, False

    def _show_board(self, board: Board) -> None:
        self._computing = ""
        self._computed_at = time.monotonic()
        if board.standings.board != self._shown:
            self._refresh()
            return
        another = self._board is None or self._board.standings.board != board.standings.board
        self._board = board
        self.loading.visible = self.failed.visible = False
        self.filled.visible = True
        self.note.text = RATED if board.contest else RETURNED
        self.table.show(board)
        self.summary.show(summary_of(board))
        self.player.show_games(board)
        played = bool(board.standings.rows)
        self.heat.visible, self.returns.visible = played and board.contest, played and not board.contest
        if board.row(self.table.selected) is None:
            self.table.selected = board.standings.rows[0].player if board.standings.rows else None
        self.heat.show(board, self.table.selected)
        self._ask_details(clear=another)
        self._tell(board)
        label = self._overview.labels.get(self._shown, "") if self._overview is not None else ""
        if board.environment is not None and not label.startswith(board.environment.title):
            self._changes = -1  # the tab has a plain id, as before the first scan: read its title

    def _show_match(self, overview: Overview) -> None:
        match = to_show(overview.matches, self._shown) if self._shown else None
        self._tell_end(overview, match)
        board = self._board if self._board and self._board.standings.board == self._shown else None
        seats = (
            board.environment.seats if board and board.environment else 2 if board and board.contest else 1
        )
        self.strip.show(match if board else None, seats, board.labels if board else {}, time.monotonic())

    def _tell_end(self, overview: Overview, shown: MatchRecord | None) -> None:
        before = self.strip.match
        if before is None or not live(before) or (shown is not None and shown.id == before.id):
            return
        ended = next((match for match in overview.matches if match.id == before.id), before)
        words = f"{count_of(ended.played, 'game')} recorded"
        if ended.state == "finished":
            self.ui.toast("Match finished", words, "ok")
        elif ended.state == "stopped":
            self.ui.toast("Match stopped", words)
        elif not live(ended):
            self.ui.toast("Match broke off", ended.message or words, "err")

    def _ask_details(self, clear: bool = False) -> None:
        board, player = self._board, self.table.selected
        if board is None or player is None:
            self.player.show_player(None, None)
            return
        if clear:
            self.player.show_player(board.row(player), None)
        key, session = board.standings.board, self.ui.session
        self.ui.run(self, lambda: read_details(session, key, player), self._show_details)

    def _show_details(self, details: PlayerDetails) -> None:
        board, player = self._board, details.record.id
        if board is not None and player == self.table.selected:
            self.player.show_player(board.row(player), details)
            self.returns.show(details, board)

    def react(self, message: Message) -> None:
        match message:
            case Changed("rankings.boards", key):
                self._wanted = None
                self._change_board(key)
            case Chosen("rankings.table", player):
                self.heat.light(player)
                self._ask_details(clear=True)
            case Chosen("rankings.heat", player):
                self.table.selected = player
                self._ask_details(clear=True)
            case Pressed("rankings.play") | Activated("rankings.table"):
                self._play_more()
            case Pressed("rankings.play-first"):
                open_play(self.ui)
            case Pressed("rankings.train"):
                self.ui.go("train")
            case Pressed("rankings.retry"):
                self._change_board(self._shown)
            case Changed("play", started):
                self._follow(started)
            case Pressed("match.stop" | "match.resume" as wanted):
                self._steer_match(wanted)

    def _change_board(self, key: str) -> None:
        self._shown = key
        self.filled.visible = self.failed.visible = False
        self.loading.visible = True
        self._board = None
        self.table.selected = None
        self._refresh()

    def _play_more(self) -> None:
        board = self._board
        if board is None:
            open_play(self.ui)
            return
        row = board.row(self.table.selected)
        rivals = [other.label for other in board.standings.rows if row is None or other.player != row.player]
        wanted = ([row.label] if row else []) + (rivals[:1] if board.contest else [])
        open_play(self.ui, board.standings.environment, board.standings.board, wanted)

    def _follow(self, started: MatchRecord) -> None:
        self._wanted = started.board
        self._changes = -1
        self.ui.toast("Match started", "It goes on in the background, also when Arena is closed.", "ok")

    def _steer_match(self, wanted: str) -> None:
        match, session = self.strip.match, self.ui.session
        if match is None:
            return
        act = session.stop_match if wanted == "match.stop" else session.resume_match
        self.ui.run(self, lambda: act(match.id), lambda _: None)

    def actions(self) -> Sequence[Action]:
        return [Action("Play games", self._play_more, "swords", keys=("N",))]

    def key(self, key: Key) -> bool:
        if key.name == "n" and not key.ctrl and not key.alt:
            self._play_more()
            return True
        return False

    def shortcuts(self) -> Sequence[tuple[str, str]]:
        return [("N", "Play more games"), ("Enter", "Play with the selected player")]
