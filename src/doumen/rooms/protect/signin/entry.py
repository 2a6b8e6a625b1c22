"""The sign-in itself: by password and code, by a link, by an invitation; each opens a session.

It stands at the desk of the owner, who alone knows what is held against what was typed. All that a
sign-in changes (the session, the failures, the step of a code, a link that is used up) is one
event, on condition that none of it changed since it was looked at: of two that use one link or one
code, one comes in, and failures that other processes count are never lost. Whatever is wrong, the
answer is the same, and what `FLOOR` says is for the face to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from doumen.gate.desk import Desk
from doumen.model.errors import Conflict, Invalid, Refused
from doumen.model.fact import Fact, Facts
from doumen.model.identity import ATTEMPTS, PASSWORD, SESSION, TICKET, TOTP, identity_of
from doumen.model.message import msg
from doumen.model.ref import identifier
from doumen.rooms.protect.signin import codes, passwords, sessions
from doumen.rooms.protect.signin.attempts import Attempts, stamp
from doumen.rooms.protect.signin.sessions import LASTING, Opened, held

FLOOR = 0.75
"""Seconds before which no failure is told: an account that is there costs an event more."""
LINK, INVITE, OIDC = "link", "invite", "oidc"
SEED = "totp"
"""What the secret of a second factor is sealed for."""
_TRIES = 12


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody came in.

    Attributes:
        via: password, link, invite or oidc.
        lasting: How long the session lasts.
        provider: By which provider, of oidc.
        used: Digest of what signs in once, and until when it could.
        facts: What else changes with it.
    """

    via: str
    lasting: timedelta
    provider: str | None = None
    used: tuple[str, str] | None = None
    facts: Sequence[Fact] = ()


def refused() -> Refused:
    """The one answer to all that lets nobody in."""
    return Refused(
        msg("You are not signed in."),
        why=msg(
            "Something of it is not right: name, password, code or link; or there were too many "
            "tries, and the account is locked for a while."
        ),
        next=msg("Try again, with the code of your app if you have one; else ask the owner."),
        detail="sign-in",
    )


def sign_in(
    door: Desk,
    name: str,
    password: str,
    code: str,
    now: datetime,
    *,
    lasting: timedelta = LASTING,
) -> Opened:
    """Open a session by a password, and a code where the account has a second factor.

    Args:
        door: The owner at the gate.
        name: As typed.
        password: As typed.
        code: As typed: of the app, or a recovery code; empty where there is none.
        now: UTC.
        lasting: How long the session lasts.

    Raises:
        Refused: they do not come in, whatever the cause.
    """
    try:
        actor = identifier(name, msg("actor name"))
    except Invalid:
        actor = ""
    right = _Known(password)

    def once(facts: Facts) -> Opened | None:
        hash = (facts.body(PASSWORD, actor) or {}).get("hash")
        known, attempts = right.of(hash), Attempts.of(facts.body(ATTEMPTS, actor))
        if hash is None or facts.actor(actor) is None or attempts.locked(now):
            return None
        second = _second(door, facts, actor, code, now)
        if known and second is not None:
            way = Way("password", lasting, facts=[*_anew(facts, actor, password), *second])
            return opened(door, facts, actor, way, now)
        _count(door, facts, actor, now)
        return None

    return settled(door, once)


def by_link(door: Desk, text: str, now: datetime, *, lasting: timedelta = LASTING) -> Opened:
    """Open a session by a one-time link, which is used up.

    Raises:
        Refused: it is none, was used, or is over; or the account is locked.
    """

    def once(facts: Facts) -> Opened | None:
        found = held(facts, TICKET, text, now)
        if found is None or found[2]["kind"] != LINK:
            return None
        actor, id, _ = found
        used = [Fact(TICKET, f"{actor}/{id}", None)]
        return opened(door, facts, actor, Way(LINK, lasting, facts=used), now)

    return settled(door, once)


def invited(facts: Facts, text: str, now: datetime) -> str | None:
    """The actor that an invitation is for; None: it is none, was used, or is over."""
    found = held(facts, TICKET, text, now)
    return found[0] if found is not None and found[2]["kind"] == INVITE else None


def accept(
    door: Desk, text: str, password: str, code: str, now: datetime, *, lasting: timedelta = LASTING
) -> Opened:
    """Choose the password of an account by an invitation, which is used up, and come in.

    An account that has a second factor keeps it: its code is asked for.

    Raises:
        Refused: it is none, was used, or is over; or the code is wrong, or the account locked.
        Invalid: this cannot be the password.
    """

    def once(facts: Facts) -> Opened | None:
        actor = invited(facts, text, now)
        if actor is None:
            return None
        hash = passwords.hashed(passwords.checked(password, actor))
        chosen = [*identity_of(facts, actor, SESSION, TICKET), password_fact(actor, hash, now)]
        second = None
        if not Attempts.of(facts.body(ATTEMPTS, actor)).locked(now):
            second = _second(door, facts, actor, code, now)
            if second is None:
                _count(door, facts, actor, now)
        if second is None:
            return None
        way = Way(INVITE, lasting, facts=[*chosen, *second])
        return opened(door, facts, actor, way, now)

    return settled(door, once)


def opened(door: Desk, facts: Facts, actor: str, way: Way, now: datetime) -> Opened | None:
    """Open a session for an actor who is known now; None: the account is locked.

    Failures with a password lock the way by a password alone: whoever fails on purpose keeps
    nobody out who comes by a link or a provider. The lock of the owner is for all ways.

    Raises:
        Conflict: another job changed what it was made from.
    """
    attempts = Attempts.of(facts.body(ATTEMPTS, actor))
    shut = attempts.closed if way.via in (LINK, OIDC) else attempts.locked(now)
    if shut or (way.used is not None and way.used[0] in attempts.used):
        return None
    cookie, fact = sessions.opened(actor, way.via, now, way.lasting, way.provider)
    changed = {(one.kind, one.key) for one in way.facts}
    swept = [f for f in sessions.swept(facts, actor, now) if (f.kind, f.key) not in changed]
    after = attempts.succeeded(now, way.used)
    receipt = door.amend(
        [fact, Fact(ATTEMPTS, actor, after.as_json()), *way.facts, *swept],
        subject=f"sign-in {actor}",
        seen=facts,
    )
    return Opened(
        cookie=cookie,
        session=fact.key.rpartition("/")[2],
        actor=actor,
        expires=(fact.body or {})["expires"],
        before=attempts.last,
        missed=attempts.missed,
        receipt=receipt,
    )


def settled(door: Desk, once: Callable[[Facts], Opened | None]) -> Opened:
    """Try it on the facts as they are until nothing else changed meanwhile.

    Raises:
        Refused: it gives nothing, or others change it again and again.
    """
    for _ in range(_TRIES):
        try:
            found = once(door.facts())
        except Conflict:
            continue
        if found is None:
            break
        return found
    raise refused()


def anew(door: Desk, actor: str, now: datetime, *, lasting: timedelta = LASTING) -> Opened:
    """Open a session for somebody who is signed in and has just ended all of theirs.

    Raises:
        Refused: the account is locked.
    """
    way = Way("password", lasting)
    return settled(door, lambda facts: opened(door, facts, actor, way, now))


def confirmed(door: Desk, actor: str, password: str, now: datetime) -> None:
    """Check that somebody who is signed in knows their password: before they change how they do.

    Failures count as those of sign-ins.

    Raises:
        Refused: it is not theirs, or the account is locked.
    """
    right = _Known(password)
    for _ in range(_TRIES):
        facts = door.facts()
        hash = (facts.body(PASSWORD, actor) or {}).get("hash")
        known, attempts = right.of(hash), Attempts.of(facts.body(ATTEMPTS, actor))
        if attempts.locked(now) or hash is None:
            break
        if known:
            return
        try:
            _count(door, facts, actor, now)
        except Conflict:
            continue
        break
    raise refused()


def password_fact(actor: str, hash: str, now: datetime) -> Fact:
    """The fact of a password."""
    return Fact(PASSWORD, actor, {"hash": hash, "changed": stamp(now)})


class _Known:
    """Whether a password is right, found out once for each hash it is held against."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._found: dict[str | None, bool] = {}

    def of(self, hash: str | None) -> bool:
        """By a hash; None: there is no account, and the time is spent all the same."""
        if hash not in self._found:
            self._found[hash] = passwords.same(hash, self._password)
        return self._found[hash]


def _second(door: Desk, facts: Facts, actor: str, code: str, now: datetime) -> list[Fact] | None:
    """What changes with the second factor; None: its code does not hold."""
    body = facts.body(TOTP, actor)
    if body is None:
        return []
    seed = bytes.fromhex(door.unseal(body["sealed"], actor, SEED))
    step = codes.step_of(seed, code, now, body["step"])
    if step is not None:
        return [Fact(TOTP, actor, {**body, "step": step})]
    left = codes.without(body["recovery"], code)
    return None if left is None else [Fact(TOTP, actor, {**body, "recovery": left})]


def _anew(facts: Facts, actor: str, password: str) -> list[Fact]:
    """The password under the parameters of today, where it was hashed by others."""
    body = facts.body(PASSWORD, actor) or {}
    made = passwords.prepared(password)
    if made is None or not passwords.stale(body["hash"]):
        return []
    return [Fact(PASSWORD, actor, {**body, "hash": passwords.hashed(made)})]


def _count(door: Desk, facts: Facts, actor: str, now: datetime) -> None:
    """Record a failure, and the lock that it brings."""
    before = Attempts.of(facts.body(ATTEMPTS, actor))
    after = before.failed(now)
    what = "failed" if after.locks == before.locks else "locked"
    fact = Fact(ATTEMPTS, actor, after.as_json())
    door.amend([fact], subject=f"sign-in {what} {actor}", seen=facts)
