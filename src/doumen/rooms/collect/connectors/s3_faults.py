"""What failures of a store mean: by the status and the code that it answers with.

The words of store and driver are not passed on. Where neither status nor code is there, the
connection was not made, or broke.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from doumen.model.errors import DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.bringing import Broken
from doumen.rooms.collect.connectors.s3_address import Options

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,64})</Code>")
_WHY: Mapping[str, Message] = {
    "dns error|failed to lookup|Name or service": msg("There is no host of that name."),
    "Connection refused|ConnectionRefused": msg("Nobody answers at that port."),
    "UnknownIssuer|InvalidCertificate|invalid peer certificate|certificate":
        msg("Its certificate cannot be trusted."),
    "InvalidContentType|CorruptMessage": msg("It does not speak TLS at that port."),
    "[Tt]imed ?[Oo]ut|Timeout": msg("It does not answer in time."),
}  # fmt: skip
"""Why it cannot be reached, by what the driver says."""
_PASSING = {408, 425, 429, 500, 502, 503, 504}


def meant(options: Options, error: BaseException, name: str | None, *, known: bool) -> Exception:
    """What a failure means.

    Args:
        options: Of the bucket.
        error: What the driver raised.
        name: The file that was asked for; None: the list of them.
        known: Whether we said who asks.

    Returns:
        A `DoumenError`, or `Broken` where it may be asked again.
    """
    said = str(error)
    status, code = _first(_STATUS, said), _first(_CODE, said)
    if code in _CODES:
        return _CODES[code](options)
    if "without LOCATION" in said:
        return _elsewhere(options)
    if status in {"401", "403"}:
        return _denied(options, name, known=known)
    if name is not None and status in _OF_FILES:
        return _OF_FILES[status](options, name)
    if status and int(status) not in _PASSING:
        return stranger(options)
    return Broken(_away(options, said, status))


def stranger(options: Options) -> Invalid:
    """Something else answers there."""
    return Invalid(
        msg("What answers at {address} is no S3 store.", address=options.address),
        next=msg("Correct `endpoint`: it is where programs ask, not where people look."),
        detail="source",
    )


def odd_prefix(options: Options) -> Invalid:
    """`prefix` is no folder."""
    return Invalid(
        msg("`{prefix}` is no folder of a bucket.", prefix=options.prefix),
        next=msg("Write `prefix` like `in/orders`."),
        detail="options",
    )


def odd_key(options: Options) -> Invalid:
    """A key is among those listed of which no name can be made."""
    return Invalid(
        msg("{place} has a key that is no name of a file.", place=options.place),
        why=msg("It holds an empty part, `..`, or a character that cannot be shown."),
        next=msg("Narrow what is listed by `prefix` or by a folder in `files`."),
        detail="key",
    )


def _away(options: Options, said: str, status: str) -> Unavailable:
    why = next((why for words, why in _WHY.items() if re.search(words, said)), None)
    if status:
        why = msg("The server answers with status {status}.", status=status)
    return Unavailable(
        msg("{place} cannot be reached.", place=options.place),
        why=why or msg("The connection broke."),
        next=msg("Correct `endpoint`, or try again later."),
        detail="source",
    )


def _no_bucket(options: Options) -> NotFound:
    return NotFound(
        msg("{place} does not exist.", place=options.place),
        next=msg("Correct `bucket`; the store is there."),
        detail="bucket",
    )


def _elsewhere(options: Options) -> Invalid:
    return Invalid(
        msg("{place} is not in region `{region}`.", place=options.place, region=options.region),
        next=msg("Correct `region`."),
        detail="region",
    )


def _skewed(options: Options) -> Unavailable:
    return Unavailable(
        msg("{place} takes nothing that is signed now.", place=options.place),
        why=msg("The clock of this machine and that of the store are minutes apart."),
        next=msg("Set the clock."),
        detail="clock",
    )


def _not_let_in(options: Options) -> Refused:
    return Refused(
        msg("{place} does not let us in.", place=options.place),
        why=msg("It does not know the access key, or the secret key is wrong."),
        next=msg("Correct what the secrets `access_key` and `secret_key` refer to."),
        detail="source",
    )


def _over(options: Options) -> Refused:
    return Refused(
        msg("{place} does not let us in.", place=options.place),
        why=msg("The session token is not valid, or not any more."),
        next=msg("Get keys and token anew; `session_token` is a secret beside the two keys."),
        detail="source",
    )


def _denied(options: Options, name: str | None, *, known: bool) -> DoumenError:
    if not known:
        return Refused(
            msg("{place} asks who reads.", place=options.place),
            next=msg("Give the secrets `access_key` and `secret_key`."),
            detail="source",
        )
    if name is not None:
        return faults.closed(options.place, name)
    return Refused(
        msg("{place} does not let us list it.", place=options.place),
        next=msg("Ask its administrator for the right to list it (`s3:ListBucket`)."),
        detail="closed",
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


_CODES: Mapping[str, Callable[[Options], DoumenError]] = {
    "NoSuchBucket": _no_bucket,
    "PermanentRedirect": _elsewhere,
    "IllegalLocationConstraintException": _elsewhere,
    "AuthorizationHeaderMalformed": _elsewhere,
    "RequestTimeTooSkewed": _skewed,
    "InvalidAccessKeyId": _not_let_in,
    "SignatureDoesNotMatch": _not_let_in,
    "ExpiredToken": _over,
    "InvalidToken": _over,
}
"""What a code of a store means, whatever was asked for."""
_OF_FILES: Mapping[str, Callable[[Options, str], DoumenError]] = {
    "404": lambda options, name: faults.gone(options.place, name),
    "412": lambda _, name: faults.changed(name),
    "416": lambda _, name: faults.changed(name),
}
"""What a status means where a file was asked for."""
