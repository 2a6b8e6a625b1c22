"""The vocabulary of the node: terms, data elements and code lists, and the columns they explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.faces.web.page.draw import url
from doumen.model.errors import NotFound
from doumen.model.message import msg, plain

STEP = 100
CODES = 200
"""Codes of a list that are shown."""
KINDS: Mapping[str, str] = {"term": "terms", "element": "elements", "codelist": "codelists"}
"""Kind → the name of its list in the JSON of its verb."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "term": ("name_en", "name_zh", "definition_en", "definition_zh", "steward", "source"),
    "element": ("name_en", "name_zh", "definition_en", "definition_zh", "object_class", "property",
                "representation", "datatype", "unit", "steward", "source"),
}  # fmt: skip
"""Fields of the form of each kind; the verb has more."""


def view(visit: Visit) -> View:
    """The list of one kind; where a dataset is named, what its columns mean."""
    kind = visit.choice("tab", tuple(KINDS))
    listed = visit.do(f"{kind} list")[KINDS[kind]]
    wanted = visit.asked("q").casefold()
    found = [one for one in listed if wanted in _text(one)]
    offset = min(visit.number("offset", 0), max(0, (len(found) - 1) // STEP * STEP))
    dataset = visit.asked("dataset")
    body = {
        "tab": kind,
        "q": visit.asked("q"),
        "things": found[offset : offset + STEP],
        "total": len(found),
        "offset": offset,
        "step": STEP,
        "dataset": dataset,
        "columns": visit.do("meaning show", dataset=dataset)["columns"] if dataset else None,
        "datasets": [one["dataset"] for one in visit.do("dataset list")["datasets"]],
        "proposals": _waiting(visit),
        "may": {"govern": visit.actor.governs},
        "fields": FIELDS.get(kind, ()),
        "keys": _keys(visit) if dataset and visit.actor.governs else None,
    }
    return View(msg("Meaning"), body)


def _text(one: Mapping[str, Any]) -> str:
    names = one.get("names") or one.get("title") or {}
    return f"{one['key']} {' '.join(names.values())}".casefold()


def _waiting(visit: Visit) -> int:
    """Proposals of meaning that the visitor may settle."""
    return visit.do("proposal list", kind="link", limit=1)["count"] if visit.actor.governs else 0


def _keys(visit: Visit) -> dict[str, list[str]]:
    """Keys that a column can be linked to."""
    return {
        kind: [one["key"] for one in visit.do(f"{kind} list")[name]] for kind, name in KINDS.items()
    }


def one(visit: Visit) -> View:
    """One thing of the vocabulary, and what refers to it."""
    kind, key = _kind(visit), visit.path["key"]
    more = {"limit": CODES} if kind == "codelist" else {}
    told = visit.do(f"{kind} show", key=key, **more)
    body = {
        "kind": kind,
        "key": key,
        "thing": told,
        "fields": FIELDS.get(kind, ()),
        "may": {"govern": visit.actor.governs},
    }
    crumbs = (
        Crumb(msg("Govern"), "/govern"),
        Crumb(msg("Meaning"), f"/govern/meaning?tab={kind}"),
    )
    return View(plain(key), body, crumbs)


def _kind(visit: Visit) -> str:
    kind = visit.path["kind"]
    if kind not in KINDS:
        raise NotFound(
            msg("The vocabulary has no `{kind}`.", kind=kind),
            next=msg("It has terms, data elements and code lists."),
            detail="meaning",
        )
    return kind


def _set(visit: Visit) -> Done:
    """Say what a term or a data element is, or say it anew."""
    kind = visit.one_of("kind", tuple(FIELDS))
    key = visit.needed("key")
    given = {name: visit.given(name) for name in FIELDS[kind] if name in visit.form}
    if visit.path.get("key") is None:
        given = {name: value for name, value in given.items() if value}
    done = visit.outcome(f"{kind} set", key=key, **given)
    return Done(f"/govern/meaning/{kind}/{key}", done.said)


def _remove(visit: Visit) -> Done:
    kind = _kind(visit)
    done = visit.outcome(f"{kind} remove", key=visit.path["key"])
    return Done(f"/govern/meaning?tab={kind}", done.said)


def _link(visit: Visit) -> Done:
    """Say what a column means, or take all of it off."""
    dataset = visit.needed("dataset")
    keys = {kind: visit.given(kind) for kind in KINDS if visit.given(kind)}
    column = f"{dataset}.{visit.needed('column')}"
    done = visit.outcome("meaning link", column=column, remove=not keys, **keys)
    return Done(f"/govern/meaning?dataset={dataset}", done.said)


def _propose(visit: Visit) -> Done:
    """Have the meanings of columns proposed; they wait in the inbox."""
    dataset = visit.needed("dataset")
    done = visit.outcome("meaning propose", dataset=dataset)
    return Done(url("/govern", kind="link", dataset=dataset), done.said)


PAGES = (
    Page("/govern/meaning", "govern/meaning.html", view, "govern",
         actions={"set": _set, "link": _link, "propose": _propose}),
    Page("/govern/meaning/{kind}/{key}", "govern/thing.html", one, "govern",
         actions={"set": _set, "remove": _remove}),
)  # fmt: skip
