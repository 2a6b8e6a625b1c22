"""Reads dataflows of SDMX: those there are from SDMX-ML, observations from SDMX-CSV.

Addresses are those of SDMX REST 1.x (SDMX 2.1) or 2.x (SDMX 3.0).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import quote

from doumen.model.errors import DoumenError, Invalid, NotFound
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors.interface import Mark, There
from doumen.rooms.collect.connectors.sdmx_reads import Reads
from doumen.rooms.collect.web import faults, texts, trees
from doumen.rooms.collect.web.address import Address
from doumen.rooms.collect.web.client import Answer, Call, Client

CHUNK = 1000
"""Records that are handed on at a time."""
_STRUCTURE = "application/vnd.sdmx.structure+xml;version={}, application/xml;q=0.5"
_DATA = "application/vnd.sdmx.data+csv;version={}, text/csv;q=0.5"
_TAKES = frozenset({404, 406, 413, 415, 501})
_FLOWS = "Structure/Structures/Dataflows/Dataflow"


class Flows:
    """Implements `Records`."""

    def __init__(self, asker: Client, *, three: bool) -> None:
        self._asker = asker
        self._three = three

    def there(self) -> Sequence[There]:
        """The dataflows, by name."""
        path = "structure/dataflow/*/*/~" if self._three else "dataflow/all/all/latest"
        accept = _STRUCTURE.format("3.0.0" if self._three else "2.1")
        call = Call(self._asker.home.below(path), headers={"Accept": accept})
        with self._asker.ask(call) as answer:
            found = trees.elements(answer.address, answer.body, _FLOWS, local=True)
            flows = sorted(_name(one) for one in found)
        return [There(name, "records", title=title) for name, title in flows]

    def read(
        self, table: str | None, reads: Mapping[str, Any], after: Mark | None
    ) -> Generator[Sequence[Any], None, None]:
        """As `Records.read`; the cursor can be none but the period."""
        told, flow = Reads.model_validate(reads), str(table)
        accept = _DATA.format("2.0.0" if self._three else "1.0.0")
        start = told.start if after is None else str(after)
        call = Call(self._address(flow, told, start), headers={"Accept": accept}, takes=_TAKES)
        with self._asker.ask(call) as answer:
            _given(answer, flow)
            rows = texts.rows(answer.address, answer.body, told.delimiter)
            while chunk := list(islice(rows, CHUNK)):
                yield chunk

    def _address(self, flow: str, told: Reads, start: str | None) -> Address:
        parts = flow.split(",")
        if len(parts) > 3 or not all(parts):
            raise _no_flow(flow)
        agency = parts[0] if len(parts) > 1 else None
        name = parts[min(1, len(parts) - 1)]
        version = parts[2] if len(parts) == 3 else None
        params: list[tuple[str, str]] = [(n, str(value)) for n, value in told.params.items()]
        if self._three:
            path = [agency or "*", name, version or "~", told.key or "*"]
            bounds = [f"{sign}:{at}" for sign, at in (("ge", start), ("le", told.end)) if at]
            params += [("c[TIME_PERIOD]", "+".join(bounds))] * bool(bounds)
            found = "data/dataflow/" + "/".join(quote(one, safe="*~+,@$") for one in path)
        else:
            asked = (("startPeriod", start), ("endPeriod", told.end))
            params += [(name, at) for name, at in asked if at is not None]
            found = f"data/{quote(flow, safe=',@$')}/{quote(told.key or 'all', safe='+,@$')}"
        return self._asker.home.below(found).asking(params)


def _name(flow: Mapping[str, Any]) -> tuple[str, str]:
    """A dataflow as a stream names it, and what people call it: in English, else as comes first."""
    told = flow.get("Name")
    names = told if isinstance(told, list) else [] if told is None else [told]
    said = [one if isinstance(one, Mapping) else {"#text": one} for one in names]
    best = next((one for one in said if one.get("@lang") == "en"), said[0] if said else {})
    parts = (flow.get("@agencyID"), flow.get("@id"), flow.get("@version"))
    name = ",".join(str(part) for part in parts if part is not None)
    return name, str(best.get("#text") or "")


def _given(answer: Answer, flow: str) -> None:
    """Hold an answer to being a table.

    Raises:
        NotFound: there is no such dataflow, or nothing in it that was asked for.
        Invalid: it is too much, or none that a table can be had of.
    """
    error = _error(answer.address, answer.status, flow)
    if error is not None:
        raise error
    kind = answer.headers.get_content_type()
    if "csv" not in kind and kind not in {"text/plain", "application/octet-stream"}:
        raise _no_table(answer.address, msg("It answers with `{kind}`.", kind=kind[:100]))
    if not answer.framed:
        raise faults.not_given(
            answer.address, msg("It does not say where its answer ends, so a cut is not seen.")
        )


def _error(address: Address, status: int, flow: str) -> DoumenError | None:
    if status == 404:
        return NotFound(
            msg("`{address}` has nothing of dataflow `{flow}`.", address=address, flow=flow),
            why=msg("There is no such dataflow, or no observation that was asked for."),
            next=msg("See `doumen source discover`, and check `key`, `start` and `end`."),
            detail="table",
        )
    if status == 413:
        return Invalid(
            msg("Dataflow `{flow}` is more than is given at once.", flow=flow),
            next=msg("Ask for less of it: `key`, `start`, `end`."),
            detail="web",
        )
    if status in _TAKES:
        return _no_table(address, msg("It answers with status {status}.", status=status))
    return None


def _no_table(address: Address, why: Message) -> Invalid:
    return Invalid(
        msg("`{address}` gives no SDMX-CSV.", address=address),
        why=why,
        next=msg("Check `version`; a service without it can be read as `http_api`, if in JSON."),
        detail="format",
    )


def _no_flow(flow: str) -> Invalid:
    return Invalid(
        msg("`{flow}` is no dataflow.", flow=flow),
        next=msg("Write its id, or `AGENCY,ID` or `AGENCY,ID,VERSION`."),
        detail="table",
    )
