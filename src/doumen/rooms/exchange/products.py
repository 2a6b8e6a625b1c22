"""Data products: datasets packaged to be offered, under a name, with words and maybe a preview."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.errors import Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.message import Message, msg, plain, sentence
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref
from doumen.rooms.exchange.packages import (
    DRAFT,
    OPEN,
    PUBLISHED,
    STATES,
    WITHDRAWN,
    check_changeable,
    columns_of,
    dataset_faults,
    held,
    open_offers,
    read_name,
    shut,
    text_faults,
)
from doumen.rooms.exchange.previews import preview as made_preview
from doumen.rooms.exchange.previews import same

_DONE: Mapping[str, Message] = {
    "added": msg("Added"),
    "changed": msg("Changed"),
    "unchanged": msg("Unchanged"),
}


def create(
    desk: Desk,
    name: str,
    *,
    title: str,
    description: str = "",
    dataset: Sequence[str] = (),
    preview: str | None = None,
) -> Outcome:
    """Package datasets; a product that is there already is changed to what is given now.

    Args:
        desk: The open gate.
        name: Of the product.
        title: One line.
        description: At more length.
        dataset: Names of datasets.
        preview: A statement whose rows are shown to whoever may see an offer.

    Raises:
        Invalid: a name, a text, a dataset or the preview does not fit; all faults at once.
        Conflict: its datasets would change while it is published or while offers need them.
        Refused: only owner and steward may.
    """
    key, facts = read_name(name), desk.facts()
    policy.may_amend(desk.actor, Fact("product", key, {}))
    _check(key, [*text_faults(title, description), *dataset_faults(dataset, facts)])
    refs = sorted({str(Ref.parse(one)) for one in dataset})
    before = facts.body("product", key)
    if before is not None:
        check_changeable(facts, key, before, refs)
    shown = None if preview is None else made_preview(desk, preview, refs)
    if before is not None and same(before["preview"], shown):
        shown = before["preview"]
    body = {
        "title": title,
        "description": description,
        "datasets": refs,
        "state": DRAFT if before is None else before["state"],
        "preview": shown,
    }
    done = "added" if before is None else "unchanged" if before == body else "changed"
    receipt = None if done == "unchanged" else _amend(desk, key, body, facts)
    return Outcome(
        json={
            "name": key,
            "done": done,
            "state": body["state"],
            "preview": None if shown is None else len(shown["rows"]),
            "receipt": receipt,
        },
        said=(
            msg("{done}: product `{name}`.", done=_DONE[done], name=key),
            *(_handed(key, shown) if done != "unchanged" else ()),
            *_evidence(receipt),
            msg("Next: doumen offer create {name} --terms FILE", name=key)
            if body["state"] == PUBLISHED
            else msg("Next: doumen product publish {name}", name=key),
        ),
    )


def show(desk: Desk, name: str) -> Outcome:
    """A product with its datasets, their columns, and its preview.

    Raises:
        NotFound: there is none of this name that the asker may know.
    """
    facts = desk.facts()
    key, body = held(facts, name)
    datasets = [
        {
            "dataset": ref,
            "rows": _count(facts, ref) if desk.actor.is_owner else None,
            "columns": columns_of(facts, Ref.parse(ref)),
        }
        for ref in body["datasets"]
    ]
    offers = [id for id, offer in facts.all("offer") if offer["product"] == key]
    told = {"name": key, **body, "datasets": datasets, "offers": offers}
    return Outcome(json=told, drawn=_drawn(told), said=_handed(key, body["preview"]))


def show_all(desk: Desk) -> Outcome:
    """The products that the asker may know."""
    facts = desk.facts()
    offers = Counter(o["product"] for _, o in facts.all("offer") if o["state"] == OPEN)
    listed = [
        {
            "name": key,
            "title": body["title"],
            "description": body["description"],
            "state": body["state"],
            "datasets": list(body["datasets"]),
            "offers": offers[key],
        }
        for key, body in facts.all("product")
    ]
    rows = tuple(
        (one["name"], one["title"], STATES[one["state"]], tuple(one["datasets"]), one["offers"])
        for one in listed
    )
    heads = (msg("product"), msg("title"), msg("state"), msg("datasets"), msg("open offers"))
    said = () if listed else (msg("There is no product that you may know of."),)
    return Outcome(json={"products": listed}, drawn=(Table(heads, rows),), said=said)


def publish(desk: Desk, name: str) -> Outcome:
    """Put a product into the catalogue: whoever an open offer of it is for sees it.

    Raises:
        NotFound: there is none of this name that the asker may know.
        Invalid: one of its datasets is gone, a draft or retired, or has no contract any more.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    key, body = held(facts, name)
    wrong = list(dataset_faults(body["datasets"], facts))
    wrong += shut(facts, body["datasets"], datetime.now(UTC).date())
    if wrong:
        raise Invalid(
            msg("Product `{name}` cannot be published.", name=key),
            why=sentence(wrong),
            next=msg("Make it anew: doumen product create {name}", name=key),
            detail="product",
        )
    receipt = _moved(desk, facts, key, body, PUBLISHED)
    return Outcome(
        json={"name": key, "state": PUBLISHED, "receipt": receipt},
        said=(
            msg("Product `{name}` is in the catalogue for whoever it is offered to.", name=key)
            if open_offers(facts, key)
            else msg("Product `{name}` is published; nobody sees it without an offer.", name=key),
            *_handed(key, body["preview"]),
            *_evidence(receipt),
            msg("Next: doumen offer create {name} --terms FILE", name=key),
        ),
    )


def withdraw(desk: Desk, name: str) -> Outcome:
    """Take a product and its offers out of the catalogue; agreements go on.

    Raises:
        NotFound: there is none of this name that the asker may know.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    key, body = held(facts, name)
    receipt = _moved(desk, facts, key, body, WITHDRAWN)
    return Outcome(
        json={"name": key, "state": WITHDRAWN, "receipt": receipt},
        said=(
            msg("Product `{name}` and its offers are in no catalogue any more.", name=key),
            msg("Agreements that were made go on."),
            *_evidence(receipt),
        ),
    )


def _check(key: str, wrong: Sequence[Message]) -> None:
    if wrong:
        raise Invalid(
            msg("Product `{name}` cannot be made.", name=key),
            why=sentence(wrong),
            next=msg("`doumen dataset list` shows the datasets."),
            detail="product",
        )


def _moved(desk: Desk, facts: Facts, key: str, body: Mapping[str, Any], state: str) -> str | None:
    """Put a product into a state; gives the id of the receipt, None where it is in it already."""
    policy.may_amend(desk.actor, Fact("product", key, body))
    return None if body["state"] == state else _amend(desk, key, {**body, "state": state}, facts)


def _amend(desk: Desk, key: str, body: Mapping[str, Any], facts: Facts) -> str:
    return desk.amend([Fact("product", key, body)], subject=f"product {key}", seen=facts)


def _handed(key: str, preview: Mapping[str, Any] | None) -> tuple[Message, ...]:
    if preview is None:
        return ()
    return (
        msg(
            "Attention: whoever may see an offer of `{name}` is handed the rows of its preview "
            "({count}), without any agreement.",
            name=key,
            count=len(preview["rows"]),
        ),
    )


def _evidence(receipt: str | None) -> tuple[Message, ...]:
    return () if receipt is None else (msg("Receipt {receipt}.", receipt=receipt),)


def _count(facts: Facts, ref: str) -> int:
    return sum(file["rows"] for file in (facts.dataset(Ref.parse(ref)) or {}).get("files", ()))


def _drawn(told: Mapping[str, Any]) -> tuple[Fields | Table, ...]:
    shown = told["preview"]
    pairs = (
        (msg("title"), told["title"]),
        (msg("description"), told["description"]),
        (msg("state"), STATES[told["state"]]),
        (msg("offers"), tuple(told["offers"])),
        (msg("rows of the preview"), len(shown["rows"]) if shown else msg("none")),
    )
    drawn: list[Fields | Table] = [
        Fields(tuple(p for p in pairs if p[1] not in ("", ())), title=plain(told["name"]))
    ]
    for one in told["datasets"]:
        rows = tuple((c["name"], c["type"], c["description"] or "") for c in one["columns"])
        title = (
            plain(one["dataset"])
            if one["rows"] is None
            else msg("{dataset}, rows: {rows:,}", dataset=one["dataset"], rows=one["rows"])
        )
        drawn.append(Table((msg("column"), msg("type"), msg("description")), rows, title))
    if shown:
        names = tuple(column["name"] for column in shown["columns"])
        cells = tuple(tuple(map(_cell, row)) for row in shown["rows"])
        drawn.append(Table(names, cells, msg("preview")))
    return tuple(drawn)


def _cell(value: Any) -> Any:
    """A JSON value for people."""
    if value is None:
        return "NULL"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict, bool)) else value
