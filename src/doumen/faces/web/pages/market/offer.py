"""One offer: its terms in plain words beside the ODRL, who would see what more, and a new one.

An offer is never changed: a form makes another one, and the one before is withdrawn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.faces.web.pages.market import form
from doumen.faces.web.pages.market.names import (
    MARKET,
    last,
    names,
    participants,
    rights,
    sentences,
)
from doumen.kits import policy
from doumen.kits.policy.render import write_terms
from doumen.model.errors import DoumenError
from doumen.model.message import msg, plain

TABS = ("terms", "diff")
WAYS = ("form", "yaml")


def view(visit: Visit) -> View:
    """An offer of this node, or of the participant that `at` names."""
    at, id, tab = visit.asked("at"), visit.path["id"], visit.choice("tab", TABS)
    told = dict(visit.do("offer show", id=id, at=at or None))
    called = names(visit)
    product = last(told["product"])
    body: dict[str, Any] = {
        "own": not at,
        "at": at,
        "may": rights(visit),
        "tab": tab if visit.actor.governs else "terms",
        "offer": {
            **told,
            "id": last(told["id"]),
            "product": product,
            "to": [called.get(did, did) for did in (told.get("terms") or {}).get("to", ())],
            "state": told.get("state", "open"),
        },
        "document": None,
        "diff": None,
        "names": called,
    }
    if body["tab"] == "diff":
        body["diff"] = _diff(visit, id, at, told)
    elif at:
        body["document"] = told["policy"]
    else:
        body["document"] = visit.attempt("offer show", id=id, format="odrl")
    crumbs = [MARKET]
    if at:
        crumbs.append(Crumb(msg("What others offer"), f"/market?tab=others&at={at}"))
    here = f"/market/products/{product}" + (f"?at={at}" if at else "")
    return View(plain(body["offer"]["id"]), body, (*crumbs, Crumb(plain(product), here)))


def _diff(visit: Visit, id: str, at: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Who would see what more: at the provider for the participant that is chosen."""
    if at:
        return {"with": "", "choice": [], **difference(visit, offer=id, at=at)}
    to = told["terms"].get("to", ())
    choice = [one["alias"] for one in participants(visit) if not to or one["id"] in to]
    other = visit.asked("with") or (choice[0] if len(choice) == 1 else "")
    if not other:
        return {"with": "", "choice": choice, "found": None, "problem": None}
    return {
        "with": other,
        "choice": choice,
        **difference(visit, offer=id, participant=other),
    }


def difference(visit: Visit, **asked: Any) -> dict[str, Any]:
    """What the verb found, or why it could not say."""
    try:
        return {"found": visit.do("agreement diff", **asked), "problem": None}
    except DoumenError as error:
        return {"found": None, "problem": error.as_json()}


def _withdraw(visit: Visit) -> Done:
    id = visit.path["id"]
    done = visit.outcome("offer withdraw", id=id)
    return Done(f"/market/offers/{id}", sentences(done.said))


def blank(visit: Visit) -> View:
    """A form for a new offer of a product, begun from another one where the address names it."""
    told = visit.do("product show", name=visit.path["name"])
    listed = visit.do("offer list")["offers"]
    source = visit.asked("from")
    terms = visit.do("offer show", id=source)["terms"] if source else None
    wide = sum(len(one["columns"]) for one in told["datasets"]) > form.MOST
    lost = terms is not None and not form.fits(terms)
    way = "yaml" if wide or lost else visit.choice("way", WAYS)
    body: dict[str, Any] = {
        "may": rights(visit),
        "product": {key: told[key] for key in ("name", "title", "state")},
        "id": free([one["id"] for one in listed], told["name"]),
        "source": source,
        "way": way,
        "why": "wide" if wide else "lost" if lost else None,
        **fields(visit, told["datasets"], terms),
        "yaml": _example(visit, source, told["datasets"]),
    }
    crumbs = (MARKET, Crumb(plain(told["name"]), f"/market/products/{told['name']}"))
    return View(msg("New offer"), body, crumbs)


def fields(
    visit: Visit, datasets: list[Mapping[str, Any]], terms: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the form of terms shows: datasets with columns, purposes, participants, values."""
    told = []
    for one in datasets:
        known = visit.attempt("describe", dataset=one["dataset"]) or {"columns": ()}
        labels = {column["name"]: column["labels"] for column in known["columns"]}
        columns = [
            {**column, "labels": labels.get(column["name"], []), "ways": form.ways(column["type"])}
            for column in one["columns"]
        ]
        told.append({"dataset": one["dataset"], "columns": columns})
    held = _usual(told) if terms is None else form.values(terms)
    return {
        "datasets": told,
        "values": held,
        "purposes": [one["name"] for one in visit.do("purpose list")["purposes"]],
        "participants": [
            {"id": one["id"], "alias": one["alias"], "name": one["name"]}
            for one in participants(visit)
        ],
    }


def _usual(datasets: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What a new form begins with: every column that bears no label, as it is."""
    found: dict[str, list[str]] = {}
    for one in datasets:
        ref = one["dataset"]
        found[f"of:{ref}"] = ["some"]
        for column in one["columns"]:
            found[f"show:{ref}:{column['name']}"] = ["" if column["labels"] else form.PLAIN]
    return found


def free(taken: list[str], product: str) -> str:
    """An id that no offer has; it stands in the form, so that sent twice it makes one offer."""
    number = sum(one.startswith(f"{product}-") for one in taken) + 1
    while f"{product}-{number}" in taken:
        number += 1
    return f"{product}-{number}"


def _example(visit: Visit, source: str, datasets: list[Mapping[str, Any]]) -> str:
    """Terms to begin with: those of another offer, or of all datasets."""
    if source:
        return written(visit.do("offer show", id=source)["terms"])
    columns = {one["dataset"]: {"columns": [c["name"] for c in one["columns"]]}
               for one in datasets}  # fmt: skip
    return written({"datasets": columns, "quota": {"queries": 1000}})


def written(terms: Mapping[str, Any]) -> str:
    """Terms as YAML; what cannot be read as terms as JSON, which YAML contains."""
    try:
        return write_terms(policy.terms_from_json(terms))
    except DoumenError:
        return json.dumps(terms, ensure_ascii=False, indent=2)


def given(visit: Visit) -> str:
    """The terms that a form says: its text, or the document of its fields."""
    text = visit.given("yaml")
    return text or json.dumps(form.document(visit.form), ensure_ascii=False)


def _create(visit: Visit) -> Done:
    done = visit.outcome(
        "offer create",
        product=visit.path["name"],
        terms=visit.written("terms.yaml", given(visit)),
        id=visit.given("id") or None,
    )
    return Done(f"/market/offers/{done.json['id']}", sentences(done.said))


PAGES = (
    Page(
        "/market/offers/{id}",
        "market/offer.html",
        view,
        "market",
        actions={"withdraw": _withdraw},
    ),
    Page(
        "/market/products/{name}/offer",
        "market/offer_new.html",
        blank,
        "market",
        actions={"create": _create},
    ),
)
