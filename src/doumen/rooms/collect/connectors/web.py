"""What all kinds of places on the web have: how they are reached, and by what they know us.

Which of the ways of signing is meant, the secrets say: `token` is a bearer, `password` goes with
`user`, `key` with the header or parameter that carries it, `client_secret` with `token_url`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from pydantic import Field as Written

from doumen.model.errors import Invalid
from doumen.model.message import Message, enumerated, msg
from doumen.rooms.collect.web import signing
from doumen.rooms.collect.web.address import Address, parsed
from doumen.rooms.collect.web.manners import Manners

if TYPE_CHECKING:
    from doumen.rooms.collect.web.client import Client

SECRETS = ("token", "password", "key", "client_secret")
ANSWER = 1 << 20
"""Bytes of an answer that holds a token."""
_TOLD = frozenset({400, 401})
"""States by which OAuth says in its answer why there is no token."""
_NAME = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
_VALUE = re.compile(r"[\x20-\x7e]*")
_OURS = frozenset({
    "accept-encoding", "authorization", "connection", "content-encoding", "content-length",
    "cookie", "expect", "host", "proxy-authorization", "range", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers that are not for a user to write: secrets, and how a connection is used."""


def _address(text: str) -> str:
    try:
        parsed(text)
    except Invalid as error:
        raise ValueError(error.what) from None
    return text


def _base(text: str) -> str:
    found = parsed(_address(text))
    if found.query or "#" in text:
        raise ValueError(msg("it holds a query or a fragment; parameters are written apart"))
    return text


Place = Annotated[str, Written(min_length=1, max_length=2000), AfterValidator(_address)]
"""An address."""
Base = Annotated[str, Written(min_length=1, max_length=2000), AfterValidator(_base)]
"""An address without a query."""


class WebOptions(BaseModel):
    """What a user writes for any place on the web.

    Attributes:
        headers: What every request there carries; no secrets.
        user: Name that goes with the secret `password`.
        key_header: Header that carries the secret `key`.
        key_param: Parameter that carries it.
        token_url: Where OAuth 2.0 gives tokens.
        client_id: Name there; the secret is `client_secret`.
        scope: What is asked for there.
        client_in: Whether name and secret stand in a header, or in the body of that request.
        allow_private: Whether answers may lead to this machine and to inner networks.
        cleartext: Whether secrets may go there without TLS.
        authorities: File (PEM) of certificates that are trusted beside those of the system.
        rate: Most requests a second; None: as they come.
        tries: How often one thing is asked for.
        timeout: Longest wait for the next bytes, in seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    headers: dict[Annotated[str, Written(pattern=_NAME)], str] = Written(default_factory=dict)
    user: str | None = Written(default=None, min_length=1)
    key_header: str | None = Written(default=None, pattern=_NAME)
    key_param: str | None = Written(default=None, min_length=1)
    token_url: Base | None = None
    client_id: str | None = Written(default=None, min_length=1)
    scope: str | None = Written(default=None, min_length=1)
    client_in: Literal["header", "body"] = "header"
    allow_private: bool = False
    cleartext: bool = False
    authorities: str | None = Written(default=None, min_length=1)
    rate: float | None = Written(default=None, gt=0, le=10_000, strict=False)
    tries: int = Written(default=5, ge=1, le=20)
    timeout: float = Written(default=60.0, gt=0, le=3600, strict=False)

    @model_validator(mode="after")
    def _together(self) -> Self:
        """Hold headers to what they may be, and the parts of OAuth to coming together."""
        for name, value in self.headers.items():
            if name.lower() in _OURS or not _VALUE.fullmatch(value):
                raise ValueError(msg("header `{name}` cannot be set here", name=name))
        if (self.token_url is None) != (self.client_id is None):
            raise ValueError(msg("`token_url` and `client_id` go together"))
        if self.key_header is not None and self.key_param is not None:
            raise ValueError(msg("a key goes into `key_header` or `key_param`, not both"))
        return self


def client(
    options: WebOptions,
    home: Address,
    secrets: Mapping[str, str],
    sign: signing.Sign | None = None,
) -> Client:
    """One who asks there.

    Args:
        options: What a user wrote.
        home: Where secrets go.
        secrets: Those of this run.
        sign: How a kind signs that has a way of its own; None: as the secrets say.

    Raises:
        Invalid: the secrets do not go with the options. Unavailable: `authorities` is not read.
    """
    from doumen.rooms.collect.web.client import Client  # noqa: PLC0415 (where it is used)

    if secrets and not options.cleartext:
        _sealed(home)
    manners = Manners(options.rate, options.tries)
    return Client(
        home,
        sign or _sign(options, secrets),
        manners,
        headers=options.headers,
        seconds=options.timeout,
        private=options.allow_private,
        authorities=options.authorities,
    )


def _sign(options: WebOptions, secrets: Mapping[str, str]) -> signing.Sign:
    """How a request is signed.

    Raises:
        Invalid: there are secrets of several ways, or what goes with one is not there.
    """
    if len(secrets) > 1:
        raise _unfit(msg("Only one of the secrets {names} is used.", names=enumerated(secrets)))
    needs: Mapping[str, tuple[Any, str]] = {
        "password": (options.user, "user"),
        "key": (options.key_header or options.key_param, "key_header"),
        "client_secret": (options.token_url, "token_url"),
    }
    for name, (given, option) in needs.items():
        if (name in secrets) != (given is not None):
            raise _unfit(
                msg("Secret `{name}` and option `{option}` go together.", name=name, option=option)
            )
    if "token" in secrets:
        return signing.bearer(secrets["token"])
    if "password" in secrets:
        return signing.basic(str(options.user), secrets["password"])
    if "client_secret" in secrets:
        return _credentials(options, secrets["client_secret"])
    if "key" not in secrets:
        return signing.Fixed()
    if options.key_header is not None:
        return signing.Fixed({options.key_header: signing.fit(secrets["key"], "key")})
    return signing.Fixed(asked={str(options.key_param): secrets["key"]})


def _credentials(options: WebOptions, secret: str) -> signing.Sign:
    from doumen.rooms.collect.web.client import Call, Client  # noqa: PLC0415 (where it is used)

    url = parsed(str(options.token_url))
    if not options.cleartext:
        _sealed(url)
    manners = Manners(tries=options.tries)
    asker = Client(url, None, manners, seconds=options.timeout, authorities=options.authorities)

    def post(headers: Mapping[str, str], form: bytes) -> tuple[int, bytes]:
        call = Call(url, "POST", headers, form, ANSWER, _TOLD)
        with closing(asker), asker.ask(call) as answer:
            return answer.status, answer.body.read()

    return signing.ClientCredentials(
        url,
        str(options.client_id),
        secret,
        options.scope,
        options.client_in == "body",
        post,
        manners.clock.monotonic,
    )


def _sealed(home: Address) -> None:
    """Hold an address to which a secret goes to TLS, or to this machine.

    Raises:
        Invalid: it is neither.
    """
    if home.scheme == "http" and not home.loopback:
        raise Invalid(
            msg("`{address}` would be sent a secret without TLS.", address=home),
            next=msg("Write `https`; if it cannot be, write `cleartext: true`."),
            detail="options",
        )


def _unfit(what: Message) -> Invalid:
    return Invalid(
        what,
        next=msg("docs/sources.md tells which options go with which secret."),
        detail="options",
    )
