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
writer = FrameWriter(Path(sys.argv[1]), lambda memory, width, height: memory)
number = 0
while True:
    number += 1
    width = 100 + number % 50
    with writer.frame(width, 90) as memory:
        for row in range(90):
            memory[row * width * 4 : (row + 1) * width * 4] = bytes([number % 251]) * (width * 4)
"""


def bare(memory, _width, _height):
    return memory


def writer_of(path):
    return FrameWriter(path, bare)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "frames"
    create_frames(path, most_pixels=200 * 100)
    return path


def test_the_newest_frame_is_read_as_it_was_drawn(path):
    writer, reader = writer_of(path), FrameReader(path)
    assert reader.newest() is None
    for number in range(1, 6):
        pixels = bytes([number]) * (number * 2 * 4)
        with writer.frame(number, 2) as memory:
            memory[:] = pixels
        assert reader.newest(after=number - 1) == (number, number, 2, pixels)
        assert reader.newest(after=number) is None
    assert reader.newest() == (5, 5, 2, bytes([5]) * 40)
    writer.close()
    reader.close()


def test_a_frame_of_the_same_size_is_drawn_over_the_last_but_one(path):
    writer, reader = writer_of(path), FrameReader(path)
    for number in range(1, 4):
        with writer.frame(1, 2) as memory:
            memory[:4] = bytes([number] * 4)
            if number == 1:
                memory[4:] = b"kept"
    assert reader.newest().pixels == bytes([3] * 4) + b"kept"
    writer.close()
    reader.close()


def test_what_is_drawn_on_is_made_once_for_each_place_and_size(path):
    made = []

    def make(_memory, width, height):
        made.append((width, height))
        return made[-1]

    writer = FrameWriter(path, make)
    for size in [(2, 2)] * 6 + [(3, 1)] * 4 + [(2, 2)]:
        with writer.frame(*size) as drawable:
            assert drawable == size
    assert made == [(2, 2)] * 2 + [(3, 1)] * 2 + [(2, 2)]


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


def test_a_frame_that_could_not_be_drawn_is_never_shown_and_the_next_one_is(path):
    writer, reader = writer_of(path), FrameReader(path)
    with writer.frame(1, 1) as memory:
        memory[:] = b"abcd"

    def fail():
        with writer.frame(1, 1) as memory:
            memory[:] = b"half"
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            fail()
        assert reader.newest() == (1, 1, 1, b"abcd")
    with writer.frame(1, 1) as memory:
        memory[:] = b"next"
    assert reader.newest() == (2, 1, 1, b"next")
    writer.close()
    reader.close()


def test_a_frame_without_room_is_refused_and_the_last_one_stays(path):
    writer, reader = writer_of(path), FrameReader(path)
    with writer.frame(1, 1) as memory:
        memory[:] = b"abcd"
    with pytest.raises(WorkerLost, match="no room"), writer.frame(201, 101):
        pytest.fail("there is something to draw on")
    assert reader.newest() == (1, 1, 1, b"abcd")
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
