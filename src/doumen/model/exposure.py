"""What another participant sees of datasets under terms, and what of it is more than before.

A *sight* is one dataset under one set of terms. A *gain* holds it against the sights that there
are already. A *link* is two sights whose rows can be put together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from doumen.model.agreement import Agreement
from doumen.model.ref import Ref
from doumen.model.rule import Mask
from doumen.model.terms import Terms

NULL, HASH = "null", "hash"
"""The mask that shows nothing of a value, and the one that shows which values are equal."""
Filters = tuple[str, ...]
"""Expressions that all hold, sorted; none: every row."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A column as it is shown.

    Attributes:
        type: Of the raw column; empty: it is not known here.
        mask: Without its column; None: the column is shown as it is.
    """

    name: str
    type: str = ""
    mask: Mask | None = None
    labels: tuple[str, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether anything of its values is shown."""
        return self.mask is None or self.mask.method != NULL


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of one dataset under one set of terms.

    Attributes:
        provider: DID of who holds the dataset.
        agreement: Key of the agreement; None: the terms are not signed.
        groups: Smallest group and what counts in it (None: rows); single rows are not seen then.
        purposes: Sorted; empty: any.
        until: Last day; None: no end.
        whole: Whether all of its columns are known here.
    """

    provider: str
    ref: Ref
    agreement: str | None
    columns: tuple[Shown, ...]
    filters: Filters = ()
    groups: tuple[tuple[int, str | None], ...] = ()
    purposes: tuple[str, ...] = ()
    until: date | None = None
    whole: bool = True


class More(StrEnum):
    """How a column is shown, held against how it is shown already."""

    NEW = "new"
    LESS_MASKED = "less masked"
    OTHERWISE = "otherwise"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ColumnGain:
    """What more is seen of a column.

    Attributes:
        before: The masks under which values of it are seen already.
        covers: Rows in which it is seen just so already; a row that fits one of them is not new.
        rows: Rows in which what is shown of it is new; None: not counted.
    """

    shown: Shown
    more: More
    before: tuple[Mask | None, ...] = ()
    covers: frozenset[Filters] = frozenset()
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a dataset: that there are, that are shown, and of these those not shown before."""

    all: int
    shown: int
    new: int


@dataclass(frozen=True, slots=True)
class Gain:
    """What more is seen of a dataset.

    Attributes:
        covers: Rows of which something is seen already, one by one or in groups as small.
        purposes: Those that are new; empty: none is.
        any_purpose: Whether any purpose may be stated from now on, and could not be before.
        longer: Whether it is seen longer than before.
        held: Agreements under which something of it is seen already.
        rows: None: not counted.
    """

    sight: Sight
    columns: tuple[ColumnGain, ...]
    covers: frozenset[Filters] = frozenset()
    purposes: tuple[str, ...] = ()
    any_purpose: bool = False
    longer: bool = False
    held: tuple[str, ...] = ()
    rows: Rows | None = None


class By(StrEnum):
    """Why it is believed that columns of two datasets mean the same."""

    REFERENCE = "reference"
    UNIQUE = "unique"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the contract of a dataset says of its columns.

    Attributes:
        unique: Columns, folded, that are unique together.
        references: Columns here, the dataset that they refer to, its columns; folded.
    """

    unique: frozenset[tuple[str, ...]] = frozenset()
    references: tuple[tuple[tuple[str, ...], Ref, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Two sights whose rows can be put together.

    Attributes:
        columns: The key in `here`, column by column that of `there`.
        hashed: Whether the keys are seen as equal hashes only.
        gained: Columns of `here` that are linked with those of `there` from now on.
        values: Different keys that are seen in both; None: not counted.
        rows: Rows of `here` with such a key.
    """

    here: Sight
    there: Sight
    columns: tuple[tuple[str, str], ...]
    by: By
    hashed: bool = False
    gained: tuple[Shown, ...] = ()
    values: int | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who sees what more if terms are signed.

    Attributes:
        consumer: DID of who would see it.
        terms: What would be signed.
        compared: The agreements in force that they are held against.
        version: Of the facts that it was made of.
        receipt: Of the count; empty: nothing was counted.
    """

    consumer: str
    terms: Terms
    gains: tuple[Gain, ...]
    links: tuple[Link, ...] = ()
    compared: tuple[Agreement, ...] = field(default=())
    version: int = 0
    receipt: str = ""
