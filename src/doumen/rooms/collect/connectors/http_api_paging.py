"""How an interface is asked for its pages, one after another, until there are none.

Pure. Parameters count on (`offset`, `page`), or the answer tells what comes next: a value to ask
with (`cursor`), a link in its head (`link`), an address in its body (`next`). Pages that are
counted end with an empty one, or with one that is not there: a short page ends them only where the
document says so, since a server may give fewer than it is asked for.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from pydantic import Field as Written

from doumen.kits.standards import jsonpath
from doumen.kits.standards.weblink import linked
from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import msg
from doumen.rooms.collect.jsontext import Bare
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address

Put = Literal["query", "body"]


def _way(text: str) -> str:
    try:
        jsonpath.steps(text)
    except Invalid as error:
        raise ValueError(error.what) from None
    return text


Way = Annotated[str, Written(min_length=1, max_length=1000), AfterValidator(_way)]
"""A way to one place in a document of JSON (RFC 9535)."""


class By(BaseModel):
    """A value of a page by which the next is asked for.

    Attributes:
        param: What takes it.
        at: Where in the answer it is.
        of: Member of the last record that it is, in the place of `at`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    param: str = Written(min_length=1)
    at: Way | None = None
    of: Way | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.at is None) == (self.of is None):
            raise ValueError(msg("give `at` or `of`, one of both"))
        return self


class Paging(BaseModel):
    """What a user writes for pages; one of the first five.

    Attributes:
        offset: Parameter that takes how many records came so far.
        page: Parameter that takes the number of a page.
        cursor: A value of the answer is asked for.
        link: Relation of the header `Link` (RFC 8288).
        next: Where in the answer the address of the next page is.
        limit: Parameter that takes `size`.
        size: Records of a page that are asked for.
        first: Number of the first page, or the first offset.
        more: Where in the answer it says that there is more; anything false ends it.
        total: Where in the answer it says how many records there are in all.
        ends: `short`: a page with fewer records than `size` is the last.
        put: Whether parameters stand in the address or in the body.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    offset: str | None = Written(default=None, min_length=1)
    page: str | None = Written(default=None, min_length=1)
    cursor: By | None = None
    link: str | None = Written(default=None, min_length=1)
    next: Way | None = None
    limit: str | None = Written(default=None, min_length=1)
    size: int | None = Written(default=None, ge=1)
    first: int | None = Written(default=None, ge=0)
    more: Way | None = None
    total: Way | None = None
    ends: Literal["empty", "short"] = "empty"
    put: Put = "query"

    @model_validator(mode="after")
    def _together(self) -> Self:
        ways = (self.offset, self.page, self.cursor, self.link, self.next)
        if sum(one is not None for one in ways) != 1:
            raise ValueError(msg("give one of `offset`, `page`, `cursor`, `link` and `next`"))
        if (self.limit is None) != (self.size is None):
            raise ValueError(msg("`limit` and `size` go together"))
        if self.ends == "short" and self.size is None:
            raise ValueError(msg("`ends: short` needs `limit` and `size`"))
        if self.first is not None and not self.counts:
            raise ValueError(msg("`first` is for `offset` and `page`"))
        return self

    @property
    def counts(self) -> bool:
        """Whether pages are counted on, not told."""
        return self.offset is not None or self.page is not None

    @property
    def looks(self) -> bool:
        """Whether it needs what only a document of JSON tells."""
        at = self.cursor is not None and self.cursor.at is not None
        return at or any(one is not None for one in (self.next, self.more, self.total))

    @property
    def start(self) -> int:
        """What the first page is counted as."""
        return self.first if self.first is not None else int(self.page is not None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for.

    Attributes:
        address: Another one than that of the stream; None: it is the same.
        params: Beside those of the stream.
        number: Of the page, from 1.
        before: Records of the pages before it.
    """

    address: Address | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)
    number: int = 1
    before: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """A page that came.

    Attributes:
        address: Where it came from.
        count: How many records it has.
        last: Its last record.
        document: All of it, where it is JSON.
    """

    address: Address
    headers: http.client.HTTPMessage
    count: int
    last: Any = None
    document: Any = None


def begun(paging: Paging | None) -> Asked:
    """The first page."""
    if paging is None:
        return Asked()
    params: dict[str, str | int] = {}
    if paging.limit is not None and paging.size is not None:
        params[paging.limit] = paging.size
    for name in (paging.offset, paging.page):
        if name is not None:
            params[name] = paging.start
    return Asked(params=params)


def onward(paging: Paging | None, asked: Asked, given: Given, home: Address) -> Asked | None:
    """The page after this one; None: this is the last.

    Raises:
        Faulty: what the page says of the next is none.
        Refused: the next page is elsewhere.
    """
    if paging is None or _ended(paging, asked, given):
        return None
    number, before = asked.number + 1, asked.before + given.count
    if paging.counts:
        step = before if paging.offset is not None else number - 1
        name = str(paging.offset or paging.page)
        params = {**asked.params, name: paging.start + step}
        return Asked(None, params, number, before)
    if paging.cursor is not None:
        value = _value(paging.cursor, given)
        if value is None:
            return None
        return Asked(None, {**asked.params, paging.cursor.param: value}, number, before)
    target = _target(paging, given)
    if target is None:
        return None
    return Asked(at_home(given.address, target, home), {}, number, before)


def _ended(paging: Paging, asked: Asked, given: Given) -> bool:
    if not given.count and (paging.counts or paging.cursor is not None):
        return True
    if paging.ends == "short" and paging.size is not None and given.count < paging.size:
        return True
    if paging.more is not None and not _truth(_at(given.document, paging.more)):
        return True
    if paging.total is None:
        return False
    total = _at(given.document, paging.total)
    if not isinstance(total, str) or not total.isdigit():
        raise faults.not_given(
            given.address, msg("There is no number at `{way}`.", way=paging.total)
        )
    return asked.before + given.count >= int(total)


def _at(document: Any, way: str) -> Any:
    """What is at a place of a document; None: nothing."""
    found = jsonpath.follow(document, jsonpath.steps(way))
    return found[0] if found else None


def _truth(value: Any) -> bool:
    return value not in (None, False, "", "0", "false")


def _value(by: By, given: Given) -> str | int | None:
    """The value by which the next page is asked for; None: there is no next page."""
    found = _at(given.document, by.at) if by.at is not None else _at(given.last, str(by.of))
    if isinstance(found, Bare):
        return str(found)
    if found in (None, "", False):
        if by.of is not None:
            raise _no_next(given, by.of)
        return None
    if isinstance(found, str):
        return found
    raise _no_next(given, str(by.at or by.of))


def _target(paging: Paging, given: Given) -> str | None:
    """Where the next page is, as it is written."""
    if paging.link is not None:
        return linked(given.headers.get_all("Link", []), paging.link)
    found = _at(given.document, str(paging.next))
    if found in (None, "", False):
        return None
    if not isinstance(found, str) or isinstance(found, Bare):
        raise _no_next(given, str(paging.next))
    return found


def at_home(here: Address, reference: str, home: Address) -> Address:
    """The address of a next page, which is at the host of the source.

    A server behind another that speaks TLS for it writes `http`: it is asked as the source says.

    Raises:
        Faulty: it is no address. Refused: it is elsewhere.
    """
    try:
        target = here.joined(reference)
    except Invalid:
        raise faults.not_given(here, msg("The next page is at no address.")) from None
    plain = {"http": 80, "https": 443}[target.scheme] == target.port
    if target.origin != home.origin and not (target.host == home.host and plain):
        raise faults.leads_on(here, target, msg("Pages are asked for at one host alone."))
    return Address(home.scheme, home.host, home.port, target.path, target.query)


def _no_next(given: Given, way: str) -> DoumenError:
    return faults.not_given(
        given.address, msg("At `{way}` there is nothing to ask for the next page by.", way=way)
    )
