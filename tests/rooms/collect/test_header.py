from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.model.message import msg
from doumen.rooms.collect.dialect import Dialect, dialect, records
from doumen.rooms.collect.header import LONGEST, Header, header, unique


def begins(
    text: str, told: bool | None = None, expected: tuple[str, ...] = (), how: Dialect | None = None
) -> Header:
    return header(records(text, how or dialect(text), cut=False), told, expected)


@pytest.mark.parametrize(
    ("text", "skip", "present", "names"),
    [
        ("id,name\n1,ana\n2,bob\n", 0, True, ("id", "name")),
        ("1,ana\n2,bob\n3,eve\n", 0, False, ("column_1", "column_2")),
        ("code,city\nUA,Houston\nAA,Miami\nB6,Boston\n", 0, True, ("code", "city")),
        ("carrier,c\nUA,a\nAA,b\nB6,a\nDL,b\nWN,c\n", 0, True, ("carrier", "c")),
        ("UA,Miami\nAA,Boston\nUA,Miami\n", 0, False, ("column_1", "column_2")),
        (",a,b\n0,1,x\n1,2,y\n", 0, True, ("column_1", "a", "b")),
        ("a,a,A\n1,2,3\n4,5,6\n", 0, True, ("a", "a_2", "A_3")),
        ("day,n\n2024-01-01,1\n2024-01-02,2\n", 0, True, ("day", "n")),
        ("2024-01-01,1\n2024-01-02,2\n", 0, False, ("column_1", "column_2")),
        ("region,2021,2022,2023\nnorth,1,2,3\nsouth,4,5,6\n", 0, True,
         ("region", "2021", "2022", "2023")),
        ("region,2021,2019\nnorth,1,2\nsouth,4,5\n", 0, False,
         ("column_1", "column_2", "column_3")),
        ("2024年航班统计表\n\n编号,城市,架次\n1,北京,20\n2,上海,30\n", 2, True,
         ("编号", "城市", "架次")),
        ("2024年航班统计表,,\n单位:架次,,\n编号,城市,架次\n1,北京,20\n2,上海,30\n", 2, True,
         ("编号", "城市", "架次")),
        ("# made by x\n# on y\nid,name\n1,ana\n2,bob\n", 2, True, ("id", "name")),
        ("# made, by x\n# on, y\nid,name\n1,ana\n2,bob\n3,eve\n", 1, True, None),
        ("#id,name\n1,ana\n2,bob\n", 0, True, ("#id", "name")),
        ('"a\nb",c\n1,2\n3,4\n', 0, True, ("a b", "c")),
        ("\n\n\nid,name\n1,ana\n2,bob\n", 3, True, ("id", "name")),
        ("id,name\n", 0, True, ("id", "name")),
        ("1,2\n", 0, False, ("column_1", "column_2")),
        ("name\nana\nbob\n", 0, True, ("name",)),
        ("n\n1\n2\n", 0, True, ("n",)),
        ("x,1\ny,\nz,\n", 0, False, ("column_1", "column_2")),
        ("a,,c\nx,y,z\nu,v,w\n", 0, False, ("column_1", "column_2", "column_3")),
    ],
)  # fmt: skip
def test_headers_as_people_write_them(
    text: str, skip: int, present: bool, names: tuple[str, ...] | None
) -> None:
    found = begins(text)
    assert found.present is present, found.why
    if names is not None:
        assert (found.skip, found.names) == (skip, names)
    assert found.why


def test_what_is_told_is_believed() -> None:
    text = "id,name\n1,ana\n2,bob\n"
    assert not begins(text, False).present
    assert begins("1,ana\n2,bob\n", True).names == ("1", "ana")
    assert begins("", None) == Header(0, True, (), msg("the file has no records"))


def test_the_names_of_a_contract_decide() -> None:
    text = "x,y\n1,2\nID, Name \n1,ana\n2,bob\n"
    found = begins(text, expected=("id", "name"))
    assert (found.skip, found.present, found.names) == (2, True, ("ID", "Name"))
    assert begins("1,ana\n2,bob\n", expected=("id", "name")).present is False
    assert begins("id,name\n1,ana\n", told=False, expected=("id", "name")).present is False
    assert begins("who\nana\nbob\n", expected=("who",)).why.endswith("contract")


def test_a_contract_that_counts_its_columns_is_for_files_without_a_header() -> None:
    found = begins("a,b\n1,2\n", expected=("column_1", "column_2"))
    assert (found.present, found.names) == (False, ("column_1", "column_2"))
    assert begins("a,b\n1,2\n", True, ("column_1", "column_2")).present


def test_half_of_the_names_is_not_enough() -> None:
    found = begins("a,b,c,d\n1,2,3,4\n", expected=("a", "b", "x", "y", "z"))
    assert "contract" not in found.why


@pytest.mark.parametrize(
    ("given_", "made"),
    [
        (["a ", "", "A"], ("a", "column_2", "A_2")),
        (["a", "a", "a_2"], ("a", "a_3", "a_2")),
        (["", "column_1"], ("column_1_2", "column_1")),
        (["a\x00\x1bb", "\ufeffc", "\u200b"], ("a b", "c", "column_3")),
        (["x" * 400], ("x" * LONGEST,)),
        (["straße", "STRASSE"], ("straße", "STRASSE_2")),
    ],
)
def test_names_are_made_unique(given_: list[str], made: tuple[str, ...]) -> None:
    assert unique(given_) == made


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(["", "a", "A", "a_2", "column_1", "column_2", "ß", "ss"])))
def test_unique_names_are_unique_and_none_is_lost(names: list[str]) -> None:
    made = unique(names)
    assert len({one.casefold() for one in made}) == len(names)
    for one in {name for name in names if name}:
        assert any(m.casefold() == one.casefold() for m in made)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.text(st.sampled_from('a1,;"\n# .-/é陡'), max_size=80))
def test_any_text_begins_somehow(text: str) -> None:
    found = begins(text)
    assert found.skip <= text.count("\n")
    assert len({one.casefold() for one in found.names}) == len(found.names)
