"""The Delta log of one table: files are registered in it, and it follows the catalogue.

The catalogue says which version is in force. A log that is ahead of it holds commits of jobs
that were cut off before they became true: they are undone by a restoring commit, so history
stays readable for other programs; only an unreadable end (a file cut by a crash) is removed.
Every table is made with the feature `timestampNtz`, so that no commit changes its protocol.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from deltalake import Schema as DeltaSchema
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.schema import ArrayType, Field, MapType, PrimitiveType, StructType
from deltalake.transaction import AddAction, CommitProperties, PostCommitHookProperties

from doumen.model.errors import FULL, Conflict, Invalid, Unavailable, is_full, no_room
from doumen.model.message import Message, enumerated, msg, plain
from doumen.model.schema import Schema
from doumen.model.snapshot import DataFile
from doumen.stores.durable import sync
from doumen.stores.lake import entry
from doumen.stores.lake.names import LOG, version_of
from doumen.stores.lake.types import (
    KEPT,
    ListOf,
    MapOf,
    Scalar,
    StructOf,
    Type,
    bare,
    parse,
    storable,
)

_FEATURES = frozenset({"timestampNtz"})
_ONCE = CommitProperties(max_commit_retries=0)
_CHECKPOINT = 100
"""Versions after which a checkpoint is written, as the library does by itself."""
_HOOKS = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)


def register(
    directory: Path,
    schema: Schema,
    files: Sequence[DataFile],
    mode: str,
    expected: int | None,
    *,
    removed: Sequence[DataFile] = (),
) -> int:
    """Commit files to the log of the table in `directory`; gives the new version.

    Args:
        directory: Folder of the table, or one that has its log.
        schema: Columns of the table from now on.
        files: May be empty.
        mode: `append` or `replace`.
        expected: Version in force; None: the table is not known yet.
        removed: Files of that version that are not part of the new one.

    Raises:
        Conflict: another program wrote the log meanwhile, or rows cannot be appended because
            the type of a column changed.
        Unavailable: the log cannot be read or written, lacks the version in force, or uses
            features that are not supported.
    """
    before = set(_names(directory))
    try:
        version = _commit(directory, schema, files, mode, expected, removed=removed)
    except (CommitFailedError, FileExistsError):
        raise overtaken(directory.name) from None
    except (DeltaError, OSError) as error:
        raise _failed(directory, msg("It cannot be read or written."), error) from error
    _sync(directory, before)
    return version


def names(directory: Path, version: int) -> set[str]:
    """Names of the files that the end of the log holds.

    Raises:
        Unavailable: it cannot be read, or ends before `version`.
    """
    try:
        table = DeltaTable(directory)
        if table.version() < version:
            raise _unusable(
                directory,
                msg(
                    "It ends at {table}, before version {version}.",
                    table=table.version(),
                    version=version,
                ),
            )
        return {uri.rpartition("/")[2] for uri in table.file_uris()}
    except (DeltaError, OSError) as error:
        raise _failed(directory, msg("It cannot be read."), error) from error


def follow(directory: Path, version: int) -> None:
    """Undo what is in the log beyond a version.

    Raises:
        Unavailable: it cannot be used, or ends before `version`.
    """
    before = set(_names(directory))
    try:
        _at(directory, version)
    except (DeltaError, OSError) as error:
        raise _failed(directory, msg("It cannot be read or written."), error) from error
    _sync(directory, before)


def _new(directory: Path) -> DeltaTable:
    """An empty table whose version 0 only sets the protocol; the first data are version 1."""
    placeholder = Field("_", PrimitiveType("timestamp_ntz"))
    return DeltaTable.create(directory, DeltaSchema([placeholder]), mode="error")


def _at(directory: Path, expected: int | None) -> DeltaTable:
    """The table with the version in force as its head; made where there is none yet."""
    table = _readable(directory, -1 if expected is None else expected)
    if table is None:
        return _new(directory)
    _check_features(directory, table)
    if expected is None or table.version() == expected:
        return table
    if table.version() < expected:
        raise _unusable(
            directory,
            msg(
                "It ends at {table}, before version {expected}.",
                table=table.version(),
                expected=expected,
            ),
        )
    table.restore(
        expected,
        ignore_missing_files=True,  # they may be in a bucket; what is missing is told elsewhere
        commit_properties=_ONCE,
        post_commithook_properties=_HOOKS,
    )
    return DeltaTable(directory)


def _readable(directory: Path, floor: int) -> DeltaTable | None:
    """Open the table; an unreadable end above version `floor` is removed."""
    while True:
        try:
            return DeltaTable(directory)
        except DeltaError:
            head = max((version_of(name) for name in _names(directory)), default=-1)
            if head <= floor:
                if floor < 0:
                    return None
                raise
            for name in _names(directory):
                if version_of(name) == head or name == "_last_checkpoint":
                    (directory / LOG / name).unlink()


def _check_features(directory: Path, table: DeltaTable) -> None:
    protocol = table.protocol()
    used = {*(protocol.reader_features or ()), *(protocol.writer_features or ())}
    if protocol.min_reader_version != 3 or used != _FEATURES:
        more = sorted(used - _FEATURES)
        what = enumerated(more, mark="") if more else msg("another protocol")
        raise _unusable(directory, msg("Another program turned on {what}.", what=what))


def _commit(
    directory: Path,
    schema: Schema,
    files: Sequence[DataFile],
    mode: str,
    expected: int | None,
    *,
    removed: Sequence[DataFile],
) -> int:
    table = _at(directory, expected)
    wanted = delta_schema(schema)
    overwrite = mode == "replace" or expected is None
    if not overwrite:
        added = _added(table.schema(), wanted)
        if added:
            table.alter.add_columns(
                added, commit_properties=_ONCE, post_commithook_properties=_HOOKS
            )
            table = DeltaTable(directory)
    before = table.version()
    now = time.time_ns() // 1_000_000
    if removed:
        entry.write(directory, before + 1, added=files, removed=removed, now=now)
        if (before + 1) % _CHECKPOINT == 0:
            DeltaTable(directory).create_checkpoint()
        return before + 1
    table.create_write_transaction(
        [_action(file, now) for file in files],
        mode="overwrite" if overwrite else "append",
        schema=wanted if overwrite else table.schema(),
        commit_properties=_ONCE,
        post_commithook_properties=_HOOKS,
    )
    return before + 1


def _action(file: DataFile, now: int) -> AddAction:
    return AddAction(
        path=file.path.rpartition("/")[2],
        size=file.size,
        partition_values={},
        modification_time=now,
        data_change=True,
        stats=entry.stats(file),
    )


def _added(old: DeltaSchema, new: DeltaSchema) -> list[Field]:
    """The columns that rows of `new` bring to a table of `old`.

    Raises:
        Conflict: a column has another type, or its name another case.
    """
    there = {field.name.casefold(): field for field in old.fields}
    added = []
    for field in new.fields:
        same = there.get(field.name.casefold())
        if same is None:
            added.append(field)
        elif (same.name, same.type) != (field.name, field.type):
            raise Conflict(
                msg(
                    "Rows with the column `{field}` as it is now cannot be appended.",
                    field=field.name,
                ),
                why=msg(
                    "The table has it as `{same}` with another type or spelling.", same=same.name
                ),
                next=msg("Replace the content: `--replace`."),
                detail="columns",
            )
    return added


def delta_schema(schema: Schema) -> DeltaSchema:
    """The columns as Delta declares them; all may be null.

    Raises:
        Invalid: a type is one that the lake does not keep; it must be cast before.
    """
    for column in schema:
        if storable(column.type) != column.type:
            raise Invalid(
                msg(
                    "The lake cannot keep `{column}` as {type}.",
                    column=column.name,
                    type=column.type,
                ),
                next=msg("Cast it to {type}.", type=storable(column.type)),
                detail="type",
            )
    return DeltaSchema([Field(c.name, _delta(parse(c.type)), nullable=True) for c in schema])


def _delta(type: Type) -> Any:
    match type:
        case Scalar(text):
            return PrimitiveType(KEPT.get(text) or text.lower())
        case ListOf(of):
            return ArrayType(_delta(of), contains_null=True)
        case StructOf(fields):
            return StructType([Field(bare(name), _delta(of)) for name, of in fields])
        case MapOf(key, value):
            return MapType(_delta(key), _delta(value), value_contains_null=True)


def _names(directory: Path) -> list[str]:
    log = directory / LOG
    return [path.name for path in log.iterdir()] if log.is_dir() else []


def _sync(directory: Path, before: set[str]) -> None:
    """Force what was added to the log to the disk, the log's own folder included."""
    for name in _names(directory):
        if name not in before or version_of(name) < 0:
            sync(directory / LOG / name)
    sync(directory / LOG)
    sync(directory)


def overtaken(table: str) -> Conflict:
    """The error where another program wrote the log of this table at the same time."""
    return Conflict(
        msg("Another program wrote the Delta log of `{directory}` at the same time.",
            directory=table),
        next=msg("Run the job again; let nothing else write to the lake."),
        detail="delta",
    )  # fmt: skip


def _failed(directory: Path, why: Message, error: Exception) -> Unavailable:
    """What a failure means; of a full disk the library tells in words, with the system's number."""
    full = any(f"(os error {number})" in str(error) for number in FULL)
    return no_room() if full or is_full(error) else _unusable(directory, why)


def _unusable(directory: Path, why: Message) -> Unavailable:
    return Unavailable(
        msg("The Delta log of `{directory}` cannot be used.", directory=directory.name),
        why=why,
        next=plain("doumen doctor"),
        detail="delta",
    )
