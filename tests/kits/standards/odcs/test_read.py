from __future__ import annotations

from collections.abc import Callable

import pytest

from doumen.kits.quality.expectation import Expectation
from doumen.kits.standards.odcs import Contract, Report, fingerprint, read_contract
from doumen.model.errors import Invalid
from doumen.model.load import Check, LoadColumn
from doumen.model.ref import Ref

BROKEN = "all-data-types.odcs.yaml"
"""Declares v3.0.2, uses what came with v3.1.0."""
COLUMNS = {
    "azure-server.odcs.yaml": [],
    "column-accuracy.odcs.yaml": [("DataValue", "FLOAT")],
    "column-custom.odcs.yaml": [("UniqueID", "INTEGER")],
    "database-table-sla.odcs.yaml": [],
    "kafka-schema.odcs.yaml": [("cust_id", "VARCHAR"), ("prod_id", "VARCHAR"), ("qty", "INTEGER")],
    "service-and-operational-roles.odcs.yaml": [],
    "table-column.odcs.yaml": [("rcvr_cntry_code", "VARCHAR")],
}


def faults(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        read_contract(text)
    return f"{caught.value.what}\n{caught.value.why}"


def test_the_published_examples_read_but_for_the_broken_one(examples: dict[str, str]) -> None:
    read = {name: read_contract(text) for name, text in examples.items() if name != BROKEN}
    assert {n: [(c.name, c.type) for c in x.columns] for n, x in read.items()} == COLUMNS
    assert all(contract.text == examples[name] for name, contract in read.items())


def test_the_broken_example_gives_all_its_faults_with_their_lines(examples: dict[str, str]) -> None:
    said = faults(examples[BROKEN])
    lines = [int(line.split(",")[0].removeprefix("line ")) for line in said.splitlines()[1:]]
    assert lines == [25, 30, 37, 46, 63]
    assert said.startswith("The contract has 5 faults.")


def test_the_broken_example_reads_where_it_declares_what_it_uses(examples: dict[str, str]) -> None:
    contract = read_contract(examples[BROKEN].replace("v3.0.2", "v3.1.0"))
    by_name = {column.name: column for column in contract.columns}
    assert by_name["account_id"].checks == (
        Check("min_length", 11),
        Check("max_length", 11),
        Check("pattern", "ACC[0-9]{8}"),
    )
    assert by_name["txn_ref_date"].formats == ("%Y-%m-%d",)
    assert by_name["txn_timestamp"].formats == ("%Y-%m-%d %H:%M:%S",)
    assert by_name["age"].checks == (Check("minimum", "18"), Check("exclusive_maximum", "100"))
    assert [c.type for c in contract.columns[5:]] == [
        "DOUBLE",
        "INTEGER",
        "BOOLEAN",
        "VARCHAR",
        "VARCHAR",
    ]


def test_a_contract_is_understood(flights: str) -> None:
    contract = read_contract(flights)
    assert contract.ref == Ref("transport", "flights")
    assert (contract.version, contract.status, contract.id) == ("1.2.0", "active", "flights-1")
    assert contract.name == "Flights of New York"
    assert contract.description == "All flights that left in 2013"
    assert contract.labels == ("core", "public")
    assert contract.columns == (
        LoadColumn("id", "id", "BIGINT", (), (Check("required"),)),
        LoadColumn(
            "Tail No",
            "tailnum",
            "VARCHAR",
            (),
            (Check("max_length", 6), Check("pattern", "N[0-9]+")),
        ),
        LoadColumn(
            "day",
            "day",
            "DATE",
            ("%d.%m.%Y",),
            (Check("required"), Check("minimum", "2013-01-01")),
        ),
        LoadColumn(
            "delay",
            "delay",
            "DECIMAL(10,2)",
            (),
            (Check("minimum", "-100"), Check("exclusive_maximum", "1500.50")),
        ),
        LoadColumn("origin", "origin", "VARCHAR", (), (Check("set", ("JFK", "LGA", "EWR", "7")),)),
    )
    tailnum, delay = contract.property("TAILNUM"), contract.property("delay")
    assert tailnum is not None
    assert tailnum.labels == ("identifier", "personal")
    assert delay is not None
    assert (delay.description, delay.unit) == ("Minutes late", "min")
    assert contract.property("gone") is None


def test_rules_over_rows_are_reported_only(flights: str) -> None:
    assert read_contract(flights).reports == (
        Report("unique", ("tailnum",), "unique"),
        Report("multiple_of", ("delay",), "multiple of 0.5", text="0.5"),
        Report(
            "missing_values",
            ("origin",),
            "missingValues",
            Expectation("mustBeLessThan", ("1",), percent=True),
            values=("", "N/A"),
            severity="warning",
        ),
        Report("unique", ("id",), "primary key"),
        Report(
            "row_count", (), "rowCount", Expectation("mustBeGreaterThan", ("10",))
        ),
        Report(
            "reference",
            ("origin",),
            "reference to airports.faa",
            target="airports",
            target_columns=("faa",),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.replace("version: 1.2.0\n", ""), "line 2, the document: `version` is missing"),
        (lambda t: t.replace("v3.1.0", "v2.2.2"), "v2.2.2 has another form"),
        (lambda t: t.replace("status: active", "status: 7"), "status: 7 is not of type 'string'"),
        (lambda t: t + "owner: me\n", "Unknown fields are not allowed: 'owner'"),
        (lambda t: t.replace("unique: true", "uniqe: true"), "allowed: 'uniqe'"),
        (lambda t: t.replace("        mustBeGreaterThan: 10\n", ""), "exactly one of"),
        (lambda t: t.replace("validValues:", "values:"),
         "either `validValues` or `pattern` must be given"),
        (lambda t: t.replace("[JFK, LGA, EWR, 7]", "[null]"), "`validValues` names no value"),
        (lambda t: t.replace("exclusiveMaximum: 1500.50", "exclusiveMaximum: -200"),
         "the minimum lies above the maximum"),
        (lambda t: t.replace('"01.01.2013"', '"soon"'), "`soon` is no value of type DATE"),
        (lambda t: t.replace("dd.MM.yyyy", "dd.qq"), "pattern `dd.qq` has a part"),
        (lambda t: t.replace("maxLength: 6", "maxLength: x"), "'x' is not of type 'integer'"),
        (lambda t: t.replace("N[0-9]+", "(?=N)"), "look-around"),
        (lambda t: t.replace("N[0-9]+", "(N"), "not a regular expression"),
        (lambda t: t.replace("name: delay", "name: DAY"), "`DAY` is empty or there twice"),
        (lambda t: t.replace("Tail No", "id"), "`id` is the source of another column"),
        (lambda t: t + "      - {name: cash, physicalType: MONEY}\n", "type `MONEY` is not known"),
        (lambda t: t + "      - {name: cash}\n", "neither physicalType nor logicalType"),
        (lambda t: t + "      - {name: cash, logicalTypeOptions: {minimum: x}}\n",
         "options need a `logicalType`"),
        (lambda t: t.replace("flights.origin", "flights.gone"), "`gone` is no property"),
        (lambda t: t + "  - name: other\n", "one schema object, not `flights`, `other`"),
        (lambda t: t.replace("metric: rowCount", "metric: nullValues"), "is a rule of a property"),
        (lambda t: t.replace("mustBeLessThan: 1\n", "mustBe: many\n"), "so it must be a number"),
    ],
)  # fmt: skip
def test_faults_are_told_with_their_place(
    flights: str, change: Callable[[str], str], said: str
) -> None:
    told = faults(change(flights))
    assert said in told
    assert "line " in told


def test_all_faults_come_at_once_but_not_without_end(flights: str) -> None:
    told = faults(flights.replace("logicalType: string", "logicalType: text"))
    assert told.count("'text' is not one of") == 2
    many = "".join(f"      - name: x{i}\n        logicalType: n{i}\n" for i in range(40))
    assert "… and 15 more" in faults(flights + many)


@pytest.mark.parametrize(
    ("lines", "ref"),
    [
        ("domain: Transport\nschema: [{name: Flights}]", Ref("transport", "flights")),
        ("domain: my domain\nschema: [{name: flights}]", None),
        ("schema: [{name: flights}]", None),
        (
            "domain: a\ncustomProperties: [{property: doumenDataset, value: b.c}]",
            Ref("b", "c"),
        ),
        (
            "schema: [{name: x, customProperties: [{property: doumenDataset, value: d.e}]}]",
            Ref("d", "e"),
        ),
        ("domain: transport", None),
    ],
)
def test_the_dataset_that_a_contract_names(lines: str, ref: Ref | None) -> None:
    assert _read(lines).ref == ref


def _read(lines: str) -> Contract:
    head = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\n"
    return read_contract(head + lines)


def _one(property: str) -> Contract:
    return _read(f"schema:\n- name: t\n  properties:\n  - {property}")


@pytest.mark.parametrize(
    ("quality", "checks", "reports"),
    [
        ("{metric: nullValues, mustBe: 0}", [Check("required")], []),
        ("{metric: nullValues, mustBe: 0, unit: percent}", [], ["null_values"]),
        ("{metric: nullValues, mustBe: 0, severity: info}", [], ["null_values"]),
        ("{metric: nullValues, mustBeBetween: [0, 5]}", [], ["null_values"]),
        ("{metric: duplicateValues, mustBe: 0}", [], ["unique"]),
        ("{metric: invalidValues, mustBe: 0, arguments: {pattern: 'a+'}}",
         [Check("pattern", "a+")], []),
        ("{metric: invalidValues, mustBe: 0, severity: warn, arguments: {validValues: [1.50]}}",
         [], ["invalid_values"]),
        ("{type: text, description: checked by hand}", [], ["unchecked"]),
        ("{description: no type}", [], ["unchecked"]),
        ("{type: custom, engine: soda, implementation: x}", [], ["unchecked"]),
        ("{type: sql, query: 'SELECT 1', mustBe: 1}", [], ["sql"]),
    ],
)  # fmt: skip
def test_a_quality_rule_breaks_a_row_or_is_reported(
    quality: str, checks: list[Check], reports: list[str]
) -> None:
    contract = _one(f"{{name: a, logicalType: string, quality: [{quality}]}}")
    assert list(contract.columns[0].checks) == checks
    assert [report.kind for report in contract.reports] == reports


def test_sets_are_of_the_columns_type() -> None:
    rule = "quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [%s]}}]"
    dated = "{name: a, logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}, " + rule + "}"
    contract = _one(dated % "'31.12.2020', '2021-01-01'")
    assert contract.columns[0].checks == (Check("set", ("2020-12-31", "2021-01-01")),)
    assert "`x` is no value of type BIGINT" in faults(
        contract.text.replace("date", "integer").replace(
            "format: dd.MM.yyyy", "format: i64").replace("'31.12.2020', '2021-01-01'", "1, x")
    )  # fmt: skip


def test_a_rule_of_many_properties_names_them() -> None:
    rule = "{metric: duplicateValues, mustBe: 0, arguments: {properties: [a, b]}}"
    names = "[{name: a, logicalType: string}, {name: b, logicalType: string}]"
    contract = _read(f"schema: [{{name: t, properties: {names}, quality: [{rule}]}}]")
    assert contract.reports[0].columns == ("a", "b")
    told = faults(contract.text.replace("properties: [a, b]", "properties: [a, c]"))
    assert "`c` is no property of the schema" in told
    assert "needs a property" in faults(contract.text.replace("properties: [a, b]", "other: [a]"))


@pytest.mark.parametrize(
    ("to", "kind", "target"),
    [
        ("to: airports.faa", "reference", "airports"),
        ("to: schema/airports/properties/faa", "reference", "airports"),
        ("to: other.yaml#/schema/airports/properties/faa", "unchecked", ""),
        ("to: a.b, customProperties: [{property: doumenDataset, value: x.airports}]",
         "reference", "x.airports"),
        ("to: [a.b, a.c]", "unchecked", ""),
    ],
)  # fmt: skip
def test_references_follow_what_this_node_may_hold(to: str, kind: str, target: str) -> None:
    contract = _one(f"{{name: a, logicalType: string, relationships: [{{{to}}}]}}")
    assert [(r.kind, r.target) for r in contract.reports] == [(kind, target)]


def test_composite_keys_and_references() -> None:
    names = "[{name: a, logicalType: string, primaryKey: true, primaryKeyPosition: 2}, "
    names += "{name: b, logicalType: string, primaryKey: true, primaryKeyPosition: 1}]"
    both = "{from: [t.a, t.b], to: [u.c, u.d]}"
    contract = _read(f"schema: [{{name: t, properties: {names}, relationships: [{both}]}}]")
    assert [(r.kind, r.columns, r.target_columns) for r in contract.reports] == [
        ("unique", ("b", "a"), ()),
        ("reference", ("a", "b"), ("c", "d")),
    ]


@pytest.mark.parametrize("option", ["format: email", "format: uuid"])
def test_what_is_not_checked_is_told(option: str) -> None:
    contract = _one(f"{{name: a, logicalType: string, logicalTypeOptions: {{{option}}}}}")
    assert [(r.kind, r.name) for r in contract.reports] == [("unchecked", "format")]


def test_own_formats() -> None:
    own = "{name: a, logicalType: date, customProperties: [{property: doumenFormats, value: %s}]}"
    assert _one(own % "['%d.%m.%Y', '%Y']").columns[0].formats == ("%d.%m.%Y", "%Y")
    assert "`doumenFormats` is a list of formats" in faults(
        _one(own % "['%Y']").text.replace("['%Y']", "7")
    )


def test_the_fingerprint_is_of_what_lands(flights: str) -> None:
    first = fingerprint(read_contract(flights))
    same = flights.replace("version: 1.2.0", "version: 9.0.0").replace("Minutes late", "Late")
    other = flights.replace("minimum: -100", "minimum: -101")
    assert fingerprint(read_contract(same)) == first
    assert fingerprint(read_contract(other)) != first
    assert first == "545eccf4eb9863fab12e118dfe1e62f37177e3080552105e559afc3e34fda867"
