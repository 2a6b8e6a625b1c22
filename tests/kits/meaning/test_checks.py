"""A code list as a rule of a contract, read by the reader of contracts."""

from __future__ import annotations

from datetime import date
from typing import Any

from doumen.kits.meaning import check_of
from doumen.kits.standards import odcs
from doumen.model.load import LoadColumn
from doumen.model.meaning import Code, CodeList, Words
from doumen.model.ref import Ref

DAY = date(2026, 11, 30)
CODES = (
    Code("B"), Code("A"), Code("old", valid_until=date(2020, 1, 1)),
    Code("new", valid_from=date(2027, 1, 1)),
)  # fmt: skip


def contract(**more: Any) -> odcs.Contract:
    """A contract of one column with these fields, as YAML that is JSON."""
    import json

    text = odcs.infer_contract(Ref("a", "b"), [LoadColumn("c", "c", "VARCHAR")])
    fields = "".join(f"        {key}: {json.dumps(value)}\n" for key, value in more.items())
    return odcs.read_contract(text + fields)


def test_a_short_list_is_a_set_of_the_codes_of_the_day() -> None:
    change = check_of(CodeList("k", Words("K"), count=4, codes=CODES), DAY)
    assert change is not None
    (column,) = contract(quality=[change["quality"]]).columns
    assert [(check.kind, check.value) for check in column.checks] == [("set", ("A", "B"))]


def test_a_long_list_is_a_reference_to_its_dataset() -> None:
    change = check_of(CodeList("k", Words("K"), count=4, dataset="codelists.k"), DAY)
    assert change is not None
    field, value = change["set"]
    (report,) = contract(**{field: value}).reports
    assert (report.kind, report.target, report.target_columns) == (
        "reference", "codelists.k", ("code",),
    )  # fmt: skip


def test_of_what_cannot_be_read_nothing_is_proposed() -> None:
    assert check_of(CodeList("k", Words("K"), count=4), DAY) is None
    ended = CodeList("k", Words("K"), count=1, codes=CODES[2:3])
    assert check_of(ended, DAY) is None
