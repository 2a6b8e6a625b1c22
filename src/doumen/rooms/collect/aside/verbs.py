"""What the verbs of the quarantine do: options in, an outcome with its words out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.files import Upload
from doumen.model.held import TOLD, Which
from doumen.model.load import Reading, Reason, SourceFile
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref
from doumen.model.retried import Repaired
from doumen.rooms.collect import quarantine
from doumen.rooms.collect.aside import exporting
from doumen.rooms.collect.find import find, weigh
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.merging import met
from doumen.rooms.collect.recognise import alike
from doumen.rooms.collect.unpack import Holding, holding

_BY = "_column, _reason, _source"


def listing(desk: Desk, *, dataset: str | None = None) -> Outcome:
    """Count the rows in quarantine, of one dataset or of all.

    Raises:
        NotFound: there is no such dataset.
        Refused: only owner and steward may.
    """
    policy.may_repair(desk.actor)
    found = [_counted(desk, ref) for ref in _datasets(desk.facts(), dataset)]
    heads = (msg("dataset"), msg("rows"), msg("reason"), msg("source"))
    lines = tuple(
        (one["dataset"], why["rows"], _words(why), why["source"])
        for one in found
        for why in one["reasons"]
    )
    said = () if lines else (msg("No row is in quarantine."),)
    return Outcome({"datasets": found}, (Table(heads, lines),) if lines else (), said)


def export(desk: Desk, *, dataset: str, file: Path) -> Outcome:
    """Write the rows in quarantine as CSV.

    Raises:
        NotFound: there is no such dataset, or nothing of it is in quarantine.
        Conflict: the file is there already. Unavailable: it cannot be written.
        Refused: only owner and steward may.
    """
    policy.may_repair(desk.actor)
    ref = Ref.parse(dataset)
    rows = exporting.export(desk, ref, Path(file))
    return Outcome(
        {"dataset": str(ref), "file": str(file), "rows": rows},
        said=(
            msg("Rows in {file}: {rows:,}. Correct values there, and leave `{id}` as it is.",
                rows=rows, file=file, id=TOLD[0]),
            msg("Then: doumen quarantine replay {ref} --repaired {file} --dry-run",
                ref=ref, file=file),
        ),
    )  # fmt: skip


def replay(
    desk: Desk, *, dataset: str, repaired: Path | None = None, dry_run: bool = False
) -> Outcome:
    """Hold the rows in quarantine against the contract as it is now; what passes lands.

    Raises:
        DoumenError: nothing was changed; see `doumen.gate.repair.repair`.
    """
    policy.may_repair(desk.actor)
    ref = Ref.parse(dataset)
    with holding() as into:
        file = None if repaired is None else _file(desk, repaired, into)
        made = desk.repair(ref, file, dry=dry_run)
    return _told(made, dry=dry_run)


def discard(
    desk: Desk,
    *,
    dataset: str,
    reason: str,
    id: tuple[str, ...] = (),
    column: str | None = None,
    rule: str | None = None,
    source: str | None = None,
) -> Outcome:
    """Give rows in quarantine up.

    Raises:
        Invalid: no reason is given.
        NotFound, Refused, Conflict: as `replay`.
    """
    if not reason.strip():
        raise Invalid(
            msg("Rows are not given up without a reason."),
            next=msg("Say why with `--reason`."),
            detail="reason",
        )
    ref = Ref.parse(dataset)
    made = desk.discard(ref, reason.strip(), Which(tuple(id), column, rule, source))
    shape = {
        "dataset": str(ref),
        "discarded": made.discarded,
        "remaining": made.remaining,
        "receipt": made.receipt,
    }
    if made.receipt is None:
        return Outcome(shape, said=(msg("No row is of that sort: nothing changed."),))
    return Outcome(
        shape,
        said=(
            msg("{count:,} rows of `{ref}` are given up, {left:,} are left. Receipt {receipt}.",
                count=made.discarded, ref=ref, left=made.remaining, receipt=made.receipt),
        ),
    )  # fmt: skip


def _datasets(facts: Facts, dataset: str | None) -> Iterator[Ref]:
    """The datasets that have rows in quarantine, or the one that is asked for if it has.

    Raises:
        NotFound: there is none of this name.
    """
    asked = None if dataset is None else Ref.parse(dataset)
    if asked is not None and facts.dataset(asked) is None:
        raise policy.absent(asked)
    for key, _ in facts.all("dataset"):
        ref = Ref.parse(key)
        aside = facts.snapshot(ref.quarantine)
        if aside is not None and aside.rows and asked in {None, ref}:
            yield ref


def _counted(desk: Desk, ref: Ref) -> dict[str, Any]:
    answer = desk.query(
        f"SELECT {_BY}, count(*) AS rows FROM {ref.quarantine} GROUP BY {_BY} "  # noqa: S608 - a name that was parsed
        f"ORDER BY rows DESC, {_BY}"
    )
    reasons = [
        {"column": column or "", "reason": reason, "source": source, "rows": rows}
        for column, reason, source, rows in answer.rows()
    ]
    return {
        "dataset": str(ref),
        "rows": sum(one["rows"] for one in reasons),
        "reasons": reasons,
    }


def _words(why: dict[str, Any]) -> Message:
    return quarantine.words(Reason(why["column"], why["reason"], why["rows"]))


def _file(desk: Desk, path: Path, into: Holding) -> tuple[SourceFile, Reading]:
    """The file of repairs, and how it is read.

    Raises:
        Invalid: it is no delimited text. NotFound, Unavailable: it is not there.
    """
    found = find(str(path)).files
    weighed = weigh(found, desk.progress, into)
    wishes = Wishes(header=True, expected=TOLD[:1])
    reading = alike([one.sample for one in weighed], wishes).reading
    if len(weighed) != 1 or reading.format != "csv":
        raise Invalid(
            msg("`{path}` is not one file of delimited text.", path=path.name),
            next=msg("Save the repaired rows as CSV."),
            detail="format",
        )
    name = path.name if isinstance(path, Upload) else weighed[0].source.name
    return replace(weighed[0].source, name=name), reading


def _told(made: Repaired, *, dry: bool) -> Outcome:
    retried = made.retried
    shape = {
        "dataset": str(made.ref),
        "replayed": retried.rows,
        "repaired": retried.repaired,
        "unknown_ids": retried.strangers,
        "landed": retried.landed,
        "remaining": retried.stayed,
        "merged": None if made.merged is None else asdict(made.merged),
        "reasons": [asdict(one) for one in retried.reasons],
        "snapshot": made.snapshot,
        "dry_run": dry,
        "receipt": made.receipt,
    }
    counts = Fields(
        (
            (msg("replayed"), retried.rows),
            (msg("of these repaired"), retried.repaired),
            (msg("landed"), retried.landed),
            *met(made.merged),
            (msg("still in quarantine"), retried.stayed),
        ),
        title=plain(made.ref),
    )
    drawn: tuple[Fields | Table, ...] = (counts,)
    if retried.reasons:
        drawn = (counts, quarantine.table(retried.reasons))
    return Outcome(shape, drawn, tuple(_said(made, dry=dry)))


def _said(made: Repaired, *, dry: bool) -> Iterator[Message]:
    retried = made.retried
    if retried.strangers:
        yield msg("{count:,} ids of the file are not in quarantine (any more): passed over.",
                  count=retried.strangers)  # fmt: skip
    if dry:
        yield msg("Nothing was changed: this is what would come of it.")
    elif made.receipt is None:
        yield msg("Nothing changed.")
    else:
        yield msg("Receipt {receipt}.", receipt=made.receipt)
    if retried.stayed:
        yield msg("Repair what is left: doumen quarantine export {ref} FILE", ref=made.ref)
