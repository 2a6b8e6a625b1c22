"""The verb `contract test`: the rules of a contract over what has landed, as the asker sees it.

seen → measured → judged → shown → recorded. All numbers come from questions at the gate, so that
nobody learns of rows or values that they may not see; what was found is one event, whose receipt
anyone verifies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

from doumen.gate.desk import Desk
from doumen.kits.sql import table
from doumen.kits.standards import odcs
from doumen.model.answer import AS_IT_IS
from doumen.model.errors import Conflict
from doumen.model.event import CHECKED
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome
from doumen.model.ref import Ref
from doumen.rooms.refine.checks.examples import with_examples
from doumen.rooms.refine.checks.history import Point, points_of
from doumen.rooms.refine.checks.listed import with_codes
from doumen.rooms.refine.checks.measuring import Asked, measure
from doumen.rooms.refine.checks.rules import Rule, rules_of, unseen
from doumen.rooms.refine.checks.telling import outcome, unchanged
from doumen.rooms.refine.checks.verdicts import BROKEN, Verdict, judged
from doumen.rooms.refine.lookup import Held, held

TRIES = 3
"""How often a run is begun anew where the dataset changes under it."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found.

    Attributes:
        found: The dataset, as the asker may know it.
        scope: `all`, or `filtered` where a rule of the node leaves rows out.
        rows: How many rows the asker sees.
        receipts: Of the questions.
        receipt: Of the run itself.
    """

    found: Held
    contract: odcs.Contract
    scope: str
    rows: int
    verdicts: tuple[Verdict, ...]
    receipts: tuple[str, ...]
    receipt: str


def check(desk: Desk, dataset: str, new: bool = False, examples: int = 0) -> Outcome:
    """Run the rules of a contract over the rows that have landed and that the asker may see.

    Args:
        desk: The actor at the gate.
        dataset: `domain.name`.
        new: Only where rows or contract are others than at the asker's last run.
        examples: Rows to show of each rule that is broken, at most.

    Raises:
        NotFound: there is no such dataset or contract that the asker may know.
        Refused: no rule permits the asker to query it, or not to count its rows.
        Conflict: the dataset changed under every try.
    """
    if new and (last := _same(desk, dataset)):
        return unchanged(last)
    done = run(desk, dataset, examples)
    return outcome(
        found=done.found,
        contract=done.contract,
        scope=done.scope,
        rows=done.rows,
        verdicts=done.verdicts,
        receipts=done.receipts,
        receipt=done.receipt,
    )


def _same(desk: Desk, dataset: str) -> list[Point]:
    """What the asker's last run found, if it was over the same rows under the same contract."""
    found = held(desk, dataset)
    own = [one for one in points_of(desk, found.ref, 1000) if one.actor == desk.actor.name]
    last = [one for one in own if one.event == own[-1].event]
    there = (found.dataset.get("version"), found.contract().version)
    return last if last and (last[0].version, last[0].contract) == there else []


def run(desk: Desk, dataset: str, examples: int = 0) -> Run:
    """Check, and record what was found; see `check`."""
    for left in reversed(range(TRIES)):
        try:
            return _run(desk, dataset, examples)
        except Conflict as conflict:
            if conflict.code != "conflict.versions" or not left:
                raise
    raise AssertionError


def _run(desk: Desk, dataset: str, examples: int) -> Run:
    found = held(desk, dataset)
    contract = with_codes(found.contract(), found.facts, datetime.now(UTC).date())
    asked = Asked(desk)
    scope, types, masked = _sight(desk, found)
    folded = {name.casefold(): type for name, type in types.items()}
    denied = frozenset(map(str.casefold, found.types)) - folded.keys()
    shape = list(_shape(contract, types, denied))
    rules = [unseen(rule, folded, masked, denied) for rule in rules_of(contract, found.ref, types)]
    rules = _after_the_past(asked, found.ref, scope, rules)
    rows, numbers = measure(
        asked, found.ref, [rule for rule in rules if rule.measure is not None], desk.progress
    )
    verdicts = [*shape, *(judged(rule, numbers.get(rule.key), rows) for rule in rules)]
    if examples:
        verdicts = [with_examples(asked, found.ref, one, examples) for one in verdicts]
    document = {
        "dataset": dataset,
        "contract": contract.version,
        "contract_sha256": sha256(contract.text.encode()).hexdigest(),
        "scope": scope,
        "rows": rows,
        "rules": [one.for_the_receipt() for one in verdicts],
    }
    kept = {
        "contract": contract.version,
        "scope": scope,
        "rows": rows,
        "rules": [one.for_the_ledger() for one in verdicts],
    }
    receipt = desk.attest(found.ref, CHECKED, document, kept, asked.receipts)
    return Run(found, contract, scope, rows, tuple(verdicts), tuple(asked.receipts), receipt)


def _sight(desk: Desk, found: Held) -> tuple[str, dict[str, str], frozenset[str]]:
    """Whether all rows are seen, the columns with the types shown, and those that are masked."""
    told = desk.explain(f"SELECT count(*) FROM {table(found.ref)}")  # noqa: S608 - names are quoted
    (seen,) = (one for one in told.tables if one["dataset"] == str(found.ref))
    types = {column["name"]: column["type"] for column in seen["columns"]}
    masked = {
        column["name"].casefold() for column in seen["columns"] if column["shown"] != AS_IT_IS
    }
    return seen["rows"], types, frozenset(masked)


def _shape(
    contract: odcs.Contract, types: Mapping[str, str], denied: Collection[str]
) -> Iterator[Verdict]:
    """Columns that the contract promises and that are not there, or are of another type."""
    landed = {name.casefold(): type for name, type in types.items()}
    for column in contract.columns:
        type = landed.get(column.name.casefold())
        if column.name.casefold() in denied:
            continue
        if type is None:
            yield _off(column.name, "column", msg("is there"), msg("It is not there."))
        elif type != column.type:
            words = msg("is {type}", type=column.type)
            yield _off(column.name, "type", words, msg("It landed as {type}.", type=type))


def _off(column: str, kind: str, words: Message, why: Message) -> Verdict:
    rule = Rule(f"columns.{column}.{kind}", kind, (column,), words, None, None)
    return Verdict(rule, None, BROKEN, why)


def _after_the_past(asked: Asked, ref: Ref, scope: str, rules: list[Rule]) -> list[Rule]:
    """Rules that are held against earlier runs, with what they expect after those."""
    if not any(rule.own is not None for rule in rules):
        return rules
    version = (asked.desk.facts().dataset(ref) or {}).get("version", 0)
    rows = asked.rows(
        "SELECT rule, version, max_by(count, position) AS count, max(position) AS place "
        "FROM sys.quality WHERE dataset = ? AND actor = ? AND scope = ? AND version <> ? "
        "AND count IS NOT NULL GROUP BY rule, version ORDER BY place",
        (str(ref), asked.desk.actor.name, scope, version),
    )
    past: dict[str, list[Decimal]] = {}
    for rule, _, count, _ in rows:
        past.setdefault(str(rule), []).append(Decimal(str(count)))
    return [rule.after(past.get(rule.key, ())) for rule in rules]
