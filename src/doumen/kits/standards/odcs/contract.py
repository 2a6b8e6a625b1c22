"""A contract understood: columns to land, rules to hold, labels to bear.

The text is the record; these nouns hold what Doumen acts on, no more.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from doumen.kits.quality.checks import CheckKind, Options
from doumen.kits.quality.expectation import Expectation
from doumen.kits.standards.odcs.document import Path
from doumen.model.load import Check, Drift, LoadColumn
from doumen.model.ref import Ref

ADVISORY = frozenset({"info", "warning"})
"""Severities of rules that are told of but break nothing."""
PRIMARY = "primaryKey"
"""Id of the report that the primary key is unique."""
NO_FAULT = Expectation()
"""No row at fault."""


@dataclass(frozen=True, slots=True)
class Report:
    """A rule that sends no row to quarantine: it is counted and reported.

    Attributes:
        kind: `unique`, `reference`, `row_count`, `null_values`, `missing_values`,
            `invalid_values`, `multiple_of`, `sql`, the name of a check of our own, or
            `unchecked` (kept, never run).
        columns: Columns it is about; none: the table.
        name: What the contract calls it.
        expects: What the count must be; `unique` counts rows beyond the first of each value.
        check: For `invalid_values`, the row rule that is counted.
        values: For `missing_values`, the texts that mean missing.
        text: `multiple_of`: the number; `sql`: the query; `unchecked`: why it is not run.
        target: `reference`: dataset (`domain.name`, or `name` in the same domain).
        target_columns: Its columns, in the order of `columns`.
        severity: As the contract says: `error`, or an advisory one.
        own: Of a check of our own, its kind and options.
        id, dimension, owner: As the contract says; empty where it says nothing. What they say,
            and where it stands, makes no other rule.
        path: Where in the contract it stands; none: it follows from a field.
    """

    kind: str
    columns: tuple[str, ...] = ()
    name: str = ""
    expects: Expectation = NO_FAULT
    check: Check | None = None
    values: tuple[str, ...] = ()
    text: str = ""
    target: str = ""
    target_columns: tuple[str, ...] = ()
    severity: str = "error"
    own: tuple[CheckKind, Options] | None = None
    id: str = field(default="", compare=False)
    dimension: str = field(default="", compare=False)
    owner: str = field(default="", compare=False)
    path: Path = field(default=(), compare=False)

    @property
    def advisory(self) -> bool:
        """Whether a breach is told of without counting as a fault."""
        return self.severity in ADVISORY


@dataclass(frozen=True, slots=True)
class Property:
    """A column as the contract describes it.

    Attributes:
        labels: Its classification and tags, sorted.
        unit: Unit of measure (custom property `unit`), or empty.
    """

    column: LoadColumn
    description: str = ""
    labels: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A data contract of one dataset.

    Attributes:
        text: The YAML, as it is.
        ref: The dataset it names: custom property `doumenDataset`, else `domain` and the
            schema's name; None where these are no identifiers.
        labels: Tags of contract and schema, sorted: labels of the dataset.
        reports: Rules that are reported only.
        drift: What becomes of columns of files that it does not know; None: it says nothing.
    """

    text: str
    id: str
    ref: Ref | None
    version: str
    status: str
    name: str | None
    description: str | None
    labels: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    reports: tuple[Report, ...] = ()
    drift: Drift | None = None

    @property
    def columns(self) -> tuple[LoadColumn, ...]:
        """The columns to land, in order."""
        return tuple(p.column for p in self.properties)

    def property(self, name: str) -> Property | None:
        """The property of this column name, without regard to case."""
        folded = name.casefold()
        return next((p for p in self.properties if p.column.name.casefold() == folded), None)


def fingerprint(contract: Contract) -> str:
    """SHA-256 (hex) of what decides which rows land and how.

    These are the columns: source, name, type, formats and row rules. Words, labels and
    reported rules do not count: under the same fingerprint the same file lands the same rows.
    """
    meaning = [
        [c.source, c.name, c.type, list(c.formats), [[k.kind, k.value] for k in c.checks]]
        for c in contract.columns
    ]
    text = json.dumps(meaning, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
