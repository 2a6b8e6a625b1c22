"""The judgement of what was measured, and what of it goes to the ledger, the receipt and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from doumen.kits.quality.expectation import holds
from doumen.model.message import Message, msg
from doumen.rooms.refine.checks.measuring import Number
from doumen.rooms.refine.checks.rules import Rule

HOLDS, BROKEN, ADVICE, UNCHECKED = msg("holds"), msg("broken"), msg("advice"), msg("unchecked")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one rule.

    Attributes:
        count: The number that was measured; None where there is none.
        verdict: `holds`, `broken`, `advice` (an advisory rule is broken) or `unchecked`.
        why: The reason, where there is more to say.
        examples: Rows at fault, as the asker sees them, by column.
    """

    rule: Rule
    count: Decimal | None
    verdict: Message
    why: Message | None = None
    examples: tuple[Mapping[str, Any], ...] = ()

    @property
    def told(self) -> str | None:
        """The number as text, without an exponent."""
        return None if self.count is None else format(self.count, "f")

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        rule = self.rule
        return {
            "rule": rule.words,
            "kind": rule.kind,
            "columns": list(rule.columns),
            "count": self.told,
            "verdict": self.verdict,
            "why": self.why or None,
            "key": rule.key,
            "severity": rule.severity,
            "dimension": rule.dimension,
            "owner": rule.owner or None,
            "expects": None
            if rule.expects is None
            else {
                "operator": rule.expects.operator,
                "bounds": list(rule.expects.bounds),
                "percent": rule.expects.percent,
            },
        }

    def for_the_receipt(self) -> dict[str, Any]:
        """For whoever may see the receipt, as those who audit may: no number computed of values."""
        told = self.as_json()
        return told if self.rule.counts else {**told, "count": None}

    def for_the_ledger(self) -> dict[str, Any]:
        """Without words of the rule, and without a number that is not a count of rows."""
        rule = self.rule
        return {
            "rule": rule.key,
            "kind": rule.kind,
            "columns": list(rule.columns),
            "dimension": rule.dimension,
            "severity": rule.severity,
            "owner": rule.owner or None,
            "count": self.told if rule.counts else None,
            "verdict": str(self.verdict),
        }


def judged(rule: Rule, number: Number | None, rows: int) -> Verdict:
    """The verdict on a rule of which this was measured; None: nothing was."""
    if number is None or isinstance(number, Message):
        return Verdict(rule, None, UNCHECKED, rule.why if number is None else number)
    if rule.expects is None:
        why = msg("There is no earlier run over other rows to compare with.")
        return Verdict(rule, number, UNCHECKED, why)
    if holds(number, rule.expects, rows):
        return Verdict(rule, number, HOLDS)
    return Verdict(rule, number, ADVICE if rule.advisory else BROKEN)


def faults(verdicts: Sequence[Verdict]) -> int:
    """How many rules are broken, advisory ones not counted."""
    return sum(1 for one in verdicts if one.verdict == BROKEN)
