"""`arena export` writes what other programs read."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from arena.records import RunRecord
from arena.store import Home, Store
from tests.cli.commands import Arena


@pytest.fixture
def exporting(tmp_path: Path) -> Arena:
    """A home with one finished run."""
    home = Home.open(tmp_path / "home")
    run = RunRecord(
        id="r0000001", name="lake", group="r0000001", environment="FrozenLake-v1", environment_settings={},
        board="FrozenLake-v1", agent="q-learner", source_sha256="", settings={}, seed=3, budget=200,
        device="cpu", state="finished",
    )  # fmt: skip
    with Store(home) as store:
        store.add_run(run)
    home.run(run.id).mkdir()
    (home.run(run.id) / "metrics.jsonl").write_text('{"step":100,"seconds":1.5,"values":{"loss":0.5}}\n')
    return Arena(home.path)


def test_a_dash_writes_the_table_to_standard_output(exporting: Arena) -> None:
    said = exporting("export", "lake", "--csv", "-")
    assert (said.code, said.err) == (0, "")
    assert list(csv.reader(io.StringIO(said.out)))[1] == ["lake", "3", "100", "1.5", "0.5"]


def test_both_kinds_are_written_at_once_and_named_in_the_answer(exporting: Arena, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = exporting.json("export", "lake", "--csv", str(out / "lake.csv"), "--tensorboard", str(out / "tb"))
    assert [Path(path).is_file() for path in told["paths"]] == [True, True]
    again = exporting("export", "lake", "--csv", str(out / "lake.csv"))
    assert again.code == 2
    assert "--force" in again.err
    assert exporting("export", "lake", "--csv", str(out / "lake.csv"), "--force").code == 0


@pytest.mark.parametrize("rest", [[], ["--csv", "-", "--json"], ["--csv", "-", "--tensorboard", "x"]])
def test_a_wrong_request_is_one_sentence(exporting: Arena, rest: list[str]) -> None:
    said = exporting("export", "lake", *rest)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
