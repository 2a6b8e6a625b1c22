"""What a profile holds: figures of each column with where they come from, and what spans columns.

Every figure says how it was got: `EXACT` over all rows that the asker may see, `ESTIMATED` over
all of them, `SAMPLED`, computed over a part of them, or `NAMED`, guessed from a name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EXACT, ESTIMATED, SAMPLED, NAMED = "exact", "estimated", "sample", "name"

NUMBER, TEXT, TIME, BOOLEAN, BINARY, OTHER = (
    "number",
    "text",
    "time",
    "boolean",
    "binary",
    "other",
)
"""Kinds of columns; what is nested, and what has no order of its own, is `other`."""

_INTEGERS = frozenset(
    [
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    ]
)
_FLOATS = frozenset({"FLOAT", "DOUBLE"})
_TIMES = ("DATE", "TIMESTAMP", "TIME")
WIDE = frozenset({"HUGEINT", "UHUGEINT"})


def kind_of(type: str) -> str:
    """The kind of a type of the reference engine.

    Example:
        >>> kind_of("DECIMAL(15,2)"), kind_of("VARCHAR[]"), kind_of("TIMESTAMP_NS")
        ('number', 'other', 'time')
    """
    head = type.partition("(")[0]
    if type.endswith("]"):
        return OTHER
    if is_integer(type) or is_floating(type) or head == "DECIMAL":
        return NUMBER
    if head in ("VARCHAR", "UUID"):
        return TEXT
    if head.startswith(_TIMES) and head != "TIME WITH TIME ZONE":
        return TIME
    return {"BOOLEAN": BOOLEAN, "BLOB": BINARY}.get(head, OTHER)


def is_integer(type: str) -> bool:
    """Whether it holds whole numbers."""
    return type in _INTEGERS


def is_floating(type: str) -> bool:
    """Whether it may hold NaN and infinities."""
    return type in _FLOATS


def told(number: float) -> float | str:
    """A floating figure to 9 significant digits; the order in which threads add moves the rest.

    What is no finite number is a text, as everywhere in JSON.

    Example:
        >>> told(2 / 3), told(float("nan"))
        (0.666666667, 'NaN')
    """
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return float(f"{number:.9g}")


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column as the asker sees it.

    Attributes:
        figures: Name → value, as JSON; those of its kind are all there, None where there is
            nothing to compute them of.
        how: Name of a figure → `EXACT`, `ESTIMATED`, `SAMPLED` or `NAMED`.
    """

    name: str
    type: str
    kind: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    how: Mapping[str, str] = field(default_factory=dict)

    def with_figures(self, figures: Mapping[str, Any], how: str) -> ColumnProfile:
        """The same with more figures, all got in one way."""
        return ColumnProfile(
            self.name,
            self.type,
            self.kind,
            {**self.figures, **figures},
            {**self.how, **dict.fromkeys(figures, how)},
        )

    def get(self, name: str) -> Any:
        """A figure; None where the column has none of this name."""
        return self.figures.get(name)

    def as_json(self) -> dict[str, Any]:
        """Its part of the answer."""
        named = {"name": self.name, "type": self.type, "kind": self.kind}
        return {**named, **self.figures, "how": dict(self.how)}


@dataclass(frozen=True, slots=True)
class Sample:
    """What figures of a sample were computed over.

    Attributes:
        rows: How many rows it holds.
        percent: Chance of each row to be in it.
        seed: Of the draw; None: it was not drawn, it holds all rows.
        cut: A limit of a rule cut it.
    """

    rows: int
    percent: float = 100.0
    seed: int | None = None
    cut: bool = False

    @property
    def whole(self) -> bool:
        """Whether it holds all rows that the asker may see."""
        return self.seed is None and not self.cut

    @property
    def how(self) -> str:
        """How a figure of it is labelled."""
        return EXACT if self.whole else SAMPLED

    def as_json(self) -> dict[str, Any]:
        """Its part of the answer."""
        return {
            "rows": self.rows,
            "percent": self.percent,
            "seed": self.seed,
            "whole": self.whole,
            "cut": self.cut,
        }


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson's coefficient of two columns of numbers over rows in which both have one."""

    columns: tuple[str, str]
    pearson: float
    rows: int


@dataclass(frozen=True, slots=True)
class KeyFound:
    """Columns whose values tell all rows apart; exact over all rows, none of them NULL."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dependency:
    """Where `determinant` is the same, `dependent` is: exact over all rows; NULL is a value."""

    determinant: str
    dependent: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """Two columns of the sample of which the first is never above the second.

    Attributes:
        rows: Rows in which both have a value.
        by_chance: Share of rows in which it holds when rows are paired at random.
    """

    low: str
    high: str
    rows: int
    by_chance: float


Reach = tuple[float | None, float | None]
"""How far down and up; None: nobody can say."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A dataset as the asker sees it.

    Attributes:
        rows: All that the asker may see.
        sample: None: no rows may be asked for, only groups of them.
        ordered: Pairs that `rules` drafts comparisons from.
        values: Of a text column of few values, all of the sample with their counts: what rules
            are drafted from, told of as top values only.
        forms: Of a text column of one form, as a regular expression.
        reach: Of a column of numbers how far down and up fresh rows may go; see `tails`.
        receipts: Of all questions, in order.
        expires: Last day on which the answer may be kept (ISO date).
    """

    dataset: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    sample: Sample | None = None
    correlations: tuple[Correlation, ...] = ()
    keys: tuple[KeyFound, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    ordered: tuple[Ordered, ...] = ()
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    reach: Mapping[str, Reach] = field(default_factory=dict)
    receipts: tuple[str, ...] = ()
    expires: str | None = None

    def column(self, name: str) -> ColumnProfile:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)

    def as_json(self) -> dict[str, Any]:
        """The frozen JSON shape."""
        how = None if self.sample is None else self.sample.how
        return {
            "dataset": self.dataset,
            "rows": self.rows,
            "sample": None if self.sample is None else self.sample.as_json(),
            "columns": [column.as_json() for column in self.columns],
            "correlations": [
                {"columns": list(c.columns), "pearson": c.pearson, "rows": c.rows, "how": how}
                for c in self.correlations
            ],
            "keys": [{"columns": list(k.columns), "how": EXACT} for k in self.keys],
            "dependencies": [
                {"determinant": d.determinant, "dependent": d.dependent, "how": EXACT}
                for d in self.dependencies
            ],
            "receipts": list(self.receipts),
            "expires": self.expires,
        }
