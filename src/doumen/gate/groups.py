"""Minimum groups at the gate: which datasets of a question have one, and what that adds to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from doumen.gate.stages import Known
from doumen.kits import policy, sql
from doumen.kits.policy import DatasetRuling, RuledColumn
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql.group import UNIT, Minimum
from doumen.kits.sql.splice import Splice
from doumen.kits.standards import odcs
from doumen.model.fact import Facts
from doumen.model.plan import GovernedColumn
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema


def condition(known: Known, rulings: dict[Ref, DatasetRuling]) -> Splice | None:
    """What the minimum groups of the rulings add to the statement; None where there are none.

    Raises:
        Refused: the statement is not of the form that minimum groups allow.
    """
    if not any(ruling.groups for ruling in rulings.values()):
        return None
    tables = {ref: _minimum(known.facts, ref, ruling) for ref, ruling in rulings.items()}
    tables |= {ref: Minimum(schema) for ref, schema in known.system.items()}
    return sql.hold_groups(known.asked.statement, tables, known.asked.query.parameters)


def units(ruling: DatasetRuling, schema: Schema) -> Iterator[GovernedColumn]:
    """The columns in which units are counted, raw: each distinct value, or 1 for each row.

    Args:
        ruling: Of the dataset.
        schema: Its raw columns; the unit may be hidden from the actor.
    """
    for number, (_, unit, _) in enumerate(ruling.groups):
        if unit is None:
            yield GovernedColumn(UNIT.format(number), "INTEGER", "1")
            continue
        column = schema.find(unit)
        assert column is not None
        yield GovernedColumn(UNIT.format(number), column.type, sql.quoted(column.name))


def _minimum(facts: Facts, ref: Ref, ruling: DatasetRuling) -> Minimum:
    types = ((c.column.name, policy.shown_type(c.mask, c.column)) for c in ruling.columns)
    shown = Schema(tuple(Column(*pair) for pair in types))
    apart = {sql.fold(c.column.name) for c in ruling.columns if _keeps_apart(c)}
    least = tuple((k, unit is not None) for k, unit, _ in ruling.groups)
    return Minimum(shown, tuple(key for key in _keys(facts, ref) if key <= apart), least)


def _keeps_apart(ruled: RuledColumn) -> bool:
    """Whether values that differ are shown so; a coarser mask makes a key match many rows."""
    return ruled.mask is None or ruled.mask.method == "hash"


def _keys(facts: Facts, ref: Ref) -> Iterator[frozenset[str]]:
    """The folded columns of each key that the contract of a dataset declares unique."""
    body = facts.body("contract", str(ref))
    if body is not None:
        yield from _declared(body["text"])


@lru_cache(maxsize=64)
def _declared(contract: str) -> tuple[frozenset[str], ...]:
    return tuple(
        frozenset(sql.fold(column) for column in report.columns)
        for report in odcs.read_contract(contract).reports
        if report.kind == "unique"
        and report.columns
        and report.expects == Expectation()
        and not report.advisory
    )
