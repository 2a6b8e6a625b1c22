"""A saved question: a statement with what it is asked with, of one actor, shared by its text alone.

Whoever opens one asks it again under their own rights; no answer is kept with it. Its text may
hold literals, so that taking it back erases all of its versions (`model.fact.ERASED`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doumen.model.plan import Scalar

QUESTION = "question"
"""Kind of the fact; its key is `actor/id`."""
EVERYONE = "*"
"""In place of a role: whoever may know of the datasets that it names."""


@dataclass(frozen=True, slots=True)
class Question:
    """One saved question.

    Attributes:
        title: What people call it.
        sql: One SELECT.
        parameters: Values of its `?`.
        purpose: For which it is asked; None: none is stated.
        agreements: Keys of those under which providers are asked.
        as_of: Version or moment at which datasets are read, as it was typed; None: as they are.
        chart: Place of the chart that was chosen among those proposed; None: none was.
        datasets: Those that it names, sorted.
        shared: Roles that may read it, or `EVERYONE`; none: its actor alone.
        created: When (RFC 3339).
        updated: When it was last changed (RFC 3339).
    """

    title: str
    sql: str
    parameters: tuple[Scalar, ...] = ()
    purpose: str | None = None
    agreements: tuple[str, ...] = ()
    as_of: str | None = None
    chart: int | None = None
    datasets: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    created: str = ""
    updated: str = ""

    def as_json(self) -> dict[str, Any]:
        """The body of the fact."""
        return {
            "title": self.title,
            "sql": self.sql,
            "parameters": list(self.parameters),
            "purpose": self.purpose,
            "agreements": list(self.agreements),
            "as_of": self.as_of,
            "chart": self.chart,
            "datasets": list(self.datasets),
            "shared": list(self.shared),
            "created": self.created,
            "updated": self.updated,
        }

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> Question:
        """What `as_json` wrote."""
        lists = ("parameters", "agreements", "datasets", "shared")
        return cls(**{**body, **{name: tuple(body[name]) for name in lists}})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that an actor asked and that was run, as its event and its receipt tell.

    Attributes:
        id: Of the event, and of its receipt.
        time: When (RFC 3339).
        type: Of the event: `query`, `query.started`, `query.failed`, `derive` …
        purpose: For which it was asked.
        agreement: Under which.
        subject: The saved question, as `subject` writes it, or the dataset that was made.
        rows: How many the answer has, where it is known.
        truncated: Whether a limit cut it.
        code: Of the error, where it failed.
        statement: The text; None: its receipt was shredded.
        parameters: Values of its `?`.
    """

    id: str
    time: str
    type: str
    purpose: str | None = None
    agreement: str | None = None
    subject: str | None = None
    rows: int | None = None
    truncated: bool = False
    code: str | None = None
    statement: str | None = None
    parameters: tuple[Scalar, ...] = field(default=())


def subject(key: str) -> str:
    """How events call the question of a key."""
    return f"question {key}"
