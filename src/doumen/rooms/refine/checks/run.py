"""A contract tried on what has landed: every rule counted, every verdict told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from doumen.gate.desk import Desk
from doumen.kits.quality.expectation import holds
from doumen.kits.standards import odcs
from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Refused
from doumen.model.message import Message, msg, paragraph, plain
from doumen.model.operation import Outcome, Table
from doumen.model.schema import Column
from doumen.rooms.refine.checks.counting import Count, report_count, row_counts, scan
from doumen.rooms.refine.lookup import Held, held

HOLDS, BROKEN, ADVICE, UNCHECKED = msg("holds"), msg("broken"), msg("advice"), msg("unchecked")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one rule.

    Attributes:
        count: What was counted; None where nothing was.
        verdict: `holds`, `broken`, `advice` (an advisory rule is broken) or `unchecked`.
        why: The reason, where there is more to say.
    """

    rule: str
    kind: str
    columns: tuple[str, ...]
    count: str | None
    verdict: Message
    why: Message | None = None


@dataclass(slots=True)
class _Asked:
    """The desk, with the receipts of what was asked."""

    desk: Desk
    receipts: list[str] = field(default_factory=list)

    def rows(self, sql: str, parameters: Sequence[str] = ()) -> list[tuple[object, ...]]:
        answer = self.desk.query(sql, parameters)
        rows = answer.rows()
        self.receipts.append(answer.receipt)
        return rows


def test(desk: Desk, dataset: str) -> Outcome:
    """Run the rules of a contract over the rows that have landed and that the asker may see.

    Raises:
        NotFound: there is no such dataset or contract that the asker may know.
        Refused: no rule permits the asker to query it.
    """
    found = held(desk, dataset)
    contract = found.contract()
    asked = _Asked(desk)
    verdicts = list(_shape(contract, found))
    absent = {v.columns[0].casefold() for v in verdicts if v.kind == "column"}
    present = [c for c in row_counts(contract) if c.columns[0].casefold() not in absent]
    (counted,) = asked.rows(*scan(found.ref, present))
    rows = int(str(counted[0]))
    for count, number in zip(present, counted[1:], strict=True):
        verdicts.append(_judged(count, Decimal(str(number)), rows))
    verdicts += _reported(asked, contract, found, rows, absent)
    return _outcome(found, contract, rows, verdicts, asked.receipts)


def _shape(contract: odcs.Contract, found: Held) -> Iterator[Verdict]:
    """Columns that the contract promises and that are not there, or are of another type."""
    landed = {c["name"].casefold(): c["type"] for c in found.dataset["columns"]}
    for column in contract.columns:
        type = landed.get(column.name.casefold())
        if type is None:
            why = msg("It is not there.")
            yield Verdict(msg("is there"), "column", (column.name,), None, BROKEN, why)
        elif type != column.type:
            words = msg("is {type}", type=column.type)
            why = msg("It landed as {type}.", type=type)
            yield Verdict(words, "type", (column.name,), None, BROKEN, why)


def _reported(
    asked: _Asked, contract: odcs.Contract, found: Held, rows: int, absent: Iterable[str]
) -> Iterator[Verdict]:
    types = [Column(c["name"], c["type"]) for c in found.dataset["columns"]]
    for report in contract.reports:
        missing = [column for column in report.columns if column.casefold() in absent]
        if missing:
            why = msg("Column `{column}` is not there.", column=missing[0])
            yield Verdict(report.name, report.kind, report.columns, None, UNCHECKED, why)
            continue
        count = report_count(report, found.ref, types)
        if count is None:
            why = report.text if isinstance(report.text, Message) else plain(report.text)
            yield Verdict(report.name, report.kind, report.columns, None, UNCHECKED, why)
            continue
        try:
            yield _judged(count, _number(asked.rows(count.sql, count.parameters)), rows)
        except (Faulty, Invalid, NotFound, Refused) as error:
            why = _said(error)
            yield Verdict(count.rule, count.kind, count.columns, None, UNCHECKED, why)


def _number(rows: list[tuple[object, ...]]) -> Decimal:
    """The one number, or truth value, that a rule's statement gives."""
    if len(rows) == 1 and len(rows[0]) == 1 and rows[0][0] is not None:
        value = rows[0][0]
        try:
            return Decimal(int(value)) if isinstance(value, bool) else Decimal(str(value))
        except InvalidOperation:
            pass
    raise Invalid(msg("The query of the rule gives no single number."), detail="contract")


def _said(error: DoumenError) -> Message:
    return paragraph([part for part in (error.what, error.why) if part is not None])


def _judged(count: Count, number: Decimal, rows: int) -> Verdict:
    good = holds(number, count.expects, rows)
    bad = ADVICE if count.advisory else BROKEN
    return Verdict(
        count.rule, count.kind, count.columns, format(number, "f"), HOLDS if good else bad
    )


def _summed(rules: int, rows: int, faults: int, unchecked: int) -> Message:
    counts = {"rows": rows, "broken": faults, "open": unchecked}
    if rules == 1:
        return msg("1 rule over {rows:,} rows: {broken} broken, {open} not checked.", **counts)
    return msg(
        "{rules} rules over {rows:,} rows: {broken} broken, {open} not checked.",
        rules=rules,
        **counts,
    )


def _outcome(
    found: Held,
    contract: odcs.Contract,
    rows: int,
    verdicts: Sequence[Verdict],
    receipts: Sequence[str],
) -> Outcome:
    faults = sum(1 for v in verdicts if v.verdict == BROKEN)
    open_ = sum(1 for v in verdicts if v.verdict == UNCHECKED)
    said = [_summed(len(verdicts), rows, faults, open_)]
    aside = found.facts.dataset(found.ref.quarantine)
    set_aside = sum(f["rows"] for f in aside["files"]) if aside else 0
    if set_aside:
        said.append(
            msg(
                "{rows:,} rows that broke row rules lie in `{quarantine}`.",
                rows=set_aside,
                quarantine=found.ref.quarantine,
            )
        )
    return Outcome(
        json={
            "dataset": str(found.ref),
            "version": contract.version,
            "rows": rows,
            "faults": faults,
            "rules": [
                {
                    "rule": v.rule,
                    "kind": v.kind,
                    "columns": list(v.columns),
                    "count": v.count,
                    "verdict": v.verdict,
                    "why": v.why or None,
                }
                for v in verdicts
            ],
            "receipts": list(receipts),
        },
        drawn=(
            Table(
                (msg("column"), msg("rule"), msg("count"), msg("verdict"), msg("why")),
                tuple(
                    (tuple(v.columns), v.rule, v.count or "", v.verdict, v.why or "")
                    for v in verdicts
                ),
            ),
        ),
        said=tuple(said),
        exit=1 if faults else 0,
    )
