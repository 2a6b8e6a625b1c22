"""References that a profile suggests: columns whose values are keys of another dataset.

Pure: `targets` finds what comes into question among what the asker may know, the statements are
asked by `propose`. Numbers are compared where the names say the same, for small numbers are in
every key; texts also where their most frequent values are keys there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doumen.kits.sql import quoted, table
from doumen.kits.standards import odcs
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.ref import Ref
from doumen.rooms.refine.profile.drafts import Draft
from doumen.rooms.refine.profile.figures import (
    NUMBER,
    TEXT,
    ColumnProfile,
    Profile,
    is_integer,
    kind_of,
)

MOST = 12
"""Targets that are asked for."""
_PREFIX = re.compile(r"^[a-z]{1,3}_")
"""Of the table in the name of a column, as in `l_orderkey`."""


@dataclass(frozen=True, slots=True)
class Target:
    """A column of this dataset and one of another that may be what it refers to.

    Attributes:
        declared: The contract of the other says that it is unique.
        named: The names of both say the same.
    """

    column: ColumnProfile
    ref: Ref
    key: str
    declared: bool
    named: bool

    @property
    def probe(self) -> tuple[str, tuple[str, ...]]:
        """Of a text: how many of its most frequent values are no key there; with parameters."""
        values = tuple(str(one["value"]) for one in self.column.get("top") or ())
        marks = ", ".join("?" for _ in values)
        found = f"SELECT count(DISTINCT {quoted(self.key)}) FROM {table(self.ref)}"  # noqa: S608 - names are quoted
        return f"{found} WHERE {quoted(self.key)} IN ({marks})", values

    @property
    def repeated(self) -> str:
        """How many rows there have no key of their own."""
        key = quoted(self.key)
        return f"SELECT count(*) - count(DISTINCT {key}) FROM {table(self.ref)}"  # noqa: S608 - names are quoted

    def draft(self, ref: Ref) -> Draft:
        """The rule: no value that is no key there."""
        name, key = quoted(self.column.name), quoted(self.key)
        there = f"SELECT 1 FROM {table(self.ref)} AS there WHERE there.{key} = here.{name}"  # noqa: S608 - names are quoted
        where = f"here.{name} IS NOT NULL AND NOT EXISTS ({there})"
        statement = f"SELECT count(*) FROM {table(ref)} AS here WHERE {where}"  # noqa: S608 - names are quoted
        to: dict[str, Any] = {"to": f"{self.ref.name}.{self.key}"}
        if self.ref.domain != ref.domain:
            to["customProperties"] = [{"property": "doumenDataset", "value": str(self.ref)}]
        change = {"set": ["relationships", [to]]}
        more = {"declared": self.declared, "named": self.named}
        columns = (self.column.name,)
        return Draft("reference", columns[0], change, columns, statement=statement, more=more)


def targets(profile: Profile, facts: Facts) -> list[Target]:
    """What each column may refer to, the likeliest first; `MOST` at most.

    Of two that are as likely the one of the same domain stands first.
    """
    own = Ref.parse(profile.dataset)
    usable = [
        column
        for column in profile.columns
        if (column.kind == TEXT or is_integer(column.type)) and (column.get("distinct") or 0) > 1
    ]
    found = []
    for ref, key, type, declared in _keys(facts, own):
        for column in usable:
            named = bare(column.name) == bare(key)
            text = column.kind == TEXT and bool(column.get("top"))
            alike = column.kind == kind_of(type)
            if alike and (named or (declared and text and column.kind != NUMBER)):
                found.append(Target(column, ref, key, declared, named))
    found.sort(key=lambda one: (not one.named, not one.declared, one.ref.domain != own.domain))
    return found[:MOST]


def bare(name: str) -> str:
    """A name without case and without a short prefix of its table.

    Example:
        >>> bare("l_OrderKey"), bare("carrier")
        ('orderkey', 'carrier')
    """
    return _PREFIX.sub("", name.casefold())


def _keys(facts: Facts, own: Ref) -> Iterator[tuple[Ref, str, str, bool]]:
    """Columns of other datasets: dataset, name, type, whether it is declared unique."""
    for key, body in facts.all("dataset"):
        ref = Ref.parse(key)
        if ref == own or body["kind"] == "quarantine":
            continue
        declared = _declared(facts, key)
        for column in body["columns"]:
            name = column["name"]
            yield ref, name, column["type"], name in declared


def _declared(facts: Facts, dataset: str) -> frozenset[str]:
    body = facts.body("contract", dataset)
    if body is None:
        return frozenset()
    try:
        contract = odcs.read_contract(str(body["text"]))
    except Invalid:  # a contract of a later version of Doumen
        return frozenset()
    return frozenset(
        report.columns[0]
        for report in contract.reports
        if report.kind == "unique" and len(report.columns) == 1
    )
