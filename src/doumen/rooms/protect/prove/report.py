"""What a search came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.kits import policy
from doumen.model.errors import Invalid
from doumen.model.fact import Fact
from doumen.model.message import Message, enumerated, joined, msg
from doumen.model.operation import Fields, Outcome, Table, Text
from doumen.model.ref import Ref
from doumen.model.trial import Seen
from doumen.rooms.protect.prove.rulesets import DUTIES
from doumen.rooms.protect.prove.search import Found, Tally, Verdict
from doumen.rooms.protect.prove.worlds import Database

_ROWS = 12
"""Rows of a table of a counter-example that are shown."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A dataset that was not tried for an actor, because they derived it."""

    actor: str
    ref: Ref

    def as_json(self) -> dict[str, str]:
        """For programs."""
        return {"actor": self.actor, "dataset": str(self.ref)}


def none_found(verdict: Verdict, seed: int, skipped: Sequence[Skipped] = ()) -> Outcome:
    """Nothing told what it must not; and how much was tried."""
    tally = verdict.tally
    silent = sorted(name for name in tally.asked if not tally.answered[name])
    counted = {
        "cases": tally.cases,
        "answered": tally.filled,
        "failed": tally.failed,
        "joined": tally.joined,
        "duties": {name: n for name, n in sorted(tally.duties.items()) if name in DUTIES},
    }
    pairs: list[tuple[Message, Any]] = [
        (msg("cases"), tally.cases),
        (msg("answered"), tally.filled),
        (msg("failed"), tally.failed),
        (msg("joined"), tally.joined),
    ]
    pairs += [
        (msg("duty {name}", name=name), tally.duties[name]) for name in DUTIES if tally.duties[name]
    ]
    return Outcome(
        json={
            "seed": seed,
            **counted,
            "unanswered": silent,
            "skipped": [one.as_json() for one in skipped],
            "counterexample": None,
        },
        drawn=(Fields(tuple(pairs)),),
        said=(
            msg("No counter-example in {cases} cases (seed {seed}).", cases=tally.cases, seed=seed),
            *(
                msg(
                    "Of the {asked} cases of actor `{name}` none was answered, so little was "
                    "tried.",
                    asked=tally.asked[name],
                    name=name,
                )
                for name in silent
            ),
            *_left_out(skipped),
            msg("Another seed tries others: --seed N."),
        ),
    )


def nothing_tried(tally: Tally, rules: Sequence[Fact]) -> Invalid:
    """The error where each case was refused or failed: nothing can be said of the rules."""
    ((code, what), number), *_ = tally.reasons.most_common(1)
    read = [policy.rule_from_json(fact.body) for fact in rules if fact.body is not None]
    purposes = sorted({purpose for rule in read for purpose in rule.purposes})
    step = msg("Name another actor, role or statement, or rules that permit something.")
    if purposes:
        step = msg(
            "A purpose may be missing; the rules name {purposes}: state one with --purpose, for an "
            "actor who has it. Or: name another actor, role or statement, or rules that permit "
            "something.",
            purposes=enumerated(purposes),
        )
    return Invalid(
        msg("Nothing was tried: none of {cases} cases was answered.", cases=tally.cases),
        why=msg(
            "Most often ({number} of {cases}) `{code}`: {what}",
            number=number,
            cases=tally.cases,
            code=code,
            what=what,
        ),
        next=step,
        detail="empty",
    )


def _left_out(skipped: Sequence[Skipped]) -> Iterator[Message]:
    """One line on what was not tried; none where all was."""
    if skipped:
        yield msg(
            "Not tried: {rights}, who derived it; such a right follows from the sources.",
            rights=joined(
                msg(", "),
                [msg("`{ref}` for actor `{actor}`", ref=s.ref, actor=s.actor) for s in skipped],
            ),
        )


def counter_example(
    found: Found, verdict: Verdict, seed: int, skipped: Sequence[Skipped] = ()
) -> Outcome:
    """The rules, the statement, both databases and both answers."""
    one, two = _json(found.database), _json(found.other)
    body = {
        "case": found.number,
        "differs": found.what,
        "actor": found.case.asker.actor.name,
        "purpose": found.case.asker.purpose,
        "before": found.prelude,
        "rules": [dict(fact.body or {}) for fact in found.rules],
        "statement": found.statement.sql,
        "databases": [one, two],
        "answers": [_seen(found.one), _seen(found.two)],
    }
    return Outcome(
        json={
            "seed": seed,
            "cases": verdict.tally.cases,
            "skipped": [one.as_json() for one in skipped],
            "counterexample": body,
        },
        drawn=tuple(_drawn(found, one, two)),
        said=(
            msg(
                "Case {number} of seed {seed} tells two databases apart by {what}, though "
                "they differ only in what the rules hide.",
                number=found.number,
                seed=seed,
                what=found.what,
            ),
            msg("This is a fault of the gate: please report it with what stands above."),
            *_left_out(skipped),
        ),
        exit=1,
    )


def _json(database: Database) -> dict[str, Any]:
    return {
        str(ref): [{name: _plain(value) for name, value in row.items()} for row in rows]
        for ref, rows in database.items()
        if rows
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value - value != 0:
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return str(value)


def _seen(seen: Seen) -> dict[str, Any]:
    return {
        "columns": [list(pair) for pair in seen.columns],
        "rows": None if seen.rows is None else [_plain(row) for row in seen.rows],
        "truncated": seen.truncated,
        "error": _plain(seen.error),
        "explained": _plain(seen.explained),
    }


def _drawn(
    found: Found, one: Mapping[str, Any], two: Mapping[str, Any]
) -> Iterator[Table | Fields | Text]:
    asker = found.case.asker
    yield Fields(
        (
            (msg("actor"), asker.actor.name),
            (msg("purpose"), asker.purpose or msg("none")),
            (msg("asked before"), found.prelude),
            (msg("statement"), found.statement.sql),
            (msg("differs"), found.what),
        ),
        title=msg("Counter-example"),
    )
    words = tuple((fact.key, _rule(fact)) for fact in found.rules)
    yield Table((msg("rule"), msg("says")), words, title=msg("Rules"))
    for ref in sorted({*one, *two}):
        for number, rows in enumerate((one.get(ref, []), two.get(ref, [])), 1):
            if rows:
                names = tuple(rows[0])
                cells = tuple(tuple(row[name] for name in names) for row in rows[:_ROWS])
                more = len(rows) - _ROWS
                yield Table(
                    names,
                    cells,
                    title=msg(
                        "{ref} in database {number}, {more} more",
                        ref=ref,
                        number=number,
                        more=more,
                    )
                    if more > 0
                    else msg("{ref} in database {number}", ref=ref, number=number),
                )
            else:
                yield Text(msg("{ref} in database {number}: no rows", ref=ref, number=number))
    for number, seen in enumerate((found.one, found.two), 1):
        yield from _answer(number, seen)


def _answer(number: int, seen: Seen) -> Iterator[Table | Text]:
    if seen.error is not None:
        yield Text(
            msg(
                "Answer over database {number}: {code}: {what}",
                number=number,
                code=seen.error["code"],
                what=seen.error["what"],
            )
        )
    elif seen.rows is not None:
        names = tuple(name for name, _ in seen.columns)
        rows = tuple(tuple(_plain(value) for value in row) for row in seen.rows[:_ROWS])
        yield Table(
            names,
            rows,
            title=msg(
                "Answer over database {number}, {count} rows", number=number, count=len(seen.rows)
            ),
        )


def _rule(fact: Fact) -> Message:
    assert fact.body is not None
    rule = policy.rule_from_json(fact.body)
    return joined(
        msg("; "),
        [
            msg("{head}: {text}", head=head, text=text)
            for head, text in policy.rule_words(rule, literals=True)
        ],
    )
