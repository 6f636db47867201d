"""What one watches: an environment with its settings, and who sits where. Found out in a background task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from arena.drawing.palette import PERSON, AgentStyle, told_apart
from arena.errors import ArenaError
from arena.records import AgentInfo, EnvironmentInfo, ForeignEnvironment, RunRecord, Standing
from arena.session import Session
from arena.session.persons import HUMAN, unplayable
from arena.session.players import untrained_words
from arena.settings import Value, resolve

NEWEST = "@newest"


@dataclass(frozen=True)
class Setup:
    """What was asked for; `players` are words as `Session.exhibit` takes them, one for each seat."""

    environment: str
    players: tuple[str, ...]
    settings: Mapping[str, Value] = field(default_factory=dict)

    def swapped(self) -> Setup:
        """The same players, each in another seat."""
        return replace(self, players=(*self.players[1:], *self.players[:1]))


@dataclass(frozen=True)
class Seated:
    """Who sits in a seat.

    Attributes:
        name: of the player; title: of its agent.
        note: what it plays with, in a few words.
        player: its id where it is one that can be rated.
        step: of the training that its weights come from.
        person: a person sits there.
    """

    name: str
    title: str
    note: str
    style: AgentStyle
    player: str | None = None
    step: int | None = None
    person: bool = False


@dataclass(frozen=True)
class Cast:
    """The environment and the players of an exhibition; `board` is where they would be rated."""

    info: EnvironmentInfo
    board: str
    seats: tuple[Seated, ...]

    @property
    def unit(self) -> str:
        """What its positions are counted in."""
        return "step" if self.info.seats == 1 or self.info.real_time else "ply"

    @property
    def persons(self) -> tuple[int, ...]:
        """The seats in which persons sit."""
        return tuple(seat for seat, seated in enumerate(self.seats) if seated.person)


@dataclass(frozen=True)
class Choice:
    """Something to choose in a list: what it is called in a request, and on the screen."""

    word: str
    label: str


YOU = Choice(HUMAN, "You")


@dataclass(frozen=True)
class Offer:
    """All that can be watched now.

    Attributes:
        players: by environment.
        foreign: further environments, known by their ids alone.
    """

    environments: tuple[EnvironmentInfo, ...]
    players: Mapping[str, tuple[Choice, ...]]
    foreign: tuple[ForeignEnvironment, ...] = ()

    def with_one_more(self, info: EnvironmentInfo, players: tuple[Choice, ...]) -> Offer:
        known = (*(one for one in self.environments if one.id != info.id), info)
        return replace(self, environments=known, players={**self.players, info.id: players})


def offer(session: Session, shown: Setup | None = None) -> Offer:
    """What there is to choose from, with what is shown now; looks for plugins if that was never done."""
    catalog = session.catalog()
    if not catalog.environments:
        catalog = session.scan()
    runs = session.runs()
    environments = list(catalog.environments)
    wanted = [run.environment for run in runs] + ([shown.environment] if shown is not None else [])
    for name in dict.fromkeys(wanted):
        if name not in {info.id for info in environments}:
            with suppress(ArenaError):  # its package may be gone
                environments.append(session.environment(name))
    players = {info.id: _players(info, runs, catalog.agents) for info in environments}
    return Offer(tuple(environments), players, catalog.foreign)


def one_more(session: Session, name: str) -> tuple[EnvironmentInfo, tuple[Choice, ...]]:
    """An environment by its id, and who can play there.

    Raises:
        ArenaError: if there is none of that id, or it does not open.
    """
    info = session.environment(name)
    return info, _players(info, session.runs(), session.catalog().agents)


def _players(
    info: EnvironmentInfo, runs: Sequence[RunRecord], agents: Sequence[AgentInfo]
) -> tuple[Choice, ...]:
    trained = [choice for run in runs if run.environment == info.id for choice in _of_run(run)]
    untrained = [
        Choice(word, f"{title}, untrained" if agent.learns else title)
        for agent in sorted(agents, key=lambda agent: agent.learns)
        if agent.unsuited(info) is None
        for word, title in untrained_words(agent, info)
    ]
    person = () if unplayable(info) else (YOU,)
    return (*trained, *person, *untrained)


def _of_run(run: RunRecord) -> list[Choice]:
    choices = []
    if run.live:
        choices.append(Choice(f"{run.name}{NEWEST}", f"{run.name}, follow the training"))
    elif run.checkpoint_step is not None and run.player is None:
        choices.append(Choice(f"{run.name}{NEWEST}", f"{run.name}, newest weights"))
    if run.player is not None:
        choices.append(Choice(run.name, f"{run.name}, best weights"))
    return choices


def setup_of_run(session: Session, name: str) -> Setup:
    """To watch a run: its newest weights while it trains, its best player afterwards, against `random`."""
    run = session.run(name)
    info = session.environment(run.environment, run.environment_settings)
    word = run.name if run.player is not None and not run.live else f"{run.name}{NEWEST}"
    return Setup(run.environment, (word, *["random"] * (info.seats - 1)), run.environment_settings)


def completed(
    session: Session, environment: str, players: Sequence[str], settings: Mapping[str, Value]
) -> Setup:
    """The setup with `random` in every seat for which nobody was named."""
    info = session.environment(environment, settings)
    return Setup(info.id, (*players, *["random"] * (info.seats - len(players))), settings)


def seated(session: Session, setup: Setup) -> Setup:
    """The setup with as many players as its settings give seats: its own, then `random`."""
    seats = session.environment(setup.environment, setup.settings).seats
    return replace(setup, players=(*setup.players, *["random"] * seats)[:seats])


def cast_of(session: Session, setup: Setup) -> Cast:
    """Who that is.

    Raises:
        RequestError: if a name is unknown or a player cannot play there.
    """
    info = session.environment(setup.environment, setup.settings)
    alone = setup.players.count(HUMAN) == 1
    seats = [
        _person(seat, len(setup.players), alone) if word == HUMAN else _seated(session, setup, word)
        for seat, word in enumerate(setup.players)
    ]
    styles = told_apart([seat.style for seat in seats])
    return Cast(
        info,
        info.board(resolve(info.settings, setup.settings)),
        tuple(replace(seat, style=style) for seat, style in zip(seats, styles, strict=True)),
    )


def _person(seat: int, seats: int, alone: bool) -> Seated:
    name = "You" if alone else f"Person {seat + 1}"
    return Seated(name, name, place_words(seat, seats), PERSON, person=True)


def place_words(seat: int, seats: int) -> str:
    """Where someone sits, as in "second seat"."""
    places = ("first seat", "second seat", "third seat", "fourth seat")
    if seats == 1:
        return "alone"
    return places[seat] if seat < len(places) else f"seat {seat + 1}"


def _seated(session: Session, setup: Setup, word: str) -> Seated:
    if word.endswith(NEWEST):
        run = session.run(word.removesuffix(NEWEST))
        note = "follows the training" if run.live else "newest weights"
        return Seated(run.name, _title(session, run.agent), note, session.agent_style(run.agent))
    player = session.resolve_player(setup.environment, word, setup.settings)
    title = _title(session, player.agent)
    learns = next((agent.learns for agent in session.catalog().agents if agent.id == player.agent), True)
    if player.run is not None:
        note = f"{title}, best weights" if "@" not in player.label else f"{title}, weights of one step"
    elif player.checkpoint is None:
        note = "untrained" if learns else "does not learn"
    else:
        note = title
    name = title if player.label == player.agent else player.label
    return Seated(name, title, note, session.agent_style(player.agent), player.id, player.step)


def _title(session: Session, agent: str) -> str:
    return next((known.title for known in session.catalog().agents if known.id == agent), agent)


def ratings(session: Session, cast: Cast) -> dict[str, Standing]:
    """What the scoreboard says of these players, by player id."""
    if not any(known.board == cast.board for known in session.boards()):
        return {}
    players = {seat.player for seat in cast.seats}
    return {row.player: row for row in session.standings(cast.board).rows if row.player in players}
