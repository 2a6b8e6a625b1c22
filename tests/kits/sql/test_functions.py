"""The table of functions, held against the engine's own list."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import duckdb
import pytest

from doumen.kits.sql import CLOCK, FUNCTIONS, Kind, classify, nodes, parse
from doumen.kits.sql.reading import check_reading
from doumen.model.errors import DoumenError

GRAMMAR = {"coalesce", "grouping", "ifnull", "current_timestamp", "<>"}
"""Names that the engine's grammar knows and its list of functions does not hold."""


@pytest.fixture(scope="module")
def names(engine: duckdb.DuckDBPyConnection) -> set[str]:
    rows = engine.execute("SELECT DISTINCT lower(function_name) FROM duckdb_functions()").fetchall()
    return {row[0] for row in rows}


def test_what_is_admitted_exists(names: set[str]) -> None:
    admitted = {name for name, function in FUNCTIONS.items() if function.kind is not Kind.REFUSED}
    assert admitted - names == GRAMMAR
    assert len(admitted) > 300


def test_what_is_not_listed_is_refused(names: set[str]) -> None:
    assert classify("no_such_function").kind is Kind.REFUSED
    assert classify("SUM").kind is Kind.AGGREGATE
    open_doors = re.compile(
        r"read_|scan|glob|getenv|variable|setting|query|sleep|version|current_(?!date|timestamp)"
        r"|error|metadata|stats|duckdb_|pragma|nextval|random|uuid|seed|log$|parquet|txid|user|pg_"
        r"|serialize|__internal|collate|logging|checkpoint|secret|extension"
    )
    doors = {name for name in names if open_doors.search(name)} - {"log"}
    assert doors
    assert {name for name in doors if classify(name).kind is not Kind.REFUSED} == set()


def test_a_refused_function_has_a_reason() -> None:
    for function in FUNCTIONS.values():
        assert (function.kind is Kind.REFUSED) == bool(function.reason)
        assert function.name == function.name.lower()


def test_the_clock_is_admitted() -> None:
    assert all(classify(name).kind is Kind.TOTAL for name in CLOCK)


def test_the_classes_of_the_parser_are_those_of_admitted_functions(names: set[str]) -> None:
    """No function of the engine is admitted by the first reading unless the table admits it."""
    shapes = ("", "carrier", "carrier, 'a'", "carrier, 1, 2", "'day', time_hour, time_hour")
    words = sorted(name for name in names if re.fullmatch(r"[a-z]\w*", name))
    admitted = set()
    for name, shape in itertools.product(words, shapes):
        try:
            tree = parse(f"SELECT {name}({shape}) FROM transport.flights").tree
        except DoumenError:
            continue
        admitted.add(name)
        assert classify(name).kind is not Kind.REFUSED, name
        assert {type(n).__name__ for n in tree.walk()} <= {
            *nodes.NODES,
            *nodes.FUNCTIONS,
            "Anonymous",
        }
    listed = {n for n in words if classify(n).kind is not Kind.REFUSED}
    assert listed - admitted <= {"row", "if", "nullif", "split_part", "position", "struct_pack"}


def test_both_readings_refuse_what_the_table_refuses(
    names: set[str], read: Callable[[str], str]
) -> None:
    statement = parse("SELECT carrier FROM transport.flights")
    for name in sorted(names):
        if re.fullmatch(r"[a-z]\w*", name) and classify(name).kind is Kind.REFUSED:
            answer = read(f"SELECT {name}(carrier) FROM transport.flights")
            with pytest.raises(DoumenError):
                check_reading(answer, statement)


NASTY = {
    "VARCHAR": ["''", "'a'", "'%\\_'", "'日本語'", "'[('", "chr(0)", "'-1'", "NULL"],
    "DOUBLE": ["'nan'", "'inf'", "'-inf'", "0", "-0.0", "1e308", "-1e-308", "NULL"],
    "BIGINT": ["9223372036854775807", "-9223372036854775808", "0", "-1", "NULL"],
    "INTEGER": ["2147483647", "-2147483648", "0", "NULL"],
    "DATE": [
        "'infinity'",
        "'-infinity'",
        "'5881580-07-10'",
        "'0001-01-01'",
        "'2024-02-29'",
        "NULL",
    ],
    "TIMESTAMP": ["'infinity'", "'-infinity'", "'294247-01-10'", "'2024-02-29 23:59:59'", "NULL"],
    "BOOLEAN": ["TRUE", "FALSE", "NULL"],
}


def test_total_functions_fail_on_no_value(engine: duckdb.DuckDBPyConnection) -> None:
    tables = {
        type: ", ".join(f"(CAST({value} AS {type}))" for value in values)
        for type, values in NASTY.items()
    }
    alone = [(type,) for type in NASTY]
    pairs = [(type, type) for type in NASTY]
    mixed = [("VARCHAR", "INTEGER"), ("VARCHAR", "BIGINT")]
    ran = set()
    total = [n for n, f in FUNCTIONS.items() if f.kind is Kind.TOTAL and n not in GRAMMAR]
    for name in total:
        word = re.fullmatch(r"\w+", name)
        triple = ("BOOLEAN" if name == "if" else "VARCHAR", "VARCHAR", "VARCHAR")
        for types in [*alone, *pairs, *(mixed if word and name != "nullif" else []), triple]:
            columns = [f"v{i}.x" for i in range(len(types))]
            call = f"{name}({', '.join(columns)})" if word else f" {name} ".join(columns)
            source = ", ".join(f"(VALUES {tables[t]}) v{i}(x)" for i, t in enumerate(types))
            try:
                engine.execute(f"SELECT count(DISTINCT {call}) FROM {source}").fetchall()
            except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException):
                continue
            except duckdb.Error as error:
                raise AssertionError(f"{call} of {types}: {error}") from error
            ran.add(name)
    assert len(ran) > 85
