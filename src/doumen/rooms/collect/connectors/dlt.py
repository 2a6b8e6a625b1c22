"""A source written for dlt: its resources as streams of records; `dlt_session` runs it.

It is code that the administrator installed, and it runs as Doumen's user with all that this user
may do: it is trusted as Doumen itself is. Of dlt only the sources are used, neither pipelines nor
their state; nothing is told to anybody about its use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Records
from doumen.rooms.collect.connectors.reads import RecordReads

KIND = "dlt"
SECRETS = ("secret",)
EXTRA = "dlt"
__all__ = ["EXTRA", "KIND", "SECRETS", "Dlt", "Options", "Reads"]

_NAME = r"[A-Za-z_]\w*"


class Options(BaseModel):
    """What a user writes.

    Attributes:
        module: Where the source is: `package.module:function`.
        arguments: What the function is called with, by name.
        secret_as: Name of the argument that takes the secret.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    module: str = Written(pattern=rf"^{_NAME}(\.{_NAME})*:{_NAME}(\.{_NAME})*$", max_length=500)
    arguments: dict[str, Any] = Written(default_factory=dict)
    secret_as: str | None = Written(default=None, pattern=rf"^{_NAME}$")


class Reads(RecordReads):
    """What a user writes for a stream; `table` is the name of a resource.

    Attributes:
        since: Name of an argument that takes the mark, where the source can begin there; None:
            all is read, and what was read before is left out.
    """

    since: str | None = Written(default=None, pattern=rf"^{_NAME}$")


@dataclass(frozen=True, slots=True)
class Dlt:
    """A source of dlt."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Records]:
        """Import it; as `Connector.open`."""
        missing = None
        try:
            from doumen.rooms.collect.connectors.dlt_session import (  # noqa: PLC0415 (an extra)
                DltRecords,
            )
        except ModuleNotFoundError as error:
            if str(error.name).partition(".")[0] != "dlt":
                raise
            missing = str(error.name)
        if missing is not None:
            raise faults.no_driver(missing, EXTRA)
        yield DltRecords(self.options.module, self._arguments())

    def _arguments(self) -> dict[str, Any]:
        """What the function is called with.

        Raises:
            Invalid: the secret and its name do not go together.
        """
        name = self.options.secret_as
        if ("secret" in self.secrets) != (name is not None):
            raise Invalid(
                msg("Secret `secret` and option `secret_as` go together."), detail="options"
            )
        given = dict(self.options.arguments)
        return given if name is None else {**given, name: self.secrets["secret"]}
