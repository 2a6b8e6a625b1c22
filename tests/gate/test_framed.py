"""Messages of Arrow IPC are judged by what they say of themselves, before Arrow reads them."""

from __future__ import annotations

import io
import struct
from contextlib import suppress

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doumen.gate.framed import MARK, Oversized, Unframed, framed

TABLE = pa.table({"a": ["x", "y"] * 40, "b": pa.array(["u", None] * 40).dictionary_encode()})


def stream(table: pa.Table = TABLE, **options: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as out:
        out.write_table(table)
    return bytes(sink.getvalue())


def passed(body: bytes, most: int = 1 << 20) -> bytes:
    return b"".join(framed(io.BytesIO(body), most))


def test_what_is_sound_passes_byte_for_byte() -> None:
    assert passed(stream()) == stream()
    large = stream(pa.table({"a": ["x" * 1000] * 1000}))
    assert passed(large, 1 << 24) == large


@given(cut=st.integers(0, len(stream())))
def test_what_is_cut_off_gives_no_more_than_there_is(cut: int) -> None:
    body = stream()[:cut]
    with suppress(Unframed):  # its metadata were cut
        assert body.startswith(passed(body))


def test_each_byte_that_is_none_breaks_nothing_but_the_stream() -> None:
    """Among them are those that say that a message has no kind and no header."""
    for place in range(len(stream())):
        body = bytearray(stream())
        body[place] = 0
        with suppress(Unframed, Oversized):
            assert len(passed(bytes(body))) <= len(body)


@given(place=st.integers(0, len(stream()) - 1), value=st.integers(0, 255))
def test_a_changed_byte_breaks_nothing_but_the_stream(place: int, value: int) -> None:
    body = bytearray(stream())
    body[place] = value
    with suppress(Unframed):
        assert len(passed(bytes(body))) <= len(body)


@pytest.mark.parametrize("kind", ["zstd", "lz4"])
def test_packed_messages_are_refused(kind: str) -> None:
    with pytest.raises(Unframed):
        passed(stream(compression=kind))


def test_sizes_are_judged_before_anything_is_read() -> None:
    with pytest.raises(Oversized):
        passed(stream(pa.table({"a": ["x" * 1000] * 1000})), 1000)
    for head in (
        struct.pack("<Ii", MARK, 2**31 - 1),
        struct.pack("<Ii", MARK, -8),
        struct.pack("<Ii", 8, 8),
        struct.pack("<Ii", MARK, 8) + b"\xff" * 8,
        struct.pack("<Ii", MARK, 2) + b"\0\0",
    ):
        with pytest.raises(Unframed):
            passed(head)


def test_a_body_of_less_than_nothing_is_none() -> None:
    body = bytearray(stream())
    (size,) = struct.unpack_from("<i", body, 4)
    start = 8 + size  # of the second message: the dictionary
    (more,) = struct.unpack_from("<i", body, start + 4)
    metadata = bytes(body[start + 8 : start + 8 + more])
    length = (len(stream()) - start).to_bytes(8, "little")
    assert length not in metadata
    for place in range(0, more - 8, 8):
        if 0 < struct.unpack_from("<q", metadata, place)[0] < 4096:
            struct.pack_into("<q", body, start + 8 + place, -8)
    with pytest.raises(Unframed):
        passed(bytes(body))


def test_a_body_of_negative_size_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doumen.gate.framed._body", lambda metadata: -1)
    with pytest.raises(Unframed):
        passed(stream())
