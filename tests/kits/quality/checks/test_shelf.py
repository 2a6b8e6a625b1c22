"""One suite for every kind of check: what it says of itself, and how it counts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from pydantic import ValidationError
from tests.kits.quality.checks.cases import CASES, Case
from tests.kits.quality.checks.counted import REF, Table, good, number, options
from tests.kits.quality.identifiers.engine import HOSTILE

import doumen
from doumen.faces.languages import catalogue
from doumen.kits.quality.checks import BY_NAME, KINDS, CheckKind, Judged, Own, Rows, Subject
from doumen.model.message import Message
from doumen.model.ref import Ref
from doumen.session import Session, create

DIMENSIONS = {
    "accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness",
}  # fmt: skip
EDGES: dict[str, tuple[str, ...]] = {
    "VARCHAR": (),
    "BOOLEAN": ("true", "false"),
    "TINYINT": ("-128", "127"),
    "BIGINT": ("-9223372036854775808", "0", "9223372036854775807"),
    "UBIGINT": ("0", "18446744073709551615"),
    "HUGEINT": ("-170141183460469231731687303715884105728",),
    "UHUGEINT": ("340282366920938463463374607431768211455",),
    "DECIMAL(38,10)": ("-9999999999999999999999999999.9999999999", "0"),
    "FLOAT": ("'nan'", "'inf'", "'-inf'", "3.4e38"),
    "DOUBLE": ("'nan'", "'inf'", "'-inf'", "1.7e308", "-0.0"),
    "DATE": ("'infinity'", "'-infinity'", "'5877642-06-25 (BC)'", "'5881580-07-10'"),
    "TIMESTAMP": ("'infinity'", "'-infinity'", "'290309-12-22 (BC) 00:00:00'"),
    "TIMESTAMP WITH TIME ZONE": ("'infinity'", "'294247-01-10 04:00:54.775806+00'"),
    "TIME": ("'00:00:00'", "'24:00:00'"),
    "BLOB": (r"'\x00\xFF'",),
    "UUID": ("'ffffffff-ffff-ffff-ffff-ffffffffffff'",),
    "INTERVAL": ("'100000 years'",),
    "VARCHAR[]": ("['a', NULL]",),
    "STRUCT(a INTEGER)": ("{'a': NULL}",),
}
"""Type to values at its edges, in SQL; texts are those that are hostile to identifiers."""
case = pytest.mark.parametrize("case", CASES, ids=str)
kind = pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
zh = catalogue("zh")


def test_every_kind_has_a_case() -> None:
    assert {case.options["check"] for case in CASES} == set(BY_NAME)


@kind
def test_a_kind_tells_of_itself_in_both_languages(kind: CheckKind) -> None:
    assert kind.dimension in DIMENSIONS
    assert kind.summary.into(zh) != kind.summary
    assert kind.form.model_fields["check"].annotation.__args__ == (kind.name,)  # type: ignore[union-attr]


@case
def test_a_rule_has_words(case: Case) -> None:
    check = options(**case.options)
    words = BY_NAME[case.options["check"]].words(check)
    assert isinstance(words, Message)
    assert words
    assert "{" not in words.into(zh)


@case
def test_all_faults_of_the_options_are_told_at_once(case: Case) -> None:
    given = {**case.options, "surprise": 1, "at_most": -1}
    with pytest.raises(ValidationError) as error:
        options(**given)
    assert {fault["loc"][0] for fault in error.value.errors()} == {"surprise", "at_most"}
    with pytest.raises(ValidationError):
        options(check=case.options["check"], **{"column": 1})


@case
def test_a_fault_is_found_and_its_clean_twin_is_clean(case: Case) -> None:
    check = options(**case.options)
    assert good(check, case.right, case.columns)
    assert not good(check, case.wrong, case.columns)


@case
def test_rows_without_values_are_no_faults(case: Case) -> None:
    check = options(**case.options)
    before = number(check, case.right, case.columns)
    nothing = tuple(None for _ in case.types)
    after = number(
        check, Table(case.types, [*case.clean, nothing, nothing], case.others), case.columns
    )
    assert before is not None
    assert after is not None
    if case.options["check"] == "volume":
        assert after == before + 2
    else:
        assert abs(after - before) < Decimal(60 if case.options["check"] == "freshness" else 0.1**9)


@case
def test_over_no_rows_there_is_no_fault_or_no_number(case: Case) -> None:
    found = number(options(**case.options), Table(case.types, (), case.others), case.columns)
    assert found in {0, None}


@case
@pytest.mark.parametrize("type", EDGES)
def test_where_it_suits_no_value_makes_it_fail(case: Case, type: str) -> None:
    """Each column of a case as each type: it does not fit, or it gives a number."""
    for column in case.types:
        types = {**case.types, column: type}
        subject = Subject(REF, types, tuple(case.columns))
        check, kind = options(**case.options), BY_NAME[case.options["check"]]
        if kind.misfit(subject, check) is not None:
            continue
        measure = kind.measure(subject, check)
        if isinstance(measure, Own):
            continue  # types of the other dataset are not known: the run tells of an error
        with Table(types, (), case.others).opened() as engine:
            fill(engine, types, column)
            if isinstance(measure, Judged):
                texts = engine.execute(f'SELECT CAST("{column}" AS VARCHAR) FROM d.rows').fetchall()
                assert {measure.accepts(text) for (text,) in texts if text is not None} <= {
                    True, False,
                }  # fmt: skip
            elif isinstance(measure, Rows):
                sql = f"SELECT {measure.condition} FROM d.rows"
                assert engine.execute(sql, list(measure.parameters)).fetchall()
            else:
                sql = f"SELECT {measure.expression} FROM d.rows"
                assert engine.execute(sql, list(measure.parameters)).fetchall()


def fill(engine: duckdb.DuckDBPyConnection, types: dict[str, str], column: str) -> None:
    """Rows with the edges of one column, the others empty."""
    names = f'"{column}"'
    if types[column] == "VARCHAR":
        engine.executemany(f"INSERT INTO d.rows ({names}) VALUES (?)", [[t] for t in HOSTILE])
    for value in EDGES[types[column]]:
        engine.execute(f"INSERT INTO d.rows ({names}) VALUES (CAST({value} AS {types[column]}))")
    engine.execute(f"INSERT INTO d.rows ({names}) VALUES (NULL)")


@case
def test_it_does_not_fit_what_is_not_there(case: Case) -> None:
    kind, check = BY_NAME[case.options["check"]], options(**case.options)
    without = Subject(REF, {"other": "VARCHAR"}, tuple(case.columns))
    if kind.name == "volume":
        assert kind.misfit(Subject(REF, case.types, ("v",)), check) is not None
    else:
        found = kind.misfit(without, check)
        assert found is not None
        assert found.into(zh) != found


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("checks") / "node"
    create(folder, "bureau")
    with doumen.open(folder) as node:
        yield node.session()


@pytest.mark.parametrize(("place", "case"), [*enumerate(CASES)], ids=str)
def test_the_gate_admits_it(owner: Session, tmp_path: Path, place: int, case: Case) -> None:
    """The same number comes from behind the gate."""
    domain = f"case{place}"
    for name, rows in (("rows", "FROM d.rows"), ("items", "FROM d.items")):
        if name == "items" and not case.others:
            continue
        path = tmp_path / f"{name}.parquet"
        with case.wrong.opened() as engine:
            engine.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
        owner.do("collect", path=path, as_dataset=f"{domain}.{name}")
    given = dict(case.options)
    if "dataset" in given:
        given["dataset"] = f"{domain}.items"
    kind, check = BY_NAME[given["check"]], options(**given)
    subject = Subject(Ref(domain, "rows"), case.types, tuple(case.columns))
    measure = kind.measure(subject, check)
    if isinstance(measure, Judged):
        return
    if isinstance(measure, Own):
        sql = measure.statement
    elif isinstance(measure, Rows):
        sql = f"SELECT coalesce(count_if({measure.condition}), 0) FROM {domain}.rows"
    else:
        sql = f"SELECT {measure.expression} FROM {domain}.rows"
    ((found,),) = owner.query(sql, measure.parameters).rows()
    expected = number(options(**case.options), case.wrong, case.columns)
    assert expected is not None
    assert abs(Decimal(str(found)) - expected) < Decimal(60 if kind.name == "freshness" else 0.1**9)
