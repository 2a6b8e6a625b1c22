"""Mask method `bucket`, on the real engine: every value of every type lies in one range."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.counts import count

from doumen.kits.policy import duty_words
from doumen.kits.policy.duties import BY_NOUN
from doumen.kits.policy.masks.bucket import BucketForm
from doumen.model.rule import Mask, Option

Shown = Callable[..., Any]


def mask(*edges: Option) -> Mask:
    return Mask("bucket", None, (("edges", edges),))


@pytest.mark.parametrize(
    ("value", "seen"),
    [("9", "< 10"), ("10", "[10, 20)"), ("19", "[10, 20)"), ("20", "[20, 90)"), ("90", ">= 90")],
)
@pytest.mark.parametrize(
    "type", ["TINYINT", "UINTEGER", "BIGINT", "UHUGEINT", "DECIMAL(9,3)", "DOUBLE", "FLOAT"]
)
def test_ranges_take_their_lower_edge(shown: Shown, type: str, value: str, seen: str) -> None:
    assert shown(mask(10, 20, 90), value, type) == seen


def test_one_edge_and_edges_between_values(shown: Shown) -> None:
    assert shown(mask(0), "-1", "BIGINT") == "< 0"
    assert shown(mask(0), "0", "BIGINT") == ">= 0"
    assert shown(mask(0.5, 1.5), "1", "BIGINT") == "[0.5, 1.5)"
    assert shown(mask(-0.5), "0", "BIGINT") == ">= -0.5"
    assert shown(mask(0.125), "0.12", "DECIMAL(4,2)") == "< 0.125"
    assert shown(mask(0.125), "0.13", "DECIMAL(4,2)") == ">= 0.125"


def test_edges_beyond_the_type(shown: Shown) -> None:
    edges = mask(-1000, 0, 1000)
    assert shown(edges, "127", "TINYINT") == "[0, 1000)"
    assert shown(edges, "-128", "TINYINT") == "[-1000, 0)"
    assert shown(edges, "0", "UTINYINT") == "[0, 1000)"
    assert shown(edges, "9.9", "DECIMAL(2,1)") == "[0, 1000)"
    assert shown(mask(10**15), f"'{2**127 - 1}'", "HUGEINT") == f">= {10**15}"
    assert shown(mask(1), f"'{'9' * 38}'", "DECIMAL(38,0)") == ">= 1"


@pytest.mark.parametrize("type", ["DOUBLE", "FLOAT"])
def test_what_is_not_finite(shown: Shown, type: str) -> None:
    for value, seen in {"inf": ">= 1", "-inf": "< 1", "nan": None}.items():
        assert shown(mask(1), f"'{value}'", type) == seen


def test_dates_and_timestamps(shown: Shown) -> None:
    days = mask("2020-01-01", "2021-01-01")
    assert shown(days, "'2019-12-31'", "DATE") == "< 2020-01-01"
    assert shown(days, "'2020-12-31 23:59:59'", "TIMESTAMP") == "[2020-01-01, 2021-01-01)"
    assert shown(days, "'2021-01-01 00:00:00+00'", "TIMESTAMP WITH TIME ZONE") == ">= 2021-01-01"
    assert shown(days, "'2021-01-01 00:30:00+01'", "TIMESTAMP WITH TIME ZONE")[0] == "["
    hours = mask("2020-01-01 08:00", "2020-01-01T16:00:00.500")
    assert shown(hours, "'2020-01-01 16:00:00.4'", "TIMESTAMP")[0] == "["
    zoned = mask("2020-01-01T08:00:00+08:00")
    assert shown(zoned, "'2020-01-01 00:00:00+00'", "TIMESTAMP WITH TIME ZONE")[0] == ">"
    for value in ("infinity", "5881580-07-10"):
        assert shown(days, f"'{value}'", "DATE") == ">= 2021-01-01"
    for value in ("-infinity", "5877642-06-25 (BC)"):
        assert shown(days, f"'{value}'", "DATE") == "< 2020-01-01"


_EDGES = st.lists(
    st.integers(-300, 300) | st.integers(-3000, 3000).map(lambda n: n / 8),
    min_size=1, max_size=5, unique_by=Decimal,
).map(sorted)  # fmt: skip


@given(st.sampled_from(["TINYINT", "BIGINT", "DECIMAL(5,2)", "DOUBLE"]), _EDGES, st.data())
@settings(derandomize=True, deadline=None, max_examples=count(150))
def test_the_range_holds_the_value(
    shown: Shown, type: str, edges: list[Any], data: st.DataObject
) -> None:
    whole = st.integers(-128, 127).map(Decimal)
    parts = st.integers(-99999, 99999).map(lambda n: Decimal(n) / 100)
    value = data.draw(parts if type in {"DECIMAL(5,2)", "DOUBLE"} else whole)
    form = BucketForm(method="bucket", edges=edges)
    seen = shown(mask(*form.options()["edges"]), f"CAST('{value}' AS {type})", type)
    low, high = {"<": (None, seen[2:]), ">": (seen[3:], None)}.get(
        seen[0], tuple(seen[1:-1].split(", "))
    )
    assert low is None or Decimal(low) <= value
    assert high is None or value < Decimal(high)


@pytest.mark.parametrize(
    ("edges", "type", "why"),
    [
        ((1,), "VARCHAR", "edges are numbers; column `x` is VARCHAR"),
        ((1,), "DATE", "edges are numbers; column `x` is DATE"),
        (("2020-01-01",), "BIGINT", "edges are dates or timestamps; column `x` is BIGINT"),
        (
            ("2020-01-01 12:00",),
            "DATE",
            "edge `2020-01-01 12:00` does not suit it: column `x` is DATE",
        ),
        (
            ("2020-01-01T12:00+02:00",),
            "TIMESTAMP",
            "edge `2020-01-01T12:00+02:00` does not suit it: column `x` is TIMESTAMP",
        ),
    ],
)  # fmt: skip
def test_what_it_does_not_suit_shows_nothing(
    shown: Shown, misfits: Callable[..., str], edges: tuple[Option, ...], type: str, why: str
) -> None:
    assert misfits(mask(*edges), type) == f"mask `bucket`: {why}"
    assert shown(mask(*edges), "NULL", type) is None


@pytest.mark.parametrize(
    ("edges", "why"),
    [
        ([], "a list of 1 to 100"),
        (5, "a list of 1 to 100"),
        (list(range(101)), "a list of 1 to 100"),
        ([1, "2020-01-01"], "all numbers, or all dates"),
        ([True], "all numbers, or all dates"),
        ([None], "all numbers, or all dates"),
        ([1, 1.0], "`1.0` is not above"),
        ([2, 1], "`1` is not above"),
        ([float("nan")], "not a number up to"),
        (["2021-01-01", "2020-01-01"], "`2020-01-01` is not above"),
        (["2020-01-01T00:00Z", "2020-01-01"], "`2020-01-01` is not above"),
        (["20200101"], "is no date or timestamp"),
        (["2020-02-30"], "is no date or timestamp"),
        (["ten"], "is no date or timestamp"),
    ],
)
def test_faults_of_edges(edges: Any, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        BucketForm(method="bucket", edges=edges)


def test_whole_edges_are_kept_as_integers() -> None:
    form = BucketForm(method="bucket", edges=[1.0, 2.5])
    assert repr(form.options()["edges"]) == "(1, 2.5)"


def test_words() -> None:
    words = duty_words(mask(10, 0.25, "2020-01-01"))
    assert words == "the column is shown as a range with the edges 10, 0.25, 2020-01-01"
    assert BY_NOUN[Mask].withheld(mask(1)) == mask(1)
