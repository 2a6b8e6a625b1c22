"""Names of datasets and columns: `domain.name`, `node/domain.name`, `domain.name.column`.

Domain and name are identifiers (letters of any script, digits, underscore), compared
without case and stored case-folded in NFC. Column names are kept as written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from doumen.model.errors import Invalid
from doumen.model.message import Message, msg

QUARANTINE = "__quarantine"
RESERVED_DOMAINS = frozenset(
    {"sys", "main", "temp", "memory", "system", "information_schema", "pg_catalog"}
)
"""Domains that mean something else to the engine, or to the gate."""
_DID = "did:"
"""How the name of a node begins; names of columns may hold a slash."""
_PART = re.compile(r"[^\W\d]\w{0,62}")


def identifier(text: str, role: Message) -> str:
    """The folded form of one part of a name.

    Raises:
        Invalid: it is no identifier of at most 63 characters.
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    if not _PART.fullmatch(folded):
        raise Invalid(
            msg("`{text}` is not a {role}.", text=text, role=role),
            why=msg(
                "Letters of any script, digits and underscores are allowed, a letter first, "
                "63 characters at most."
            ),
            detail="name",
        )
    return folded


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A dataset: `domain.name`, with the node that holds it when that is not this one."""

    domain: str
    name: str
    node: str | None = None

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read `domain.name` or `node/domain.name`.

        Raises:
            Invalid: the text has another form.
        """
        node, slash, rest = text.rpartition("/")
        domain, dot, name = rest.partition(".")
        if not dot or "." in name or (slash and not node):
            raise Invalid(
                msg("`{text}` is not a dataset name.", text=text),
                why=msg("A dataset is named `domain.name`, such as `transport.flights`."),
                detail="name",
            )
        return cls(
            identifier(domain, msg("domain")), identifier(name, msg("dataset name")), node or None
        )

    @property
    def quarantine(self) -> Ref:
        """The dataset that holds the rows which broke the contract of this one."""
        return Ref(self.domain, self.name + QUARANTINE, self.node)

    @property
    def is_quarantine(self) -> bool:
        """Whether this names a quarantine."""
        return self.name.endswith(QUARANTINE)

    @property
    def is_system(self) -> bool:
        """Whether this is one of the `sys.*` tables made from catalogue and ledger."""
        return self.domain == "sys"

    def __str__(self) -> str:
        plain = f"{self.domain}.{self.name}"
        return f"{self.node}/{plain}" if self.node else plain


@dataclass(frozen=True, slots=True, order=True)
class ColumnRef:
    """A column of a dataset; `column` is as the contract writes it."""

    ref: Ref
    column: str

    @classmethod
    def parse(cls, text: str) -> ColumnRef:
        """Read `domain.name.column` or `node/domain.name.column`.

        Raises:
            Invalid: the text has another form.
        """
        node, slash, rest = text.partition("/") if text.startswith(_DID) else ("", "", text)
        parts = rest.split(".", 2)
        if len(parts) != 3 or not parts[2]:
            raise Invalid(
                msg("`{text}` is not a column name.", text=text),
                why=msg("A column is named `domain.name.column`."),
                detail="name",
            )
        return cls(Ref.parse(f"{node}{slash}{parts[0]}.{parts[1]}"), parts[2])

    def __str__(self) -> str:
        return f"{self.ref}.{self.column}"
