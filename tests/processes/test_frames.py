from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import WorkerLost
from arena.processes.frames import MOST_PIXELS, FrameReader, FrameWriter, create_frames, fitting

# Each frame is of one colour; a torn one would show two.
DRAW_FOR_EVER = """
import sys
from pathlib import Path
from arena.processes.frames import FrameWriter
writer = FrameWriter(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    width = 100 + number % 50
    writer.write(width, 90, bytes([number % 251]) * (width * 90 * 3))
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "frames"
    create_frames(path, most_pixels=200 * 100)
    return path


def test_the_newest_frame_is_read_as_it_was_drawn(path):
    writer, reader = FrameWriter(path), FrameReader(path)
    assert reader.newest() is None
    for number in range(1, 6):
        pixels = bytes([number]) * (number * 2 * 3)
        assert writer.write(number, 2, pixels) == number
        frame = reader.newest(after=number - 1)
        assert frame == (number, number, 2, pixels)
        assert reader.newest(after=number) is None
    assert reader.newest() == (5, 5, 2, bytes([5]) * 30)
    writer.close()
    reader.close()


def test_no_frame_is_ever_torn_while_another_process_draws_as_fast_as_it_can(path):
    reader = FrameReader(path)
    with subprocess.Popen([sys.executable, "-c", DRAW_FOR_EVER, str(path)]) as painter:
        seen = 0
        last = 0
        while seen < 100:
            frame = reader.newest(after=last)
            if frame is None:
                assert painter.poll() is None
                continue
            assert frame.sequence > last
            assert frame.width == 100 + frame.sequence % 50
            assert set(frame.pixels) == {frame.sequence % 251}
            last = frame.sequence
            seen += 1
        painter.kill()
    reader.close()


def test_a_frame_of_the_wrong_size_is_refused_and_the_last_one_stays(path):
    writer, reader = FrameWriter(path), FrameReader(path)
    writer.write(1, 1, b"abc")
    for width, height, pixels in [(1, 1, b"ab"), (201, 101, bytes(201 * 101 * 3))]:
        with pytest.raises(WorkerLost, match="cannot be shown"):
            writer.write(width, height, pixels)
    assert reader.newest() == (1, 1, 1, b"abc")
    writer.close()
    reader.close()


def test_another_file_is_no_frame_file(tmp_path):
    path = tmp_path / "frames"
    path.write_bytes(b"something else entirely" * 10)
    with pytest.raises(WorkerLost, match="no frame file"):
        FrameReader(path)


@given(st.integers(-5, 20_000), st.integers(-5, 20_000))
def test_any_size_asked_for_fits(width, height):
    fitted = fitting(width, height)
    assert min(fitted) >= 1
    assert fitted[0] * fitted[1] <= MOST_PIXELS or min(fitted) == 1
    if 0 < width * height <= MOST_PIXELS and min(width, height) > 0:
        assert fitted == (width, height)
