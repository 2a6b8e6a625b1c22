from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.model.load import ColumnCounts, Examination, LoadColumn
from doumen.model.message import msg
from doumen.model.schema import Schema
from doumen.rooms.collect.infer import Choice, infer, sentences


def column(
    filled: int,
    *,
    zero: int = 0,
    digits: int = 0,
    longest: int = 10,
    **parses: int,
) -> ColumnCounts:
    named = {key.replace("__", ":"): count for key, count in parses.items()}
    return ColumnCounts("c", filled, tuple(named.items()), zero, digits, longest)


def formats(filled: int, parses: dict[str, int], longest: int = 10) -> ColumnCounts:
    return ColumnCounts("c", filled, tuple(parses.items()), 0, 0, longest)


def chosen(counts: ColumnCounts) -> Choice:
    (choice,) = infer(Examination(counts.filled, (counts,)))
    return choice


@pytest.mark.parametrize(
    ("parsed", "filled", "type_"),
    [
        (995, 1000, "BIGINT"),
        (994, 1000, "VARCHAR"),
        (199, 200, "BIGINT"),
        (198, 200, "VARCHAR"),
        (1, 1, "BIGINT"),
        (10**15 * 995, 10**18, "BIGINT"),
        (10**15 * 995 - 1, 10**18, "VARCHAR"),
    ],
)
def test_the_mark_is_exact(parsed: int, filled: int, type_: str) -> None:
    choice = chosen(column(filled, BIGINT=parsed))
    assert choice.column.type == type_
    assert choice.broken == (filled - parsed if type_ == "BIGINT" else 0)


@pytest.mark.parametrize(
    ("counts", "type_", "word"),
    [
        (column(0), "VARCHAR", "no value"),
        (column(100), "VARCHAR", ""),
        (column(100, BOOLEAN=100), "BOOLEAN", ""),
        (column(100, BOOLEAN=100, BIGINT=100), "BOOLEAN", ""),
        (column(100, BIGINT=100, DOUBLE=100), "BIGINT", ""),
        (column(100, BIGINT=50, DOUBLE=100), "DOUBLE", ""),
        (column(100, BIGINT=100, zero=1), "VARCHAR", "leading zeros"),
        (column(100, DOUBLE=100, zero=1), "VARCHAR", "leading zeros"),
        (column(100, BIGINT=100, digits=15), "BIGINT", ""),
        (column(100, BIGINT=100, digits=16), "VARCHAR", "15 digits"),
        (column(100, BIGINT=80, DOUBLE=90), "VARCHAR", "90 of 100 values parse as DOUBLE"),
        (column(100, BIGINT=40), "VARCHAR", ""),
        (column(100, DATE=100, TIMESTAMP=100), "DATE", ""),
        (column(100, DATE=100, TIMESTAMP=100, longest=19), "TIMESTAMP", ""),
        (column(100, DATE=100, longest=30), "DATE", ""),
        (column(1000, TIMESTAMP=996, longest=19), "TIMESTAMP", "4 go to quarantine"),
        (formats(100, {"DATE:%Y/%m/%d": 99}), "VARCHAR", "parse as DATE"),
    ],
)
def test_types_and_grounds(counts: ColumnCounts, type_: str, word: str) -> None:
    choice = chosen(counts)
    assert choice.column == LoadColumn("c", "c", type_)
    assert word in (choice.why or "")
    assert bool(choice.why) is bool(word)


@pytest.mark.parametrize(
    ("parses", "type_", "form", "words"),
    [
        ({"DATE:%Y/%m/%d": 1000}, "DATE", "%Y/%m/%d", ["written %Y/%m/%d"]),
        ({"DATE:%Y年%m月%d日": 997}, "DATE", "%Y年%m月%d日", ["3 go to quarantine"]),
        ({"DATE:%d/%m/%Y": 1000, "DATE:%m/%d/%Y": 600}, "DATE", "%d/%m/%Y", ["written"]),
        ({"DATE:%d/%m/%Y": 996, "DATE:%m/%d/%Y": 1000}, "DATE", "%m/%d/%Y", ["written"]),
        (
            {"DATE:%m/%d/%Y": 1000, "DATE:%d/%m/%Y": 1000},
            "DATE",
            "%d/%m/%Y",
            ["%m/%d/%Y fits as well", "contract"],
        ),
        ({"TIMESTAMP:%d.%m.%Y %H:%M": 1000}, "TIMESTAMP", "%d.%m.%Y %H:%M", ["written"]),
        ({"DATE": 400, "DATE:%Y%m%d": 1000}, "DATE", "%Y%m%d", ["written"]),
    ],
)
def test_formats(parses: dict[str, int], type_: str, form: str, words: list[str]) -> None:
    choice = chosen(formats(1000, parses))
    assert choice.column == LoadColumn("c", "c", type_, (form,))
    assert all(word in str(choice.why) for word in words)
    tied = len(set(parses.values())) < len(parses)
    assert ("fits as well" in str(choice.why)) is tied


@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        ("BIGINT", "BIGINT"),
        ("DECIMAL(12,2)", "DECIMAL(12,2)"),
        ("UINTEGER", "BIGINT"),
        ("UUID", "VARCHAR"),
        ("ENUM('a', 'b')", "VARCHAR"),
        ("TIMESTAMP_NS", "TIMESTAMP"),
    ],
)
def test_parquet_keeps_what_it_declares_as_far_as_the_lake_can(declared: str, kept: str) -> None:
    (choice,) = infer(Examination(5, (), Schema.of(a=declared)))
    assert choice.column == LoadColumn("a", "a", kept)
    assert bool(choice.why) is (declared != kept)


def test_what_was_chosen_is_said() -> None:
    counts = [
        ColumnCounts("id", 10, (("BIGINT", 10),), 0, 2, 2),
        ColumnCounts("n", 10, (("BIGINT", 10),), 0, 2, 2),
        ColumnCounts("zip", 10, (("BIGINT", 10),), 3, 5, 5),
    ]
    assert sentences(infer(Examination(10, tuple(counts)))) == (
        "BIGINT: id, n.",
        "text: zip.",
        "`zip` is text: values with leading zeros are identifiers.",
    )


def test_of_many_columns_the_first_are_named_and_the_rest_counted() -> None:
    choices = [
        Choice(LoadColumn(f"c{n}", f"c{n}", "VARCHAR"), msg("it has no value")) for n in range(40)
    ]
    types, *grounds = sentences(choices)
    assert types.endswith(", c10, c11 and 28 more.")
    assert len(grounds) == 21
    assert grounds[-1] == "… and 20 more; the contract shows all."


TYPES = ["BOOLEAN", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "DATE:%d/%m/%Y", "DATE:%m/%d/%Y"]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.integers(1, 3000), st.data())
def test_no_type_is_chosen_below_the_mark(filled: int, data: st.DataObject) -> None:
    near = st.integers(max(0, filled - 20), filled)
    parses = {one: data.draw(near) for one in data.draw(st.sets(st.sampled_from(TYPES)))}
    choice = chosen(formats(filled, parses))
    if choice.column.type == "VARCHAR":
        assert choice.broken == 0
    else:
        key = ":".join([choice.column.type, *choice.column.formats])
        assert parses[key] / filled >= 0.995 - 1e-12
        assert choice.broken == filled - parses[key]
