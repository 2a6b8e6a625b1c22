"""Contracts made from the published JSON Schema: every field that it knows, in any combination.

The schema leads: fields, types, enumerations and conditions are taken from it. What Doumen asks
of a contract besides (types that are known, bounds that are values, one schema object) is put
right at the end. Texts are written by libraries and layouts that nobody here wrote.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from hypothesis import strategies as st
from jsonschema import Draft201909Validator
from ruamel.yaml import YAML

from doumen.kits.standards.odcs.schema import validator

SCHEMA: Mapping[str, Any] = cast("Mapping[str, Any]", validator().schema)
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=10
) | st.sampled_from(
    [
        "yes",
        "no",
        "~",
        "1.0",
        "2020-01-01",
        "a: b",
        "# no",
        "- x",
        "'",
        '"',
        "陡门",
        "",
        " x ",
        "0x1F",
    ]
)
# What begins with a question mark, the library writes in braces so that it cannot read it.
WORDS = WORDS.filter(lambda text: not text.startswith("?"))
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)
NUMBERS = st.integers(-99, 10**6) | st.sampled_from([Decimal("0.5"), Decimal("-1.25")])
ANY: st.SearchStrategy[Any] = st.recursive(
    WORDS | NUMBERS | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
LEADING = ("type", "logicalType", "metric")
BOUNDS = {
    "integer": ["-5", "7"], "number": ["-5", "0.5", "7"], "date": ["2020-01-01", "2021-01-01"],
    "timestamp": ["2020-01-01 00:00:00", "2021-01-01 00:00:00"], "time": ["01:00:00", "02:00:00"],
}  # fmt: skip
OPERATORS = ("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan",
             "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween")  # fmt: skip
RULES: tuple[tuple[bool | None, dict[str, Any]], ...] = (
    (True, {"metric": "nullValues"}), (False, {"metric": "rowCount"}),
    (True, {"metric": "missingValues", "arguments": {"missingValues": [None, "", "N/A"]}}),
    (True, {"metric": "duplicateValues", "type": "library"}),
    (None, {"type": "sql", "query": "SELECT count(*) FROM {object}\nWHERE 1 = 0 -- 'x' # y\n"}),
    (None, {"type": "text"}),
    (None, {"type": "custom", "engine": "monte-carlo", "implementation": "a: [1\n  b: ü # c\n"}),
    (None, {"type": "custom", "engine": "soda", "implementation": {"type": "row_count"}}),
    (None, {"type": "custom", "engine": "dbt", "implementation": {"not_null": {"config": {}}}}),
    (None, {"type": "custom", "engine": "greatExpectations", "implementation":
            '{"type": "expect_column_values_to_be_null", "kwargs": {"column": "gone"}}'}),
)  # fmt: skip


_DECIDING = frozenset({*OPERATORS, "metric", "rule", "query", "arguments", "engine",
                       "implementation", "type"})  # fmt: skip


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference of the schema leads to, with what stands beside it."""
    if "$ref" not in schema:
        return schema
    here: Any = SCHEMA
    for step in schema["$ref"].removeprefix("#/").split("/"):
        here = here[step]
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return {"allOf": [here], **beside} if beside.keys() - {"type", "description"} else here


def fields(
    schema: Mapping[str, Any], partial: Any
) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
    """All groups of properties that hold for an object, by what is in it so far."""
    schema = resolved(schema)
    yield schema.get("properties", {}), schema.get("required", [])
    for part in schema.get("allOf", ()):
        if "if" not in part:
            yield from fields(part, partial)
        elif Draft201909Validator({**part["if"], "$defs": SCHEMA["$defs"]}).is_valid(partial):
            yield from fields(part["then"], partial)


@st.composite
def valued(draw: st.DrawFn, schema: Mapping[str, Any], depth: int = 0) -> Any:
    """A value that a part of the schema takes."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name in ("AnyType", "AnyNonCollectionType"):
        return draw(ANY if name == "AnyType" else WORDS | NUMBERS | st.booleans())
    schema = resolved(schema)
    for key in ("oneOf", "anyOf"):
        if key in schema and "properties" not in schema:
            return draw(valued(draw(st.sampled_from(schema[key])), depth))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    kind = schema.get("type", "object")
    if kind == "object":
        return draw(objects(schema, depth))
    if kind == "array":
        least, most = schema.get("minItems", 0), 2 if depth < 7 else schema.get("minItems", 0)
        items = valued(schema.get("items", {"type": "string"}), depth + 1)
        return draw(st.lists(items, min_size=least, max_size=max(least, most)))
    return draw(scalars(kind, schema))


def scalars(kind: str, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Scalars of a type, form or pattern."""
    if kind == "string" and "pattern" in schema:
        dotted, path = "\\." in schema["pattern"], "\\/" in schema["pattern"]
        two = st.tuples(NAMES, NAMES)
        return (two.map("/".join) if path else two.map(".".join)) if dotted else NAMES
    if kind == "string":
        form = {"date": "2020-01-01", "date-time": "2020-01-01T00:00:00Z"}
        return st.just(form[schema["format"]]) if schema.get("format") in form else WORDS
    least = max(schema.get("minimum", 0), 1 if "exclusiveMinimum" in schema else 0)
    whole = st.integers(least, 99)
    return {"boolean": st.booleans(), "integer": whole, "null": st.none()}.get(kind, whole)


@st.composite
def objects(draw: st.DrawFn, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """An object with all that it must have and some of what it may."""
    made: dict[str, Any] = {}
    for leading in (True, False):
        groups = list(fields(schema, made))
        known = {name: one for named, _ in groups for name, one in named.items() if one is not True}
        needed = {name for _, required in groups for name in required}
        for name, one in known.items():
            if name in made or (name in LEADING) != leading:
                continue
            sure = name in needed or name in LEADING
            if sure or draw(st.integers(0, 2 + depth // 2)) == 0:
                made[name] = draw(valued(one, depth + 1))
    return made


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    """A contract that Doumen takes."""
    data: dict[str, Any] = draw(valued({**SCHEMA, "$defs": None}))
    data |= {"apiVersion": "v3.1.0", "version": "1.2.3", "id": data["id"] or "x"}
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold))
    table: dict[str, Any] = draw(valued({"$ref": "#/$defs/SchemaObject"}, 2))
    table["name"] = "t"
    columns = valued({"$ref": "#/$defs/SchemaProperty"}, 3)
    table["properties"] = [{**draw(columns), "name": name} for name in names]
    for one in table["properties"]:
        _column(draw, one)
    _quality(draw, table, column=False)
    _related(table, names)
    _said_once(table)
    return {**data, "schema": [table]}


def _column(draw: st.DrawFn, one: dict[str, Any]) -> None:
    """A property as Doumen asks: a type that is known, bounds that are values of it."""
    kind = one.setdefault("logicalType", "string")
    one.pop("physicalType", None)
    one.pop("physicalName", None)
    if kind != "object":
        one.pop("properties", None)
    for related in one.get("relationships", ()):
        related.pop("from", None)
    options = {} if kind in ("array", "object") else one.get("logicalTypeOptions", {})
    options.pop("format", None)
    for name in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        if name in options:
            written = BOUNDS[kind][0 if name.lower().endswith("minimum") else -1]
            options[name] = Decimal(written) if kind in ("integer", "number") else written
            if kind == "integer":
                options[name] = int(written)
    if "pattern" in options:
        options["pattern"] = draw(st.sampled_from(["[a-z]+", "N\\d{3}", ".*#.*", "é|'"]))
    if "logicalTypeOptions" in one and kind not in ("array", "object"):
        one["logicalTypeOptions"] = options
    for inner in (*one.get("properties", ()), *([one["items"]] if "items" in one else ())):
        _column(draw, inner)
    _quality(draw, one, column=True)
    _said_once(one)


def _quality(draw: st.DrawFn, one: dict[str, Any], *, column: bool) -> None:
    """Rules of every type and operator, each with what a rule says of itself."""
    told = valued({"$ref": "#/$defs/DataQuality"}, 4)
    rules = []
    for about in draw(st.lists(told, max_size=2)):
        _, rule = draw(st.sampled_from([r for r in RULES if r[0] in (None, column)]))
        said = {key: value for key, value in about.items() if key not in _DECIDING} | rule
        if "metric" in rule or "query" in rule:
            operator = draw(st.sampled_from(OPERATORS))
            said[operator] = [1, Decimal("2.5")] if "Between" in operator else draw(NUMBERS)
        rules.append(said)
    if rules or "quality" in one:
        one["quality"] = rules


def _related(table: dict[str, Any], names: list[str]) -> None:
    """Relationships of the table: from a column that it has, to one elsewhere."""
    for one in table.get("relationships", ()):
        several = isinstance(one.get("from"), list)
        one["from"] = [f"t.{names[0]}"] if several else f"t.{names[0]}"
        one["to"] = ["other.x"] if several else "other.x"


def _said_once(one: dict[str, Any]) -> None:
    """Custom properties whose names Doumen reads itself are others' business here."""
    for custom in one.get("customProperties", ()):
        custom["property"] = f"x-{custom['property']}"


def written(data: Mapping[str, Any], layout: str) -> str:
    """A contract as text, by a library that nobody here wrote.

    Args:
        data: The contract.
        layout: `json` (lines), `flow` (JSON in one line), `block` or `ruamel`.
    """
    if layout in ("json", "flow"):
        indent = 2 if layout == "json" else None
        return json.dumps(data, ensure_ascii=False, default=_number, indent=indent) + "\n"
    writer = YAML(typ="rt") if layout == "ruamel" else YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.width, writer.allow_unicode, out = 70, True, io.StringIO()
    writer.dump(_floats(data), out)
    return out.getvalue()


def _number(value: Any) -> float:
    return float(value)


def _floats(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _floats(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_floats(value) for value in data]
    return float(data) if isinstance(data, Decimal) else data
