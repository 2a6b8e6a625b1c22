"""What happened: the envelope of a ledger event.

An event never holds a row value or a literal of a statement: names, counts and salted
commitments only. Rooms own the meaning of `data`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ID = "[0-9A-HJKMNP-TV-Z]{26}"
"""What ids of events match, whole: ULIDs, in Crockford's base 32."""
CHECKED = "quality.checked"
"""Type of the event of a run of checks: `rows`, `scope`, `contract`, and of each rule a count."""
SCORED = "quality.scored"
"""Type of the event of a score: `score`, `assessed`, `weights` (SHA-256), `indicators`, `run`."""


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount on an account. Amounts are integers in the unit's smallest part.

    The balance of an account is the sum of its charges.
    """

    account: str
    unit: str
    amount: int


@dataclass(frozen=True, slots=True)
class Used:
    """A version of a dataset that a job read (`used`) or made (`generated`)."""

    dataset: str
    version: int


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the ledger.

    Attributes:
        id: Sortable unique id, also the id of the receipt.
        time: RFC 3339, UTC, microseconds, `Z`.
        type: `query`, `query.reserved`, `query.refused`, `query.failed`, `query.started`,
            `query.ended`; of questions to another node `query.asked`, `query.broken`,
            `query.settled`, and at that node `query.closed`; `files.granted`, `files.refused`,
            `files.read`; `collect`, `derive`, `compact`, `vacuum`, `amend`, `node.created`,
            `key.rotated`, `store.migrated`, `backup.made`, `node.restored`, `head.cosigned`,
            `head.refused`, `head.witnessed`.
        previous: Leaf hash (hex) of the entry before this one; None for the first.
    """

    id: str
    time: str
    type: str
    actor: str
    purpose: str | None = None
    agreement: str | None = None
    subject: str | None = None
    used: tuple[Used, ...] = ()
    generated: tuple[Used, ...] = ()
    charges: tuple[Charge, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    previous: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The envelope as a JSON object; the ledger stores its RFC 8785 form."""
        return {
            "id": self.id,
            "time": self.time,
            "type": self.type,
            "actor": self.actor,
            "purpose": self.purpose,
            "agreement": self.agreement,
            "subject": self.subject,
            "used": [{"dataset": u.dataset, "version": u.version} for u in self.used],
            "generated": [{"dataset": u.dataset, "version": u.version} for u in self.generated],
            "charges": [
                {"account": c.account, "unit": c.unit, "amount": c.amount} for c in self.charges
            ],
            "data": dict(self.data),
            "previous": self.previous,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Event:
        """Read what `as_json` wrote."""
        return cls(
            id=body["id"],
            time=body["time"],
            type=body["type"],
            actor=body["actor"],
            purpose=body["purpose"],
            agreement=body["agreement"],
            subject=body["subject"],
            used=tuple(Used(u["dataset"], u["version"]) for u in body["used"]),
            generated=tuple(Used(u["dataset"], u["version"]) for u in body["generated"]),
            charges=tuple(Charge(c["account"], c["unit"], c["amount"]) for c in body["charges"]),
            data=body["data"],
            previous=body["previous"],
        )
