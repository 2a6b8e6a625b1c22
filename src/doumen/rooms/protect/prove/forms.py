"""The forms of statements over rows: one function each, by the construct that it is for."""

# ruff: noqa: S608 - statements for a trial, made of our own templates and quoted names

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from doumen.kits.sql import quoted
from doumen.rooms.protect.prove.expressions import Expressions
from doumen.rooms.protect.prove.sameness import Order
from doumen.rooms.protect.prove.views import OPAQUE, View, Views


@dataclass(frozen=True, slots=True)
class Made:
    """A statement and how its answers are compared."""

    sql: str
    order: Order = "bag"


Maker = Callable[[Expressions, Views, View], Made]


@dataclass(frozen=True, slots=True)
class Form:
    """A way to make a statement, with how often it is drawn."""

    make: Maker
    weight: float = 1.0


FORMS: dict[str, Form] = {}


def form(name: str, weight: float = 1.0) -> Callable[[Maker], Maker]:
    """Put a form on the list."""

    def put(make: Maker) -> Maker:
        FORMS[name] = Form(make, weight)
        return make

    return put


def ended(
    e: Expressions, text: str, outputs: Sequence[str], views: Sequence[tuple[str, View]]
) -> Made:
    """Perhaps an order over all outputs, and a limit; not where tokens would be ordered."""
    opaque = any(
        re.search(rf"\b{alias}\.{re.escape(quoted(name))}(?!\w)", output)
        for alias, view in views
        for name in view.of(OPAQUE)
        for output in outputs
    )
    if opaque or e.rng.random() < 0.35:
        return Made(text)
    limit = f" LIMIT {e.rng.randrange(1, 30)}" if e.rng.random() < 0.4 else ""
    offset = f" OFFSET {e.rng.randrange(0, 5)}" if limit and e.rng.random() < 0.3 else ""
    return Made(f"{text} ORDER BY ALL{limit}{offset}", "sequence")


@form("plain", 0.8)
def plain(e: Expressions, views: Views, v: View) -> Made:
    """Columns, a condition, an order."""
    outputs = [e.value(v, "a") for _ in range(e.rng.randrange(1, 4))]
    word = "DISTINCT " if e.rng.random() < 0.3 else ""
    text = f"SELECT {word}{', '.join(outputs)} FROM {v.table} a WHERE {e.condition(v, 'a')}"
    return ended(e, text, outputs, [("a", v)])


@form("star", 0.5)
def star(e: Expressions, views: Views, v: View) -> Made:
    """All columns that show."""
    return Made(f"SELECT * FROM {v.table} a WHERE {e.condition(v, 'a')}")


@form("star parts", 0.5)
def star_parts(e: Expressions, views: Views, v: View) -> Made:
    """All columns but one."""
    name = quoted(e.rng.choice(list(v.families)))
    part = e.rng.choice(
        (f"* EXCLUDE ({name})", f"* REPLACE (1 AS {name})", f"* RENAME ({name} AS z)")
    )
    return Made(f"SELECT {part} FROM {v.table} a")


@form("unordered limit", 0.3)
def unordered(e: Expressions, views: Views, v: View) -> Made:
    """A limit without an order: which rows come is open, how many is not."""
    return Made(f"SELECT {e.any(v, 'a')} FROM {v.table} a LIMIT {e.rng.randrange(1, 9)}", "open")


@form("distinct on", 0.5)
def distinct_on(e: Expressions, views: Views, v: View) -> Made:
    """The first row of each value."""
    one, two = e.orderable(v, "a"), e.orderable(v, "a")
    return Made(
        f"SELECT DISTINCT ON ({one}) {one} AS x, {two} AS y FROM {v.table} a ORDER BY {one}, {two}",
        "sequence",
    )


@form("join", 5)
def join(e: Expressions, views: Views, v: View) -> Made:
    """Two tables by a link, in every kind of join."""
    link = views.link(e.rng, v)
    if link is None:
        return plain(e, views, v)
    name, other, to = link
    kind = e.rng.choice(("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN"))
    one_sided = kind in ("SEMI JOIN", "ANTI JOIN")
    outputs = [e.value(v, "a"), e.value(v, "a") if one_sided else e.value(other, "b")]
    also = f" AND {e.condition(other, 'b')}" if e.rng.random() < 0.5 else ""
    where = f" WHERE {e.condition(v, 'a')}" if e.rng.random() < 0.6 else ""
    text = (
        f"SELECT {', '.join(outputs)} FROM {v.table} a {kind} {other.table} b "
        f"ON a.{quoted(name)} = b.{quoted(to)}{also}{where}"
    )
    return ended(e, text, outputs, [("a", v), ("b", other)])


@form("cross", 0.4)
def cross(e: Expressions, views: Views, v: View) -> Made:
    """Every pair, counted, with a condition on both."""
    other = views.draw(e.rng)
    return Made(
        f"SELECT count(*) AS n, min({e.number(v, 'a')}) AS low FROM {v.table} a CROSS JOIN "
        f"{other.table} b WHERE {e.condition(v, 'a')} AND {e.condition(other, 'b')}"
    )


@form("asof", 0.4)
def asof(e: Expressions, views: Views, v: View) -> Made:
    """The nearest row before."""
    other = views.draw(e.rng)
    two = e.number(other, "b")
    return Made(
        f"SELECT {e.number(v, 'a')} AS x, b.k FROM {v.table} a ASOF LEFT JOIN "
        f"(SELECT DISTINCT {two} AS k FROM {other.table} b) b ON {e.number(v, 'a')} >= b.k"
    )


@form("grouped", 1.8)
def grouped(e: Expressions, views: Views, v: View) -> Made:
    """Groups of a join or of one table, with what is known of them."""
    link = views.link(e.rng, v) if e.rng.random() < 0.6 else None
    source = f"{v.table} a"
    if link is not None:
        source += f" JOIN {link[1].table} b ON a.{quoted(link[0])} = b.{quoted(link[2])}"
    key, number = e.any(v, "a"), e.number(v, "a")
    more = e.rng.sample(
        [f"sum({number}) AS s", f"avg({number}) AS m", f"min({number}) AS l",
         f"count(DISTINCT {e.any(v, 'a')}) AS d", f"median({number}) AS md",
         f"count(*) FILTER (WHERE {e.condition(v, 'a')}) AS f",
         f"list({number} ORDER BY {number}) AS li", f"bool_or({e.condition(v, 'a')}) AS bo"], 2,
    )  # fmt: skip
    outputs = [key, "count(*) AS n", *more]
    having = f" HAVING count(*) > {e.rng.randrange(0, 3)}" if e.rng.random() < 0.4 else ""
    text = (
        f"SELECT {', '.join(outputs)} FROM {source} WHERE {e.condition(v, 'a')} "
        f"GROUP BY {e.rng.choice((key, 'ALL'))}{having}"
    )
    return ended(e, text, outputs, [("a", v)])


@form("grouping sets", 0.7)
def sets(e: Expressions, views: Views, v: View) -> Made:
    """Totals and subtotals."""
    one, two = e.any(v, "a"), e.any(v, "a")
    by = e.rng.choice((f"ROLLUP ({one}, {two})", f"CUBE ({one}, {two})",
                       f"GROUPING SETS (({one}), ({two}), ())"))  # fmt: skip
    return Made(f"SELECT {one} AS x, {two} AS y, count(*) AS n FROM {v.table} a GROUP BY {by}")


@form("total", 0.7)
def total(e: Expressions, views: Views, v: View) -> Made:
    """One row over a subquery."""
    return Made(
        f"SELECT count(*) AS n, sum(x) AS s, max(x) AS h FROM (SELECT {e.number(v, 'a')} AS x "
        f"FROM {v.table} a WHERE {e.condition(v, 'a')})"
    )


@form("semi", 1.8)
def semi(e: Expressions, views: Views, v: View) -> Made:
    """A condition that is a query."""
    link = views.link(e.rng, v)
    if link is None:
        return total(e, views, v)
    name, other, to = link
    left, right = f"a.{quoted(name)}", f"b.{quoted(to)}"
    condition = e.condition(other, "b")
    inner = f"FROM {other.table} b WHERE {condition}"
    test = e.rng.choice(
        (f"{left} IN (SELECT {right} {inner})", f"{left} NOT IN (SELECT {right} {inner})",
         f"EXISTS (SELECT 1 {inner} AND {left} = {right})",
         f"NOT EXISTS (SELECT 1 {inner} AND {left} = {right})",
         f"{left} = ANY (SELECT {right} {inner})")
    )  # fmt: skip
    outputs = [e.value(v, "a"), e.value(v, "a")]
    return ended(
        e, f"SELECT {', '.join(outputs)} FROM {v.table} a WHERE {test}", outputs, [("a", v)]
    )


@form("scalar", 1.4)
def scalar(e: Expressions, views: Views, v: View) -> Made:
    """A value that is a query, correlated or not."""
    link = views.link(e.rng, v)
    if link is None:
        return total(e, views, v)
    name, other, to = link
    aggregate = e.rng.choice(("max", "min", "sum", "count"))
    return Made(
        f"SELECT {e.value(v, 'a')} AS x, (SELECT {aggregate}({e.number(other, 'b')}) "
        f"FROM {other.table} b WHERE b.{quoted(to)} = a.{quoted(name)}) AS y FROM {v.table} a "
        f"WHERE {e.number(v, 'a')} >= (SELECT min({e.number(other, 'c')}) FROM {other.table} c)"
    )


@form("common", 1.3)
def common(e: Expressions, views: Views, v: View) -> Made:
    """A query by name, used twice."""
    word = e.rng.choice(("", "MATERIALIZED ", "NOT MATERIALIZED "))
    return Made(
        f"WITH few AS {word}(SELECT {e.any(v, 'a')} AS k, {e.number(v, 'a')} AS x "
        f"FROM {v.table} a WHERE {e.condition(v, 'a')}) SELECT s.k, count(*) AS n, sum(t.x) AS y "
        "FROM few s JOIN few t ON s.k = t.k GROUP BY s.k"
    )


@form("recursive", 0.5)
def recursive(e: Expressions, views: Views, v: View) -> Made:
    """A query that refers to itself, a few steps deep."""
    number = e.number(v, "a")
    return Made(
        f"WITH RECURSIVE step(x, d) AS (SELECT DISTINCT {number}, 0 FROM {v.table} a WHERE "
        f"{e.condition(v, 'a')} UNION SELECT s.x + 1, s.d + 1 FROM step s JOIN {v.table} a "
        f"ON {number} = s.x WHERE s.d < 3) SELECT x, d FROM step"
    )


@form("lateral", 0.6)
def lateral(e: Expressions, views: Views, v: View) -> Made:
    """A table that depends on the one beside it."""
    link = views.link(e.rng, v)
    if link is None:
        return total(e, views, v)
    name, other, to = link
    return Made(
        f"SELECT {e.value(v, 'a')} AS x, c.n FROM {v.table} a, LATERAL (SELECT count(*) AS n "
        f"FROM {other.table} b WHERE b.{quoted(to)} = a.{quoted(name)}) c"
    )


@form("window", 1.2)
def window(e: Expressions, views: Views, v: View) -> Made:
    """Values over the rows around."""
    number, part = e.number(v, "a"), e.any(v, "a")
    frame = e.rng.choice(("", " RANGE BETWEEN 3 PRECEDING AND CURRENT ROW",
                          " RANGE BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING"))  # fmt: skip
    over = e.rng.choice(
        (f"sum({number}) OVER (PARTITION BY {part})",
         f"count(*) OVER (ORDER BY {number}{frame})",
         f"rank() OVER (PARTITION BY {part} ORDER BY {e.orderable(v, 'a')})",
         f"dense_rank() OVER (ORDER BY {e.orderable(v, 'a')})",
         f"max({number}) OVER (PARTITION BY {part} ORDER BY {number}{frame})",
         f"percent_rank() OVER (ORDER BY {number})")
    )  # fmt: skip
    return Made(f"SELECT {e.any(v, 'a')}, {over} AS w FROM {v.table} a WHERE {e.condition(v, 'a')}")


@form("qualify", 0.5)
def qualify(e: Expressions, views: Views, v: View) -> Made:
    """Rows chosen by a window."""
    return Made(
        f"SELECT {e.any(v, 'a')} AS x, {e.any(v, 'a')} AS y FROM {v.table} a QUALIFY "
        f"rank() OVER (PARTITION BY {e.any(v, 'a')} ORDER BY {e.orderable(v, 'a')}) <= 2"
    )


@form("set operation", 1.6)
def union(e: Expressions, views: Views, v: View) -> Made:
    """Two queries joined as sets or bags."""
    other = views.draw(e.rng)
    word = e.rng.choice(
        ("UNION", "UNION ALL", "EXCEPT", "INTERSECT", "EXCEPT ALL", "INTERSECT ALL")
    )
    one, two = e.number(v, "a"), e.number(other, "b")
    return Made(
        f"SELECT {one} AS x FROM {v.table} a WHERE {e.condition(v, 'a')} {word} "
        f"SELECT {two} FROM {other.table} b WHERE {e.condition(other, 'b')}"
    )


@form("values", 0.4)
def values(e: Expressions, views: Views, v: View) -> Made:
    """A table written out, joined to rows."""
    return Made(
        f"SELECT t.k, count(*) AS n FROM (VALUES (1), (5), (12), (30)) t(k) LEFT JOIN {v.table} a "
        f"ON {e.number(v, 'a')} > t.k GROUP BY t.k"
    )


@form("unnest", 0.6)
def unnest(e: Expressions, views: Views, v: View) -> Made:
    """A row for each element of a list."""
    column = e.column(v, "a", "list")
    if column is None:
        return Made(f"SELECT {e.any(v, 'a')} AS x, unnest([1, 2]) AS y FROM {v.table} a")
    if e.rng.random() < 0.5:
        return Made(f"SELECT {e.any(v, 'a')} AS x, unnest({column}) AS y FROM {v.table} a")
    return Made(f"SELECT {e.any(v, 'a')} AS x, t.y FROM {v.table} a, unnest({column}) AS t(y)")


@form("nested values", 0.6)
def nested(e: Expressions, views: Views, v: View) -> Made:
    """Lists, structs and functions over them."""
    number = e.number(v, "a")
    value = e.rng.choice(
        (f"[{number}, 1]", f"{{'k': {number}, 'l': {e.any(v, 'a')}}}",
         f"list_transform([{number}, 2], lambda x: x > 3)", f"[x FOR x IN [{number}, 4] IF x > 2]",
         f"struct_pack(k := {number})", f"list_sort([{number}, 3])", f"map([{number}], [1])")
    )  # fmt: skip
    return Made(f"SELECT {value} AS z FROM {v.table} a WHERE {e.condition(v, 'a')}")


@form("pivot", 0.4)
def pivot(e: Expressions, views: Views, v: View) -> Made:
    """Values turned into columns."""
    return Made(
        f"SELECT * FROM (SELECT {e.number(v, 'a')} AS x, {e.number(v, 'a')} AS y FROM {v.table} a) "
        "PIVOT (count(y) FOR x IN (1, 2, 5, 12))"
    )
