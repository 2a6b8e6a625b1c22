"""Accounts of this node, for where there is no directory: set up, listed, locked, taken away.

An account is the password of an actor; roles, purposes and claims stay with the actor. Better than
a password that the owner knows is an invitation, by which the actor chooses one.
"""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.errors import Conflict, Invalid, NotFound, Unavailable
from doumen.model.fact import Fact, Facts
from doumen.model.files import reason
from doumen.model.identity import ATTEMPTS, PASSWORD, SESSION, TICKET, TOTP, holder, identity_of
from doumen.model.message import LISTENER, Message, msg
from doumen.model.operation import Outcome, Table
from doumen.model.ref import identifier
from doumen.rooms.protect.known import known
from doumen.rooms.protect.signin import passwords, tickets
from doumen.rooms.protect.signin.attempts import Attempts, stamp
from doumen.rooms.protect.signin.entry import INVITE, password_fact


def establish(
    desk: Desk,
    name: str,
    *,
    invite: bool = False,
    password_file: Path | None = None,
    days: int = 7,
    endpoint: str | None = None,
) -> Outcome:
    """Give an actor an account: an invitation, or a password.

    Raises:
        NotFound: there is no such actor.
        Invalid: this cannot be the password, or the days are wrong.
        Refused: only the owner may.
    """
    actor = known(desk.facts(), name)
    if not invite:
        return _changed(desk, actor, chosen(actor, password_file))
    if not 1 <= days <= 30:
        raise Invalid(msg("{days} days are not 1 to 30.", days=days), detail="days")
    return tickets.handed(desk, actor, INVITE, timedelta(days=days), endpoint)


def change(desk: Desk, *, password_file: Path | None = None) -> Outcome:
    """Change one's own password; all one's sessions end.

    Raises:
        Invalid: this cannot be the password.
    """
    return _changed(desk, desk.actor.name, chosen(desk.actor.name, password_file))


def replaced(desk: Desk, facts: Facts, actor: str, password: str) -> str:
    """Put a new password in force, which ends what was open; gives the id of the receipt.

    Raises:
        Invalid: this cannot be the password.
        Conflict: another job changed it meanwhile.
        Refused: it is of another, and the asker is not the owner.
    """
    hash = passwords.hashed(passwords.checked(password, actor))
    ended = identity_of(facts, actor, SESSION, TICKET)
    fact = password_fact(actor, hash, datetime.now(UTC))
    return desk.amend([fact, *ended], subject=f"password {actor}")


def show_all(desk: Desk) -> Outcome:
    """The accounts that the asker may know, and how they stand."""
    facts, now = desk.facts(), datetime.now(UTC)
    invited = {
        holder(key)
        for key, body in facts.all(TICKET)
        if body["kind"] == INVITE and body["expires"] > stamp(now)
    }
    names = {key for kind in (PASSWORD, ATTEMPTS) for key, _ in facts.all(kind)} | invited
    shown = [_described(facts, name, name in invited, now) for name in sorted(names)]
    rows = tuple(
        (
            one["actor"],
            _state(one),
            one["changed"] or "",
            one["second_factor"],
            one["last_sign_in"] or "",
            one["failures"],
        )
        for one in shown
    )
    heads = (
        msg("actor"),
        msg("state"),
        msg("password of"),
        msg("second factor"),
        msg("last sign-in"),
        msg("failures since"),
    )
    return Outcome(json={"accounts": shown}, drawn=(Table(heads, rows),))


def remove(desk: Desk, name: str) -> Outcome:
    """Take an account away: password, second factor, invitations, sessions; the actor stays.

    Raises:
        NotFound: there is no such account.
        Refused: only the owner may.
    """
    actor = identifier(name, msg("actor name"))
    gone = list(identity_of(desk.facts(), actor))
    if not gone:
        raise NotFound(
            msg("Actor `{actor}` has no account.", actor=actor),
            next=msg("`doumen account list` shows them."),
            detail="account",
        )
    receipt = desk.amend(gone, subject=f"account {actor}")
    return Outcome(
        json={"actor": actor, "receipt": receipt},
        said=(
            msg("The account of `{actor}` is removed. Receipt {receipt}.",
                actor=actor, receipt=receipt),
        ),
    )  # fmt: skip


def lock(desk: Desk, name: str) -> Outcome:
    """Let nobody sign in as an actor any more, by any way; what is open ends.

    Raises:
        NotFound: there is no such actor.
        Conflict: the owner would lock themself out.
        Refused: only the owner may.
    """
    facts = desk.facts()
    actor = known(facts, name)
    if actor == desk.actor.name:
        raise Conflict(msg("You would lock yourself out."), detail="account")
    body = {**Attempts.of(facts.body(ATTEMPTS, actor)).as_json(), "closed": True}
    ended = identity_of(facts, actor, SESSION, TICKET)
    receipt = desk.amend(
        [Fact(ATTEMPTS, actor, body), *ended], subject=f"account locked {actor}", seen=facts
    )
    return Outcome(
        json={"actor": actor, "receipt": receipt},
        said=(
            msg("Nobody signs in as `{actor}` any more. Receipt {receipt}.",
                actor=actor, receipt=receipt),
            msg("Let them in again: doumen account unlock {actor}", actor=actor),
        ),
    )  # fmt: skip


def unlock(desk: Desk, name: str) -> Outcome:
    """Let an actor try to sign in again.

    Raises:
        NotFound: there is no such actor.
        Refused: only the owner may.
    """
    facts = desk.facts()
    actor = known(facts, name)
    body = Attempts.of(facts.body(ATTEMPTS, actor)).unlocked().as_json()
    receipt = desk.amend(
        [Fact(ATTEMPTS, actor, body)], subject=f"account unlocked {actor}", seen=facts
    )
    return Outcome(
        json={"actor": actor, "receipt": receipt},
        said=(
            msg("`{actor}` may sign in again. Receipt {receipt}.", actor=actor, receipt=receipt),
        ),
    )


def chosen(actor: str, file: Path | None) -> str:
    """A new password: the first line of a file, or typed twice at the terminal.

    Raises:
        Invalid: there is none, or the two are not the same.
        Unavailable: the file cannot be read.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").split("\n", 1)[0].removesuffix("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(
                msg("The password cannot be read from `{file}`.", file=file),
                why=reason(error) if isinstance(error, OSError) else msg("It is no text in UTF-8."),
                detail="password",
            ) from None
    if not sys.stdin.isatty():
        raise Invalid(
            msg("There is no terminal to type the password at."),
            next=msg("Give `--password-file FILE`, or an invitation: `--invite`."),
            detail="password",
        )
    found = _asked(msg("New password of `{actor}`: ", actor=actor))
    if found != _asked(msg("Once more: ")):
        raise Invalid(msg("The two passwords are not the same."), detail="password")
    return found


def _changed(desk: Desk, actor: str, password: str) -> Outcome:
    receipt = replaced(desk, desk.facts(), actor, password)
    return Outcome(
        json={"actor": actor, "receipt": receipt},
        said=(
            msg("The password of `{actor}` is set; what was open is ended. Receipt {receipt}.",
                actor=actor, receipt=receipt),
        ),
    )  # fmt: skip


def _asked(prompt: Message) -> str:
    return getpass.getpass(prompt.into(LISTENER.get()))


def _described(facts: Facts, name: str, invited: bool, now: datetime) -> dict[str, Any]:
    password, attempts = facts.body(PASSWORD, name), Attempts.of(facts.body(ATTEMPTS, name))
    return {
        "actor": name,
        "password": password is not None,
        "changed": None if password is None else password["changed"],
        "second_factor": facts.body(TOTP, name) is not None,
        "invited": invited,
        "locked": attempts.locked(now),
        "locked_until": None if attempts.closed or not attempts.locked(now) else attempts.until,
        "last_sign_in": attempts.last,
        "failures": attempts.missed,
    }


def _state(one: dict[str, Any]) -> str:
    if one["locked"]:
        return msg("locked")
    if one["password"]:
        return msg("open")
    return msg("invited") if one["invited"] else msg("without password")
