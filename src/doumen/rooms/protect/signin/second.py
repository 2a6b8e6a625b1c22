"""The second factor of an account: enrolled with a first code, with recovery codes, taken away.

Nothing is kept before the first code: what is enrolled travels sealed, with the actor it is for
and the time it holds, so that a half-done enrolment neither locks anybody out nor waits in a store.
"""

from __future__ import annotations

import io
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid, NotFound, Refused, Unavailable
from doumen.model.fact import Fact
from doumen.model.identity import TOTP
from doumen.model.message import msg, plain
from doumen.model.operation import Outcome, Text
from doumen.rooms.protect.known import known
from doumen.rooms.protect.signin import codes
from doumen.rooms.protect.signin.attempts import stamp
from doumen.rooms.protect.signin.entry import SEED

if TYPE_CHECKING:
    from segno import QRCode

ENROLMENT = "totp enrolment"
"""What the secret is sealed for before its first code."""
WITHIN = timedelta(minutes=30)


def second(
    desk: Desk,
    *,
    actor: str | None = None,
    enrolment: str | None = None,
    code: str | None = None,
    off: bool = False,
) -> Outcome:
    """Begin to enrol a second factor, confirm it by a first code, or take it away.

    Raises:
        Invalid: a code without its enrolment or the reverse, or one that does not hold.
        NotFound: there is no such actor, or nothing to take away.
        Refused: it is of another, and the asker is not the owner; or it is to be enrolled by
            another than who has it.
    """
    name = desk.actor.name if actor is None else known(desk.facts(), actor)
    if off:
        return _taken(desk, name)
    if name != desk.actor.name:
        raise Refused(
            msg("A second factor is enrolled by whom it is of."),
            next=msg("The owner only takes one away: `--off`."),
            detail="role",
        )
    if enrolment is None and code is None:
        return _begun(desk, name)
    if enrolment is None or code is None:
        raise Invalid(
            msg("The enrolment and its first code belong together."),
            next=msg("Give both: `--enrolment TEXT --code CODE`."),
            detail="code",
        )
    return _confirmed(desk, name, enrolment, code)


def picture(uri: str) -> str:
    """A QR code as SVG of its own, for a page."""
    out = io.BytesIO()
    _qr(uri).save(out, kind="svg", xmldecl=False, svgns=True, scale=4, dark="#000", light="#fff")
    return out.getvalue().decode("utf-8")


def _begun(desk: Desk, name: str) -> Outcome:
    seed = secrets.token_bytes(codes.BYTES)
    expires = stamp(datetime.now(UTC) + WITHIN)
    uri = codes.address(seed, name, desk.own().name)
    drawn = io.StringIO()
    _qr(uri).terminal(out=drawn, compact=True)
    text = desk.seal(f"{expires} {seed.hex()}", name, ENROLMENT)
    return Outcome(
        json={"actor": name, "uri": uri, "enrolment": text, "expires": expires},
        drawn=(Text(drawn.getvalue()), Text(uri)),
        said=(
            msg("Scan it with an authenticator app, or type the secret of the address."),
            msg("Then: doumen account totp --enrolment {text} --code CODE", text=text),
        ),
    )


def _confirmed(desk: Desk, name: str, enrolment: str, code: str) -> Outcome:
    expires, _, given = desk.unseal(enrolment, name, ENROLMENT).partition(" ")
    now = datetime.now(UTC)
    seed = bytes.fromhex(given)
    step = codes.step_of(seed, code, now, -1)
    if step is None or stamp(now) >= expires:
        raise Invalid(
            msg("This is not the code of now."),
            why=msg("The clock of the device may be wrong, or the enrolment is over."),
            next=msg("Begin again: `doumen account totp`."),
            detail="code",
        )
    recovery = codes.recovery(secrets.token_bytes(10 * codes.RECOVERY))
    body = {
        "sealed": desk.seal(seed.hex(), name, SEED),
        "recovery": [codes.digest(one) for one in recovery],
        "step": step,
        "since": stamp(now),
    }
    receipt = desk.amend([Fact(TOTP, name, body)], subject=f"second factor {name}")
    return Outcome(
        json={"actor": name, "recovery": list(recovery), "receipt": receipt},
        drawn=(Text("\n".join(recovery)),),
        said=(
            msg(
                "From now on `{actor}` signs in with a code too. Receipt {receipt}.",
                actor=name,
                receipt=receipt,
            ),
            msg("Keep the recovery codes apart from the device: each lets you in once without it."),
        ),
    )


def _taken(desk: Desk, name: str) -> Outcome:
    if desk.facts().body(TOTP, name) is None:
        raise NotFound(msg("`{actor}` has no second factor.", actor=name), detail="second-factor")
    receipt = desk.amend([Fact(TOTP, name, None)], subject=f"second factor {name}")
    return Outcome(
        json={"actor": name, "receipt": receipt},
        said=(
            msg(
                "`{actor}` signs in without a code. Receipt {receipt}.",
                actor=name,
                receipt=receipt,
            ),
        ),
    )


def _qr(uri: str) -> QRCode:
    try:
        import segno  # noqa: PLC0415 - an extra
    except ImportError:
        raise Unavailable(
            msg("QR codes need a library that is not installed."),
            next=plain("pip install 'doumen[service]'"),
            detail="extra",
        ) from None
    return segno.make_qr(uri, error="m")
