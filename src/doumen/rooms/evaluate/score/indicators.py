"""The 20 indicators of GB/T 36344-2018 with what each needs, and the names of ISO/IEC 25012.

The standard gives codes, names and the form A/B; ISO/IEC 25012:2008 the characteristics beside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doumen.model.message import Message, msg
from doumen.rooms.evaluate.score import formulas
from doumen.rooms.evaluate.score.evidence import Evidence
from doumen.rooms.evaluate.score.formulas import Figure

Formula = Callable[[Evidence], Figure | None]

CONFORMITY, COMPLETENESS, ACCURACY, CONSISTENCY, TIMELINESS, ACCESSIBILITY = (
    msg("conformity"), msg("completeness"), msg("accuracy"), msg("consistency"),
    msg("timeliness"), msg("accessibility"),
)  # fmt: skip
DIMENSIONS = (CONFORMITY, COMPLETENESS, ACCURACY, CONSISTENCY, TIMELINESS, ACCESSIBILITY)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator.

    Attributes:
        code: Of the standard.
        iso: The characteristic of ISO/IEC 25012 that it is of.
        needs: The reference without which it cannot be assessed.
        formula: Its figure.
        falling: A counts what is wrong: less is better.
    """

    code: str
    name: Message
    dimension: Message
    iso: str
    needs: Message
    formula: Formula
    falling: bool = False


INDICATORS: tuple[Indicator, ...] = (
    Indicator("0101", msg("data standard"), CONFORMITY, "compliance",
              msg("columns linked to data elements"), formulas.data_standard),
    Indicator("0102", msg("data model"), CONFORMITY, "compliance",
              msg("columns in the contract"), formulas.data_model),
    Indicator("0103", msg("metadata"), CONFORMITY, "understandability",
              msg("a contract"), formulas.metadata),
    Indicator("0104", msg("business rules"), CONFORMITY, "compliance",
              msg("rules between fields, or queries, in the contract"), formulas.business_rules),
    Indicator("0105", msg("authoritative reference data"), CONFORMITY, "credibility",
              msg("a code list or a set of valid values"), formulas.reference_data),
    Indicator("0106", msg("security"), CONFORMITY, "confidentiality",
              msg("labels of columns, and rules on who may read"), formulas.security),
    Indicator("0201", msg("elements"), COMPLETENESS, "completeness",
              msg("columns that must have a value"), formulas.elements),
    Indicator("0202", msg("records"), COMPLETENESS, "completeness",
              msg("a rule on the number of rows"), formulas.records),
    Indicator("0301", msg("content"), ACCURACY, "accuracy",
              msg("ranges, valid values or identifiers in the contract"), formulas.content),
    Indicator("0302", msg("format"), ACCURACY, "precision",
              msg("patterns or lengths in the contract"), formulas.format_),
    Indicator("0303", msg("duplication"), ACCURACY, "accuracy",
              msg("a primary key"), formulas.duplicates, falling=True),
    Indicator("0304", msg("uniqueness"), ACCURACY, "accuracy",
              msg("a key, or columns that must be unique"), formulas.uniqueness),
    Indicator("0305", msg("dirty data"), ACCURACY, "accuracy",
              msg("rules of single rows in the contract"), formulas.dirty, falling=True),
    Indicator("0401", msg("same data"), CONSISTENCY, "consistency",
              msg("a check against another dataset that holds the same"), formulas.same_data),
    Indicator("0402", msg("related data"), CONSISTENCY, "consistency",
              msg("a reference to another dataset"), formulas.related_data),
    Indicator("0501", msg("period"), TIMELINESS, "currentness",
              msg("a period of a date, or an expected distribution"), formulas.period),
    Indicator("0502", msg("point in time"), TIMELINESS, "currentness",
              msg("a rule on how fresh the data must be"), formulas.point_in_time),
    Indicator("0503", msg("order in time"), TIMELINESS, "currentness",
              msg("a rule between two dates"), formulas.order),
    Indicator("0601", msg("accessible"), ACCESSIBILITY, "availability",
              msg("a question about it"), formulas.accessible),
    Indicator("0602", msg("usable"), ACCESSIBILITY, "accessibility",
              msg("a state of the dataset"), formulas.usable),
)  # fmt: skip
"""All of them, in the order of the standard."""
