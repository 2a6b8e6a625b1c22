"""Answers in lines, as records: NDJSON, and delimited text whose first record names the columns.

A line that is no record is handed on as it came, so that it is set aside where records are loaded,
and nothing is lost in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import IO, Any

from doumen.model.errors import DoumenError
from doumen.model.message import Message, msg
from doumen.rooms.collect.jsontext import Bare, decoded, parsed
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address

LONGEST = 1 << 24
"""Most bytes of a line, and characters of a field."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_WORDS = {"": None, "true": True, "false": False}


def lines(address: Address, body: IO[bytes]) -> Iterator[Any]:
    """Records with one to a line.

    Raises:
        Faulty: a line has no end.
    """
    while line := body.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise _long(address)
        text = decoded(line).strip(" \t\r\n")
        if text:
            try:
                yield parsed(text)
            except ValueError:
                yield Bare(text)


def rows(
    address: Address, body: IO[bytes], delimiter: str = ",", encoding: str = "utf-8-sig"
) -> Iterator[Any]:
    """Records of delimited text; a field that is empty is null.

    Raises:
        Faulty: there is no header, or it names a column twice or not at all.
    """
    csv.field_size_limit(LONGEST)
    text = io.TextIOWrapper(body, encoding, "surrogateescape", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        names = next(reader, None)
        if names is None:
            return
        if len(set(names)) != len(names) or not all(map(str.strip, names)):
            raise faults.not_given(
                address, msg("Its first record does not name each column once, as a header does.")
            )
        for row in reader:
            if len(row) == len(names):
                yield dict(zip(names, map(worded, row), strict=True))
            elif row:
                yield Bare(" ".join(delimiter.join(row).split("\n")))
    except (csv.Error, UnicodeError):
        raise _no_table(address) from None
    finally:
        text.detach()


def worded(text: str) -> Any:
    """What a text without a type says: nothing, a truth, a number as it is written, or itself.

    Examples:
        >>> worded("1.50"), worded("007"), worded("")
        ('1.50', '007', None)
        >>> type(worded("1.50")) is Bare, type(worded("007")) is str
        (True, True)
    """
    if text in _WORDS:
        return _WORDS[text]
    return Bare(text) if _NUMBER.fullmatch(text) else text


def _no_table(address: Address) -> DoumenError:
    return faults.not_given(address, msg("A record of its table breaks the rules of quotes."))


def _long(address: Address) -> DoumenError:
    why: Message = msg("A line of it has more than {most:,} bytes.", most=LONGEST)
    return faults.not_given(address, why)
