"""Expectations about each value of a column: those of Great Expectations' column maps."""

from __future__ import annotations

import re
from typing import Any

from doumen.kits.standards.expectations.rule import (
    COLUMN,
    Asked,
    Rule,
    allowance,
    literal,
    literals,
    select,
    sql,
    untranslated,
    within,
)
from doumen.kits.standards.regex import anywhere, pattern_fault
from doumen.model.message import msg

TEXT = f"CAST({COLUMN} AS VARCHAR)"
_DIRECTIVES = re.compile(r"(?:[^%]|%[aAbBdmyYHIMSfpjz%])*")


def filled(asked: Asked) -> Rule:
    """Values are there; a share is of all rows, as in ODCS."""
    allowed = allowance(asked.mostly())
    if asked.where:
        return asked.rows(f"{COLUMN} IS NULL", "TRUE")
    if not allowed:
        return {"metric": "nullValues", "mustBe": 0}
    return {"metric": "nullValues", "mustBeLessOrEqualTo": allowed, "unit": "percent"}


def empty(asked: Asked) -> Rule:
    """No value is there."""
    return asked.rows(f"{COLUMN} IS NOT NULL", "TRUE")


def unique(asked: Asked) -> Rule:
    """No value twice; of a share, every row of a value that is there twice is at fault."""
    allowed = allowance(asked.mostly())
    if not allowed and not asked.where:
        return {"metric": "duplicateValues", "mustBe": 0}
    also = f" AND ({asked.where})" if asked.where else ""
    groups = select("count(*) AS n", f"{COLUMN} IS NOT NULL{also} GROUP BY {COLUMN}")
    share = "100.0 * sum(CASE WHEN n > 1 THEN n ELSE 0 END) / nullif(sum(n), 0)"
    query = select(f"coalesce({share}, 0)", source=f"({groups}) AS groups")
    return sql(query, {"mustBeLessOrEqualTo": allowed})


def among(asked: Asked) -> Rule:
    """One of a set of values."""
    values = asked.listed("value_set")
    if not allowance(asked.mostly()) and not asked.where:
        literals(values)
        return _valid({"validValues": list(dict.fromkeys(values))})
    return asked.rows(f"{COLUMN} NOT IN ({literals(values)})")


def not_among(asked: Asked) -> Rule:
    """None of a set of values."""
    return asked.rows(f"{COLUMN} IN ({literals(asked.listed('value_set'))})")


def between(asked: Asked) -> Rule:
    """Between two values."""
    inside = within(
        COLUMN, asked.take("min_value"), asked.take("max_value"),
        bool(asked.take("strict_min")), bool(asked.take("strict_max")),
    )  # fmt: skip
    return asked.rows(f"NOT ({inside})")


def lengths(asked: Asked) -> Rule:
    """So many characters."""
    inside = within(
        f"length({TEXT})", asked.number("min_value"), asked.number("max_value"),
        bool(asked.take("strict_min")), bool(asked.take("strict_max")),
    )  # fmt: skip
    return asked.rows(f"NOT ({inside})")


def length(asked: Asked) -> Rule:
    """Exactly so many characters."""
    return asked.rows(f"length({TEXT}) <> {literal(asked.number('value'))}")


def matches(asked: Asked) -> Rule:
    """A regular expression is found in it."""
    return _found(asked, [asked.take("regex")], " OR ", wanted=True)


def matches_not(asked: Asked) -> Rule:
    """A regular expression is not found in it."""
    return _found(asked, [asked.take("regex")], " OR ", wanted=False)


def matches_list(asked: Asked) -> Rule:
    """One, or all, of several regular expressions are found in it."""
    how = asked.take("match_on", "any")
    return _found(asked, asked.listed("regex_list"), " AND " if how == "all" else " OR ",
                  wanted=True)  # fmt: skip


def matches_none(asked: Asked) -> Rule:
    """None of several regular expressions is found in it."""
    return _found(asked, asked.listed("regex_list"), " OR ", wanted=False)


def like(asked: Asked) -> Rule:
    """A pattern of SQL's LIKE."""
    return asked.rows(f"{TEXT} NOT LIKE {literal(asked.take('like_pattern'))}")


def like_not(asked: Asked) -> Rule:
    """No pattern of SQL's LIKE."""
    return asked.rows(f"{TEXT} LIKE {literal(asked.take('like_pattern'))}")


def like_list(asked: Asked) -> Rule:
    """One, or all, of several patterns of LIKE."""
    join = " AND " if asked.take("match_on", "any") == "all" else " OR "
    return asked.rows(f"NOT ({_likes(asked, join)})")


def like_none(asked: Asked) -> Rule:
    """None of several patterns of LIKE."""
    return asked.rows(_likes(asked, " OR "))


def dated(asked: Asked) -> Rule:
    """A date in a format of strftime."""
    format = asked.take("strftime_format")
    if not isinstance(format, str) or _DIRECTIVES.fullmatch(format) is None:
        untranslated(msg("its format has a part that the engine does not read"))
    unread = f"try_strptime({TEXT}, {literal(format)}) IS NULL"
    return asked.rows(f"{COLUMN} IS NOT NULL AND {unread}")


def json(asked: Asked) -> Rule:
    """JSON."""
    return asked.rows(f"NOT json_valid({TEXT})")


def scores(asked: Asked) -> Rule:
    """So many standard deviations (of a sample) from the mean, at most."""
    threshold = asked.number("threshold")
    if threshold is None:
        untranslated(msg("it gives no bound"))
    both = asked.take("double_sided", True)
    away = f"{COLUMN} - ({select(f'avg({COLUMN})', asked.where)})"
    away = f"abs({away})" if both else away
    spread = f"({select(f'stddev_samp({COLUMN})', asked.where)})"
    return asked.rows(f"{away} >= {literal(abs(threshold) if both else threshold)} * {spread}")


def _valid(arguments: dict[str, Any]) -> Rule:
    return {"metric": "invalidValues", "mustBe": 0, "arguments": arguments}


def _found(asked: Asked, patterns: list[Any], join: str, *, wanted: bool) -> Rule:
    for pattern in patterns:
        why = pattern_fault(pattern) if isinstance(pattern, str) else msg("it names no pattern")
        if why is not None:
            untranslated(why)
    exact = not allowance(asked.mostly()) and not asked.where
    if wanted and exact and len(patterns) == 1:
        return _valid({"pattern": anywhere(patterns[0])})
    found = join.join(f"regexp_matches({TEXT}, {literal(pattern)})" for pattern in patterns)
    return asked.rows(f"NOT ({found})" if wanted else found)


def _likes(asked: Asked, join: str) -> str:
    listed = asked.listed("like_pattern_list")
    return join.join(f"{TEXT} LIKE {literal(pattern)}" for pattern in listed)
