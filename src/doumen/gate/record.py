"""Sixth station: what the ledger keeps of a job. Builds drafts; `commit` makes them durable.

The ledger holds no text of a statement and no literal: a commitment whose salt is in the
receipt. Charges count visible quantities only: queries run and rows returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from doumen.gate.commit import Draft, Within
from doumen.gate.stages import Known, Planned
from doumen.kits import policy
from doumen.kits.evidence.digest import AnswerDigest
from doumen.kits.evidence.disclosure import committed, disclose
from doumen.kits.sql import Lineage
from doumen.model.errors import DoumenError
from doumen.model.event import Charge, Event, Used
from doumen.model.fact import Fact
from doumen.model.job import Attest, Job, Query, Request
from doumen.model.ref import Ref

Entropy = Callable[[int], bytes]
Disclosed = Mapping[str, Any]
"""What a statement says, for its asker: `statement`, `parameters`, `salt`."""
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(now: datetime, entropy: Entropy) -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, Crockford base 32; sorts by time."""
    value = int(now.timestamp() * 1000) << 80 | int.from_bytes(entropy(10), "big")
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def stamp(now: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`."""
    return now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_disclosure(query: Query, entropy: Entropy, request: Request | None = None) -> Disclosed:
    """What a statement says, under a fresh salt, or with the request that asks under its own."""
    if request is None:
        return disclose(query.sql, query.parameters, entropy(32))
    said = disclose(query.sql, query.parameters, bytes.fromhex(request.salt))
    return {**said, "request": {"token": request.token, "body": request.body}}


def lineage_json(lineage: Lineage) -> list[dict[str, Any]]:
    """Lineage as an event holds it: per output its name, projection and influence."""
    return [
        {
            "name": output.name,
            "projection": sorted(map(str, output.projection)),
            "influence": sorted(map(str, output.influence)),
        }
        for output in lineage.outputs
    ]


def labels_json(known: Known, lineage: Lineage) -> list[list[str]]:
    """The labels of each output: those of every column that shaped it, and of its datasets."""
    refs = {snapshot.ref for snapshot in known.snapshots.values()}
    whole = {label for ref in refs for label in known.facts.labels(ref)}
    return [
        sorted(
            whole.union(
                *(known.facts.labels(p.ref, p.column) for p in output.projection | output.influence)
            )
        )
        for output in lineage.outputs
    ]


def answered(
    planned: Planned,
    kind: str,
    event: str,
    said: Disclosed,
    *,
    digest: AnswerDigest | None = None,
    truncated: bool = False,
    data: Mapping[str, Any] | None = None,
    facts: Sequence[Fact] = (),
    generated: Sequence[Used] = (),
    subject: str | None = None,
) -> Draft:
    """The draft of a query that was run: answered, started, ended, failed or derived."""
    known, expires = planned.ruled.known, planned.ruled.expires
    rows = digest.rows if digest else 0
    account = f"actor:{known.actor.name}"
    charges = () if kind == "query.ended" else (Charge(account, "queries", 1),)
    if rows:
        charges = (*charges, Charge(account, "rows", rows))
    if rows and known.agreement is not None:
        charges = (*charges, Charge(known.agreement.account, "rows", rows))
    fetched = [
        {"agreement": one.agreement, "receipt": one.receipt} for one in known.asked.query.fetched
    ]
    body: dict[str, Any] = {
        "statement": committed(said),
        **({"fetched": fetched} if fetched else {}),
        **as_of_json(known.asked.query.as_of),
        "now": stamp(known.asked.now),
        "facts": known.facts.version,
        "rules": list(planned.ruled.rules),
        "lineage": lineage_json(planned.ruled.lineage),
        **({"expires": expires.isoformat()} if expires else {}),
        **(
            {"notices": [one.as_json() for one in planned.ruled.notices]}
            if planned.ruled.notices
            else {}
        ),
        **({"labels": labels_json(known, planned.ruled.lineage)} if known.agreement else {}),
        **(data or {}),
    }
    if digest is not None:
        body |= {"result": digest.as_json(), "truncated": truncated}
    return Draft(
        event=_event(
            known.asked.job,
            kind,
            event,
            known.asked.now,
            subject=subject,
            used=used(known),
            generated=tuple(generated),
            charges=charges,
            data=body,
        ),
        facts=facts,
        disclosed=said,
        rules=rules_json(planned),
    )


def as_of_json(as_of: int | datetime | None) -> dict[str, Any]:
    """At what datasets were read, as an event holds it: a version, or a moment (RFC 3339)."""
    if as_of is None:
        return {}
    return {"as_of": as_of if isinstance(as_of, int) else stamp(as_of)}


def as_of(data: Mapping[str, Any]) -> int | datetime | None:
    """What `as_of_json` wrote."""
    said = data.get("as_of")
    return datetime.fromisoformat(said) if isinstance(said, str) else said


def reserved(
    planned: Planned,
    event: str,
    said: Disclosed,
    charges: Sequence[Charge],
    within: tuple[Within, ...],
) -> Draft:
    """The draft of a query that is counted and will be run next."""
    known = planned.ruled.known
    return Draft(
        event=_event(
            known.asked.job,
            "query.reserved",
            event,
            known.asked.now,
            charges=tuple(charges),
            data={"statement": committed(said), "rules": list(planned.ruled.rules)},
        ),
        disclosed=said,
        rules=rules_json(planned),
        within=within,
    )


def used(known: Known) -> tuple[Used, ...]:
    """The versions that a question reads, each once."""
    versions = {(str(s.ref), s.version) for s in known.snapshots.values()}
    versions |= {(f"{one.node}/{one.ref}", one.version) for one in known.asked.query.fetched}
    return tuple(Used(*version) for version in sorted(versions))


def rules_json(planned: Planned) -> tuple[Mapping[str, Any], ...]:
    """The rules applied, in words that hold no literal of a rule."""
    return tuple(
        {"rule": rule, "duties": [policy.duty_words(duty, literals=False) for duty in duties]}
        for rule, duties in planned.ruled.told.items()
    )


def refused(job: Job, error: DoumenError, event: str, now: datetime, said: Disclosed) -> Draft:
    """The draft of a refusal: its code and rule, never a name that does not exist."""
    return Draft(
        event=_event(
            job,
            "query.refused",
            event,
            now,
            data={"statement": committed(said), "code": error.code, "rule": error.rule},
        ),
        disclosed=said,
    )


def made(
    job: Job,
    kind: str,
    event: str,
    now: datetime,
    *,
    ref: Ref,
    used: Sequence[Used] = (),
    generated: Sequence[Used],
    data: Mapping[str, Any],
    facts: Sequence[Fact],
) -> Draft:
    """The draft of a job that wrote a dataset otherwise than by a question."""
    return Draft(
        event=_event(
            job,
            kind,
            event,
            now,
            subject=str(ref),
            used=tuple(used),
            generated=tuple(generated),
            data=data,
        ),
        facts=facts,
    )


def amended(
    job_actor: str, event: str, now: datetime, subject: str, facts: Sequence[Fact]
) -> Draft:
    """The draft of an amendment: which facts were set or taken back, not what they say."""
    changes = [
        {"kind": f.kind, "key": f.key, "change": "set" if f.body is not None else "removed"}
        for f in facts
    ]
    return Draft(
        event=Event(
            id=event,
            time=stamp(now),
            type="amend",
            actor=job_actor,
            subject=subject,
            data={"facts": changes},
        ),
        facts=facts,
    )


def attested(
    job: Job, step: Attest, event: str, now: datetime, *, used: Sequence[Used], said: Disclosed
) -> Draft:
    """The draft of findings: a commitment to the document, and of it what the ledger may hold."""
    return Draft(
        event=_event(
            job,
            step.kind,
            event,
            now,
            subject=str(step.ref),
            used=tuple(used),
            data={"statement": committed(said), "receipts": list(step.receipts), **step.data},
        ),
        disclosed=said,
    )


def _event(
    job: Job,
    kind: str,
    event: str,
    now: datetime,
    *,
    subject: str | None = None,
    used: tuple[Used, ...] = (),
    generated: tuple[Used, ...] = (),
    charges: tuple[Charge, ...] = (),
    data: Mapping[str, Any],
) -> Event:
    request = {} if job.request is None else {"request": job.request.id}
    return Event(
        id=event,
        time=stamp(now),
        type=kind,
        actor=job.actor,
        purpose=job.purpose,
        agreement=job.agreement,
        subject=job.subject if subject is None else subject,
        used=used,
        generated=generated,
        charges=charges,
        data={**data, **request},
    )
