"""The rows that terms show and the keys that datasets share, counted in one statement.

A dataset comes as a governed table of conditions and keys, not of its columns: what the statement
can tell is numbers. Conditions are compiled as for the table that the terms would show, so that
the numbers are those of the rows that the gate would let through. Each dataset is read once for
all of its numbers, and once more for each key that it shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from doumen.gate import execute, parse, query, record
from doumen.gate.means import Means
from doumen.gate.stages import Asked, Known, Planned, Ruled
from doumen.kits import policy, sql
from doumen.kits.policy import exposure
from doumen.kits.policy.exposure import Region
from doumen.kits.sql.lineage import Lineage, OutputLineage
from doumen.model.actor import OWNER, Actor
from doumen.model.errors import DoumenError, Refused
from doumen.model.exposure import Filters, Gain, Link
from doumen.model.fact import Facts
from doumen.model.job import Job, Query
from doumen.model.plan import GovernedColumn, GovernedTable, QueryPlan, Value
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Action
from doumen.model.schema import Schema

_WIDE = 12
"""Most tables beside each other: each is nested one deeper where a statement is read."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Gains and links with their numbers, and the id of the receipt."""

    gains: tuple[Gain, ...]
    links: tuple[Link, ...]
    receipt: str


@dataclass
class _Table:
    """The conditions and keys of one dataset, each with its name in the statement."""

    ref: Ref
    conditions: dict[Region, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def condition(self, region: Region) -> str:
        """Name of the condition that a row is of a region."""
        return self.conditions.setdefault(region, f"c{len(self.conditions)}")

    def key(self, column: str) -> str:
        """Name under which a column is a key."""
        return self.keys.setdefault(column, f"k{len(self.keys)}")

    @property
    def filters(self) -> list[Filters]:
        """All filters of its conditions, each once."""
        return sorted({f for one in self.conditions for f in (one.inside, *one.outside)})

    @property
    def name(self) -> str:
        """As a statement names it."""
        return sql.table(self.ref)


class Count:
    """One statement, made of gains and links: what it reads, and what its numbers mean.

    Args:
        gains: Whose rows are counted.
        links: Whose keys are counted.
        seer: An actor of the other participant, for filters that ask who they are.
    """

    def __init__(self, gains: Sequence[Gain], links: Sequence[Link], seer: Actor) -> None:
        self.attributes = policy.attributes(seer)
        self._gains, self._links = gains, links
        self.tables: dict[Ref, _Table] = {}
        self.parts: list[str] = []
        self.outputs: list[str] = []
        for number, gain in enumerate(gains):
            self._gain(f"g{number}", gain)
        for number, link in enumerate(links):
            self._link(f"l{number}", link)
        self.sql = f"SELECT {', '.join(self.outputs)} FROM {_beside(self.parts)}"  # noqa: S608

    def table(self, ref: Ref) -> _Table:
        """What is read of a dataset."""
        return self.tables.setdefault(ref, _Table(ref))

    def _gain(self, alias: str, gain: Gain) -> None:
        table = self.table(gain.sight.ref)
        named = [f"count(*) AS {alias}_all"]
        self.outputs.append(f"{alias}_all")
        for number, region in enumerate(_ordered(gain)):
            named.append(f"count_if({table.condition(region)}) AS {alias}_{number}")
            self.outputs.append(f"{alias}_{number}")
        what = ", ".join(named)
        self.parts.append(f"(SELECT {what} FROM {table.name}) AS {alias}")  # noqa: S608 - names

    def _link(self, alias: str, link: Link) -> None:
        here, there = self.table(link.here.ref), self.table(link.there.ref)
        mine = [here.key(a) for a, _ in link.columns]
        pairs = zip(mine, (there.key(b) for _, b in link.columns), strict=True)
        shown = f"SELECT * FROM {there.name} WHERE {there.condition(Region(link.there.filters))}"  # noqa: S608
        shared = " AND ".join(f"h.{a} = t.{b}" for a, b in pairs)
        keys = ", ".join(f"h.{name}" for name in mine)
        rows = (
            f"SELECT count(*) AS n FROM {here.name} AS h SEMI JOIN ({shown}) AS t ON {shared} "  # noqa: S608
            f"WHERE h.{here.condition(Region(link.here.filters))} GROUP BY {keys}"
        )
        self.parts.append(
            f"(SELECT count(*) AS {alias}_values, sum(n) AS {alias}_rows "  # noqa: S608
            f"FROM ({rows}) AS {alias}_keys) AS {alias}"
        )
        self.outputs += [f"{alias}_values", f"{alias}_rows"]

    def filled(self, numbers: Mapping[str, int]) -> tuple[tuple[Gain, ...], tuple[Link, ...]]:
        """The gains and links with the numbers of the answer."""
        gains = []
        for place, gain in enumerate(self._gains):
            found = {r: numbers[f"g{place}_{n}"] for n, r in enumerate(_ordered(gain))}
            gains.append(exposure.counted(gain, numbers[f"g{place}_all"], found))
        links = (
            replace(link, values=numbers[f"l{n}_values"], rows=numbers[f"l{n}_rows"])
            for n, link in enumerate(self._links)
        )
        return tuple(gains), tuple(links)


def _beside(parts: Sequence[str]) -> str:
    """Tables of one row each beside each other, nested no deeper than their number asks."""
    while len(parts) > _WIDE:
        parts = [
            f"(SELECT * FROM {', '.join(parts[at : at + _WIDE])}) AS p{len(parts)}_{at}"  # noqa: S608
            for at in range(0, len(parts), _WIDE)
        ]
    return ", ".join(parts)


def _ordered(gain: Gain) -> list[Region]:
    """The regions of a gain in the order in which they are counted."""
    return sorted(
        exposure.regions(gain), key=lambda region: (region.inside, sorted(region.outside))
    )


def run(
    means: Means,
    count: Count,
    actor: Actor,
    facts: Facts,
    *,
    purpose: str | None,
    subject: str,
) -> Counted:
    """Count, and record that it was done.

    Args:
        means: Of the node.
        count: What is counted.
        actor: Who count.
        facts: Of one version.
        purpose: As stated by them.
        subject: Of the event.

    Raises:
        Refused: what a dataset was made of does not permit this use.
        Conflict, Unavailable, OverBudget: as any question.
    """
    step = Query(count.sql)
    job = Job(actor.name, step, purpose)
    said = record.new_disclosure(step, means.entropy)
    asked = parse.parse(job, step, means.clock())
    try:
        planned = _planned(means, asked, actor, facts, count)
    except Refused as error:
        query.refuse(means, job, error, said)
        raise
    try:
        numbers = _numbers(means, planned)
    except DoumenError as error:
        query.failed(means, planned, said, error, None)
        raise
    event = record.new_id(means.clock(), means.entropy)
    draft = record.answered(planned, "query", event, said, subject=subject)
    receipt = means.commits.submit(lambda _: draft)
    gains, links = count.filled(numbers)
    return Counted(gains, links, receipt.id)


def _numbers(means: Means, planned: Planned) -> dict[str, int]:
    """The one row of the answer; the sum over no key at all is none."""
    (row,) = [row for batch in execute.execute(planned, means) for row in batch.to_pylist()]
    return {name: int(number or 0) for name, number in row.items()}


def _planned(means: Means, asked: Asked, actor: Actor, facts: Facts, count: Count) -> Planned:
    """The plan over conditions and keys; the node looks at its own data, as its owner may."""
    snapshots = {ref: facts.snapshot(ref) for ref in sorted(count.tables)}
    known = Known(asked, actor, facts, {r: s for r, s in snapshots.items() if s is not None}, {})
    rulings = {
        ref: policy.rule_dataset(
            policy.Asked(
                actor=replace(actor, roles=frozenset({OWNER})),
                purpose=asked.job.purpose,
                action=Action.QUERY,
                ref=ref,
                schema=snapshot.schema,
                facts=facts,
                now=asked.now,
            )
        )
        for ref, snapshot in known.snapshots.items()
    }
    made = [_governed(means, known, count.tables[ref], count.attributes) for ref in rulings]
    reads = frozenset().union(*(columns for _, _, columns in made))
    lineage = Lineage(
        tuple(OutputLineage(name, frozenset(), reads) for name in count.outputs), reads
    )
    variables: dict[str, Value] = {}
    for _, bound, _ in made:
        variables.update(bound)
    plan = QueryPlan(
        statement=asked.statement.text,
        tables=tuple(table for table, _, _ in made),
        now=asked.now.replace(tzinfo=None),
        variables=variables,
        bounds=means.bounds,
    )
    return Planned(Ruled(known, rulings, lineage, {}), plan)


def _governed(
    means: Means, known: Known, table: _Table, attributes: Mapping[str, str | None]
) -> tuple[GovernedTable, dict[str, Value], frozenset[ColumnRef]]:
    """The table, the variables of its conditions, and the raw columns behind it."""
    snapshot = known.snapshots[table.ref]
    variables: dict[str, Value] = {}
    reads, fits = set(table.keys), {}
    for number, filters in enumerate(table.filters):
        parts = []
        for place, expression in enumerate(filters):
            compiled = sql.compile_filter(
                expression, snapshot.schema, attributes, prefix=f"{table.ref}_{number}_{place}"
            )
            parts.append(f"({compiled.sql}\n)")
            variables.update(compiled.variables)
            reads |= compiled.columns
        fits[filters] = f"coalesce({' AND '.join(parts)}, false)" if parts else "true"
    columns = []
    for region, name in table.conditions.items():
        outside = [f"NOT {fits[filters]}" for filters in sorted(region.outside)]
        columns.append(
            GovernedColumn(name, "BOOLEAN", " AND ".join([fits[region.inside], *outside]))
        )
    columns.extend(_key_columns(table, snapshot.schema))
    governed = GovernedTable(
        ref=table.ref,
        schema=snapshot.schema,
        columns=tuple(columns),
        files=tuple(
            file.path if snapshot.form is not None else str(means.lake.path(file))
            for file in snapshot.files
        ),
        form=snapshot.form,
    )
    return governed, variables, frozenset(ColumnRef(table.ref, name) for name in reads)


def _key_columns(table: _Table, schema: Schema) -> Iterator[GovernedColumn]:
    for column, name in table.keys.items():
        found = schema.find(column)
        assert found is not None
        yield GovernedColumn(name, found.type, sql.quoted(found.name))
