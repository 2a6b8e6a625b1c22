"""What terms show: by their words, or by a ruling."""

from __future__ import annotations

from datetime import date

from doumen.kits.policy.exposure import granted, ruled
from doumen.kits.policy.offers import read_terms
from doumen.kits.policy.ruling import DatasetRuling, RuledColumn
from doumen.model.exposure import Shown, Sight
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref
from doumen.model.rule import Mask
from doumen.model.schema import Column

OWN = "did:web:weather.example"
HOURLY, DAILY = Ref("w", "hourly"), Ref("w", "daily")
TERMS = read_terms("""
for: [research]
until: 2027-12-31
datasets:
  w.daily: {}
  w.hourly:
    columns: [Temp, city]
    duties:
      - filter: "city <> 'x'"
      - min_group: {k: 5, unit: city}
      - mask: {column: temp, method: hash}
      - mask: {column: temp, method: bucket, edges: [1]}
""")


def test_words_of_terms_with_what_a_catalogue_tells() -> None:
    daily, hourly = granted(
        TERMS, OWN, {DAILY: [("day", "DATE")], HOURLY: [("temp", "BIGINT")]}, "A-1"
    )
    assert daily == Sight(
        OWN, DAILY, "A-1", (Shown("day", "DATE"),), purposes=("research",), until=date(2027, 12, 31)
    )
    bucket = Mask("bucket", None, (("edges", (1,)),))
    assert set(hourly.columns) == {Shown("Temp", "BIGINT", bucket), Shown("city")}
    assert (hourly.filters, hourly.groups) == (("city <> 'x'",), ((5, "city"),))
    assert hourly.whole


def test_columns_that_nobody_tells_are_not_known() -> None:
    daily, hourly = granted(TERMS, OWN, {})
    assert (daily.columns, daily.whole, daily.agreement) == ((), False, None)
    assert hourly.whole


def test_a_ruling_with_labels() -> None:
    label = Fact("label", "w.hourly.temp", {"labels": ["personal"], "origin": "set"})
    facts = Facts().extended([FactRow(1, label, "e", "")])
    ruling = DatasetRuling(
        HOURLY,
        (
            RuledColumn(Column("temp", "BIGINT"), Mask("hash")),
            RuledColumn(Column("city", "VARCHAR")),
        ),
        filters=(("r2", "b"), ("r1", "b"), ("r1", "a")),
        groups=((5, "city", "r1"), (5, "city", "r2")),
    )
    assert ruled(ruling, TERMS, OWN, facts, "A-1") == Sight(
        OWN,
        HOURLY,
        "A-1",
        (Shown("temp", "BIGINT", Mask("hash"), ("personal",)), Shown("city", "VARCHAR")),
        ("a", "b"),
        ((5, "city"),),
        ("research",),
        date(2027, 12, 31),
    )
