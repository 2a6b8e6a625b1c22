"""What somebody would see of a dataset if rules changed, beside what they see of it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doumen.model.actor import Actor
from doumen.model.errors import DoumenError
from doumen.model.exposure import Shown
from doumen.model.schema import Schema


@dataclass(frozen=True, slots=True)
class Seer:
    """For whom it is foreseen; one that is made up has no name of the node.

    Attributes:
        purpose: As they would state it.
    """

    actor: Actor
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows as they would be shown.

    Attributes:
        error: Why there are none: the statement that asks for rows is refused.
    """

    schema: Schema = field(default_factory=lambda: Schema(()))
    rows: tuple[tuple[Any, ...], ...] = ()
    error: DoumenError | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is seen under one state of the rules.

    Attributes:
        error: Why nothing is; all else is empty then.
        columns: Those that are shown, each with its mask.
        denied: Column → rule by which it is not.
        filters: Id of the rule and expression; a row is seen where all hold.
        limit: Most rows of an answer, and the rule.
        groups: Smallest group, what counts in it (None: rows), and the rule.
        counts: Most queries a day, and the rule.
        expires: Days that what is obtained may be kept, and the rule.
        rules: Ids of all rules that say so.
        rows: How many rows pass the filters.
        sample: None: whoever asks may not see all rows themself.
    """

    error: DoumenError | None = None
    columns: tuple[Shown, ...] = ()
    denied: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[tuple[str, str], ...] = ()
    limit: tuple[int, str] | None = None
    groups: tuple[tuple[int, str | None, str], ...] = ()
    counts: tuple[tuple[int, str], ...] = ()
    expires: tuple[int, str] | None = None
    rules: tuple[str, ...] = ()
    rows: int | None = None
    sample: Sample | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Both.

    Attributes:
        schema: Raw columns of the dataset.
        all: Rows of the dataset; None: nothing of it is seen, before or after.
        gained: Rows of which something is seen after, and not so before.
        lost: Rows of which something is seen before, and not so after.
        receipts: Of the count, and of the rows that were shown.
    """

    schema: Schema
    before: Outlook
    after: Outlook
    all: int | None = None
    gained: int = 0
    lost: int = 0
    receipts: tuple[str, ...] = ()
