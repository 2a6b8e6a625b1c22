"""What the table calls total never fails: run in the engine over the edges of every type."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pytest

from doumen.engines.duckdb.instance import Instance, Reach
from doumen.kits.sql import FUNCTIONS, Kind
from doumen.kits.sql.functions import total

WHOLE = {
    **{f"{name}INT": bits for name, bits in (("TINY", 8), ("SMALL", 16), ("BIG", 64))},
    "INTEGER": 32,
    "HUGEINT": 128,
}
TIMES = (
    "infinity|-infinity|294247-01-10 04:00:54.775806|290309-12-22 (BC) 00:00:00|0001-01-01|"
    "0044-03-15 (BC)|1970-01-01|2024-02-29 23:59:59.999999|9999-12-31 12:00:00"
)
NANOS = "infinity|-infinity|1677-09-22|2262-04-11 23:47:16.854775806|2024-02-29 23:59:59.999999999"
TEXTS: Mapping[str, str] = {
    "VARCHAR": "[(|%FF%FE||\\|%|日本語🎉|-1|a|1e999|(a|*|g| |e\u0301|_%|7|{'a':[1]}|$.a|2024-02-29|"
    "year|nan|%Y-%q|%s|{}|UTC|i",
    "DOUBLE": "nan|inf|-inf|0|-0.0|1e308|-1.7976931348623157e308|4.9e-324|-1|0.5|2|1e19",
    "FLOAT": "nan|inf|-inf|0|3.4e38|-3.4e38|1e-45|-1|0.5",
    "DECIMAL(38,9)": "99999999999999999999999999999.999999999|-99999999999999999999999999999.9|0|"
    "-1|0.5",
    "BOOLEAN": "true|false",
    "DATE": "infinity|-infinity|5881580-07-10|5877642-06-25 (BC)|0001-01-01|0044-03-15 (BC)|"
    "1970-01-01|2024-02-29|9999-12-31",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"), TIMES),
    **dict.fromkeys(("TIMESTAMP_NS", "TIMESTAMPTZ_NS"), NANOS),
    **dict.fromkeys(("TIME", "TIME_NS"), "00:00:00|24:00:00|23:59:59.999999|12:30:00"),
    "TIME WITH TIME ZONE": "00:00:00+15:59:59|24:00:00-15:59:59|12:00:00+00",
    "INTERVAL": "0 days|1 month|-1 day|15 minutes|"
    "2147483647 months 2147483647 days 9223372036854775807 microseconds|"
    "-2147483648 months -2147483648 days -9223372036854775807 microseconds",
    "BLOB": "|a|\\x00\\xFF|%",
    "BIT": "0|1|10101|" + "10" * 100 + "|" + "1" * 64,
    "JSON": 'null|1|1e400|""|[]|{}|{"a":[1,null,{"b":"x"}],"":2}|[[[1,2]],"y"]|' + "1234567890" * 3,
    "UUID": "00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff|"
    "019535d9-3df7-79fb-b466-fa907fa17f9e",
    "BIGNUM": "0|-1|123456789012345678901234567890123456789012345",
}
NESTED: Mapping[str, tuple[str, ...]] = {
    "STRUCT(a INTEGER, b VARCHAR)": ("{'a': 1, 'b': 'x'}", "{'a': NULL, 'b': ''}"),
    "MAP(VARCHAR, INTEGER)": ("MAP {}", "MAP {'a': 1}", "MAP {'a': NULL, '': 2147483647}"),
    "MAP(INTEGER, VARCHAR)": ("MAP {}", "MAP {1: 'a'}", "MAP {0: NULL, 2147483647: ''}"),
}
EVERY = (
    *("INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
    *("INTERVAL", "BLOB", "BOOLEAN", "DECIMAL(38,9)", "INTEGER[]", "VARCHAR[]", "DOUBLE[]"),
    *("STRUCT(a INTEGER, b VARCHAR)", "MAP(VARCHAR, INTEGER)", "UUID", "TIME", "BIT", "HUGEINT"),
    *("TIME WITH TIME ZONE", "UBIGINT", "JSON", "FLOAT", "TIMESTAMP_NS", "TINYINT"),
)
"""What stands for a parameter that takes any type."""

UNTYPED: Mapping[str, tuple[str, ...]] = {
    "array_prepend": ("T", "T[]"),
    "fdiv": ("DOUBLE", "DOUBLE"),
    "if": ("BOOLEAN", "ANY", "ANY"),
    "list_prepend": ("T", "T[]"),
    "md5_number_lower": ("VARCHAR",),
    "md5_number_upper": ("VARCHAR",),
    "split_part": ("VARCHAR", "VARCHAR", "INTEGER"),
    **dict.fromkeys(("<>", "coalesce", "ifnull", "nullif"), ("ANY", "ANY")),
    **dict.fromkeys(
        ("array_append", "array_push_back", "array_push_front", "list_append"), ("T[]", "T")
    ),
}
"""Parameters of macros and of names of the grammar, which the engine lists without types."""

MOST = 80
"""Calls of one function; of the same function by another name 4."""

CONSTANT = {"quantile": "0.5", "string_agg": "','", "group_concat": "','", "listagg": "','"}
BOUND = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The engine as jobs get it."""
    instance = Instance(tmp_path_factory.mktemp("engine"))
    instance.lock(Reach((), (), 400 << 20, 1))
    connection = instance.connection()
    connection.execute("SET VARIABLE __doumen_now = '2024-05-01 10:00:00'")
    yield connection
    instance.close()


def edges(type: str) -> list[str]:
    """SQL of the edge values of a type, NULL among them."""
    if type in TEXTS:
        quoted = [f"'{text}'" for text in TEXTS[type].replace("'", "''").split("|")]
        more = ["chr(0)", "repeat('ab', 300)", "chr(39)"] if type == "VARCHAR" else []
        return [f"CAST({value} AS {type})" for value in [*quoted[:8], "NULL", *more, *quoted[8:]]]
    if type == "TIMESTAMP WITH TIME ZONE":
        return [f"CAST({value} AS {type})" for value in edges("TIMESTAMP")]
    if type in NESTED:
        return [f"CAST({value} AS {type})" for value in [*NESTED[type], "NULL"]]
    if type.endswith("[3]"):
        inner = edges(type[:-3])
        return [f"[{', '.join(inner[i : i + 3])}]::{type}" for i in range(4)] + [f"NULL::{type}"]
    if type.endswith("[]"):
        inner = edges(type[:-2])
        lists = ["", "NULL", ", ".join(inner[:4]), ", ".join(inner[-4:]), *inner[:5]]
        return [f"CAST([{each}] AS {type})" for each in lists] + [f"CAST(NULL AS {type})"]
    bits = WHOLE.get(type.removeprefix("U"), 32)
    low, high = (
        (0, 2**bits - 1) if type.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    )
    whole = [low, high, 0, 1, 2, high - 1, max(low, -1), min(high, 64)]
    return [f"CAST({value} AS {type})" for value in [*map(str, dict.fromkeys(whole)), "NULL"]]


def typings(parameters: Sequence[str]) -> list[tuple[str, ...]]:
    """The types of each call that stands for an overload."""
    fixed = tuple("DECIMAL(38,9)" if each == "DECIMAL" else each for each in parameters)
    if not re.search(r"\b(ANY|T|K|V|STRUCT|TUPLE)\b", " ".join(fixed)):
        return [fixed]
    calls = []
    for every in EVERY:
        key = every if every in ("INTEGER", "VARCHAR") else "VARCHAR"
        value = {"VARCHAR": "INTEGER", "INTEGER": "VARCHAR"}[key]
        stands = {"STRUCT": EVERY[14], "TUPLE": EVERY[14], "K": key, "V": value}
        stands["MAP(K, V)"] = f"MAP({key}, {value})"
        call = tuple(
            stands.get(each) or re.sub(r"\b(ANY|T)\b", every, each.replace("[ANY]", "[3]"))
            for each in fixed
        )
        if not any(each.count("[") > 2 for each in call):
            calls.append(call)
    return list(dict.fromkeys(calls))


def source(types: Sequence[str], pairs: int = 99) -> str:
    """Every combination of edge values as the columns c0, c1 …"""
    most = {1: 99, 2: pairs, 3: 11}.get(len(types), 5)
    values = [f"(VALUES ({'), ('.join(edges(t)[:most])})) t{i}(c{i})" for i, t in enumerate(types)]
    return f" FROM {', '.join(values)}" if values else ""


def written(name: str, columns: Sequence[str]) -> str:
    """A call of a function or an operator."""
    if not re.fullmatch(r"\w+", name):
        return (
            f"({' ' * (len(columns) == 1)}{f' {name} '.join(['', *columns][len(columns) > 1 :])})"
        )
    if name == "struct_pack":
        return f"struct_pack({', '.join(f'k{c} := {c}' for c in columns)})"
    return f"{name}({' IN '.join(columns) if name == 'position' else ', '.join(columns)})"


def overloads(
    engine: duckdb.DuckDBPyConnection, kinds: frozenset[Kind]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of these kinds that never fail, with the types of a call; fewer for other names."""
    listed = engine.execute(
        "SELECT lower(function_name), parameter_types, varargs, alias_of FROM duckdb_functions() "
        "ORDER BY 1"
    ).fetchall()
    listed += [(name, UNTYPED[name], None, None) for name in ("<>", "coalesce", "ifnull")]
    found: dict[tuple[str, bool], dict[tuple[str, ...], None]] = {}
    for name, parameters, more, alias in listed:
        if not total(name) or FUNCTIONS[name].kind not in kinds:
            continue
        given = UNTYPED.get(name, tuple(each or "T[]" for each in parameters))
        tails = [(more,), (more, more)] if more else []
        for tail in tails if more and not given else [(), *tails]:
            calls = [types for types in typings((*given, *tail)) if "GEOMETRY" not in types]
            found.setdefault((name, alias is not None and total(alias)), {}).update(
                dict.fromkeys(calls)
            )
    for (name, again), types in found.items():
        most = 4 if again else MOST
        yield from ((name, each) for each in list(types)[:: -(-len(types) // most)])


def test_total_functions_fail_on_no_value(locked: duckdb.DuckDBPyConnection) -> None:
    ran = set()
    for name, types in overloads(locked, frozenset({Kind.TOTAL})):
        call = written(name, [f"c{i}" for i in range(len(types))])
        try:
            locked.execute(f"SELECT bit_xor(hash({call})){source(types)}").fetchall()
        except BOUND:
            continue
        except duckdb.Error as error:
            raise AssertionError(f"{call} of {types}: {error}") from error
        ran.add(name)
    assert {n for n, f in FUNCTIONS.items() if f.kind is Kind.TOTAL} - ran == {"grouping"}


def test_total_aggregates_fail_on_no_values(locked: duckdb.DuckDBPyConnection) -> None:
    ran = set()
    for name, types in overloads(locked, frozenset({Kind.AGGREGATE, Kind.ORDERED})):
        columns = [f"c{i}" for i in range(len(types))]
        constant = {**CONSTANT, **dict.fromkeys(("min", "max"), "2")}.get(name)
        if constant is not None:
            columns[1:] = [constant] * len(columns[1:])
        if len(columns) == 3:
            columns[2] = "2"
        call = f"{name}({', '.join(columns)})" if name != "count_star" else "count(*)"
        rows = source(types or ("BIGINT",), pairs=10)
        try:
            locked.execute(
                f"SELECT bit_xor(hash(x)) FROM (SELECT {call} AS x{rows} "
                "GROUP BY GROUPING SETS ((), (c0)))"
            ).fetchall()
        except BOUND:
            continue
        except duckdb.Error as error:
            raise AssertionError(f"{call} of {types}: {error}") from error
        ran.add(name)
    kinds = (Kind.AGGREGATE, Kind.ORDERED)
    wanted = {n for n, f in FUNCTIONS.items() if f.kind in kinds and not f.fails}
    assert wanted - ran == set()


def test_total_windows_fail_on_no_value(locked: duckdb.DuckDBPyConnection) -> None:
    windows = [n for n, f in FUNCTIONS.items() if f.kind is Kind.WINDOW and total(n)]
    assert len(windows) == 10
    for name, type in itertools.product(windows, EVERY):
        takes = {"lag": "x, o, x", "lead": "x, o, x"}
        given = takes.get(name, "x" if name.endswith("value") else "")
        locked.execute(
            f"SELECT bit_xor(hash(y)) FROM (SELECT {name}({given}) OVER (ORDER BY x) AS y FROM "
            f"(VALUES ({'), ('.join(edges(type))})) v(x), "
            f"(VALUES ({'), ('.join(edges('BIGINT'))})) w(o))"
        ).fetchall()


def test_functions_of_the_clock_give_the_time_of_the_job(locked: duckdb.DuckDBPyConnection) -> None:
    told = locked.execute(
        "SELECT CAST(ago(INTERVAL 1 DAY) AS VARCHAR), CAST(age(DATE '2024-04-30') AS VARCHAR), "
        "CAST(now() AS VARCHAR), CAST(today() AS VARCHAR), CAST(current_date AS VARCHAR)"
    ).fetchone()
    now = "2024-05-01 10:00:00+00"
    assert told == ("2024-04-30 10:00:00+00", "1 day", now, now[:10], now[:10])


def test_the_edges_find_what_fails(locked: duckdb.DuckDBPyConnection) -> None:
    """The grid is worth something only if it makes failing functions fail."""
    for name, types in {
        "abs": ("INTEGER",),
        "chr": ("INTEGER",),
        "dayofweek": ("INTERVAL",),
        "last_day": ("DATE",),
        "regexp_replace": ("VARCHAR", "VARCHAR", "VARCHAR"),
        "url_decode": ("VARCHAR",),
        "json_extract": ("VARCHAR", "VARCHAR"),
    }.items():
        assert not total(name)
        call = written(name, [f"c{i}" for i in range(len(types))])
        with pytest.raises(duckdb.Error):
            locked.execute(f"SELECT bit_xor(hash({call})){source(types)}").fetchall()
