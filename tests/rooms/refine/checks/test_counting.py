"""What the rules of ODCS count, as SQL."""

from __future__ import annotations

import pytest

from doumen.kits import sql
from doumen.kits.quality.checks import Own, Rows, Whole
from doumen.kits.standards import odcs
from doumen.model.load import Check, LoadColumn
from doumen.model.ref import Ref
from doumen.rooms.refine.checks.counting import measured, row_measure

AT = Ref("x", "y")


def test_names_are_quoted() -> None:
    assert sql.quoted('a"b') == '"a""b"'
    assert sql.table(AT) == '"x"."y"'


@pytest.mark.parametrize(
    ("report", "condition"),
    [
        (odcs.Report("null_values", ("a",)), '"a" IS NULL'),
        (odcs.Report("missing_values", ("a",)), '"a" IS NULL'),
        (odcs.Report("missing_values", ("a",), values=("-",)),
         '"a" IS NULL OR CAST("a" AS VARCHAR) IN (?)'),
        (odcs.Report("multiple_of", ("a",), text="5"),
         'TRY_CAST("a" AS DECIMAL(38,9)) % 5 <> 0'),
        (odcs.Report("invalid_values", ("a",), check=Check("set", ("1", "2"))),
         '"a" NOT IN (1, 2)'),
    ],
)  # fmt: skip
def test_what_counts_rows_one_by_one_shares_a_scan(report: odcs.Report, condition: str) -> None:
    found = measured(report, AT, {"a": "BIGINT"})
    assert isinstance(found, Rows)
    assert found.condition == condition


def test_what_does_not_has_a_statement_of_its_own() -> None:
    assert measured(odcs.Report("row_count"), AT, {}) == Whole("count(*)")
    key = measured(odcs.Report("unique", ("a", "b")), AT, {})
    assert isinstance(key, Own)
    assert key.failing is not None
    assert key.failing.condition.startswith('("a", "b") IN (SELECT "a", "b" FROM "x"."y"')
    query = measured(odcs.Report("sql", ("a",), text="SELECT max({column}) FROM {table};"), AT, {})
    assert query == Own('SELECT max("a") FROM "x"."y"')
    there = odcs.Report("reference", ("a",), target="z", target_columns=("id",))
    orphans = measured(there, AT, {})
    assert isinstance(orphans, Own)
    # By its bare name, a column that is not there would be taken for one of this dataset.
    known = 'SELECT there."id" FROM "x"."z" AS there WHERE there."id" IS NOT NULL'
    assert f'"a" NOT IN ({known})' in orphans.statement


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("SELECT count(*) FROM {table} WHERE a > 5", '"a" > 5'),
        ("select count(*) from {table} where a is null and not (a < 1)", None),
        ("SELECT count(*) FROM {table} WHERE {column} > 5;", '"a" > 5'),
        ("SELECT count(*) AS n FROM {table} WHERE a > 5", "no"),
        ("SELECT count(a) FROM {table} WHERE a > 5", "no"),
        ("SELECT count(DISTINCT a) FROM {table} WHERE a > 5", "no"),
        ("SELECT count(*) FROM {table}", "no"),
        ("SELECT count(*) FROM {table} WHERE CAST(t AS INTEGER) > 5", "no"),
        ("SELECT count(*) FROM {table} WHERE 1 / a > 5", "no"),
        ("SELECT count(*) FROM {table} WHERE nowhere > 5", "no"),
        ("SELECT count(*) FROM {table} AS b WHERE a > 5", "no"),
        ("SELECT count(*) FROM {table} WHERE a > 5 LIMIT 1", "no"),
        ("SELECT count(*) FROM {table} WHERE a > 5 GROUP BY t", "no"),
        ("SELECT count(*) FROM {table}, x.z WHERE a > 5", "no"),
        ("SELECT count(*) FROM x.z WHERE a > 5", "no"),
        ("SELECT count(*) FROM {table} WHERE a IN (SELECT 1)", "no"),
        ("WITH c AS (SELECT 1) SELECT count(*) FROM {table} WHERE a > 5", "no"),
        ("SELECT count(*) FROM {table} WHERE a >", "no"),
    ],
)
def test_queries_that_count_rows_by_a_condition_share_the_scan(
    query: str, condition: str | None
) -> None:
    found = measured(odcs.Report("sql", ("a",), text=query), AT, {"a": "BIGINT", "t": "VARCHAR"})
    assert isinstance(found, Own if condition == "no" else Rows)
    if isinstance(found, Rows) and condition is not None:
        assert found.condition.replace('"', "") == condition.replace('"', "")


def test_a_pattern_goes_in_as_a_parameter() -> None:
    measure = row_measure(Check("pattern", "N.'"), LoadColumn("a", "a", "VARCHAR"))
    assert measure == Rows('NOT regexp_full_match("a", ?)', ("N.'",))
