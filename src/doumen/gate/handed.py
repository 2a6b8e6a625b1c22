"""What was handed over as files, read: each request is let in anew, by its signature and the rules.

The rules are those of now: one that was withdrawn, or a condition that was added, ends a grant. To
whoever holds its keys all ends are told alike, so that nothing of the rules is told by them. What
is read looks like a Delta table of one version, whose log is made for it: no other version, and no
name of the lake, is in it. The first read of rows is an event, before any of them is given: from
then on the whole version counts as read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.gate import record
from doumen.gate.commit import Draft
from doumen.gate.handover import secret_of, stamp
from doumen.gate.means import Means
from doumen.gate.past import check_kept, snapshot_at
from doumen.gate.shelves import LOG, Laid, laid, named
from doumen.kits import policy
from doumen.kits.sql.past import Past
from doumen.kits.standards import s3
from doumen.kits.standards.s3 import Signed
from doumen.model.errors import NotFound, Refused, Unavailable
from doumen.model.event import Charge, Event, Used
from doumen.model.fact import Fact, Facts
from doumen.model.files import reason
from doumen.model.handed import GRANT, FileGrant, Item
from doumen.model.message import msg, plain
from doumen.model.ref import Ref
from doumen.model.rule import Action
from doumen.model.snapshot import Snapshot

_NOBODY = FileGrant("", "", Ref("nobody", "nothing"), 0, None, "", "")
"""Whose secret a signature is held against where no grant is named: it takes as long."""


class _Begun(Exception):
    """Another request recorded meanwhile that reading began."""


def opened(means: Means, signed: Signed) -> Shelf:
    """Let in a request that was signed by the keys of a grant.

    Raises:
        Refused: it was signed at another time; or by no keys that are known, or not by them
            (alike); or their grant has ended, whatever ended it (alike).
        Unavailable: the store does not answer.
    """
    now, facts = means.clock(), means.catalog.current()
    s3.check_time(signed, now)
    grant = _named(facts, signed.key)
    held = s3.holds(signed, secret_of(means, grant or _NOBODY))
    if grant is None or not held:
        raise s3.keys_unknown()
    key = (grant.key, facts.version, now.date().isoformat())
    found = means.shelves.find(key)
    if stamp(now) >= grant.expires:
        raise _ended()
    if found is None:
        try:
            snapshot = _ruled(means, facts, grant, now)
        except (Refused, NotFound):
            raise _ended() from None
        log = means.lake.as_table(snapshot, named(snapshot), grant.id, grant.created)
        found = laid(grant, snapshot, log)
        means.shelves.keep(key, found)
    return Shelf(means, grant, found)


def _named(facts: Facts, id: str) -> FileGrant | None:
    rows = facts.rows.get(GRANT, {})
    key = next((key for key in rows if key.endswith(f"/{id}")), None)
    body = None if key is None else facts.body(GRANT, key)
    return None if key is None or body is None else FileGrant.of_json(key, body)


def _ruled(means: Means, facts: Facts, grant: FileGrant, now: datetime) -> Snapshot:
    """The version that was granted, if its actor would be granted the one in force now.

    Raises:
        Refused: they would not. NotFound: actor, dataset, version or a column of it is gone.
    """
    actor, body = facts.actor(grant.actor), facts.dataset(grant.ref)
    current = facts.snapshot(grant.ref)
    if actor is None or body is None or current is None or body["created"] > grant.created:
        raise policy.absent(grant.ref)
    policy.rule_files(
        policy.Asked(
            actor=actor,
            purpose=grant.purpose,
            action=Action.FILES,
            ref=grant.ref,
            schema=current.schema,
            facts=facts,
            now=now,
        )
    )
    if grant.version == current.version:
        return current
    past = Past(grant.ref, grant.ref, version=grant.version)
    check_kept(facts, grant.ref, grant.version)
    found = snapshot_at(past, facts, lambda ref: means.catalog.history("dataset", str(ref)))
    if any(current.schema.find(column.name) is None for column in found.schema):
        raise policy.absent(grant.ref)
    return found


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one grant holds, for one request that it let in."""

    means: Means
    grant: FileGrant
    laid: Laid

    @property
    def items(self) -> Mapping[str, Item]:
        """The files, by name, in order of names."""
        return self.laid.items

    def open(self, name: str) -> BinaryIO:
        """One of them.

        Raises:
            NotFound: there is none of this name, or it was removed since.
            Unavailable: it is not what was recorded, or cannot be read.
            Refused: the grant was revoked just now.
        """
        if name == LOG:
            return BytesIO(self.laid.log)
        file = self.laid.files.get(name)
        if file is None:
            raise no_object()
        try:
            self.means.lake.bring([file])
            handle = self.means.lake.path(file).open("rb")
        except FileNotFoundError:
            raise no_object() from None
        except OSError as error:
            raise Unavailable(
                msg("The file cannot be read."), why=reason(error), detail="lake"
            ) from None
        try:
            if os.fstat(handle.fileno()).st_size != file.size:
                raise Unavailable(
                    msg("The file is not what was recorded."),
                    next=plain("doumen doctor"),
                    detail="lake",
                )
            self._begin()
        except BaseException:
            handle.close()
            raise
        return handle

    def _begin(self) -> None:
        """Record that reading began, unless it was."""
        if self.grant.read is not None:
            return
        try:
            self.means.commits.submit(self._draft)
        except _Begun:
            return
        passing("handed.recorded")

    def _draft(self, connection: Connection) -> Draft:
        body = self.means.catalog.current(connection).body(GRANT, self.grant.key)
        if body is None:
            raise _ended()
        if body.get("read") is not None:
            raise _Begun
        now, grant = self.means.clock(), self.grant
        event = Event(
            id=record.new_id(now, self.means.entropy),
            time=record.stamp(now),
            type="files.read",
            actor=grant.actor,
            purpose=grant.purpose,
            subject=str(grant.ref),
            used=(Used(str(grant.ref), grant.version),),
            charges=(Charge(f"actor:{grant.actor}", "rows", self.laid.snapshot.rows),),
            data={
                "grant": grant.id,
                "files": len(self.laid.files),
                "rows": self.laid.snapshot.rows,
            },
        )
        begun = replace(grant, read=event.id)
        return Draft(event, [Fact(GRANT, grant.key, begun.as_json())])


def no_object() -> NotFound:
    """There is no file of this name in a grant."""
    return NotFound(
        msg("There is no such object."),
        next=msg("List the bucket: its names are those of the grant."),
        detail="object",
    )


def _ended() -> Refused:
    """The grant is over, for whatever reason."""
    return Refused(
        msg("The grant that these keys are of has ended."),
        why=msg("Its time is over, it was revoked, or it would not be given any more."),
        next=msg("Ask for another: doumen dataset files DATASET"),
        detail="ended",
    )
