"""Where a place of ODBC is: what a user writes, and the string that drivers take.

What a user writes is a value of its own attribute, and never reaches another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic import Field as Written

from doumen.model.message import Message, enumerated, msg

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,63}")
_TAKEN = frozenset({"driver", "dsn", "uid", "user", "pwd", "password", "filedsn", "savefile"})
"""Attributes that have an option, or a secret, of their own, and those that name files."""
_PLAIN = re.compile(r"[\w.:/\\-]+", re.ASCII)
"""Values that every driver takes as they are."""
_CONTROL = re.compile(r"[\0-\x1f\x7f]")


class Options(BaseModel):
    """What a user writes.

    Attributes:
        driver: Name of a driver that is installed; None: `dsn` is given.
        dsn: Name of a data source of this machine; None: `driver` is given.
        attributes: What the driver asks for, by its own names: `SERVER`, `PORT`, `DATABASE`.
        user: Who may read; None: the driver finds it out.
        longest: Most characters of a text, and most bytes of a value, that is read: as much room
            is held for each of a batch.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    driver: str | None = Written(default=None, min_length=1, max_length=255)
    dsn: str | None = Written(default=None, min_length=1, max_length=255, validate_default=True)
    attributes: dict[str, str | int] = Written(default_factory=dict)
    user: str | None = Written(default=None, min_length=1, max_length=255)
    longest: int = Written(default=1 << 16, ge=1, le=1 << 26)

    @field_validator("dsn")
    @classmethod
    def _one(cls, dsn: str | None, info: ValidationInfo) -> str | None:
        if "driver" in info.data and (dsn is None) == (info.data["driver"] is None):
            raise ValueError(msg("name a driver or a data source, one of both"))
        return dsn

    @field_validator("attributes")
    @classmethod
    def _attributes(cls, attributes: dict[str, str | int]) -> dict[str, str | int]:
        bad = [
            name
            for name, value in attributes.items()
            if not _NAME.fullmatch(name)
            or name.strip().casefold() in _TAKEN
            or _CONTROL.search(str(value))
        ]
        if bad:
            raise ValueError(
                msg(
                    "these are none, or have an option or a secret of their own: {names}",
                    names=enumerated(bad),
                )
            )
        return attributes

    @property
    def place(self) -> Message:
        """The place, as messages call it."""
        return msg("The ODBC source `{name}`", name=self.dsn or self.driver or "")


def connection_string(options: Options, secrets: Mapping[str, str]) -> str:
    """The connection as drivers take it (ODBC, SQLDriverConnect)."""
    named = {"DRIVER": options.driver, "DSN": options.dsn}
    given = {"UID": options.user, "PWD": secrets.get("password")}
    pairs = {**named, **options.attributes, **given}
    return "".join(f"{name}={_braced(str(v))};" for name, v in pairs.items() if v is not None)


def _braced(value: str) -> str:
    """A value in braces, where it is not plain."""
    return value if _PLAIN.fullmatch(value) else "{" + value.replace("}", "}}") + "}"
