"""The table of functions, held against the engine's own list."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable

import duckdb
import pytest

from doumen.kits.sql import CLOCK, FUNCTIONS, Kind, Statement, classify, nodes, parse
from doumen.kits.sql.flow import has_aggregate
from doumen.kits.sql.functions import total
from doumen.kits.sql.functions.refused import NEXT
from doumen.kits.sql.functions.table import listed
from doumen.kits.sql.reading import check_reading
from doumen.model.errors import DoumenError

GRAMMAR = {"coalesce", "grouping", "ifnull", "current_timestamp", "<>"}
"""Names that the engine's grammar knows and its list of functions does not hold."""

ABSENT = {
    *("delta_scan", "getenv", "iceberg_scan", "mysql_scan", "postgres_scan", "read_xlsx"),
    *("sqlite_scan", "st_read", "pg_backend_pid", "setvariable", "sleep", "localtime"),
    *("localtimestamp", "current_time"),
}
"""Refused names that this engine does not have without extensions, or knows by its grammar."""

OPERATORS = """
    a || b;a ~~ b;a !~~ b;a ~~* b;a !~~* b;a ~~~ b;a ^@ b;a @> b;a <@ b;a && b;a >> b;~a;a ^ b;
    a ** b;a // b;a % b;a & b;a | b;a << b;@a;a ->> 'x';a <-> b;a <=> b;a IS DISTINCT FROM b;a <> b;
    a != b;a = b;a < b;a <= b;a > b;a >= b;a + b;a - b;-a;a * b;a / b;a IS NOT DISTINCT FROM b
"""
FORMS = """
    coalesce(a, b);ifnull(a, b);nullif(a, b);if(a, b, a);position('a' in b)
    substring(a from 1 for 2);extract(year from a);json_extract(a, '$.x[0].*')
    json_extract(a, ['$.x', '$..y']);json_object('a', a, 'b', b)
    list_filter(a, lambda x: x > 1);list_reduce(a, lambda x, y: x + y)
    quantile_cont(a, [0.1, 0.9]);arg_max(a, b, 3);struct_insert(a, c := b)
    date_part(['year', 'month'], a);list_sort(a, 'DESC', 'NULLS LAST');MAP {'x': a};[a, b]
    switch(a, MAP {1: 'x'}, 'z');fill(a) OVER (ORDER BY b);string_agg(a, ',' ORDER BY b)
    from_json(a, '{"x": "INTEGER"}');now();today();current_date;current_timestamp
"""
UNTYPED = (
    r"\b(ANY|T|K|V|STRUCT|TUPLE|JSON|TIMESTAMPTZ_NS|TIME_NS|BIGNUM|VARIANT|GEOMETRY|UNION"
    r"|UHUGEINT)\b"
)
EMPTY = {"array_cat", "array_concat", "list_concat", "json_object"}
"""Functions of any number of arguments that the parser does not read without, or in odd number."""


@pytest.fixture(scope="module")
def names(engine: duckdb.DuckDBPyConnection) -> set[str]:
    rows = engine.execute("SELECT DISTINCT lower(function_name) FROM duckdb_functions()").fetchall()
    return {row[0] for row in rows}


def test_every_name_of_the_engine_is_classed(names: set[str]) -> None:
    assert names - set(FUNCTIONS) == set()


def test_a_name_is_classed_once() -> None:
    twice = Counter(function.name for function in listed())
    assert {name for name, count in twice.items() if count > 1} == set()


def test_what_is_admitted_exists(names: set[str]) -> None:
    admitted = {name for name, function in FUNCTIONS.items() if function.kind is not Kind.REFUSED}
    assert admitted - names == GRAMMAR
    assert len(admitted) > 550


def test_what_engines_alone_lack_is_refused_by_name(names: set[str]) -> None:
    """Names of extensions and of other versions, refused with a reason all the same."""
    assert {n for n, f in FUNCTIONS.items() if f.kind is Kind.REFUSED} - names == ABSENT


def test_what_is_not_listed_is_refused(names: set[str]) -> None:
    assert classify("no_such_function").kind is Kind.REFUSED
    assert classify("SUM").kind is Kind.AGGREGATE
    open_doors = re.compile(
        r"read_|scan|glob|getenv|variable|setting|query|sleep|version|current_(?!date|timestamp)"
        r"|error|metadata|stats|duckdb_|pragma|nextval|random|uuid(?!_extract)|seed|log$|parquet|txid|user|pg_"
        r"|serialize|__internal|collate|logging|checkpoint|secret|extension"
    )
    doors = {name for name in names if open_doors.search(name)} - {"log", "uuid_extract_version"}
    assert doors
    assert {name for name in doors if classify(name).kind is not Kind.REFUSED} == set()


def test_a_refused_function_has_a_reason() -> None:
    for function in FUNCTIONS.values():
        assert (function.kind is Kind.REFUSED) == bool(function.reason)
        assert (function.kind is Kind.REFUSED) == (not function.area)
        assert function.next is None or function.kind is Kind.REFUSED
        assert function.name == function.name.lower()
        if function.kind in {Kind.TOTAL, Kind.FAILING, Kind.REFUSED}:
            assert function.fails == (function.kind is not Kind.TOTAL)


def test_total_is_what_is_admitted_and_never_fails() -> None:
    assert all(map(total, ["LOWER", "count", "row_number"]))
    assert not any(map(total, ["abs", "sum", "random", "no_such_function"]))


def test_advice_is_about_names_that_are_refused() -> None:
    assert {name for name in NEXT if classify(name).kind is not Kind.REFUSED} == set()
    for advice in NEXT.values():
        for name in re.findall(r"`(\w+)\(?", advice):
            assert name.isupper() or classify(name).kind is not Kind.REFUSED, advice


def test_the_clock_is_admitted() -> None:
    assert all(classify(name).kind is Kind.TOTAL for name in CLOCK)


def called(name: str, kind: str, types: list[str | None]) -> str:
    """A call with a NULL of each type."""
    given = [
        "lambda x: x"
        if type == "LAMBDA"
        else "NULL"
        if type is None or re.search(UNTYPED, type)
        else f"CAST(NULL AS {type})"
        for type in types
    ]
    arguments = {"position": "NULL IN NULL", "struct_pack": "a := NULL"}
    call = f"{name}({arguments.get(name, ', '.join(given))})"
    return f"{call} OVER (ORDER BY 1)" if kind == "window" else call


@pytest.fixture(scope="module")
def calls(engine: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Each admitted function with a statement for each of its overloads."""
    rows = engine.execute(
        "SELECT lower(function_name), function_type, parameter_types, varargs FROM "
        "duckdb_functions() ORDER BY 1"
    ).fetchall()
    found = {
        (name, f"SELECT {called(name, kind, list(types))}")
        for name, kind, parameters, more in rows
        if classify(name).kind is not Kind.REFUSED and re.fullmatch(r"[a-z]\w*", name)
        for types in ([parameters, [*parameters, more]] if more else [parameters])
    }
    return sorted(found)


def test_what_is_admitted_passes_both_readings(
    calls: list[tuple[str, str]], admit: Callable[[str], Statement]
) -> None:
    passed, refused = set(), {}
    for name, sql in calls:
        try:
            admit(sql)
            passed.add(name)
        except DoumenError as error:
            refused[name] = f"{sql}: {error}"
    assert {name: why for name, why in refused.items() if name not in EMPTY} == {}
    words = {n for n, f in FUNCTIONS.items() if f.kind is not Kind.REFUSED and n.isidentifier()}
    assert words - passed == {word for word in GRAMMAR if word.isidentifier()}


def test_operators_and_forms_pass_both_readings(admit: Callable[[str], Statement]) -> None:
    for each in filter(None, map(str.strip, re.split(r"[;\n]", OPERATORS + FORMS))):
        admit(f"SELECT {each} FROM (SELECT 1 AS a, 2 AS b) t")


def test_every_admitted_operator_is_written_once(read: Callable[[str], str]) -> None:
    """The names of operators in the table are those that the engine's reading gives."""
    seen = set()
    for each in filter(None, map(str.strip, re.split(r"[;\n]", OPERATORS))):
        answer = read(f"SELECT {each} FROM t")
        seen |= set(re.findall(r'"function_name":"([^"]+)"', answer))
    signs = {n for n, f in FUNCTIONS.items() if f.area == "operators"}
    compared = {"=", "<>", "!=", "<", "<=", ">", ">=", "is distinct from", "is not distinct from"}
    assert signs - compared == seen


def test_the_parser_knows_which_functions_aggregate(calls: list[tuple[str, str]]) -> None:
    for name, sql in calls:
        kind = classify(name).kind
        if name not in EMPTY and kind is not Kind.WINDOW:
            (item,) = parse(sql).tree.expressions
            aggregates = kind in {Kind.AGGREGATE, Kind.ORDERED}
            assert has_aggregate(item) == aggregates, sql


def test_the_classes_of_the_parser_are_those_of_admitted_functions(names: set[str]) -> None:
    """No function of the engine is admitted by the first reading unless the table admits it."""
    shapes = ("", "carrier", "carrier, 'a'", "carrier, 1, 2", "'day', time_hour, time_hour")
    words = sorted(name for name in names if re.fullmatch(r"[a-z]\w*", name))
    for name, shape in itertools.product(words, shapes):
        try:
            tree = parse(f"SELECT {name}({shape}) FROM transport.flights").tree
        except DoumenError:
            continue
        assert classify(name).kind is not Kind.REFUSED, name
        assert {type(n).__name__ for n in tree.walk()} <= {
            *nodes.NODES,
            *nodes.FUNCTIONS,
            "Anonymous",
        }


def test_a_function_of_texts_does_not_name_another(names: set[str]) -> None:
    """A function that runs another by its name would pass by the list."""
    given = {"list_aggregate", "list_aggr", "array_aggr", "array_aggregate", "aggregate", "query"}
    assert {name for name in given if classify(name).kind is not Kind.REFUSED} == set()


def test_both_readings_refuse_what_the_table_refuses(
    names: set[str], read: Callable[[str], str]
) -> None:
    statement = parse("SELECT carrier FROM transport.flights")
    for name in sorted(names):
        if re.fullmatch(r"[a-z]\w*", name) and classify(name).kind is Kind.REFUSED:
            answer = read(f"SELECT {name}(carrier) FROM transport.flights")
            with pytest.raises(DoumenError):
                check_reading(answer, statement)
