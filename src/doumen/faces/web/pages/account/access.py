"""`/settings/access`: who may see a dataset, and what somebody may see, with the rules."""

from __future__ import annotations

from typing import Any

from doumen.faces.web.page import Crumb, Page, View, Visit
from doumen.model.message import msg


def _look(visit: Visit) -> View:
    """What the address asks for; of the visitor themself where it asks for nothing."""
    dataset, column = visit.asked("dataset"), visit.asked("column")
    actor, purpose = visit.asked("actor"), visit.asked("for")
    asked = {"purpose": purpose or None}
    found: dict[str, Any]
    if dataset:
        told = visit.do("who-can", dataset=dataset, column=column or None, **asked)
        found = {"of": "dataset", "rows": [{**one, "what": one["actor"]} for one in told["actors"]]}
    else:
        told = visit.do("what-can", actor=actor or visit.actor.name, **asked)
        rows = [{**one, "what": one["dataset"]} for one in told["datasets"]]
        found = {"of": "actor", "rows": rows}
    body = {
        **found,
        "dataset": dataset,
        "column": column,
        "actor": "" if dataset else told["actor"],
        "purpose": purpose,
        "datasets": [one["dataset"] for one in visit.do("dataset list")["datasets"]],
        "actors": _actors(visit),
        "purposes": [one["name"] for one in visit.do("purpose list")["purposes"]],
    }
    return View(msg("Access"), body, (Crumb(msg("Settings"), "/settings/account"),))


def _actors(visit: Visit) -> list[str]:
    if not visit.actor.governs:
        return [visit.actor.name]
    return [one["name"] for one in visit.do("actor list")["actors"]]


PAGES = (Page("/settings/access", "account/access.html", _look, "settings"),)
