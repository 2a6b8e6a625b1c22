"""Records of JSON text: where one ends, what is wrong with it, and its members as they came.

Pure but for the text that it is fed. A record is an object; numbers keep the digits that
they are written with. What a parser would settle in silence (a member that comes twice, NaN,
half of a surrogate pair) is a fault with a reason. The structure (brackets and strings) is
followed apart from the grammar, so a record that breaks costs itself only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.engines.duckdb.records import MARK, Bad, shown
from doumen.kits.standards.jsonpath import Step
from doumen.model.errors import Faulty
from doumen.model.message import msg

LONGEST = 1 << 24
"""Most characters of one record."""

_SPACE = re.compile(r"[ \t\n\r\ufeff]*")
_TOKEN = re.compile(r'["\[\]{}]')
_INSIDE = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SCALAR = re.compile(r"[^\n\r,\[\]{}]+")
_OPENS = {"}": "{", "]": "["}


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Twice(ValueError):
    """A member comes twice."""


class _Constant(ValueError):
    """NaN or an infinity, which JSON does not have."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _constant(_: str) -> Any:
    raise _Constant


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=Number, parse_int=Number, parse_constant=_constant
)


@dataclass(frozen=True, slots=True)
class Object:
    """A record: its members, and the text that it came as."""

    members: dict[str, Any]
    raw: str


class Text:
    """Text that is fed in parts and looked at from one place on; what lies before is let go."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._chunks = iter(chunks)
        self.text = ""
        self.at = 0

    def fill(self) -> bool:
        """Take another part; whether there was one. Places in `text` move with `at`."""
        for chunk in self._chunks:
            if chunk:
                self.text = self.text[self.at :] + chunk
                self.at = 0
                return True
        return False

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            found = _SPACE.match(self.text, self.at)
            assert found is not None
            self.at = found.end()
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.fill():
                return ""

    def value(self) -> Object | Bad:
        """The value here as a record, and go behind it; something is here."""
        while True:
            try:
                found, end = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as error:
                return self._broken(error)
            if end - self.at > LONGEST:
                return Bad("too-long", shown(self.skip(LONGEST)[0]))
            if end < len(self.text) or not self.fill():
                raw, self.at = self.text[self.at : end], end
                return judged(found, raw)

    def skip(self, keep: int) -> tuple[str, str]:
        """Go behind the value here; how it came, `keep` characters at most, and a fault.

        The fault is empty, `cut` where the text ends first, or `too-long` beyond `LONGEST`.
        """
        if self.text[self.at] not in '{["':
            return self._scalar(keep)
        kept: str | None = None
        stack: list[str] = []
        place, inside = self.at, False
        while True:
            place, inside = _nest(self.text, place, stack, inside=inside)
            if kept is None and place - self.at > LONGEST:
                kept = self.text[self.at : self.at + keep]
            if not stack and not inside:
                raw, self.at = self.text[self.at : place][:keep], place
                return (raw, "") if kept is None else (kept, "too-long")
            if kept is not None:
                self.at = place
            before = self.at
            if not self.fill():
                raw, self.at = self.text[self.at :][:keep], len(self.text)
                return raw if kept is None else kept, "cut"
            place -= before

    def _scalar(self, keep: int) -> tuple[str, str]:
        """Go behind a number, a word, or what stands where a value should."""
        kept: str | None = None
        while True:
            found = _SCALAR.match(self.text, self.at)
            end = found.end() if found else self.at + (kept is None)
            if kept is None and end - self.at > LONGEST:
                kept = self.text[self.at : self.at + keep]
            if kept is not None:
                self.at = end
            if end < len(self.text) or not self.fill():
                raw, self.at = self.text[self.at : end][:keep].rstrip(), end
                return (raw, "") if kept is None else (kept, "too-long")

    def _broken(self, error: Exception) -> Object | Bad:
        raw, fault = self.skip(LONGEST)
        if fault:
            return Bad("encoding" if MARK in raw else fault, shown(raw))
        return _parsed(raw) if isinstance(error, json.JSONDecodeError) else _fault(error, raw)


def _nest(text: str, place: int, stack: list[str], *, inside: bool) -> tuple[int, bool]:
    """Follow brackets and strings until all that was opened is closed, or the text ends.

    A bracket that is not closed is closed by the one around it.

    Args:
        text: The text.
        place: Where to go on.
        stack: Brackets that are open.
        inside: Whether `place` is inside a string.
    """
    while True:
        if inside:
            found = _INSIDE.match(text, place)
            assert found is not None
            place = found.end()
            if text[place : place + 1] != '"':
                return place, True
            place, inside = place + 1, False
        else:
            token = _TOKEN.search(text, place)
            if token is None:
                return len(text), False
            place, inside = token.end(), token[0] == '"'
            opening = _OPENS.get(token[0])
            if token[0] in "{[":
                stack.append(token[0])
            elif opening in stack:
                while stack.pop() != opening:
                    pass
        if not stack and not inside:
            return place, False


def judged(found: Any, raw: str) -> Object | Bad:
    """A value as a record."""
    if MARK in raw:
        return Bad("encoding", shown(raw))
    if not isinstance(found, dict):
        return Bad("not-object", shown(raw))
    if "\\u" in raw and not _encodes(found):
        return Bad("surrogate", shown(raw))
    if not all(map(str.strip, found)):
        return Bad("unnamed", shown(raw))
    return Object(found, raw)


def _encodes(found: Any) -> bool:
    try:
        written(found).encode()
    except UnicodeEncodeError:
        return False
    return True


def _parsed(raw: str) -> Object | Bad:
    """A record from the whole of its text."""
    if len(raw) > LONGEST:
        return Bad("too-long", shown(raw))
    try:
        return judged(_DECODER.decode(raw), raw)
    except (ValueError, RecursionError) as error:
        return _fault(error, raw)


def _fault(error: Exception, raw: str) -> Bad:
    reasons = ((_Twice, "duplicate-key"), (_Constant, "number"), (RecursionError, "nested"))
    reason = next((word for kind, word in reasons if isinstance(error, kind)), "json")
    return Bad("encoding" if MARK in raw else reason, shown(raw))


def written(value: Any) -> str:
    """A value as JSON without white space, its numbers as they came.

    Examples:
        >>> written({"a": [Number("1.10"), None, "x"]})
        '{"a":[1.10,null,"x"]}'
    """
    if isinstance(value, dict):
        return "{" + ",".join(f"{written(k)}:{written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, Number):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def by_lines(chunks: Iterable[str]) -> Iterator[Object | Bad]:
    """Records of text with one to a line (NDJSON); a line of white space is none."""
    text = Text(chunks)
    while text.peek():
        end = text.text.find("\n", text.at)
        while end < 0 and len(text.text) - text.at <= LONGEST and text.fill():
            end = text.text.find("\n", text.at)
        raw = text.text[text.at : end if end >= 0 else len(text.text)]
        text.at += len(raw)
        while end < 0 and text.fill():
            end = text.text.find("\n")
            text.at = len(text.text) if end < 0 else end
        yield _parsed(raw.rstrip(" \t\r"))


def in_document(chunks: Iterable[str], path: Sequence[Step], name: str) -> Iterator[Object | Bad]:
    """Records of a document: the elements of an array, or the values that follow one another.

    Args:
        chunks: The text.
        path: The way to the array, or to the one object that is the record.
        name: The file, for messages.

    Raises:
        Faulty: the way leads nowhere.
    """
    text = Text(chunks)
    for step in path:
        _go(text, step, name)
    if text.peek() == "[":
        text.at += 1
        yield from _elements(text)
        if path:
            return
    elif path:
        yield text.value()
        return
    while first := text.peek():
        if first in ",]}":
            raw, text.at = first, text.at + 1
            yield Bad("json", raw)
        else:
            yield text.value()


def _elements(text: Text) -> Iterator[Object | Bad]:
    while (first := text.peek()) != "]":
        if not first:
            yield Bad("cut", "")
            return
        if first in ",}":
            text.at += 1
            if first == "}":
                yield Bad("json", first)
        else:
            found = text.value()
            yield found
            if isinstance(found, Bad) and found.reason == "cut":
                return
    text.at += 1


def _go(text: Text, step: Step, name: str) -> None:
    """Go to a member or an element of the value here.

    Raises:
        Faulty: it has none such.
    """
    opening = "{" if isinstance(step, str) else "["
    if text.peek() == opening:
        text.at += 1
        place = 0
        while (first := text.peek()) and first not in "]}":
            if first == ",":
                text.at += 1
                continue
            key: Step = place
            if opening == "{":
                key = _key(text)
            if key == step:
                text.peek()
                return
            if text.peek():
                text.skip(0)
            place += 1
    raise Faulty(
        msg("`{name}` has no member `{step}` where the path leads.", name=name, step=step)
        if opening == "{"
        else msg("`{name}` has no element `{step}` where the path leads.", name=name, step=step),
        next=msg("Look at the document, and correct `--json-path`."),
        detail="json-path",
    )


def _key(text: Text) -> str:
    """The name of the member here, and go behind its colon; a broken one is empty."""
    raw, _ = text.skip(LONGEST)
    if text.peek() == ":":
        text.at += 1
    try:
        name = json.loads(raw)
    except ValueError:
        return ""
    return name if isinstance(name, str) else ""
