"""Contracts made from the published JSON Schema: every field that it knows, in any combination.

The schema leads: fields, types, enumerations and conditions are taken from it. What Doumen asks
of a contract besides (types that are known, bounds that are values, one schema object) is put
right at the end. One number makes one contract, always the same.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from jsonschema import Draft201909Validator

from doumen.kits.standards.odcs.schema import validator

SCHEMA: Mapping[str, Any] = cast("Mapping[str, Any]", validator().schema)
ODD = ("yes", "no", "~", "null", "1.0", "0x1F", "2020-01-01", "a: b", "a:", "# no",
       "a #b", "- x", "-", "?", "? x", "?x", "'", '"', "it's \"so\"", "\\", "陡门", "", " ", " x ",
       "x\ny\n", "\n", "  x\n\n y", "two\n\n\n", "tab\tx", "\u2028", "\ufeffx", "\U0001f30a",
       "[a", "{b}", "a, b", "*x", "&x", "!x", "%x", "@x", "`x", "| x", "> x", "=", "<<", "---",
       "...", "word " * 30)  # fmt: skip
"""Texts that YAML writers must take care of, and do.

Left out is what libraries lose on their own: U+0085 and blanks beside U+2028 (line ends in YAML
1.1, characters in 1.2), and what PyYAML leaves bare that 1.2 or ruamel.yaml takes for a number
(`1e3`, `0o17`, `09`).
"""
_APART = re.compile(r"[-+.0-9_]+")
_BESIDE = re.compile(r"\s*\u2028\s*")
LETTERS = (
    string.ascii_letters
    + string.digits
    + (" -_.:,#'\"\\/[]{}&*!|>%@`?~=\n\té陡\xa0\u2028\U0001f30a")
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


def field_names(schema: Any) -> set[str]:
    """Names of all fields that a schema knows anywhere."""
    if isinstance(schema, list):
        return {name for one in schema for name in field_names(one)}
    if not isinstance(schema, Mapping):
        return set()
    known = schema.get("properties")
    found = {name for one in schema.values() for name in field_names(one)}
    return found | set(known) if isinstance(known, Mapping) else found


class Maker(random.Random):
    """Draws a contract by chance."""

    def word(self) -> str:
        """A text, odd as often as not."""
        if self.random() < 0.4:
            return self.choice(ODD)
        drawn = "".join(self.choices(LETTERS, k=self.randrange(11)))
        drawn = _BESIDE.sub("\u2028", drawn)
        return f"x{drawn}" if _APART.fullmatch(drawn) else drawn

    def name(self) -> str:
        """What a column may be called."""
        return self.choice(string.ascii_letters + "_") + "".join(
            self.choices(string.ascii_letters + string.digits + "_", k=self.randrange(7))
        )

    def key(self) -> str:
        """A text as a key: with `?` first, writers leave in braces what is read without it.

        With U+2028, PyYAML takes it for two lines.
        """
        return self.word().lstrip("?").replace("\u2028", "")

    def number(self) -> int | Decimal:
        """A number, sometimes with a fraction."""
        some: list[int | Decimal] = [self.randint(-99, 10**6), Decimal("0.5"), Decimal("-1.25"), 0]
        return self.choice(some)

    def anything(self, depth: int = 0) -> Any:
        """A value of any type."""
        kind = self.randrange(6 if depth < 3 else 4)
        if kind == 4:
            return [self.anything(depth + 1) for _ in range(self.randrange(3))]
        if kind == 5:
            return {self.key(): self.anything(depth + 1) for _ in range(self.randrange(3))}
        return (self.word(), self.number(), self.random() < 0.5, None)[kind]

    def valued(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        """A value that a part of the schema takes."""
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name in ("AnyType", "AnyNonCollectionType"):
            return self.anything(0 if name == "AnyType" else 3) or self.word()
        schema = resolved(schema)
        for key in ("oneOf", "anyOf"):
            if key in schema and "properties" not in schema:
                return self.valued(self.choice(schema[key]), depth)
        if "enum" in schema:
            return self.choice(schema["enum"])
        kind = schema.get("type", "object")
        if kind == "object":
            return self.object(schema, depth)
        if kind == "array":
            least = schema.get("minItems", 0)
            most = max(least, 2) if depth < 7 else least
            items = schema.get("items", {"type": "string"})
            return [self.valued(items, depth + 1) for _ in range(self.randint(least, most))]
        return self.scalar(kind, schema)

    def scalar(self, kind: str, schema: Mapping[str, Any]) -> Any:
        """A scalar of a type, form or pattern."""
        if kind == "string" and schema.get("pattern", "").startswith("^sftp"):
            return f"sftp://{self.name()}"
        if kind == "string" and "pattern" in schema:
            dotted, path = "\\." in schema["pattern"], "\\/" in schema["pattern"]
            between = "/" if path else "."
            return between.join((self.name(), self.name())) if dotted else self.name()
        if kind == "string":
            form = {"date": "2020-01-01", "date-time": "2020-01-01T00:00:00Z"}
            return form.get(schema.get("format", "")) or self.word()
        least = max(schema.get("minimum", 0), 1 if "exclusiveMinimum" in schema else 0)
        return {"boolean": self.random() < 0.5, "null": None}.get(kind, self.randint(least, 99))

    def object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """An object with all that it must have and some of what it may."""
        made: dict[str, Any] = {}
        for leading in (True, False):
            groups = list(fields(schema, made))
            known = {
                name: one for named, _ in groups for name, one in named.items() if one is not True
            }
            needed = {name for _, required in groups for name in required}
            for name, one in known.items():
                if name in made or (name in LEADING) != leading:
                    continue
                sure = name in needed or name in LEADING
                if sure or self.randrange(3 + depth // 2) == 0:
                    made[name] = self.valued(one, depth + 1)
        return made


def contract(seed: int) -> dict[str, Any]:
    """A contract that Doumen takes, the same for the same number."""
    make = Maker(seed)
    data: dict[str, Any] = make.valued({**SCHEMA, "$defs": None})
    data |= {"apiVersion": "v3.1.0", "version": "1.2.3", "id": data["id"].strip() or "x"}
    names = list({name.casefold(): name for name in (
        make.name() for _ in range(make.randint(1, 4)))}.values())  # fmt: skip
    table: dict[str, Any] = make.valued({"$ref": "#/$defs/SchemaObject"}, 2)
    table["name"] = "t"
    table["properties"] = [
        {**make.valued({"$ref": "#/$defs/SchemaProperty"}, 3), "name": name} for name in names
    ]
    for one in table["properties"]:
        _column(make, one)
    _quality(make, table, column=False)
    _related(table, names)
    _said_once(table)
    shuffled: dict[str, Any] = _shuffled(make, {**data, "schema": [table]})
    return shuffled


def _shuffled(make: Maker, value: Any) -> Any:
    """The same, the fields of every mapping in an order of chance."""
    if isinstance(value, list):
        return [_shuffled(make, item) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    make.shuffle(keys)
    return {key: _shuffled(make, value[key]) for key in keys}


def _column(make: Maker, one: dict[str, Any]) -> None:
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
        options["pattern"] = make.choice(["[a-z]+", "N\\d{3}", ".*#.*", "é|'"])
    if "logicalTypeOptions" in one and kind not in ("array", "object"):
        one["logicalTypeOptions"] = options
    for inner in (*one.get("properties", ()), *([one["items"]] if "items" in one else ())):
        _column(make, inner)
    _quality(make, one, column=True)
    _said_once(one)


def _quality(make: Maker, one: dict[str, Any], *, column: bool) -> None:
    """Rules of every type and operator, each with what a rule says of itself."""
    rules = []
    for _ in range(make.randrange(3)):
        about = make.valued({"$ref": "#/$defs/DataQuality"}, 4)
        _, rule = make.choice([r for r in RULES if r[0] in (None, column)])
        said = {key: value for key, value in about.items() if key not in _DECIDING} | rule
        if "metric" in rule or "query" in rule:
            operator = make.choice(OPERATORS)
            said[operator] = [1, Decimal("2.5")] if "Between" in operator else make.number()
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
