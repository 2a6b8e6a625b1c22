"""What single kinds do beyond what all must: bounds, misfits, hostile options, figures by hand."""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError
from tests.kits.quality.checks.counted import REF, Table, good, number, options

from doumen.kits.quality.checks import BY_NAME, Judged, Own, Rows, Subject, Whole
from doumen.kits.quality.checks.freshness import seconds
from doumen.kits.quality.checks.phone import REGIONS
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql import parse
from doumen.model.errors import NotFound, Unavailable


def subject(*columns: str, **types: str) -> Subject:
    return Subject(REF, types, columns)


def misfit(at: Subject, **given: Any) -> str | None:
    check = options(**given)
    return BY_NAME[given["check"]].misfit(at, check)


def faults(**given: Any) -> list[str]:
    with pytest.raises(ValidationError) as error:
        options(**given)
    return [fault["msg"].removeprefix("Value error, ") for fault in error.value.errors()]


# tolerance and place


def test_faults_may_be_tolerated_by_number_or_by_share() -> None:
    texts = Table({"v": "VARCHAR"}, [("1",), ("100096",), ("100808",), (None,)])
    wrong = {"check": "postcode", "country": "CN"}
    assert not good(options(**wrong), texts, ["v"])
    assert good(options(**wrong, at_most=1), texts, ["v"])
    assert good(options(**wrong, at_most_percent=25), texts, ["v"])
    assert not good(options(**wrong, at_most_percent="24.9"), texts, ["v"])
    assert faults(**wrong, at_most=1, at_most_percent=1) == [
        "give `at_most` or `at_most_percent`, not both"
    ]


def test_a_check_of_a_column_stands_at_one_or_names_it() -> None:
    given = {"check": "postcode", "country": "CN"}
    assert misfit(subject("a", a="VARCHAR"), **given) is None
    assert misfit(subject(a="VARCHAR"), **given, column="a") is None
    assert misfit(subject("b", a="VARCHAR", b="DATE"), **given, column="a") is None
    assert "a check of one column" in str(misfit(subject(a="VARCHAR"), **given))
    assert "a check of one column" in str(misfit(subject("a", "b", a="VARCHAR"), **given))
    assert misfit(subject(a="VARCHAR"), **given, column="c") == "`c` is no column of it"
    assert misfit(subject("a", a="DATE"), **given) == "`a` is DATE; it must be text or whole number"


# by library


def test_schemes_are_those_of_the_shelf_or_of_the_library() -> None:
    assert isinstance(
        BY_NAME["identifier"].measure(
            subject("a", a="VARCHAR"), options(check="identifier", scheme="stdnum:eu.vat")
        ),
        Judged,
    )
    for scheme in ("os", "stdnum:os", "stdnum:", "stdnum:eu.vat.x", "IBAN", "stdnum:../eu.vat"):
        (fault,) = faults(check="identifier", scheme=scheme)
        assert "is no scheme that is known" in fault


def test_regions_are_those_of_the_library() -> None:
    import phonenumbers

    assert set(phonenumbers.SUPPORTED_REGIONS) == REGIONS
    assert faults(check="phone", region="cn") == [
        "`cn` is no region with telephone numbers, such as CN or DE"
    ]


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_the_example_number_of_every_region_is_accepted(region: str) -> None:
    import phonenumbers

    example = phonenumbers.example_number(region)
    measure = BY_NAME["phone"].measure(
        subject("v", v="VARCHAR"), options(check="phone", region=region)
    )
    assert example is not None
    assert isinstance(measure, Judged)
    national = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
    world = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert measure.accepts(national)
    assert measure.accepts(world)
    assert not measure.accepts(world + "0000000000")


def test_without_the_library_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(Unavailable, match="phonenumbers"):
        BY_NAME["phone"].measure(subject("v", v="VARCHAR"), options(check="phone"))


def test_a_country_without_known_codes_is_refused() -> None:
    for country in ("cn", "XX", "HK", ""):
        (fault,) = faults(check="postcode", country=country)
        assert "no country whose postal codes are known" in fault


def test_a_code_within_a_longer_text_is_none() -> None:
    texts = Table({"v": "VARCHAR"}, [("1000967",), ("a100096",), ("100096\n",), ("１０００９６",)])
    assert number(options(check="postcode", country="CN"), texts, ["v"]) == 4


def test_codes_are_put_in_by_whoever_runs_it() -> None:
    at = subject("v", v="VARCHAR")
    assert misfit(at, check="code_list", code_list="area") is None
    assert "no code list" in str(misfit(at, check="code_list", code_list="area", codes=[]))
    with pytest.raises(NotFound, match="area"):
        BY_NAME["code_list"].measure(at, options(check="code_list", code_list="area"))


# compare


def test_columns_are_compared_where_their_types_are() -> None:
    given = {"check": "compare", "left": "a", "operator": "<", "right": "b"}
    assert misfit(subject(a="INTEGER", b="DOUBLE"), **given) is None
    assert misfit(subject(a="DATE", b="DATE"), **given) is None
    assert "do not compare" in str(misfit(subject(a="DATE", b="TIMESTAMP"), **given))
    assert "do not compare" in str(misfit(subject(a="VARCHAR", b="INTEGER"), **given))
    assert misfit(subject(a="DATE"), **given) == "`b` is no column of it"


@pytest.mark.parametrize(
    ("type", "value"),
    [("INTEGER", 5), ("DOUBLE", 2.5), ("DECIMAL(9,2)", "1.25"), ("BOOLEAN", True),
     ("DATE", "2024-02-29"), ("TIMESTAMP", "2024-02-29T12:00:00"), ("VARCHAR", "x'; --")],
)  # fmt: skip
def test_a_value_is_one_of_the_columns_type(type: str, value: Any) -> None:
    given = {"check": "compare", "left": "a", "operator": "!=", "value": value}
    assert misfit(subject(a=type), **given) is None
    same = Table({"a": type}, [(value,), (None,)])
    assert number(options(**given), same) == 1


def test_what_is_no_value_of_the_type_does_not_fit() -> None:
    given = {"check": "compare", "left": "a", "operator": "<", "value": "2023-02-29"}
    assert misfit(subject(a="DATE"), **given) == "`2023-02-29` is no DATE"
    assert "is no INTEGER" in str(misfit(subject(a="INTEGER"), **given))
    assert faults(check="compare", left="a", operator="<") == ["give `right`, a column, or `value`"]
    assert len(faults(check="compare", operator="~")) == 2


def test_rows_without_a_value_may_be_faults() -> None:
    rows = Table({"a": "INTEGER", "b": "INTEGER"}, [(1, 2), (None, 2), (1, None), (2, 1)])
    given = {"check": "compare", "left": "a", "operator": "<", "right": "b"}
    assert number(options(**given), rows) == 1
    assert number(options(**given, allow_null=False), rows) == 3


# expression


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("a + 1 > 2", "may fail"),
        ("CAST(b AS INTEGER) = 1", "casts"),
        ("a", "no condition"),
        ("c = 1", "`c`"),
        ("a = ?", "parameter"),
        ("a = $1", "parameter"),
        ("a = 1; DROP TABLE d.rows", "one"),
        ("a = 1, true", "one expression"),
        ("a = 1 FROM d.other", "one expression"),
        ("a IN (SELECT a FROM d.other)", "subquery"),
        ("a = 1 AS x", "one expression"),
        ("a =", "syntax"),
        ("upper(b) = 1", "compare"),
        ("random() < 0.5", "filter"),
        ("(" * 300 + "a = 1" + ")" * 300, "nesting"),
        ("d.rows.a = 1", "d.rows.a"),
    ],
)
def test_an_expression_that_could_fail_does_not_fit(expression: str, why: str) -> None:
    found = misfit(subject(a="INTEGER", b="VARCHAR"), check="expression", expression=expression)
    assert found is not None
    assert why.casefold() in found.casefold()


def test_an_expression_ends_where_it_ends() -> None:
    """A comment in it does not reach what stands after it."""
    rows = Table({"a": "INTEGER", "b": "VARCHAR"}, [(1, "x"), (2, "y"), (None, "x")])
    check = options(check="expression", expression="a = 1 AND b LIKE 'x%' -- ) OR true")
    assert number(check, rows) == 1
    measure = BY_NAME["expression"].measure(subject(a="INTEGER", b="VARCHAR"), check)
    assert isinstance(measure, Rows)
    parse(f"SELECT count_if({measure.condition}) FROM d.rows")


# lookup


def test_a_name_without_domain_is_one_of_the_same_domain() -> None:
    at = subject("v", v="BIGINT", id="INTEGER")
    given = {"check": "lookup", "on": {"id": "order_id"}, "aggregate": "count"}
    for name, table in (("items", '"d"."items"'), ("far.items", '"far"."items"')):
        measure = BY_NAME["lookup"].measure(at, options(**given, dataset=name))
        assert isinstance(measure, Own)
        assert table in measure.statement
    assert "no name of a dataset" in faults(**given, dataset="a.b.c.d")[0]
    assert "goes with `sum`" in faults(**given, dataset="items", of="amount")[0]
    assert misfit(subject("v", v="BIGINT"), **given, dataset="items") == "`id` is no column of it"


def test_sums_may_be_a_little_apart() -> None:
    others = (
        "CREATE TABLE d.items (k INTEGER, x DOUBLE)",
        "INSERT INTO d.items VALUES (1, 0.1), (1, 0.2)",
    )
    rows = Table({"k": "INTEGER", "v": "DOUBLE"}, [(1, 0.3)], others)
    given = {"check": "lookup", "dataset": "items", "on": {"k": "k"}, "aggregate": "sum", "of": "x"}
    assert number(options(**given), rows, ["v"]) == 1
    assert number(options(**given, within="0.001"), rows, ["v"]) == 0


def test_rows_at_fault_of_a_lookup_are_found_by_their_condition() -> None:
    others = (
        "CREATE TABLE d.items (there_total INTEGER, v INTEGER)",
        "INSERT INTO d.items VALUES (1, 5), (2, 6)",
    )
    table = Table({"v": "INTEGER", "there_total": "INTEGER"}, [(5, 1), (9, 2), (0, 3)], others)
    check = options(
        check="lookup", dataset="items", on={"there_total": "there_total"}, aggregate="sum",
        of="v",
    )  # fmt: skip
    measure = BY_NAME["lookup"].measure(Subject(REF, table.types, ("v",)), check)
    assert isinstance(measure, Own)
    assert measure.failing is not None
    with table.opened() as engine:
        found = engine.execute(f"SELECT v FROM d.rows WHERE {measure.failing.condition}")
        assert found.fetchall() == [(9,)]


# freshness


@pytest.mark.parametrize(
    ("duration", "length"),
    [("P1D", 86_400), ("PT36H", 129_600), ("P2W", 1_209_600), ("P1DT2H3M4S", 93_784),
     ("PT0S", 0), ("P", None), ("PT", None), ("P1M", None), ("P1Y", None), ("1D", None),
     ("P1D\n", None), ("-P1D", None), ("P１D", None), ("PT1.5H", None), ("P1DT", None), ("", None)],
)  # fmt: skip
def test_durations(duration: str, length: int | None) -> None:
    assert seconds(duration) == length
    if length is None:
        assert "no duration" in faults(check="freshness", max_age=duration)[0]
    else:
        kind, check = BY_NAME["freshness"], options(check="freshness", max_age=duration)
        assert kind.expects(check, ()) == Expectation("mustBeLessOrEqualTo", (str(length),))


# volume


@pytest.mark.parametrize(
    ("given", "past", "expected"),
    [
        ({"min": 5}, [], ("mustBeGreaterOrEqualTo", ("5",))),
        ({"max": 5}, [], ("mustBeLessOrEqualTo", ("5",))),
        ({"min": 2, "max": 5}, [], ("mustBeBetween", ("2", "5"))),
        ({"change_percent": 10}, [], None),
        ({"change_percent": 10}, [100, 200, 1000], ("mustBeBetween", ("180.0", "220.0"))),
        ({"change_percent": 10}, [100, 200], ("mustBeBetween", ("135.0", "165.0"))),
        ({"change_percent": 10, "min": 190}, [200], ("mustBeBetween", ("190", "220.0"))),
        ({"change_percent": 10, "max": 150}, [200], ("mustBeBetween", ("180.0", "150"))),
        ({"change_percent": 10, "min": 3}, [], ("mustBeGreaterOrEqualTo", ("3",))),
    ],
)
def test_volume_is_bound_by_all_that_is_known(
    given: dict[str, Any], past: list[int], expected: tuple[str, tuple[str, ...]] | None
) -> None:
    found = BY_NAME["volume"].expects(options(check="volume", **given), [Decimal(n) for n in past])
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert found.operator == expected[0]
    assert [Decimal(b) for b in found.bounds] == [Decimal(b) for b in expected[1]]


def test_volume_has_words_for_each_bound() -> None:
    kind = BY_NAME["volume"]
    check = options(check="volume", min=1000, max=2000, change_percent=5)
    words = "at least 1,000 rows, at most 2,000 rows, within 5 % of the median of earlier runs"
    assert kind.words(check) == words
    assert kind.words(options(check="volume", max=3)) == "at most 3 rows"
    assert kind.misfit(subject(a="DATE"), check) is None


def test_volume_needs_a_bound() -> None:
    assert faults(check="volume") == ["give `min`, `max` or `change_percent`"]
    assert faults(check="volume", min=2, max=1) == ["`min` is above `max`"]
    assert len(faults(check="volume", min=-1, change_percent=-1)) == 2


# distribution


def index(actual: list[float], expected: list[float]) -> float:
    """The two divergences of Kullback and Leibler, summed: the index by its definition."""
    there = sum(a * math.log(a / e) for a, e in zip(actual, expected, strict=True))
    back = sum(e * math.log(e / a) for a, e in zip(actual, expected, strict=True))
    return there + back


def test_the_index_is_that_of_its_definition() -> None:
    values = ["a"] * 10 + ["b"] * 20 + ["c"] * 30 + ["z"] * 40
    rows = Table({"v": "VARCHAR"}, [(v,) for v in values])
    check = options(check="distribution", values={"a": 0.25, "b": 0.25, "c": 0.25}, column="v")
    found = number(check, rows)
    assert found is not None
    assert float(found) == pytest.approx(index([0.1, 0.2, 0.3, 0.4], [0.25] * 4), abs=1e-12)
    assert float(found) == pytest.approx(0.2282, abs=5e-5)  # worked by hand


def test_bins_hold_what_lies_between_their_edges() -> None:
    rows = Table({"v": "DOUBLE"}, [(x,) for x in (-5, -1, 0, 0, 0.5, 1, 1, 2, 3, 1e300, "nan")])
    check = options(check="distribution", edges=[0, 1], shares=[0.2, 0.3, 0.5], column="v")
    found = number(check, rows)
    assert found is not None
    expected = index([2 / 11, 3 / 11, 6 / 11], [0.2, 0.3, 0.5])
    assert float(found) == pytest.approx(expected, abs=1e-12)


def test_an_empty_bin_counts_as_a_ten_thousandth() -> None:
    rows = Table({"v": "BOOLEAN"}, [(True,)] * 10)
    check = options(check="distribution", values={True: 0.5, False: 0.5}, column="v")
    found = number(check, rows)
    assert found is not None
    assert float(found) == pytest.approx(0.5 * math.log(2) + (0.0001 - 0.5) * math.log(0.0002))


def test_shares_and_edges_are_held_together() -> None:
    def told(**given: Any) -> str:
        return faults(check="distribution", **given)[0]

    assert "give `edges` and `shares`, or `values`" in told()
    assert "give `edges` and `shares`, or `values`" in told(edges=[1], values={"a": 1})
    assert "do not ascend" in told(edges=[2, 1], shares=[0.2, 0.3, 0.5])
    assert "do not ascend" in told(edges=[1, 1], shares=[0.2, 0.3, 0.5])
    assert "should hold 2" in told(edges=[1], shares=[1])
    assert "should hold 2" in told(edges=[1])
    assert "not 1 together" in told(edges=[1], shares=[0.5, 0.4])
    assert "more than 1 together" in told(values={"a": 0.6, "b": 0.6})
    assert "from 0 to 1" in told(values={"a": -1})
    assert "goes with `edges`" in told(values={"a": 1}, shares=[1])
    assert "dictionary" in told(values=[1]) or "mapping" in told(values=[1])


# what the number depends on


@pytest.mark.parametrize(
    ("given", "columns", "counts"),
    [
        ({"check": "identifier", "scheme": "iban"}, ("v",), True),
        ({"check": "identifier", "scheme": "iban", "column": "w"}, ("w",), True),
        ({"check": "phone"}, ("v",), True),
        ({"check": "postcode", "country": "CN"}, ("v",), True),
        ({"check": "code_list", "code_list": "x"}, ("v",), True),
        ({"check": "compare", "left": "w", "operator": "<", "right": "v"}, ("w", "v"), True),
        ({"check": "compare", "left": "w", "operator": "<", "value": "x"}, ("w",), True),
        ({"check": "expression", "expression": "W = 'x' OR v = w"}, ("w", "v"), True),
        ({"check": "lookup", "dataset": "i", "on": {"w": "k"}, "aggregate": "count"}, ("v", "w"),
         True),
        ({"check": "freshness", "max_age": "P1D"}, ("v",), False),
        ({"check": "volume", "min": 1}, (), True),
        ({"check": "distribution", "values": {"a": 1}}, ("v",), False),
    ],
)  # fmt: skip
def test_a_kind_says_what_it_reads(
    given: dict[str, Any], columns: tuple[str, ...], counts: bool
) -> None:
    kind = BY_NAME[given["check"]]
    assert kind.reads(subject("v", v="VARCHAR", w="VARCHAR"), options(**given)) == columns
    assert kind.counts is counts


def test_an_aggregate_is_an_aggregate() -> None:
    for given in ({"check": "freshness", "max_age": "P1D"}, {"check": "volume", "min": 1}):
        kind = BY_NAME[str(given["check"])]
        assert isinstance(kind.measure(subject("v", v="DATE"), options(**given)), Whole)
