"""An answer on its way from a service: Arrow batches as they come, the receipt with the last."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx2
import pyarrow as pa

from doumen.client.problems import unreachable
from doumen.model.answer import COLUMNS, NOTICES, RECEIPT, TRUNCATED, python_rows
from doumen.model.errors import Unavailable
from doumen.model.life import Notice
from doumen.model.message import msg
from doumen.model.pieces import Pieces
from doumen.model.schema import Column, Schema

if TYPE_CHECKING:
    import pandas as pd


BUFFER = 1 << 18
"""Bytes read at once; Arrow asks for a whole batch, which a bare stream would give in parts."""


class RemoteAnswer:
    """The answer of a query, of which one batch at a time is held.

    Args:
        response: A stream of Arrow IPC, opened and not read.
    """

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self._end: dict[bytes, bytes] | None = None
        self._broken: Unavailable | None = None
        try:
            self._reader = pa.ipc.open_stream(
                io.BufferedReader(Pieces(response.iter_raw()), BUFFER)
            )
        except (pa.ArrowException, httpx2.HTTPError, OSError) as error:
            raise self._broke(error) from None
        metadata = self._reader.schema.metadata or {}
        columns = json.loads(metadata.get(COLUMNS, b"[]"))
        self.schema = Schema(tuple(Column(one["name"], one["type"]) for one in columns))
        self._arrow = self._reader.schema.remove_metadata()

    @property
    def receipt(self) -> str:
        """Id of the receipt; known when the last batch has been read."""
        return self._ended()[RECEIPT].decode()

    @property
    def truncated(self) -> bool:
        """Whether the limit of a rule cut the result; known when the last batch has been read."""
        return self._ended()[TRUNCATED] == b"true"

    @property
    def expires(self) -> date | None:
        """Last day (UTC) on which the answer may be kept; None: no end."""
        told = self._response.headers.get("doumen-expires")
        return None if told is None else date.fromisoformat(told)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is said of datasets that are deprecated; known when the last batch has been read."""
        told = json.loads(self._ended().get(NOTICES, b"[]"))
        return tuple(map(Notice.of_json, told))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch; each can be read once.

        Raises:
            Unavailable: the connection broke; what was given is not the whole answer.
        """
        while self._end is None:
            if self._broken is not None:
                raise self._broken
            try:
                batch, found = self._reader.read_next_batch_with_custom_metadata()
            except (StopIteration, pa.ArrowException, httpx2.HTTPError, OSError) as error:
                raise self._broke(error) from None
            if found is not None and RECEIPT in found:
                self._end = dict(found)
                self.close()
            else:
                yield batch

    def arrow(self) -> pa.Table:
        """All rows as an Arrow table."""
        return pa.Table.from_batches(self.batches(), schema=self._arrow)

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows as Python values."""
        return [row for batch in self.batches() for row in python_rows(batch, self.schema)]

    def df(self) -> pd.DataFrame:
        """All rows as a pandas frame; needs the extra `doumen[df]`."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame

    def close(self) -> None:
        """Hang up; where rows are still to come, the job is ended."""
        self._response.close()

    def _ended(self) -> dict[bytes, bytes]:
        if self._end is None:
            raise Unavailable(
                msg("The answer has not been read to its end, so there is no receipt yet."),
                next=msg("Read all batches first."),
                detail="unread",
            )
        return self._end

    def _broke(self, error: BaseException) -> Unavailable:
        self.close()
        told = error if isinstance(error, httpx2.HTTPError) else httpx2.ReadError("cut off")
        self._broken = unreachable(told)
        return self._broken
