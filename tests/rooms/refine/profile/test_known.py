from __future__ import annotations

from typing import Any

import pytest

from doumen.kits.standards import odcs
from doumen.rooms.refine.profile.drafts import Draft
from doumen.rooms.refine.profile.known import said

TEXT = """\
apiVersion: v3.1.0
kind: DataContract
id: k-1
name: Known
version: 1.0.0
status: active
domain: a
schema:
  - name: t
    quality:
      - {metric: rowCount, mustBeGreaterThan: 5}
      - {metric: duplicateValues, mustBe: 0, arguments: {properties: [b, a]}}
      - {type: custom, engine: doumen,
         implementation: {check: compare, left: a, operator: <=, right: b}}
    properties:
      - {name: a, physicalType: BIGINT, logicalType: integer, required: true, unique: true,
         logicalTypeOptions: {exclusiveMinimum: 3}}
      - name: b
        physicalType: BIGINT
        logicalType: integer
        quality: [{metric: nullValues, mustBeLessThan: 5}]
      - name: c
        logicalType: string
        relationships: [{to: u.c}]
        quality:
          - {metric: invalidValues, mustBe: 0, arguments: {validValues: [x]}}
          - {metric: missingValues, mustBe: 0, arguments: {missingValues: [NA]}}
      - name: d
        logicalType: string
        quality:
          - {metric: invalidValues, mustBeLessThan: 3, arguments: {pattern: 'x+'}}
"""
COMPARE = {"check": "compare", "left": "a", "operator": "<=", "right": "b"}


def draft(kind: str, *columns: str, implementation: Any = None) -> Draft:
    change: dict[str, Any] = {"set": ["x", 1]}
    if implementation:
        change = {"quality": {"type": "custom", "implementation": implementation}}
    return Draft(kind, columns[0] if len(columns) == 1 else None, change, columns)


@pytest.mark.parametrize(
    ("one", "known"),
    [
        (draft("required", "a"), True), (draft("required", "b"), True),
        (draft("required", "c"), True), (draft("required", "d"), False),
        (draft("unique", "a"), True), (draft("unique", "b"), False),
        (draft("composite", "a", "b"), True), (draft("composite", "a", "c"), False),
        (draft("row_count"), True), (draft("reference", "c"), True),
        (draft("reference", "d"), False), (draft("minimum", "a"), True),
        (draft("maximum", "a"), False), (draft("set", "c"), True), (draft("pattern", "c"), True),
        (draft("pattern", "d"), True), (draft("max_length", "d"), True),
        (draft("set", "d"), False), (draft("set", "unknown"), False),
        (draft("compare", "a", "b", implementation=COMPARE), True),
        (draft("compare", "a", "b", implementation={**COMPARE, "operator": "<"}), False),
    ],
)  # fmt: skip
def test_a_contract_says_it_already(one: Draft, known: bool) -> None:
    assert said(one, odcs.read_contract(TEXT)) is known
