"""Something that a machine proposes and a person settles: a rule, a label, a link, with evidence.

It waits in one queue until somebody accepts or refuses it. The same proposal of the same actor
has the same key, however often it is made: what was refused is not asked again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PROPOSAL = "proposal"
"""Kind of the fact; its key is that of the proposal."""

OPEN, ACCEPTED, REFUSED = "open", "accepted", "refused"
STATES = (OPEN, ACCEPTED, REFUSED)

RULE, LABEL, LINK = "rule", "label", "link"
"""What a proposal may be of: a rule of a contract, a label of a column, the meaning of a column."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal.

    Attributes:
        kind: `RULE`, `LABEL` or `LINK`.
        dataset: `domain.name`.
        column: The column it is about; None: the table.
        change: What becomes true if it is accepted. Of a rule: `{"quality": a quality rule of
            ODCS 3.1}` or `{"set": [name of a field of the column, value]}`; of a label:
            `{"labels": [...]}`; of a link: `{"to": kind, "key": key}` of the fact that it means.
        evidence: What speaks for it, by name: counts, shares, the receipt of the question; no
            value of a row.
        confidence: From 0 to 1: the share of like proposals that should turn out right.
        by: Who had it made.
        made: When (RFC 3339).
        state: One of `STATES`.
        settled_by: Who accepted or refused it.
        settled: When (RFC 3339).
        note: What they said.
    """

    kind: str
    dataset: str
    column: str | None
    change: Mapping[str, Any]
    evidence: Mapping[str, Any] = field(default_factory=dict)
    confidence: float = 0.0
    by: str = ""
    made: str = ""
    state: str = OPEN
    settled_by: str | None = None
    settled: str | None = None
    note: str | None = None

    @property
    def key(self) -> str:
        """`P-` and 16 characters that follow from who, kind, dataset, column and change."""
        said = json.dumps(
            [self.by, self.kind, self.dataset, self.column, self.change],
            sort_keys=True,
            ensure_ascii=True,
        )
        digest = hashlib.sha256(said.encode("ascii")).digest()
        return f"P-{base64.b32encode(digest[:10]).decode('ascii')}"

    def as_json(self) -> dict[str, Any]:
        """The body of the fact."""
        return {
            "kind": self.kind,
            "dataset": self.dataset,
            "column": self.column,
            "change": dict(self.change),
            "evidence": dict(self.evidence),
            "confidence": self.confidence,
            "by": self.by,
            "made": self.made,
            "state": self.state,
            "settled_by": self.settled_by,
            "settled": self.settled,
            "note": self.note,
        }

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> Proposal:
        """What `as_json` wrote."""
        return cls(**body)
