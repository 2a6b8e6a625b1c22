"""What goes wrong at a place that is a server, whichever it is."""

from __future__ import annotations

from doumen.model.errors import Invalid, NotFound, Refused, Unavailable
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors.server import Server

BROKEN = msg("The connection broke.")
"""Why it cannot be reached any more, where nobody says more."""
FULL = msg("The server has no memory, disk or connection left.")
LOCKED = msg("Somebody holds a lock on the table.")
SLOW = msg("The server cancelled the statement: it took too long for it.")
NO_HOST = msg("There is no host of that name.")
NOBODY = msg("Nobody answers at that port.")
SILENT = msg("It does not answer in time.")
NO_WAY = msg("No way leads there.")
TAKEN = msg("It takes no more connections.")
STOPPING = msg("It is shutting down.")
NO_PASSWORD = msg("It wants a password, and none is given.")
UNKNOWN = msg("It does not know the user, or the password is wrong: it does not tell which.")


def away(server: Server, why: Message) -> Unavailable:
    """It cannot be reached, or not any more."""
    return Unavailable(
        msg("{place} cannot be reached.", place=server.place),
        why=why,
        next=msg("Start the server, or correct `host` and `port`; then try again."),
        detail="source",
    )


def no_right(server: Server, table: str, grant: str, why: Message | None = None) -> Refused:
    """A right is missing."""
    return Refused(
        msg("`{user}` may not read `{table}`.", user=server.user, table=table),
        why=why or msg("A right is missing there."),
        next=msg("Ask its owner for it: `{grant}`", grant=grant),
        detail="source",
    )


def no_rights(server: Server) -> Refused:
    """A query reaches for something that may not be read, and it is not told what."""
    return Refused(
        msg("`{user}` may not read all that the query names.", user=server.user),
        next=msg("Ask the owner for `GRANT SELECT` on each of its tables."),
        detail="source",
    )


def not_let_in(server: Server, why: Message) -> Refused:
    """It does not know the user, or not with that password."""
    return Refused(
        msg("{place} does not let `{user}` in.", place=server.place, user=server.user),
        why=why,
        next=msg("Correct `user`, or what the secret `password` refers to."),
        detail="source",
    )


def kept_out(server: Server, why: Message) -> Refused:
    """It does not want the user, whatever the password."""
    return Refused(
        msg("{place} does not let `{user}` in.", place=server.place, user=server.user),
        why=why,
        next=msg("Ask its administrator; if it asks for TLS, set `sslmode`."),
        detail="source",
    )


def no_database(server: Server) -> NotFound:
    """There is no such database."""
    return NotFound(
        msg("{place} does not exist.", place=server.place),
        next=msg("Correct `database`; the server is there, and lets the user in."),
        detail="database",
    )


def no_tls(server: Server) -> Unavailable:
    """One asks for TLS that the other does not have, or does not trust."""
    return Unavailable(
        msg("{place} and Doumen do not agree on TLS.", place=server.place),
        why=msg(
            "`sslmode` is {mode}: the server has no TLS, or its certificate is not trusted.",
            mode=server.tls,
        ),
        next=msg(
            "Turn TLS on there, name its authorities in `sslrootcert`, or set `sslmode`: "
            "`disable` sends data in the clear."
        ),
        detail="tls",
    )


def stranger(server: Server, kind: str) -> Invalid:
    """Something else answers."""
    return Invalid(
        msg(
            "What answers at {host}:{port} is no {kind}.",
            host=server.host,
            port=server.port,
            kind=kind,
        ),
        next=msg("Correct `host` and `port`."),
        detail="source",
    )


def refusing(server: Server) -> Refused:
    """It does not let us in, and why is not understood."""
    return Refused(
        msg("{place} refuses the connection.", place=server.place),
        next=msg("Look in its log, and correct user, password or database."),
        detail="source",
    )
