"""Which types the lake keeps: those that the engine, Parquet and Delta all mean alike.

What Delta lacks is cast before it is written, so that every reader of the table sees the same
value: unsigned and huge integers become the next larger signed or decimal type, times of day,
intervals, UUIDs, enums, bit strings, JSON, unions and all that is not known here become text,
timestamps of other precision become microseconds, arrays of fixed length become lists.
HUGEINT becomes DECIMAL(38,0): values beyond 38 digits fail the cast.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from doumen.model.errors import Invalid
from doumen.model.message import msg

KEPT = {
    "BOOLEAN": "boolean",
    "TINYINT": "byte",
    "SMALLINT": "short",
    "INTEGER": "integer",
    "BIGINT": "long",
    "FLOAT": "float",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "BLOB": "binary",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
}
"""Plain types of the reference dialect and what Delta calls them."""

_CAST = {
    "UTINYINT": "SMALLINT",
    "USMALLINT": "INTEGER",
    "UINTEGER": "BIGINT",
    "UBIGINT": "DECIMAL(20,0)",
    "HUGEINT": "DECIMAL(38,0)",
    "UHUGEINT": "DECIMAL(38,0)",
    "TIMESTAMP_S": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_NS": "TIMESTAMP",
    '"NULL"': "INTEGER",
}
_TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|[\w ]*\w|[(),\[\]])')


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts, as the reference dialect writes it."""

    text: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of any length."""

    of: Type


@dataclass(frozen=True, slots=True)
class StructOf:
    """Named fields in order; names as the dialect writes them, quoted where it quotes."""

    fields: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    """Keys to values."""

    key: Type
    value: Type


Type = Scalar | ListOf | StructOf | MapOf


def storable(type: str) -> str:
    """The type to cast to before writing; the type itself where the lake keeps it.

    Raises:
        Invalid: it is not written as the reference dialect writes types.

    Example:
        >>> storable("STRUCT(id UUID, seen TIME[3])")
        'STRUCT(id VARCHAR, seen VARCHAR[])'
    """
    return written(parse(type))


def parse(type: str) -> Type:
    """Read a type, each part turned into one that the lake keeps.

    Raises:
        Invalid: it is not written as the reference dialect writes types.
    """
    tokens = [match[1] for match in _TOKEN.finditer(type)]
    if "".join(tokens).replace(" ", "") != type.replace(" ", "") or not tokens:
        raise _malformed(type)
    reader = _Reader(type, tokens)
    found = reader.type()
    if reader.rest:
        raise _malformed(type)
    return found


def written(type: Type) -> str:
    """A type as the reference dialect writes it."""
    match type:
        case Scalar(text):
            return text
        case ListOf(of):
            return f"{written(of)}[]"
        case StructOf(fields):
            return f"STRUCT({', '.join(f'{name} {written(of)}' for name, of in fields)})"
        case MapOf(key, value):
            return f"MAP({written(key)}, {written(value)})"


def bare(name: str) -> str:
    """The name of a field without the quotes of the dialect."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


class _Reader:
    """A reader by recursive descent over the tokens of one type."""

    def __init__(self, text: str, tokens: list[str]) -> None:
        self._text = text
        self.rest = tokens

    def type(self) -> Type:
        found = self._plain(self._take())
        while self.rest[:1] == ["["]:
            self._take()
            if self._take() != "]":
                self._expect("]")
            found = ListOf(found)
        return found

    def _plain(self, word: str) -> Type:
        if self.rest[:1] != ["("]:
            return Scalar(word if word in KEPT else _CAST.get(word, "VARCHAR"))
        self._take()
        if word == "STRUCT":
            return StructOf(tuple(self._each_field()))
        if word == "MAP":
            key = self.type()
            self._expect(",")
            value = self.type()
            self._expect(")")
            return MapOf(key, value)
        arguments = self._arguments()
        return Scalar(f"DECIMAL({arguments})" if word == "DECIMAL" else "VARCHAR")

    def _each_field(self) -> list[tuple[str, Type]]:
        fields = [self._field()]
        while (mark := self._take()) == ",":
            fields.append(self._field())
        if mark != ")":
            raise _malformed(self._text)
        return fields

    def _field(self) -> tuple[str, Type]:
        name = self._take()
        if not name.startswith('"'):
            name, space, type = name.partition(" ")
            if not space:
                raise _malformed(self._text)
            self.rest.insert(0, type)
        return name, self.type()

    def _arguments(self) -> str:
        """What stands between the parentheses of a type that is not looked into."""
        depth = 1
        words: list[str] = []
        while True:
            word = self._take()
            depth += {"(": 1, ")": -1}.get(word, 0)
            if not depth:
                return "".join(words)
            words.append(word)

    def _take(self) -> str:
        if not self.rest:
            raise _malformed(self._text)
        return self.rest.pop(0)

    def _expect(self, mark: str) -> None:
        if self._take() != mark:
            raise _malformed(self._text)


def _malformed(type: str) -> Invalid:
    return Invalid(
        msg("`{type}` is not a type of the reference dialect.", type=type),
        next=msg("Write it as `doumen describe` does: `BIGINT`, `DECIMAL(12,2)`, `VARCHAR[]` …"),
        detail="type",
    )
