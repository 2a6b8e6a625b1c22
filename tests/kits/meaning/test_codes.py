"""Codes in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from doumen.kits.meaning import Listing, differences, faults, followed, valid_at
from doumen.model.meaning import Code, Words

FIRST, SECOND, THIRD = (date(year, 1, 1) for year in (2001, 2002, 2003))


def code(name: str, label: str = "", **more: object) -> Code:
    return replace(Code(name, Words(label)), **more)  # type: ignore[arg-type]


def names(codes: tuple[Code, ...]) -> list[str]:
    return [one.code for one in codes]


def test_a_day_lies_from_the_first_to_before_the_last() -> None:
    codes = (code("a", valid_from=FIRST, valid_until=SECOND), code("b", valid_from=SECOND),
             code("c"))  # fmt: skip
    assert names(valid_at(codes, date(2000, 12, 31))) == ["c"]
    assert names(valid_at(codes, FIRST)) == ["a", "c"]
    assert names(valid_at(codes, date(2001, 12, 31))) == ["a", "c"]
    assert names(valid_at(codes, SECOND)) == ["b", "c"]


def test_an_edition_ends_renames_and_begins() -> None:
    first = followed((), Listing(FIRST, [code("a", "A"), code("b", "B"), code("c", "C")]))
    second = followed(first, Listing(SECOND, [code("a", "A", parent="d"), code("b", "Bee"),
                                              code("d", "D")]))  # fmt: skip
    assert second == (
        code("a", "A", parent="d", valid_from=FIRST),
        code("b", "B", valid_from=FIRST, valid_until=SECOND),
        code("b", "Bee", valid_from=SECOND),
        code("c", "C", valid_from=FIRST, valid_until=SECOND),
        code("d", "D", valid_from=SECOND),
    )
    what = differences(second, FIRST, SECOND)
    assert names(what.added) == ["d"]
    assert names(what.removed) == ["c"]
    assert [(was.label.en, now.label.en) for was, now in what.renamed] == [("B", "Bee")]


def test_silence_ends_nothing_and_begins_nothing() -> None:
    first = followed((), Listing(FIRST, [code("a"), code("b")]))
    second = followed(first, Listing(SECOND, [code("c")], silent=frozenset({"b", "c"})))
    assert names(valid_at(second, SECOND)) == ["b"]


def test_successors_are_said_or_derived() -> None:
    first = followed((), Listing(FIRST, [code("a"), code("b", superseded_by=("x",))]))
    second = followed(first, Listing(SECOND, [code("c")]), lambda ended, begun: {
        one.code: tuple(names(tuple(begun))) for one in ended
    })  # fmt: skip
    assert {one.code: one.superseded_by for one in second} == {"a": ("c",), "b": ("x",), "c": ()}


LISTS = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["A", "B"]), max_size=6),
    min_size=1, max_size=8,
)  # fmt: skip


@given(LISTS)
def test_what_was_published_is_read_back(published: list[dict[str, str]]) -> None:
    """At the day of each edition the list is what that edition listed, and codes meet nowhere."""
    codes: tuple[Code, ...] = ()
    days = [date(2000 + number, 1, 1) for number in range(len(published))]
    for day, labels in zip(days, published, strict=True):
        codes = followed(codes, Listing(day, [code(name, text) for name, text in labels.items()]))
    for day, labels in zip(days, published, strict=True):
        assert {one.code: one.label.en for one in valid_at(codes, day)} == labels
    assert not list(faults(codes))


def test_what_is_wrong_with_a_list() -> None:
    wrong = {
        name: str(fault)
        for name, fault in faults(
            (
                code("a", parent="z"),
                code("b", superseded_by=("y",)),
                code("c", valid_from=SECOND, valid_until=FIRST),
                code("d", valid_from=FIRST),
                code("d", valid_from=SECOND),
                code("e", parent="f"),
                code("f", parent="e"),
                code(""),
                code("g"),
            )
        )
    }
    assert set(wrong) == {"a", "b", "c", "d", "e", "f", ""}
    assert "`z`" in wrong["a"]
    assert "`y`" in wrong["b"]
    assert "before it begins" in wrong["c"]
    assert "twice" in wrong["d"]
    assert "above itself" in wrong["e"]


def test_a_code_may_come_back() -> None:
    codes = (code("a", valid_from=FIRST, valid_until=SECOND), code("a", valid_from=THIRD))
    assert not list(faults(codes))
