"""A commit of a Delta log that takes some files out and puts others in, written by hand.

The library commits files beside all that is there, or in its place, and nothing between: this is
what a merge needs. Form: Delta transaction log protocol, actions `commitInfo`, `remove` and `add`,
a line of JSON each; the file of a version is made once, by whoever is first.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from doumen.model.snapshot import DataFile
from doumen.stores.durable import sync
from doumen.stores.lake.names import LOG


def write(
    directory: Path,
    version: int,
    *,
    added: Sequence[DataFile],
    removed: Sequence[DataFile],
    now: int,
) -> None:
    """Write one version of the log.

    Args:
        directory: Folder that has the log of the table.
        version: That follows on the last.
        added: Files that are in it from now on.
        removed: Files that no longer are.
        now: Milliseconds since the epoch.

    Raises:
        FileExistsError: somebody else wrote this version.
        OSError: it cannot be written.
    """
    place = directory / LOG / f"{version:020d}.json"
    draft = place.with_name(f"_{uuid.uuid4().hex}.tmp")
    lines = (json.dumps(action) for action in _actions(added, removed, now))
    try:
        draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sync(draft)
        os.link(draft, place)
    finally:
        draft.unlink(missing_ok=True)


def alone(schema: str, files: Mapping[str, DataFile], *, id: str, now: int) -> bytes:
    """The first and only entry of a log: a table with these files, and nothing before them.

    Args:
        schema: Columns, as Delta writes them in JSON.
        files: By their names.
        id: Of the table; the same gives the same entry.
        now: Milliseconds since the epoch.
    """
    ntz = ["timestampNtz"] if '"timestamp_ntz"' in schema else []
    protocol = (
        {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ntz, "writerFeatures": ntz}
        if ntz
        else {"minReaderVersion": 1, "minWriterVersion": 2}
    )
    meta = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, id)),
        "format": {"provider": "parquet", "options": {}},
        "schemaString": schema,
        "partitionColumns": [],
        "configuration": {},
        "createdTime": now,
    }
    actions: list[dict[str, Any]] = [
        {"commitInfo": {"timestamp": now, "operation": "WRITE", "operationParameters": {}}},
        {"protocol": protocol},
        {"metaData": meta},
    ]
    actions += [{"add": _added(name, file, now)} for name, file in files.items()]
    return b"".join(json.dumps(action).encode() + b"\n" for action in actions)


def stats(file: DataFile) -> str:
    """What the log says of the content of a file."""
    return json.dumps({"numRecords": file.rows})


def _actions(
    added: Sequence[DataFile], removed: Sequence[DataFile], now: int
) -> Iterator[dict[str, Any]]:
    yield {"commitInfo": {"timestamp": now, "operation": "MERGE", "operationParameters": {}}}
    for file in removed:
        yield {
            "remove": {
                "path": _name(file),
                "deletionTimestamp": now,
                "dataChange": True,
                "extendedFileMetadata": True,
                "partitionValues": {},
                "size": file.size,
            }
        }
    for file in added:
        yield {"add": _added(_name(file), file, now)}


def _added(path: str, file: DataFile, changed: int) -> dict[str, Any]:
    return {
        "path": path,
        "partitionValues": {},
        "size": file.size,
        "modificationTime": changed,
        "dataChange": True,
        "stats": stats(file),
    }


def _name(file: DataFile) -> str:
    return file.path.rpartition("/")[2]
