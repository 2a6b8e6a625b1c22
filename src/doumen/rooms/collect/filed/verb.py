"""A folder of files into a dataset whose rows are files: what is new or another, by its content.

The dataset is asked which content it has under which path. Files land in pieces, each true by
itself: a run that is killed goes on where it was. What is no more in the folder stays, is marked or
removed; of a folder without a single file nothing is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from doumen.failpoint import passing
from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.sql import table
from doumen.model.answer import Made
from doumen.model.load import LoadSpec, Mode, Reading, Reason
from doumen.model.merge import VANISHED_AT, Vanished
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref
from doumen.rooms.collect import quarantine
from doumen.rooms.collect.connectors import names
from doumen.rooms.collect.connectors.folder import Folder, Options
from doumen.rooms.collect.connectors.interface import Files, Item
from doumen.rooms.collect.filed import columns
from doumen.rooms.collect.filed.columns import NAMES, held
from doumen.rooms.collect.filed.packing import Piece, digest, write_gone
from doumen.rooms.collect.find import labelled, weigh
from doumen.rooms.collect.labels import shown
from doumen.rooms.collect.matching import match
from doumen.rooms.collect.merging import brought
from doumen.rooms.collect.terms import Terms
from doumen.rooms.collect.unpack import Holding, holding

READING = Reading("parquet", columns=NAMES)
_There = Collection[tuple[str, str]]


def collect(
    desk: Desk,
    folder: Path,
    ref: Ref,
    *,
    pattern: str | None,
    largest: int | None,
    vanished: Vanished = Vanished.KEEP,
) -> Outcome:
    """Bring the files of a folder in.

    Args:
        desk: The open gate.
        folder: Where they lie.
        ref: The dataset.
        pattern: Which of them, as sources name files; None: all that are not hidden.
        largest: Bytes of a file that is kept; None: as the contract says, else 64 MiB.
        vanished: What becomes of files that are in the folder no more, of those that the pattern
            names.

    Raises:
        NotFound, Invalid: there is no such folder, or the dataset is one of something else.
        Refused: only the owner may.
        DoumenError: a file cannot be read; pieces that landed before it stay.
    """
    policy.may_collect(desk.actor)
    facts = desk.facts()
    found, bound = held(ref, facts, largest, vanished)
    run = _Run(desk, ref, found, bound, shown(folder.name), columns.kept(found, vanished))
    there = set() if facts.dataset(ref) is None else _there(desk, ref)
    with Folder(Options(path=str(folder))).open() as files:
        items = list(files.items(pattern or "**"))
        run.bring(files, items, there)
    if vanished is not Vanished.KEEP and items:
        wanted, named = names.pattern(pattern or "**"), {item.name for item in items}
        run.miss({path for path, _ in there if path not in named and wanted.matches(path)})
    return run.outcome(len(items))


def _there(desk: Desk, ref: Ref) -> set[tuple[str, str]]:
    """Path and digest of the files that a dataset has, or has set aside for their size."""
    snapshot = desk.facts().snapshot(ref)
    marked = snapshot is not None and snapshot.schema.find(VANISHED_AT) is not None
    condition = f" WHERE {VANISHED_AT} IS NULL" if marked else ""
    held = f"SELECT path, sha256 FROM {table(ref)}{condition}"  # noqa: S608 - quoted
    aside = f"SELECT _raw FROM {table(ref.quarantine)} WHERE _column = 'size'"  # noqa: S608
    found = {(path, sha256) for path, sha256 in _rows(desk, held)}
    if desk.facts().dataset(ref.quarantine) is not None:
        found |= {key for (raw,) in _rows(desk, aside) if (key := _set_aside(raw)) is not None}
    return found


def _rows(desk: Desk, sql: str) -> Iterator[tuple[Any, ...]]:
    for batch in desk.query(sql).batches():
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _set_aside(raw: str) -> tuple[str, str] | None:
    """Path and digest of a row of the quarantine; None where it was cut."""
    try:
        values = dict(zip(NAMES, json.loads(raw), strict=True))
    except ValueError:
        return None
    return values["path"], values["sha256"]


@dataclass(slots=True)
class _Run:
    """One run over a folder."""

    desk: Desk
    ref: Ref
    terms: Terms
    bound: int
    label: str
    vanished: Vanished
    made: list[Made] = field(default_factory=list)
    same: int = 0

    def bring(self, files: Files, items: Sequence[Item], there: _There) -> None:
        """Land all files that are not there as they are, piece by piece."""
        ahead = iter(enumerate(items))
        more = True
        while more:
            with holding() as into:
                more = self._piece(files, ahead, len(items), there, into)

    def _piece(
        self,
        files: Files,
        ahead: Iterator[tuple[int, Item]],
        total: int,
        there: _There,
        into: Holding,
    ) -> bool:
        """Fill and land one piece; whether there may be more."""
        piece = Piece(into.place(), self.bound, uuid4().hex)
        for number, item in ahead:
            self.desk.progress(number / total, msg("file {number:,} of {total:,}",
                                                   number=number + 1, total=total))  # fmt: skip
            path = into.place()
            files.bring(item, path, lambda share, doing: None)
            sha256 = digest(path)
            if (item.name, sha256) in there:
                self.same += 1
            else:
                piece.add(item, path, sha256)
            path.unlink()
            if piece.full:
                self._land(piece, into)
                return True
        if piece.files:
            self._land(piece, into)
        return False

    def miss(self, gone: Collection[str]) -> None:
        """Mark or remove files that are there no more."""
        if gone:
            with holding() as into:
                self._land(Piece(into.place(), self.bound, uuid4().hex), into, gone)

    def _land(self, piece: Piece, into: Holding, gone: Collection[str] = ()) -> None:
        piece.close()
        merge = columns.merge(self.vanished, write_gone(into.place(), gone))
        passing("filed.packed")
        weighed = labelled(
            weigh([piece.path], lambda share, doing: None, into), piece.path, self.label
        )
        fitting = match(brought(self.terms, merge), NAMES)
        spec = LoadSpec(tuple(one.source for one in weighed), READING, fitting)
        self.made.append(
            self.desk.collect(self.ref, spec, Mode.UPSERT, self.terms.text, merge=merge)
        )
        passing("filed.landed")

    def outcome(self, files: int) -> Outcome:
        """What came of it."""
        landed = sum(one.landed for one in self.made)
        aside = sum(one.quarantined for one in self.made)
        facts = self.desk.facts()
        body, row = facts.dataset(self.ref), facts.rows.get("dataset", {}).get(str(self.ref))
        receipt = self.made[-1].receipt if self.made else None if row is None else row.event
        reasons = _summed([reason for one in self.made for reason in one.reasons])
        shape = {
            "dataset": str(self.ref),
            "files": files,
            "rows_in": sum(one.rows_in for one in self.made),
            "landed": landed,
            "quarantined": aside,
            "snapshot": 0 if body is None else body["version"],
            "receipt": receipt,
            "unchanged": not self.made,
            "merged": None,
            "encoding": None,
            "reasons": [
                {"column": one.column, "reason": one.reason, "rows": one.rows} for one in reasons
            ],
        }
        pairs = (
            (msg("files"), files),
            (msg("landed"), landed),
            (msg("unchanged"), self.same),
            (msg("quarantined"), aside),
        )
        drawn: list[Fields | Table] = [Fields(pairs, title=plain(self.ref))]
        drawn += [quarantine.table(reasons)] if reasons else []
        return Outcome(shape, tuple(drawn), tuple(self._said(files, aside, receipt)))

    def _said(self, files: int, aside: int, receipt: str | None) -> Iterator[Message]:
        if not files:
            yield msg("No file was found.")
            return
        if not self.made:
            yield msg("`{ref}` holds these files already: nothing changed.", ref=self.ref)
        yield from quarantine.sentences(self.ref, aside)
        yield msg("Receipt {receipt}. Next: doumen dataset extract {ref} --to FOLDER",
                  receipt=receipt, ref=self.ref)  # fmt: skip


def _summed(reasons: Sequence[Reason]) -> list[Reason]:
    """The reasons of several pieces, each once."""
    rows: dict[tuple[str, str], int] = {}
    for one in reasons:
        rows[one.column, one.reason] = rows.get((one.column, one.reason), 0) + one.rows
    return [Reason(*key, count) for key, count in sorted(rows.items())]
