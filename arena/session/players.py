"""Who is meant by a word: an agent, a run, a step of a run, a file, or a player that has played before."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from arena.errors import RequestError, StoreError, UnknownName, Unsupported
from arena.orders import AgentSource, PlayerSource, TrainOrder
from arena.processes.assignments import read_assignment
from arena.processes.freezing import GREEDY, freeze_player
from arena.records import AgentInfo, EnvironmentInfo, PlayerRecord, RunRecord
from arena.session.facts import Facts
from arena.session.persons import HUMAN, ONLY_IN_THE_WINDOW
from arena.session.weights import checkpoint_facts, weights_hash
from arena.settings import Value
from arena.store import Home, Store
from arena.store.home import step_of

HINT = "Name an agent (AGENT:NAME=VALUE for other settings), a run, RUN@STEP or the path of an agent file."


class Players:
    """Turns words into players for one environment; a player's files are frozen, its row is not yet added."""

    def __init__(self, home: Home, store: Store, facts: Facts) -> None:
        self._home = home
        self._store = store
        self._facts = facts

    def resolve(self, environment: EnvironmentInfo, settings: Mapping[str, Value], word: str) -> PlayerRecord:
        """The player that a word names.

        Raises:
            UnknownName: with the nearest agents, runs and players.
            RequestError: if that player cannot play this environment, or is a person.
            PluginError: if it is a file that does not load.
        """
        if word == HUMAN:
            raise RequestError(ONLY_IN_THE_WINDOW)
        agent = self._agent(word)
        if agent is not None:
            return self.untrained(agent, environment)
        name, colon, given = word.partition(":")
        agent = self._agent(name) if colon else None
        if agent is not None:
            return self.untrained(agent, environment, settings_in(given))
        name, at, step = word.rpartition("@")
        run = self._run(word)
        if run is None and at and step.isdigit():
            run = self._run(name)
            if run is not None:
                self._check_trained_in(run, environment, settings)
                return self._at_step(run, int(step))
        if run is not None:
            self._check_trained_in(run, environment, settings)
            return self._best(run)
        if word.endswith(".py") or Path(word).is_file():
            return self._from_file(Path(word), environment)
        known = self._store.player(word)
        if known is None:
            raise UnknownName("player", word, self._known_words(), HINT)
        if known.run is not None:
            self._check_home(known, known.run, environment, settings)
        return known

    def untrained(
        self, agent: AgentInfo, environment: EnvironmentInfo, values: Mapping[str, object] | None = None
    ) -> PlayerRecord:
        """The agent before any training, with these settings and else those it would train with here."""
        reason = agent.unsuited(environment)
        if reason is not None:
            raise Unsupported(f"{agent.id} cannot play {environment.id}: it {reason}.")
        settings = agent.settings_for(environment.id, values or {})
        return freeze_player(
            self._home,
            label=word_for(agent, environment, settings),
            agent=agent.id,
            source=Path(agent.path),
            source_sha256=agent.source_sha256,
            settings=settings,
            searches=agent.needs_model,
        )

    def _agent(self, word: str) -> AgentInfo | None:
        return next((agent for agent in self._facts.catalog().agents if agent.id == word), None)

    def _run(self, word: str) -> RunRecord | None:
        try:
            return self._store.run(word)
        except UnknownName:
            return None

    def _best(self, run: RunRecord) -> PlayerRecord:
        player = self._store.player(run.player) if run.player else None
        if player is not None:
            return player
        best = self._home.best(run.id)
        if best is None:
            checkpoints = self._home.checkpoints(run.id)
            if not checkpoints:
                raise RequestError(f"{run.name} has saved no weights yet; wait for its first checkpoint.")
            best = checkpoints[0]
        return self._frozen(run, best)

    def _at_step(self, run: RunRecord, step: int) -> PlayerRecord:
        saved = {step_of(path): path for path in reversed(self._home.checkpoints(run.id))}
        if step not in saved:
            label = self._store.player(f"{run.name}@{step}")
            if label is not None:
                return label
            kept = ", ".join(str(known) for known in sorted(saved)) or "none"
            raise RequestError(f"{run.name} has no checkpoint at step {step}; saved steps: {kept}.")
        return self._frozen(run, saved[step])

    def _frozen(self, run: RunRecord, weights: Path) -> PlayerRecord:
        """Of a copy: while the run trains, its worker replaces and removes the files it has published."""
        checkpoint_facts(weights)  # a damaged file is named as what it is, not as its copy
        with tempfile.TemporaryDirectory(prefix="player-", dir=self._home.cache) as folder:
            copy = Path(folder) / weights.name
            try:
                shutil.copyfile(weights, copy)
            except OSError as error:
                raise StoreError(f"The weights {weights} cannot be copied ({error}); try again.") from error
            said = checkpoint_facts(copy).get("step")
            step = said if isinstance(said, int) else run.step
            return freeze_player(
                self._home,
                label=f"{run.name}@{step}",
                agent=run.agent,
                source=Path(read_assignment(self._home.run(run.id), TrainOrder).agent.path),
                source_sha256=run.source_sha256,
                settings=run.settings,
                weights=copy,
                weights_sha256=weights_hash(copy),
                run=run.id,
                step=step,
            )

    def _check_home(
        self,
        player: PlayerRecord,
        trained_in: str,
        environment: EnvironmentInfo,
        settings: Mapping[str, Value],
    ) -> None:
        """Of a run that was erased only its games still tell where it was trained."""
        run = self._run(trained_in)
        if run is not None:
            self._check_trained_in(run, environment, settings)
            return
        for game in self._store.games(run=trained_in, limit=1):
            if game.environment != environment.id:
                raise Unsupported(
                    f"{player.label} was trained in {game.environment} and cannot play {environment.id}."
                )

    def _check_trained_in(
        self, run: RunRecord, environment: EnvironmentInfo, settings: Mapping[str, Value]
    ) -> None:
        if run.environment != environment.id:
            raise Unsupported(
                f"{run.name} was trained in {run.environment} and cannot play {environment.id}."
            )
        if run.environment_settings == dict(settings):
            return
        then, _ = self._facts.environment_with(run.environment, run.environment_settings)
        if (then.observation, then.action) != (environment.observation, environment.action):
            raise Unsupported(
                f"{run.name} was trained in {run.board}, whose observations or actions are others than those"
                f" of {environment.board(settings)}."
            )

    def _from_file(self, path: Path, environment: EnvironmentInfo) -> PlayerRecord:
        if not path.is_file():
            raise RequestError(f"There is no file {path}; name an agent file, an agent or a run.")
        agent = self._facts.agent_in(path)
        taken = {known.id for known in self._facts.catalog().agents}
        unique = f"{agent.id}@{path.stem}" if agent.id in taken else agent.id
        return self.untrained(msgspec.structs.replace(agent, id=unique), environment)

    def _known_words(self) -> list[str]:
        agents = [agent.id for agent in self._facts.catalog().agents]
        return [*agents, *self._store.run_names(), *(player.label for player in self._store.players())]


def settings_in(given: str) -> dict[str, str]:
    """The settings in a word, as in `playouts=50:exploration=2`.

    Raises:
        RequestError: if it is written otherwise.
    """
    values = {}
    for part in given.split(":"):
        name, equals, value = part.partition("=")
        if not (name and equals and value):
            raise RequestError(f"Write an agent's settings as AGENT:NAME=VALUE:NAME=VALUE (got {part!r}).")
        values[name] = value
    return values


def word_for(agent: AgentInfo, environment: EnvironmentInfo, settings: Mapping[str, Value]) -> str:
    """What names the untrained agent with these settings, as in `minimax:depth=2`."""
    usual = agent.settings_for(environment.id, {})
    changed = [f"{name}={value}" for name, value in settings.items() if value != usual[name]]
    return ":".join([agent.id, *changed])


def untrained_words(agent: AgentInfo, environment: EnvironmentInfo) -> list[tuple[str, str]]:
    """Words and titles under which an agent that does not learn is offered: one for each of its presets."""
    titles = {agent.id: agent.title}
    for preset in () if agent.learns else agent.presets:
        settings = agent.settings_for(environment.id, preset.settings)
        titles[word_for(agent, environment, settings)] = f"{agent.title}, {preset.title}"
    return list(titles.items())


def source_of(player: PlayerRecord) -> PlayerSource:
    """What workers build this player from."""
    return PlayerSource(
        agent=AgentSource(player.agent, player.source_path),
        settings=player.settings,
        acting=player.acting,
        weights=player.checkpoint,
        searches=player.searches,
    )


def latest_of(home: Home, run: RunRecord) -> PlayerSource:
    """The run as it plays now: its newest saved weights, none before the first checkpoint."""
    order = read_assignment(home.run(run.id), TrainOrder)
    checkpoints = home.checkpoints(run.id)
    return PlayerSource(
        agent=order.agent,
        settings=run.settings,
        acting=dict(GREEDY),
        weights=str(checkpoints[0]) if checkpoints else None,
        seed=run.seed,
    )
