"""Time travel: `domain.name AT (VERSION => 3)` or `AT (TIMESTAMP => TIMESTAMP '…')`.

The engine has one view per dataset and ignores AT on some tables, so the text that runs names a
stand-in: `domain."name@1"`. No dataset can be called so: `@` is in no identifier.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from doumen.kits.sql import names
from doumen.kits.sql.allow import refused
from doumen.kits.sql.recursion import reads_recursion
from doumen.kits.sql.splice import Splice
from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import Message, enumerated, msg, plain
from doumen.model.ref import Ref

AsOf = int | datetime
"""A version, or a moment with its zone."""

_PUT_IN = "put in"
"""Mark of an AT that is not in the text."""
_UNITS = frozenset({"VERSION", "TIMESTAMP"})
_TIMES = frozenset({"TIMESTAMP", "TIMESTAMPNTZ", "TIMESTAMPTZ", "DATE"})


@dataclass(frozen=True, slots=True)
class Past:
    """A dataset at an earlier version; either `version` or `moment` is given.

    Attributes:
        ref: The dataset.
        stand_in: What the text that runs calls it.
        version: Number of the version, from 0.
        moment: The version that was present then; in UTC.
    """

    ref: Ref
    stand_in: Ref
    version: int | None = None
    moment: datetime | None = None


def past_of(tree: exp.Expr) -> tuple[Past, ...]:
    """What a statement reads at an earlier version, once each, in the order of the tree.

    Raises:
        Refused: AT on something else than a dataset, or with something else than a literal.
        Invalid: a version or a moment that cannot be read.
    """
    found: list[Past] = []
    for table in tree.find_all(exp.Table):
        if table.args.get("when") is not None:
            ref, version, moment = _read(table)
            if not any(_same(past, ref, version, moment) for past in found):
                stand_in = Ref(ref.domain, f"{ref.name}@{len(found) + 1}")
                found.append(Past(ref, stand_in, version, moment))
    return tuple(found)


def held_at(tree: exp.Expr, as_of: AsOf) -> None:
    """Read every dataset of a tree at a moment, or its one dataset at a version, as AT would.

    Where the statement says AT itself, it means what it says.

    Raises:
        Invalid: a version, and more than one dataset.
    """
    tables = [
        table
        for table in tree.find_all(exp.Table)
        if table.args.get("db") is not None
        and table.args.get("when") is None
        and not isinstance(table.this, exp.Func)
        and not reads_recursion(table)
    ]
    if isinstance(as_of, int):
        named = sorted({str(Ref.parse(f"{t.args['db'].name}.{t.name}")) for t in tables})
        if len(named) > 1:
            raise Invalid(
                msg("One version is asked for of several datasets: {names}.",
                    names=enumerated(named)),
                why=msg("Versions are counted for each dataset by itself."),
                next=msg("Name a moment, or write `AT (VERSION => {version})` after each.",
                         version=as_of),
                detail="version",
            )  # fmt: skip
        kind, value = "VERSION", exp.Literal.number(as_of)
    else:
        kind, value = "TIMESTAMP", exp.Literal.string(as_of.isoformat(sep=" "))
    for table in tables:
        at = exp.HistoricalData(this="AT", kind=kind, expression=value.copy())
        at.meta[_PUT_IN] = True
        table.set("when", at)


def find_past(table: exp.Table, pasts: Sequence[Past]) -> Past | None:
    """Which of them a table names; None where it is read at its present version."""
    if table.args.get("when") is None:
        return None
    return next(past for past in pasts if _same(past, *_read(table)))


def splices_of(
    text: str, tree: exp.Expr, tokens: Sequence[Token], pasts: Sequence[Past]
) -> tuple[Splice, ...]:
    """What to replace in the text so that it names the stand-ins.

    Args:
        text: The statement.
        tree: Its tree; identifiers know their places.
        tokens: Its tokens.
        pasts: What `past_of` found in the tree.
    """
    return tuple(
        splice
        for table in tree.find_all(exp.Table)
        if (past := find_past(table, pasts)) is not None
        for splice in _splices(text, table, tokens, past)
    )


def _splices(text: str, table: exp.Table, tokens: Sequence[Token], past: Past) -> Iterator[Splice]:
    first, last = table.args["db"].meta.get("start"), table.this.meta.get("end")
    if first is None or last is None:
        raise refused(
            msg("AT (time travel) on `{past}` in a place that is not known", past=past.ref),
            next=msg('Quote the name: `"domain"."name" AT (VERSION => 3)`.'),
        )
    yield Splice(first, last + 1, names.table(past.stand_in))
    written = text[table.this.meta["start"] : last + 1]
    named = table.args.get("alias") is not None or _by_itself(first, tokens)
    called = "" if named else f"AS {written}"
    if table.args["when"].meta.get(_PUT_IN):
        if called:
            yield Splice(last + 1, last + 1, f" {called}")
        return
    name = next(n for n, token in enumerate(tokens) if token.end == last)
    begin = next((n for n in range(name, len(tokens)) if _is_at(tokens[n : n + 4])), None)
    if begin is None:
        raise refused(msg("time travel in another form"), next=msg("Write `AT (VERSION => 3)`."))
    depth = 0
    for token in tokens[begin + 1 :]:
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        if depth == 0:
            yield Splice(tokens[begin].start, token.end + 1, called)
            return


def _by_itself(start: int, tokens: Sequence[Token]) -> bool:
    """Whether a name follows the word TABLE, which takes no other name beside it."""
    place = next(number for number, token in enumerate(tokens) if token.start == start)
    return place > 0 and tokens[place - 1].text.upper() == "TABLE"


def _is_at(tokens: Sequence[Token]) -> bool:
    return (
        len(tokens) == 4
        and tokens[0].text.upper() == "AT"
        and tokens[1].token_type is TokenType.L_PAREN
        and tokens[2].text.upper() in _UNITS
        and tokens[3].token_type is TokenType.FARROW
    )


def _read(table: exp.Table) -> tuple[Ref, int | None, datetime | None]:
    at = table.args["when"]
    if table.args.get("db") is None or reads_recursion(table):
        raise refused(
            msg("AT (time travel) on `{table}`, which is no dataset", table=table.name),
            next=msg("Write AT after the dataset inside of the common table expression."),
        )
    ref = Ref.parse(f"{table.args['db'].name}.{table.name}")
    if ref.is_system:
        raise refused(
            msg("AT (time travel) on `{ref}`", ref=ref),
            why=msg("The tables of `sys` are made anew for each job."),
            next=msg("`sys.events` holds what happened, with its time."),
        )
    value = at.args["expression"]
    if str(at.args["kind"]).upper() == "VERSION":
        return ref, _version(value), None
    return ref, None, _moment(value)


def _version(value: exp.Expr) -> int:
    if not isinstance(value, exp.Literal) or value.is_string or not value.name.isdecimal():
        raise _odd(msg("a version"), plain("`AT (VERSION => 3)`"))
    return int(value.name)


def _moment(value: exp.Expr) -> datetime:
    typed = isinstance(value, exp.Cast) and str(value.to.this.value) in _TIMES
    literal = value.this if typed else value
    if not isinstance(literal, exp.Literal) or not literal.is_string:
        raise _odd(msg("a moment"), plain("`AT (TIMESTAMP => TIMESTAMP '2026-01-01 00:00:00')`"))
    try:
        moment = datetime.fromisoformat(literal.name)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            msg("The moment of AT cannot be read."),
            next=msg("Write it as '2026-01-01 00:00:00'; it is in UTC where it names no zone."),
            detail="value",
        ) from None


def _odd(what: Message, example: Message) -> DoumenError:
    return refused(
        msg("AT (time travel) with something else than {what} as a literal", what=what),
        next=msg("Write {example}.", example=example),
    )


def _same(past: Past, ref: Ref, version: int | None, moment: datetime | None) -> bool:
    return (past.ref, past.version, past.moment) == (ref, version, moment)
