"""Fourth station: duties to a plan. Pure.

Every dataset becomes its governed table, made before anything of the statement sees a value;
the statement itself stays as the user wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from doumen.gate import groups
from doumen.gate.stages import Asked, Planned, Ruled
from doumen.kits import policy, sql
from doumen.kits.sql.splice import spliced
from doumen.model.plan import Bounds, GovernedColumn, GovernedTable, QueryPlan, Value
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema
from doumen.model.snapshot import DataFile


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
    variables: dict[str, Value] = {}
    tables = []
    for ref in sorted(ruled.rulings):
        table, bound = _governed(ref, ruled, paths)
        tables.append(table)
        variables.update(bound)
    if any(c.mask for ruling in ruled.rulings.values() for c in ruling.columns):
        variables.update(zip(policy.MASK_KEYS, mask_keys, strict=True))
    tables.extend(system(ref) for ref in sorted(ruled.known.system))
    splices = asked.statement.splices
    if ruled.condition is not None:
        splices = (*splices, ruled.condition)
    limits = [r.limit[0] for r in ruled.rulings.values() if r.limit is not None]
    plan = QueryPlan(
        statement=spliced(asked.statement.text, splices),
        written=asked.statement.text if splices else None,
        splices=tuple((s.start, s.end, s.text) for s in splices),
        tables=tuple(tables),
        now=asked.now.replace(tzinfo=None),
        parameters=asked.query.parameters,
        variables=variables,
        limit=min(limits, default=None),
        bounds=bounds,
    )
    return Planned(ruled, unhurried(plan, asked))


def unhurried(plan: QueryPlan, asked: Asked) -> QueryPlan:
    """The plan, so that what is computed on the way tells nothing of rows left out."""
    if not plan.hides:
        return plan
    tree = asked.statement.tree
    shown = {t.ref: Schema(tuple(Column(c.name, c.type) for c in t.columns)) for t in plan.tables}
    haste = sql.Haste(tree, shown, plan.parameters)
    return replace(
        plan,
        sized=sql.sources(tree) > 1,
        copied=haste.fails_early(),
        whole=plan.limit is not None and haste.may_fail(),
    )


def _governed(
    ref: Ref,
    ruled: Ruled,
    paths: Callable[[DataFile], Path],
) -> tuple[GovernedTable, Mapping[str, Value]]:
    """The governed table of one dataset, and the variables that its expressions name."""
    snapshot, ruling = ruled.known.snapshots[ref], ruled.rulings[ref]
    variables: dict[str, Value] = {}
    where = []
    attributes = policy.attributes(ruled.known.actor)
    for number, (_, expression) in enumerate(ruling.filters):
        compiled = sql.compile_filter(
            expression, snapshot.schema, attributes, prefix=f"{ref}_{number}"
        )
        where.append(compiled.sql)
        variables.update(compiled.variables)
    columns = []
    for number, each in enumerate(ruling.columns):
        column = GovernedColumn(each.column.name, each.column.type)
        if each.mask is not None:
            column, bound = policy.mask_expression(each.mask, each.column, f"{ref}_m{number}")
            variables.update(bound)
        columns.append(column)
    columns.extend(groups.units(ruling, snapshot.schema))
    table = GovernedTable(
        ref=ref,
        schema=snapshot.schema,
        columns=tuple(columns),
        files=tuple(
            file.path if snapshot.form is not None else str(paths(file)) for file in snapshot.files
        ),
        where=tuple(where),
        form=snapshot.form,
        bounds=tuple(file.bounds for file in snapshot.files)
        if any(file.bounds for file in snapshot.files)
        else (),
    )
    return table, variables
