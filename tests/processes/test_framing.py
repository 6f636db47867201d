from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from arena.errors import WorkerLost
from arena.processes.framing import BODY_LIMIT, DTYPES, LENGTH, Decoder, encode
from arena.processes.messages import (
    Ask,
    FromWorker,
    Logged,
    Measured,
    Moved,
    Moves,
    Position,
    Stepped,
    ToWorker,
)
from arena.records import MetricRow

HEARD = Decoder[FromWorker](FromWorker)
TOLD = Decoder[ToWorker](ToWorker)

arrays = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda dtype: arrays_of.arrays(np.dtype(dtype), arrays_of.array_shapes(min_dims=0, max_side=5))
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
messages = st.one_of(
    st.builds(Logged, st.text(), st.sampled_from(["info", "warning", "error"])),
    st.builds(Moves, st.lists(st.builds(Moved, st.integers(0, 9), st.none(), st.text())).map(tuple)),
    st.builds(
        Measured,
        st.lists(
            st.builds(MetricRow, st.integers(0, 2**40), numbers, st.dictionaries(st.text(), numbers))
        ).map(tuple),
    ),
    st.builds(
        Stepped,
        ply=st.integers(0, 99),
        frontier=st.integers(0, 99),
        actions=st.dictionaries(st.integers(0, 3), st.integers(0, 9) | st.lists(numbers)),
        action_names=st.dictionaries(st.integers(0, 3), st.text()),
        rewards=st.lists(numbers).map(tuple),
        scores=st.lists(numbers).map(tuple),
        to_move=st.lists(st.integers(0, 3)).map(tuple),
    ),
)


@given(messages, st.lists(arrays, max_size=4))
def test_every_message_and_array_arrives_as_it_was_sent(message, sent):
    source = io.BytesIO(encode(message, sent))
    received = HEARD.read(source.read)
    assert received is not None
    assert received.message == message
    assert len(received.arrays) == len(sent)
    for got, array in zip(received.arrays, sent, strict=True):
        assert got.dtype == array.dtype
        assert got.shape == array.shape
        assert got.tobytes() == array.tobytes()
        assert got.flags.writeable
    assert HEARD.read(source.read) is None


@given(st.lists(messages, max_size=4), st.integers(1, 7))
def test_messages_arrive_whole_however_the_pipe_cuts_them(sent, cut):
    source = io.BytesIO(b"".join(encode(message) for message in sent))
    got = []
    while (received := HEARD.read(lambda length: source.read(min(length, cut)))) is not None:
        got.append(received.message)
    assert got == sent


@given(st.binary(min_size=1, max_size=200))
def test_garbage_is_one_clear_error(garbage):
    with pytest.raises(WorkerLost, match=r"Its process (sent|ended)"):
        HEARD.read(io.BytesIO(garbage).read)


@given(messages, st.lists(arrays, max_size=2), st.data())
def test_a_message_that_breaks_off_is_one_clear_error(message, sent, data):
    whole = encode(message, sent)
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(WorkerLost, match="ended in the middle of a message"):
        HEARD.read(io.BytesIO(whole[:cut]).read)


@given(messages, st.lists(arrays, max_size=2), st.data())
def test_a_message_with_one_wrong_byte_never_raises_anything_else(message, sent, data):
    whole = bytearray(encode(message, sent))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(WorkerLost):  # or it is another message, which no reader can tell
        HEARD.read(io.BytesIO(whole).read)


def test_printed_words_are_no_message():
    with pytest.raises(WorkerLost, match="not a message"):
        HEARD.read(io.BytesIO(b"Hello, I am a plugin and I print.\n" * 4).read)


def test_a_length_beyond_the_cap_is_refused_before_it_is_read():
    header = encode(Logged("x"))[: -LENGTH.size]
    taken = []

    def source(length: int) -> bytes:
        taken.append(length)
        return stream.read(length)

    stream = io.BytesIO(header + LENGTH.pack(BODY_LIMIT + 1) + b"x" * 100)
    with pytest.raises(WorkerLost, match="not a message"):
        HEARD.read(source)
    assert max(taken) < 1000


def test_arrays_that_need_more_bytes_than_came_are_refused():
    honest = encode(Logged("x"), [np.zeros(4)])
    lying = honest.replace(b"[4]", b"[9]")
    with pytest.raises(WorkerLost, match="fewer bytes"):
        HEARD.read(io.BytesIO(lying).read)


def test_an_array_of_objects_is_never_sent():
    with pytest.raises(WorkerLost, match="cannot be sent"):
        encode(Logged("x"), [np.array([object()])])


def test_a_worker_does_not_take_the_messages_of_a_worker():
    with pytest.raises(WorkerLost, match="not a message"):
        TOLD.read(io.BytesIO(encode(Logged("x"))).read)
    asked = Ask(1, (Position(0, 5, 1),), masked=False)
    received = TOLD.read(io.BytesIO(encode(asked)).read)
    assert received is not None
    assert received.message == asked
