"""All of a dataset handed over as files: decided, recorded, and given as keys that end.

What is granted is the version in force, to the actor who asks, until a moment. The keys are its id
and a secret that is made of a key of the node and all that the grant says, so none is kept, and a
new working key ends all grants. Grants of the same actor that ended are forgotten on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from doumen.gate import record
from doumen.gate.commit import Draft
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of, listed
from doumen.kits import policy
from doumen.kits.evidence.vended import vended
from doumen.kits.policy import DatasetRuling
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.event import Charge, Event, Used
from doumen.model.fact import Fact, Facts
from doumen.model.handed import GRANT, LONGEST, FileGrant, Granted, grants_of
from doumen.model.job import HandOver, Job
from doumen.model.message import enumerated, msg
from doumen.model.rule import Action
from doumen.model.snapshot import Snapshot

_USE = "files 1"


def hand_over(means: Means, job: Job, step: HandOver) -> Granted:
    """Grant all of a dataset as files; what is refused is recorded too.

    Raises:
        Invalid: the hours, or the purpose is not on the list.
        NotFound: there is no such dataset that the actor may know.
        Refused: see `policy.rule_files`; or its files hold columns that it has no more.
    """
    if not 1 <= step.hours <= LONGEST:
        raise Invalid(
            msg("{hours} hours are not 1 to {longest}.", hours=step.hours, longest=LONGEST),
            next=msg("Ask again when they are over."),
            detail="hours",
        )
    facts, now = means.catalog.current(), means.clock()
    listed(job.purpose, facts)
    event = record.new_id(now, means.entropy)
    try:
        snapshot, ruling = _ruled(means, job, step, facts, now)
    except (Refused, NotFound) as error:
        refusal = _refused(job, error, event, now)
        means.commits.submit(lambda _: refusal)
        raise
    grant = FileGrant(
        id=event,
        actor=job.actor,
        ref=snapshot.ref,
        version=snapshot.version,
        purpose=job.purpose,
        created=stamp(now),
        expires=stamp(_end(now, step.hours, ruling)),
    )
    ended = [
        Fact(GRANT, one.key, None)
        for one in grants_of(facts.all(GRANT), job.actor)
        if one.expires <= grant.created
    ]
    draft = Draft(
        _event(grant, snapshot, ruling, facts=facts, now=now),
        [*ended, Fact(GRANT, grant.key, grant.as_json())],
        rules=tuple(_words(facts, ruling)),
    )
    means.commits.submit(lambda _: draft)
    return Granted(
        grant, snapshot.rows, len(snapshot.files), secret_of(means, grant), ruling.notice
    )


def secret_of(means: Means, grant: FileGrant) -> str:
    """What the reader of a grant signs requests by."""
    said = {name: part for name, part in grant.as_json().items() if name != "read"}
    return vended(means.keys().working, _USE, {"grant": grant.key, **said})


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC to the second; of one width, so that text sorts as time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ruled(
    means: Means, job: Job, step: HandOver, facts: Facts, now: datetime
) -> tuple[Snapshot, DatasetRuling]:
    snapshot = facts.snapshot(step.ref)
    if snapshot is None:
        raise policy.absent(step.ref)
    ruling = policy.rule_files(
        policy.Asked(
            actor=actor_of(job.actor, facts),
            purpose=job.purpose,
            action=Action.FILES,
            ref=snapshot.ref,
            schema=snapshot.schema,
            facts=facts,
            now=now,
        )
    )
    more = means.lake.surplus(snapshot)
    if more:
        raise Refused(
            msg("`{ref}` is not given as files: they would show more than an answer.",
                ref=step.ref),
            why=msg("Files of it hold columns that it does not have any more: {names}.",
                    names=enumerated(more))
            if job.actor == "owner"
            else msg("Files of it hold columns that it does not have any more."),
            next=msg("Query it instead; `doumen dataset compact {ref}` writes them anew.",
                     ref=step.ref),
            detail="columns",
        )  # fmt: skip
    return snapshot, ruling


def _end(now: datetime, hours: int, ruling: DatasetRuling) -> datetime:
    """When a grant ends: with its hours, or with the last day on which the rows may be kept."""
    end = now + timedelta(hours=hours)
    if ruling.expires is None:
        return end
    last = now.astimezone(UTC).date() + timedelta(days=ruling.expires[0])
    return min(end, datetime.combine(last + timedelta(days=1), time(), UTC))


def _event(
    grant: FileGrant, snapshot: Snapshot, ruling: DatasetRuling, *, facts: Facts, now: datetime
) -> Event:
    return Event(
        id=grant.id,
        time=record.stamp(now),
        type="files.granted",
        actor=grant.actor,
        purpose=grant.purpose,
        subject=str(grant.ref),
        used=(Used(str(grant.ref), grant.version),),
        charges=(Charge(f"actor:{grant.actor}", "queries", 1),),
        data={
            "facts": facts.version,
            "rules": list(ruling.rules),
            "files": len(snapshot.files),
            "rows": snapshot.rows,
            "ends": grant.expires,
            **({"notices": [ruling.notice.as_json()]} if ruling.notice else {}),
        },
    )


def _words(facts: Facts, ruling: DatasetRuling) -> Iterator[Mapping[str, Any]]:
    """The rules applied in words, for the receipt; a duty among them hides nothing."""
    for rule in ruling.rules:
        body = facts.body("rule", rule)
        duties = policy.rule_from_json(body).duties if body else ()
        yield {"rule": rule, "duties": [policy.duty_words(duty) for duty in duties]}


def _refused(job: Job, error: Refused | NotFound, event: str, now: datetime) -> Draft:
    """A refusal: its code and rule, never a name that does not exist."""
    return Draft(
        Event(
            id=event,
            time=record.stamp(now),
            type="files.refused",
            actor=job.actor,
            purpose=job.purpose,
            data={"code": error.code, "rule": error.rule},
        )
    )
