from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from doumen.model.errors import Conflict
from doumen.model.message import msg
from doumen.rooms.refine.checks.run import check as run

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
    assert outcome.said == ("11 rules over 3 rows: 0 broken, 0 not checked.", "Receipt a1")
    assert outcome.json["receipts"] == ["r1", "r2", "r3"]


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
    assert verdicts(outcome, "unchecked") == [
        ("extra", "required", None), ("extra", "unique", None),
    ]  # fmt: skip
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


def with_rules(contract: str, *rules: str) -> str:
    """The contract with further rules of the table."""
    listed = "".join(f"      - {rule}\n" for rule in rules)
    return contract.replace("    quality:\n      -", f"    quality:\n{listed}      -", 1)


def own(check: str, **options: str) -> str:
    said = "".join(f", {name}: {value}" for name, value in options.items())
    return f"{{type: custom, engine: doumen, implementation: {{check: {check}{said}}}}}"


def test_checks_of_our_own_share_the_scan(desk: Desk, fake: Any, contract: str) -> None:
    fake.agree(NAME, with_rules(contract, own("compare", left="tailnum", operator="'>='",
                                              right="origin")))  # fmt: skip
    fake.engine.execute("INSERT INTO transport.flights (id, tailnum, origin) VALUES (9, 'A', 'B')")
    outcome = run(desk, NAME, examples=2)
    (rule,) = [r for r in outcome.json["rules"] if r["kind"] == "compare"]
    assert (rule["count"], rule["verdict"], rule["key"]) == ("1", "broken", "table.compare")
    assert (rule["rule"], rule["dimension"]) == ("tailnum >= origin", "consistency")
    assert [row["id"] for row in rule["examples"]] == ["9"] or rule["examples"][0]["id"] == 9
    assert sum("count_if" in sql for sql in fake.asked) == 1


def test_examples_are_rows_of_each_broken_rule(desk: Desk, fake: Any) -> None:
    fake.engine.execute("INSERT INTO transport.flights (id, origin) VALUES (3, 'BER'), (3, 'JFK')")
    rules = {r["key"]: r for r in run(desk, NAME, examples=5).json["rules"]}
    assert {str(r["id"]) for r in rules["columns.id.primaryKey"]["examples"]} == {"3"}
    assert [r["origin"] for r in rules["columns.origin.reference"]["examples"]] == ["BER"]
    assert [r["origin"] for r in rules["columns.origin.set"]["examples"]] == ["BER"]
    assert "examples" not in rules["columns.id.required"]
    assert all("examples" not in r for r in run(desk, NAME).json["rules"])


def test_what_is_seen_masked_is_not_checked(desk: Desk, fake: Any) -> None:
    fake.shown, fake.scope = {"origin": "hash"}, "filtered"
    outcome = run(desk, NAME)
    assert {c for c, _, _ in verdicts(outcome, "unchecked")} == {"origin"}
    (_, why), *_ = [(r["columns"], r["why"]) for r in outcome.json["rules"] if r["why"]]
    assert why == "You see column `origin` masked."
    assert outcome.json["scope"] == "filtered"
    assert "These are the rows that you may see, not all." in outcome.said


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM {table} WHERE origin IS NULL",
        "SELECT count(DISTINCT origin) FROM {table}",
    ],
)
def test_nor_is_a_query_over_it(desk: Desk, fake: Any, contract: str, query: str) -> None:
    fake.agree(NAME, with_rules(contract, f"{{type: sql, query: '{query}', mustBe: 0}}"))
    fake.shown = {"origin": "hash"}
    (rule,) = [r for r in run(desk, NAME).json["rules"] if r["kind"] == "sql"]
    assert (rule["verdict"], rule["why"]) == ("unchecked", "You see column `origin` masked.")


def test_what_goes_to_the_ledger_holds_no_literal(desk: Desk, fake: Any, contract: str) -> None:
    query = "{type: sql, query: 'SELECT 4711 FROM {table} LIMIT 1', mustBe: 4711}"
    fake.agree(NAME, with_rules(contract, query))
    run(desk, NAME)
    ((ref, kind, document, kept, receipts),) = fake.attested
    assert (str(ref), kind, len(receipts)) == (NAME, "quality.checked", 4)
    assert "4711" not in str(kept)
    assert "JFK" not in str(kept)
    assert "4711" in str(document)
    assert [r["count"] for r in document["rules"] if r["kind"] == "sql"] == [None]
    keys = [rule["rule"] for rule in kept["rules"]]
    assert len(set(keys)) == len(keys)


def test_a_dataset_that_changes_meanwhile_is_looked_at_again(
    desk: Desk, fake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, keep = [1, 2], fake.attest

    def moving(*given: Any) -> Any:
        if changes:
            changes.pop()
            raise Conflict(msg("It changed."), detail="versions")
        return keep(*given)

    monkeypatch.setattr(fake, "attest", moving)
    assert run(desk, NAME).json["receipt"] == "a1"
    changes.extend(range(3))
    with pytest.raises(Conflict):
        run(desk, NAME)


def test_two_rules_of_one_kind_at_one_column_have_keys_of_their_own(
    desk: Desk, fake: Any, contract: str
) -> None:
    again = "{metric: duplicateValues, mustBe: 0, arguments: {properties: [day, delay]}}"
    fake.agree(NAME, with_rules(contract, again, again, again.replace("{m", "{id: mine, m")))
    keys = [r["key"] for r in run(desk, NAME).json["rules"] if r["kind"] == "unique"]
    assert keys == ["columns.id.primaryKey", "table.unique", "table.unique#2", "table.mine"]
