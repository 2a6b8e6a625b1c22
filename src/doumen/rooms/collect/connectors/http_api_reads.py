"""What a user writes for a stream of an HTTP interface."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from pydantic import Field as Written

from doumen.kits.standards import jsonpath
from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.rooms.collect.connectors.http_api_paging import Paging, Put
from doumen.rooms.collect.connectors.reads import RecordReads

Value = str | int | float | bool


class Since(BaseModel):
    """How an interface is told from where on records are asked for.

    Attributes:
        param: Parameter, or way to a member of the body, that takes the mark.
        form: How a time is written: `iso` (RFC 3339), `date`, `epoch` (seconds), `epoch_ms`, or
            a pattern of `strftime`. Numbers and texts are written as they are.
        put: Where it stands.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    param: str = Written(min_length=1)
    form: Annotated[str, Written(pattern=r"^(iso|date|epoch|epoch_ms|.*%.*)$")] = "iso"
    put: Put = "query"


def _encoding(text: str) -> str:
    try:
        "".encode(text)
    except LookupError:
        raise ValueError(msg("it is no encoding")) from None
    return text


def _path(text: str) -> str:
    try:
        jsonpath.steps(text)
    except Invalid as error:
        raise ValueError(error.what) from None
    return text


class Reads(RecordReads):
    """What a user writes for a stream.

    Attributes:
        method: `POST` asks a question that has a body.
        params: Parameters of the address.
        body: What is sent as JSON.
        format: What it answers with.
        records: Where the records lie: a way in JSON (RFC 9535), or names of elements in XML.
        delimiter: Of delimited text.
        encoding: Of delimited text.
        paging: How the next page is asked for; None: there is one.
        since: How the mark is told; None: all is asked for, and what was read is left out.
        pages: Most pages of a run.
    """

    method: Literal["GET", "POST"] = "GET"
    params: dict[str, Value | list[Value]] = Written(default_factory=dict)
    body: dict[str, Any] | None = None
    format: Literal["json", "ndjson", "csv", "xml"] = "json"
    records: str | None = Written(default=None, min_length=1, max_length=1000)
    delimiter: Annotated[str, Written(min_length=1, max_length=1)] | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    paging: Paging | None = None
    since: Since | None = None
    pages: int = Written(default=10_000, ge=1, le=10_000_000)

    @model_validator(mode="after")
    def _together(self) -> Self:
        """Hold the parts to going together."""
        if self.format == "json" and self.records is not None:
            _path(self.records)
        if (self.format == "xml") != (self.records is not None and self.format != "json"):
            raise ValueError(msg("`records` is for JSON and XML, and XML needs it"))
        if self.format != "csv" and (self.delimiter or self.encoding):
            raise ValueError(msg("`delimiter` and `encoding` are for CSV"))
        if self.body is not None and self.method != "POST":
            raise ValueError(msg("a `body` is sent by `method: POST`"))
        if self.paging is not None and self.paging.looks and self.format != "json":
            raise ValueError(msg("only JSON tells in itself where its next page is"))
        parts = (self.paging, self.since)
        if self.method != "POST" and any(one is not None and one.put == "body" for one in parts):
            raise ValueError(msg("`put: body` needs `method: POST`"))
        return self
