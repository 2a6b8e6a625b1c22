"""What a run of checks says: JSON, a table for people, and the receipts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from doumen.kits.standards import odcs
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome, Table
from doumen.rooms.refine.checks.history import Point
from doumen.rooms.refine.checks.verdicts import BROKEN, UNCHECKED, Verdict, faults
from doumen.rooms.refine.lookup import Held


def outcome(
    *,
    found: Held,
    contract: odcs.Contract,
    scope: str,
    rows: int,
    verdicts: Sequence[Verdict],
    receipts: Sequence[str],
    receipt: str,
) -> Outcome:
    """The outcome of a run; its exit code is 1 where a rule is broken."""
    broken = faults(verdicts)
    open_ = sum(1 for v in verdicts if v.verdict == UNCHECKED)
    return Outcome(
        json={
            "dataset": str(found.ref),
            "version": contract.version,
            "rows": rows,
            "faults": broken,
            "rules": [_as_json(one) for one in verdicts],
            "receipts": list(receipts),
            "scope": scope,
            "receipt": receipt,
            "unchanged": False,
        },
        drawn=(
            Table(
                (msg("column"), msg("rule"), msg("count"), msg("verdict"), msg("why")),
                tuple(
                    (v.rule.columns, v.rule.words, v.told or "", v.verdict, v.why or "")
                    for v in verdicts
                ),
            ),
            *(_drawn(one) for one in verdicts if one.examples),
        ),
        said=(
            _summed(len(verdicts), rows, broken, open_),
            *_limits(found, scope),
            msg("Receipt {receipt}", receipt=receipt),
        ),
        exit=1 if broken else 0,
    )


def unchanged(found: Sequence[Point]) -> Outcome:
    """Nothing was checked, for nothing changed since a run; what that run found."""
    last = found[0]
    broken = sum(1 for one in found if one.verdict == BROKEN)
    return Outcome(
        json={
            "dataset": last.dataset,
            "version": last.contract,
            "rows": last.rows,
            "faults": broken,
            "rules": [],
            "receipts": [],
            "scope": last.scope,
            "receipt": last.event,
            "unchanged": True,
        },
        said=(
            msg("Nothing changed since the run of receipt {receipt}.", receipt=last.event),
            msg("It found {count} rules broken.", count=broken),
        ),
        exit=1 if broken else 0,
    )


def _as_json(verdict: Verdict) -> dict[str, Any]:
    examples = {"examples": list(verdict.examples)} if verdict.examples else {}
    return {**verdict.as_json(), **examples}


def _drawn(verdict: Verdict) -> Table:
    """Rows at fault, under the rule that they break."""
    columns = tuple(verdict.examples[0])
    title = msg(
        "{columns}: {rule}", columns=", ".join(verdict.rule.columns), rule=verdict.rule.words
    )
    rows = tuple(
        tuple("NULL" if value is None else value for value in row.values())
        for row in verdict.examples
    )
    return Table(columns, rows, title if verdict.rule.columns else verdict.rule.words)


def _summed(rules: int, rows: int, faults: int, unchecked: int) -> Message:
    counts = {"rows": rows, "broken": faults, "open": unchecked}
    if rules == 1:
        return msg("1 rule over {rows:,} rows: {broken} broken, {open} not checked.", **counts)
    return msg(
        "{rules} rules over {rows:,} rows: {broken} broken, {open} not checked.",
        rules=rules,
        **counts,
    )


def _limits(found: Held, scope: str) -> Iterator[Message]:
    if scope != "all":
        yield msg("These are the rows that you may see, not all.")
    aside = found.facts.dataset(found.ref.quarantine)
    set_aside = sum(file["rows"] for file in aside["files"]) if aside else 0
    if set_aside:
        yield msg(
            "{rows:,} rows that broke row rules lie in `{quarantine}`.",
            rows=set_aside,
            quarantine=found.ref.quarantine,
        )
