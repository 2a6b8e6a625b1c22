"""A server of Delta Sharing: each table that it shares is one file, `share/schema/table`.

The file is made of the Parquet files of the table's newest version, and is brought anew where that
is another. What the provider hands out, a profile, is kept as a secret; or its parts are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from pydantic import model_validator

from doumen.model.errors import DoumenError, Invalid, Refused
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import web
from doumen.rooms.collect.connectors.interface import Files
from doumen.rooms.collect.connectors.web import Base, WebOptions, client
from doumen.rooms.collect.web.address import Address, parsed

KIND = "delta_sharing"
SECRETS = ("profile", *web.SECRETS)
__all__ = ["KIND", "SECRETS", "DeltaSharing", "Options"]


class Options(WebOptions):
    """What a user writes.

    Attributes:
        endpoint: Where the server is; None: the secret `profile` says it.
    """

    endpoint: Base | None = None

    @model_validator(mode="after")
    def _alone(self) -> Self:
        """Hold a profile to standing for itself."""
        if self.endpoint is None and (self.user is not None or self.token_url is not None):
            raise ValueError(msg("`endpoint` is missing"))
        return self


@dataclass(frozen=True, slots=True)
class DeltaSharing:
    """A server of Delta Sharing."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Files]:
        """Get ready to ask; as `Connector.open`."""
        from doumen.rooms.collect.connectors.delta_session import (  # noqa: PLC0415 (Arrow is slow)
            SharedTables,
        )

        home, secrets = self._known()
        with closing(client(self.options, home, secrets)) as asker:
            yield SharedTables(asker)

    def _known(self) -> tuple[Address, Mapping[str, str]]:
        """Where the server is, and by what it knows us.

        Raises:
            Invalid: there is neither a profile nor an endpoint, or both. Refused: it has ended.
        """
        if ("profile" in self.secrets) == (self.options.endpoint is not None):
            raise Invalid(
                msg("Give the secret `profile` or the option `endpoint`, one of both."),
                detail="options",
            )
        if self.options.endpoint is not None:
            return parsed(self.options.endpoint), self.secrets
        told = _profile(self.secrets["profile"])
        _lasting(told.get("expirationTime"))
        return parsed(str(told["endpoint"])), {"token": str(told["bearerToken"])}


def _profile(text: str) -> Mapping[str, Any]:
    """What a profile says.

    Raises:
        Invalid: it is none, or of another version.
    """
    try:
        told = json.loads(text)
    except ValueError:
        raise _no_profile(msg("It is no JSON.")) from None
    if not isinstance(told, dict) or told.get("shareCredentialsVersion") != 1:
        raise _no_profile(
            msg("Its version is not 1; what others hold is written as `endpoint` and its secrets.")
        )
    for name in ("endpoint", "bearerToken"):
        if not isinstance(told.get(name), str) or not told[name]:
            raise _no_profile(msg("It has no `{name}`.", name=name))
    return told


def _lasting(told: Any) -> None:
    """Hold a profile to lasting still.

    Raises:
        Refused: it has ended.
    """
    try:
        until = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return
    if until is None:
        return
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    if until < datetime.now(UTC):
        raise Refused(
            msg("The profile has ended at {time}.", time=until.isoformat()),
            next=msg("Ask the provider for a new one."),
            detail="secret",
        )


def _no_profile(why: Message) -> DoumenError:
    return Invalid(
        msg("The secret `profile` holds no profile of Delta Sharing."),
        why=why,
        next=msg("Keep the file of the provider as it came, and let only its owner read it."),
        detail="secret",
    )
