"""First station: SQL to a syntax tree by the allow-list. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from doumen.gate.stages import Asked
from doumen.kits import sql
from doumen.kits.sql import Statement
from doumen.model.errors import Invalid
from doumen.model.job import Job, Query
from doumen.model.message import msg
from doumen.model.plan import Scalar


def parse(job: Job, query: Query, now: datetime) -> Asked:
    """Read the statement of a query.

    Raises:
        Refused: a construct, function or table reference that is not on the list.
        Invalid: a syntax error, or a number of parameters that does not fit.
    """
    statement = _parsed(query.sql, query.as_of)
    if statement.parameters != len(query.parameters):
        raise Invalid(
            msg(
                "The statement has {parameters} parameters, {count} values were given.",
                parameters=statement.parameters,
                count=len(query.parameters),
            ),
            next=msg("Give one value for each `?`."),
            detail="parameters",
        )
    return Asked(job, query, statement, now)


def scalars(parameters: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """The values of parameters, checked to be what an answer can be replayed with.

    Raises:
        Invalid: one is of another type, which a caller in Python may give.
    """
    for number, value in enumerate(parameters, start=1):
        if not isinstance(value, Scalar):
            raise Invalid(
                msg("Parameter {number} is a {kind}.", number=number, kind=type(value).__name__),
                why=msg(
                    "Parameters are texts, whole or floating numbers, truth values, datetimes "
                    "and None."
                ),
                next=msg("Give it as text, and cast it: `CAST(? AS DATE)`."),
                detail="parameters",
            )
    return tuple(parameters)


def zoned(as_of: int | datetime | None) -> int | datetime | None:
    """A version, or a moment in UTC, which it is in where it names no zone."""
    if not isinstance(as_of, datetime):
        return as_of
    return as_of.replace(tzinfo=UTC) if as_of.tzinfo is None else as_of.astimezone(UTC)


@lru_cache(maxsize=512)
def _parsed(text: str, as_of: int | datetime | None) -> Statement:
    return sql.parse(text, as_of)
