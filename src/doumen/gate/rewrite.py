"""Fourth station: duties to a plan. Pure.

Every dataset becomes its governed table, made before anything of the statement sees a value;
the statement itself stays as the user wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from doumen.gate.stages import Planned, Ruled
from doumen.kits import policy, sql
from doumen.kits.policy import DatasetRuling
from doumen.model.plan import Bounds, GovernedColumn, GovernedTable, QueryPlan, Scalar
from doumen.model.ref import Ref
from doumen.model.snapshot import DataFile, Snapshot


def rewrite(
    ruled: Ruled,
    *,
    paths: Callable[[DataFile], Path],
    system: Callable[[Ref], GovernedTable],
    mask_keys: tuple[str, str],
    bounds: Bounds,
) -> Planned:
    """Make the plan.

    Args:
        ruled: The ruling.
        paths: Where a file of the lake can be read.
        system: Makes a `sys.*` table for the actor.
        mask_keys: Outer and inner key (hex) of hash masks.
        bounds: Limits of the job.
    """
    asked = ruled.known.asked
    variables: dict[str, Scalar] = {}
    tables = []
    for number, (ref, ruling) in enumerate(sorted(ruled.rulings.items())):
        snapshot = ruled.known.snapshots[ref]
        table, bound = _governed(f"d{number}", snapshot, ruling, ruled, paths)
        tables.append(table)
        variables.update(bound)
    if any(c.mask for ruling in ruled.rulings.values() for c in ruling.columns):
        variables.update(zip(policy.MASK_KEYS, mask_keys, strict=True))
    tables.extend(system(ref) for ref in sorted(ruled.known.system))
    limits = [r.limit[0] for r in ruled.rulings.values() if r.limit is not None]
    return Planned(
        ruled,
        QueryPlan(
            statement=asked.statement.text,
            tables=tuple(tables),
            now=asked.now.replace(tzinfo=None),
            parameters=asked.query.parameters,
            variables=variables,
            limit=min(limits, default=None),
            bounds=bounds,
        ),
    )


def _governed(
    prefix: str,
    snapshot: Snapshot,
    ruling: DatasetRuling,
    ruled: Ruled,
    paths: Callable[[DataFile], Path],
) -> tuple[GovernedTable, Mapping[str, Scalar]]:
    """The governed table of one dataset, and the variables that its expressions name."""
    variables: dict[str, Scalar] = {}
    where = []
    attributes = policy.attributes(ruled.known.actor)
    for number, (_, expression) in enumerate(ruling.filters):
        compiled = sql.compile_filter(
            expression, snapshot.schema, attributes, prefix=f"{prefix}_{number}"
        )
        where.append(compiled.sql)
        variables.update(compiled.variables)
    columns = tuple(
        GovernedColumn(c.column.name, c.column.type)
        if c.mask is None
        else policy.mask_expression(c.mask, c.column)
        for c in ruling.columns
    )
    table = GovernedTable(
        ref=snapshot.ref,
        schema=snapshot.schema,
        columns=columns,
        files=tuple(str(paths(file)) for file in snapshot.files),
        where=tuple(where),
    )
    return table, variables
