"""The verbs of backups: make, list, verify, restore."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from doumen.model.errors import Invalid, Tampered, Unavailable
from doumen.model.files import reason
from doumen.model.message import Message, joined, msg, paragraph, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.plan import Progress
from doumen.session import settings as config
from doumen.session.keeping.backup import take
from doumen.session.keeping.manifest import Manifest
from doumen.session.keeping.noted import noted
from doumen.session.keeping.passphrase import passphrase
from doumen.session.keeping.proof import prove
from doumen.session.keeping.restore import restore as build
from doumen.session.keeping.shelf import LOCK, Shelf
from doumen.stores.database import Database


def make(
    folder: Path,
    *,
    directory: Path,
    passphrase_file: Path | None = None,
    keep: int | None = None,
    progress: Progress,
) -> Outcome:
    """Back the node up and record that it was."""
    if keep is not None and keep < 1:
        raise Invalid(
            msg("{keep} backups cannot be kept.", keep=keep),
            next=msg("Keep 1 at least."),
            detail="keep",
        )
    if directory.resolve().is_relative_to(folder.resolve()):
        raise Invalid(
            msg("The backups would lie in the node itself."),
            why=msg("Whoever loses the node loses them."),
            next=msg("Name a folder elsewhere, best on another machine."),
            detail="folder",
        )
    directory = directory.resolve()
    secret = passphrase(passphrase_file, twice=not (directory / LOCK).exists())
    taken = take(folder, Shelf.make(directory, secret), progress, os.urandom, keep)
    manifest = taken.manifest
    settings = config.read(folder)
    database = Database.open(settings.store_address(folder), origin=settings.origin)
    try:
        data = {"backup": manifest.id, "size": manifest.size, "facts": manifest.facts}
        receipt = noted(database, folder / "keys", settings.origin, "backup.made", data)
    finally:
        database.close()
    said = [msg("Made the backup `{id}`; {bytes} were new.", id=manifest.id,
                bytes=_mib(taken.written))]  # fmt: skip
    if manifest.attached:
        said.append(
            msg("Not in it, since they lie elsewhere: the files of {names}.",
                names=joined(msg(", "), manifest.attached))
        )  # fmt: skip
    said.append(
        msg("Next: doumen backup verify {directory} --backup {id}",
            directory=directory, id=manifest.id)
    )  # fmt: skip
    return Outcome(
        json={
            "backup": manifest.id,
            "entries": manifest.size,
            "files": sum(1 for _ in manifest.files()),
            "bytes": manifest.total,
            "written": taken.written,
            "swept": taken.swept,
            "attached": list(manifest.attached),
            "receipt": receipt,
        },
        drawn=(Fields(_pairs(manifest)),),
        said=tuple(said),
    )


def list_(*, directory: Path, passphrase_file: Path | None = None) -> Outcome:
    """All backups in a folder; exit 5 where one does not hold, or is missing."""
    shelf = Shelf.open(directory, passphrase(passphrase_file))
    found, faults = _read(shelf)
    rows: list[tuple[Any, ...]] = [
        (m.id, m.time[:16].replace("T", " "), m.name, m.size, _mib(m.total), msg("holds"))
        for m in found
    ]
    rows += [(id, "", "", "", "", what) for id, what in faults.items()]
    columns = (msg("backup"), msg("time"), msg("node"), msg("entries"), msg("size"), msg("state"))
    return Outcome(
        json={
            "backups": [_json(m) for m in found],
            "faults": [{"backup": id, "what": what} for id, what in faults.items()],
        },
        drawn=(Table(columns, tuple(rows)),),
        said=() if rows else (msg("There are none."),),
        exit=Tampered.exit if faults else 0,
    )


def verify(
    *,
    directory: Path,
    passphrase_file: Path | None = None,
    backup: str | None = None,
    at_least: str | None = None,
    progress: Progress,
) -> Outcome:
    """Read all of a backup and verify the ledger in it; exit 5 where something does not hold."""
    shelf = Shelf.open(directory, passphrase(passphrase_file))
    manifest, said = _chosen(shelf, backup)
    proof = prove(shelf, manifest, progress, _checkpoint(at_least))
    findings = tuple((f.where, f.what) for f in proof.findings)
    verdict = (
        msg("The backup `{id}` does NOT hold.", id=manifest.id)
        if findings
        else msg("The backup `{id}` holds.", id=manifest.id)
    )
    return Outcome(
        json={
            "holds": not findings,
            **_json(manifest),
            "receipts": proof.receipts,
            "findings": [{"where": where, "what": what} for where, what in findings],
        },
        drawn=(
            (Table((msg("where"), msg("what")), findings),)
            if findings
            else (Fields((*_pairs(manifest), (msg("receipts verified"), proof.receipts))),)
        ),
        said=(*said, verdict),
        exit=Tampered.exit if findings else 0,
    )


def restore(
    *,
    directory: Path,
    into: Path,
    passphrase_file: Path | None = None,
    backup: str | None = None,
    store: str | None = None,
    lake: str | None = None,
    at_least: str | None = None,
    progress: Progress,
) -> Outcome:
    """Make a node of a backup, and say what was verified."""
    checkpoint, into = _checkpoint(at_least), into.parent.resolve() / into.name
    shelf = Shelf.open(directory, passphrase(passphrase_file))
    manifest, said = _chosen(shelf, backup)
    done = build(shelf, manifest, into, progress, store=store, lake=lake, at_least=checkpoint)
    return Outcome(
        json={
            "node": str(into),
            **_json(manifest),
            "receipts": done.proof.receipts,
            "receipt": done.event,
        },
        drawn=(
            Fields(
                (
                    (msg("node"), str(into)),
                    *_pairs(manifest),
                    (msg("receipts verified"), done.proof.receipts),
                )
            ),
        ),
        said=(
            *said,
            msg("Verified: {entries} entries of the ledger, {receipts} receipts, {files} files.",
                entries=done.proof.entries, receipts=done.proof.receipts, files=done.proof.files),
            *done.moved,
            *(
                (msg("Put back by hand: the files of {names}.",
                     names=joined(msg(", "), manifest.attached)),)
                if manifest.attached
                else ()
            ),
            msg("It has the name and the keys of the node that was backed up. Let only one of the "
                "two go on: two would sign two different ledgers under one name, and whoever "
                "holds a checkpoint of each can prove it (`doumen ledger verify --checkpoint`)."),
            msg("Next: doumen --node {into} doctor --full", into=into),
        ),
    )  # fmt: skip


def _read(shelf: Shelf) -> tuple[list[Manifest], dict[str, Message]]:
    """All backups, oldest first, and what is wrong with those that cannot be read."""
    found: list[Manifest] = []
    faults: dict[str, Message] = {}
    for id in shelf.ids():
        try:
            found.append(shelf.manifest(id))
        except Tampered as error:
            faults[id] = error.what
    found.sort(key=lambda manifest: manifest.number)
    there = {*(m.id for m in found), *faults}
    for manifest in found[-1:]:
        for id in manifest.kept:
            if id not in there:
                faults[id] = msg("It is missing; the backup `{id}` knows it.", id=manifest.id)
    return found, faults


def _chosen(shelf: Shelf, id: str | None) -> tuple[Manifest, tuple[Message, ...]]:
    """The backup that is meant, and what is to be said of others."""
    found, faults = _read(shelf)
    if id is not None:
        manifest = shelf.manifest(id)
        later = found[-1] if found and found[-1].number > manifest.number else None
        if later is None:
            return manifest, ()
        said = msg(
            "`{id}` is not the newest backup: `{later}` holds {count} more entries of the ledger.",
            id=id, later=later.id, count=later.size - manifest.size,
        )  # fmt: skip
        return manifest, (said,)
    newest = found[-1] if found else None
    doubtful = [one for one in faults if newest is None or one > newest.id]
    if newest is None or doubtful:
        raise Tampered(
            msg("It cannot be told which backup is the newest."),
            why=paragraph(msg("`{id}`: {what}", id=one, what=faults[one]) for one in doubtful)
            if doubtful
            else msg("There are none in `{root}`.", root=shelf.root),
            next=msg("Name one: `--backup ID`."),
            detail="backup",
        )
    return newest, ()


def _checkpoint(given: str | None) -> str | None:
    """A checkpoint, given as text or as the name of a file."""
    if given is None or "\n" in given:
        return given
    try:
        return Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(
            msg("The checkpoint cannot be read from `{file}`.", file=given),
            why=reason(error) if isinstance(error, OSError) else msg("It is no text in UTF-8."),
            next=plain("doumen ledger head -o FILE"),
            detail="file",
        ) from None


def _json(manifest: Manifest) -> dict[str, Any]:
    return {
        "backup": manifest.id,
        "time": manifest.time,
        "name": manifest.name,
        "origin": manifest.origin,
        "entries": manifest.size,
        "files": sum(1 for _ in manifest.files()),
        "bytes": manifest.total,
        "version": manifest.version,
        "checkpoint": manifest.checkpoint,
    }


def _pairs(manifest: Manifest) -> tuple[tuple[Message, Any], ...]:
    return (
        (msg("backup"), manifest.id),
        (msg("ledger"), msg("{size} entries", size=manifest.size)),
        (msg("files"), sum(1 for _ in manifest.files())),
        (msg("size"), _mib(manifest.total)),
    )


def _mib(count: int) -> Message:
    return plain(f"{count / (1 << 20):.1f} MiB")
