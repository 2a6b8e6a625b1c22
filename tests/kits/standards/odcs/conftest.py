"""Published examples and a contract that uses what Doumen reads."""

from __future__ import annotations

from pathlib import Path

import pytest

FLIGHTS = """\
# The contract of the flights.
apiVersion: v3.1.0
kind: DataContract
id: flights-1
name: Flights of New York   # for people
version: 1.2.0
status: active
domain: transport
tags: [core]
description:
  purpose: All flights that left in 2013
customProperties:
  - property: colour        # nobody knows what for
    value: blue
schema:
  - name: flights
    tags: ['public']
    relationships:
      - from: flights.origin
        to: airports.faa
    quality:
      - metric: rowCount
        mustBeGreaterThan: 10
    properties:
      - name: id
        logicalType: integer
        primaryKey: true
      - name: tailnum
        physicalName: Tail No
        logicalType: string
        physicalType: varchar(6)
        classification: personal
        tags: [identifier]
        unique: true
        logicalTypeOptions: {pattern: 'N[0-9]+', maxLength: 6}
      - name: day
        logicalType: date
        required: true
        logicalTypeOptions:
          format: dd.MM.yyyy
          minimum: "01.01.2013"
      - name: delay
        description: Minutes late
        physicalType: DECIMAL(10,2)
        logicalType: number
        customProperties:
          - {property: unit, value: min}
        logicalTypeOptions:
          minimum: -100
          exclusiveMaximum: 1500.50
          multipleOf: 0.5
      - name: origin
        logicalType: string
        quality:
          - metric: invalidValues
            mustBe: 0
            arguments: {validValues: [JFK, LGA, EWR, 7]}
          - metric: missingValues
            arguments: {missingValues: [null, '', N/A]}
            mustBeLessThan: 1
            unit: percent
            severity: warning
"""


@pytest.fixture
def flights() -> str:
    """A contract that uses what Doumen reads."""
    return FLIGHTS


@pytest.fixture
def examples() -> dict[str, str]:
    """The published examples by file name."""
    folder = Path(__file__).parent / "examples"
    return {path.name: path.read_text("utf-8") for path in folder.glob("*.odcs.yaml")}
