"""Asks a server of Delta Sharing for its tables, and makes one Parquet file of each.

By the published protocol: tables are listed page by page, a version is asked for by itself, and a
query answers with signed addresses of the files. A column that a file does not have is empty, and
columns of partitions are filled with their values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from doumen.model.errors import (
    DoumenError,
    Faulty,
    Invalid,
    NotFound,
    Refused,
    is_full,
    no_room,
)
from doumen.model.message import Message, msg
from doumen.model.plan import Progress
from doumen.rooms.collect.connectors import delta_types, faults, names
from doumen.rooms.collect.connectors.bringing import brought
from doumen.rooms.collect.connectors.delta_query import Query, queried
from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.connectors.names import Pattern
from doumen.rooms.collect.connectors.web_files import Download
from doumen.rooms.collect.jsontext import decoded, parsed
from doumen.rooms.collect.web import faults as answers
from doumen.rooms.collect.web.address import Address
from doumen.rooms.collect.web.client import Call, Client

_DOCUMENT = 64 << 20
PAGES = 100_000


class SharedTables:
    """Implements `Files`."""

    def __init__(self, asker: Client) -> None:
        self._asker = asker

    def items(self, pattern: str) -> Iterator[Item]:
        """As `Files.items`; the tag of a table is its version."""
        wanted = names.pattern(pattern)
        found = [pattern] if not wanted.wild else sorted(set(self._tables(wanted)))
        for name in found:
            yield Item(name, None, self._version(name))

    def bring(self, item: Item, path: Path, progress: Progress) -> None:
        """As `Files.bring`: the Parquet files of the table, one after another, as one."""
        query = queried(self._asker, self._place(item.name, "query"))
        if item.tag is not None and query.version != item.tag:
            raise faults.changed(item.name)
        part, files = path.with_name(f"{path.name}.part"), list(query.files)
        try:
            with pq.ParquetWriter(path, query.schema, compression="lz4") as out:
                for number, file in enumerate(files):
                    told = _within(progress, number, len(files))
                    query = self._fetched(item, query, file, part, told)
                    _added(out, query, file, part, item.name)
                    part.unlink()
        finally:
            part.unlink(missing_ok=True)

    def _fetched(
        self, item: Item, query: Query, file: str, part: Path, progress: Progress
    ) -> Query:
        """Bring one file; where its address is not taken any more, by a new one."""
        told = Item(item.name, int(str(query.files[file]["size"])), file)
        with suppress(Refused, NotFound):
            brought(told, part, progress, Download(self._asker, query.address(file)).rest)
            return query
        part.unlink(missing_ok=True)
        again = queried(self._asker, self._place(item.name, "query"))
        if again.version != query.version or file not in again.files:
            raise faults.changed(item.name)
        brought(told, part, progress, Download(self._asker, again.address(file)).rest)
        return again

    def _tables(self, wanted: Pattern) -> Iterator[str]:
        """The tables whose names match, share by share."""
        for share in self._listed("shares"):
            folder = str(share.get("name"))
            if not wanted.enters(folder):
                continue
            for one in self._listed(f"shares/{quote(folder, safe='')}/all-tables"):
                name = f"{folder}/{one.get('schema')}/{one.get('name')}"
                if wanted.matches(name):
                    yield name

    def _listed(self, path: str) -> Iterator[Mapping[str, Any]]:
        """What a list holds, page by page.

        Raises:
            Faulty: it is none, or has no end.
        """
        place, token = self._asker.home.below(path), ""
        for _ in range(PAGES):
            params = [("maxResults", "500"), *([("pageToken", token)] if token else [])]
            with self._asker.ask(Call(place.asking(params), most=_DOCUMENT)) as answer:
                try:
                    told = parsed(decoded(answer.body.read()))
                except ValueError:
                    told = None
            items = told.get("items") or [] if isinstance(told, Mapping) else None
            if not isinstance(items, list):
                raise answers.not_given(place, msg("It is no list of Delta Sharing."))
            yield from (one for one in items if isinstance(one, Mapping))
            before, token = token, str(told.get("nextPageToken") or "")
            if not token:
                return
            if token == before:
                break
        raise answers.not_given(place, msg("A page of it comes again, so that it has no end."))

    def _version(self, name: str) -> str:
        """The newest version of a table."""
        place = self._place(name, "version")
        try:
            with self._asker.ask(Call(place)) as answer:
                version = answer.headers.get("Delta-Table-Version")
        except NotFound:
            raise _no_table(place, name) from None
        if version is None:
            raise answers.not_given(place, msg("It tells no version of the table."))
        return str(version)

    def _place(self, name: str, what: str) -> Address:
        parts = name.split("/")
        if len(parts) != 3:
            raise Invalid(
                msg("`{name}` is no table of Delta Sharing.", name=name),
                next=msg("Write `share/schema/table`."),
                detail="files",
            )
        share, schema, table = (quote(part, safe="") for part in parts)
        path = f"shares/{share}/schemas/{schema}/tables/{table}/{what}"
        return self._asker.home.below(path)


def _within(progress: Progress, number: int, total: int) -> Progress:
    """Tells of one of several files as of a part of the whole."""

    def told(fraction: float | None, doing: Message) -> None:
        progress((number + (fraction or 0.0)) / total, doing)

    return told


def _added(out: pq.ParquetWriter, query: Query, file: str, part: Path, name: str) -> None:
    """Add the rows of a file, with the columns of the table."""
    try:
        with pq.ParquetFile(part, coerce_int96_timestamp_unit="us") as source:
            for batch in source.iter_batches():
                out.write_batch(_fitted(batch, query, file))
    except (pa.ArrowException, ValueError, OSError) as error:
        if is_full(error):
            raise no_room() from error
        raise _no_rows(name) from error


def _fitted(batch: pa.RecordBatch, query: Query, file: str) -> pa.RecordBatch:
    """Rows with the columns of the table.

    Raises:
        ArrowException, ValueError: a value cannot be kept as its type.
    """
    values = query.files[file].get("partitionValues") or {}
    arrays = []
    for field in query.schema:
        if field.name in values:
            one = delta_types.value(values[field.name], field.type)
            arrays.append(pa.repeat(one, batch.num_rows))
        elif field.name in batch.schema.names:
            arrays.append(batch.column(field.name).cast(field.type))
        else:
            arrays.append(pa.nulls(batch.num_rows, field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=query.schema)


def _no_table(place: Address, name: str) -> DoumenError:
    return NotFound(
        msg("`{address}` shares no table `{name}`.", address=place, name=name),
        next=msg("See `doumen source discover`; names are `share/schema/table`."),
        detail="files",
    )


def _no_rows(name: str) -> DoumenError:
    return Faulty(
        msg("A file of table `{name}` cannot be read.", name=name),
        why=msg("It is no Parquet file, or a value of it cannot be kept as the table says."),
        next=msg("Ask the provider of the table."),
        detail="answer",
    )
