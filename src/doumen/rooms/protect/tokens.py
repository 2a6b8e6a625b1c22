"""Tokens: what lets an actor in over the network. Made, listed, revoked, and read from a request.

A token is `doumen_ID_SECRET`. The fact of it holds the SHA-256 of the secret: 256 random bits
cannot be tried out, so a slow hash, which is for what people can remember, would only cost time
on each request. The secret is told once, to whoever made the token, and kept nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.policy.amend import token_holder
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.fact import Fact, Facts
from doumen.model.identity import SESSION
from doumen.model.message import enumerated, joined, msg, sentence
from doumen.model.operation import SCOPES, Outcome, Table, Text
from doumen.rooms.protect.known import known

LONGEST = 3650
"""Days that a token may last at most."""
_FORM = re.compile(r"doumen_([0-9a-f]{16})_([0-9a-f]{64})", re.ASCII)
_NOBODY = "0" * 64
_NAME = 100


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token lets in, and for what."""

    token: str
    actor: str
    scopes: frozenset[str]


def add(
    desk: Desk,
    *,
    actor: str,
    scope: tuple[str, ...] = (),
    days: int = 90,
    name: str = "",
) -> Outcome:
    """Make a token; the one time that its secret is told.

    Raises:
        Invalid: scopes, days or name are wrong; all of them are told at once.
        NotFound: there is no such actor that the asker may know.
        Refused: it is for another, and the asker is not the owner.
    """
    holder = known(desk.facts(), actor)
    scopes = sorted(set(scope) or {"read"})
    _check(scopes, days, name)
    id, secret, now = secrets.token_hex(8), secrets.token_hex(32), datetime.now(UTC)
    body = {
        "hash": _hash(secret),
        "scopes": scopes,
        "name": name,
        "made_by": desk.actor.name,
        "created": _stamp(now),
        "expires": _stamp(now + timedelta(days=days)),
    }
    receipt = desk.amend([Fact("token", f"{holder}/{id}", body)], subject=f"token {id}")
    text = f"doumen_{id}_{secret}"
    return Outcome(
        json={**_described(f"{holder}/{id}", body), "token": text, "receipt": receipt},
        drawn=(Text(text),),
        said=(
            msg(
                "Token `{id}` lets `{holder}` in for {scopes} until {expires}. Receipt {receipt}.",
                id=id,
                holder=holder,
                scopes=joined(msg(" and "), scopes),
                expires=body["expires"],
                receipt=receipt,
            ),
            msg("It is shown this once and kept nowhere: put it where only its user can read it."),
            msg("Take it back: doumen token revoke {id}", id=id),
        ),
    )


def show_all(desk: Desk) -> Outcome:
    """The tokens that the asker may know, without their secrets."""
    shown = [_described(key, body) for key, body in desk.facts().all("token")]
    rows = tuple(
        (t["id"], t["actor"], tuple(t["scopes"]), t["expires"], t["name"], t["made_by"])
        for t in shown
    )
    heads = (
        msg("token"),
        msg("actor"),
        msg("scopes"),
        msg("expires"),
        msg("name"),
        msg("made by"),
    )
    return Outcome(json={"tokens": shown}, drawn=(Table(heads, rows),))


def revoke(desk: Desk, id: str) -> Outcome:
    """Take a token back; from now on it lets nobody in.

    Raises:
        NotFound: there is no such token that the asker may know.
    """
    for key, _ in desk.facts().all("token"):
        if key.rpartition("/")[2] == id:
            receipt = desk.amend([Fact("token", key, None)], subject=f"token {id}")
            return Outcome(
                json={"id": id, "actor": token_holder(key), "receipt": receipt},
                said=(msg("Token `{id}` is revoked. Receipt {receipt}.", id=id, receipt=receipt),),
            )
    raise NotFound(
        msg("There is no such token."),
        why=msg("Its id is the part between the two underscores."),
        next=msg("`doumen token list` shows them."),
        detail="token",
    )


def bearer(facts: Facts, text: str, now: datetime) -> Bearer | None:
    """Who a token lets in, by the facts as the owner knows them; None: nobody.

    Whether it is malformed, unknown, revoked, expired, of an actor who is gone, or has the wrong
    secret is not told, nor by the time it takes: a secret is hashed and compared in any case.
    """
    found = _FORM.fullmatch(text)
    id, secret = found.groups() if found else ("", "")
    rows = facts.rows.get("token", {})
    key = next((key for key in rows if key.endswith(f"/{id}")), "")
    body = facts.body("token", key) or {}
    same = hmac.compare_digest(_hash(secret), str(body.get("hash", _NOBODY)))
    holder = token_holder(key)
    if not same or facts.actor(holder) is None or _stamp(now) >= body["expires"]:
        return None
    return Bearer(id, holder, frozenset(body["scopes"]))


def valid(facts: Facts, id: str, now: datetime) -> None:
    """Check that a token or a session, which let somebody in before, still does.

    Raises:
        Refused: it was revoked or ended since, or has expired.
    """
    for key, body in (*facts.all("token"), *facts.all(SESSION)):
        if key.rpartition("/")[2] == id and _stamp(now) < body["expires"]:
            return
    raise Refused(
        msg("The token or session that asked for this job lets nobody in any more."),
        why=msg("It was revoked or ended, or has expired."),
        next=msg("Ask again with another token, or sign in again."),
        detail="token",
    )


def tokens_of(facts: Facts, actor: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Key and body of each token of an actor."""
    return (pair for pair in facts.all("token") if token_holder(pair[0]) == actor)


def need(bearer: Bearer, scope: str, operation: str) -> None:
    """Check that a token carries what an operation needs.

    Raises:
        Refused: it does not.
    """
    if scope not in bearer.scopes:
        raise Refused(
            msg("This token is not for `{operation}`.", operation=operation),
            why=msg(
                "It carries {scopes}; `{operation}` needs `{scope}`.",
                scopes=enumerated(sorted(bearer.scopes)),
                operation=operation,
                scope=scope,
            ),
            next=msg(
                "Ask for a token with this scope: doumen token add --actor NAME --scope {scope}",
                scope=scope,
            ),
            detail="scope",
        )


def _check(scopes: list[str], days: int, name: str) -> None:
    faults = [
        msg("scope `{scope}` is none of {scopes}", scope=scope, scopes=enumerated(SCOPES))
        for scope in scopes
        if scope not in SCOPES
    ]
    if not 1 <= days <= LONGEST:
        faults.append(msg("{days} days are not 1 to {longest}", days=days, longest=LONGEST))
    if len(name) > _NAME or not (name == "" or name.isprintable()):
        faults.append(msg("the name is not one line of at most {most} characters", most=_NAME))
    if faults:
        raise Invalid(msg("The token cannot be made."), why=sentence(faults), detail="token")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def _stamp(moment: datetime) -> str:
    """RFC 3339 in UTC to the second; of one width, so that text sorts as time."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _described(key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    holder, _, id = key.rpartition("/")
    return {
        "id": id,
        "actor": holder,
        "scopes": list(body["scopes"]),
        "name": body["name"],
        "made_by": body["made_by"],
        "created": body["created"],
        "expires": body["expires"],
    }
