"""JSON from strangers as plain values: bounded in bytes, depth and numbers, every key once.

Whole numbers are exact in every reader, others finite; texts hold whole characters and no NUL. What
is no JSON is told at once, all else together with its places, the first faults by name and the rest
by number. Of the protocol only its name is known here, to be told.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from doumen.model.errors import Invalid
from doumen.model.message import Message, msg, plain, sentence

MAX_DEPTH = 32
MAX_FAULTS = 20
MAX_NAME = 60
"""Characters of a name or value of a stranger that are told."""
_EXACT = 2**53
"""JSON numbers up to here are the same in every reader (RFC 8259, section 6)."""
_DIGITS = 17
"""Characters of the longest such number: more are not even counted."""
_BROKEN = re.compile("[\ud800-\udfff\0]")


@dataclass(slots=True)
class Faults:
    """What is wrong with one document: the first faults with their places, and how many in all."""

    told: list[Message] = field(default_factory=list)
    count: int = 0

    def note(self, place: str, words: Message) -> None:
        """Note what is wrong, and where."""
        self.count += 1
        if len(self.told) < MAX_FAULTS:
            self.told.append(
                msg("{place}: {words}", place=place, words=words)
                if place
                else msg("the document: {words}", words=words)
            )

    def raise_any(self, kind: str) -> None:
        """Report all faults at once.

        Args:
            kind: What the document should be.

        Raises:
            Invalid: there are any.
        """
        if self.count:
            left = self.count - len(self.told)
            more = [msg("… and {count} more", count=left)] if left else []
            refuse(kind, sentence([*self.told, *more]))


def refuse(kind: str, why: Message) -> NoReturn:
    """Say that a document is not what it should be.

    Raises:
        Invalid: always.
    """
    raise Invalid(
        msg("It is no valid `{kind}` of the Dataspace Protocol.", kind=kind),
        why=why,
        next=msg("Send it as the JSON schemas of Dataspace Protocol 2025-1 ask."),
        detail="dsp",
    )


def shown(text: str) -> str:
    """A name or value of a stranger, fit to be told: short, and nothing that a terminal obeys."""
    if len(text) <= MAX_NAME and text.isprintable():
        return text
    seen = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:MAX_NAME])
    return seen + "…" if len(text) > MAX_NAME else seen


def under(place: str, key: str) -> str:
    """The place of a member of an object."""
    return f"{place}.{shown(key)}" if place else shown(key)


def parse(document: object, kind: str, most: int) -> Any:
    """Plain values of a JSON text, or a copy of values that are parsed already.

    Args:
        document: Bytes in UTF-8 or a text; anything else is taken as values.
        kind: What the document should be, for the error.
        most: Bytes that it may have; twice as many as it may have values.

    Raises:
        Invalid: it is no JSON, too large, too deep, repeats a key, or holds what JSON does not.
    """
    if isinstance(document, bytes | bytearray | memoryview | str):
        document = _values(document, kind, most)
    faults = Faults()
    walk = _Walk(faults, most // 2)
    copy = walk.copy(document, "", MAX_DEPTH)
    faults.raise_any(kind)
    return copy


def _values(document: bytes | bytearray | memoryview | str, kind: str, most: int) -> Any:
    if len(document) > most:
        refuse(kind, msg("It has {size} bytes; {most} are read.", size=len(document), most=most))
    try:
        text = document if isinstance(document, str) else bytes(document).decode("utf-8")
        return json.loads(
            text,
            object_pairs_hook=_members,
            parse_int=_integer,
            parse_float=_fraction,
            parse_constant=_constant,
        )
    except UnicodeDecodeError:
        refuse(kind, msg("It is not UTF-8."))
    except json.JSONDecodeError as error:
        refuse(
            kind,
            msg(
                "line {line}, column {column}: {said}.",
                line=error.lineno,
                column=error.colno,
                said=error.msg[:1].lower() + error.msg[1:],
            ),
        )
    except RecursionError:
        refuse(kind, msg("The document is nested too deeply."))


class _Twice(dict[str, Any]):
    """An object that gives a key twice; the first such key."""

    key: str


@dataclass(frozen=True, slots=True)
class _Odd:
    """A number that is not taken, until its place is known."""

    words: Message


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice = _Twice(found)
    ((twice.key, _),) = Counter(key for key, _ in pairs).most_common(1)
    return twice


def _integer(text: str) -> int | _Odd:
    return int(text) if len(text) <= _DIGITS else _Odd(msg("a number is too large"))


def _fraction(text: str) -> float | _Odd:
    number = float(text)
    return number if math.isfinite(number) else _Odd(msg("a number is too large"))


def _constant(text: str) -> _Odd:
    return _Odd(msg("`{text}` is not a number", text=text))


@dataclass(slots=True)
class _Walk:
    faults: Faults
    left: int

    def copy(self, value: Any, place: str, depth: int) -> Any:
        """A copy of a value that holds nothing but what JSON has; faults are noted."""
        self.left -= 1
        if self.left < 0:
            if self.left == -1:
                self.faults.note(place, msg("there are more values than are read"))
            return None
        if isinstance(value, Mapping | list | tuple):
            if not depth:
                self.faults.note("", msg("it is nested deeper than {depth}", depth=MAX_DEPTH))
                self.left = -1
                return None
            if isinstance(value, Mapping):
                return self._object(value, place, depth)
            return [self.copy(v, f"{place}[{n}]", depth - 1) for n, v in enumerate(value)]
        words = _fault(value)
        if words is not None:
            self.faults.note(place, words)
        return value

    def _object(self, value: Mapping[Any, Any], place: str, depth: int) -> dict[str, Any]:
        if isinstance(value, _Twice):
            key = shown(value.key)
            self.faults.note(place, msg("key `{key}` is given twice in one object", key=key))
        copied: dict[str, Any] = {}
        for key, item in value.items():
            words = _fault(key) if isinstance(key, str) else msg("a key is no text")
            if words is not None:
                self.faults.note(place, words)
            elif self.left >= 0:
                copied[str(key)] = self.copy(item, under(place, key), depth - 1)
        return copied


def _fault(value: Any) -> Message | None:
    """What is wrong with a single value; None where nothing is."""
    if isinstance(value, str):
        broken = _BROKEN.search(value)
        return msg("a text holds half a character or NUL") if broken else None
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, _Odd):
        return value.words
    if isinstance(value, int):
        return msg("a number is too large") if abs(value) > _EXACT else None
    if isinstance(value, float):
        return None if math.isfinite(value) else msg("`{text}` is not a number", text=plain(value))
    return msg("`{kind}` is nothing that JSON has", kind=type(value).__name__)
