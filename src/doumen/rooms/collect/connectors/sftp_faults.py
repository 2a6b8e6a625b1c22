"""What goes wrong at an SFTP server, each with the next step; no word of it is passed on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from doumen.model.errors import DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.model.files import no_file, unreadable
from doumen.model.message import Message, enumerated, msg
from doumen.rooms.collect.connectors.sftp_address import Options

if TYPE_CHECKING:
    import paramiko

BROKEN = msg("The connection broke.")
NO_HOST = msg("There is no host of that name.")
NOBODY = msg("Nobody answers at that port.")
SILENT = msg("It does not answer in time.")
NO_WAY = msg("No way leads there.")
REFUSES = msg("It answers that it cannot, and does not say why.")


def away(options: Options, why: Message) -> Unavailable:
    """It cannot be reached, or not any more."""
    return Unavailable(
        msg("{place} cannot be reached.", place=options.place),
        why=why,
        next=msg("Start the server, or correct `host` and `port`; then try again."),
        detail="source",
    )


def stranger(options: Options) -> Invalid:
    """Something else answers there."""
    return Invalid(
        msg("What answers at {host}:{port} is no SFTP server.", host=options.host,
            port=options.port),
        why=msg("It does not greet as SSH does, or breaks off."),
        next=msg("Correct `host` and `port`."),
        detail="source",
    )  # fmt: skip


def no_algorithm(options: Options) -> Invalid:
    """It speaks SSH as nobody should any more."""
    return Invalid(
        msg("{place} and Doumen have no way of encryption in common.", place=options.place),
        why=msg("Old servers know ways only that are not safe any more."),
        next=msg("Ask its administrator for a newer one."),
        detail="source",
    )


def no_sftp(options: Options) -> Invalid:
    """It lets in, but does not speak SFTP."""
    return Invalid(
        msg("{place} lets `{user}` in, but offers no SFTP.", place=options.place,
            user=options.user),
        next=msg("Ask its administrator to turn the subsystem `sftp` on."),
        detail="source",
    )  # fmt: skip


def unknown_key(options: Options, shown: paramiko.PKey) -> Refused:
    """No host key of it is written down."""
    return Refused(
        msg("{place} is not known: no host key of it is written down.", place=options.place),
        why=_shows(shown),
        next=msg(
            "Ask its administrator whether this is its key. If it is, write "
            '`host_key: "{fingerprint}"`.',
            fingerprint=shown.fingerprint,
        ),
        detail="host-key",
    )


def other_key(options: Options, shown: paramiko.PKey) -> Refused:
    """It shows another host key."""
    return Refused(
        msg("{place} shows another host key than the one written down.", place=options.place),
        why=_shows(shown),
        next=msg(
            "Somebody may sit in between, or the server was set up anew. Nothing was sent. Ask its "
            "administrator before you write the new key down."
        ),
        detail="host-key",
    )


def no_known_hosts(path: str, error: OSError | None) -> DoumenError:
    """The file of host keys cannot be read."""
    if isinstance(error, FileNotFoundError):
        return no_file(path)
    if error is not None:
        return unreadable(path, error)
    return Invalid(
        msg("`{path}` is no file of host keys.", path=path),
        next=msg("Name a file as OpenSSH keeps it, or write `host_key`."),
        detail="host-key",
    )


def no_secret(options: Options) -> Invalid:
    """Nothing is given by which we are known."""
    return Invalid(
        msg("{place} asks who `{user}` is.", place=options.place, user=options.user),
        next=msg("Say where a `password` or a `key` is kept: `key: {{file: PATH}}`."),
        detail="secret",
    )


def no_key(options: Options) -> Invalid:
    """The key of the user is none that can be used."""
    return _key(options, msg("It is no private key of kind Ed25519, ECDSA or RSA."))


def locked_key(options: Options) -> Invalid:
    """The key of the user is encrypted, and no passphrase is given."""
    return _key(options, msg("It is encrypted."))


def other_passphrase(options: Options) -> Invalid:
    """The key of the user is encrypted by another passphrase."""
    return _key(options, msg("Its passphrase is another, or it is damaged."))


def not_let_in(options: Options) -> Refused:
    """It does not know the user, or what is given."""
    return Refused(
        msg("{place} does not let `{user}` in.", place=options.place, user=options.user),
        why=msg("It does not know the user, or takes neither key nor password: it does not tell."),
        next=msg("Correct `user`, or what the secrets `password` and `key` refer to."),
        detail="source",
    )


def other_way(options: Options, ways: Iterable[str]) -> Refused:
    """It wants to know the user in another way."""
    known = [one for one in ways if one in {"publickey", "password", "keyboard-interactive"}]
    return Refused(
        msg("{place} does not let `{user}` in.", place=options.place, user=options.user),
        why=msg("It asks for {ways}.", ways=enumerated(known))
        if known
        else msg("It takes neither a key nor a password."),
        next=msg("Give it as a secret: `publickey` is `key`, the others are `password`."),
        detail="source",
    )


def no_root(options: Options) -> NotFound:
    """The folder that is named is not there."""
    return NotFound(
        msg("{place} has no folder `{folder}`.", place=options.place, folder=options.root),
        next=msg("Correct `root`; the server is there, and lets the user in."),
        detail="folder",
    )


def _key(options: Options, why: Message) -> Invalid:
    return Invalid(
        msg("The key of `{user}` cannot be read.", user=options.user),
        why=why,
        next=msg("Correct what `key` refers to; its `passphrase` is a secret of its own."),
        detail="secret",
    )


def _shows(shown: paramiko.PKey) -> Message:
    return msg(
        "It shows {fingerprint} ({kind}).", fingerprint=shown.fingerprint, kind=shown.get_name()
    )
