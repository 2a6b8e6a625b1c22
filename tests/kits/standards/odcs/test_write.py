from __future__ import annotations

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.standards.odcs import infer_contract, read_contract
from doumen.kits.standards.odcs.rules import ordered
from doumen.model.errors import Invalid
from doumen.model.load import Check, LoadColumn
from doumen.model.ref import Ref

REF = Ref("transport", "flights")
TYPES = ("BOOLEAN", "BIGINT", "DECIMAL(12,2)", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP",
         "TIMESTAMP WITH TIME ZONE", "TIME", "BLOB", "UUID", "INTEGER[]",
         'STRUCT(a INTEGER, "b c" VARCHAR)')  # fmt: skip
BOUNDS = {
    "BIGINT": ["0", "-7", "9007199254740993"], "DECIMAL(12,2)": ["0.10", "-5", "1.0"],
    "DOUBLE": ["1.5", "-0.000001"], "DATE": ["2020-01-01", "2020-02-01"],
    "TIMESTAMP": ["2020-01-01 00:00:00"],
    "TIMESTAMP WITH TIME ZONE": ["2020-01-01 00:00:00+01:00"], "TIME": ["09:00:00"],
}  # fmt: skip
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
names = texts.filter(lambda text: text.strip() == text and text.strip() != "")


@st.composite
def columns(draw: st.DrawFn) -> tuple[LoadColumn, ...]:
    listed = []
    known = draw(st.lists(names, min_size=1, max_size=4, unique_by=str.casefold))
    for place, name in enumerate(known):
        type = draw(st.sampled_from(TYPES))
        checks = [Check("required")] if draw(st.booleans()) else []
        if type in BOUNDS:
            low = draw(st.none() | st.sampled_from(BOUNDS[type]))
            checks += (
                [Check(draw(st.sampled_from(["minimum", "exclusive_minimum"])), low)] if low else []
            )
        if type == "VARCHAR":
            checks += draw(st.sampled_from([[], [Check("min_length", 1), Check("max_length", 9)]]))
            checks += draw(
                st.sampled_from([[], [Check("pattern", "[a-z]+"), Check("pattern", "\\d")]])
            )
        members = st.sampled_from(BOUNDS[type]) if type in BOUNDS else texts
        if draw(st.booleans()):
            checks += [Check("set", tuple(draw(st.lists(members, min_size=1, max_size=3))))]
        dated = type in ("DATE", "TIMESTAMP", "TIME")
        formats = draw(st.sampled_from([(), ("%d.%m.%Y",), ("%Y/%m/%d", "%Y年%m月%d日"), ("%U",)]))
        source = draw(st.sampled_from([name, f"{name}~{place}"]))
        listed.append(LoadColumn(source, name, type, formats if dated else (), ordered(checks)))
    return tuple(listed)


@pytest.mark.law
@given(columns(), st.none() | texts)
@settings(derandomize=True, deadline=None, max_examples=count(120))
def test_law_8_a_contract_written_reads_back(
    listed: tuple[LoadColumn, ...], description: str | None
) -> None:
    told = {listed[0].name: description} if description else {}
    text = infer_contract(REF, listed, description=description, descriptions=told)
    contract = read_contract(text)
    assert contract.columns == listed
    assert contract.ref == REF
    assert contract.description == description
    assert contract.properties[0].description == (description or "")
    assert contract.reports == ()


def test_a_contract_claims_nothing_that_is_not_known() -> None:
    columns = (LoadColumn("Tail No", "tailnum", "VARCHAR"), LoadColumn("nr", "nr", "BIGINT"))
    text = infer_contract(REF, columns)
    assert (
        text
        == f"""\
# Data contract, Open Data Contract Standard 3.1.0. What is added here is kept.
apiVersion: v3.1.0
kind: DataContract
id: {read_contract(text).id}
name: flights
version: 1.0.0
status: draft
domain: transport
customProperties:
  - property: doumenDataset
    value: transport.flights
schema:
  - name: flights
    logicalType: object
    physicalType: table
    properties:
      - name: tailnum
        physicalName: Tail No
        logicalType: string
        physicalType: VARCHAR
      - name: nr
        logicalType: integer
        physicalType: BIGINT
"""
    )
    assert uuid.UUID(read_contract(text).id).version == 5
    assert infer_contract(REF, columns) == text
    assert infer_contract(Ref("a", "b"), columns) != text


def test_ids_and_states_are_taken_as_given() -> None:
    contract = read_contract(infer_contract(REF, (), id="mine", status="active"))
    assert (contract.id, contract.status, contract.columns) == ("mine", "active", ())


@pytest.mark.parametrize(
    ("type", "check"),
    [("VARCHAR", Check("minimum", "1")), ("BIGINT", Check("min_length", 1)),
     ("BIGINT", Check("minimum", "x"))],
)  # fmt: skip
def test_a_check_that_cannot_be_said_is_refused(type: str, check: Check) -> None:
    with pytest.raises(Invalid, match="cannot be said"):
        infer_contract(REF, (LoadColumn("a", "a", type, (), (check,)),))


def test_a_pattern_on_another_type_is_a_quality_rule() -> None:
    columns = (LoadColumn("a", "a", "BIGINT", (), (Check("pattern", "[1-9].*"),)),)
    assert read_contract(infer_contract(REF, columns)).columns == columns
