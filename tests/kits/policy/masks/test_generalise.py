"""Mask method `generalise`, on the real engine: exact, total, and of the declared type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from doumen.kits.policy import duty_words
from doumen.kits.policy.duties import BY_NOUN
from doumen.kits.policy.masks.generalise import GeneraliseForm
from doumen.model.rule import Mask, Option

Shown = Callable[..., Any]

INTEGERS = {
    "TINYINT": (-(2**7), 2**7 - 1),
    "UTINYINT": (0, 2**8 - 1),
    "INTEGER": (-(2**31), 2**31 - 1),
    "BIGINT": (-(2**63), 2**63 - 1),
    "UBIGINT": (0, 2**64 - 1),
    "HUGEINT": (-(2**127), 2**127 - 1),
    "UHUGEINT": (0, 2**128 - 1),
}


def mask(levels: Option) -> Mask:
    return Mask("generalise", None, (("levels", levels),))


@pytest.mark.parametrize(
    ("unit", "day"), [("month", "2027-08-01"), ("quarter", "2027-07-01"), ("year", "2027-01-01")]
)
def test_the_first_day_of_a_unit(shown: Shown, unit: str, day: str) -> None:
    for type, value in {
        "DATE": "2027-08-31",
        "TIMESTAMP": "2027-08-31 23:59:59.999999",
        "TIMESTAMP WITH TIME ZONE": "2027-09-01 01:00:00+02:00",
    }.items():
        assert shown(mask(unit), f"'{value}'", type) == date.fromisoformat(day)


@pytest.mark.parametrize("unit", ["month", "quarter", "year"])
@pytest.mark.parametrize("type", ["DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"])
def test_moments_at_the_ends_of_time(shown: Shown, unit: str, type: str) -> None:
    for value in ("5877642-06-25 (BC)", "5881580-07-10", "290309-12-22 (BC)", "294247-01-10"):
        given = f"TRY_CAST(DATE '{value}' AS {type})"
        shown(mask(unit), given, type)
    for value in ("infinity", "-infinity"):
        seen = shown(mask(unit), f"'{value}'", type, read="CAST({} AS VARCHAR)")
        assert seen == value


@pytest.mark.parametrize("type", INTEGERS)
@given(st.data())
@settings(derandomize=True, deadline=None, max_examples=25)
def test_steps_are_exact_on_integers(shown: Shown, type: str, data: st.DataObject) -> None:
    low, high = INTEGERS[type]
    ends = st.sampled_from([low, high, low + 1, high - 1, 0, low // 2])
    value = data.draw(ends | st.integers(low, high))
    step = data.draw(st.sampled_from([1, 7, 100]) | st.integers(1, min(high, 10**15)))
    floor = value // step * step
    expected = floor if floor >= low else None
    assert shown(mask(step), f"CAST('{value}' AS {type})", type) == expected


@pytest.mark.parametrize("type", ["DECIMAL(12,2)", "DECIMAL(38,10)", "DECIMAL(4,4)"])
@given(st.data())
@settings(derandomize=True, deadline=None, max_examples=25)
def test_steps_are_exact_on_decimals(shown: Shown, type: str, data: st.DataObject) -> None:
    width, scale = map(int, type[8:-1].split(","))
    unit = Decimal(1).scaleb(-scale)
    raw = data.draw(st.sampled_from([10**width - 1, 1 - 10**width, 0]) | st.integers(-9999, 9999))
    step = data.draw(st.sampled_from([0.25, 0.5, 0.01] if scale != 2 else [0.25, 10, 2000]))
    value, exact = Decimal(f"{raw}E-{scale}"), Decimal(repr(step))
    floor = (raw // int(exact / unit)) * int(exact / unit)
    expected = Decimal(f"{floor}E-{scale}") if abs(floor) < 10**width else None
    assert shown(mask(step), f"CAST('{value:f}' AS {type})", type) == expected


@pytest.mark.parametrize("type", ["DOUBLE", "FLOAT"])
def test_steps_on_floating_numbers(shown: Shown, type: str) -> None:
    for value, seen in {
        "-12.7": -20,
        "12.7": 10,
        "-0.0": 0,
        "10": 10,
        "'-inf'": -float("inf"),
    }.items():
        assert shown(mask(10), value, type) == seen
    assert str(shown(mask(10), "'nan'", type)) == "nan"
    for value in ("1.7e308", "-1.7e308", "5e-324"):
        shown(mask(0.1), f"CAST({value} AS DOUBLE)", "DOUBLE")
    for value in ("3.4e38", "-3.4e38", "1e-45"):
        shown(mask(0.1), f"CAST({value} AS FLOAT)", "FLOAT")


def test_a_mapping(shown: Shown) -> None:
    cities = mask((("", "none"), ("O'Hare", "Illinois"), ("温州", "浙江")))
    for value, seen in {"温州": "浙江", "O''Hare": "Illinois", "": "none", "Wenzhou": None}.items():
        assert shown(cities, f"'{value}'", "VARCHAR") == seen


@pytest.mark.parametrize(
    ("levels", "type", "why"),
    [
        ("month", "BIGINT", "`month` generalises a date or a timestamp; column `x` is BIGINT"),
        (10, "VARCHAR", "a step generalises a number; column `x` is VARCHAR"),
        (0.5, "BIGINT", "BIGINT of column `x` cannot hold the step 0.5"),
        (1000, "TINYINT", "TINYINT of column `x` cannot hold the step 1000"),
        (0.125, "DECIMAL(12,2)", "DECIMAL(12,2) of column `x` cannot hold the step 0.125"),
        ((("a", "b"),), "BOOLEAN", "a mapping generalises text; column `x` is BOOLEAN"),
    ],
)
def test_what_it_does_not_suit_shows_nothing(
    shown: Shown, misfits: Callable[..., str], levels: Option, type: str, why: str
) -> None:
    assert misfits(mask(levels), type) == f"mask `generalise`: {why}"
    assert shown(mask(levels), "'1'" if type != "BOOLEAN" else "true", type) is None


@pytest.mark.parametrize(
    ("levels", "kept"),
    [
        ("year", "year"),
        (10.0, 10),
        (0.25, 0.25),
        (1e3, 1000),
        ({"b": "x", "a": "y"}, (("a", "y"), ("b", "x"))),
    ],
)
def test_levels_are_kept_in_one_form(levels: Any, kept: Option) -> None:
    form = GeneraliseForm(method="generalise", levels=levels)
    assert repr(form.options()["levels"]) == repr(kept)


@pytest.mark.parametrize(
    ("levels", "why"),
    [
        ("week", "levels are `month`, `quarter` or `year`"),
        (True, "levels are"),
        (None, "levels are"),
        ([1], "levels are"),
        (0, "a step is above 0"),
        (-5, "a step is above 0"),
        (float("inf"), "not a number up to"),
        (float("nan"), "not a number up to"),
        (2e15, "not a number up to"),
        pytest.param(10**400, "not a number up to", id="huge"),
        (1.0000000001, "more than 9 digits behind the point"),
        ({}, "1 to 1,000 values, not 0"),
        ({1: "a"}, "write others in quotes"),
        ({"a": None}, "write others in quotes"),
        ({"a": "x" * 1001}, "at most 1,000 characters"),
        ({str(n): "x" for n in range(1001)}, "not 1,001"),
    ],
)
def test_faults_of_levels(levels: Any, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        GeneraliseForm(method="generalise", levels=levels)


def test_words_do_not_tell_a_mapping() -> None:
    assert duty_words(mask("month")) == "the column is shown as the first day of its month"
    assert duty_words(mask(0.5)).endswith("as the next multiple of 0.5 at or below it")
    secret = mask((("Wenzhou", "Zhejiang"),))
    assert duty_words(secret, literals=True).endswith("shown as a more general value")
    kind = BY_NOUN[Mask]
    assert kind.withheld(secret) == mask((("…", "…"),))
    assert kind.withheld(mask(5)) == mask(5)
