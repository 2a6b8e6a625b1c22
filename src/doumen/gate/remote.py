"""A question under an agreement, at the consumer: asked of the provider's gate, after our own.

Our gate parses it by the same lists, looks whether the agreement is in force and whether this
actor may use it for this purpose, and records that it asks before it does. What comes back is
held to what the provider signed for it, countersigned, and recorded before it is given; of a large
answer that is read by batches the rows come first, and the last step raises where they do not
hold. Whatever breaks in between leaves a question without an end, which `reconcile` settles with
the provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from doumen.failpoint import passing
from doumen.gate import counterpart, once, parse, peers, record, resolve, settle
from doumen.gate.answer import RecordedAnswer
from doumen.gate.commit import Draft
from doumen.gate.distant import DistantStream
from doumen.gate.foretold import Explanation
from doumen.gate.means import Means
from doumen.gate.query import refusing
from doumen.gate.record import Disclosed
from doumen.gate.stages import Asked
from doumen.kits import policy
from doumen.kits.evidence.canonical import canonical, parsed
from doumen.kits.evidence.digest import AnswerDigest, Digester
from doumen.kits.evidence.disclosure import committed
from doumen.model.actor import Actor
from doumen.model.agreement import ENDPOINT, Agreement, Side
from doumen.model.answer import Explained
from doumen.model.errors import (
    DoumenError,
    NotFound,
    Refused,
    Tampered,
    Unavailable,
    told_by,
)
from doumen.model.event import Charge, Event, Used
from doumen.model.fact import Facts
from doumen.model.job import Job, Query
from doumen.model.message import msg
from doumen.model.participant import Participant, member
from doumen.model.receipt import Receipt

PATH = ENDPOINT
FORMAT = "doumen-query-1"
EXPLAINED = 16 << 20
"""Bytes of an explanation."""
BROKEN = "query.broken"
"""Event of a question of which it is not known what came of it."""
UNREAD = "unavailable.answer"
"""Code of a refusal that says nothing."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A question that the provider's gate will answer."""

    asked: Asked
    actor: Actor
    agreement: Agreement
    provider: Participant


def answer(means: Means, job: Job, query: Query) -> RecordedAnswer:
    """Ask the provider; what our own gate refuses is recorded, and never sent."""
    said = record.new_disclosure(query, means.entropy)
    with refusing(means, job, said):
        foreign = admit(job, query, means)
    body = _body(foreign, said)
    question = _Question(means, foreign, said)
    question.begin()
    passing("remote.asked")
    try:
        stream = question.open(body)
    except DoumenError as error:
        question.fail(error)
        raise
    return RecordedAnswer(
        stream,
        Digester(stream.schema, foreign.asked.statement.ordered, bytes.fromhex(said["salt"])),
        question.note,
        settling=means.settling,
        small=means.small,
        expires=stream.expires,
        sure=False,
    )


def admit(job: Job, query: Query, means: Means) -> Foreign:
    """Our own gate.

    Raises:
        Refused: the statement is not on the lists, or a dataset is not in the agreement; the
            agreement is not in force; the actor may not use it.
        NotFound: there is no such agreement that the actor may know of.
        Invalid: the statement or the purpose is none.
    """
    facts, now = means.catalog.current(), means.clock()
    asked = parse.parse(job, query, now)
    actor = resolve.actor_of(job.actor, facts)
    resolve.listed(job.purpose, facts)
    policy.check_purpose(actor, job.purpose)
    agreement = usable(actor, facts, job, now)
    beyond = [
        ref for ref in asked.statement.tables
        if ref not in {grant.ref for grant in agreement.terms.grants}
    ]  # fmt: skip
    if beyond:
        raise Refused(
            msg("`{ref}` is not in agreement `{key}`.", ref=min(beyond), key=agreement.key),
            why=msg("A whole statement runs at the provider, over what the agreement holds."),
            next=msg("See it: doumen agreement show {key}", key=agreement.key),
            detail="agreement",
        )
    places = agreement.terms.places  # where we are is for the provider to judge
    own = replace(means.own(), place=places[0] if places else "")
    policy.check_in_force(agreement, own, job.purpose, now)
    provider = facts.body("participant", agreement.counterparty)
    if provider is None:
        raise NotFound(
            msg("The provider of agreement `{key}` is no participant any more.",
                key=agreement.key),
            next=msg("Add it again: doumen participant add"),
            detail="participant",
        )  # fmt: skip
    return Foreign(asked, actor, agreement, Participant.from_json(provider))


def usable(actor: Actor, facts: Facts, job: Job, now: datetime) -> Agreement:
    """The agreement, if this actor may use it for this purpose.

    Raises:
        NotFound: they may not know of it. Refused: they may not use it, or not for this.
    """
    key = job.agreement or ""
    agreement = policy.agreement_of(facts, key)
    policy.may_use(actor, facts, key, job.purpose, now)
    if agreement.side is not Side.CONSUMER:
        raise Refused(
            msg("Agreement `{key}` is for the other side to use.", key=key),
            why=msg("Its data are those of this node."),
            next=msg("Ask without `--agreement`."),
            detail="agreement",
        )
    return agreement


def explain(means: Means, job: Job, query: Query) -> Explained:
    """What the provider's gate would do, as it says; nothing is run, recorded or charged.

    Raises:
        DoumenError: as the own gate or the provider's refuses it.
    """
    foreign = admit(job, query, means)
    said = record.new_disclosure(query, means.entropy)
    heard = peers.call(
        means,
        foreign.provider,
        "POST",
        PATH,
        body=_body(foreign, said, explain=True),
        most=EXPLAINED,
    )
    if heard.status != 200:
        raise _refusal(heard.status, heard.body)[0]
    try:
        return Explanation.model_validate(parsed(heard.body, msg("The answer"))).told()
    except (ValidationError, Tampered):
        raise _refusal(heard.status, b"")[0] from None


@dataclass(slots=True)
class _Question:
    """One question on its way: what is recorded of it, and when.

    Whatever breaks after it was asked leaves it open: only the provider knows what came of it.

    Attributes:
        id: Of the request.
        stream: Its answer, once there is one.
        final: Whether the provider refused it under its signature.
        charged: Whether it says that it charged for it all the same.
    """

    means: Means
    foreign: Foreign
    said: Disclosed
    id: str = ""
    stream: DistantStream | None = None
    final: bool = False
    charged: bool = False

    def begin(self) -> None:
        """Record that it is asked; what it costs is known with what comes of it."""
        self.id = record.new_id(self.means.clock(), self.means.entropy)
        self._submit(self.id, "query.asked", {})

    def open(self, body: bytes) -> DistantStream:
        """Send it, and take the head of the answer.

        Raises:
            DoumenError: as the provider refused it, or because it cannot be reached.
        """
        with ExitStack() as stack:
            came = stack.enter_context(
                peers.stream(self.means, self.foreign.provider, "POST", PATH, body, id=self.id)
            )
            if came.status != 200:
                whole = came.status >= peers.REFUSAL
                error, self.charged = _refusal(came.status, b"".join(came.pieces) if whole else b"")
                self.final = came.reply is not None and error.code != UNREAD
                raise error
            self.stream = DistantStream(came.pieces, self.means.bounds.output, stack.pop_all())
        return self.stream

    def note(
        self, kind: str, digest: AnswerDigest | None, truncated: bool, code: str | None
    ) -> Receipt:
        """Record what came of it.

        Raises:
            Tampered: what came is not what the provider signed for; then that is recorded.
        """
        event = record.new_id(self.means.clock(), self.means.entropy)
        if digest is None:
            return self._submit(event, BROKEN if code else kind, {"code": code} if code else {})
        try:
            signed, text = self._signed(digest, truncated)
        except Tampered as error:
            self._submit(event, BROKEN, {"code": error.code})
            raise
        data = {
            "result": digest.as_json(),
            "truncated": truncated,
            "remote": counterpart.remote(self.foreign.provider, signed),
            **counterpart.notices(signed),
        }
        used = counterpart.used(self.foreign.provider, signed)
        receipt = self._submit(
            event, kind, data, self._cost(digest.rows), used=used, extra={"counterpart": text}
        )
        passing("remote.recorded")
        self.means.settling.run(lambda: self._deliver(text))
        return receipt

    def _signed(self, digest: AnswerDigest, truncated: bool) -> tuple[Receipt, str]:
        """The provider's receipt of just this answer, and the same with our signature.

        Raises:
            Tampered: it is of another one.
        """
        stream, foreign = self.stream, self.foreign
        assert stream is not None
        asked = counterpart.Asked(
            self.id,
            committed(self.said),
            member(self.means.own().id, foreign.actor.name),
            foreign.asked.job.purpose,
        )
        signed = counterpart.true_receipt(
            foreign.provider, foreign.agreement, asked, stream.receipt
        )
        data = signed.event["data"]
        if data["result"] != digest.as_json() or data["truncated"] is not truncated:
            raise counterpart.untrue(msg("The rows are not those that were signed."))
        expires = None if stream.expires is None else stream.expires.isoformat()
        if data.get("expires") != expires or len(data["lineage"]) != len(stream.schema):
            raise counterpart.untrue(msg("The columns or the last day are not those signed."))
        return signed, counterpart.sign(self.means, stream.receipt)

    def _cost(self, rows: int) -> tuple[Charge, ...]:
        return counterpart.charged(self.foreign.agreement, self.foreign.actor.name, rows)

    def _deliver(self, text: str) -> None:
        """Give the provider the receipt that we signed too; `reconcile` does what fails here."""
        with suppress(DoumenError):
            settle.deliver(self.means, self.foreign.provider, [text])

    def fail(self, error: DoumenError) -> None:
        """Record that there is no answer; whether it was run there is not known of a break."""
        event, data = record.new_id(self.means.clock(), self.means.entropy), {"code": error.code}
        if self.final:
            self._submit(event, "query.failed", data, self._cost(0) if self.charged else ())
        else:
            self._submit(event, BROKEN, data)

    def _submit(
        self,
        event: str,
        kind: str,
        data: Mapping[str, Any],
        charges: tuple[Charge, ...] = (),
        *,
        used: tuple[Used, ...] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> Receipt:
        job, now = self.foreign.asked.job, self.foreign.asked.now
        draft = Draft(
            event=Event(
                id=event,
                time=record.stamp(now),
                type=kind,
                actor=job.actor,
                purpose=job.purpose,
                agreement=job.agreement,
                subject=job.subject,
                used=used,
                charges=charges,
                data={"statement": committed(self.said), "request": self.id, **data},
            ),
            disclosed={**self.said, **(extra or {})},
        )
        if kind in settle.ENDS:
            draft = once.ending(draft, once.account_of(self.id), self.id)
        return self.means.commits.submit(lambda _: draft)


def _body(foreign: Foreign, said: Disclosed, *, explain: bool = False) -> bytes:
    """What the provider is asked, in its one spelling."""
    job = foreign.asked.job
    return canonical(
        {
            "explain": explain,
            "format": FORMAT,
            "agreement": foreign.agreement.id,
            "actor": foreign.actor.name,
            "purpose": job.purpose,
            "statement": said["statement"],
            "parameters": said["parameters"],
            "salt": said["salt"],
        }
    )


def _refusal(status: int, body: bytes) -> tuple[DoumenError, bool]:
    """The error that the provider tells of, and whether it charged for the question."""
    try:
        told = parsed(body, msg("The answer"))
        return told_by(told), told.get("charged") is True
    except (AttributeError, KeyError, TypeError, DoumenError):
        error = Unavailable(
            msg("The provider answered with status {status}.", status=status),
            next=msg("Ask again later."),
            detail="answer",
        )
        return error, False
