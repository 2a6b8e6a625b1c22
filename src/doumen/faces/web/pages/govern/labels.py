"""Labels and grades: what carries which, where it comes from, and which rules speak of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Done, Page, View, Visit
from doumen.faces.web.page.draw import url
from doumen.model.message import msg

STEP = 100
COMMON = ("personal", "sensitive", "secret", "identifier", "core", "important", "general", "open")
"""Labels that the form offers beside those that are there."""
_FILTERS = ("dataset", "label", "origin", "offset")


def view(visit: Visit) -> View:
    """All places that carry a label and fit what the address asks for."""
    chosen = {name: visit.asked(name) for name in ("dataset", "label", "origin")}
    everything = visit.do("label list")["labels"]
    found = [one for one in everything if _fits(one, chosen)]
    offset = min(visit.number("offset", 0), max(0, (len(found) - 1) // STEP * STEP))
    speaking = _speaking(visit)
    shown = found[offset : offset + STEP]
    sources = _sources(visit, shown)
    body = {
        "places": [
            {
                **one,
                "rules": sorted({rule for label in one["labels"] for rule in
                                 speaking.get(label.casefold(), ())}),
                "from": sources.get((one["dataset"], one["column"]), []),
            }
            for one in shown
        ],
        "total": len(found),
        "offset": offset,
        "step": STEP,
        "chosen": chosen,
        "facets": {
            "dataset": _counted(everything, chosen, "dataset"),
            "label": _counted(everything, chosen, "label"),
            "origin": _counted(everything, chosen, "origin"),
        },
        "speaking": sorted(speaking.get(chosen["label"].casefold(), ())),
        "may": {"govern": visit.actor.governs},
        "known": _known(visit, everything) if visit.actor.governs else None,
    }  # fmt: skip
    return View(msg("Labels and grades"), body)


def _values(one: Mapping[str, Any], name: str) -> Sequence[str]:
    return one["labels"] if name == "label" else (one[name],)


def _fits(one: Mapping[str, Any], chosen: Mapping[str, str], but: str = "") -> bool:
    return all(
        name == but or not wanted or wanted in _values(one, name) for name, wanted in chosen.items()
    )


def _counted(
    places: Sequence[Mapping[str, Any]], chosen: Mapping[str, str], name: str
) -> list[dict[str, Any]]:
    counts = Counter(
        value for one in places if _fits(one, chosen, name) for value in _values(one, name)
    )
    return [{"value": value, "count": count} for value, count in sorted(counts.items())]


def _speaking(visit: Visit) -> dict[str, set[str]]:
    """Label, folded → ids of the rules on it, as far as the visitor is told."""
    found: dict[str, set[str]] = {}
    for one in visit.do("rule list")["rules"]:
        on = one.get("rule", {}).get("on")
        if isinstance(on, Mapping) and "label" in on:
            found.setdefault(str(on["label"]).casefold(), set()).add(one["id"])
    return found


def _sources(
    visit: Visit, places: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str | None], list[str]]:
    """What the columns that carry labels were made of."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for dataset in sorted({one["dataset"] for one in places}):
        told = visit.attempt("describe", dataset=dataset)
        if told is not None and told["derived"]:
            found[dataset, None] = told["sources"]
            found |= {(dataset, c["name"]): c["from"] for c in told["columns"]}
    return found


def _known(visit: Visit, places: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Names that the form offers; of columns those of the dataset that is chosen."""
    dataset = visit.asked("dataset")
    told = visit.attempt("describe", dataset=dataset) if dataset else None
    columns = [f"{dataset}.{c['name']}" for c in told["columns"]] if told else []
    datasets = [one["dataset"] for one in visit.do("dataset list")["datasets"]]
    return {
        "targets": [*columns, *datasets],
        "labels": sorted({*COMMON, *(label for one in places for label in one["labels"])}),
    }


def _set(visit: Visit) -> Done:
    return _change(visit, "label set")


def _remove(visit: Visit) -> Done:
    """A release; why is asked for."""
    visit.needed("reason")
    return _change(visit, "label remove")


def _change(visit: Visit, verb: str) -> Done:
    done = visit.outcome(
        verb,
        target=visit.needed("target"),
        label=visit.needed("label"),
        reason=visit.given("reason") or None,
    )
    where = url("/govern/labels", **{name: visit.asked(name) for name in _FILTERS})
    return Done(where, done.said)


PAGES = (
    Page("/govern/labels", "govern/labels.html", view, "govern",
         actions={"set": _set, "remove": _remove}),
)  # fmt: skip
