"""Types: what ODCS calls logical and physical, and what the reference engine calls a type.

`physicalType` decides where it names a known type; text that the contract wants read as
something else (`physicalType: varchar` with `logicalType: date`) becomes that; a physical
type of another system that is not known leaves it to the logical type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAMES = {
    "BOOLEAN": "boolean bool logical",
    "TINYINT": "tinyint int1",
    "SMALLINT": "smallint int2 int16 short",
    "INTEGER": "integer int int4 int32 signed mediumint",
    "BIGINT": "bigint int8 int64 long",
    "HUGEINT": "hugeint int128",
    "UTINYINT": "utinyint uint8",
    "USMALLINT": "usmallint uint16",
    "UINTEGER": "uinteger uint32",
    "UBIGINT": "ubigint uint64",
    "UHUGEINT": "uhugeint uint128",
    "FLOAT": "float float4 float32 real",
    "DOUBLE": "double float8 float64 double_precision",
    "VARCHAR": "varchar varchar2 nvarchar nvarchar2 char nchar bpchar character text string "
    "character_varying clob json",
    "DATE": "date",
    "TIME": "time time_without_time_zone",
    "TIME WITH TIME ZONE": "timetz time_with_time_zone",
    "TIMESTAMP": "timestamp datetime timestamp_without_time_zone timestamp_ntz timestamp_us",
    "TIMESTAMP WITH TIME ZONE": "timestamptz timestamp_with_time_zone timestamp_tz",
    "TIMESTAMP_S": "timestamp_s",
    "TIMESTAMP_MS": "timestamp_ms",
    "TIMESTAMP_NS": "timestamp_ns",
    "BLOB": "blob bytea binary varbinary bytes",
    "UUID": "uuid guid",
    "INTERVAL": "interval",
    "BIT": "bit bitstring",
}
_CANONICAL = {alias: name for name, aliases in _NAMES.items() for alias in aliases.split()}
_FORMATS = {
    "i8": "TINYINT", "i16": "SMALLINT", "i32": "INTEGER", "i64": "BIGINT", "i128": "HUGEINT",
    "u8": "UTINYINT", "u16": "USMALLINT", "u32": "UINTEGER", "u64": "UBIGINT",
    "u128": "UHUGEINT", "f32": "FLOAT", "f64": "DOUBLE",
}  # fmt: skip
_LOGICAL = {
    "string": "VARCHAR", "date": "DATE", "timestamp": "TIMESTAMP", "time": "TIME",
    "number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN",
    "object": "VARCHAR", "array": "VARCHAR",
}  # fmt: skip
_INTEGERS = {  # decimal digits that the type surely holds
    "TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 39,
}  # fmt: skip
_UNSIGNED = {"UTINYINT": 3, "USMALLINT": 5, "UINTEGER": 10, "UBIGINT": 20, "UHUGEINT": 39}
_EXACT_IN_DOUBLE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"}
)
DATED = frozenset({"date", "timestamp", "time"})
"""Logical types that have formats."""
COMPARABLE = DATED | {"integer", "number"}
"""Logical types whose values have an order of their own."""
_DEEPEST = 20
_SCALAR = re.compile(r"([a-z_][a-z0-9_]*(?: [a-z]+)*)(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?(.*)")
_ARRAY = re.compile(r"(.*)\[(\d*)\]", re.DOTALL)
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_IDENTIFIER = re.compile(r'("(?:[^"]|"")+"|[^\W\d]\w*)\s+(.+)', re.DOTALL)


def engine_type(declared: Mapping[str, Any]) -> str | None:
    """The engine's type of an ODCS property; None where neither type says one."""
    physical = canonical(str(declared.get("physicalType") or ""))
    logical = _logical_type(declared)
    if physical is None or (physical == "VARCHAR" and logical not in (None, "VARCHAR")):
        return logical
    return physical


def logical_type(type: str) -> str | None:
    """The ODCS logical type of an engine's type; None where the standard has no word."""
    if type.endswith("]"):
        return "array"
    head = type.partition("(")[0]
    if head in _INTEGERS or head in _UNSIGNED:
        return "integer"
    if head in ("STRUCT", "MAP"):
        return "object"
    if head.startswith(("TIMESTAMP", "TIME")):
        return "timestamp" if head.startswith("TIMESTAMP") else "time"
    words = {"FLOAT": "number", "DOUBLE": "number", "DECIMAL": "number", "VARCHAR": "string",
             "UUID": "string", "DATE": "date", "BOOLEAN": "boolean"}  # fmt: skip
    return words.get(head)


def canonical(text: str, depth: int = 0) -> str | None:
    """A type as the reference engine spells it; None where it is not known."""
    text = text.strip()
    if not text or depth > _DEEPEST:
        return None
    array = _ARRAY.fullmatch(text)
    if array:
        item = canonical(array.group(1), depth + 1)
        return None if item is None else f"{item}[{array.group(2)}]"
    nested = re.fullmatch(r"(struct|map)\s*\((.*)\)", text, re.IGNORECASE | re.DOTALL)
    if nested:
        return _nested(nested.group(1).upper(), nested.group(2), depth)
    return _scalar(" ".join(text.lower().split()))


def widens(old: str, new: str) -> bool:  # noqa: PLR0911 - one per family of types
    """Whether every value of `old` is a value of `new`, unchanged."""
    if old == new:
        return True
    if new in _INTEGERS and old in _INTEGERS:
        return _INTEGERS[old] <= _INTEGERS[new]
    if new in _UNSIGNED and old in _UNSIGNED:
        return _UNSIGNED[old] <= _UNSIGNED[new]
    if new in _INTEGERS and old in _UNSIGNED:
        return _UNSIGNED[old] < _INTEGERS[new]
    if new == "DOUBLE":
        return old == "FLOAT" or old in _EXACT_IN_DOUBLE
    wide = _DECIMAL.fullmatch(new)
    if wide:
        precision, scale = int(wide.group(1)), int(wide.group(2))
        narrow = _DECIMAL.fullmatch(old)
        if narrow:
            kept = int(narrow.group(1)) - int(narrow.group(2)) <= precision - scale
            return kept and int(narrow.group(2)) <= scale
        digits = _INTEGERS.get(old) or _UNSIGNED.get(old)
        return digits is not None and digits <= precision - scale
    return (old, new) in {
        ("DATE", "TIMESTAMP"), ("TIMESTAMP_S", "TIMESTAMP_MS"), ("TIMESTAMP_S", "TIMESTAMP"),
        ("TIMESTAMP_MS", "TIMESTAMP"),
    }  # fmt: skip


def _logical_type(declared: Mapping[str, Any]) -> str | None:
    logical = declared.get("logicalType")
    options = declared.get("logicalTypeOptions") or {}
    if logical in ("integer", "number") and options.get("format") in _FORMATS:
        return _FORMATS[options["format"]]
    if logical in ("timestamp", "time") and options.get("timezone") is True:
        return f"{_LOGICAL[logical]} WITH TIME ZONE"
    if logical == "array" and declared.get("items"):
        item = engine_type(declared["items"])
        return None if item is None else f"{item}[]"
    if logical == "object" and declared.get("properties"):
        fields = [(p["name"], engine_type(p)) for p in declared["properties"]]
        if any(type is None for _, type in fields):
            return None
        return f"STRUCT({', '.join(f'{_quoted(name)} {type}' for name, type in fields)})"
    return _LOGICAL.get(str(logical))


def _scalar(text: str) -> str | None:
    match = _SCALAR.fullmatch(text)
    if match is None:  # an odd beginning
        return None
    name, first, second, rest = match.groups()
    whole = " ".join(f"{name} {rest}".split()).replace(" ", "_")
    if whole in ("decimal", "numeric", "dec", "number"):
        if first is None:
            return None if whole == "number" else "DECIMAL(18,3)"
        precision, scale = int(first), int(second or 0)
        return f"DECIMAL({precision},{scale})" if scale <= precision <= 38 and precision else None
    return _CANONICAL.get(whole)


def _nested(head: str, inside: str, depth: int) -> str | None:
    parts = _split(inside)
    if head == "MAP":
        types = [canonical(part, depth + 1) for part in parts]
        if len(types) != 2 or None in types:
            return None
        return f"MAP({types[0]}, {types[1]})"
    fields = []
    for part in parts:
        match = _IDENTIFIER.fullmatch(part.strip())
        type = canonical(match.group(2), depth + 1) if match else None
        if match is None or type is None:
            return None
        name = match.group(1)
        fields.append(f"{name} {type}")
    return f"STRUCT({', '.join(fields)})"


def _split(inside: str) -> list[str]:
    """Split at the commas that stand outside of brackets and quotes."""
    parts, level, quoted, start = [], 0, False, 0
    for place, letter in enumerate(inside):
        quoted ^= letter == '"'
        if not quoted:
            level += (letter in "([") - (letter in ")]")
            if letter == "," and level == 0:
                parts.append(inside[start:place])
                start = place + 1
    return [*parts, inside[start:]]


def _quoted(name: str) -> str:
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name)
    return name if plain else '"' + name.replace('"', '""') + '"'
