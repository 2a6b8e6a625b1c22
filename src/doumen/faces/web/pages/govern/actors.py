"""Actors with roles, purposes and claims, and the list of purposes."""

from __future__ import annotations

import re

from doumen.faces.web.page import Done, Page, View, Visit
from doumen.model.message import msg

HERE = "/govern/actors"
CARRYING = ("owner", "steward", "auditor")
"""Roles that carry something by themselves."""


def view(visit: Visit) -> View:
    """The actors that the visitor may know, and all purposes."""
    role, wanted = visit.asked("role"), visit.asked("q").casefold()
    actors = visit.do("actor list")["actors"]
    body = {
        "actors": [
            one
            for one in actors
            if role in {"", *one["roles"]} and wanted in f"{one['name']} {one['participant']}"
        ],
        "total": len(actors),
        "roles": sorted({each for one in actors for each in one["roles"]} | set(CARRYING)),
        "chosen": {"role": role, "q": visit.asked("q")},
        "purposes": visit.do("purpose list")["purposes"],
        "may": {"own": visit.actor.is_owner, "govern": visit.actor.governs},
        "me": visit.actor.name,
    }
    return View(msg("Actors and purposes"), body)


def _add(visit: Visit) -> Done:
    """Add an actor, or give one more."""
    done = visit.outcome(
        "actor add",
        name=visit.needed("name"),
        role=_several(visit, "roles"),
        purpose=visit.several("purposes"),
        claim=_several(visit, "claims"),
        participant=visit.given("participant") or None,
    )
    return Done(HERE, done.said)


def _remove(visit: Visit) -> Done:
    done = visit.outcome("actor remove", name=visit.needed("name"))
    return Done(HERE, done.said)


def _purpose(visit: Visit) -> Done:
    done = visit.outcome(
        "purpose add", name=visit.needed("aim"), description=visit.given("description") or None
    )
    return Done(f"{HERE}#purposes", done.said)


def _several(visit: Visit, name: str) -> tuple[str, ...]:
    """Words with commas, blanks or line ends between them."""
    return tuple(filter(None, re.split(r"[\s,，、]+", visit.given(name))))


PAGES = (
    Page(HERE, "govern/actors.html", view, "govern",
         actions={"add": _add, "remove": _remove, "purpose": _purpose}),
)  # fmt: skip
