"""Generic tests of dbt as rules of ODCS, one by one: https://docs.getdbt.com/reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from doumen.kits.standards.expectations import (
    Asked,
    Translation,
    UntranslatedError,
    expectation,
)
from doumen.kits.standards.expectations import columns as of_columns
from doumen.kits.standards.expectations import tables as of_tables
from doumen.kits.standards.expectations.rule import (
    COLUMN,
    Rule,
    is_number,
    select,
    sql,
    untranslated,
    within,
)
from doumen.kits.standards.expectations.table import COLUMNS
from doumen.model.message import Message, msg

ENGINE = "dbt"
"""What a custom rule of ODCS names as its engine."""
_ABOUT = frozenset({"name", "description", "meta", "tags", "config", "arguments", "column_name",
                    "test_name", "quote_columns", "quote_values", "quote"})  # fmt: skip
_CONFIG = ("where", "severity", "error_if", "warn_if", "fail_calc", "limit")
_TARGET = re.compile(
    r"(?:\{\{)?\s*(?:ref\(\s*['\"]([\w.]+)['\"]\s*\)"
    r"|source\(\s*['\"]\w+['\"]\s*,\s*['\"](\w+)['\"]\s*\))\s*(?:\}\})?"
)


def translate(
    test: Any, column: str | None, columns: Mapping[str, str | None] | None = None
) -> Translation:
    """One test as a rule of ODCS, or as a relationship.

    Args:
        test: As it stands in a properties file, or in the `implementation` of a custom rule.
        column: Where it stands.
        columns: Name → logical type of each column of the contract; None: not known here.
    """
    name, options = named(test)
    if isinstance(test, dict) and column is None and test.get("column_name"):
        column = str(test["column_name"])
    said, asked = {"name": _title(test, name)}, Asked(name, options, columns)
    try:
        if options.pop("severity", None) in ("warn", "WARN"):
            said["severity"] = "warning"
        asked.where = _written(options.pop("where", None) or "")
        if name.startswith("dbt_expectations."):
            return replace(_expected(asked, column, said), name=name)
        if name in OTHERS:
            untranslated(OTHERS[name])
        if name == "relationships":
            return _relationship(asked, column, said)
        if name not in TESTS:
            untranslated(msg("it is no test of dbt, dbt_utils or dbt_expectations that is known"))
        translator, dimension, of_column = TESTS[name]
        if of_column is not None and of_column != (column is not None):
            untranslated(msg("it stands at a place where it says nothing"))
        if of_column is None and column is not None:
            asked = replace(asked, options={**options, "column": column})
        rule = translator(asked)
        asked.done()
    except UntranslatedError as error:
        return Translation(name, column, why=error.why)
    return Translation(name, column, {**said, **rule, "dimension": dimension})


def named(test: Any) -> tuple[str, dict[str, Any]]:
    """Name and options of a test; how it is to be run stands among them."""
    if isinstance(test, str):
        return test, {}
    if not isinstance(test, dict):
        return "", {}
    name, options = str(test.get("test_name") or ""), dict(test)
    if not name:
        name = next((str(key) for key in test if key not in _ABOUT | {*_CONFIG}), "")
        inner = test.get(name)
        options = {**{k: v for k, v in test.items() if k != name},
                   **(inner if isinstance(inner, dict) else {})}  # fmt: skip
    config = options.get("config")
    arguments = options.get("arguments")
    told = {key: value for key, value in options.items() if key not in _ABOUT}
    told |= {k: config[k] for k in _CONFIG if k in config} if isinstance(config, dict) else {}
    return name, told | (arguments if isinstance(arguments, dict) else {})


def kept(test: Any) -> Rule:
    """A test as a custom rule that its own tool runs; nothing of it is lost."""
    name, _ = named(test)
    written = test if isinstance(test, (str, dict)) else {"test": test}
    return {"name": _title(test, name), "type": "custom", "engine": ENGINE,
            "implementation": written}  # fmt: skip


def _title(test: Any, name: str) -> str:
    inner = test.get(name) if isinstance(test, dict) else None
    for where in (inner, test):
        title = where.get("name") if isinstance(where, dict) else None
        if isinstance(title, str) and title:
            return title
    return name or "test"


def _written(text: Any) -> str:
    """An expression of SQL that does not wait for dbt to fill it in."""
    if not isinstance(text, str) or "{" in text:
        untranslated(msg("it holds an expression that dbt fills in"))
    return text


def _expected(asked: Asked, column: str | None, said: Mapping[str, Any]) -> Translation:
    """A test of dbt_expectations: its conditions are SQL, and bounds strict on both sides."""
    name, options = asked.name.partition(".")[2], dict(asked.options)
    if name == "expect_column_quantile_values_to_be_between":
        return _quantile(replace(asked, options=options), column, said)
    if column is not None and name in COLUMNS:
        options.setdefault("column", column)
    if options.pop("strictly", None):
        options |= {"strict_min": True, "strict_max": True}
    for dbt, own in (("column_type", "type_"), ("column_type_list", "type_list")):
        if dbt in options:
            options[own] = options.pop(dbt)
    rows = [asked.where, _written(options.pop("row_condition", None) or "")]
    where = " AND ".join(f"({row})" for row in rows if row)
    return expectation(Asked(name, options, asked.columns, where), said)


def _quantile(asked: Asked, column: str | None, said: Mapping[str, Any]) -> Translation:
    quantile = asked.number("quantile")
    if quantile is None or column is None:
        untranslated(msg("its quantiles and ranges are not of one length"))
    rule = asked.measured(f"quantile_cont({COLUMN}, {quantile})")
    asked.done()
    return Translation(asked.name, column, {**said, **rule, "dimension": "accuracy"})


def _relationship(asked: Asked, column: str | None, said: Mapping[str, Any]) -> Translation:
    found = _TARGET.fullmatch(str(asked.take("to")).strip())
    field = asked.take("field")
    asked.done()
    if found is None or not isinstance(field, str) or column is None:
        untranslated(msg("which dataset it refers to is not known"))
    if asked.where or "severity" in said:
        untranslated(msg("a relationship has no condition and no severity"))
    table = (found[1] or found[2]).rpartition(".")[2]
    return Translation(asked.name, column, {"to": f"{table}.{field}"}, "relationships")


def _accepted(asked: Asked) -> Rule:
    return of_columns.among(replace(asked, options={"value_set": asked.listed("values")}))


def _refused(asked: Asked) -> Rule:
    return of_columns.not_among(replace(asked, options={"value_set": asked.listed("values")}))


def _range(asked: Asked) -> Rule:
    low, high = asked.take("min_value"), asked.take("max_value")
    if not all(is_number(bound) for bound in (low, high) if bound is not None):
        untranslated(msg("its bound is an expression"))
    strict = asked.take("inclusive", True) is False
    return asked.rows(f"NOT ({within(COLUMN, low, high, strict, strict)})")


def _not_blank(asked: Asked) -> Rule:
    trimmed = asked.take("trim_whitespace", True) is not False
    return asked.rows(f"trim({COLUMN}) = ''" if trimmed else f"{COLUMN} = ''")


def _proportion(asked: Asked) -> Rule:
    options = {"min_value": asked.number("at_least", Decimal(0)),
               "max_value": asked.number("at_most", Decimal(1))}  # fmt: skip
    filled = f"1.0 * count({COLUMN}) / nullif(count(*), 0)"
    return replace(asked, options=options).measured(filled)


def _combination(asked: Asked) -> Rule:
    listed = asked.listed("combination_of_columns")
    return of_tables.compound(
        replace(asked, options={"column_list": listed, "ignore_row_if": of_tables.NEVER})
    )


def _expression(asked: Asked) -> Rule:
    """An expression, which at a column goes on from its name."""
    start = f"{COLUMN} " if asked.options.get("column") else ""
    asked.take("column")
    return asked.rows(f"NOT ({start}{_written(asked.take('expression'))})", "TRUE")


def _at_least_one(asked: Asked) -> Rule:
    return sql(select(f"count({COLUMN})", asked.where), {"mustBeGreaterThan": 0})


def _varied(asked: Asked) -> Rule:
    return sql(select(f"count(DISTINCT {COLUMN})", asked.where), {"mustNotBe": 1})


TESTS: Mapping[str, tuple[Callable[[Asked], Rule], str, bool | None]] = {
    "not_null": (of_columns.filled, "completeness", True),
    "unique": (of_columns.unique, "uniqueness", True),
    "accepted_values": (_accepted, "conformity", True),
    "dbt_utils.accepted_range": (_range, "conformity", True),
    "dbt_utils.not_accepted_values": (_refused, "conformity", True),
    "dbt_utils.not_empty_string": (_not_blank, "completeness", True),
    "dbt_utils.not_null_proportion": (_proportion, "completeness", True),
    "dbt_utils.at_least_one": (_at_least_one, "completeness", True),
    "dbt_utils.not_constant": (_varied, "accuracy", True),
    "dbt_utils.unique_combination_of_columns": (_combination, "uniqueness", False),
    "dbt_utils.expression_is_true": (_expression, "consistency", None),
}
"""Translator, dimension in ODCS, and whether it stands at a column (True) or a model (False)."""

_OTHER = msg("which dataset the other table is, is not known")
_GROUPS = msg("it compares rows of groups with one another")
OTHERS: Mapping[str, Message] = {
    "dbt_utils.cardinality_equality": _OTHER,
    "dbt_utils.equal_rowcount": _OTHER,
    "dbt_utils.equality": _OTHER,
    "dbt_utils.fewer_rows_than": _OTHER,
    "dbt_utils.relationships_where": msg("a relationship has no condition and no severity"),
    "dbt_utils.mutually_exclusive_ranges": _GROUPS,
    "dbt_utils.sequential_values": _GROUPS,
    "dbt_utils.recency": msg("it asks for the time of day, which a statement does not know"),
}
"""Those of dbt_utils that stay with dbt, with the reason."""
