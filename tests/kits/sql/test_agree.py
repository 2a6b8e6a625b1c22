"""What is a name, a method or a lambda in one reading is the same in the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doumen.kits.sql import check_reading, parse
from doumen.kits.sql.agree import Spoken
from doumen.model.errors import Refused

Read = Callable[[str], str]


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        ("SELECT a, b FROM d.t", "SELECT a.upper() FROM d.t", "differently"),
        ("SELECT a.lower() FROM d.t", "SELECT b.lower(a) FROM d.t", "differently"),
        ("SELECT a.lower() FROM d.t", "SELECT x.a.lower() FROM d.t", "differently"),
        ("SELECT a.lower() FROM d.t", "SELECT a.getenv() FROM d.t", "getenv"),
        ("SELECT a FROM d.t", "SELECT * EXCLUDE (b) FROM d.t", "differently"),
        ("SELECT a FROM d.t", "SELECT * EXCLUDE (t.b) FROM d.t", "differently"),
        ("SELECT a FROM d.t", "SELECT * RENAME (b AS a) FROM d.t", "differently"),
        ("SELECT t.a FROM d.t", "SELECT * RENAME (a AS a) FROM d.t", "differently"),
        ("SELECT a FROM d.t", "SELECT #1 FROM d.t", "by position"),
        ("SELECT ARRAY[a] FROM d.t", "SELECT ARRAY(SELECT a FROM d.t)", "by position"),
        (
            "SELECT ARRAY(SELECT a FROM d.t)",
            "SELECT __array_internal_idx_1 FROM d.t",
            "differently",
        ),
        ("SELECT a FROM d.t", "SELECT a COLLATE de FROM d.t", "the collation de"),
        ("SELECT a FROM d.t", "SELECT list_transform([1], lambda x: a) FROM d.t", "differently"),
        ("SELECT a FROM d.t", "SELECT [a FOR x IN [1]] FROM d.t", "differently"),
        ("SELECT elem FROM d.t", "SELECT elem FROM d.t", ""),
        ("SELECT a FROM d.t", "SELECT elem FROM d.t", "differently"),
    ],
)
def test_readings_that_differ(first: str, second: str, named: str, read: Read) -> None:
    if not named:
        check_reading(read(second), parse(first))
        return
    with pytest.raises(Refused) as caught:
        check_reading(read(second), parse(first))
    assert named in caught.value.what


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list_transform([1], x -> x + 1) FROM d.t",
        "SELECT list_filter(a, x -> x > 1) FROM d.t",
        "SELECT list_reduce(a, (x, y) -> x + y) FROM d.t",
        "SELECT a.list_transform(x -> x + 1) FROM d.t",
        "SELECT COLUMNS(c -> c LIKE 'a%') FROM d.t",
        "SELECT upper(lambda x: x) FROM d.t",
        "SELECT list_reduce(a, lambda x, y: x, lambda z: z) FROM d.t",
    ],
)
def test_an_arrow_is_no_lambda(sql: str, read: Read) -> None:
    """The first reading takes `f(x -> …)` for a lambda, so the second says where one stands."""
    with pytest.raises(Refused, match="arrow for a lambda"):
        check_reading(read(sql), parse(sql))


@pytest.mark.parametrize(
    "call", ["date_trunc(c, w)", "date_diff(c, w, w)", "datediff(c, w, w)", "datetrunc(c, w)"]
)
def test_a_unit_is_no_column(call: str, read: Read) -> None:
    sql = f"SELECT {call}, c FROM d.t"
    with pytest.raises(Refused, match="a column for the unit"):
        check_reading(read(sql), parse(sql))


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT a, t.b, d.t.c.x.y FROM d.t", "a t.b d.t.c.x.y d.t.c.x"),
        ("SELECT (a || b).upper().lower() FROM d.t", "a b"),
        ("SELECT ({'k': a, 'l': 'x'}).k.abs() FROM d.t", "a"),
        ("SELECT (MAP {a: 1}).map_keys().len() FROM d.t", "a"),
        ("SELECT list_transform(a, lambda x, i: x.y) FROM d.t", "a x i x.y"),
        ("SELECT [x FOR x, i IN a] FROM d.t", "a x i elem"),
        ("SELECT sum(a) OVER w AS k FROM d.t WINDOW w AS (ORDER BY b)", "a b"),
    ],
)
def test_names_of_the_first_reading(sql: str, columns: str) -> None:
    spoken = {".".join(path) for path in Spoken(parse(sql).tree).columns}
    assert spoken == set(columns.split())


@pytest.mark.parametrize("odd", [None, 3, "x", [], {"path": 3}, {"path": []}, {"path": ["a"]}])
def test_odd_calls_are_refused(odd: object) -> None:
    spoken = Spoken(parse("SELECT upper(a) FROM d.t").tree)
    with pytest.raises(Refused):
        spoken.check("FUNCTION/FUNCTION", {"function_name": "upper", "qualified_name": odd})
    with pytest.raises(Refused):
        spoken.check("COLUMN_REF/COLUMN_REF", {"column_names": odd})
    node = {"function_name": "upper", "qualified_name": {"path": ["upper"]}}
    spoken.check("FUNCTION/FUNCTION", {**node, "arguments": [odd, {"expression": odd}]})
