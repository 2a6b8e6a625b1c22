from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from doumen.rooms.refine.checks.run import test as run

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

NAME = "transport.flights"


def verdicts(outcome: Any, verdict: str) -> list[tuple[str, str, str | None]]:
    rules = outcome.json["rules"]
    return [
        (",".join(r["columns"]), r["kind"], r["count"]) for r in rules if r["verdict"] == verdict
    ]


def test_data_that_keep_their_contract(desk: Desk, fake: Any) -> None:
    outcome = run(desk, NAME)
    assert outcome.exit == 0
    assert outcome.json["faults"] == 0
    assert verdicts(outcome, "holds") == [
        ("id", "required", "0"), ("tailnum", "max_length", "0"), ("tailnum", "pattern", "0"),
        ("day", "minimum", "0"), ("day", "exclusive_maximum", "0"), ("delay", "minimum", "0"),
        ("delay", "maximum", "0"), ("origin", "set", "0"), ("origin", "reference", "0"),
        ("id", "unique", "0"), ("", "row_count", "3"),
    ]  # fmt: skip
    assert outcome.said == ("11 rules over 3 rows: 0 broken, 0 not checked.",)
    assert outcome.json["receipts"] == ["r1", "r2", "r3", "r4"]


def test_every_rule_finds_its_fault(desk: Desk, fake: Any) -> None:
    fake.engine.execute("""
        INSERT INTO transport.flights VALUES
            (NULL, 'X1', DATE '2012-12-31', -101, 'BER'),
            (3, 'N1234567', DATE '2014-01-01', 1501, 'O''H');
    """)
    fake.land("transport.flights__quarantine", 1200)
    outcome = run(desk, NAME)
    assert outcome.exit == 1
    assert verdicts(outcome, "broken") == [
        ("id", "required", "1"), ("tailnum", "max_length", "1"), ("tailnum", "pattern", "1"),
        ("day", "minimum", "1"), ("day", "exclusive_maximum", "1"), ("delay", "minimum", "1"),
        ("delay", "maximum", "1"), ("origin", "set", "1"), ("origin", "reference", "2"),
        ("id", "unique", "1"),
    ]  # fmt: skip
    assert (
        outcome.said[1] == "1,200 rows that broke row rules lie in `transport.flights__quarantine`."
    )


@pytest.mark.parametrize(
    ("quality", "kind", "count", "verdict"),
    [
        ("{metric: nullValues, mustBeLessThan: 2}", "null_values", "1", "holds"),
        ("{metric: nullValues, mustBeLessOrEqualTo: 33, unit: percent}",
         "null_values", "1", "broken"),
        ("{metric: nullValues, mustBeLessThan: 34, unit: percent}", "null_values", "1", "holds"),
        ("{metric: nullValues, mustNotBe: 1}", "null_values", "1", "broken"),
        ("{metric: nullValues, mustBe: 0, severity: warning}", "null_values", "1", "advice"),
        ("{metric: missingValues, mustBe: 2, arguments: {missingValues: [null, JFK]}}",
         "missing_values", "2", "holds"),
        ("{metric: missingValues, mustBe: 2}", "missing_values", "1", "broken"),
        ("{metric: invalidValues, mustBeGreaterThan: 0, arguments: {validValues: [JFK]}}",
         "invalid_values", "1", "holds"),
        ("{metric: invalidValues, mustBeGreaterOrEqualTo: 2, arguments: {pattern: '[A-K]+'}}",
         "invalid_values", "1", "broken"),
        ("{metric: duplicateValues, mustNotBeBetween: [1, 9]}", "unique", "0", "holds"),
        ("{type: sql, query: 'SELECT count(*) FROM {object} WHERE {property} IS NULL;', mustBe: 1}",
         "sql", "1", "holds"),
        ("{type: sql, query: 'SELECT count(*) > 5 FROM ${table}', mustBe: true}",
         "sql", "0", "broken"),
        ("{type: sql, query: 'SELECT max({property}) FROM {object}', mustBe: 1}",
         "sql", None, "unchecked"),
        ("{type: sql, query: 'SELECT 1 FROM {object}', mustBe: 1}", "sql", None, "unchecked"),
        ("{type: sql, query: 'SELECT 1 FROM other.place', mustBe: 1}", "sql", None, "unchecked"),
        ("{type: sql, query: 'DROP TABLE {object}', mustBe: 1}", "sql", None, "unchecked"),
        ("{type: sql, query: 'SELECT max(CAST({property} AS INTEGER)) FROM {object}', mustBe: 1}",
         "sql", None, "unchecked"),
        ("{type: text, description: by eye}", "unchecked", None, "unchecked"),
    ],
)  # fmt: skip
def test_rules_over_rows(
    desk: Desk, fake: Any, contract: str, quality: str, kind: str, count: str | None, verdict: str
) -> None:
    fake.agree(NAME, contract.replace("        quality:\n          - {metric: invalid",
                                      f"        quality:\n          - {quality}\n"
                                      "          - {metric: invalid"))  # fmt: skip
    outcome = run(desk, NAME)
    (rule,) = [r for r in outcome.json["rules"]
               if r["kind"] == kind and r["columns"] == ["origin"]]  # fmt: skip
    assert (rule["count"], rule["verdict"]) == (count, verdict)
    assert (rule["why"] is not None) == (verdict == "unchecked")
    assert outcome.exit == (1 if verdict == "broken" else 0)


@pytest.mark.parametrize(
    ("column", "values", "count"),
    [
        ("delay", "[3.5, -2]", "0"), ("delay", "['3.500']", "1"),
        ("day", "['2013-01-01', 2013-12-31]", "0"), ("id", "[1, 2]", "1"),
    ],
)  # fmt: skip
def test_sets_compare_as_values_of_the_column(
    desk: Desk, fake: Any, contract: str, column: str, values: str, count: str
) -> None:
    rule = f"quality: [{{metric: invalidValues, mustBe: 0, arguments: {{validValues: {values}}}}}]"
    named = f"      - name: {column}\n"
    fake.agree(NAME, contract.replace(named, f"{named}        {rule}\n"))
    counts = {r["count"] for r in run(desk, NAME).json["rules"]
              if (r["kind"], r["columns"]) == ("set", [column])}  # fmt: skip
    assert counts == {count}


def test_multiples(desk: Desk, fake: Any, contract: str) -> None:
    fake.agree(NAME, contract.replace("minimum: -100,", "minimum: -100, multipleOf: 0.5,"))
    assert ("delay", "multiple_of", "0") in verdicts(run(desk, NAME), "holds")
    fake.agree(NAME, contract.replace("minimum: -100,", "minimum: -100, multipleOf: 1,"))
    assert ("delay", "multiple_of", "1") in verdicts(run(desk, NAME), "broken")


def test_a_reference_to_nothing_known_is_not_checked(desk: Desk, fake: Any, contract: str) -> None:
    fake.agree(NAME, contract.replace("to: airports.faa", "to: ports.faa"))
    outcome = run(desk, NAME)
    assert verdicts(outcome, "unchecked") == [("origin", "reference", None)]
    assert outcome.exit == 0


def test_composite_keys(desk: Desk, fake: Any, contract: str) -> None:
    painted = "      - name: tailnum   # as painted\n"
    fake.agree(NAME, contract.replace(painted, f"{painted}        primaryKey: true\n"))
    fake.engine.execute("INSERT INTO transport.flights (id, tailnum) VALUES (1, 'N9'), (1, 'N12')")
    assert ("id,tailnum", "unique", "1") in verdicts(run(desk, NAME), "broken")


def test_what_landed_in_another_shape_is_told(desk: Desk, fake: Any, contract: str) -> None:
    fake.agree(
        NAME,
        contract.replace("physicalType: BIGINT", "physicalType: INTEGER")
        + "      - {name: extra, logicalType: string, required: true, unique: true}\n",
    )
    outcome = run(desk, NAME)
    assert verdicts(outcome, "broken") == [("id", "type", None), ("extra", "column", None)]
    assert verdicts(outcome, "unchecked") == [("extra", "unique", None)]
    assert outcome.json["faults"] == 2


def test_no_rows_and_no_rules(desk: Desk, fake: Any, contract: str) -> None:
    fake.engine.execute("DELETE FROM transport.flights")
    empty = contract[: contract.index("    quality:")]
    fake.agree(NAME, empty)
    outcome = run(desk, NAME)
    assert outcome.json["rows"] == 0
    assert outcome.json["rules"] == []
    quality = "        quality:\n          - {metric"
    share = f"{quality}: nullValues, mustBe: 0, unit: percent}}\n          - {{metric"
    fake.agree(NAME, contract.replace(quality, share))
    assert ("origin", "null_values", "0") in verdicts(run(desk, NAME), "holds")
    assert ("", "row_count", "0") in verdicts(run(desk, NAME), "broken")
