"""All 20 indicators of GB/T 36344-2018, each worked out by hand.

The table: 90 rows of four columns landed, 10 lie in quarantine or were given up. Each example
is counted on paper in the comment beside it; B counts the 100 rows that came.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from doumen.kits.standards import odcs
from doumen.model.schema import Column
from doumen.rooms.evaluate.score import formulas
from doumen.rooms.evaluate.score.evidence import Evidence, Result
from doumen.rooms.evaluate.score.formulas import Figure
from doumen.rooms.evaluate.score.indicators import INDICATORS
from doumen.rooms.evaluate.score.verb import share

CONTRACT = odcs.read_contract("""\
apiVersion: v3.1.0
kind: DataContract
id: s-1
version: 1.0.0
status: active
schema:
  - name: people
    description: People who moved.
    properties:
      - {name: id, logicalType: integer, description: Number}
      - {name: city, logicalType: string}
      - {name: born, logicalType: date, description: Day of birth}
      - {name: moved, logicalType: date}
""")
COLUMNS = (
    Column("id", "BIGINT"), Column("city", "VARCHAR"), Column("born", "DATE"),
    Column("moved", "TIMESTAMP"),
)  # fmt: skip
NOTHING = Evidence(
    landed=90, aside=8, discarded=2, columns=COLUMNS, contract=CONTRACT, results=(), elements={},
    codelists={}, terms=frozenset(), labelled=frozenset(), rules=0, answered=0, failed=0,
    state=None,
)  # fmt: skip


def ran(rule: str, kind: str, *columns: str, count: int | None = 0, broken: bool = False) -> Result:
    return Result(rule, kind, columns, count, "broken" if broken else "holds")


EXAMPLES: dict[str, tuple[Evidence, tuple[int, int], str]] = {
    # Of 4 columns city and id are linked to an element, and only city has a rule that shows that
    # it follows it: a set finds 5 of its values wrong: 85 of 400.
    "0101": (
        replace(
            NOTHING,
            elements={"city": "el-city", "id": "el-id"},
            results=(ran("s", "set", "city", count=5),),
        ),
        (85, 400), "0.2125",
    ),
    # Three of four columns have the type that the contract says: 3 · 90 of 4 · 100.
    "0102": (NOTHING, (270, 400), "0.675"),
    # id and born are described, moved is linked to a term, the table is described: 4 of 5.
    "0103": (replace(NOTHING, terms=frozenset({"moved"})), (4, 5), "0.8"),
    # A query that holds, an expression that 30 rows break: both are about rows, so 60 of 100.
    "0104": (
        replace(NOTHING, results=(ran("q", "sql", count=None), ran("e", "expression", count=30))),
        (60, 100), "0.6",
    ),
    # A set with 10 values outside, a reference to the dataset of a code list with none: 80 + 90.
    "0105": (
        replace(
            NOTHING, codelists={"id": "cl"},
            results=(ran("s", "set", "city", count=10), ran("r", "reference", "id")),
        ),
        (170, 200), "0.85",
    ),
    # Two of four columns carry a label, and a rule says who reads.
    "0106": (replace(NOTHING, labelled=frozenset({"id", "born"}), rules=1), (2, 4), "0.5"),
    # id and city must have a value; city has none in 40 rows: 90 + 50 of 200.
    "0201": (
        replace(
            NOTHING, results=(ran("a", "required", "id"), ran("b", "null_values", "city", count=40))
        ),
        (140, 200), "0.7",
    ),
    # 90 of 100 landed, and their number is as it should be: 90 + 90 of 200.
    "0202": (replace(NOTHING, results=(ran("n", "row_count", count=None),)), (180, 200), "0.9"),
    # 18 numbers below their minimum: 72 of 100; a minimum of a date is of 0501.
    "0301": (
        replace(
            NOTHING,
            results=(ran("m", "minimum", "id", count=18), ran("d", "minimum", "born", count=9)),
        ),
        (72, 100), "0.72",
    ),
    # Of city a pattern that 3 break and a length that none breaks: 87 of 100.
    "0302": (
        replace(
            NOTHING,
            results=(ran("p", "pattern", "city", count=3), ran("l", "max_length", "city")),
        ),
        (87, 100), "0.87",
    ),
    # 6 rows repeat a key, and the 10 that did not land have none of their own: 16 of 100 wrong.
    "0303": (replace(NOTHING, results=(ran("k", "primary", "id", count=6),)), (16, 100), "0.84"),
    # The key with 6, a unique column with 0: 84 + 90 of 200.
    "0304": (
        replace(
            NOTHING, results=(ran("k", "primary", "id", count=6), ran("u", "unique", "city"))
        ),
        (174, 200), "0.87",
    ),
    # 10 in quarantine, 5 values that break a pattern: 15 of 100 dirty.
    "0305": (
        replace(NOTHING, results=(ran("p", "pattern", "city", count=5),)), (15, 100), "0.85",
    ),
    # Another dataset says 45 of them otherwise: 45 of 100.
    "0401": (replace(NOTHING, results=(ran("o", "lookup", "city", count=45),)), (45, 100), "0.45"),
    # 9 values that the dataset of reference does not have: 81 of 100.
    "0402": (
        replace(NOTHING, results=(ran("r", "reference", "city", count=9),)), (81, 100), "0.81",
    ),
    # 18 births before the period, a distribution that has drifted: 72 + 0 of 200.
    "0501": (
        replace(
            NOTHING,
            results=(
                ran("d", "minimum", "born", count=18),
                ran("x", "distribution", "city", count=None, broken=True),
            ),
        ),
        (72, 200), "0.36",
    ),
    # The latest row is as fresh as it must be: all 90 that landed.
    "0502": (
        replace(NOTHING, results=(ran("f", "freshness", "moved", count=None),)), (90, 100), "0.9",
    ),
    # Born before moved; 30 rows are not: 60 of 100.
    "0503": (
        replace(NOTHING, results=(ran("c", "compare", "born", "moved", count=30),)),
        (60, 100), "0.6",
    ),
    # 19 questions were answered, one failed.
    "0601": (replace(NOTHING, answered=19, failed=1), (19, 20), "0.95"),
    # It is in use.
    "0602": (replace(NOTHING, state="active"), (1, 1), "1"),
}  # fmt: skip


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.code)
def test_by_hand(indicator: object) -> None:
    one = next(each for each in INDICATORS if each is indicator)
    evidence, (a, b), part = EXAMPLES[one.code]
    figure = one.formula(evidence)
    assert figure is not None
    assert (figure.a, figure.b) == (a, b)
    assert share(one, figure) == Decimal(part)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.code)
def test_without_its_reference_there_is_no_figure(indicator: object) -> None:
    one = next(each for each in INDICATORS if each is indicator)
    bare = odcs.read_contract(CONTRACT.text[: CONTRACT.text.index("    properties:")])
    figure = one.formula(replace(NOTHING, contract=bare))
    if one.code == "0103":  # what is described is a table without a description of its columns
        assert figure == Figure(1, 5, (), ("id", "city", "born", "moved"))
    else:
        assert figure is None
        assert share(one, figure) == 0


def test_there_are_twenty_in_six_dimensions() -> None:
    assert [one.code for one in INDICATORS] == list(EXAMPLES)
    assert len(INDICATORS) == 20
    assert len({str(one.dimension) for one in INDICATORS}) == 6


@pytest.mark.parametrize(
    ("state", "a"), [("active", 1), ("deprecated", 1), ("draft", 0), ("retired", 0)]
)
def test_what_may_be_used_is_usable(state: str, a: int) -> None:
    usable = INDICATORS[-1].formula
    assert usable(replace(NOTHING, state=state)) == Figure(a, 1)


def test_a_rule_that_always_holds_changes_nothing() -> None:
    broken = ran("e", "expression", count=30)
    rules = formulas.business_rules
    alone = rules(replace(NOTHING, results=(broken,)))
    among = rules(replace(NOTHING, results=(broken, *(ran(f"t{n}", "sql") for n in range(9)))))
    assert alone is not None
    assert among is not None
    assert (alone.a, alone.b) == (among.a, among.b) == (60, 100)
