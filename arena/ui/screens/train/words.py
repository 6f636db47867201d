"""How the Train screen calls metrics and writes their values."""

from __future__ import annotations

from arena.ui.format import number, setting_value, short_number

CHOOSING, RIVAL = "choosing_mean", "rival_"
TITLES = {
    "return_mean": "Return",
    "choosing_mean": "Greedy return",
    "score_mean": "Training score",
    "length_mean": "Episode length",
    "steps_per_second": "Speed",
    "epsilon": "Exploration",
    "step_size": "Step size",
    "td_error": "TD error",
    "q": "Q value",
    "gradient_norm": "Gradient norm",
    "promotion_score": "Against its best",
    "direct_score": "Against its rival",
    "score_v_latest": "v newest self",
    "score_v_past": "v past selves",
    "score_v_random": "v random",
}
AGAINST_RANDOM = "Against random"
# What every run measures, after what its agent logs.
LAST = (
    "direct_score",
    "promotion_score",
    "choosing_mean",
    "score_mean",
    "return_mean",
    "length_mean",
    "steps_per_second",
)
# What is shown otherwise, or says nothing by itself; a rival's metrics stand beside their like.
HIDDEN = ("episodes",)
HIDDEN_PREFIXES = ("time_", RIVAL)


def main_metric(seats: int) -> str:
    """What the large chart shows at first: in a contest, what a return against itself cannot tell."""
    return CHOOSING if seats > 1 else "return_mean"


def metric_title(metric: str, seats: int = 1) -> str:
    """`Exploration` for `epsilon`; what an agent calls its own metric, otherwise."""
    if metric == CHOOSING and seats > 1:
        return AGAINST_RANDOM
    plain = metric.replace("_", " ")
    return TITLES.get(metric, f"{plain[:1].upper()}{plain[1:]}")


def in_order(metrics: set[str], main: str) -> list[str]:
    """The metrics beside the main one: the agent's own first, by name."""
    others = {name for name in metrics - {main} - set(HIDDEN) if not name.startswith(HIDDEN_PREFIXES)}
    return sorted(others, key=lambda name: (name in LAST, LAST.index(name) if name in LAST else 0, name))


def metric_value(value: float) -> str:
    """Three or four digits that count: `0.0118`, `1.84`, `23.4`, `512`, `12 k`, `3e-5`."""
    size = abs(value)
    if size >= 10_000:
        return short_number(value)
    if size >= 0.001 or value == 0:
        decimals = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.1 else 4
        text = number(value, decimals)
        return text.rstrip("0").rstrip(".") if decimals else text
    return ("\u2212" if value < 0 else "") + setting_value(float(f"{size:.1e}"))
