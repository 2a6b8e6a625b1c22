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
    assert 'FROM "x"."z" AS there' in orphans.statement


def test_a_pattern_goes_in_as_a_parameter() -> None:
    measure = row_measure(Check("pattern", "N.'"), LoadColumn("a", "a", "VARCHAR"))
    assert measure == Rows('NOT regexp_full_match("a", ?)', ("N.'",))
