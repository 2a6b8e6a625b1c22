"""One access rule: what it does, a form to change it, and what others would see by that."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.faces.web.pages.govern import compose
from doumen.faces.web.pages.govern.rules import shown
from doumen.model.message import msg, plain
from doumen.model.operation import Text

_CRUMBS = (Crumb(msg("Govern"), "/govern"), Crumb(msg("Access rules"), "/govern/rules"))


def view(visit: Visit) -> View:
    """A rule that is there, or the form for a new one."""
    return _view(visit, None)


def _view(visit: Visit, preview: Mapping[str, Any] | None) -> View:
    id = visit.path.get("id")
    told = None if id is None else shown(visit, visit.do("rule explain", id=id))
    governs = visit.actor.governs
    rule = None if told is None else told.get("rule")
    body: dict[str, Any] = {
        "rule": told,
        "may": {"govern": governs},
        "yaml": _yaml(visit, str(id)) if governs and rule else "",
        "fields": ({} if told is None else compose.fields(rule or {}))
        if governs and rule != {}
        else None,
        "known": _known(visit) if governs else None,
        "masks": compose.MASKS,
        "methods": compose.METHODS,
        "preview": preview,
        "writing": bool(visit.given("yaml")),
    }
    return View(msg("New access rule") if id is None else plain(id), body, _CRUMBS)


def _yaml(visit: Visit, id: str) -> str:
    """The rule as text."""
    (drawn,) = visit.outcome("rule export", id=(id,), format="yaml").drawn
    return drawn.text if isinstance(drawn, Text) else ""


def _known(visit: Visit) -> dict[str, Any]:
    """Names that the form offers."""
    datasets = [one["dataset"] for one in visit.do("dataset list")["datasets"]]
    actors = visit.do("actor list")["actors"]
    labels = visit.do("label list")["labels"]
    return {
        "datasets": datasets,
        "actors": [{"name": one["name"], "purposes": one["purposes"]} for one in actors],
        "roles": sorted({role for one in actors for role in one["roles"]} - {"owner"}),
        "purposes": [one["name"] for one in visit.do("purpose list")["purposes"]],
        "labels": sorted({label for one in labels for label in one["labels"]}),
    }


def _preview(visit: Visit) -> View:
    """Show what somebody would see; nothing is changed."""
    seer = visit.needed("seer")
    kind, _, name = seer.partition(":")
    who = {"actor": name} if kind == "actor" else {"role": (name,)}
    told = visit.do(
        "rule preview",
        dataset=visit.needed("dataset"),
        rules=_file(visit),
        purpose=visit.given("purpose") or None,
        **who,
    )
    return _view(visit, told)


def _save(visit: Visit) -> Done:
    """Add the rule, or put it in the place of the one that was seen."""
    done = visit.outcome("rule add", file=_file(visit), seen=visit.given("seen") or None)
    ids = [*done.json["added"], *done.json["changed"], *done.json["unchanged"]]
    where = f"/govern/rules/{ids[0]}" if len(ids) == 1 else "/govern/rules"
    return Done(where, done.said)


def _remove(visit: Visit) -> Done:
    done = visit.outcome("rule remove", id=visit.path["id"], seen=visit.given("seen") or None)
    return Done("/govern/rules", done.said)


def _file(visit: Visit) -> Path:
    """The document of the form, as the file that verbs read."""
    assert visit.folder is not None
    text = compose.document(visit).encode()
    return visit.folder.keep(UploadFile(io.BytesIO(text), filename="rules.yaml"))


PAGES = (
    Page("/govern/rule", "govern/rule.html", view, "govern",
         actions={"preview": _preview, "save": _save}),
    Page("/govern/rules/{id}", "govern/rule.html", view, "govern",
         actions={"preview": _preview, "save": _save, "remove": _remove}),
)  # fmt: skip
