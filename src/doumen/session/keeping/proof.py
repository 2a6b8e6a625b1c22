"""Reads a backup and holds it against itself: contents, ledger, receipts, files.

The seal shows that nobody without the passphrase changed a backup. The ledger in it shows more:
that what was backed up is what the node signed, to the last entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from doumen.kits.evidence import merkle
from doumen.kits.evidence.keys import KeyFile, check_certificate, read_key_file
from doumen.kits.evidence.note import Checkpoint, NotSigned, open_by_any
from doumen.kits.evidence.receipt import check_receipt
from doumen.model.errors import DoumenError, Invalid, Tampered, Unavailable
from doumen.model.message import Message, msg, paragraph, plain
from doumen.model.plan import Progress
from doumen.model.snapshot import ATTACHED
from doumen.model.upkeep import VACUUMED
from doumen.session.keeping.manifest import KEYS, LAKE, Manifest
from doumen.session.keeping.shelf import Shelf
from doumen.stores import portable
from doumen.stores.ledger import tree
from doumen.stores.ledger.audit import audit
from doumen.stores.ledger.keyring import RECORD
from doumen.stores.tables import CHECKPOINTS, ENTRIES, FACTS, RECEIPTS, VERSION


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in a backup that does not hold: where, and what."""

    where: Message
    what: Message


@dataclass(slots=True)
class Proof:
    """What was looked at, and what does not hold.

    Attributes:
        entries: Entries of the ledger, each recomputed.
        receipts: Receipts, each verified.
        files: Files, each read to its end.
    """

    entries: int = 0
    receipts: int = 0
    files: int = 0
    findings: list[Finding] = field(default_factory=list)


def prove(
    shelf: Shelf, manifest: Manifest, progress: Progress, at_least: str | None = None
) -> Proof:
    """Read all of a backup and hold it against its ledger; all that is wrong is named."""
    readable(manifest)
    proof = Proof()
    with portable.scratch(manifest.layout) as connection:
        for number, item in enumerate(manifest.items):
            progress(number / len(manifest.items), msg("reading the backup"))
            try:
                if item.kind == "rows":
                    portable.load(connection, b"".join(shelf.get(item)))
                    continue
                for _ in shelf.get(item):
                    pass
                proof.files += 1
            except Tampered as error:
                proof.findings.append(Finding(item.told, error.why or error.what))
        if not proof.findings:
            try:
                record = key_file(shelf, manifest)
                hold(connection, manifest, record, proof, progress=progress, at_least=at_least)
            except DoumenError as error:
                proof.findings.append(Finding(msg("the ledger"), error.what))
    return proof


def readable(manifest: Manifest) -> None:
    """Make sure that this version of Doumen knows the layout of a backup.

    Raises:
        Unavailable: it does not: the backup is from a newer one.
    """
    if manifest.layout > VERSION:
        raise Unavailable(
            msg("The backup has layout {found}; this version of Doumen reads layout {known}.",
                found=manifest.layout, known=VERSION),
            why=msg("It was made by Doumen {version}.", version=manifest.version),
            next=msg("Use that version of Doumen, or a newer one."),
            detail="layout",
        )  # fmt: skip


def key_file(shelf: Shelf, manifest: Manifest) -> KeyFile:
    """The keys by which the ledger of a backup is verified.

    Raises:
        Tampered: they are not there, or a certificate does not hold.
    """
    found = next(manifest.files(f"{KEYS}{RECORD}"), None)
    try:
        if found is None:
            raise Invalid(msg("The backup holds no certificates."))
        record = read_key_file(b"".join(shelf.get(found)).decode())
    except (Invalid, UnicodeDecodeError):
        raise Tampered(
            msg("The backup holds no certificates of the node."), detail="keys"
        ) from None
    for certificate in record.certificates:
        check_certificate(certificate, record.root)
    return record


def hold(
    connection: Connection,
    manifest: Manifest,
    record: KeyFile,
    proof: Proof,
    *,
    progress: Progress,
    at_least: str | None = None,
) -> None:
    """Hold the rows of a store against what was signed; adds to `proof`.

    Args:
        connection: A store into which the rows of the backup were put, and nothing else.
        manifest: What it should be.
        record: The node's keys.
        proof: Where findings are added.
        progress: Told how far it is.
        at_least: A checkpoint that somebody else holds: the ledger must contain it.

    Raises:
        Tampered: the ledger does not contain the checkpoint, or it is not the node's.
    """
    progress(None, msg("verifying the ledger"))
    publics = {c["kid"]: c["public"] for c in record.certificates}
    for flaw in audit(connection, manifest.origin, publics):
        proof.findings.append(Finding(msg("the ledger, {where}", where=flaw.where), flaw.what))
    head = select(CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.number.desc()).limit(1)
    proof.entries = connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one()
    if (connection.execute(head).scalar(), proof.entries) != (manifest.checkpoint, manifest.size):
        proof.findings.append(
            Finding(msg("the ledger"), msg("Its head is not the one that the manifest names."))
        )
    proof.findings += _receipts(connection, record, proof, progress)
    proof.findings += _files(connection, manifest)
    if at_least is not None and not proof.findings:
        contains(connection, manifest, record, at_least)


def contains(
    connection: Connection, manifest: Manifest, record: KeyFile, checkpoint: str
) -> Checkpoint:
    """The checkpoint that somebody else holds, once the ledger is known to contain it.

    Raises:
        Tampered: the ledger is older than it, or another one, or the checkpoint is not signed
            by a key that the backup knows.
    """
    held = _opened(checkpoint, record)
    head = _opened(manifest.checkpoint, record)
    if held.size > head.size:
        raise Tampered(
            msg("The backup is older than the checkpoint that you hold."),
            why=msg("Its ledger has {size} entries; the checkpoint was signed for {held}.",
                    size=head.size, held=held.size),
            next=msg("Look for a newer backup, in this folder or another copy of it."),
            detail="older",
        )  # fmt: skip
    if held.size in (0, head.size):
        same = held.size == 0 or held.root == head.root
    else:
        way = tree.computed(connection, lambda read: merkle.consistency(held.size, head.size, read))
        same = merkle.verify_consistency(held.size, head.size, held.root, head.root, way)
    if not same:
        raise Tampered(
            msg("The backup is of a ledger that was forked."),
            why=msg("Its first {size} entries are not those of the checkpoint that you hold.",
                    size=held.size),
            next=msg("Find out which node signed what, before either is used."),
            detail="forked",
        )  # fmt: skip
    return held


def broken(manifest: Manifest, findings: list[Finding]) -> Tampered:
    """The error of a backup that does not hold."""
    first, *others = findings
    more = (msg("{count} more like it.", count=len(others)),) if others else ()
    return Tampered(
        msg("The backup `{id}` does not hold: {where}.", id=manifest.id, where=first.where),
        why=paragraph((first.what, *more)),
        next=msg("See all of it: `doumen backup verify DIR --backup {id}`.", id=manifest.id),
        detail="backup",
    )


def _receipts(
    connection: Connection, record: KeyFile, proof: Proof, progress: Progress
) -> Iterator[Finding]:
    total = connection.execute(select(func.count()).select_from(RECEIPTS)).scalar_one()
    asked = select(RECEIPTS.c.id, RECEIPTS.c.text).order_by(RECEIPTS.c.id)
    for id, text in connection.execute(asked.execution_options(yield_per=1000)):
        progress(proof.receipts / total, msg("verifying receipts"))
        proof.receipts += 1
        for flaw in check_receipt(text, record.root, record.certificates):
            yield Finding(msg("the receipt `{id}`", id=id), flaw.what)


def _files(connection: Connection, manifest: Manifest) -> Iterator[Finding]:
    """Files that the catalogue names, and that the backup lacks."""
    there = {item.name: item.size for item in manifest.files(LAKE)}
    bodies: dict[str, list[str]] = {}
    asked = select(FACTS.c.key, FACTS.c.body).where(FACTS.c.kind == "dataset")
    for key, body in connection.execute(asked.order_by(FACTS.c.seq)):
        if body is None:
            bodies.pop(key, None)  # removed: its files may have been swept
        else:
            bodies.setdefault(key, []).append(body)
    asked = select(FACTS.c.key, FACTS.c.body).where(FACTS.c.kind == VACUUMED)
    gone = {key: json.loads(body) for key, body in connection.execute(asked.order_by(FACTS.c.seq))}
    for key, versions in bodies.items():
        lost = gone.get(key, {"versions": {}})["versions"]
        for version in map(json.loads, versions):
            if str(version["version"]) in lost:
                continue
            for file in version["files"] if version["kind"] != ATTACHED else ():
                if there.get(f"{LAKE}{file['path']}") != file["size"]:
                    said = msg("The backup lacks its file `{path}`.", path=file["path"])
                    yield Finding(msg("the dataset `{key}`", key=key), said)


def _opened(note: str, record: KeyFile) -> Checkpoint:
    publics = (certificate["public"] for certificate in reversed(record.certificates))
    try:
        return open_by_any(note, record.origin, publics)
    except NotSigned:
        raise Tampered(
            msg("The checkpoint is not signed by a key that the backup knows."),
            why=msg("It is that of another node, or was signed with a key that is newer."),
            next=plain("doumen ledger head -o FILE"),
            detail="checkpoint",
        ) from None
