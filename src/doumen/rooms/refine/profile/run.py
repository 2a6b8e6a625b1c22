"""The verb: ask what a profile needs, and no more, and tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from doumen.gate.desk import Desk
from doumen.kits import sql
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.message import Message, enumerated, msg
from doumen.model.operation import Outcome
from doumen.model.ref import Ref
from doumen.model.schema import Column
from doumen.rooms.refine.lookup import held
from doumen.rooms.refine.profile import pairs, sampled, whole
from doumen.rooms.refine.profile.asked import Asked
from doumen.rooms.refine.profile.drawn import drawn
from doumen.rooms.refine.profile.figures import (
    ColumnProfile,
    Dependency,
    KeyFound,
    Profile,
    Sample,
)
from doumen.rooms.refine.profile.scan import grouped, profiled, statements

SAMPLE = 200_000
"""Rows of a sample, where it is not said otherwise."""
_TRIES = 3
"""Candidates for a key of two columns that are counted over all rows."""
_BEST = 5
"""Dependencies that are counted over all rows."""


def profile(
    desk: Desk, dataset: str, column: Sequence[str] = (), sample: int | None = None
) -> Outcome:
    """Tell what is in a dataset, as far as the asker may see it.

    Raises:
        NotFound: there is no such dataset or column that the asker may know.
        Refused: no rule permits the asker to query it.
        Invalid: the sample is to have no rows.
    """
    found = profile_of(Asked(desk), dataset, column, sample)
    return Outcome(json=found.as_json(), drawn=drawn(found), said=tuple(_said(found)))


def profile_of(
    asked: Asked, dataset: str, columns: Sequence[str] = (), sample: int | None = None
) -> Profile:
    """The profile itself; see `profile`."""
    wanted = SAMPLE if sample is None else sample
    if wanted < 1:
        raise Invalid(
            msg("A sample of {rows} rows says nothing.", rows=wanted),
            next=msg("Give --sample a number above 0."),
            detail="sample",
        )
    ref = held(asked.desk, dataset).ref
    chosen = _chosen(ref, asked.columns(ref), columns)
    try:
        rows, scanned = _scanned(asked, ref, chosen)
    except Refused:  # either of all, which the next question says, or of what is not of groups
        return _in_groups(asked, ref, chosen)
    return _sampled(asked, ref, rows, scanned, wanted)


def _chosen(ref: Ref, seen: Sequence[Column], wanted: Sequence[str]) -> list[Column]:
    """The columns that were asked for; all, where none was."""
    by_name = {sql.fold(column.name): column for column in seen}
    for name in wanted:
        if sql.fold(name) not in by_name:
            raise NotFound(
                msg("`{ref}` has no column `{column}`.", ref=ref, column=name),
                next=msg("It has {columns}.", columns=enumerated(c.name for c in seen)),
                detail="column",
            )
    if not wanted:
        return list(seen)
    return list(dict.fromkeys(by_name[sql.fold(name)] for name in wanted))


def _scanned(
    asked: Asked, ref: Ref, columns: Sequence[Column]
) -> tuple[int, tuple[ColumnProfile, ...]]:
    """All rows, and the figures over all of them."""
    rows, answered = 0, []
    for one in statements(ref, columns):
        row = asked.row(one.sql)
        rows = int(row[0])
        answered += list(zip(one.figures, row[1:], strict=True))
    return rows, profiled(columns, answered, rows)


def _sampled(
    asked: Asked, ref: Ref, rows: int, scanned: Sequence[ColumnProfile], wanted: int
) -> Profile:
    """The profile with what a sample says."""
    looked, sample = _looked(asked, ref, rows, scanned, wanted)
    keys = _keys(asked, ref, looked, rows, sample)
    alone = {name for key in keys for name in key.columns if len(key.columns) == 1}
    candidates = [c for c in pairs.dependencies(looked) if c.determinant not in alone][:_BEST]
    return Profile(
        str(ref),
        rows,
        tuple(one.profile for one in looked),
        sample,
        pairs.correlations(looked),
        keys,
        tuple(c for c in candidates if _confirmed(asked, ref, c, sample)),
        pairs.ordered(looked),
        {one.profile.name: one.values for one in looked if one.values is not None},
        {one.profile.name: one.form for one in looked if one.form is not None},
        {one.profile.name: one.reach for one in looked if one.reach is not None},
        tuple(asked.receipts),
        asked.expires,
    )


def _looked(
    asked: Asked, ref: Ref, rows: int, scanned: Sequence[ColumnProfile], wanted: int
) -> tuple[list[sampled.Looked], Sample]:
    """What a sample says of each column; the sample itself is let go of."""
    question, percent = sampled.question(ref, scanned, rows, wanted)
    table = asked.table(question)
    seed = sampled.SEED if percent < 100 else None
    sample = Sample(table.num_rows, percent, seed, asked.cut)
    return sampled.told_of(scanned, table, sample), sample


def _keys(
    asked: Asked, ref: Ref, looked: Sequence[sampled.Looked], rows: int, sample: Sample
) -> tuple[KeyFound, ...]:
    """Columns that tell all rows apart; two together only where none does alone."""
    single = [(name,) for name in pairs.single_keys(looked, rows)]
    if not sample.whole:
        single = [names for names in single if not asked.number(whole.repeated(ref, names))]
    if single:
        return tuple(map(KeyFound, single))
    for names in islice(pairs.double_keys(looked, rows), _TRIES):
        if sample.whole or not asked.number(whole.repeated(ref, names)):
            return (KeyFound(names),)
    return ()


def _confirmed(asked: Asked, ref: Ref, candidate: Dependency, sample: Sample) -> bool:
    return sample.whole or not asked.number(whole.undetermined(ref, candidate))


def _in_groups(asked: Asked, ref: Ref, columns: Sequence[Column]) -> Profile:
    """What may be asked of a dataset whose rows are shown in groups only."""
    statement = grouped(ref, columns)
    row = asked.row(statement.sql)
    rows = int(row[0])
    answered = list(zip(statement.figures, row[1:], strict=True))
    return Profile(
        str(ref),
        rows,
        profiled(columns, answered, rows),
        receipts=tuple(asked.receipts),
        expires=asked.expires,
    )


def _said(found: Profile) -> list[Message]:
    if found.sample is None:
        return [
            msg("Rows are shown to you in groups only: there are counts and means, and no more.")
        ]
    said = []
    if found.sample.cut:
        said.append(msg("A limit of a rule cut the sample."))
    if not found.sample.whole:
        said.append(
            msg(
                "Numbers with `~` are estimates; values, forms, shapes and correlations are of a "
                "sample of {rows:,} rows.",
                rows=found.sample.rows,
            )
        )
    return said
