"""What is asked of the rules and what they answer: the question and the ruling on one dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from doumen.model.actor import Actor
from doumen.model.errors import NotFound
from doumen.model.fact import Facts
from doumen.model.life import Notice
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.rule import Action, Mask
from doumen.model.schema import Column, Schema


@dataclass(frozen=True, slots=True)
class Asked:
    """May this actor, for this purpose, do this with this dataset?

    Attributes:
        schema: The raw columns of the version that is asked for.
        facts: All facts of the node, not only those that the actor may know.
        now: The job's time, with its zone.
    """

    actor: Actor
    purpose: str | None
    action: Action
    ref: Ref
    schema: Schema
    facts: Facts
    now: datetime


@dataclass(frozen=True, slots=True)
class RuledColumn:
    """A column that may be used.

    Attributes:
        column: The raw column.
        mask: How it is shown; None: as it is.
        rules: Ids of the rules that permit or mask it, sorted.
    """

    column: Column
    mask: Mask | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DatasetRuling:
    """What an actor may see of one dataset, and by which rules.

    Attributes:
        columns: Those that may be used, in the order of the dataset.
        denied: Columns that the actor may know of but that a rule denies: name → id of the
            rule. Naming one is refused; `SELECT *` leaves it out.
        filters: Id of the rule and expression; a row is seen where all are true.
        limit: Most rows of the final result, and the rule that says so.
        groups: Smallest group, the raw column whose distinct values count (None: rows), and
            the rule; all hold.
        counts: Most queries of the actor under a rule on the UTC day of the job, and the rule;
            all hold.
        expires: Days that what is obtained may be kept, and the rule; the fewest. Of a derived
            dataset at most those up to its own last day.
        rules: Ids of all rules applied, sorted.
        notice: What the answer says of the dataset, where it is deprecated.
        discoverable: The names told here may be told: always so of a ruling, since what may
            not be discovered is NotFound.
    """

    ref: Ref
    columns: tuple[RuledColumn, ...]
    denied: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[tuple[str, str], ...] = ()
    limit: tuple[int, str] | None = None
    groups: tuple[tuple[int, str | None, str], ...] = ()
    counts: tuple[tuple[int, str], ...] = ()
    expires: tuple[int, str] | None = None
    rules: tuple[str, ...] = ()
    notice: Notice | None = None
    discoverable: bool = True

    @property
    def whole(self) -> bool:
        """Whether no rule hides a row or a value: all is shown as it is."""
        hides = self.denied or self.filters or self.limit or self.groups
        return not (hides or any(c.mask for c in self.columns))


def absent(ref: Ref) -> NotFound:
    """The one answer for a dataset that is not there and for one that may not be discovered."""
    return NotFound(
        msg("There is no dataset `{ref}`.", ref=ref),
        why=msg("It does not exist, or no rule lets you know of it."),
        next=msg('`doumen query "SELECT dataset FROM sys.datasets"` lists those you may know.'),
        detail="dataset",
    )
