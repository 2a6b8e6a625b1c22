"""The walk of expressions knows every class that the first reading admits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import pytest
from sqlglot import exp

from doumen.kits.sql import FUNCTIONS, Kind, UnknownColumn, parse, trace
from doumen.kits.sql.flow import has_aggregate
from doumen.kits.sql.reading import check_reading
from doumen.model.errors import DoumenError
from doumen.model.ref import Ref
from doumen.model.schema import Schema

SCHEMAS: Mapping[Ref, Schema] = {
    Ref("d", "t"): Schema.of(
        a="INTEGER",
        b="INTEGER",
        c="VARCHAR",
        s="STRUCT(x INTEGER, y STRUCT(z INTEGER))",
        l="INTEGER[]",
        j="JSON",
        m="MAP(VARCHAR, INTEGER)",
        w="TIMESTAMP",
    ),
    Ref("d", "u"): Schema.of(e="INTEGER", g="VARCHAR"),
}

# Columns of d.t are written t.a, of d.u u.e; each output is `name: made of | shaped by`.
CASES = [
    # lambdas and comprehensions
    ("SELECT list_transform(l, lambda x: x + a) AS n FROM d.t", "n: t.a t.l |"),
    ("SELECT list_transform(l, lambda a: a + b) AS n FROM d.t", "n: t.b t.l |"),
    ('SELECT list_transform(l, lambda "A", i: a + i) AS n FROM d.t', "n: t.l |"),
    ("SELECT list_transform(l, lambda a: t.a) AS n FROM d.t", "n: t.a t.l |"),
    ("SELECT list_transform([s], lambda t: t.a) AS n FROM d.t", "n: t.a t.s |"),
    ("SELECT list_transform([1], lambda s: s.x + a) AS n FROM d.t", "n: t.a t.s |"),
    ("SELECT list_transform([s], lambda q: q.x + q.y.z) AS n FROM d.t", "n: t.s |"),
    ("SELECT list_filter(l, lambda x: x > a) AS n FROM d.t", "n: t.l | t.a"),
    ("SELECT array_filter(l, lambda x, i: x > a AND i < b) AS n FROM d.t", "n: t.l | t.a t.b"),
    ("SELECT l.list_filter(lambda x: x > a).list_sum() AS n FROM d.t", "n: t.l | t.a"),
    ("SELECT list_reduce(l, lambda x, y: x + y * a, b) AS n FROM d.t", "n: t.a t.b t.l |"),
    (
        "SELECT list_transform(l, lambda x: list_filter(l, lambda y: y > x + a)) AS n FROM d.t",
        "n: t.l | t.a",
    ),
    (
        "SELECT list_filter(l, lambda x: list_sum(list_transform([a], lambda y: y)) > 0) "
        "AS n FROM d.t",
        "n: t.l | t.a",
    ),
    ("SELECT list_transform(l, lambda x: if(x > a, b, x)) AS n FROM d.t", "n: t.b t.l | t.a"),
    ("SELECT [x + a FOR x IN l IF x > b] AS n FROM d.t", "n: t.a t.l | t.b"),
    ("SELECT [a FOR a, b IN l IF b > 1] AS n FROM d.t", "n: t.l |"),
    ("SELECT [a FOR x IN [a FOR a IN l]] AS n FROM d.t", "n: t.a t.l |"),
    (
        "SELECT a, list_transform(l, lambda a: a + 1) AS n, a AS k FROM d.t",
        "a: t.a |; n: t.l |; k: t.a |",
    ),
    (
        "SELECT a AS k, list_transform(l, lambda k: k) AS n, k + 1 AS o FROM d.t",
        "k: t.a |; n: t.l |; o: t.a |",
    ),
    # an arrow in a call is read as a lambda by the parser
    ("SELECT upper(j -> 'x') AS n FROM d.t", "n: t.j |"),
    ("SELECT coalesce(t.j -> c, j -> c) AS n FROM d.t", "n: t.c t.j |"),
    ("SELECT list_reduce(l, lambda x, y: x + y, a -> c) AS n FROM d.t", "n: t.a t.c t.l |"),
    ("SELECT concat(j -> j, c) AS n FROM d.t", "n: t.c t.j |"),
    ("SELECT list_transform(l, lambda j: concat(j -> c)) AS n FROM d.t", "n: t.c t.l |"),
    ("SELECT j -> 'x' ->> c AS n, j -> '$.x' = c AS o FROM d.t", "n: t.c t.j |; o: t.c t.j |"),
    # dots
    ("SELECT (s).x, (t.s).y.z AS n, d.t.s.y.z FROM d.t", "-: t.s |; n: t.s |; z: t.s |"),
    ("SELECT c.upper() AS n, t.c.replace('x', g) AS o FROM d.t, d.u", "n: t.c |; o: t.c u.g |"),
    ("SELECT (c || g).upper().lower() AS n FROM d.t, d.u", "n: t.c u.g |"),
    (
        "SELECT ({'a': b, c: g}).a.abs() AS n, (MAP {a: b}).map_keys() AS o FROM d.t, d.u",
        "n: t.b u.g |; o: t.a t.b |",
    ),
    (
        "SELECT (CASE WHEN a > 1 THEN t.b ELSE (l[e]).abs() END).abs().abs() AS n FROM d.t, d.u",
        "n: t.b t.l u.e | t.a",
    ),
    (
        "SELECT l.list_transform(lambda x: x + a).list_filter(lambda a: a > "
        "b).list_sum() AS n FROM d.t",
        "n: t.a t.l | t.b",
    ),
    ("SELECT a.sum() AS n, b FROM d.t GROUP BY ALL", "n: t.a | t.b; b: t.b | t.b"),
    # structs, lists, maps
    (
        "SELECT {'a': b, 'b': {'c': c}} AS n, struct_pack(a := b) AS o, struct_pack(a => "
        "b) AS p FROM d.t",
        "n: t.b t.c |; o: t.b |; p: t.b |",
    ),
    (
        "SELECT MAP {a: b} AS n, MAP {'a': b}['c'] AS o, m[c] AS p FROM d.t",
        "n: t.a t.b |; o: t.b |; p: t.c t.m |",
    ),
    ("SELECT struct_insert(s, a := b) AS n, row(a, c) AS o FROM d.t", "n: t.b t.s |; o: t.a t.c |"),
    (
        "SELECT l[a] AS n, l[a:b] AS o, l[:-:a] AS p, c[1:b] AS q FROM d.t",
        "n: t.a t.l |; o: t.a t.b t.l |; p: t.a t.l |; q: t.b t.c |",
    ),
    (
        "SELECT a IN l AS n, b = ANY(l) AS o, a > ALL(l) AS p FROM d.t",
        "n: t.a t.l |; o: t.b t.l |; p: t.a t.l |",
    ),
    ("SELECT ARRAY(SELECT e FROM d.u WHERE g = c) AS n FROM d.t", "n: u.e | t.c u.g"),
    ("SELECT [a, b][1] AS n, (a, b) = (1, 2) AS o FROM d.t", "n: t.a t.b |; o: t.a t.b |"),
    # aggregates and windows
    (
        "SELECT list(a ORDER BY b, c) AS n, arg_max(a, b, 3) AS o FROM d.t",
        "n: t.a | t.b t.c; o: t.a | t.b",
    ),
    (
        "SELECT string_agg(DISTINCT c, ',' ORDER BY c) FILTER (a > 1) AS n FROM d.t",
        "n: t.c | t.a t.c",
    ),
    (
        "SELECT sum(a) OVER (ORDER BY b ROWS BETWEEN e PRECEDING AND CURRENT ROW) AS n "
        "FROM d.t, d.u",
        "n: t.a | t.b u.e",
    ),
    (
        "SELECT sum(a) OVER v AS n FROM d.t WINDOW w AS (PARTITION BY b), v AS (w ORDER "
        "BY c ROWS a PRECEDING)",
        "n: t.a | t.a t.b t.c",
    ),
    ("SELECT rank(ORDER BY a) OVER (PARTITION BY b) AS n FROM d.t", "n: | t.a t.b"),
    (
        "SELECT first_value(a IGNORE NULLS ORDER BY c) FILTER (b > 1) OVER () AS n FROM d.t",
        "n: t.a | t.b t.c",
    ),
    ("SELECT lag(a, b, e) OVER (ORDER BY c) AS n FROM d.t, d.u", "n: t.a t.b u.e | t.c"),
    # others
    ("SELECT c COLLATE NOCASE.NOACCENT AS n, TRY(a / b) AS o FROM d.t", "n: t.c |; o: t.a t.b |"),
    ("SELECT CAST(a AS STRUCT(b INTEGER)) AS n, a::ENUM('b') AS o FROM d.t", "n: t.a |; o: t.a |"),
    ("SELECT time_bucket(INTERVAL 1 DAY, w, e) AS n FROM d.t, d.u", "n: t.w u.e |"),
    (
        "SELECT time_bucket(INTERVAL 1 DAY, w) AS n, INTERVAL (a) DAY AS o FROM d.t",
        "n: t.w |; o: t.a |",
    ),
    ("SELECT x: a, E'b' AS n, $$c$$ AS o FROM d.t", "x: t.a |; n: |; o: |"),
    (
        "SELECT json_object('a', a, c, b) AS n, json_extract(j, ['$.a', c]) AS o FROM d.t",
        "n: t.a t.b t.c |; o: t.c t.j |",
    ),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql for sql, _ in CASES])
def test_flows(sql: str, expected: str, flows: Callable[..., bool]) -> None:
    assert flows(sql, SCHEMAS, expected)


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("SELECT list_transform(l, lambda x: x + z) FROM d.t", "z"),
        ("SELECT list_transform(l, lambda x: x) + x FROM d.t", "x"),
        ("SELECT list_transform(x, lambda x: x) FROM d.t", "x"),
        ("SELECT [x FOR x IN x] FROM d.t", "x"),
        ("SELECT [x FOR x IN l IF z > 1] FROM d.t", "z"),
        ("SELECT upper(z -> 'x') FROM d.t", "z"),
        ("SELECT coalesce(j -> z) FROM d.t", "z"),
        ("SELECT z.upper() FROM d.t", "z"),
        ("SELECT c.replace('x', z) FROM d.t", "z"),
        ("SELECT main.now() FROM d.t", "main"),
        ("SELECT (z).x FROM d.t", "z"),
        ("SELECT MAP {z: 1} FROM d.t", "z"),
        ("SELECT l[z] FROM d.t", "z"),
        ("SELECT sum(a) OVER (ROWS z PRECEDING) FROM d.t", "z"),
        ("SELECT a > ALL(z) FROM d.t", "z"),
        ("SELECT a IN z FROM d.t", "z"),
        ("SELECT min(COLUMNS(* REPLACE (z AS a))) FROM d.t", "z"),
    ],
)
def test_a_hidden_column_is_unknown(sql: str, column: str) -> None:
    with pytest.raises(UnknownColumn) as caught:
        trace(parse(sql), SCHEMAS)
    assert caught.value.column == column


def test_no_function_loses_a_column(read: Callable[[str], str]) -> None:
    """Whatever the parser makes of a call, the columns that the engine sees in it flow."""
    schemas = {Ref("d", "t"): Schema.of(q1="ANY", q2="ANY", q3="ANY", q4="ANY")}
    calls = 0
    for name, count in itertools.product(sorted(FUNCTIONS), range(1, 5)):
        if not name.isidentifier() or FUNCTIONS[name].kind in {Kind.REFUSED, Kind.TABLE}:
            continue
        wanted = {f"q{number}" for number in range(1, count + 1)}
        sql = f"SELECT {name}({', '.join(sorted(wanted))}) FROM d.t"
        try:
            statement = parse(sql)
        except DoumenError:
            continue
        calls += 1
        (output,) = trace(statement, schemas).outputs
        if {each.column for each in output.projection | output.influence} != wanted:
            with pytest.raises(DoumenError):
                check_reading(read(sql), statement)
    assert calls > 1_500


def test_every_named_column_is_read(admitted: str, schemas: Mapping[Ref, Schema]) -> None:
    """A column of a dataset that stands in a statement, whatever is around it, is read."""
    statement = parse(admitted)
    reads = {read.column for read in trace(statement, schemas).reads}
    columns = {name for ref in statement.tables for name in schemas[ref].names}
    given = {alias.alias.casefold() for alias in statement.tree.find_all(exp.Alias)}
    for table in statement.tree.find_all(exp.TableAlias):
        given |= {each if isinstance(each, str) else each.name for each in table.columns}
    for column in statement.tree.find_all(exp.Column):
        if column.find_ancestor(exp.Star) is None:
            names = {part.name.casefold() for part in column.parts}
            assert names & (reads | given) or not names & columns, column


def test_aggregates_are_told_from_windows() -> None:
    def told(text: str) -> bool:
        return has_aggregate(parse(f"SELECT {text} FROM d.t").tree.expressions[0])

    assert told("sum(a)")
    assert told("1 + max(a)")
    assert told("product(a)")
    assert told("arg_max_null(a, b)")
    assert told("sum(a) FILTER (WHERE b)")
    assert told("sum(sum(a)) OVER ()")
    assert told("rank() OVER (ORDER BY sum(a))")
    assert told("a.sum()")
    assert told("min(COLUMNS(*))")
    assert told("list_transform(list(a), lambda x: x)")
    assert not told("a")
    assert not told("sum(a) OVER ()")
    assert not told("sum(a) FILTER (WHERE b) OVER ()")
    assert not told("lag(a) OVER (ORDER BY b)")
    assert not told("(SELECT sum(a) FROM d.t)")
    assert not told("now()")
    assert not told("COLUMNS(*)")
    assert not told("a.abs()")
    assert not told("list_sum([a])")
