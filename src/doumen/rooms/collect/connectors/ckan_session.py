"""Asks a portal of CKAN: which datasets and resources it has, and for their files or records."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from doumen.model.errors import DoumenError, Invalid, NotFound
from doumen.model.message import msg
from doumen.model.plan import Progress
from doumen.rooms.collect.connectors import names
from doumen.rooms.collect.connectors.http_api_reads import Reads
from doumen.rooms.collect.connectors.http_api_session import pages
from doumen.rooms.collect.connectors.interface import Item, Mark, There
from doumen.rooms.collect.connectors.web_files import Held, apart, bring, name_of, part_of
from doumen.rooms.collect.jsontext import decoded, parsed
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address
from doumen.rooms.collect.web.client import Call, Client

_ACTION = "api/3/action/{}"
_ROWS, _RECORDS = 500, 10_000
"""Datasets and records that are asked for at a time."""
_DOCUMENT = 256 << 20
_LISTED = Reads.model_validate({
    "params": {"sort": "name asc"}, "records": "$.result.results",
    "paging": {"offset": "start", "limit": "rows", "size": _ROWS},
})  # fmt: skip
_STORED = Reads.model_validate({
    "params": {"sort": "_id"}, "records": "$.result.records", "pages": 1_000_000,
    "paging": {"offset": "offset", "limit": "limit", "size": _RECORDS},
})  # fmt: skip


class CkanFiles:
    """Implements `Files`: resources, each in the folder of its dataset."""

    def __init__(self, asker: Client) -> None:
        self._asker = asker
        self._held: dict[str, Held] = {}

    def items(self, pattern: str) -> Iterator[Item]:
        """As `Files.items`."""
        wanted = names.pattern(pattern)
        for dataset in self._datasets(wanted.folder.partition("/")[0]):
            if not wanted.enters(str(dataset.get("name"))):
                continue
            for one in apart(self._resources(dataset)):
                self._held[one.item.name] = one
                if wanted.matches(one.item.name):
                    yield one.item

    def bring(self, item: Item, path: Path, progress: Progress) -> None:
        """As `Files.bring`."""
        bring(self._asker, self._held[item.name], path, progress)

    def _datasets(self, named: str) -> Iterator[Mapping[str, Any]]:
        """One dataset, or all of them by name."""
        if named:
            yield _shown(self._asker, named)
            return
        place = self._asker.home.below(_ACTION.format("package_search"))
        for page in pages(self._asker, place, _LISTED, None):
            yield from (one for one in page if isinstance(one, Mapping))

    def _resources(self, dataset: Mapping[str, Any]) -> Iterator[Held]:
        """The resources of a dataset that have an address on the web."""
        told = dataset.get("resources")
        for one in told if isinstance(told, list) else ():
            if not isinstance(one, Mapping) or one.get("state", "active") != "active":
                continue
            try:
                address = self._asker.home.joined(_text(one, "url"))
            except Invalid:
                continue
            formats = (_text(one, "format"), _text(one, "mimetype"))
            key = _text(one, "id")
            name = name_of(_text(one, "name"), key, formats, address)
            item = Item(f"{part_of(_text(dataset, 'name'))}/{name}", None, _tag(one))
            yield Held(item, address, key)


class CkanRecords:
    """Implements `Records`: the tables of the datastore, by the identifiers of their resources."""

    def __init__(self, asker: Client) -> None:
        self._asker = asker

    def there(self) -> Sequence[There]:
        """The tables, of which the portal tells their identifiers."""
        listed = _STORED.model_copy(update={"params": {"resource_id": "_table_metadata"}})
        found = [one for page in self._pages(listed) for one in page if isinstance(one, Mapping)]
        tables = {str(one["name"]) for one in found if one.get("name") and not one.get("alias_of")}
        return [There(name, "records") for name in sorted(tables)]

    def read(
        self, table: str | None, reads: Mapping[str, Any], after: Mark | None
    ) -> Generator[Sequence[Any], None, None]:
        """As `Records.read`; in order of `_id`, which the portal gives each row."""
        params = {"resource_id": str(table), "sort": "_id"}
        try:
            yield from self._pages(_STORED.model_copy(update={"params": params}))
        except NotFound:
            raise NotFound(
                msg("The datastore has no table `{table}`.", table=str(table)),
                next=msg("Write the identifier of a resource whose rows it holds; others are "
                         "files: `ckan`."),
                detail="table",
            ) from None  # fmt: skip

    def _pages(self, reads: Reads) -> Generator[Sequence[Any], None, None]:
        place = self._asker.home.below(_ACTION.format("datastore_search"))
        yield from pages(self._asker, place, reads, None)


def _shown(asker: Client, named: str) -> Mapping[str, Any]:
    """A dataset by its name or identifier."""
    place = asker.home.below(_ACTION.format("package_show")).asking([("id", named)])
    try:
        with asker.ask(Call(place, most=_DOCUMENT)) as answer:
            told = parsed(decoded(answer.body.read()))
    except ValueError:
        raise faults.not_given(place, msg("It is no JSON.")) from None
    except NotFound:
        raise _no_dataset(place, named) from None
    found = told.get("result") if isinstance(told, Mapping) else None
    if not isinstance(found, Mapping) or told.get("success") is not True:
        raise faults.not_given(place, msg("It is no answer of CKAN."))
    return {**found, "name": named}


def _tag(resource: Mapping[str, Any]) -> str | None:
    """By what a file is told to be another; None: it lies where the portal does not see it."""
    if _text(resource, "url_type") != "upload":
        return None
    parts = [_text(resource, name) for name in ("hash", "last_modified", "size", "url")]
    return "|".join(parts) if any(parts[:2]) else None


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value.strip() if isinstance(value, str) else ""


def _no_dataset(place: Address, name: str) -> DoumenError:
    return NotFound(
        msg("The portal has no dataset `{name}`.", name=name),
        next=msg("See `doumen source discover`, or the address of the dataset in the portal."),
        detail="files",
    )
