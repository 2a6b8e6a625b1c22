"""Rows of the protocol, against what PyMySQL makes of the same packets."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymysql.protocol import MysqlPacket

from doumen.rooms.collect.connectors.mysql_rows import columns

VALUES = st.none() | st.binary(max_size=300) | st.integers(65_530, 65_540).map(bytes)


def packet(row: tuple[bytes | None, ...]) -> bytes:
    """A row as a server writes it."""
    return b"".join(b"\xfb" if value is None else written(len(value)) + value for value in row)


def written(size: int) -> bytes:
    """A length as a server writes it."""
    for most, mark, shape in ((251, b"", "<B"), (1 << 16, b"\xfc", "<H"), (1 << 24, b"\xfd", "<I")):
        if size < most:
            return mark + struct.pack(shape, size)[: 3 if shape == "<I" else None]
    return b"\xfe" + struct.pack("<Q", size)


@settings(derandomize=True, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda count: st.lists(st.tuples(*[VALUES] * count), min_size=1, max_size=6)
    )
)
def test_rows_are_read_as_pymysql_reads_them(rows: list[tuple[bytes | None, ...]]) -> None:
    packets = [packet(row) for row in rows]
    found = columns(packets, len(rows[0]))
    for at, data in enumerate(packets):
        peer: Any = MysqlPacket(data, "utf8")
        assert [peer.read_length_coded_string() for _ in rows[at]] == list(rows[at])
        assert [column[at].as_py() for column in found] == list(rows[at])


def test_long_lengths_are_read() -> None:
    value = bytes(1 << 24)
    assert packet((value,))[0] == 0xFE
    assert columns([packet((value, b"x")), packet((None, b""))], 2)[0].to_pylist() == [value, None]


@pytest.mark.parametrize(
    "packets",
    [
        [b"\x01a"],
        [b"\x01a\x01b\x01c"],
        [b"\x01a\x05b"],
        [b"\x01a\xff"],
        [b"\x01a\xfc"],
        [b"\xfe" + b"\xff" * 8 + b"\x01a"],
        [b"\x09a\x01b", b"\x01a\x01b"],
        [b""],
    ],
)
def test_a_row_that_breaks_off_is_refused(packets: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r"row|value"):
        columns(packets, 2)
