"""What goes wrong at an HTTP interface: each names the address, the cause and the next step.

Nothing that an answer says is passed on but its status, and of the codes of OAuth those that the
standard has.
"""

from __future__ import annotations

from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Refused, Unavailable
from doumen.model.message import Message, msg
from doumen.rooms.collect.web.address import Address


def unanswered(address: Address, why: Message) -> Unavailable:
    """It cannot be reached now, or its answer does not come whole."""
    return Unavailable(
        msg("`{address}` does not answer.", address=address),
        why=why,
        next=msg("Check the address, and whether it can be reached from here; then try again."),
        detail="web",
    )


def no_host(address: Address) -> NotFound:
    """Its name is not known."""
    return NotFound(
        msg("There is no host `{host}`.", host=address.host),
        next=msg("Check the address."),
        detail="host",
    )


def inner(address: Address) -> Refused:
    """An answer leads to where only this machine may look."""
    return Refused(
        msg("`{host}` is an address of this machine or of an inner network.", host=address.host),
        why=msg("An answer from outside could lead to what only this machine may see."),
        next=msg("If it is meant, write `allow_private: true` in the source."),
        detail="address",
    )


def leads_on(address: Address, target: Address, why: Message) -> Refused:
    """An answer leads to where the source does not go."""
    return Refused(
        msg("`{address}` leads on to `{target}`.", address=address, target=target),
        why=why,
        next=msg("If it is meant, write that address in the source."),
        detail="redirect",
    )


def not_given(address: Address, why: Message) -> Faulty:
    """What it answers is not what it should be."""
    return Faulty(
        msg("`{address}` does not answer as it should.", address=address),
        why=why,
        next=msg("Look at what it answers, and correct the source or ask who runs it."),
        detail="answer",
    )


def of_status(address: Address, status: int) -> DoumenError:
    """It answers, and does not give."""
    said = msg("It answers with status {status}.", status=status)
    if status in {401, 403}:
        return Refused(
            msg("`{address}` does not let us in.", address=address),
            why=said,
            next=msg("Check the secrets of the source, and what they permit."),
            detail="web",
        )
    if status in {404, 410}:
        return NotFound(
            msg("There is nothing at `{address}`.", address=address),
            next=msg("Check the address, and what is asked for there."),
            detail="web",
        )
    if 400 <= status < 500 and status not in {408, 425, 429}:
        return Invalid(
            msg("`{address}` does not take what it is asked.", address=address),
            why=said,
            next=msg("Check the parameters against its documentation."),
            detail="web",
        )
    return unanswered(address, said)


def impatient(address: Address, seconds: float, most: float) -> Unavailable:
    """It asks for more patience than a run has."""
    return Unavailable(
        msg("`{address}` asks to be left alone for {seconds:.0f} seconds.", address=address,
            seconds=seconds),
        why=msg("A run waits {most:.0f} seconds at most.", most=most),
        next=msg("Try again later, or ask less often: `rate`."),
        detail="busy",
    )  # fmt: skip


def no_token(address: Address, code: str | None) -> Refused:
    """OAuth gives no token."""
    return Refused(
        msg("`{address}` gives no token.", address=address),
        why=None if code is None else msg("Its code for that is {code}.", code=code),
        next=msg("Check `client_id`, `client_secret`, `scope` and `token_url`."),
        detail="token",
    )
