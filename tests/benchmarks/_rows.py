"""How every benchmark tells what it measured: rows of ours beside a peer's, as lines or as one JSON list."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]


def row(
    name: str,
    ours: float | None,
    peer: float | None,
    unit: str,
    detail: str = "",
    *,
    digits: int = 1,
    ratio_digits: int = 2,
    less_is_better: bool = False,
) -> Row:
    """What `arena bench` shows in a line.

    Args:
        digits: that `ours` and `peer` are rounded to; 0 for whole numbers.
        less_is_better: the ratio says how many times the peer takes as much, instead of what share of the
            peer's ours is.
    """
    own, other = rounded(ours, digits), rounded(peer, digits)
    ratio = None
    if ours and peer and own is not None and other is not None:
        ratio = round(peer / ours if less_is_better else ours / peer, ratio_digits)
    return {
        "name": name,
        "ours": own,
        "peer": other,
        "ratio": ratio,
        "unit": unit,
        "detail": detail,
    }


def rounded(number: float | None, digits: int) -> float | None:
    """As JSON can show it: None for what is not finite, and whole where no digits are asked for."""
    return None if number is None or not math.isfinite(number) else round(number, digits or None)


def parser(doc: str | None) -> argparse.ArgumentParser:
    """The options that all benchmarks have; the help begins with the module's first line."""
    options = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    options.add_argument("--json", action="store_true", help="one list of rows instead of lines")
    return options


def tell(rows: Iterable[Row], *, as_json: bool) -> None:
    """Prints the rows: as lines each as soon as it is there, as JSON all of them in the end."""
    if as_json:
        print(json.dumps(list(rows)))
        return
    for one in rows:
        print(line(one), flush=True)


def line(row: Row) -> str:
    """As in "dqn, CartPole-v1: 1,200.5 steps/s beside 500.1, ratio 2.4 (the peer is a plain loop)"."""
    ours = "nothing" if row["ours"] is None else f"{row['ours']:,}"
    beside = "" if row["peer"] is None else f" beside {row['peer']:,}"
    ratio = "" if row["ratio"] is None else f", ratio {row['ratio']:,}"
    detail = f" ({row['detail']})" if row["detail"] else ""
    return f"{row['name']}: {ours} {row['unit']}{beside}{ratio}{detail}"


def markdown(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as the README has them."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in cells) + " |" for cells in lines)
