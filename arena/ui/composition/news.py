"""What the bell tells: runs that ended, plugins that broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arena.records import PluginInfo, RunRecord, RunState
from arena.ui.format import count_of, number
from arena.ui.theme import Tone
from arena.ui.widgets.toast import Notice

SHOW_RUN = "news.run."
SHOW_PLUGIN = "news.plugin."
MOST_AT_ONCE = 3


def news_of_runs(before: Mapping[str, RunState], runs: Sequence[RunRecord]) -> list[Notice]:
    """Runs that have finished, failed or were lost since `before`, which is their states by id."""
    return [
        notice
        for run in reversed(runs)
        if before.get(run.id, "queued") in ("queued", "running", "paused")
        and (notice := _notice_of(run)) is not None
    ]


def while_closed(runs: Sequence[RunRecord], closed_at: float) -> list[Notice]:
    """What became of the runs after the last window was closed; `closed_at` is seconds since 1970."""
    ended = [run for run in runs if run.ended_at is not None and run.ended_at > closed_at]
    notices = [notice for run in ended if (notice := _notice_of(run)) is not None]
    if len(notices) <= MOST_AT_ONCE:
        return notices
    finished = sum(run.state == "finished" for run in ended)
    detail = f"{count_of(finished, 'run')} finished, {len(notices) - finished} failed or were lost."
    tone: Tone = "ok" if finished == len(notices) else "warn"
    return [Notice("While Arena was closed", detail, tone)]


def _notice_of(run: RunRecord) -> Notice | None:
    show = f"{SHOW_RUN}{run.id}"
    match run.state:
        case "finished":
            words = ""
            if run.evaluation is not None:
                value = run.evaluation.mean_return
                episodes = count_of(run.evaluation.episodes, "episode")
                words = f"Mean return {number(value, 2 if abs(value) < 10 else 1)} over {episodes}"
            return Notice(f"{run.name} finished", words, "ok", "Show", show)
        case "failed":
            return Notice(f"{run.name} failed", run.message or "", "err", "Show", show, seconds=12)
        case "lost":
            way_on = (
                "Resume it from its last checkpoint."
                if run.checkpoint_step
                else "It had saved no checkpoint yet and would start from the beginning."
            )
            return Notice(
                f"{run.name} was lost", f"Its process is gone. {way_on}", "err", "Show", show, seconds=12
            )
    return None


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
