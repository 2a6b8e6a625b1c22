"""The rules of a contract, each with the measure that decides it. Pure.

A rule of a field (`required`, bounds, lengths, pattern, sets) and a rule of quality are alike
here: a key that stays from run to run, what is measured, what is expected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from doumen.kits.quality.checks import Measure, Own, Rows, Subject, Whole
from doumen.kits.quality.expectation import Expectation
from doumen.kits.standards import odcs
from doumen.model.message import Message, msg, plain
from doumen.model.ref import Ref
from doumen.rooms.refine.checks.counting import measured, row_measure
from doumen.rooms.refine.checks.folding import mentioned

DIMENSIONS = {
    "required": "completeness",
    "null_values": "completeness",
    "missing_values": "completeness",
    "row_count": "completeness",
    "unique": "uniqueness",
    "reference": "consistency",
    "sql": "accuracy",
}
"""Dimension of ODCS of each kind that names none; all else is conformity."""
OTHER = "conformity"
COUNTING = frozenset({"unique", "reference"})
"""Kinds with a statement of their own whose number counts rows."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        key: Where it stands and what it is, the same from run to run; no literal of the rule.
        kind: Kind of check or report.
        words: The rule in words.
        measure: What decides it; None: it is kept and never run, and `why` says so.
        expects: What the number must be; None: there is nothing yet to hold it against.
        severity, dimension, owner: As the contract says, or the kind.
        advisory: A breach is told of, but is no fault.
        own: Of a check of our own, kind and options: what it expects may follow from the past.
    """

    key: str
    kind: str
    columns: tuple[str, ...]
    words: Message
    measure: Measure | None
    expects: Expectation | None
    severity: str = "error"
    dimension: str = OTHER
    owner: str = ""
    advisory: bool = False
    why: Message | None = None
    own: odcs.Report | None = None

    @property
    def counts(self) -> bool:
        """Whether its number counts rows at fault, or all; no value that it computes of them.

        A query may count the rows that there should be: those are not at fault.
        """
        if self.own is not None and self.own.own is not None:
            return self.own.own[0].counts
        if self.kind == "sql" and not (self.expects is not None and self.expects.of_faults):
            return False
        if isinstance(self.measure, Own):
            return self.kind in COUNTING
        return not isinstance(self.measure, Whole) or self.kind == "row_count"

    def after(self, past: Sequence[Decimal]) -> Rule:
        """What it expects, given what was counted at earlier runs over other versions."""
        if self.own is None or self.own.own is None:
            return self
        kind, options = self.own.own
        return replace(self, expects=kind.expects(options, past))


def rules_of(contract: odcs.Contract, ref: Ref, types: Mapping[str, str]) -> list[Rule]:
    """All rules of a contract, those of fields first, each under a key of its own."""
    found = [*_of_fields(contract), *_of_reports(contract, ref, types)]
    seen: Counter[str] = Counter()
    keyed = []
    for rule in found:
        seen[rule.key] += 1
        again = seen[rule.key]
        keyed.append(rule if again == 1 else replace(rule, key=f"{rule.key}#{again}"))
    return keyed


def _of_fields(contract: odcs.Contract) -> Iterator[Rule]:
    for column in contract.columns:
        for check in column.checks:
            yield Rule(
                f"columns.{column.name}.{check.kind}",
                check.kind,
                (column.name,),
                odcs.check_words(check),
                row_measure(check, column),
                odcs.NO_FAULT,
                dimension=DIMENSIONS.get(check.kind, OTHER),
            )


def _of_reports(contract: odcs.Contract, ref: Ref, types: Mapping[str, str]) -> Iterator[Rule]:
    for report in contract.reports:
        place = f"columns.{report.columns[0]}" if len(report.columns) == 1 else "table"
        name = report.name or report.kind
        rule = Rule(
            f"{place}.{report.id or report.kind}",
            report.kind,
            report.columns,
            name if isinstance(name, Message) else plain(name),
            None,
            report.expects,
            severity=report.severity,
            dimension=report.dimension or DIMENSIONS.get(report.kind, OTHER),
            owner=report.owner,
            advisory=report.advisory,
        )
        if report.kind == "unchecked":
            why = report.text if isinstance(report.text, Message) else plain(report.text)
            yield replace(rule, why=why)
        elif report.own is not None:
            kind, options = report.own
            subject = Subject(ref, types, report.columns)
            misfit = kind.misfit(subject, options)
            yield replace(
                rule,
                columns=report.columns or (() if misfit else kind.reads(subject, options)),
                measure=None if misfit else kind.measure(subject, options),
                why=misfit,
                own=report,
            )
        else:
            yield replace(rule, measure=measured(report, ref, types))


def without(rule: Rule, why: Message) -> Rule:
    """The rule, not to be run."""
    return replace(rule, measure=None, why=why)


def unseen(
    rule: Rule, types: Mapping[str, str], masked: frozenset[str], denied: frozenset[str]
) -> Rule:
    """The rule, not to be run where it is about a column that is absent, denied or masked.

    Args:
        rule: A rule.
        types: Columns that are there and that the asker may see, by name in lower case.
        masked: Names of those that are shown masked, in lower case.
        denied: Names of those that are there, and that the asker may know but not read, likewise.
    """
    for column in rule.columns:
        folded = column.casefold()
        if folded in denied:
            return without(rule, msg("No rule lets you read column `{column}`.", column=column))
        if folded not in types:
            return without(rule, msg("Column `{column}` is not there.", column=column))
        if folded in masked:
            return without(rule, _masked(column))
    for column in sorted(masked & _read(rule)):
        return without(rule, _masked(column))
    return rule


def _masked(column: str) -> Message:
    return msg("You see column `{column}` masked.", column=column)


def _read(rule: Rule) -> frozenset[str]:
    """Names of columns that a query of the contract speaks of, in lower case."""
    if rule.kind != "sql":
        return frozenset()
    if isinstance(rule.measure, Rows):
        return mentioned(f"SELECT {rule.measure.condition}")
    return mentioned(rule.measure.statement) if isinstance(rule.measure, Own) else frozenset()
