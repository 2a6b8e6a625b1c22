"""What both kinds of store say when they cannot be used."""

from __future__ import annotations

from doumen.model.errors import Unavailable
from doumen.model.message import Message, msg, plain

_DOCTOR = plain("doumen doctor")


def unusable(why: Message | None, next: Message = _DOCTOR) -> Unavailable:
    """The store failed."""
    return Unavailable(msg("The store cannot be used."), why=why, next=next, detail="store")


def busy() -> Unavailable:
    """Others write."""
    return Unavailable(
        msg("The store is busy: others have been writing for too long."),
        next=msg("Try again."),
        detail="busy",
    )


def layout(found: int | None, known: int) -> Unavailable:
    """The store has another layout than this version of Doumen, or is none."""
    if found is None:
        return Unavailable(
            msg("The database holds no store of Doumen."),
            next=msg("Correct `store` in doumen.toml, or put the store back from a backup."),
            detail="layout",
        )
    older = found < known
    return Unavailable(
        msg(
            "The store has layout {found}; this version of Doumen reads layout {known}.",
            found=found,
            known=known,
        ),
        why=msg("It was written by an older version of Doumen.")
        if older
        else msg("It was written by a newer version of Doumen."),
        next=plain("doumen migrate") if older else msg("Use the version of Doumen that wrote it."),
        detail="layout",
    )
