"""Simple metric checks of Soda as rules of ODCS: missing, invalid, duplicate and row counts.

Read as a mapping (`type`, `column`, `must_be…`), or as one line of SodaCL
(`missing_count(day) = 0`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from doumen.kits.standards.expectations.rule import (
    Rule,
    Translation,
    UntranslatedError,
    identifier,
    is_number,
    select,
    sql,
    untranslated,
)
from doumen.model.message import msg

_LINE = re.compile(r"\s*(\w+)\s*(?:\(([^()]*)\))?\s*(=|!=|<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\s*:?\s*")
_SIGNS = {"=": "mustBe", "!=": "mustNotBe", "<": "mustBeLessThan", "<=": "mustBeLessOrEqualTo",
          ">": "mustBeGreaterThan", ">=": "mustBeGreaterOrEqualTo"}  # fmt: skip
_WORDS = {"must_be": "mustBe", "must_not_be": "mustNotBe", "must_be_less_than": "mustBeLessThan",
          "must_be_less_than_or_equal_to": "mustBeLessOrEqualTo",
          "must_be_greater_than": "mustBeGreaterThan",
          "must_be_greater_than_or_equal_to": "mustBeGreaterOrEqualTo"}  # fmt: skip
_LISTED = ("valid_values", "valid_regex")


def translate(check: Any, column: str | None) -> Translation:
    """One check, where it stands at a column or (None) at the table."""
    said = _line(check) if isinstance(check, str) else check
    name = str(said.get("type") or "check") if isinstance(said, Mapping) else "check"
    try:
        if not isinstance(said, Mapping):
            untranslated(msg("it is no check of one metric"))
        listed = said.get("columns") or [said.get("column") or column]
        columns = [str(one) for one in listed if one] if isinstance(listed, list) else []
        rule = _rule(name, said, columns)
    except UntranslatedError as error:
        return Translation(name, column, why=error.why)
    return Translation(name, columns[0] if len(columns) == 1 and name != "row_count" else None,
                       {"name": name, **rule})  # fmt: skip


def _line(text: str) -> Mapping[str, Any] | None:
    found = _LINE.fullmatch(text.removeprefix("- "))
    if found is None:
        return None
    columns = [part.strip() for part in (found[2] or "").split(",") if part.strip()]
    number = Decimal(found[4])
    return {"type": found[1], "columns": columns, _SIGNS[found[3]]:
            int(number) if number == number.to_integral_value() else number}  # fmt: skip


def _rule(name: str, said: Mapping[str, Any], columns: list[str]) -> Rule:
    expected = {_WORDS.get(key, key): value for key, value in said.items()
                if _WORDS.get(key, key) in _SIGNS.values()}  # fmt: skip
    known = {"type", "column", "columns", "name", *_WORDS, *_SIGNS.values(), *_LISTED}
    if len(expected) != 1 or not all(is_number(value) for value in expected.values()):
        untranslated(msg("it gives no bound"))
    for option in said:
        if option not in known:
            untranslated(msg("its option `{option}` has no counterpart", option=option))
    if name == "row_count":
        return {"metric": "rowCount", **expected}
    metric, _, unit = name.rpartition("_")
    percent = {"unit": "percent"} if unit == "percent" else {}
    if unit not in ("count", "percent") or not columns:
        untranslated(msg("it is no check of one metric"))
    if metric == "duplicate" and not percent:
        return _duplicates(columns, expected)
    if metric == "missing" and len(columns) == 1:
        return {"metric": "nullValues", **expected, **percent}
    if metric == "invalid" and len(columns) == 1 and sum(key in said for key in _LISTED) == 1:
        arguments = {"validValues": said["valid_values"]} if "valid_values" in said else {
            "pattern": said["valid_regex"]}  # fmt: skip
        return {"metric": "invalidValues", **expected, **percent, "arguments": arguments}
    return untranslated(msg("it is no check of one metric"))


def _duplicates(columns: list[str], expected: Rule) -> Rule:
    """Values that are there more than once: each is counted once."""
    names = [identifier(column) for column in columns]
    filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
    grouped = f"{filled} GROUP BY {', '.join(names)} HAVING count(*) > 1"
    source = f"({select('count(*) AS n', grouped)}) AS twice"
    return sql(select("count(*)", source=source), expected)
