"""What a server of Delta Sharing answers to a query: a version, a schema, and where files are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import delta_types
from doumen.rooms.collect.web import faults, texts
from doumen.rooms.collect.web.address import Address, parsed
from doumen.rooms.collect.web.client import Answer, Call, Client

_CAPABLE = {
    "Content-Type": "application/json; charset=utf-8",
    "delta-sharing-capabilities": "responseformat=parquet",
}
READER = 1
"""Version of the protocol that is read."""


@dataclass(frozen=True, slots=True)
class Query:
    """A table at one version.

    Attributes:
        files: Identifier → what is told of the file.
    """

    place: Address
    version: str
    schema: pa.Schema
    files: Mapping[str, Mapping[str, Any]]

    def address(self, file: str) -> Address:
        """Where a file is.

        Raises:
            Faulty: nowhere.
        """
        try:
            return parsed(str(self.files[file]["url"]))
        except Invalid:
            raise faults.not_given(self.place, msg("A file of it is at no address.")) from None


def queried(asker: Client, place: Address) -> Query:
    """Ask for the files of a table.

    Raises:
        Faulty: it does not answer as the protocol says.
        Invalid: the table is of a kind that is not read here.
    """
    with asker.ask(Call(place, "POST", _CAPABLE, b"{}")) as answer:
        return _read(answer)


def _read(answer: Answer) -> Query:
    told: dict[str, Mapping[str, Any]] = {}
    files: dict[str, Mapping[str, Any]] = {}
    for line in texts.lines(answer.address, answer.body):
        if not isinstance(line, Mapping) or not all(isinstance(v, Mapping) for v in line.values()):
            raise _odd(answer.address, msg("A line of it is none of Delta Sharing."))
        told |= {name: line[name] for name in ("protocol", "metaData") if name in line}
        if "file" in line:
            files[str(line["file"].get("id"))] = line["file"]
    version = answer.headers.get("Delta-Table-Version")
    if version is None or told.keys() != {"protocol", "metaData"}:
        raise _odd(answer.address, msg("It tells no version, protocol or schema of the table."))
    if not all(str(one.get("size", "")).isdigit() and one.get("url") for one in files.values()):
        raise _odd(answer.address, msg("It tells no size or address of a file."))
    _readable(told["protocol"], told["metaData"])
    try:
        schema = delta_types.schema(str(told["metaData"].get("schemaString")))
    except ValueError:
        raise _odd(answer.address, msg("It has no schema whose types are known.")) from None
    return Query(answer.address, str(version), schema, files)


def _readable(protocol: Mapping[str, Any], table: Mapping[str, Any]) -> None:
    """Hold a table to what is read here.

    Raises:
        Invalid: it asks for more.
    """
    reader = str(protocol.get("minReaderVersion"))
    provider = (table.get("format") or {}).get("provider")
    mapping = (table.get("configuration") or {}).get("delta.columnMapping.mode", "none")
    if reader != str(READER) or provider != "parquet" or mapping != "none":
        raise Invalid(
            msg("The table is shared in a way that is not read here."),
            why=msg("It asks for reader {reader}, files of {provider}, columns by {mapping}.",
                    reader=reader, provider=provider, mapping=mapping),
            next=msg("Ask its provider to share it as Parquet, without mapped columns."),
            detail="format",
        )  # fmt: skip


def _odd(address: Address, why: Message) -> DoumenError:
    return faults.not_given(address, why)
