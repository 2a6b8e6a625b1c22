"""The pages of the workbench: the editor, an answer, a saved question, names to complete."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from doumen.faces.web.page import Action, Crumb, Done, Page, Reply, View, Visit
from doumen.faces.web.pages.dataset.sample import rows_of
from doumen.faces.web.pages.work import asking
from doumen.kits.evidence import disclosure
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import NotFound
from doumen.model.message import msg, plain
from doumen.rooms.analyse import forms
from doumen.rooms.analyse.chart import propose
from doumen.rooms.analyse.forms import Form
from doumen.session.held import Held

STEP = 100
"""Rows of a page."""
HISTORY = 20
FORMS: Mapping[str, tuple[Form, str]] = {
    "csv": (forms.csv, "text/csv"),
    "json": (forms.document, "application/json"),
    "parquet": (forms.parquet, "application/vnd.apache.parquet"),
    "arrow": (forms.arrow_stream, "application/vnd.apache.arrow.stream"),
}
"""Forms that an answer is given out in, by the end of its name."""
_EMPTY: Mapping[str, Any] = {
    "sql": "", "params": [], "purpose": None, "agreement": [], "as_of": None, "question": None,
}  # fmt: skip
_CRUMB = (Crumb(msg("Workbench"), "/work"),)


def view(visit: Visit) -> View:
    """The editor, with what one may ask about and what one asked; begun as the address says."""
    dataset = visit.asked("dataset")
    asked = {
        **_EMPTY,
        "sql": _all_of(visit, dataset) if dataset else "",
        "agreement": [str(one) for one in visit.query.get("agreement", ()) if one],
    }
    return View(msg("Workbench"), _body(visit, asked))


def answer(visit: Visit) -> View:
    """The answer of a receipt, as long as it is held, and the question in the editor."""
    receipt = visit.path["receipt"]
    found = asking.shelf(visit).find(receipt)
    asked = _receipt_says(visit, receipt) if found is None else found.asked
    tab = visit.choice("tab", ("rows", "charts"))
    shown = {"receipt": receipt, "tab": tab, "held": found is not None}
    if found is not None:
        shown |= _rows(visit, found) | (_charts(found) if tab == "charts" else {})
    body = {**_body(visit, asked), "answer": shown}
    return View(msg("Answer"), body, _CRUMB)


def question(visit: Visit) -> View:
    """A saved question, with the receipts of the visitor's answers to it."""
    told = visit.do("question show", question=_key(visit))
    asked = {
        "sql": told["sql"],
        "params": [_typed(value) for value in told["parameters"]],
        "purpose": told["purpose"],
        "agreement": told["agreements"],
        "as_of": told["as_of"],
        "question": told["question"],
    }
    own = told["actor"] == visit.actor.name
    body = {**_body(visit, asked), "question": {**told, "own": own}}
    return View(plain(told["title"]), body, _CRUMB)


def names(visit: Visit) -> Reply:
    """What may be completed, as the editor reads it: datasets with their columns."""
    told = visit.do("dataset names")["datasets"]
    body = {
        dataset: [
            {"label": c["name"], "type": "property", "detail": c["type"], "info": c["title"] or ""}
            for c in columns
        ]
        for dataset, columns in told.items()
    }
    return Reply(json.dumps(body, ensure_ascii=False).encode(), "application/json")


def download(visit: Visit) -> Reply:
    """The answer of a receipt as a file, its receipt with it where the form has a place for it.

    Raises:
        NotFound: it is not held, or not all of it, or there is no such form.
    """
    receipt, wanted = visit.path["receipt"], visit.path["form"]
    found = asking.shelf(visit).find(receipt)
    if found is None or not found.complete or wanted not in FORMS:
        raise NotFound(
            msg("Answer `{receipt}` is not held here.", receipt=receipt),
            why=msg("Answers are held for a while, up to a size."),
            next=msg("Ask again, or take it by `doumen query -o FILE`."),
            detail="answer",
        )
    form, media = FORMS[wanted]
    file = io.BytesIO()
    found.written(form, file)
    return Reply(file.getvalue(), media, f"{receipt}.{wanted}")


def _body(visit: Visit, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What all pages of the workbench show; what a form held that went wrong goes first."""
    if visit.form:
        asked = {
            **asked,
            "sql": visit.given("sql"),
            "params": visit.given("params").splitlines(),
            "purpose": visit.given("purpose") or None,
            "agreement": [one for one in visit.several("agreement") if one],
            "as_of": visit.given("as_of") or None,
        }
    history = visit.do("question history", limit=HISTORY, before=visit.asked("before") or None)
    agreements = visit.attempt("agreement list") or {"agreements": []}
    return {
        "asked": {**asked, "purpose": asked["purpose"] or visit.purpose},
        "purposes": sorted(visit.actor.purposes) or _purposes(visit),
        "agreements": agreements["agreements"],
        "datasets": _tree(visit),
        "history": history,
        "questions": visit.do("question list")["questions"],
        "question": None,
        "answer": None,
        "explained": None,
        "title": visit.given("title"),
    }


def _purposes(visit: Visit) -> list[str]:
    """Purposes of the owner, who may ask for any."""
    return [one["name"] for one in visit.do("purpose list")["purposes"]] if (
        visit.actor.is_owner
    ) else []  # fmt: skip


def _tree(visit: Visit) -> list[dict[str, Any]]:
    """Domains with their datasets, and these with their columns."""
    domains: dict[str, list[dict[str, Any]]] = {}
    for name, columns in visit.do("dataset names")["datasets"].items():
        domains.setdefault(name.partition(".")[0], []).append({"name": name, "columns": columns})
    ordered = sorted(domains, key=lambda domain: (domain == "sys", domain))
    return [{"domain": domain, "datasets": domains[domain]} for domain in ordered]


def _all_of(visit: Visit, dataset: str) -> str:
    told = visit.do("describe", dataset=dataset)
    return f"{rows_of(told)}\nLIMIT 100"


def _rows(visit: Visit, found: Held) -> dict[str, Any]:
    """A page of rows, in the order that the address asks for."""
    wish = visit.asked("sort")
    digits = wish.removeprefix("-")
    place = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 6 else None
    if place is not None and not (place < len(found.schema) and found.sorts(place)):
        place = None
    offset, held = visit.number("offset", 0), found.table.num_rows
    down = wish.startswith("-")
    return {
        "columns": [
            {"name": c.name, "type": c.type, "sorts": found.sorts(at)}
            for at, c in enumerate(found.schema)
        ],
        "rows": found.page(offset, STEP, place, down=down),
        "total": found.rows,
        "shown": held,
        "complete": found.complete,
        "truncated": found.truncated,
        "expires": found.expires,
        "notices": list(found.notices),
        "sort": "" if place is None else f"{'-' if down else ''}{place}",
        "offset": offset,
        "step": STEP,
    }


def _charts(found: Held) -> dict[str, Any]:
    if not found.complete:
        reason = msg("The answer is too large to be drawn: aggregate first, such as by GROUP BY.")
        return {"charts": [], "reasons": [reason]}
    proposed = propose(found.schema, found.all(), count=found.rows)
    return {"charts": [one.as_json() for one in proposed.charts], "reasons": proposed.reasons}


def _receipt_says(visit: Visit, receipt: str) -> Mapping[str, Any]:
    """What was asked, of an answer that is not held any more."""
    held = read_receipt(canonical(visit.do("receipt show", receipt=receipt)).decode())
    sql, parameters, _ = disclosure.asked(held.disclosed)
    agreement = held.event["agreement"]
    return {
        **_EMPTY,
        "sql": sql,
        "params": [_typed(value) for value in parameters],
        "purpose": held.event["purpose"],
        "agreement": [agreement] if agreement else [],
    }


def _typed(value: Any) -> str:
    """A parameter as `scalar` reads it again."""
    return value if isinstance(value, str) and not _reads_otherwise(value) else canonical(
        value.isoformat() if hasattr(value, "isoformat") else value
    ).decode()  # fmt: skip


def _reads_otherwise(text: str) -> bool:
    """Whether a text must stand in quotes to be read as a text."""
    from doumen.rooms.analyse.query import scalar  # noqa: PLC0415 (seldom needed)

    return scalar(text) != text or "\n" in text


def _key(visit: Visit) -> str:
    return f"{visit.path['actor']}/{visit.path['id']}"


def _explaining(shown: Callable[[Visit], View]) -> Action:
    """The action that shows a page with what asking would do."""

    def explain(visit: Visit) -> View:
        found = shown(visit)
        return replace(found, body={**found.body, "explained": asking.explain(visit)})

    return explain


def _of_question(action: Callable[[Visit, str], Done]) -> Action:
    return lambda visit: action(visit, _key(visit))


_NEW: Mapping[str, Action] = {"ask": asking.ask, "save": asking.save}
PAGES = (
    Page("/work/names.json", "work/work.html", names, "work"),
    Page("/work", "work/work.html", view, "work", {**_NEW, "explain": _explaining(view)}),
    Page("/work/a/{receipt}/{form}", "work/work.html", download, "work"),
    Page("/work/a/{receipt}", "work/work.html", answer, "work",
         {**_NEW, "explain": _explaining(answer)}),
    Page(
        "/work/q/{actor}/{id}",
        "work/work.html",
        question,
        "work",
        {
            "ask": _of_question(asking.ask),
            "explain": _explaining(question),
            "save": _of_question(asking.save),
            "copy": asking.save,
            "share": _of_question(asking.share),
            "remove": _of_question(asking.remove),
        },
    ),
)  # fmt: skip
