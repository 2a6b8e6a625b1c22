from __future__ import annotations

import pytest

from doumen.model.errors import Faulty
from doumen.model.load import LoadColumn
from doumen.rooms.collect.matching import match


def of(*pairs: tuple[str, str]) -> list[LoadColumn]:
    return [LoadColumn(source, name, "VARCHAR") for source, name in pairs]


def sources(columns: tuple[LoadColumn, ...]) -> list[str]:
    return [column.source for column in columns]


@pytest.mark.parametrize(
    ("contract", "names", "expected"),
    [
        (of(("a", "a"), ("b", "b")), ("b", "a"), ["a", "b"]),
        (
            of(
                ("编号", "id"),
            ),
            ("编号",),
            ["编号"],
        ),
        (
            of(
                ("编号", "id"),
            ),
            ("ID",),
            ["ID"],
        ),
        (of(("A", "a"), ("a", "b")), ("a", "A"), ["A", "a"]),
        (of(("x", "y"), ("y", "z")), ("x", "y"), ["x", "y"]),
    ],
)
def test_columns_are_found(
    contract: list[LoadColumn], names: tuple[str, ...], expected: list[str]
) -> None:
    assert sources(match(contract, names)) == expected


def test_the_rest_of_a_column_is_kept() -> None:
    column = LoadColumn("Day", "day", "DATE", ("%Y/%m/%d",))
    assert match([column], ["DAY"]) == (LoadColumn("DAY", "day", "DATE", ("%Y/%m/%d",)),)


def test_all_missing_columns_are_told_with_near_names() -> None:
    with pytest.raises(Faulty) as caught:
        match(of(("dep_time", "d"), ("tailnum", "t"), ("id", "id")), ["id", "Dep Time", "x"])
    error = caught.value
    assert error.code == "faulty.missing"
    assert error.what == (
        "2 columns of the contract are not in the file: `dep_time` (there is `Dep Time`), "
        "`tailnum`."
    )
    assert "`Dep Time`, `x`" in str(error.why)
    with pytest.raises(Faulty) as caught:
        match(of(("a", "a"), ("b", "b")), ["a"])
    assert caught.value.why == "Nothing was loaded."


def test_a_contract_without_columns_is_a_fault() -> None:
    with pytest.raises(Faulty, match="no column"):
        match([], ["a"], accept_extra=True)


def test_columns_beyond_the_contract_are_refused_or_left_out() -> None:
    names = ["a", *(f"x{n}" for n in range(25))]
    with pytest.raises(Faulty, match="25 columns of the file") as caught:
        match(of(("a", "a")), names)
    assert "and 5 more" in caught.value.what
    assert "--accept-extra" in str(caught.value.next)
    assert sources(match(of(("a", "a")), names, accept_extra=True)) == ["a"]


def test_without_a_header_columns_go_by_place() -> None:
    contract = of(("id", "id"), ("name", "name"))
    names = ["column_1", "column_2"]
    assert sources(match(contract, names, header=False)) == names
    with pytest.raises(Faulty):
        match(contract, names)
    with pytest.raises(Faulty):
        match(contract, [*names, "column_3"], header=False)
    swapped = of(("column_2", "b"), ("column_1", "a"))
    assert sources(match(swapped, names, header=False)) == ["column_2", "column_1"]
