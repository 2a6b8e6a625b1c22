"""The tables as statements may use them: visible columns with what they show, and how they join."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doumen.kits import sql
from doumen.model.ref import Ref
from doumen.model.rule import Mask
from doumen.rooms.protect.prove.sameness import Order
from doumen.rooms.protect.prove.shown import Shown
from doumen.rooms.protect.prove.values import family
from doumen.rooms.protect.prove.worlds import Kind, Setting

OPAQUE = "hash"
"""Family of columns of which only equality may be asked: their values hang on a key."""


@dataclass(frozen=True, slots=True)
class View:
    """A dataset as the actor sees it.

    Attributes:
        families: Visible column → what kind of expression suits it.
        hidden: Columns that do not show, and may not be named.
        focus: Column that statements must group by; None: they need not.
        values: Some of its values, as statements write them.
        units: Columns that units are counted by.
        masked: Visible columns under a mask.
        empty: Visible columns of which every value is NULL.
    """

    ref: Ref
    families: Mapping[str, str]
    hidden: tuple[str, ...] = ()
    focus: str | None = None
    values: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    empty: frozenset[str] = frozenset()

    @property
    def table(self) -> str:
        """As statements name it."""
        return sql.table(self.ref)

    def of(self, *families: str) -> list[str]:
        """Visible columns of these families."""
        return [name for name, one in self.families.items() if one in families]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement and how its answers are compared.

    Attributes:
        kind: The form it was made by.
        joined: Whether it has a join or a subquery.
    """

    sql: str
    order: Order
    kind: str
    joined: bool


@dataclass(frozen=True, slots=True)
class Views:
    """All tables of a case, with the columns that join them.

    Attributes:
        limited: Whether a rule cuts answers.
        grouping: As the setting has it.
    """

    tables: tuple[View, ...]
    absent: tuple[Ref, ...]
    links: tuple[tuple[tuple[Ref, str], tuple[Ref, str]], ...]
    limited: bool
    grouping: float = 1.0

    def draw(self, rng: random.Random) -> View:
        """A table; the first ones more often."""
        weights = [1 / (place + 1) for place in range(len(self.tables))]
        return rng.choices(self.tables, weights)[0]

    def link(self, rng: random.Random, left: View) -> tuple[str, View, str] | None:
        """A column of a table, another table and the column that it is joined to."""
        shown = {view.ref: view for view in self.tables}
        pairs = [pair for one, two in self.links for pair in ((one, two), (two, one))]
        pairs += [((left.ref, n), (left.ref, n)) for n in left.of("int", "text", OPAQUE)[:2]]
        fitting = [
            (a[1], shown[b[0]], b[1])
            for a, b in pairs
            if a[0] == left.ref
            and a[1] not in left.empty
            and b[0] in shown
            and b[1] not in shown[b[0]].empty
            and shown[b[0]].families.get(b[1]) not in (None, "list")
            and left.families.get(a[1]) == shown[b[0]].families.get(b[1])
        ]
        return rng.choice(fitting) if fitting else None


def views(setting: Setting, shown: Mapping[Ref, Shown], refs: Sequence[Ref]) -> Views:
    """The tables that show something, and the names of those that do not."""
    tables = []
    for ref in refs:
        one, kind = shown[ref], setting.kind(ref)
        if one.columns:
            types = {column.name: column.type for column in kind.schema}
            tables.append(
                View(
                    ref=ref,
                    families={n: _family(types[n], mask) for n, mask in one.columns.items()},
                    hidden=tuple(name for name in types if name not in one.columns),
                    focus=_focus(one, kind),
                    values=kind.values,
                    units=tuple(unit for _, unit in one.groups if unit),
                    masked=tuple(name for name, mask in one.columns.items() if mask is not None),
                    empty=frozenset(n for n, m in one.columns.items() if m and m.method == "null"),
                )
            )
    absent = tuple(ref for ref in refs if not shown[ref].columns)
    limited = any(one.limited for one in shown.values())
    return Views(tuple(tables), absent, setting.links, limited, setting.grouping)


def _focus(one: Shown, kind: Kind) -> str | None:
    """The column to group by, where it shows as it is."""
    if not one.groups or kind.focus is None or kind.focus not in one.columns:
        return None
    return kind.focus if one.columns[kind.focus] is None else None


def _family(type: str, mask: Mask | None) -> str:
    if mask is None or mask.method == "null":
        return family(type)
    if mask.method == "hash":
        return OPAQUE
    if mask.method == "generalise" and family(type) == "stamp":
        return "date"
    return family(type) if mask.method == "generalise" else "text"
