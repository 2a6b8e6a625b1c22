"""The verb `dataset extract`: files that are rows of a dataset written to a folder again.

What is written is the answer of governed questions: rows that a rule hides do not come out, and of
what is masked nothing does. Names are not believed: none leads out of the folder, through a link,
or onto a file that is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doumen.kits.sql import table
from doumen.model.answer import AS_IT_IS
from doumen.model.errors import Invalid, Refused
from doumen.model.files import unwritable
from doumen.model.message import Message, enumerated, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref
from doumen.rooms.analyse.placing import Place, Unsafe

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

_TYPES = {"path": "VARCHAR", "size": "BIGINT", "sha256": "VARCHAR", "content": "BLOB"}
NEEDED = tuple(_TYPES)
GROUP, GROUP_FILES = 16 << 20, 500
"""Bytes and files of one question; a larger file is asked for by itself."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file as the dataset tells of it, without its content."""

    path: str
    size: int
    sha256: str


def extract(desk: Desk, *, dataset: str, to: Path | str, where: str | None = None) -> Outcome:
    """Write the files of a dataset to a folder.

    Args:
        desk: The actor at the gate.
        dataset: `domain.name`.
        to: The folder; it is made where it is not there.
        where: A condition over the columns of the dataset; None: all that the actor may see.

    Raises:
        Refused: a column that is needed is denied or masked, or rows are to be had in groups only.
        NotFound, Invalid: there is no such dataset, or its rows are no files.
        Unavailable: the folder cannot be written.
    """
    asking = _Asking(desk, Ref.parse(dataset), where)
    asking.check()
    place = Place.of(Path(to))
    run = _Run(asking, place)
    run.take(asking.listed())
    return run.outcome()


@dataclass(slots=True)
class _Asking:
    """The questions that a dataset is asked."""

    desk: Desk
    ref: Ref
    where: str | None
    receipts: list[str] = field(default_factory=list)
    truncated: bool = False

    def check(self) -> None:
        """See whether whole files are to be had.

        Raises:
            Refused: a column is denied or masked. Invalid: the rows are no files.
        """
        explained = self.desk.explain(self._sql(NEEDED))
        shown = {c["name"]: c["shown"] for one in explained.tables for c in one["columns"]}
        masked = [name for name in NEEDED if shown.get(name) != AS_IT_IS]
        if masked:
            raise Refused(
                msg("Files of `{ref}` are not given out: {names} are masked for you.",
                    ref=self.ref, names=enumerated(masked)),
                why=msg("A file is whole, under its own path, or it is none."),
                next=msg("Ask a steward for a rule that shows them as they are."),
                detail="mask",
            )  # fmt: skip
        types = {column.name: column.type for column in explained.columns}
        if types != _TYPES:
            raise Invalid(
                msg("`{ref}` is no dataset of files.", ref=self.ref),
                next=msg("Write an answer to a file: doumen query SQL -o FILE"),
                detail="columns",
            )

    def listed(self) -> list[_File]:
        """The files that the actor may see, by path; no content is read."""
        rows = self._rows(f"{self._sql(NEEDED[:3])} ORDER BY path", ())
        return [_File(path or "", size or 0, sha256 or "") for path, size, sha256 in rows]

    def contents(self, files: Sequence[_File]) -> Iterator[tuple[str, bytes]]:
        """Path and content of files."""
        marks = ", ".join("?" * len(files))
        inner = self._sql(("path", "content"))
        sql = f"SELECT path, content FROM ({inner}) AS f WHERE path IN ({marks})"  # noqa: S608
        yield from self._rows(sql, tuple(one.path for one in files))

    def _sql(self, names: Sequence[str]) -> str:
        condition = "" if self.where is None else f" WHERE (\n{self.where}\n)"
        return f"SELECT {', '.join(names)} FROM {table(self.ref)}{condition}"  # noqa: S608

    def _rows(self, sql: str, parameters: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        answer = self.desk.query(sql, parameters)
        for batch in answer.batches():
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
        self.receipts.append(answer.receipt)
        self.truncated = self.truncated or answer.truncated


@dataclass(slots=True)
class _Run:
    """One extraction."""

    asking: _Asking
    place: Place
    written: int = 0
    there: int = 0
    size: int = 0
    faults: list[tuple[str, Message]] = field(default_factory=list)

    def take(self, files: Sequence[_File]) -> None:
        """Write what is not there yet, group by group."""
        wanted = [one for one in files if self._wanted(one)]
        total, done = sum(one.size for one in wanted) or 1, 0
        for group in _groups(wanted):
            told = msg("file {number:,} of {total:,}",
                       number=self.written + 1, total=len(wanted))  # fmt: skip
            self.asking.desk.progress(min(1.0, done / total), told)
            known = {one.path: one for one in group}
            for path, content in self.asking.contents(group):
                self._write(known.pop(path, None), path, content)
            for path in known:
                self.faults.append((path, msg("it is not in the dataset any more")))
            done += sum(one.size for one in group)

    def _wanted(self, file: _File) -> bool:
        """Whether a file is to be written: its name is one, and nothing is in its place."""
        try:
            found = self.place.digest(file.path)
        except Unsafe as error:
            self.faults.append((file.path, error.why))
            return False
        if found is None:
            return True
        if found == file.sha256:
            self.there += 1
        else:
            self.faults.append((file.path, msg("another file is in its place")))
        return False

    def _write(self, file: _File | None, path: str, content: bytes | None) -> None:
        if file is None:
            self.faults.append((path, msg("the dataset has it twice")))
        elif content is None or hashlib.sha256(content).hexdigest() != file.sha256:
            self.faults.append((path, msg("its content is not what its digest says")))
        else:
            try:
                self.place.write(path, content)
            except Unsafe as error:
                self.faults.append((path, error.why))
            except OSError as error:
                raise unwritable(self.place.root, error) from None
            else:
                self.written += 1
                self.size += len(content)

    def outcome(self) -> Outcome:
        """What came of it."""
        ref, to = self.asking.ref, str(self.place.root)
        pairs = (
            (msg("files written"), self.written),
            (msg("there already"), self.there),
            (msg("bytes"), self.size),
            (msg("not written"), len(self.faults)),
        )
        drawn: list[Fields | Table] = [Fields(pairs, title=plain(to))]
        if self.faults:
            rows = tuple((_shown(path), why) for path, why in self.faults)
            drawn.append(Table((msg("path"), msg("why")), rows))
        said = [msg("The limit of a rule cut the answer.")] if self.asking.truncated else []
        receipts = self.asking.receipts
        said.append(
            msg(
                "Receipts: {count}, the last is {receipt}.",
                count=len(receipts),
                receipt=receipts[-1],
            )
        )
        return Outcome(
            json={
                "dataset": str(ref),
                "to": to,
                "written": self.written,
                "there": self.there,
                "bytes": self.size,
                "truncated": self.asking.truncated,
                "faults": [{"path": path, "why": why} for path, why in self.faults],
                "receipts": receipts,
            },
            drawn=tuple(drawn),
            said=tuple(said),
            exit=1 if self.faults else 0,
        )


def _shown(path: str) -> str:
    """A hostile name for people: nothing in it moves a cursor."""
    return path if path.isprintable() else ascii(path)


def _groups(files: Iterable[_File]) -> Iterator[list[_File]]:
    """Files in their order, as many together as one question takes."""
    group: list[_File] = []
    held = 0
    for file in files:
        if group and (held + file.size > GROUP or len(group) >= GROUP_FILES):
            yield group
            group, held = [], 0
        group.append(file)
        held += file.size
    if group:
        yield group
