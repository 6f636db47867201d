"""Files and functions stay short enough to be read."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

from tests.packaging.repository import ROOT, tracked


def line_counts(*patterns: str) -> dict[str, int]:
    return {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked(*patterns)
    }


def function_lengths(path: Path) -> list[int]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]


def test_no_module_is_longer_than_five_hundred_lines_and_half_are_short() -> None:
    counts = line_counts("arena/*.py")
    assert {name: count for name, count in counts.items() if count > 500} == {}
    assert statistics.median(counts.values()) <= 150


def test_an_algorithm_and_an_environment_are_one_readable_file() -> None:
    counts = line_counts("agents/*.py", "plugins/*.py")
    assert {name: count for name, count in counts.items() if count > 350} == {}


def test_ninety_five_functions_in_a_hundred_fit_on_a_screen() -> None:
    lengths = [length for path in tracked("arena/*.py", "agents/*.py") for length in function_lengths(path)]
    assert statistics.quantiles(lengths, n=20)[-1] <= 45
