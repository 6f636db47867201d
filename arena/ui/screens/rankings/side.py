"""The side of Rankings: head to head or returns, the selected player, and the newest games."""

from __future__ import annotations

from pygame import Rect

from arena.drawing.palette import BASELINE
from arena.records import FORFEITS, GameRecord, Standing
from arena.settings import Value
from arena.ui.canvas import Canvas
from arena.ui.format import ago, count_of, number, percent, setting_value, short_number
from arena.ui.layout import Column, Row
from arena.ui.messages import Changed, Chosen, Handled, Message
from arena.ui.screens.rankings.board import Board, PlayerDetails, age
from arena.ui.theme import mix
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.bars import Bar, Bars
from arena.ui.widgets.heat_map import HeatMap
from arena.ui.widgets.list_view import ListView
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.scroll import Scroll
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.tabs import Tab, Tabs
from arena.ui.widgets.text import Paragraph, Text

FIRST_GAME = "The first game is under way"
MOST_IN_MAP = 10
BINS = 8
ENDS = {
    "timeout": "out of time",
    "crash": "crashed",
    "illegal": "illegal move",
    "memory": "out of memory",
    "load": "did not load",
}


class HeadToHead(Panel):
    """Everyone against everyone. Answers `Chosen(id, player id)` when a cell is pressed."""

    def __init__(self, id: str) -> None:
        self.map = HeatMap(f"{id}.map")
        self._pair = Paragraph("", "caption", "text2", "right").sized(grow=1)
        legend = Painted(_paint_legend, 132, 14)
        super().__init__(
            self.map, Row(legend, self._pair, across="start"), title="Head to head", note="", gap=10, id=id
        )
        self._board: Board | None = None
        self._players: tuple[Standing, ...] = ()

    def show(self, board: Board, selected: str | None) -> None:
        self._board = board
        rows = board.standings.rows
        self._players = rows[:MOST_IN_MAP]
        styles = [board.styles.get(row.agent, BASELINE) for row in self._players]
        self.map.show(
            styles,
            [[board.score(row.player, other.player) for other in self._players] for row in self._players],
        )
        self.note.text = "row score, %" if len(rows) <= MOST_IN_MAP else f"first {MOST_IN_MAP}, row score, %"
        self.light(selected)

    def light(self, selected: str | None) -> None:
        """Mark the selected player's closest opponent."""
        ids = [row.player for row in self._players]
        if self._board is None or selected not in ids:
            self.map.chosen = None
            self._pair.text = ""
            return
        at = ids.index(selected)
        met = [
            (abs(score - 50), other)
            for other in range(len(ids))
            if (score := self._score(at, other)) is not None
        ]
        if met:
            self._mark(at, min(met)[1])

    def _score(self, row: int, column: int) -> float | None:
        board = self._board
        return (
            None
            if board is None or row == column
            else board.score(self._players[row].player, self._players[column].player)
        )

    def _mark(self, row: int, column: int) -> None:
        self.map.chosen = (row, column)
        score = self._score(row, column)
        words = percent(score / 100) if score is not None else "never met"
        self._pair.text = f"{self._players[row].label} v {self._players[column].label}: {words}"

    def translate(self, message: Message) -> Message:
        if isinstance(message, Chosen) and message.id == self.map.id:
            row, column = message.key
            self._mark(row, column)
            return Chosen(self.id, self._players[row].player)
        return message


def _paint_legend(canvas: Canvas, rect: Rect) -> None:
    theme = canvas.theme
    canvas.text("0", Rect(rect.left, rect.top, 12, rect.height), "caption", theme.text3)
    for step in range(14):
        share = step / 13 - 0.5
        strength = 0.08 + (0.56 if theme.dark else 0.72) * abs(share) * 2
        colour = mix(theme.panel, theme.win if share > 0 else theme.loss, strength)
        canvas.fill(Rect(rect.left + 12 + 6 * step, rect.top + 3, 6, 8), colour)
    canvas.text("100", Rect(rect.left + 102, rect.top, 30, rect.height), "caption", theme.text3)


class Returns(Panel):
    """How one player's returns are spread over its episodes."""

    def __init__(self, id: str) -> None:
        self.bars = Bars()
        super().__init__(self.bars.sized(height=150), title="Returns", gap=10, id=id)

    def show(self, details: PlayerDetails, board: Board) -> None:
        self.bars.style = board.styles.get(details.record.agent, BASELINE)
        self.bars.bars = spread(details.returns)
        self.note.text = f"{count_of(len(details.returns), 'episode')} of {details.record.label}"


def spread(returns: tuple[float, ...]) -> list[Bar]:
    """At most eight bars: how many episodes ended with a return in each range, named by its lower end."""
    if not returns:
        return []
    kinds = sorted(set(returns))
    if len(kinds) <= BINS:
        counts = [(kind, returns.count(kind)) for kind in kinds]
    else:
        width = (kinds[-1] - kinds[0]) / BINS
        places = [min(BINS - 1, int((one - kinds[0]) / width)) for one in returns]
        counts = [(kinds[0] + at * width, places.count(at)) for at in range(BINS)]
    most = max(count for _, count in counts)
    return [Bar(_short(low), count, number(count), lit=count == most) for low, count in counts]


def _short(value: float) -> str:
    return short_number(value) if abs(value) >= 10 or value == round(value) else number(value, 2)


class PlayerAndGames(Panel):
    """Two tabs: what the selected player is made of, and the board's newest games."""

    def __init__(self, id: str) -> None:
        self.tabs = Tabs([Tab("player", "Player"), Tab("games", "Recent games")], f"{id}.tabs")
        self._facts = Column(Skeleton(5), gap=8, padding=(12, 14, 12, 14))
        self._scroll = Scroll(self._facts).sized(grow=1)
        self._games: ListView[GameRecord] = ListView(
            f"{id}.games", key=lambda game: game.id, paint=self._paint_game, row_height=44, lines=True
        )
        self._games.empty = "No games yet"
        self._games.sized(grow=1).visible = False
        self._board: Board | None = None
        head = Row(self.tabs.sized(grow=1), padding=(4, 14, 0, 4))
        super().__init__(head, self._scroll, self._games, bare=True, id=id)

    def show_games(self, board: Board) -> None:
        self._board = board
        self._games.rows = board.recent

    def show_player(self, row: Standing | None, details: PlayerDetails | None) -> None:
        if row is None:
            first = self._board is not None and not self._board.standings.rows
            words = FIRST_GAME if first else "Select a player to see what it is made of."
            self._facts.replace_children([Text(words, "body", "text3")])
        elif details is None:
            self._facts.replace_children([Skeleton(5)])
        else:
            self._facts.replace_children(_facts(row, details))

    def translate(self, message: Message) -> Message:
        if isinstance(message, Changed) and message.id == self.tabs.id:
            self._scroll.visible = message.value == "player"
            self._games.visible = message.value == "games"
            return Handled()
        return message

    def _paint_game(self, canvas: Canvas, rect: Rect, game: GameRecord) -> None:
        labels = self._board.labels if self._board is not None else {}
        names = [labels.get(player, player) for player in game.players]
        theme = canvas.theme
        upper = Rect(rect.left, rect.top + 5, rect.width, 18)
        used = canvas.text(_score(game), upper, "body-medium", theme.text, "right")
        upper.width -= used + 12
        canvas.text(" v ".join(names) if len(names) < 3 else _first(game, names), upper, "body", theme.text)
        lower = Rect(rect.left, rect.top + 23, rect.width, 14)
        used = canvas.text(ago(age(game.ended_at)), lower, "caption", theme.text3, "right")
        lower.width -= used + 12
        bad = game.termination in FORFEITS
        canvas.text(_end(game, names), lower, "caption", theme.err if bad else theme.text3)


def _score(game: GameRecord) -> str:
    if len(game.scores) == 1:
        return f"return {_short(game.scores[0])}"
    if len(game.scores) > 2:
        return count_of(len(game.scores), "player")
    return " \u2013 ".join("\u00bd" if score == 0.5 else f"{score:g}" for score in game.scores)


def _first(game: GameRecord, names: list[str]) -> str:
    """Who won among more than two."""
    best = [name for name, score in zip(names, game.scores, strict=True) if score == max(game.scores)]
    return f"{best[0]} won" if len(best) == 1 else "First place shared"


def _end(game: GameRecord, names: list[str]) -> str:
    moves = count_of(
        game.moves, "step" if len(names) == 1 else "ply", "steps" if len(names) == 1 else "plies"
    )
    if game.forfeited_by is None:
        return f"{moves}, step limit" if game.termination == "truncated" else moves
    return f"{names[game.forfeited_by]}: {ENDS.get(game.termination, game.termination)}"


def _facts(row: Standing, details: PlayerDetails) -> list[Widget]:
    player = details.record
    facts: list[Widget] = [Text(row.label, "section").sized(height=20), _fact("Agent", player.agent)]
    if details.run is not None:
        facts.append(_fact("Run", details.run))
    if player.step is not None:
        facts.append(_fact("Step", number(player.step)))
    if player.weights_sha256 is None:
        facts.append(_fact("Weights", "none, untrained"))
    for name, value in player.acting.items():
        facts.append(_fact(name.capitalize(), setting_value(value)))
    if player.settings:
        facts.append(_fact("Settings", ""))
        facts.append(Paragraph(_settings(player.settings), "mono", "text2"))
    facts.append(_fact("Source", player.source_sha256[:12], mono=True))
    if player.weights_sha256 is not None:
        facts.append(_fact("Weights", player.weights_sha256[:12], mono=True))
    facts.append(_fact("Forfeits", number(row.forfeits) if row.forfeits else "none"))
    kinds: dict[tuple[str, str], int] = {}
    for _, kind, reason in details.forfeits:
        kinds[kind, reason] = kinds.get((kind, reason), 0) + 1
    for (kind, reason), count in list(kinds.items())[:6]:
        words = f"{number(count)} \u00d7 {ENDS.get(kind, kind)}" + (f": {reason}" if reason else "")
        facts.append(Paragraph(words, "caption", "err"))
    return facts


def _fact(name: str, value: str, mono: bool = False) -> Row:
    label = Text(name, "body", "text3").sized(width=88)
    return Row(label, Text(value, "mono" if mono else "body").sized(grow=1), gap=8).sized(height=19)


def _settings(settings: dict[str, Value]) -> str:
    return " \u00b7 ".join(f"{name} {setting_value(value)}" for name, value in settings.items())
