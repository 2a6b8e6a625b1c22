"""Candidates of a sample as statements over all rows.

Pure. Each gives one number: rows or groups that speak against the candidate.
"""

from __future__ import annotations

from collections.abc import Sequence

from doumen.kits.sql import quoted, table
from doumen.model.ref import Ref
from doumen.rooms.refine.profile.figures import Dependency


def repeated(ref: Ref, columns: Sequence[str]) -> str:
    """Rows beyond the first of each combination of values."""
    names = ", ".join(quoted(column) for column in columns)
    groups = f"SELECT count(*) AS n FROM {table(ref)} GROUP BY {names}"  # noqa: S608 - names are quoted
    return f"SELECT coalesce(sum(n - 1), 0) FROM ({groups}) AS groups"  # noqa: S608 - names are quoted


def undetermined(ref: Ref, candidate: Dependency) -> str:
    """Values of the determinant that have more than one of the dependent column."""
    of, to = quoted(candidate.determinant), quoted(candidate.dependent)
    broken = f"min({to}) <> max({to}) OR (count({to}) > 0 AND count({to}) < count(*))"
    groups = f"SELECT 1 AS n FROM {table(ref)} GROUP BY {of} HAVING {broken}"  # noqa: S608 - names are quoted
    return f"SELECT count(*) FROM ({groups}) AS groups"  # noqa: S608 - names are quoted
