"""Answers in lines: every line is a record, or is handed on as it came."""

from __future__ import annotations

import io
from typing import Any

import pytest

from doumen.model.errors import Faulty
from doumen.rooms.collect.jsontext import Bare, written
from doumen.rooms.collect.web import texts
from doumen.rooms.collect.web.address import parsed

HERE = parsed("https://a.org/x")


def lines(content: bytes) -> list[Any]:
    return list(texts.lines(HERE, io.BytesIO(content)))


def rows(content: bytes, *given: str) -> list[Any]:
    return list(texts.rows(HERE, io.BytesIO(content), *given))


def test_lines_are_records() -> None:
    found = lines(b'{"a":1.10}\r\n\n  {"a":"\xff"}\n{"a":\n[1]\n{"b":2}')
    assert [written(one) for one in found] == [
        '{"a":1.10}', '{"a":"\udcff"}', '{"a":', "[1]", '{"b":2}',
    ]  # fmt: skip
    assert isinstance(found[2], Bare)
    assert lines(b"") == []


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LONGEST", 20)
    assert len(lines(b'{"a":"12345678901"}\n')) == 1
    with pytest.raises(Faulty):
        lines(b'{"a":"123456789012345"}\n')
    with pytest.raises(Faulty):
        rows(b"a\n123456789012345678901\n")


def test_rows_are_records_of_what_they_say() -> None:
    content = '\ufeffid;名;"a ""b"""\r\n1;x;"1;5"\r\n007;;true\r\n1.50;"l\nm";-0\r\n\r\n'.encode()
    assert [written(one) for one in rows(content, ";")] == [
        '{"id":1,"名":"x","a \\"b\\"":"1;5"}',
        '{"id":"007","名":null,"a \\"b\\"":true}',
        '{"id":1.50,"名":"l\\nm","a \\"b\\"":-0}',
    ]
    assert rows(b"") == []
    assert rows("a\n文\n".encode("gb18030"), ",", "gb18030") == [{"a": "文"}]
    assert encoded_of(rows(b"a\n\xff\n")) == [b'{"a":"\xff"}']


def encoded_of(found: list[Any]) -> list[bytes]:
    from doumen.rooms.collect.jsontext import encoded

    return [encoded(written(one)) for one in found]


def test_rows_of_another_width_are_handed_on() -> None:
    assert rows(b'a,b\n1\n1,2,"3\n4"\n') == [Bare("1"), Bare("1,2,3 4")]


@pytest.mark.parametrize(
    ("content", "given"),
    [
        (b"a,a\n1,2\n", ()),
        (b"a, \n1,2\n", ()),
        (b'a\n"x"y\n', ()),
        (b"\xff\xfea\0\n\0\0\xd8", (",", "utf-16")),
    ],
)
def test_tables_that_are_none(content: bytes, given: tuple[str, ...]) -> None:
    with pytest.raises(Faulty):
        rows(content, *given)
