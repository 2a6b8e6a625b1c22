"""The address of a lake in a bucket: `s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME`.

Keys are never part of it: they come from the environment (`AWS_ACCESS_KEY_ID` and
`AWS_SECRET_ACCESS_KEY`), or from the machine that it runs on, as other programs find them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from doumen.model.errors import Invalid
from doumen.model.hosts import is_loopback
from doumen.model.message import Message, msg, plain

SCHEME = "s3://"
"""What the address of a lake in a bucket begins with."""
_VARIABLES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
"""Of the environment: the endpoint where the address names none."""
_KNOWN = frozenset({"endpoint", "region", "path_style", "allow_http"})
_BUCKET = re.compile(r"[\w.-]{3,255}")
_PART = re.compile(r"[^\x00-\x1f\x7f/]+")
_TRUTH = {"true": True, "false": False}
_FORM = plain("s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the lake is.

    Attributes:
        bucket: Name of the bucket.
        prefix: Folder in it, without `/` at its ends; "": all of the bucket.
        endpoint: Address of the store; None: Amazon's.
        region: Where the bucket is; None: that of the environment, else `us-east-1`.
        path_style: Whether the bucket stands in the path of what is asked, not in its host; None:
            it does where an endpoint is given.
        allow_http: Whether it may be asked without TLS.
    """

    bucket: str
    prefix: str
    endpoint: str | None = None
    region: str | None = None
    path_style: bool | None = None
    allow_http: bool = False

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address.

        Raises:
            Invalid: it is none, holds keys, or would be asked without TLS over a network.
        """
        try:
            parts = urlsplit(text)
            given = _query(parts.query)
        except ValueError:
            raise _malformed(text) from None
        if parts.fragment or "#" in text:
            raise _malformed(text)
        if "@" in parts.netloc:
            raise Invalid(
                msg("The address of the lake holds keys."),
                next=msg("Leave them out; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
                detail="lake",
            )
        prefix = unquote(parts.path).strip("/")
        wrong = sorted(given.keys() - _KNOWN)
        if wrong:
            raise _malformed(text, msg("It knows no `{name}`.", name=wrong[0]))
        if not _BUCKET.fullmatch(parts.netloc):
            raise _malformed(text, msg("`{name}` is no name of a bucket.", name=parts.netloc))
        if prefix and not all(map(_part, prefix.split("/"))):
            raise _malformed(text, msg("`{name}` is no folder of a bucket.", name=prefix))
        endpoint = given.get("endpoint")
        flags = {name: _flag(text, given, name) for name in ("path_style", "allow_http")}
        found = cls(
            parts.netloc,
            prefix,
            endpoint,
            given.get("region"),
            flags["path_style"],
            bool(flags["allow_http"]),
        )
        found._guard(text)
        return found

    def within(self, environment: Mapping[str, str]) -> Address:
        """The address as it is asked where the environment says what it leaves open.

        Raises:
            Invalid: the endpoint of the environment is none, or would be asked without TLS.
        """
        said = next((environment[name] for name in _VARIABLES if environment.get(name)), None)
        if self.endpoint is not None or said is None:
            return self
        found = replace(self, endpoint=said)
        found._guard(f"{SCHEME}{self.bucket}")
        return found

    @property
    def in_path(self) -> bool:
        """Whether the bucket stands in the path of what is asked."""
        return self.endpoint is not None if self.path_style is None else self.path_style

    @property
    def asked(self) -> str | None:
        """The endpoint with the bucket, where it stands in the host; None: Amazon's."""
        if self.endpoint is None or self.in_path:
            return self.endpoint and self.endpoint.rstrip("/")
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{self.bucket}.{parts.netloc}"

    def _guard(self, text: str) -> None:
        """Hold the endpoint to being one, and to TLS.

        Raises:
            Invalid: it is not.
        """
        endpoint = self.endpoint
        if endpoint is None:
            return
        try:
            parts = urlsplit(endpoint)
            bare = bool(parts.hostname) and (parts.port or 1) and "@" not in endpoint
        except ValueError:
            raise _malformed(text, msg("Its endpoint is none.")) from None
        if (
            parts.scheme not in {"http", "https"}
            or parts.path.strip("/")
            or parts.query
            or not bare
        ):
            raise _malformed(text, msg("Its endpoint is none."))
        host = parts.hostname or ""
        if parts.scheme == "http" and not (self.allow_http or is_loopback(host)):
            raise Invalid(
                msg("The lake would be asked without TLS."),
                why=msg("Whoever sits in between could read and change what comes."),
                next=msg("Write `https://` in `endpoint`, or add `allow_http=true` if it may be "
                         "so."),
                detail="tls",
            )  # fmt: skip

    @property
    def place(self) -> Message:
        """The lake, as messages call it."""
        return msg("The lake in the bucket `{bucket}`", bucket=self.bucket)


def _query(text: str) -> dict[str, str]:
    """What stands behind the `?`.

    Raises:
        ValueError: it is no list of names with values.
    """
    if not text:
        return {}
    return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))


def _flag(text: str, given: dict[str, str], name: str) -> bool | None:
    if name not in given:
        return None
    if given[name] not in _TRUTH:
        raise _malformed(text, msg("`{name}` is `true` or `false`.", name=name))
    return _TRUTH[given[name]]


def _part(part: str) -> bool:
    return bool(_PART.fullmatch(part)) and part not in {".", ".."}


def _malformed(text: str, why: Message | None = None) -> Invalid:
    shown = text.partition("?")[0].partition("#")[0]  # what follows may be meant as keys
    return Invalid(
        msg("`{address}` is no address of a lake.", address=shown),
        why=why,
        next=_FORM,
        detail="lake",
    )
