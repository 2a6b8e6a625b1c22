"""What a contract says in words, read once: its name and description, and those of its columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from doumen.kits.standards.odcs.document import parse
from doumen.model.errors import Invalid

KIND = "said/1"
"""Under which it is kept, by the digest of the contract."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a contract.

    Attributes:
        columns: Folded name → what is said of the column.
        also: Other words: its domain, usage, tags.
        owner: Whose it is: its team.
    """

    title: str = ""
    description: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    owner: str = ""

    def as_bytes(self) -> bytes:
        """As it is kept."""
        told = [self.title, self.description, dict(self.columns), list(self.also), self.owner]
        return json.dumps(told, ensure_ascii=False).encode()

    @classmethod
    def of_bytes(cls, kept: bytes) -> Said:
        """What `as_bytes` wrote."""
        title, description, columns, also, owner = json.loads(kept)
        return cls(title, description, columns, tuple(also), owner)


def digest(text: str) -> bytes:
    """By what it is kept."""
    return hashlib.sha256(text.encode()).digest()


def read(text: str) -> Said:
    """The words of a contract in force, whatever they are: it was checked when it came."""
    try:
        data = parse(text).data
    except Invalid:
        return Said()
    objects = data.get("schema") or [{}]
    table: Mapping[str, Any] = objects[0] if isinstance(objects[0], Mapping) else {}
    description = data.get("description")
    told = description if isinstance(description, Mapping) else {"purpose": description}
    return Said(
        title=_joined(data.get("name"), table.get("businessName")),
        description=_joined(table.get("description"), told.get("purpose")),
        columns=dict(_columns(table)),
        also=tuple(
            filter(
                None,
                (
                    _text(told.get("usage")),
                    _text(told.get("limitations")),
                    _text(data.get("dataProduct")),
                    *map(_text, data.get("tags") or ()),
                    *map(_text, table.get("tags") or ()),
                ),
            )
        ),
        owner=_owner(data.get("team")),
    )


def _columns(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in table.get("properties") or ():
        if isinstance(one, Mapping) and one.get("name"):
            said = _joined(one.get("businessName"), one.get("description"))
            yield str(one["name"]).casefold(), said


def _owner(team: Any) -> str:
    """The team of a contract: its name, else who of it is the owner (ODCS 3.1 and 3.0)."""
    if isinstance(team, Mapping):
        return _text(team.get("name")) or _owner(team.get("members"))
    if isinstance(team, list):
        named = [one for one in team if isinstance(one, Mapping)]
        owners = [one for one in named if "owner" in _text(one.get("role")).casefold()]
        for one in owners:
            return _text(one.get("name")) or _text(one.get("username"))
    return ""


def _joined(*texts: Any) -> str:
    return " ".join(dict.fromkeys(filter(None, map(_text, texts))))


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
