"""What the bell tells: runs and matches that ended, plugins that broke."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from arena.records import LIVE_STATES, MatchRecord, PluginInfo, RunRecord, RunState
from arena.requests import GroupSummary
from arena.searches import SearchRecord
from arena.session.summaries import summary_of
from arena.ui.format import PLUS_MINUS, count_of, number, percent, with_interval
from arena.ui.widgets.toast import Notice

SHOW_RUN = "news.run."
SHOW_BOARD = "news.board."
SHOW_PLUGIN = "news.plugin."
SHOW_ALL = "shell.bell"
MOST_AT_ONCE = 3
BAD_SECONDS = 12.0
ENDED: tuple[RunState, ...] = ("finished", "failed", "lost")


def news_of_runs(
    before: Mapping[str, RunState], runs: Sequence[RunRecord], contests: Collection[str] = ()
) -> list[Notice]:
    """Runs that have finished, failed or were lost since `before`, which is their states by id.

    The seeds of one request are told of together. Trials of a search are told of by the search alone.

    Args:
        contests: ids of the environments with several seats, whose returns are scores.
    """
    ended = [
        run
        for run in reversed(runs)
        if run.state in ENDED and run.search is None and before.get(run.id, "queued") in LIVE_STATES
    ]
    notices = []
    for group, state in dict.fromkeys((run.group, run.state) for run in ended):
        now = [run for run in ended if (run.group, run.state) == (group, state)]
        seeds = [run for run in runs if run.group == group]
        if state != "finished" or len(seeds) == 1:
            notices.append(_notice_of(now[0], len(now) - 1, _result_words(now[0], contests)))
        elif not any(run.live for run in seeds):
            finished = sorted((run for run in seeds if run.state == state), key=lambda run: run.seed)
            words = _mean_words(summary_of(finished, contest=_is_contest(finished[0], contests)))
            notices.append(_notice_of(finished[0], len(finished) - 1, words))
    return notices


def _notice_of(run: RunRecord, others: int, result: str) -> Notice:
    """Args: others: how many more seeds of the same request it speaks for."""
    name = f"{run.name} and {count_of(others, 'more seed')}" if others else run.name
    show = f"{SHOW_RUN}{run.id}"
    if run.state == "finished":
        return Notice(f"{name} finished", result, "ok", "Show", show, at=run.ended_at, outside=True)
    verb, words = "failed", run.message or ""
    if run.state == "lost":
        verb = "were lost" if others else "was lost"
        way_on = (
            "Resume it from its last checkpoint."
            if run.checkpoint_step
            else "It had saved no checkpoint yet and would start from the beginning."
        )
        words = f"Its process is gone. {way_on}"
    return Notice(f"{name} {verb}", words, "err", "Show", show, BAD_SECONDS, run.ended_at, outside=True)


def _mean_words(came_to: GroupSummary) -> str:
    """What the seeds of one request reached on average; empty if nobody looked."""
    mean = came_to.mean
    if mean is None:
        return ""
    over = f"over {count_of(len(came_to.results), 'run')}"
    if mean.low is None or mean.high is None:
        return f"{number(mean.value, _decimals(mean.value))} {over}"
    half = (mean.high - mean.low) / 2
    return f"{with_interval(mean.value, half, _decimals(mean.value, half))} {over}"


def _result_words(run: RunRecord, contests: Collection[str]) -> str:
    """`500 ± 0 over 100 episodes`, or `93 % ± 3 % against random over 200 games`; empty if nobody looked."""
    result = run.evaluation
    if result is None:
        return ""
    half = (result.high - result.low) / 2
    if _is_contest(run, contests):
        score = f"{percent(result.mean_return)} {PLUS_MINUS} {percent(half)} against random"
        return f"{score} over {count_of(result.episodes, 'game')}"
    score = with_interval(result.mean_return, half, _decimals(result.mean_return, half))
    return f"{score} over {count_of(result.episodes, 'episode')}"


def _is_contest(run: RunRecord, contests: Collection[str]) -> bool:
    """Whether its returns are scores; the catalog may not be read yet."""
    return run.opponents is not None or run.environment in contests


def _decimals(*values: float) -> int:
    """As many as returns of this size need; none where all are whole."""
    if all(value == round(value) for value in values):
        return 0
    return 2 if abs(values[0]) < 10 else 1


def news_of_matches(
    before: Mapping[str, RunState], matches: Sequence[MatchRecord], words: Mapping[str, tuple[str, str]]
) -> list[Notice]:
    """Matches that have finished, failed or were lost since `before`, which is their states by id.

    Args:
        words: by match id, who plays where, and how it stands.
    """
    return [
        _notice_of_match(match, *words.get(match.id, (f"The match in {match.environment}", "")))
        for match in reversed(matches)
        if match.state in ENDED and before.get(match.id, "queued") in LIVE_STATES
    ]


def _notice_of_match(match: MatchRecord, who: str, result: str) -> Notice:
    show = f"{SHOW_BOARD}{match.board}"
    if match.state == "finished":
        return Notice(f"{who} finished", result, "ok", "Show", show, 6.0, match.ended_at, outside=True)
    kept = f"{count_of(match.played, 'game')} of {number(match.games)} are kept."
    words = f"{match.message} {kept}" if match.message else kept
    verb = "failed" if match.state == "failed" else "was lost"
    return Notice(f"{who} {verb}", words, "err", "Show", show, BAD_SECONDS, match.ended_at, outside=True)


def news_of_searches(
    before: Mapping[str, RunState], searches: Sequence[SearchRecord], best: Mapping[str, tuple[str, str]]
) -> list[Notice]:
    """Searches that have finished, failed or were lost since `before`, which is their states by id.

    Args:
        best: by search id, the name of its best trial and the id of a run of it.
    """
    return [
        _notice_of_search(search, *best.get(search.id, ("", "")))
        for search in reversed(searches)
        if search.state in ENDED and before.get(search.id, "queued") in LIVE_STATES
    ]


def _notice_of_search(search: SearchRecord, best: str, run: str) -> Notice:
    title = f"Search {search.name} {'was lost' if search.state == 'lost' else search.state}"
    words = f"The best trial is {best}." if best else "No trial was finished."
    way = ("Show", f"{SHOW_RUN}{run}") if run else ("", "")
    if search.state == "finished":
        return Notice(title, words, "ok", *way, at=search.ended_at, outside=True)
    said = f"{search.message} {words}" if search.message else words
    return Notice(title, said, "err", *way, seconds=BAD_SECONDS, at=search.ended_at, outside=True)


def before_opening(
    ended_at: Mapping[str, tuple[RunState, float | None]], live: Collection[str], until: float
) -> dict[str, RunState]:
    """The states of runs or matches that the user was told of, or had no reason to be, by id.

    Args:
        ended_at: state and end of each by id.
        live: which of them were live when a window looked last.
        until: when that was, in seconds since 1970. Setting the clock back hides none that was live.
    """
    return {
        id: state for id, (state, end) in ended_at.items() if id not in live and (end is None or end <= until)
    }


def summary(notices: Sequence[Notice]) -> Notice | None:
    """One toast for all that happened while no window was open; None if they are few enough to be shown."""
    if len(notices) <= MOST_AT_ONCE:
        return None
    bad = sum(notice.tone == "err" for notice in notices)
    detail = f"{number(len(notices))} notices, " + (
        f"{number(bad)} about what failed or was lost." if bad else "all of them good."
    )
    return Notice(
        "While Arena was closed", detail, "warn" if bad else "ok", "Show all", SHOW_ALL, BAD_SECONDS
    )


def news_of_plugins(before: Sequence[PluginInfo], plugins: Sequence[PluginInfo]) -> list[Notice]:
    """Plugins that fail now, and did not fail in this way before."""
    known = {(plugin.path, plugin.error) for plugin in before}
    broken = [
        plugin for plugin in plugins if plugin.error is not None and (plugin.path, plugin.error) not in known
    ]
    if len(broken) > MOST_AT_ONCE:
        title = f"{count_of(len(broken), 'plugin')} did not load"
        return [Notice(title, "The others keep running.", "warn", "Show", f"{SHOW_PLUGIN}{broken[0].path}")]
    return [
        Notice(
            f"{plugin.path.replace(chr(92), '/').rpartition('/')[2]} did not load",
            plugin.error.message if plugin.error is not None else "",
            "warn",
            "Show",
            f"{SHOW_PLUGIN}{plugin.path}",
        )
        for plugin in broken
    ]
