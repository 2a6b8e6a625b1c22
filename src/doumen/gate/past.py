"""Earlier versions of datasets, as AT asks for them: which snapshot a version or a moment means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from doumen.kits.sql.past import Past
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import FactRow, Facts, snapshot_of
from doumen.model.message import enumerated, msg
from doumen.model.ref import Ref
from doumen.model.snapshot import Snapshot
from doumen.model.upkeep import given_up

History = Callable[[Ref], Sequence[FactRow]]
"""All versions of the fact of one dataset, oldest first."""


def snapshot_at(past: Past, facts: Facts, history: History) -> Snapshot:
    """The snapshot that was in force; the actor may know of the dataset, that was seen before.

    Raises:
        NotFound: the dataset had no such version then, or its files were given up.
        Refused: it is a derived dataset, whose earlier versions may have come of other sources.
    """
    rows = list(_until(history(past.ref), facts.version))
    found = [row.fact.body or {} for row in rows if _is(row, past)]
    asked_for = found[-1] if found else {}
    if any(body.get("derived") for body in (facts.dataset(past.ref) or {}, asked_for)):
        raise Refused(
            msg("`{past}` is a derived dataset; its earlier versions are not read.", past=past.ref),
            why=msg("They may have been made from other sources than the one in force."),
            next=msg("Derive the version to keep under a name of its own: `--into domain.name`."),
            detail="construct",
        )
    if not found:
        raise _absent(past, rows)
    check_kept(facts, past.ref, asked_for["version"])
    return snapshot_of(past.ref, asked_for)


def check_kept(facts: Facts, ref: Ref, version: int) -> None:
    """Check that the files of a version were not given up.

    Raises:
        NotFound: they were.
    """
    when = given_up(facts, ref).get(version)
    if when is not None:
        raise NotFound(
            msg("The files of version {version} of `{ref}` were given up.",
                version=version, ref=ref),
            why=msg("A vacuum removed them at {when}.", when=when),
            next=msg("Restore a backup from before into another folder, and ask there."),
            detail="vacuumed",
        )  # fmt: skip


def _until(rows: Sequence[FactRow], version: int) -> Iterator[FactRow]:
    """The rows of the version of the facts that the job reads, since the dataset was last made."""
    kept: list[FactRow] = []
    for row in rows:
        if row.seq <= version:
            kept = [] if row.fact.body is None else [*kept, row]
    yield from kept


def _is(row: FactRow, past: Past) -> bool:
    body = row.fact.body or {}
    if past.version is not None:
        return bool(body["version"] == past.version)
    assert past.moment is not None
    return row.time <= past.moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _absent(past: Past, rows: Sequence[FactRow]) -> NotFound:
    versions = sorted({(row.fact.body or {})["version"] for row in rows})
    first = min((row.time for row in rows), default="—")
    return NotFound(
        msg("`{ref}` has no version {version}.", ref=past.ref, version=past.version)
        if past.version is not None
        else msg("`{ref}` has no version at {moment}.", ref=past.ref, moment=past.moment),
        why=msg(
            "Versions are {versions}, the first from {first} on.",
            versions=enumerated(versions, mark=""),
            first=first,
        ),
        detail="version",
    )
