"""The catalogue of another participant: asked for, page by page, and read as far as we understand.

What others write may say more than our terms can: such an offer is listed, and not understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.standards import dsp, odrl
from doumen.kits.standards.dsp.catalog import (
    Catalog,
    CatalogError,
    CatalogRequestMessage,
    Dataset,
)
from doumen.kits.standards.dsp.messages import MAX_CATALOG
from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Unavailable
from doumen.model.message import msg, plain
from doumen.model.participant import Participant
from doumen.model.terms import Terms
from doumen.rooms.exchange.catalogue import (
    DESCRIPTION,
    NEXT,
    PREVIEW,
    SCHEMA,
    TITLE,
    page_filter,
)

PAGES = 250
"""Pages that are followed; what is left then is not told."""
_REQUEST = next(route for route in dsp.ROUTES if route.takes is CatalogRequestMessage)
_DATASET = next(route for route in dsp.ROUTES if route.answers is Dataset)


@dataclass(frozen=True, slots=True)
class Found:
    """An offer of another participant.

    Attributes:
        uid: Its IRI.
        dataset: What it is for, as the catalogue has it.
        terms: None: they say what ours cannot say.
        policy: The offer as it came.
    """

    uid: str
    dataset: Dataset
    terms: Terms | None
    policy: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What it is called; empty where that is not told."""
        return _text(self.dataset.extra.get(TITLE))

    @property
    def description(self) -> str:
        """What it is at more length; empty where that is not told."""
        return _text(self.dataset.extra.get(DESCRIPTION))


def offers(desk: Desk, at: Participant) -> Iterator[Found]:
    """The offers of a participant that are open to this node, as they come.

    Raises:
        Unavailable, Refused, Tampered: as a request to another node does.
        Faulty: what came is no catalogue of this participant.
    """
    token: str | None = None
    for _ in range(PAGES):
        catalog = page(desk, at, token)
        for dataset in catalog.dataset or ():
            for policy in dataset.has_policy:
                yield Found(str(policy["@id"]), dataset, _terms(policy, dataset, at), policy)
        following = catalog.extra.get(NEXT)
        if not isinstance(following, str) or following == token:
            return
        token = following


def page(desk: Desk, at: Participant, token: str | None = None) -> Catalog:
    """A page of the catalogue of a participant: the first, or that of a token.

    Raises:
        As `offers`.
    """
    message = CatalogRequestMessage(page_filter(token))
    heard = desk.call(at.id, _REQUEST.method, _REQUEST.path, dsp.write(message), most=MAX_CATALOG)
    catalog: Catalog = _answer(heard.status, heard.body, at, Catalog)
    if catalog.participant_id != at.id:
        raise _faulty(at)
    return catalog


def offer(desk: Desk, at: Participant, id: str) -> Found:
    """One offer of a participant, with all that is told of its dataset.

    Args:
        desk: The open gate.
        at: Whose.
        id: Its IRI, or the last part of it.

    Raises:
        NotFound: there is none that is open to this node. Else as `offers`.
    """
    for one in offers(desk, at):
        if id == one.uid or id.casefold() == one.uid.rpartition(":")[2]:
            break
    else:
        raise NotFound(
            msg("`{name}` offers nothing of this id to this node: `{id}`.", name=at.alias, id=id),
            next=msg("`doumen offer list --at {name}` shows what there is.", name=at.alias),
            detail="offer",
        )
    heard = desk.call(at.id, _DATASET.method, _DATASET.filled(id=one.dataset.id))
    dataset: Dataset = _answer(heard.status, heard.body, at, Dataset)
    for policy in dataset.has_policy:
        if policy["@id"] == one.uid:
            return Found(one.uid, dataset, _terms(policy, dataset, at), policy)
    raise _faulty(at)


def columns(dataset: Dataset) -> Iterator[tuple[str, str, str, str]]:
    """Dataset, name, type and description of each column that is told of a product of Doumen."""
    for one in _literal(dataset, SCHEMA):
        if isinstance(one, Mapping) and isinstance(one.get("columns"), list):
            for column in one["columns"]:
                if isinstance(column, Mapping):
                    told = (column.get(key) for key in ("name", "type", "description"))
                    name, type, words = (t if isinstance(t, str) else "" for t in told)
                    yield str(one.get("dataset", "")), name, type, words


def preview(dataset: Dataset) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]] | None:
    """Names and rows of a preview; None: there is none."""
    told = _literal(dataset, PREVIEW)
    if not isinstance(told, Mapping):
        return None
    heads, rows = told.get("columns"), told.get("rows")
    if not isinstance(heads, list) or not isinstance(rows, list):
        return None
    names = tuple(str(one.get("name", "")) for one in heads if isinstance(one, Mapping))
    fitting = (tuple(row) for row in rows if isinstance(row, list) and len(row) == len(names))
    return names, tuple(fitting)


def _answer(status: int, body: bytes, at: Participant, kind: type[Any]) -> Any:
    if status == 200:
        try:
            return dsp.read(body, kind)
        except Invalid as error:
            raise _faulty(at, error) from None
    try:
        told = dsp.read(body, CatalogError)
        why = plain(f"{told.code or ''} {_text(list(told.reason or ()))}".strip())
    except Invalid:
        why = plain("")
    raise Unavailable(
        msg("`{name}` answers with status {status}.", name=at.alias, status=status),
        why=why or None,
        next=msg("Ask whoever runs that node whether this one is known there."),
        detail="peer",
    )


def _faulty(at: Participant, error: DoumenError | None = None) -> Faulty:
    return Faulty(
        msg("What `{name}` sent is no catalogue of theirs.", name=at.alias),
        why=error.why if error else msg("It names another participant, or another offer."),
        next=msg("Tell whoever runs that node."),
        detail="catalogue",
    )


def _terms(policy: Mapping[str, Any], dataset: Dataset, at: Participant) -> Terms | None:
    whole = {"@type": "Offer", "assigner": at.id, **policy, "target": dataset.id}
    try:
        offered = odrl.read_offer(whole)
    except Invalid:
        return None
    return offered.terms if offered.assigner == at.id else None


def _literal(dataset: Dataset, name: str) -> Any:
    """The value of a JSON literal; an empty list where there is none."""
    value = dataset.extra.get(name)
    return value.get("@value", []) if isinstance(value, Mapping) else []


def _text(value: Any) -> str:
    """A text of JSON-LD: as it stands, in a language, or the first of several."""
    if isinstance(value, list):
        return next((text for one in value if (text := _text(one))), "")
    if isinstance(value, Mapping):
        return _text(value.get("@value"))
    return value if isinstance(value, str) else ""
