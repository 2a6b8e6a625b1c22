"""An alert as a document: YAML in, an alert out, every fault reported at once.

What is secret stands as the place where it is kept: `{env: NAME}`, `{file: PATH}` or `{keyring:
SERVICE/USER}`. A secret goes over a line that others may read to this machine alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from doumen.flows import times
from doumen.kits.policy.yaml import plain_yaml
from doumen.model.alert import Alert, Kind, Mail, Secretly, Tls, Webhook
from doumen.model.errors import Invalid
from doumen.model.files import reading
from doumen.model.hosts import is_loopback
from doumen.model.message import Message, joined, msg, plain
from doumen.model.source import Keeps, Secret
from doumen.model.validation import fault

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)
_OWN = re.compile(r"webhook-|content-|host$|connection$|transfer-", re.IGNORECASE)
"""Headers that are ours to set."""
_PORTS = {Tls.IMPLICIT: 465, Tls.STARTTLS: 587, Tls.NONE: 25}

Address = Annotated[str, StringConstraints(max_length=320, pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$")]
Names = Annotated[list[Annotated[str, StringConstraints(min_length=1)]], Field(min_length=1)]


def _kept(value: Any, info: ValidationInfo) -> Secret:
    one = next(iter(value.items())) if isinstance(value, Mapping) and len(value) == 1 else None
    if one is None or one[0] not in set(Keeps) or not isinstance(one[1], str) or not one[1]:
        raise ValueError(
            msg(
                "is a secret: say where it is kept, as `{{env: NAME}}`, `{{file: PATH}}` or "
                "`{{keyring: SERVICE/USER}}`"
            )
        )
    if one[0] == Keeps.KEYRING and not all(one[1].partition("/")[::2]):
        raise ValueError(msg("a keyring is asked by SERVICE/USER"))
    folder: Path = (info.context or {}).get("folder", Path())
    where = str((folder / one[1]).absolute()) if one[0] == Keeps.FILE else one[1]
    return Secret(Keeps(one[0]), where)


def _text(value: Any, info: ValidationInfo) -> Secretly:
    """A text, or where it is kept."""
    if isinstance(value, str) and value and value.isprintable():
        return value
    return _kept(value, info)


def _seconds(role: Message, least: int) -> Callable[[Any], int | None]:
    def read(value: Any) -> int | None:
        if value is None:
            return None
        try:
            return times.duration(str(value), role, least=least)
        except Invalid as error:
            raise ValueError(error.what) from None

    return read


Kept = Annotated[Secret, BeforeValidator(_kept)]
Text = Annotated[str | Secret, BeforeValidator(_text)]


class _Webhook(BaseModel):
    model_config = _STRICT

    url: Text
    secret: Kept
    headers: dict[str, Text] = {}

    @model_validator(mode="after")
    def _safe(self) -> _Webhook:
        if isinstance(self.url, str):
            check_address(self.url)
        for name in self.headers:
            if _OWN.match(name) or not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name):
                raise ValueError(msg("the header `{name}` is none, or set by us", name=name))
        return self

    def way(self) -> Webhook:
        return Webhook(self.url, self.secret, self.headers)


class _Mail(BaseModel):
    model_config = _STRICT

    host: str = Field(min_length=1, max_length=255, pattern=r"^[\w.:-]+$")
    port: int | None = Field(default=None, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    user: str | None = Field(default=None, min_length=1)
    password: Kept | None = None
    sender: Address = Field(alias="from")
    to: Address | Annotated[list[Address], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _safe(self) -> _Mail:
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError(msg("without TLS only a server on this machine is spoken to"))
        if (self.user is None) != (self.password is None):
            raise ValueError(msg("`user` and `password` go together"))
        return self

    def way(self) -> Mail:
        tls = Tls(self.tls)
        to = (self.to,) if isinstance(self.to, str) else tuple(self.to)
        return Mail(
            self.host, self.port or _PORTS[tls], tls, self.user, self.password, self.sender, to
        )


class _Form(BaseModel):
    model_config = _STRICT

    webhook: _Webhook | None = None
    smtp: _Mail | None = None
    on: list[Literal["failing", "late", "drifting"]] = Field(
        default=[kind.value for kind in Kind], min_length=1
    )
    schedules: Names | None = None
    sources: Names | None = None
    late_after: Annotated[
        int, BeforeValidator(_seconds(msg("a time after which a run is late"), 1))
    ] = 3600
    stale_after: Annotated[
        int | None,
        BeforeValidator(_seconds(msg("a time after which a stream is stale"), 60)),
    ] = None
    quarantined_over: float = Field(default=0.05, ge=0, le=1)

    @model_validator(mode="after")
    def _one_way(self) -> _Form:
        if (self.webhook is None) == (self.smtp is None):
            raise ValueError(msg("give `webhook` or `smtp`"))
        return self

    def alert(self, name: str) -> Alert:
        way = self.webhook or self.smtp
        assert way is not None
        return Alert(
            name=name,
            way=way.way(),
            on=frozenset(map(Kind, self.on)),
            schedules=None if self.schedules is None else frozenset(self.schedules),
            sources=None if self.sources is None else frozenset(self.sources),
            late_after=self.late_after,
            stale_after=self.stale_after,
            quarantined_over=self.quarantined_over,
        )


def read(name: str, path: Path) -> Alert:
    """The alert that a file describes.

    Args:
        name: What it is to be called.
        path: The file; secrets that it names by relative paths lie beside it.

    Raises:
        NotFound, Unavailable: it cannot be read.
        Invalid: it has faults, which are all told.
    """
    with reading(path):
        text = path.read_text("utf-8-sig")
    told = plain_yaml(text)
    try:
        return _Form.model_validate(told, context={"folder": path.parent}).alert(name)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        faults = [_placed(one["loc"], fault(one)) for one in found]
    raise Invalid(
        msg("The document of the alert has a fault.")
        if len(faults) == 1
        else msg("The document of the alert has {count} faults.", count=len(faults)),
        why=joined("\n", faults),
        next=msg("Correct it; docs/schedules.md describes the form."),
        detail="alert",
    )


def check_address(url: str) -> None:
    """Check that an address may be told something.

    Raises:
        ValueError: it is none; or others may read what is sent there. Its words are a `Message`.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"http", "https"} or parts.username is not None:
        raise ValueError(msg("it is no address such as `https://alerts.example/doumen`"))
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(msg("without TLS only an address of this machine is told"))


def _placed(where: tuple[int | str, ...], words: Message) -> Message:
    if not where:
        return words
    return msg("{place}: {what}", place=plain(".".join(map(str, where))), what=words)
