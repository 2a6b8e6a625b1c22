"""The loop: draw rules, two databases that differ in what these hide, and statements; compare.

A number names a case: the same seed gives the same rules, databases and statements. Several
statements are asked of each pair of databases, all of the first database before those of the
second, so that an engine opens each once.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from doumen.model.actor import OWNER
from doumen.model.fact import Fact
from doumen.model.message import Message, msg
from doumen.model.plan import Progress
from doumen.model.trial import Laboratory, Seen
from doumen.rooms.protect.prove.cases import Case
from doumen.rooms.protect.prove.changes import Change, Changes, applied
from doumen.rooms.protect.prove.sameness import differs
from doumen.rooms.protect.prove.shown import Asker
from doumen.rooms.protect.prove.views import Statement
from doumen.rooms.protect.prove.worlds import Database, world

TOGETHER = 10
"""Statements asked of one pair of databases."""

EXPLAINED = 4
"""Of so many statements one is explained too."""

BARREN = 50
"""Draws in a row that hide nothing, after which the rules are taken to hide nothing."""

PRELUDES = ("none", "none", "owner", "purpose", "none", "rules")
"""What goes before, batch by batch: nothing; the same questions by the owner, by the actor for
another purpose, or by the actor before the rules were put in force."""

Draw = Callable[[random.Random], Case]


@dataclass(frozen=True, slots=True)
class Found:
    """A statement that tells two databases apart, though what differs is hidden.

    Attributes:
        number: Of the case.
        what: In what the two answers differ.
        prelude: What went before; one of `PRELUDES`.
    """

    number: int
    case: Case
    statement: Statement
    database: Database
    change: Change
    what: Message
    one: Seen
    two: Seen
    prelude: str = "none"

    @property
    def rules(self) -> tuple[Fact, ...]:
        """The rules in force."""
        return self.case.rules

    @property
    def other(self) -> Database:
        """The second database."""
        return applied(self.change, self.database, self.case.shown)


@dataclass(slots=True)
class Tally:
    """What was tried: cases, and how many of them were of each kind.

    Attributes:
        filled: Answered with rows.
        failed: Refused, or answered with an error.
        reasons: Code and sentence of each failure.
        asked: Cases by the name of the actor.
        answered: Those that were answered, with rows or without.
    """

    cases: int = 0
    filled: int = 0
    failed: int = 0
    joined: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    duties: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)

    def count(self, case: Case, statement: Statement, seen: Seen) -> None:
        """Take a case in."""
        self.cases += 1
        name = case.asker.actor.name
        self.asked[name] += 1
        self.answered[name] += seen.error is None
        self.filled += bool(seen.rows)
        self.joined += statement.joined
        self.kinds[statement.kind] += 1
        self.duties.update(case.duties(statement.sql))
        if seen.error is not None:
            self.failed += 1
            self.codes[str(seen.error["code"])] += 1
            self.reasons[str(seen.error["code"]), str(seen.error["what"])] += 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a search came to.

    Attributes:
        found: The first counter-example; None: there was none.
        barren: The rules hid nothing, so that nothing could be tried.
    """

    tally: Tally
    found: Found | None = None
    barren: bool = False


class Search:
    """A search in one laboratory."""

    def __init__(self, laboratory: Laboratory, draw: Draw, progress: Progress) -> None:
        self._laboratory, self._draw, self._progress = laboratory, draw, progress

    def run(self, cases: int, seed: int) -> Verdict:
        """Try so many cases, or until one tells what it must not."""
        tally, batch, barren = Tally(), 0, 0
        while tally.cases < cases:
            rng = random.Random(f"{seed}/{batch}")  # noqa: S311 - cases are to be repeatable
            prelude = PRELUDES[batch % len(PRELUDES)]
            batch += 1
            case = self._draw(rng)
            first = case.setting.fill(rng)
            changes = Changes(rng, case.setting, case.shown, case.judge)
            change = changes.draw(first, absent=case.absent, grouped=case.given is None)
            if not change.size or applied(change, first, case.shown) == first:
                barren += 1
                if barren == BARREN:
                    return Verdict(tally, barren=not tally.cases)
                continue
            barren = 0
            many = 1 if case.given is not None else min(TOGETHER, cases - tally.cases)
            statements = sorted((case.statement(rng) for _ in range(many)), key=_reach)
            told = self._compared(case, statements, first, change, tally, prelude=prelude)
            found = next(told, None)
            if found is not None:
                return Verdict(tally, found)
            self._progress(
                tally.cases / cases,
                msg("{done} of {cases} cases", done=tally.cases, cases=cases),
            )
        return Verdict(tally)

    def again(self, found: Found, case: Case, database: Database, change: Change,
              statement: Statement) -> Found | None:  # fmt: skip
        """The same question put to other rules or databases: whether it still tells."""
        compared = self._compared(
            case, [statement], database, change, Tally(), prelude=found.prelude, explain=True
        )
        return next((replace(one, number=found.number) for one in compared), None)

    def _compared(
        self,
        case: Case,
        statements: list[Statement],
        first: Database,
        change: Change,
        tally: Tally,
        *,
        prelude: str,
        explain: bool = False,
    ) -> Iterator[Found]:
        """The statements that tell the two databases apart."""
        second = applied(change, first, case.shown)
        ones, twos = (
            self._asked(case, statements, database, prelude, explain=explain)
            for database in (first, second)
        )
        for statement, one, two in zip(statements, ones, twos, strict=True):
            tally.count(case, statement, one)
            what = differs(one, two, statement.order)
            if what is not None:
                yield Found(tally.cases, case, statement, first, change, what, one, two,
                            prelude)  # fmt: skip

    def _asked(
        self,
        case: Case,
        statements: list[Statement],
        database: Database,
        prelude: str,
        *,
        explain: bool,
    ) -> list[Seen]:
        asker = case.asker
        before = None
        if prelude == "rules":
            everything = (_all(asker.actor.name),)
            before = self._laboratory.stand(world(case.setting, everything, database))
            for statement in statements:
                before.ask(asker.actor.name, statement.sql, asker.purpose)
        stand = self._laboratory.stand(world(case.setting, case.rules, database), before)
        if prelude in ("owner", "purpose"):
            other = OWNER if prelude == "owner" else asker.actor.name
            purpose = _another(asker) if prelude == "purpose" else asker.purpose
            for statement in statements:
                stand.ask(other, statement.sql, purpose)
        return [
            stand.ask(
                asker.actor.name,
                statement.sql,
                asker.purpose,
                explain=explain or place % EXPLAINED == 0,
            )
            for place, statement in enumerate(statements)
        ]


def _reach(statement: Statement) -> str:
    """The datasets of a statement: asked one after the other, those of the same need one engine."""
    return " ".join(sorted(set(re.findall(r'"\w+"\."\w+"(?= a| b|$)', statement.sql))))


def _all(actor: str) -> Fact:
    """A rule that shows an actor everything."""
    body = {"id": "all-of-it", "permit": "query", "who": {"actor": actor}, "on": "*.*"}
    return Fact("rule", "all-of-it", body)


def _another(asker: Asker) -> str | None:
    """Another purpose that the actor may state, or none where they state one."""
    others = sorted(asker.actor.purposes - {asker.purpose})
    return others[0] if others else None
