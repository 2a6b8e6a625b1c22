"""First station: SQL to a syntax tree by the allow-list. Pure."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from doumen.gate.stages import Asked
from doumen.kits import sql
from doumen.kits.sql import Statement
from doumen.model.errors import Invalid
from doumen.model.job import Job, Query


def parse(job: Job, query: Query, now: datetime) -> Asked:
    """Read the statement of a query.

    Raises:
        Refused: a construct, function or table reference that is not on the list.
        Invalid: a syntax error, or a number of parameters that does not fit.
    """
    statement = _parsed(query.sql)
    if statement.parameters != len(query.parameters):
        raise Invalid(
            f"The statement has {statement.parameters} parameters, "
            f"{len(query.parameters)} values were given.",
            next="Give one value for each `?`.",
            detail="parameters",
        )
    return Asked(job, query, statement, now)


@lru_cache(maxsize=512)
def _parsed(text: str) -> Statement:
    return sql.parse(text)
