"""The values that pass from station to station; each is frozen and holds the one before it.

Asked → Known → Ruled → Planned; then the engine answers and `record` makes the receipt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from doumen.kits.policy import DatasetRuling
from doumen.kits.sql import Lineage, Statement
from doumen.kits.sql.splice import Splice
from doumen.model.actor import Actor
from doumen.model.agreement import Agreement
from doumen.model.fact import Facts
from doumen.model.job import Job, Query
from doumen.model.life import Notice
from doumen.model.plan import QueryPlan
from doumen.model.ref import Ref
from doumen.model.rule import Duty
from doumen.model.schema import Schema
from doumen.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that both its form and every node of its tree are on the allow-list of."""

    job: Job
    query: Query
    statement: Statement
    now: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """The question with the facts it is about, all of one version.

    Attributes:
        snapshots: The version of each stored dataset that the statement names; earlier ones,
            read by AT, under the names that stand in for them.
        system: Schemas of the tables that it names and that come with the plan: `sys.*`, and
            what was fetched from others.
        agreement: Under which the job is done; the facts then hold its rules only.
    """

    asked: Asked
    actor: Actor
    facts: Facts
    snapshots: Mapping[Ref, Snapshot]
    system: Mapping[Ref, Schema]
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Ruled:
    """The question with its ruling: what of each dataset the actor may see, and why.

    Attributes:
        rulings: One per snapshot; `sys.*` tables carry only rows the actor may know.
        lineage: Of the statement over the visible columns.
        told: Id of each rule applied → its duties that the actor may know.
        condition: What minimum groups add to the statement, if any rule asks for them.
    """

    known: Known
    rulings: Mapping[Ref, DatasetRuling]
    lineage: Lineage
    told: Mapping[str, Sequence[Duty]]
    condition: Splice | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of all rules applied, sorted."""
        return tuple(self.told)

    @property
    def counts(self) -> tuple[tuple[int, str], ...]:
        """Most queries a day under each rule that counts them, sorted."""
        return tuple(sorted({count for r in self.rulings.values() for count in r.counts}))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is said of each dataset that is deprecated, once, by name."""
        found = {r.notice.dataset: r.notice for r in self.rulings.values() if r.notice}
        return tuple(found[name] for name in sorted(found))

    @property
    def expires(self) -> date | None:
        """Last day (UTC) on which what is obtained may be kept; None: no end."""
        today = self.known.asked.now.astimezone(UTC).date()
        days = [
            today + timedelta(days=r.expires[0])
            for r in self.rulings.values()
            if r.expires is not None
        ]
        kept = [one.expires for one in self.known.asked.query.fetched if one.expires is not None]
        return min((*days, *kept), default=None)


@dataclass(frozen=True, slots=True)
class Planned:
    """The question with its plan: ready to run."""

    ruled: Ruled
    plan: QueryPlan
