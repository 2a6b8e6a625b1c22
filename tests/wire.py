"""One actor at a service, who sees all that comes over the wire: status, headers and body.

A question goes out in one of the forms that answers have, by turns. What came back is kept in two
ways: as it came and decoded, to look for what must not be told; and without what differs between
any two answers, to be held against another service's.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import pyarrow as pa
import pyarrow.parquet as pq

FORMS = (
    "application/json",
    "application/x-ndjson",
    "text/csv",
    "application/vnd.apache.arrow.stream",
    "application/vnd.apache.parquet",
)
REQUEST = "the-same"
"""Id of every request, so that it makes no difference."""
_OWN = {"date", "doumen-receipt"}
"""Headers that differ between any two answers."""
VARIES = re.compile(
    r"\b[0-9a-f]{64}\b|\b[0-9A-HJKMNP-TV-Z]{26}\b|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?"
)
"""Keyed hashes, ids of events, and times."""


@dataclass(frozen=True)
class Came:
    """What one request brought.

    Attributes:
        rows: Rows of an answer, as text; empty for errors.
        head: What describes them: columns, types, metadata; or the whole of an error.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    rows: tuple[str, ...]
    head: str

    def whole(self) -> str:
        """All of it: as it came, and decoded."""
        headers = "\n".join(f"{name}: {value}" for name, value in self.headers)
        raw = self.body.decode("utf-8", "replace")
        return "\n".join((str(self.status), headers, raw, self.head, *self.rows))

    def apart_from_chance(self) -> str:
        """What two services must both tell: rows as a multiset, no ids, times and keyed hashes."""
        headers = (f"{name}: {value}" for name, value in self.headers if name not in _OWN)
        rows = sorted(VARIES.sub("…", row) for row in self.rows)
        head = VARIES.sub("…", self.head)
        return "\n".join((str(self.status), *sorted(headers), head, *rows))


class Wire:
    """A token at a service.

    Args:
        url: Of the service.
        token: Of the actor.
        purpose: What for.
    """

    def __init__(self, url: str, token: str, purpose: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}", "X-Request-Id": REQUEST}
        if purpose is not None:
            headers["Doumen-Purpose"] = purpose
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=120)
        self._forms = itertools.cycle(FORMS)

    def ask(self, sql: str, form: str | None = None, param: Sequence[Any] = ()) -> Came:
        """Put a question."""
        body = {"sql": sql, "param": list(param)}
        return self.post("query", body, Accept=form or next(self._forms))

    def explain(self, sql: str) -> Came:
        """What a question would do."""
        return self.post("query", {"sql": sql, "explain": True})

    def post(self, words: str, body: Mapping[str, Any], **headers: str) -> Came:
        """Do any verb."""
        sent = json.dumps(body).encode()  # half of a surrogate pair goes out as an escape
        headers["Content-Type"] = "application/json"
        path = "/v1/" + "/".join(words.split())
        came = self._http.post(path, content=sent, headers=headers)
        rows, head = _decoded(came) if came.status_code == 200 else ((), came.text)
        return Came(came.status_code, tuple(came.headers.items()), came.content, rows, head)

    def close(self) -> None:
        """End all connections."""
        self._http.close()


def _decoded(came: httpx2.Response) -> tuple[tuple[str, ...], str]:
    """Rows, and what describes them."""
    kind = came.headers["content-type"]
    if kind == FORMS[3]:
        with pa.ipc.open_stream(io.BytesIO(came.content)) as reader:
            batches = list(reader.iter_batches_with_custom_metadata())
            metadata = [dict(each.custom_metadata or {}) for each in batches]
            texts = [row for each in batches for row in _texts(each.batch)]
            return tuple(texts), f"{reader.schema} {metadata}"
    if kind == FORMS[4]:
        table = pq.ParquetFile(io.BytesIO(came.content)).read()  # names may repeat
        metadata = [dict(table.schema.metadata or {})]
        texts = [row for batch in table.to_batches() for row in _texts(batch)]
        return tuple(texts), f"{table.schema.remove_metadata()} {metadata}"
    if kind == FORMS[1]:
        columns, *lines, end = came.text.splitlines()
        return tuple(lines), columns + end
    if kind == FORMS[2]:
        return tuple(came.text.splitlines()), ""
    body = came.json()
    rows = body.pop("rows", [])
    told = rows if isinstance(rows, list) else [rows]
    return tuple(json.dumps(row, ensure_ascii=False) for row in told), json.dumps(body)


def _texts(batch: pa.RecordBatch) -> list[str]:
    columns = [[str(value) for value in column] for column in batch.columns]
    return [" | ".join(row) for row in zip(*columns, strict=True)]
