"""Sessions of browsers: opened by a sign-in, read from a cookie, listed, ended.

The cookie is `ID_SECRET`; the fact of a session holds the SHA-256 of the secret, 256 random bits.
Each sign-in makes an id and a secret of its own, whatever the browser came with, so that nobody
can be given a session that another knows. A session ends by its time, by its owner or the owner of
the node, with a new password, with the lock of the account, and with the actor; what is over is
swept away by the next sign-in of the same actor.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.identity import SESSION, TICKET, holder
from doumen.model.message import msg
from doumen.model.operation import SCOPES, Outcome, Table
from doumen.rooms.protect.signin.attempts import stamp

COOKIE = "doumen_session"
LASTING = timedelta(hours=12)
"""How long a session lasts, where it is not said otherwise."""
MOST = 20
"""Sessions that an actor has at one time; one more ends the oldest."""
_FORM = re.compile(r"([0-9a-f]{16})_([0-9a-f]{64})", re.ASCII)
_NOBODY = "0" * 64


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a cookie lets in.

    Attributes:
        csrf: What forms of this session carry, so that no other site can send them.
    """

    session: str
    actor: str
    scopes: frozenset[str]
    expires: str
    via: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened.

    Attributes:
        cookie: Text of the cookie: told to the browser, and kept nowhere else.
        before: When the actor signed in before, RFC 3339; None: never.
        missed: Sign-ins that failed since then.
        receipt: Of the event.
    """

    cookie: str
    session: str
    actor: str
    expires: str
    before: str | None
    missed: int
    receipt: str


def visitor(facts: Facts, text: str, now: datetime) -> Visitor | None:
    """Who a cookie lets in, by the facts as the owner knows them; None: nobody.

    Why not is never told, nor by the time it takes.
    """
    found = held(facts, SESSION, text, now)
    if found is None:
        return None
    actor, id, body = found
    secret = text.partition("_")[2].encode("ascii")
    return Visitor(
        session=id,
        actor=actor,
        scopes=frozenset(body["scopes"]),
        expires=body["expires"],
        via=body["via"],
        csrf=hmac.new(secret, b"doumen csrf", hashlib.sha256).hexdigest(),
    )


def held(
    facts: Facts, kind: str, text: str, now: datetime
) -> tuple[str, str, Mapping[str, Any]] | None:
    """Actor, id and body of the session or ticket that a text `ID_SECRET` opens now."""
    found = _FORM.fullmatch(text)
    id, secret = found.groups() if found else ("", "")
    key = next((key for key in facts.rows.get(kind, {}) if key.endswith(f"/{id}")), "")
    body = facts.body(kind, key) or {}
    same = hmac.compare_digest(_hash(secret), str(body.get("hash", _NOBODY)))
    actor = holder(key)
    if not same or facts.actor(actor) is None or stamp(now) >= body["expires"]:
        return None
    return actor, id, body


def secret(kind: str, actor: str, body: Mapping[str, Any]) -> tuple[str, Fact]:
    """A new text `ID_SECRET`, and the fact that it is read by."""
    id, made = secrets.token_hex(8), secrets.token_hex(32)
    return f"{id}_{made}", Fact(kind, f"{actor}/{id}", {"hash": _hash(made), **body})


def opened(
    actor: str, via: str, now: datetime, lasting: timedelta, provider: str | None = None
) -> tuple[str, Fact]:
    """The cookie of a new session, and its fact."""
    body = {
        "via": via,
        "provider": provider,
        "scopes": sorted(SCOPES),
        "created": stamp(now),
        "expires": stamp(now + lasting),
    }
    return secret(SESSION, actor, body)


def swept(facts: Facts, actor: str, now: datetime) -> list[Fact]:
    """What takes back what is over of an actor, and the oldest sessions of too many."""
    gone = [
        Fact(kind, key, None)
        for kind in (SESSION, TICKET)
        for key, body in facts.all(kind)
        if holder(key) == actor and body["expires"] <= stamp(now)
    ]
    live = sorted(
        (body["created"], key)
        for key, body in facts.all(SESSION)
        if holder(key) == actor and body["expires"] > stamp(now)
    )
    return gone + [Fact(SESSION, key, None) for _, key in live[: max(len(live) - MOST + 1, 0)]]


def show_all(desk: Desk) -> Outcome:
    """The sessions that last, of those that the asker may know."""
    now = stamp(datetime.now(UTC))
    shown = [
        {
            "id": key.rpartition("/")[2],
            "actor": holder(key),
            "via": body["via"],
            "provider": body["provider"],
            "created": body["created"],
            "expires": body["expires"],
        }
        for key, body in desk.facts().all(SESSION)
        if body["expires"] > now
    ]
    rows = tuple(
        (one["id"], one["actor"], one["provider"] or one["via"], one["created"], one["expires"])
        for one in shown
    )
    heads = (msg("session"), msg("actor"), msg("signed in by"), msg("created"), msg("expires"))
    return Outcome(json={"sessions": shown}, drawn=(Table(heads, rows),))


def end(desk: Desk, id: str | None = None, *, all: bool = False) -> Outcome:
    """End a session, or all of the asker's own.

    Raises:
        Invalid: none is named, and not all either.
        NotFound: there is no such session that the asker may know.
    """
    if (id is None) == (not all):
        raise Invalid(msg("Name a session, or take `--all`."), detail="session")
    keys = [
        key
        for key, _ in desk.facts().all(SESSION)
        if (holder(key) == desk.actor.name if all else key.rpartition("/")[2] == id)
    ]
    if not keys:
        raise NotFound(
            msg("There is no such session."),
            next=msg("`doumen session list` shows them."),
            detail="session",
        )
    ids = [key.rpartition("/")[2] for key in keys]
    receipt = desk.amend(
        [Fact(SESSION, key, None) for key in keys], subject=f"sign-out {holder(keys[0])}"
    )
    said = msg("{count} sessions are ended. Receipt {receipt}.", count=len(ids), receipt=receipt)
    if len(ids) == 1:
        said = msg("Session `{id}` is ended. Receipt {receipt}.", id=ids[0], receipt=receipt)
    return Outcome(json={"ended": ids, "receipt": receipt}, said=(said,))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("ascii")).hexdigest()
