"""Reads an HTTP interface: asks for page after page, and gives the records of each.

A page comes whole or is asked for again. One that was asked for before, or that repeats the one
before it, is an error: it would come for ever.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from doumen.kits.standards import jsonpath
from doumen.model.errors import NotFound
from doumen.model.message import msg
from doumen.rooms.collect.connectors import http_api_paging
from doumen.rooms.collect.connectors.http_api_paging import Asked, Given, Paging
from doumen.rooms.collect.connectors.http_api_reads import Reads, Since
from doumen.rooms.collect.connectors.interface import Mark, There
from doumen.rooms.collect.jsontext import decoded, parsed
from doumen.rooms.collect.web import faults, texts, trees
from doumen.rooms.collect.web.address import Address
from doumen.rooms.collect.web.client import MOST, Answer, Call, Client

DOCUMENT = 256 << 20
"""Bytes of an answer that is read as a whole."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHUNK = 1000
"""Records that are handed on at a time."""
_ACCEPTS = {
    "json": "application/json",
    "ndjson": "application/x-ndjson, application/jsonl, application/json;q=0.5",
    "csv": "text/csv, text/plain;q=0.5",
    "xml": "application/xml, text/xml",
}


class HttpRecords:
    """Implements `Records`."""

    def __init__(self, asker: Client) -> None:
        self._asker = asker

    def there(self) -> Sequence[There]:
        """It does not tell."""
        return ()

    def read(
        self, table: str | None, reads: Mapping[str, Any], after: Mark | None
    ) -> Generator[Sequence[Any], None, None]:
        """As `Records.read`."""
        told = Reads.model_validate(reads)
        place = self._asker.home.below(table or "")
        yield from pages(self._asker, place, told, after)


def pages(
    asker: Client, place: Address, reads: Reads, after: Mark | None
) -> Generator[Sequence[Any], None, None]:
    """The records of an address, page by page.

    Raises:
        As `Records.read`.
    """
    watch = _Watch(reads)
    asked: Asked | None = http_api_paging.begun(reads.paging)
    while asked is not None:
        call = _call(place, reads, asked, after)
        watch.asks(call, asked)
        try:
            answer = asker.ask(call)
        except NotFound:
            if asked.number > 1 and reads.paging is not None and reads.paging.counts:
                return  # as many interfaces say that there is no such page
            raise
        with answer:
            page = _Page(reads, answer, first=asked.number == 1)
            yield from page.chunks()
            watch.came(page)
            asked = http_api_paging.onward(reads.paging, asked, page.given(), asker.home)


class _Page:
    """One answer, and what is to be known of it once its records were taken."""

    def __init__(self, reads: Reads, answer: Answer, *, first: bool) -> None:
        self._reads = reads
        self._answer = answer
        self._first = first
        self._document: Any = None
        self._last: Any = None
        self.count = 0
        self.digest = hashlib.sha256()

    @property
    def address(self) -> Address:
        """Where it came from."""
        return self._answer.address

    def chunks(self) -> Iterator[Sequence[Any]]:
        """Its records, many at a time."""
        rows = self._rows()
        while chunk := list(islice(rows, CHUNK)):
            self.count += len(chunk)
            self._last = chunk[-1]
            self.digest.update(repr(chunk).encode("utf-8", "surrogatepass"))
            yield chunk

    def given(self) -> Given:
        """What the next page is told by."""
        answer = self._answer
        return Given(answer.address, answer.headers, self.count, self._last, self._document)

    def _rows(self) -> Iterator[Any]:
        answer, reads = self._answer, self._reads
        if answer.status == 204:
            return iter(())
        if reads.format in {"ndjson", "csv"} and not answer.framed:
            raise faults.not_given(
                answer.address, msg("It does not say where its answer ends, so a cut is not seen.")
            )
        match reads.format:
            case "ndjson":
                return texts.lines(answer.address, answer.body)
            case "csv":
                delimiter, encoding = reads.delimiter or ",", reads.encoding or "utf-8-sig"
                return texts.rows(answer.address, answer.body, delimiter, encoding)
            case "xml":
                return trees.elements(answer.address, answer.body, str(reads.records))
            case _:
                return iter(self._of_document())

    def _of_document(self) -> Sequence[Any]:
        """The records of a document; where a later page has none, it may leave their place out."""
        address, way = self._answer.address, self._reads.records or "$"
        try:
            self._document = parsed(decoded(self._answer.body.read()))
        except ValueError:
            raise faults.not_given(address, msg("It is no JSON.")) from None
        found = jsonpath.follow(self._document, jsonpath.steps(way))
        if not found and self._first:
            raise faults.not_given(address, msg("There is nothing at `{way}`.", way=way))
        records = found[0] if found else None
        if records is None:
            return ()
        if isinstance(records, list):
            return records
        if isinstance(records, Mapping):
            return (records,)
        raise faults.not_given(address, msg("At `{way}` are no records.", way=way))


class _Watch:
    """Sees to it that pages come to an end."""

    def __init__(self, reads: Reads) -> None:
        self._most = reads.pages
        self._counts = reads.paging is not None and reads.paging.counts
        self._asked: set[bytes] = set()
        self._last: bytes | None = None

    def asks(self, call: Call, asked: Asked) -> None:
        """Hold a page to being another than those before.

        Raises:
            Faulty: it was asked for before, or there are too many.
        """
        if asked.number > self._most:
            raise faults.not_given(
                call.address, msg("It has more than {most:,} pages: `pages`.", most=self._most)
            )
        said = call.address.whole.encode() + b"\n" + (call.body or b"")
        key = hashlib.sha256(said).digest()
        if key in self._asked:
            raise _again(call.address)
        self._asked.add(key)

    def came(self, page: _Page) -> None:
        """Hold a page to having other records than the one before.

        Raises:
            Faulty: it has not.
        """
        key = page.digest.digest()
        if self._counts and page.count and key == self._last:
            raise _again(page.address)
        self._last = key


def _again(address: Address) -> Exception:
    return faults.not_given(address, msg("A page of it comes again, so that it has no end."))


def _call(place: Address, reads: Reads, asked: Asked, after: Mark | None) -> Call:
    """The request for a page."""
    headers = {"Accept": _ACCEPTS[reads.format]}
    query: list[tuple[str, str]] = []
    body = copy.deepcopy(reads.body) if reads.body is not None else {}
    if asked.address is None:
        for name, value in reads.params.items():
            several = value if isinstance(value, list) else [value]
            query += [(name, _text(one)) for one in several]
    if reads.since is not None and after is not None and asked.address is None:
        _put(reads.since, {reads.since.param: since(reads.since, after)}, query, body)
    if reads.paging is not None:
        _put(reads.paging, asked.params, query, body)
    sent = None
    if reads.method == "POST":
        headers["Content-Type"] = "application/json"
        sent = json.dumps(body, ensure_ascii=False).encode()
    most = DOCUMENT if reads.format == "json" else MOST
    address = (asked.address or place).asking(query)
    return Call(address, reads.method, headers, sent, most)


def _put(
    to: Since | Paging,
    params: Mapping[str, str | int],
    query: list[tuple[str, str]],
    body: dict[str, Any],
) -> None:
    """Put parameters where they stand, in the place of others of their name."""
    if to.put == "query":
        query[:] = [one for one in query if one[0] not in params]
        query += [(name, str(value)) for name, value in params.items()]
        return
    for name, value in params.items():
        *within, last = name.split(".")
        at = body
        for step in within:
            at = at.setdefault(step, {})
        at[last] = value


def since(told: Since, mark: Mark) -> str | int:
    """A mark as an interface takes it; what is written more coarsely is never later."""
    if not isinstance(mark, date):
        return format(mark, "f") if isinstance(mark, Decimal) else mark
    if not isinstance(mark, datetime):
        return (
            mark.isoformat()
            if told.form in {"iso", "date"}
            else _timed(told.form, datetime(mark.year, mark.month, mark.day, tzinfo=UTC))
        )
    return _timed(told.form, mark)


def _timed(form: str, when: datetime) -> str | int:
    if form == "iso":
        return when.isoformat().replace("+00:00", "Z")
    if form == "date":
        return when.date().isoformat()
    if "%" in form:
        return when.strftime(form)
    zoned = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    thousandths = (zoned - _EPOCH) // timedelta(milliseconds=1)
    return thousandths if form == "epoch_ms" else thousandths // 1000


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
