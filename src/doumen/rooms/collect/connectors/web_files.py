"""Files behind addresses that a catalogue names: what they are called here, and how they come.

A name is made of a title, fit to be one; two of one title are told apart by their identifiers. What
breaks on the way is taken up where it broke, if the server says by its ETag that it is the same.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from http.client import HTTPResponse
from pathlib import Path

from doumen.model.message import msg
from doumen.model.plan import Progress
from doumen.rooms.collect.connectors.bringing import CHUNK, Broken, brought
from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.find import ENDINGS
from doumen.rooms.collect.labels import shown
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address
from doumen.rooms.collect.web.body import Cut
from doumen.rooms.collect.web.client import Again, Call, Client, Stranger

_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_LONGEST = 100
"""Characters of a title that a name takes."""
_KINDS = {
    "csv": ".csv", "tsv": ".tsv", "json": ".json", "geojson": ".geojson", "ndjson": ".ndjson",
    "jsonl": ".jsonl", "xlsx": ".xlsx", "xls": ".xls", "ods": ".ods", "parquet": ".parquet",
    "zip": ".zip", "txt": ".txt", "text/csv": ".csv", "text/tab-separated-values": ".tsv",
    "application/json": ".json", "application/geo+json": ".geojson",
    "application/vnd.geo+json": ".geojson", "application/x-ndjson": ".ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls", "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.apache.parquet": ".parquet", "application/zip": ".zip", "text/plain": ".txt",
}  # fmt: skip
"""Formats as catalogues write them → endings of names."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file that a catalogue names.

    Attributes:
        item: What it is here.
        address: Where it is.
        key: Its identifier there, by which one of two that are called alike is known.
    """

    item: Item
    address: Address
    key: str = ""


def name_of(title: str, key: str, formats: Iterable[str], address: Address) -> str:
    """What a file is called: by its title, ending as its address or its format says.

    Examples:
        >>> from doumen.rooms.collect.web.address import parsed
        >>> name_of("Counts: 2024/25", "r1", ["CSV"], parsed("https://a.org/x?id=1"))
        'Counts: 2024_25.csv'
    """
    name = part_of(title or address.name or key)
    if name.lower().endswith(ENDINGS):
        return name
    ending = next((end for end in ENDINGS if address.name.lower().endswith(end)), None)
    if ending is None:
        told = (_KINDS.get(one.strip().lower().removeprefix(".")) for one in formats)
        ending = next((one for one in told if one is not None), "")
    return name + ending


def part_of(title: str) -> str:
    """A title as a part of a name."""
    plain = shown(title).replace("/", "_").strip()[:_LONGEST].strip()
    return plain.lstrip(".~ ") or "file"


def apart(files: Iterable[Held]) -> list[Held]:
    """Files by name; those that are called alike by name and identifier."""
    found = sorted(files, key=lambda one: (one.item.name, one.key))
    names = Counter(one.item.name for one in found)

    def named(one: Held) -> Held:
        if names[one.item.name] < 2:
            return one
        stem, dot, ending = one.item.name.rpartition("/")[2].rpartition(".")
        mark = hashlib.sha256(one.key.encode()).hexdigest()[:8]
        name = f"{stem}-{mark}{dot}{ending}" if dot else f"{ending}-{mark}"
        folder = one.item.name.rpartition("/")[0]
        return replace(one, item=replace(one.item, name=f"{folder}/{name}" if folder else name))

    return sorted(map(named, found), key=lambda one: one.item.name)


def bring(asker: Client, held: Held, path: Path, progress: Progress) -> None:
    """Write a file to a path; as `Files.bring`."""
    brought(held.item, path, progress, Download(asker, held.address).rest)


@dataclass(slots=True)
class Download:
    """A file behind an address, on its way.

    Attributes:
        headers: What the request carries beside those of the source.
        address: Where it is; may change between two tries.
    """

    asker: Client
    address: Address
    headers: Mapping[str, str] = field(default_factory=dict)
    tag: str | None = None
    renewed: bool = False

    def rest(self, start: int) -> tuple[int, Generator[bytes, None, None]]:
        """The file from a byte on, or from its beginning; as `bringing.Rest`."""
        more = {"Accept-Encoding": "identity"}
        if start and self.tag is not None:
            more |= {"Range": f"bytes={start}-", "If-Range": self.tag}
        stack = ExitStack()
        call = Call(self.address, headers=self.headers)
        address, raw = self._told(lambda: stack.enter_context(self.asker.opened(call, more)))
        with stack:
            begins = self._begins(address, raw, start)
            left = stack.pop_all()
        return begins, self._chunks(left, raw)

    def _told(
        self, ask: Callable[[], tuple[Address, HTTPResponse]]
    ) -> tuple[Address, HTTPResponse]:
        """What comes of a request; what may pass is told as broken."""
        try:
            return ask()
        except Again as again:
            if again.after is not None:
                self.asker.obey(self.address, again.after)
            raise Broken(again.error) from again
        except Stranger as stranger:
            error = faults.of_status(stranger.address, 401)
            if self.renewed or not self.asker.renewed():
                raise error from None
            self.renewed = True
            raise Broken(error) from None

    def _begins(self, address: Address, raw: HTTPResponse, start: int) -> int:
        """The byte from which an answer begins.

        Raises:
            Broken: it is another than was asked for. Faulty: it does not say where it ends.
        """
        if raw.length is None and not raw.chunked:
            raise faults.not_given(
                address, msg("It does not say where its answer ends, so a cut is not seen.")
            )
        if raw.status == 206:
            found = _RANGE.fullmatch(raw.getheader("Content-Range", ""))
            if found is not None and int(found[1]) == start:
                return start
        if raw.status != 200:
            self.tag = None
            raise Broken(faults.of_status(address, raw.status))
        tag = raw.getheader("ETag")
        self.tag = None if tag is None or tag.startswith("W/") else tag
        return 0

    def _chunks(self, stack: ExitStack, raw: HTTPResponse) -> Generator[bytes, None, None]:
        total, left = 0, raw.length
        try:
            with stack:
                while piece := raw.read(CHUNK):
                    total += len(piece)
                    yield piece
                if left is not None and total != left:
                    raise Cut
        except Again as again:
            raise Broken(again.error) from again
