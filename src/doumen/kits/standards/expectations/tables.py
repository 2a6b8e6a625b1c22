"""Expectations about rows of several columns, about the table, and about what it is made of."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

from doumen.kits.standards.expectations.rule import (
    Asked,
    Rule,
    allowance,
    identifier,
    literal,
    operators,
    select,
    sql,
    untranslated,
)
from doumen.model.message import msg

BOTH, EITHER = "both_values_are_missing", "either_value_is_missing"
ALL, ANY = "all_values_are_missing", "any_value_is_missing"
NEVER = "never"
_ALL_COUNT = (NEVER, "neither")
_TYPES = (
    ("integer", r"u?int\d*|(small|big|tiny|huge)int|integer|(integer|long|short|byte)type"),
    ("number", r"float\d*|double( precision)?|decimal(128)?|numeric|real|number"
               r"|(float|double|decimal)type"),
    ("string", r"str|string(type|dtype)?|n?varchar2?|n?char|text|character varying"),
    ("boolean", r"bool(ean)?(type)?"),
    ("date", r"date(type)?"),
    ("timestamp", r"datetime(64)?|timestamp(_?n?tz)?(type)?|timestamp with(out)? time zone"),
    ("time", r"time"),
)  # fmt: skip


def greater(asked: Asked) -> Rule:
    """One column is greater than another, row by row."""
    left, right = asked.column("column_A"), asked.column("column_B")
    sign = ">=" if asked.take("or_equal") else ">"
    ignored = asked.take("ignore_row_if", BOTH)
    if ignored == EITHER and not asked.where and not allowance(asked.mostly()):
        return {
            "type": "custom", "engine": "doumen",
            "implementation": {"check": "compare", "left": left, "operator": sign, "right": right},
        }  # fmt: skip
    return _pair(asked, f"{identifier(left)} {sign} {identifier(right)}")


def equal(asked: Asked) -> Rule:
    """Two columns are equal, row by row."""
    left, right = (identifier(asked.column(name)) for name in ("column_A", "column_B"))
    return _pair(asked, f"{left} = {right}")


def pairs(asked: Asked) -> Rule:
    """Two columns hold one of several pairs."""
    left, right = (identifier(asked.column(name)) for name in ("column_A", "column_B"))
    told = []
    for pair in asked.listed("value_pairs_set"):
        if not isinstance(pair, list) or len(pair) != 2:
            untranslated(msg("`{option}` is a list of pairs", option="value_pairs_set"))
        told.append(f"({_is(left, pair[0])} AND {_is(right, pair[1])})")
    return _pair(asked, " OR ".join(told))


def total(asked: Asked) -> Rule:
    """Several columns add up to one number, row by row."""
    names, wanted = asked.names("column_list"), literal(asked.number("sum_total"))
    return _several(asked, names, f"coalesce({' + '.join(names)} <> {wanted}, TRUE)")


def apart(asked: Asked) -> Rule:
    """Several columns of a row hold different values."""
    names = asked.names("column_list")
    same = [f"{a} IS NOT DISTINCT FROM {b}" for a, b in combinations(names, 2)]
    return _several(asked, names, " OR ".join(same))


def compound(asked: Asked) -> Rule:
    """No combination of values twice; all rows of one that is there twice are at fault."""
    names = asked.names("column_list")
    ignored = asked.take("ignore_row_if", ALL)
    allowed = allowance(asked.mostly())
    if ignored == ANY and not allowed and not asked.where:
        columns = [str(name) for name in asked.listed("column_list")]
        return {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": columns}}
    kept = " AND ".join(part for part in (_counts(names, ignored), asked.where) if part)
    groups = f"({select('count(*) AS n', kept)} GROUP BY {', '.join(names)}) AS groups"
    twice = "sum(CASE WHEN n > 1 THEN n ELSE 0 END)"
    if allowed:
        share = select(f"coalesce(100.0 * {twice} / sum(n), 0)", source=groups)
        return sql(share, {"mustBeLessOrEqualTo": allowed})
    return sql(select(f"coalesce({twice}, 0)", source=groups), {"mustBe": 0})


def rows_between(asked: Asked) -> Rule:
    """So many rows."""
    strict = bool(asked.take("strict_min")), bool(asked.take("strict_max"))
    expected = operators(asked.take("min_value"), asked.take("max_value"), *strict)
    if expected is None:
        untranslated(msg("it gives no number of rows"))
    return _row_count(asked, expected)


def rows_equal(asked: Asked) -> Rule:
    """Exactly so many rows."""
    value = asked.number("value")
    if value is None:
        untranslated(msg("it gives no number of rows"))
    return _row_count(asked, {"mustBe": int(value)})


def unexpected(asked: Asked) -> Rule:
    """A query that finds rows at fault finds none."""
    query = asked.take("unexpected_rows_query")
    if not isinstance(query, str) or re.search(r"\{(?!batch\})", query):
        untranslated(msg("it gives no query, or one that its tool fills in"))
    found = query.strip().rstrip(";").replace("{batch}", "{object}")
    return sql(select("count(*)", source=f"({found}) AS unexpected"), {"mustBe": 0})


def exists(asked: Asked) -> None:
    """A column is there, at a place."""
    known, name, place = _columns(asked), asked.column(), asked.take("column_index")
    if name not in known or (place is not None and [*known].index(name) != place):
        untranslated(msg("the contract has no such column at that place"))


def typed(asked: Asked) -> None:
    """A column is of a type."""
    _typed(asked, [asked.take("type_")])


def typed_among(asked: Asked) -> None:
    """A column is of one of several types."""
    _typed(asked, asked.listed("type_list"))


def columns_between(asked: Asked) -> None:
    """So many columns."""
    low, high = asked.number("min_value"), asked.number("max_value")
    number = len(_columns(asked))
    if (low is not None and number < low) or (high is not None and number > high):
        untranslated(msg("the contract has another number of columns"))


def columns_equal(asked: Asked) -> None:
    """Exactly so many columns."""
    if len(_columns(asked)) != asked.number("value"):
        untranslated(msg("the contract has another number of columns"))


def columns_ordered(asked: Asked) -> None:
    """Certain columns, in order."""
    if [*_columns(asked)] != asked.listed("column_list"):
        untranslated(msg("the contract has other columns, or in another order"))


def columns_among(asked: Asked) -> None:
    """Certain columns, and where `exact_match` says so no others."""
    wanted, known = {str(name) for name in asked.listed("column_set")}, set(_columns(asked))
    exact = asked.take("exact_match", True)
    if (wanted != known) if exact else not wanted <= known:
        untranslated(msg("the contract has other columns, or in another order"))


def _columns(asked: Asked) -> dict[str, str | None]:
    if asked.columns is None:
        untranslated(msg("which columns there are, the contract itself says"))
    return dict(asked.columns)


def _typed(asked: Asked, names: list[Any]) -> None:
    known, column = _columns(asked), asked.column()
    asked.take("mostly")
    bare = [re.sub(r"\(.*|\[.*", "", str(name)).strip().lower() for name in names]
    said = {kind for name in bare for kind, form in _TYPES if re.fullmatch(form, name)}
    if known.get(column) not in said:
        untranslated(msg("the contract says another type of the column, or the type is not known"))


def _row_count(asked: Asked, expected: Rule) -> Rule:
    if asked.where:
        return sql(select("count(*)", asked.where), expected)
    return {"metric": "rowCount", **expected}


def _is(name: str, value: Any) -> str:
    return f"{name} IS NULL" if value is None else f"{name} = {literal(value)}"


def _pair(asked: Asked, good: str) -> Rule:
    left, right = (identifier(asked.column(name)) for name in ("column_A", "column_B"))
    kept = _counts([left, right], asked.take("ignore_row_if", BOTH))
    bad = f"NOT coalesce({good}, FALSE)"
    return asked.rows(f"{kept} AND {bad}" if kept else bad, kept or "TRUE")


def _several(asked: Asked, names: list[str], bad: str) -> Rule:
    kept = _counts(names, asked.take("ignore_row_if", ALL))
    return asked.rows(f"{kept} AND ({bad})" if kept else bad, kept or "TRUE")


def _counts(names: list[str], ignored: Any) -> str:
    """The condition of the rows that count, by what makes its tool pass over one."""
    if ignored in (BOTH, ALL):
        return f"NOT ({' AND '.join(f'{name} IS NULL' for name in names)})"
    if ignored in (EITHER, ANY):
        return f"({' AND '.join(f'{name} IS NOT NULL' for name in names)})"
    if ignored not in _ALL_COUNT:
        untranslated(msg("its option `{option}` has no counterpart", option="ignore_row_if"))
    return ""
