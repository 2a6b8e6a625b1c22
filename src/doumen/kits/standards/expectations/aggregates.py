"""Expectations about one number of a column, or about the set of its values."""

from __future__ import annotations

from collections.abc import Callable

from doumen.kits.standards.expectations.columns import among
from doumen.kits.standards.expectations.rule import (
    COLUMN,
    Asked,
    Rule,
    fault_unless,
    is_number,
    literal,
    literals,
    select,
    sql,
    untranslated,
    within,
)
from doumen.model.message import msg


def aggregate(expression: str) -> Callable[[Asked], Rule]:
    """A number of all values, between two bounds."""
    return lambda asked: asked.measured(expression)


def contains(asked: Asked) -> Rule:
    """Each value of a set is there."""
    return sql(f"SELECT {_lacking(asked)}", {"mustBe": 0})


def equals(asked: Asked) -> Rule:
    """Each value of a set is there, and no other."""
    inside = literals(asked.listed("value_set"))
    others = select("count(*)", f"{COLUMN} NOT IN ({inside})")
    return sql(f"SELECT {_lacking(asked)} + ({others})", {"mustBe": 0})


def only(asked: Asked) -> Rule:
    """No value but those of a set."""
    return among(asked)


def commonest(asked: Asked) -> Rule:
    """The value that is there most often is one of a set."""
    values = literals(asked.listed("value_set"))
    grouped = f"{COLUMN} IS NOT NULL GROUP BY {COLUMN}"
    most = select("max(n)", source=f"({select('count(*) AS n', grouped)}) AS counts")
    each = f"({select(f'{COLUMN} AS value, count(*) AS n', grouped)}) AS modes"
    inside = f"sum(CASE WHEN value IN ({values}) THEN 1 ELSE 0 END)"
    if asked.take("ties_okay"):
        return sql(
            select(f"coalesce({inside}, 0)", f"n = ({most})", each), {"mustBeGreaterThan": 0}
        )
    good = fault_unless(f"count(*) = 1 AND {inside} = 1")
    return sql(select(good, f"n = ({most})", each), {"mustBe": 0})


def quantiles(asked: Asked) -> Rule:
    """Quantiles, each the value of a row, between two bounds each."""
    ranges = asked.take("quantile_ranges", {})
    told = ranges if isinstance(ranges, dict) else {}
    wanted, bounds = told.get("quantiles"), told.get("value_ranges")
    if not isinstance(wanted, list) or not isinstance(bounds, list) or len(wanted) != len(bounds):
        untranslated(msg("its quantiles and ranges are not of one length"))
    if asked.take("allow_relative_error"):
        untranslated(msg("its option `{option}` has no counterpart", option="allow_relative_error"))
    parts = []
    for quantile, pair in zip(wanted, bounds, strict=True):
        if not is_number(quantile) or not isinstance(pair, list) or len(pair) != 2:
            untranslated(msg("its quantiles and ranges are not of one length"))
        if pair != [None, None]:
            value = f"quantile_disc({COLUMN}, {literal(quantile)})"
            parts.append(within(value, pair[0], pair[1]))
    inside = " AND ".join(parts) or untranslated(msg("it gives no bound"))
    return sql(select(fault_unless(inside)), {"mustBe": 0})


def _lacking(asked: Asked) -> str:
    values = asked.listed("value_set")
    listed = literals(values)
    each = len(dict.fromkeys(literal(value) for value in values))
    return f"({select(f'{each} - count(DISTINCT {COLUMN})', f'{COLUMN} IN ({listed})')})"
