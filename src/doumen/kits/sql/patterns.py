"""Patterns over names of columns, matched as the engine matches them: LIKE, GLOB, a part of RE2.

Which columns `COLUMNS('…')` stands for must be known before the engine runs. Python's `re`
reads some patterns otherwise than RE2 and may take exponential time, so that only what is
written here is read, in time linear in the name; anything else is None, to be refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_Test = Callable[[str], bool]
_Ranges = Sequence[tuple[str, str]]

LARGEST = 300
"""Most steps of a compiled pattern."""

_BEGIN = "begin"
_END = "end"
_CLASSES: dict[str, _Ranges] = {
    "d": [("0", "9")],
    "w": [("0", "9"), ("A", "Z"), ("a", "z"), ("_", "_")],
    "s": [("\t", "\n"), ("\f", "\r"), (" ", " ")],
}
_COUNTED = re.compile(r"\{(\d{1,3})(,(\d{1,3})?)?\}")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ")
_SPECIAL = frozenset("\\^$.|?*+()[]{}")


class _Beyond(Exception):
    """The pattern uses more than is read here."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One step: a character that passes `test`, a place, or a jump; then to one of `to`."""

    to: tuple[int, ...]
    test: _Test | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; the step after the last is the match."""

    steps: tuple[_Step, ...]

    def found_in(self, text: str) -> bool:
        """Whether some part of the text matches."""
        return self._run(text, whole=False)

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        return self._run(text, whole=True)

    def _run(self, text: str, *, whole: bool) -> bool:
        states: set[int] = set()
        for at in range(len(text) + 1):
            if at == 0 or not whole:
                states.add(0)
            reached = self._reach(states, at == 0, at == len(text))
            if len(self.steps) in reached and (not whole or at == len(text)):
                return True
            states = {
                to
                for state in reached
                if state < len(self.steps) and at < len(text)
                for to in self._after(self.steps[state], text[at])
            }
        return False

    @staticmethod
    def _after(step: _Step, character: str) -> tuple[int, ...]:
        return step.to if step.test is not None and step.test(character) else ()

    def _reach(self, states: set[int], first: bool, last: bool) -> set[int]:
        """The states that jumps and places lead to without a character."""
        reached: set[int] = set()
        pending = list(states)
        while pending:
            state = pending.pop()
            if state in reached:
                continue
            reached.add(state)
            step = self.steps[state] if state < len(self.steps) else None
            if step is None or step.test is not None:
                continue
            if not step.place or (first if step.place == _BEGIN else last):
                pending.extend(step.to)
        return reached


def like(text: str, *, any_case: bool = False) -> Pattern | None:
    """A pattern of LIKE, or of ILIKE with `any_case`."""
    return _compiled(lambda: _joined([_wild(c, "%", "_") for c in text]), text, any_case)


def glob(text: str) -> Pattern | None:
    """A pattern of GLOB, of which only `*` is read."""
    if set(text) & set("?[]\\"):
        return None
    return _compiled(lambda: _joined([_wild(c, "*", "") for c in text]), text, False)


def regular(text: str) -> Pattern | None:
    """A regular expression as RE2 reads it; `(?i)` may stand before it."""
    any_case = text.startswith("(?i)")
    body = text.removeprefix("(?i)")
    return _compiled(lambda: _Parser(body).whole(), body, any_case)


def caseless(text: str) -> bool:
    """Whether ILIKE and `lower` treat the text as ASCII: no other letter of it has two cases."""
    return all(c.isascii() or c.swapcase() == c for c in text)


def _compiled(parse: Callable[[], _Part], text: str, any_case: bool) -> Pattern | None:
    if any_case and not caseless(text):
        return None
    try:
        steps = list(parse().steps(0, any_case))
    except (_Beyond, RecursionError):
        return None
    return Pattern(tuple(steps)) if len(steps) <= LARGEST else None


# the parts of a pattern, each of which writes its steps from a place on


@dataclass(frozen=True, slots=True)
class _Part:
    """A character of some ranges, a place, a sequence, a choice, or something repeated."""

    kind: str
    parts: tuple[_Part, ...] = ()
    ranges: _Ranges = ()
    negated: bool = False
    least: int = 0
    most: int | None = None
    size: int = field(default=0)

    def steps(self, start: int, any_case: bool) -> Iterator[_Step]:
        """The steps of this part, of which the first is number `start`."""
        if self.kind == "character":
            yield _Step((start + 1,), _test(self.ranges, self.negated, any_case))
        elif self.kind in {_BEGIN, _END}:
            yield _Step((start + 1,), None, self.kind)
        elif self.kind == "sequence":
            for part in self.parts:
                yield from part.steps(start, any_case)
                start += part.size
        elif self.kind == "choice":
            yield from self._choice(start, any_case)
        else:
            yield from self._repeated(start, any_case)

    def _choice(self, start: int, any_case: bool) -> Iterator[_Step]:
        end = start + self.size
        left, right = self.parts
        yield _Step((start + 1, start + 2 + left.size))
        yield from left.steps(start + 1, any_case)
        yield _Step((end,))
        yield from right.steps(start + 2 + left.size, any_case)

    def _repeated(self, start: int, any_case: bool) -> Iterator[_Step]:
        (part,) = self.parts
        end = start + self.size
        for _ in range(self.least):
            yield from part.steps(start, any_case)
            start += part.size
        if self.most is None:
            yield _Step((start + 1, end))
            yield from part.steps(start + 1, any_case)
            yield _Step((start,))
            return
        for _ in range(self.most - self.least):
            yield _Step((start + 1, end))
            yield from part.steps(start + 1, any_case)
            start += part.size + 1


def _test(ranges: _Ranges, negated: bool, any_case: bool) -> _Test:
    def test(character: str) -> bool:
        forms = {character, character.lower(), character.upper()} if any_case else {character}
        return negated != any(low <= form <= high for form in forms for low, high in ranges)

    return test


def _character(*ranges: tuple[str, str], negated: bool = False) -> _Part:
    return _Part("character", ranges=ranges, negated=negated, size=1)


def _joined(parts: Sequence[_Part]) -> _Part:
    return _Part("sequence", tuple(parts), size=sum(part.size for part in parts))


def _repeat(part: _Part, least: int, most: int | None) -> _Part:
    size = least * part.size + (part.size + 2 if most is None else (most - least) * (part.size + 1))
    if size > LARGEST:
        raise _Beyond
    return _Part("repeated", (part,), least=least, most=most, size=size)


def _wild(character: str, many: str, one: str) -> _Part:
    anything = _character(negated=True)
    if character == many:
        return _repeat(anything, 0, None)
    return anything if character == one else _character((character, character))


class _Parser:
    """Reads a regular expression: letters, `.`, classes, groups, choices, repeats, `^` and `$`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def whole(self) -> _Part:
        part = self._choice()
        if self.at < len(self.text):
            raise _Beyond
        return part

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self, wanted: str) -> bool:
        if not self.text.startswith(wanted, self.at):
            return False
        self.at += len(wanted)
        return True

    def _choice(self) -> _Part:
        part = self._sequence()
        while self._take("|"):
            other = self._sequence()
            part = _Part("choice", (part, other), size=part.size + other.size + 2)
        return part

    def _sequence(self) -> _Part:
        parts = []
        while self._next() not in {"", "|", ")"}:
            parts.append(self._repeats(self._atom()))
        return _joined(parts)

    def _repeats(self, part: _Part) -> _Part:
        counted = _COUNTED.match(self.text, self.at)
        if counted is not None:
            self.at = counted.end()
            least = int(counted[1])
            most = least if counted[2] is None else int(counted[3]) if counted[3] else None
        elif self._next() and self._next() in "*+?":
            sign = self._next()
            self.at += 1
            least, most = int(sign == "+"), 1 if sign == "?" else None
        else:
            return part
        self._take("?")
        if part.kind in {_BEGIN, _END} or (self._next() and self._next() in "*+?{"):
            raise _Beyond
        if most is not None and most < least:
            raise _Beyond
        return _repeat(part, least, most)

    def _atom(self) -> _Part:
        character = self._next()
        self.at += 1
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == "\\":
            ranges, negated = self._escaped()
            return _character(*ranges, negated=negated)
        if character == ".":
            return _character(("\n", "\n"), negated=True)
        if character in "^$":
            return _Part(_BEGIN if character == "^" else _END, size=1)
        if character in _SPECIAL:
            raise _Beyond
        return _character((character, character))

    def _group(self) -> _Part:
        if not self._take("?:") and self._next() == "?":
            raise _Beyond
        part = self._choice()
        if not self._take(")"):
            raise _Beyond
        return part

    def _escaped(self) -> tuple[_Ranges, bool]:
        character = self._next()
        self.at += 1
        if character.lower() in _CLASSES:
            return _CLASSES[character.lower()], character.isupper()
        if character not in _PUNCTUATION:
            raise _Beyond
        return [(character, character)], False

    def _class(self) -> _Part:
        negated = self._take("^")
        ranges: list[tuple[str, str]] = []
        while not self._take("]"):
            low, single = self._member()
            if single and self._next() == "-" and self.text[self.at + 1 : self.at + 2] != "]":
                self.at += 1
                high, plain = self._member()
                if not plain or high[0][0] < low[0][0]:
                    raise _Beyond
                low = [(low[0][0], high[0][0])]
            ranges.extend(low)
        if not ranges:
            raise _Beyond
        return _character(*ranges, negated=negated)

    def _member(self) -> tuple[_Ranges, bool]:
        """A member of a class, and whether it is a single character."""
        character = self._next()
        if character in {"", "["} or (character == "]"):
            raise _Beyond
        self.at += 1
        if character != "\\":
            return [(character, character)], True
        ranges, negated = self._escaped()
        if negated:
            raise _Beyond
        return ranges, len(ranges) == 1 and ranges[0][0] == ranges[0][1]
