"""One product: its dictionary, its preview, questions to begin with, and the offers of it.

A product of this node is shown with all that its makers know; one of another participant as far
as their catalogue tells it. A form to change, publish and withdraw is for owner and steward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.faces.web.page.draw import numeric
from doumen.faces.web.pages.dataset.sample import quoted
from doumen.faces.web.pages.market.names import MARKET, last, names, rights, sentences
from doumen.faces.web.pages.market.offer import written
from doumen.faces.web.pages.market.shelf import offers_of
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Conflict, NotFound
from doumen.model.message import Message, msg, plain

TABS = ("dictionary", "preview", "queries", "offers", "change")


def view(visit: Visit) -> View:
    """The product, of this node or of the participant that `at` names."""
    at = visit.asked("at")
    return _theirs(visit, at) if at else _ours(visit)


def _ours(visit: Visit) -> View:
    told = visit.do("product show", name=visit.path["name"])
    tab = visit.choice("tab", TABS if visit.actor.governs else TABS[:-1])
    offers = offers_of(visit.do("offer list")["offers"], told["name"], names(visit))
    scores = {one["dataset"]: one["score"] for one in visit.do("quality scores")["scores"]}
    body: dict[str, Any] = {
        "own": True,
        "at": "",
        "may": rights(visit),
        "tab": tab,
        "product": {**told, "provider": visit.house.node.settings.name},
        "scores": {ref: scores.get(ref) for ref in (one["dataset"] for one in told["datasets"])},
        "offers": offers,
        "open": sum(one["state"] == "open" for one in offers),
        tab: _TABS[tab](visit, told),
    }
    return View(plain(told["title"]), body, (MARKET,))


def _theirs(visit: Visit, at: str) -> View:
    tab = visit.choice("tab", TABS[:-1])
    name = visit.path["name"]
    listed = visit.do("offer list", at=at)["offers"]
    offers = [{**one, "id": last(one["id"])} for one in listed if last(one["product"]) == name]
    if not offers:
        raise NotFound(
            msg("`{at}` offers no product `{name}` to this node.", at=at, name=name),
            next=msg("See what it offers: doumen offer list --at {at}", at=at),
            detail="product",
        )
    ids = [one["id"] for one in offers]
    chosen = visit.asked("offer") if visit.asked("offer") in ids else ids[0]
    shown = visit.do("offer show", id=chosen, at=at)
    datasets: dict[str, list[Any]] = {}
    for column in shown["columns"]:
        datasets.setdefault(column["dataset"], []).append(column)
    told = {
        "name": name,
        "title": shown["title"] or name,
        "description": shown["description"],
        "state": "published",
        "datasets": [{"dataset": ref, "rows": None, "columns": c} for ref, c in datasets.items()],
        "preview": shown["preview"],
    }
    body: dict[str, Any] = {
        "own": False,
        "at": at,
        "may": rights(visit),
        "tab": tab,
        "product": {**told, "provider": names(visit).get(shown["participant"], at)},
        "scores": {},
        "offers": offers,
        "open": len(offers),
        "chosen": {
            "id": chosen,
            "words": shown["words"],
            "understood": shown["understood"],
            "yaml": written(shown["terms"]) if shown["understood"] else "",
        },
        tab: _TABS[tab](visit, told),
    }
    crumbs = (MARKET, Crumb(msg("What others offer"), f"/market?tab=others&at={at}"))
    return View(plain(told["title"]), body, crumbs)


def _dictionary(visit: Visit, told: Mapping[str, Any]) -> Sequence[Any]:
    found: Sequence[Any] = told["datasets"]
    return found


def _preview(visit: Visit, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Rows and columns; another participant tells no types."""
    shown = told["preview"]
    if shown is None:
        return None
    columns = [one if isinstance(one, dict) else {"name": one, "type": ""}
               for one in shown["columns"]]  # fmt: skip
    return {**shown, "columns": columns}


def _queries(visit: Visit, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"what": what, "sql": sql}
        for one in told["datasets"]
        for what, sql in questions(one["dataset"], one["columns"])
    ]


def questions(dataset: str, columns: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Message, str]]:
    """Questions that somebody may begin with, made of names and types alone."""
    if not columns:
        return
    shown = ", ".join(quoted(one["name"]) for one in columns)
    yield (
        msg("Some rows of {dataset}", dataset=dataset),
        f"SELECT {shown}\nFROM {dataset}\nLIMIT 100",
    )
    texts = [one["name"] for one in columns if one["type"] == "VARCHAR"]
    numbers = [quoted(one["name"]) for one in columns if numeric(one["type"])]
    if texts:
        more = f", avg({numbers[-1]}) AS mean" if numbers else ""
        yield (
            msg("How often each {column} occurs in {dataset}", column=texts[0], dataset=dataset),
            f"SELECT {quoted(texts[0])}, count(*) AS rows{more}\nFROM {dataset}\nGROUP BY 1\n"
            "ORDER BY rows DESC",
        )


def _offers(visit: Visit, told: Mapping[str, Any]) -> list[Any]:
    """The open offers of a product of this node in words; of others the page shows one."""
    if visit.asked("at"):
        return []
    listed = [one for one in visit.do("offer list")["offers"] if one["product"] == told["name"]]
    return [{**one, **visit.do("offer show", id=one["id"])} for one in listed]


def _change(visit: Visit, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a form to change it begins with; the statement of its preview from the receipt."""
    receipt = (told["preview"] or {}).get("receipt")
    held = visit.attempt("receipt show", receipt=receipt) if receipt else None
    said = read_receipt(canonical(held).decode()).disclosed if held else {}
    return {"choice": choice(visit), "sql": said.get("statement", "")}


_TABS: Mapping[str, Callable[[Visit, Mapping[str, Any]], Any]] = {
    "dictionary": _dictionary,
    "preview": _preview,
    "queries": _queries,
    "offers": _offers,
    "change": _change,
}


def choice(visit: Visit) -> list[str]:
    """Datasets that a product may be made of."""
    return [one["dataset"] for one in visit.do("dataset list")["datasets"]]


def blank(visit: Visit) -> View:
    """A form for a new product."""
    body = {"may": rights(visit), "choice": choice(visit), "dataset": visit.asked("dataset")}
    return View(msg("New product"), body, (MARKET,))


def _create(visit: Visit) -> Done:
    """A new one; the verb would change what is there of that name."""
    name = visit.needed("name")
    if visit.attempt("product show", name=name) is not None:
        raise Conflict(
            msg("There is a product `{name}` already.", name=name),
            next=msg("Choose another name, or change that one on its page."),
            detail="product",
        )
    return _made(visit, name)


def _changed(visit: Visit) -> Done:
    return _made(visit, visit.path["name"])


def _made(visit: Visit, name: str) -> Done:
    done = visit.outcome(
        "product create",
        name=name,
        title=visit.needed("title"),
        description=visit.given("description"),
        dataset=visit.several("dataset"),
        preview=visit.given("preview") or None,
    )
    return Done(f"/market/products/{done.json['name']}", sentences(done.said))


def _publish(visit: Visit) -> Done:
    return _moved(visit, "product publish")


def _withdraw(visit: Visit) -> Done:
    return _moved(visit, "product withdraw")


def _moved(visit: Visit, verb: str) -> Done:
    done = visit.outcome(verb, name=visit.path["name"])
    return Done(f"/market/products/{done.json['name']}?tab=offers", sentences(done.said))


def _request(visit: Visit) -> Done:
    """Begin a negotiation; the token of the form says which one, so that it begins one only."""
    text = visit.given("terms")
    done = visit.outcome(
        "negotiation start",
        offer=visit.needed("offer"),
        at=visit.needed("at"),
        terms=visit.written("terms.yaml", text) if text else None,
        once=visit.needed("csrf"),
        wait=WAIT,
    )
    said = (msg("Your request is kept, and on its way."), *sentences(done.said))
    return Done(f"/market/negotiations/{done.json['negotiation']}", said)


WAIT = 3
"""Seconds that a page waits for the other side; then it tells how it stands."""
PAGES = (
    Page("/market/new", "market/new.html", blank, "market", actions={"create": _create}),
    Page(
        "/market/products/{name}",
        "market/product.html",
        view,
        "market",
        actions={
            "change": _changed,
            "publish": _publish,
            "withdraw": _withdraw,
            "request": _request,
        },
    ),
)
