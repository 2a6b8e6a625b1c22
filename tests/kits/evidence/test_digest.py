"""The digest of an answer, against the vectors in the documentation and a slow twin."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence.digest import AnswerDigest, Digester, is_floating
from doumen.model.errors import Invalid
from doumen.model.schema import Column, Schema

DOCS = Path(__file__).parents[3] / "docs" / "receipts.md"
VECTORS: list[dict[str, Any]] = json.loads(
    re.findall(r"```json vectors\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[0]
)

# --- the slow twin: written from the document, value by value, without Arrow ---------------

SIGNED = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT"}
UNSIGNED = {"UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
PER_SECOND = {"_S": 1, "_MS": 10**3, "": 10**6, " WITH TIME ZONE": 10**6, "_NS": 10**9}


def slow_value(type_: str, value: Any) -> bytes:
    tag, content = (b"\0", b"") if value is None else slow_content(type_, value)
    return tag + struct.pack("<I", len(content)) + content


def slow_content(type_: str, value: Any) -> tuple[bytes, bytes]:
    if type_.endswith("]"):
        inner = type_[: type_.rindex("[")]
        return b"l", b"".join(slow_value(inner, item) for item in value)
    if type_.startswith("STRUCT("):
        fields = [part.split(" ", 1)[1] for part in slow_split(type_[7:-1])]
        return b"r", b"".join(map(slow_value, fields, value))
    if type_.startswith("MAP("):
        key, item = slow_split(type_[4:-1])
        return b"m", b"".join(slow_value(key, k) + slow_value(item, v) for k, v in value)
    return slow_scalar(type_, value)


def slow_split(text: str) -> list[str]:
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def slow_scalar(type_: str, value: Any) -> tuple[bytes, bytes]:
    if type_ == "BOOLEAN":
        return b"b", bytes([value])
    if type_ in SIGNED:
        return b"i", struct.pack("<q", int(value))
    if type_ in UNSIGNED:
        return b"u", struct.pack("<Q", int(value))
    if type_.startswith(("HUGEINT", "UHUGEINT", "DECIMAL(")):
        scale = int(type_[:-1].split(",")[1]) if "," in type_ else 0
        return b"n", (int(Fraction(value) * 10**scale) % 2**128).to_bytes(16, "little")
    if type_ in {"FLOAT", "DOUBLE"}:
        return b"f", slow_float(float(value))
    if type_ in {"BLOB", "BIT"}:
        return b"x", bytes.fromhex(value)
    if type_ == "DATE":
        return b"d", struct.pack("<q", (dt.date.fromisoformat(value) - dt.date(1970, 1, 1)).days)
    if type_ == "INTERVAL":
        return b"v", struct.pack("<iiq", *value)
    if type_.startswith("TIME"):
        return slow_time(type_, value)
    return b"t", value.encode()


def slow_float(number: float) -> bytes:
    if math.isnan(number):
        return struct.pack("<Q", 0x7FF8 << 48)
    return struct.pack("<d", 0.0 if number == 0 else number)


def slow_time(type_: str, value: str) -> tuple[bytes, bytes]:
    stamp = type_.startswith("TIMESTAMP")
    unit = PER_SECOND[type_.removeprefix("TIMESTAMP" if stamp else "TIME")]
    whole, _, fraction = value.partition(".")
    at = dt.datetime.fromisoformat(whole if stamp else f"1970-01-01T{whole}")
    seconds = (at - dt.datetime(1970, 1, 1)) // dt.timedelta(seconds=1)
    count = seconds * unit + int(fraction.ljust(9, "0") or 0) * unit // 10**9
    return b"S" if unit == 10**9 else b"s", struct.pack("<q", count)


def slow_digest(vector: dict[str, Any]) -> dict[str, Any]:
    columns = vector["columns"]
    salt = bytes.fromhex(vector["salt"])
    head = struct.pack("<I", len(salt)) + salt + struct.pack("<II", 4, len(columns))
    for column in columns:
        for text in (column["name"].encode(), column["type"].encode()):
            head += struct.pack("<I", len(text)) + text
    count = struct.pack("<Q", len(vector["rows"]))

    def over(part: str, digests: list[bytes]) -> str:
        data = f"doumen-answer-1 {part}\n".encode() + head + b"".join(digests) + count
        return hashlib.sha256(data).hexdigest()

    exact, whole = [], []
    for row in vector["rows"]:
        sides: tuple[bytes, bytes] = (b"", b"")
        for column, value in zip(columns, row, strict=True):
            data = slow_value(column["type"], value)
            floats = "FLOAT" in column["type"] or "DOUBLE" in column["type"]
            sides = (sides[0], sides[1] + data) if floats else (sides[0] + data, sides[1])
        exact.append(hashlib.sha256(sides[0]).digest())
        whole.append(hashlib.sha256(exact[-1] + sides[1]).digest())
    floating = any("FLOAT" in c["type"] or "DOUBLE" in c["type"] for c in columns)
    return {
        "rows": len(exact),
        "exact": over("exact", sorted(exact)),
        "sequence": over("sequence", exact) if vector["ordered"] else None,
        "floating": over("floating", sorted(whole)) if floating else None,
    }


# --- the fast one --------------------------------------------------------------------------


def digest(
    schema: Schema, table: pa.Table, *, ordered: bool = False, salt: bytes = b"", chunk: int = 7
) -> AnswerDigest:
    digester = Digester(schema, ordered, salt)
    for batch in table.to_batches(max_chunksize=chunk):
        digester.update(batch)
    return digester.finish()


def asked(sql: str) -> tuple[Schema, pa.Table]:
    with duckdb.connect() as connection:
        relation = connection.sql(sql)
        types = [str(type_) for type_ in relation.types]
        columns = tuple(map(Column, relation.columns, types))
        return Schema(columns), relation.to_arrow_table()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_published_vectors(vector: dict[str, Any]) -> None:
    assert slow_digest(vector) == vector["digest"]
    schema, table = asked(vector["sql"])
    assert [{"name": c.name, "type": c.type} for c in schema] == vector["columns"]
    for chunk in (1, 2, 1000):
        made = digest(
            schema,
            table,
            ordered=vector["ordered"],
            salt=bytes.fromhex(vector["salt"]),
            chunk=chunk,
        )
        assert made.as_json() == vector["digest"]
        assert AnswerDigest.from_json(made.as_json()) == made


def test_the_vectors_cover_every_kind_of_value() -> None:
    types = " ".join(column["type"] for vector in VECTORS for column in vector["columns"])
    for word in (
        *SIGNED, *UNSIGNED, "HUGEINT", "UHUGEINT", "DECIMAL", "FLOAT", "DOUBLE", "BOOLEAN",
        "VARCHAR", "BLOB", "BIT", "UUID", "ENUM", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S",
        "TIMESTAMP_MS", "TIMESTAMP_NS", "WITH TIME ZONE", "INTERVAL", "STRUCT", "MAP",
        "INTEGER[]", "INTEGER[2]", "[][]",
    ):  # fmt: skip
        assert word in types


# --- any nesting, any slice ----------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
LEAVES: list[tuple[str, pa.DataType, st.SearchStrategy[Any]]] = [
    ("SMALLINT", pa.int16(), st.integers(-(2**15), 2**15 - 1)),
    ("UBIGINT", pa.uint64(), st.integers(0, 2**64 - 1)),
    ("VARCHAR", pa.string(), texts),
    ("VARCHAR", pa.string_view(), texts),
    ("VARCHAR", pa.dictionary(pa.int8(), pa.string()), texts),
    ("BOOLEAN", pa.bool_(), st.booleans()),
    ("DOUBLE", pa.float64(), st.floats()),
    ("FLOAT", pa.float32(), st.floats(width=32)),
    ("DECIMAL(9,2)", pa.decimal128(9, 2), st.decimals(-(10**6), 10**6, places=2)),
]
Kind = tuple[str, pa.DataType, st.SearchStrategy[Any]]


def nested(inner: st.SearchStrategy[Kind]) -> st.SearchStrategy[Kind]:
    def listed(kind: Kind) -> Kind:
        return f"{kind[0]}[]", pa.list_(kind[1]), st.lists(st.none() | kind[2], max_size=3)

    def large(kind: Kind) -> Kind:
        return f"{kind[0]}[]", pa.large_list(kind[1]), st.lists(st.none() | kind[2], max_size=3)

    def fixed(kind: Kind) -> Kind:
        values = st.lists(st.none() | kind[2], min_size=2, max_size=2)
        return f"{kind[0]}[2]", pa.list_(kind[1], 2), values

    def record(one: Kind, two: Kind) -> Kind:
        values = st.tuples(st.none() | one[2], st.none() | two[2])
        arrow = pa.struct([("a", one[1]), ("b", two[1])])
        return f"STRUCT(a {one[0]}, b {two[0]})", arrow, values

    def mapped(kind: Kind) -> Kind:
        values = st.lists(st.tuples(texts, st.none() | kind[2]), max_size=3)
        return f"MAP(VARCHAR, {kind[0]})", pa.map_(pa.string(), kind[1]), values

    plain = inner.filter(lambda kind: "dictionary" not in str(kind[1]))
    return (
        inner.map(listed)
        | inner.map(large)
        | plain.map(fixed)
        | st.builds(record, inner, inner)
        | plain.map(mapped)
    )


def for_arrow(type_: pa.DataType, value: Any) -> Any:
    """Structs are given as pairs of values in the twin and as mappings to Arrow."""
    if value is None:
        return None
    if pa.types.is_struct(type_):
        pairs = zip(type_, value, strict=True)
        return {field.name: for_arrow(field.type, item) for field, item in pairs}
    if pa.types.is_map(type_):
        return [(key, for_arrow(type_.item_type, item)) for key, item in value]
    if isinstance(value, list):
        return [for_arrow(type_.value_type, item) for item in value]
    return value


@st.composite
def answers(draw: st.DrawFn) -> tuple[dict[str, Any], pa.Table]:
    kinds = draw(st.lists(st.recursive(st.sampled_from(LEAVES), nested, max_leaves=4), max_size=3))
    rows = draw(st.lists(st.tuples(*(st.none() | kind[2] for kind in kinds)), max_size=9))
    columns = [{"name": f"c{n}", "type": kind[0]} for n, kind in enumerate(kinds)]
    arrays = [
        pa.array([for_arrow(kind[1], row[n]) for row in rows], kind[1])
        for n, kind in enumerate(kinds)
    ]
    names = [column["name"] for column in columns]
    batch = pa.RecordBatch.from_arrays(arrays, names=names)
    if not kinds:
        rows = []
    vector = {"columns": columns, "rows": rows, "ordered": True, "salt": "00ff"}
    return vector, pa.Table.from_batches([batch])


@settings(derandomize=True, deadline=None, max_examples=count(250))
@given(answers(), st.integers(1, 4))
def test_any_answer_has_the_digest_of_the_slow_twin(
    answer: tuple[dict[str, Any], pa.Table], chunk: int
) -> None:
    vector, table = answer
    schema = Schema(tuple(Column(c["name"], c["type"]) for c in vector["columns"]))
    made = digest(schema, table, ordered=True, salt=b"\x00\xff", chunk=chunk)
    assert made.as_json() == slow_digest(vector)


# --- what it is for ------------------------------------------------------------------------

NUMBERS = pa.table({"n": pa.array(range(100), pa.int64()), "x": [i / 7 for i in range(100)]})
TYPES = Schema.of(n="BIGINT", x="DOUBLE")


def test_only_the_sequence_depends_on_the_order() -> None:
    one = digest(TYPES, NUMBERS, ordered=True)
    two = digest(TYPES, NUMBERS.sort_by([("n", "descending")]), ordered=True)
    assert one.sequence != two.sequence
    assert (one.rows, one.exact, one.floating) == (two.rows, two.exact, two.floating)
    assert digest(TYPES, NUMBERS).sequence is None


def test_rows_are_a_multiset() -> None:
    once, twice = NUMBERS.slice(0, 1), pa.concat_tables([NUMBERS.slice(0, 1)] * 2)
    assert digest(TYPES, once).exact != digest(TYPES, twice).exact


def test_a_last_bit_changes_the_floating_digest_only() -> None:
    close = NUMBERS.set_column(1, "x", pa.array([i / 7 * (1 + 2**-52) for i in range(100)]))
    one, two = digest(TYPES, NUMBERS), digest(TYPES, close)
    assert one.exact == two.exact
    assert one.floating != two.floating


def test_floating_numbers_belong_to_their_row() -> None:
    crossed = NUMBERS.set_column(1, "x", NUMBERS["x"].take(pa.array([1, 0, *range(2, 100)])))
    assert digest(TYPES, NUMBERS).floating != digest(TYPES, crossed).floating


def test_names_types_salt_and_number_of_rows_are_part_of_it() -> None:
    table = pa.table({"n": pa.array([1], pa.int64())})
    made = {
        digest(Schema.of(n="BIGINT"), table).exact,
        digest(Schema.of(m="BIGINT"), table).exact,
        digest(Schema.of(n="INTEGER"), table).exact,
        digest(Schema.of(n="BIGINT"), table, salt=b"s").exact,
        digest(Schema.of(n="BIGINT"), table.slice(0, 0)).exact,
    }
    assert len(made) == 5


def test_null_empty_and_text_are_told_apart() -> None:
    values = [None, "", "\0", " ", "NULL"]
    made = {
        digest(Schema.of(t="VARCHAR"), pa.table({"t": pa.array([v], pa.string())})) for v in values
    }
    assert len(made) == len(values)


def test_values_cannot_move_between_columns() -> None:
    schema = Schema.of(a="VARCHAR", b="VARCHAR")
    one = digest(schema, pa.table({"a": ["ab"], "b": ["c"]}))
    two = digest(schema, pa.table({"a": ["a"], "b": ["bc"]}))
    assert one != two


def test_a_long_answer_is_sliced() -> None:
    table = pa.table({"n": pa.array(range(70_000), pa.int64())})
    schema = Schema.of(n="BIGINT")
    assert digest(schema, table, chunk=70_000) == digest(schema, table, chunk=1000)


def test_which_types_float() -> None:
    for type_ in ("DOUBLE", "FLOAT", "DOUBLE[]", "STRUCT(a DOUBLE)", "MAP(VARCHAR, FLOAT[2])"):
        assert is_floating(type_)
    for type_ in ("BIGINT", 'STRUCT("DOUBLE" INTEGER)', "ENUM('FLOAT', 'a''DOUBLE')", "DOUBLES"):
        assert not is_floating(type_)


def test_types_that_only_arrow_tells() -> None:
    extension = pa.ExtensionArray.from_storage(pa.opaque(pa.binary(), "n", "v"), pa.array([b"x"]))
    plain = pa.table({"x": pa.array([b"x"])})
    schema = Schema.of(x="BIGNUM")
    assert digest(schema, pa.table({"x": extension})) == digest(schema, plain)
    nothing = pa.table({"x": pa.nulls(1)})
    assert digest(schema, nothing) == digest(schema, pa.table({"x": pa.array([None], pa.int8())}))


def test_what_no_answer_holds_is_refused() -> None:
    with pytest.raises(Invalid, match="Arrow type"):
        digest(Schema.of(x="BIGINT"), pa.table({"x": pa.array([1], pa.duration("s"))}))
    with pytest.raises(Invalid, match="2 columns"):
        digest(Schema.of(x="BIGINT"), NUMBERS)


def test_there_is_one_nan_and_one_zero() -> None:
    def bits(*patterns: int) -> pa.Table:
        data = pa.py_buffer(struct.pack(f"<{len(patterns)}Q", *patterns))
        return pa.table({"x": pa.Array.from_buffers(pa.float64(), len(patterns), [None, data])})

    schema = Schema.of(x="DOUBLE")
    nan = digest(schema, bits(0x7FF8 << 48))
    for pattern in (0xFFF8 << 48, (0x7FF8 << 48) + 1, 0x7FF0_0000_0000_0001):
        assert digest(schema, bits(pattern)) == nan
    assert digest(schema, bits(1 << 63)) == digest(schema, bits(0))
