"""Metrics and logs are read as they grow, and from the start again where they were cut back."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from arena.session.naming import next_run_name
from arena.session.reading import START, read_log, read_metrics


def row(step: int) -> bytes:
    return b'{"step":%d,"seconds":1.5,"values":{"return":%d.0}}\n' % (step, step)


def test_a_missing_file_has_no_rows(tmp_path: Path) -> None:
    page = read_metrics(tmp_path / "metrics.jsonl")
    assert (page.rows, page.after, page.restarted) == ((), START, False)


@given(cuts=st.lists(st.integers(0, 400), max_size=6))
@settings(max_examples=50)
def test_however_the_file_grows_every_row_comes_once(tmp_path_factory, cuts: list[int]) -> None:
    content = b"".join(row(step) for step in range(10))
    path = tmp_path_factory.mktemp("metrics") / "metrics.jsonl"
    steps, after = [], START
    for cut in [*sorted(cuts), len(content)]:
        path.write_bytes(content[:cut])
        page = read_metrics(path, after)
        assert not page.restarted
        steps += [found.step for found in page.rows]
        after = page.after
    assert steps == list(range(10))


def test_a_file_cut_back_and_grown_past_the_place_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(row(1) + row(2) + row(3))
    before = read_metrics(path)
    path.write_bytes(row(1) + b"".join(row(step) for step in range(5, 9)))
    page = read_metrics(path, before.after)
    assert page.restarted
    assert [found.step for found in page.rows] == [1, 5, 6, 7, 8]


def test_a_file_that_is_gone_after_it_was_read_counts_as_cut_back(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(row(1))
    before = read_metrics(path)
    path.unlink()
    assert read_metrics(path, before.after).restarted


def test_a_torn_row_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(row(1) + b'{"step":2,"sec\n' + row(3))
    assert [found.step for found in read_metrics(path).rows] == [1, 3]


def test_log_lines_come_without_their_ends_and_bad_bytes_shown(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"one\r\ntw\xffo\nhalf a li")
    page = read_log(path)
    assert page.lines == ("one", "tw\ufffdo")
    path.write_bytes(b"one\r\ntw\xffo\nhalf a line\n")
    assert read_log(path, page.after).lines == ("half a line",)


def test_run_names_are_short_and_free() -> None:
    assert next_run_name("dqn", "CartPole-v1", []) == "dqn-cartpole-01"
    assert next_run_name("dqn", "pettingzoo:classic/connect_four_v3", []) == "dqn-connect-four-01"
    assert next_run_name("dqn", "ALE/Pong-v5", []) == "dqn-pong-01"
    assert next_run_name("dqn@mine", "connect-four", []) == "dqn-mine-connect-four-01"
    taken = ["DQN-cartpole-09", "dqn-cartpole-x", "other"]
    assert next_run_name("dqn", "CartPole-v1", taken) == "dqn-cartpole-10"
    assert next_run_name("dqn", "CartPole-v1", ["dqn-cartpole-99"]) == "dqn-cartpole-100"
