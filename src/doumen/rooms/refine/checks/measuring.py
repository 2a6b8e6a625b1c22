"""Rules measured by questions at the gate: one scan for all that share it, one for each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from doumen.gate.desk import Desk
from doumen.kits.quality.checks import Judged, Own, Rows, Whole
from doumen.kits.sql import quoted, table
from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Refused
from doumen.model.message import Message, msg, paragraph
from doumen.model.plan import Progress, Scalar
from doumen.model.ref import Ref
from doumen.rooms.refine.checks.rules import Rule

WIDEST = 250
"""Numbers that one scan computes."""
Number = Decimal | Message
"""What came of a measure: its number, or why there is none."""


@dataclass(slots=True)
class Asked:
    """The desk, with the receipts of what was asked."""

    desk: Desk
    receipts: list[str] = field(default_factory=list)

    def rows(self, sql: str, parameters: Sequence[Scalar] = ()) -> list[tuple[object, ...]]:
        """All rows of an answer."""
        answer = self.desk.query(sql, parameters)
        rows = answer.rows()
        self.receipts.append(answer.receipt)
        return rows

    def streamed(self, sql: str) -> Iterator[Mapping[str, list[object]]]:
        """The columns of an answer of any length, batch by batch.

        Raises:
            Refused: a rule cut the answer, so that it does not tell of all rows.
        """
        answer = self.desk.query(sql)
        for batch in answer.batches():
            yield batch.to_pydict()
        self.receipts.append(answer.receipt)
        if answer.truncated:
            raise Refused(
                msg("Not all values could be judged."),
                why=msg("A rule limits how many of them you see at once."),
                detail="limit",
            )


def measure(
    asked: Asked, ref: Ref, rules: Sequence[Rule], progress: Progress
) -> tuple[int, dict[str, Number]]:
    """How many rows there are, and for each rule with a measure what came of it, by key.

    Raises:
        Refused, OverBudget: no rule of the node lets the asker count these rows.
    """
    shared = [rule for rule in rules if isinstance(rule.measure, Rows | Whole)]
    others = [rule for rule in rules if isinstance(rule.measure, Own | Judged)]
    try:
        rows, found = _together(asked, ref, shared)
    except Refused as refused:
        rows, found = _in_groups(asked, ref, shared, refused)
    for rule in others:
        progress(len(found) / (len(shared) + len(others)), rule.words)
        found[rule.key] = _alone(asked, ref, rule)
    return rows, found


def _together(asked: Asked, ref: Ref, shared: Sequence[Rule]) -> tuple[int, dict[str, Number]]:
    """The numbers that one scan gives, or several where there are very many."""
    rows, found = 0, dict[str, Number]()
    for start in range(0, max(len(shared), 1), WIDEST):
        part = shared[start : start + WIDEST]
        (counted,) = asked.rows(*scan(ref, part))
        rows = int(str(counted[0]))
        keys = (rule.key for rule in part)
        found |= dict(zip(keys, map(_decimal, counted[1:]), strict=True))
    return rows, found


def _in_groups(
    asked: Asked, ref: Ref, shared: Sequence[Rule], refused: Refused
) -> tuple[int, dict[str, Number]]:
    """Where rows are shown in groups only: rows at fault, if they are enough to be told.

    Raises:
        Refused: not even the number of all rows is told.
    """
    base = f"SELECT count(*) FROM {table(ref)}"  # noqa: S608 - names are quoted
    rows = _tried(asked, Own(base))
    if isinstance(rows, Message):
        raise refused
    few = msg("Too few rows break it to be told, or none.")
    found: dict[str, Number] = {}
    for rule in shared:
        if isinstance(rule.measure, Rows):
            where = Own(f"{base} WHERE {rule.measure.condition}", rule.measure.parameters)
            number = _tried(asked, where)
            found[rule.key] = number if isinstance(number, Decimal) and number else few
        else:
            found[rule.key] = rows if rule.kind == "row_count" else _said(refused)
    return int(rows), found


def scan(ref: Ref, rules: Sequence[Rule]) -> tuple[str, tuple[Scalar, ...]]:
    """The statement that counts all rows and computes the numbers of rules, with its parameters."""
    numbers = "".join(f", {_expression(rule.measure)}" for rule in rules)
    parameters = tuple(
        value
        for rule in rules
        if isinstance(rule.measure, Rows | Whole)
        for value in rule.measure.parameters
    )
    return f"SELECT count(*){numbers} FROM {table(ref)}", parameters  # noqa: S608 - names are quoted


def _expression(measure: object) -> str:
    """Of rows at fault their count: over no rows the engine's `count_if` gives NULL."""
    if isinstance(measure, Rows) and measure.absent is not None:
        return f"count(*) - count({measure.absent})"
    if isinstance(measure, Rows):
        return f"coalesce(count_if({measure.condition}), 0)"
    assert isinstance(measure, Whole)
    return measure.expression


def _alone(asked: Asked, ref: Ref, rule: Rule) -> Number:
    """The number of a measure that no other shares, or why it has none."""
    if isinstance(rule.measure, Own):
        return _tried(asked, rule.measure)
    assert isinstance(rule.measure, Judged)
    try:
        return _judged(asked, ref, rule.measure)
    except (Faulty, Invalid, NotFound, Refused) as error:
        return _said(error)


def _tried(asked: Asked, measure: Own) -> Number:
    """The number of a statement, or why it has none."""
    try:
        return _one(asked.rows(measure.statement, measure.parameters))
    except (Faulty, Invalid, NotFound, Refused) as error:
        return _said(error)


def _judged(asked: Asked, ref: Ref, measure: Judged) -> Decimal:
    """Rows whose value a library does not accept; each value is judged once."""
    name = quoted(measure.column)
    text = f"CAST({name} AS VARCHAR)"
    sql = (
        f"SELECT {text} AS value, count(*) AS n FROM {table(ref)} "  # noqa: S608 - names are quoted
        f"WHERE {name} IS NOT NULL GROUP BY {text}"
    )
    bad = 0
    for batch in asked.streamed(sql):
        pairs = zip(batch["value"], batch["n"], strict=True)
        bad += sum(int(str(n)) for value, n in pairs if not measure.accepts(str(value)))
    return Decimal(bad)


def _one(rows: list[tuple[object, ...]]) -> Number:
    """The one number, or truth value, that a rule's statement gives."""
    if len(rows) == 1 and len(rows[0]) == 1 and rows[0][0] is not None:
        return _decimal(rows[0][0])
    return msg("The query of the rule gives no single number.")


def _decimal(value: object) -> Number:
    if value is None:
        return msg("There is nothing to compute it of.")
    try:
        number = Decimal(int(value)) if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return msg("The query of the rule gives no single number.")
    return number if number.is_finite() else msg("It comes to no finite number.")


def _said(error: DoumenError) -> Message:
    return paragraph([part for part in (error.what, error.why) if part is not None])
