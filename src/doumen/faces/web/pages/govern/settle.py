"""What the forms of the inbox do: accept, edit or refuse proposals, check again, revoke a token.

After each of them the browser goes on to the item that stood next, in the same filters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from doumen.faces.web.page import Action, Done, Visit
from doumen.faces.web.page.draw import url
from doumen.model.errors import Invalid
from doumen.model.message import msg

_FILTERS = ("kind", "dataset", "least", "offset")
_PLACE = re.compile(r"[A-Za-z][\w-]{0,80}")


def _accept(visit: Visit) -> Done:
    """Accept one proposal, or all that were ticked."""
    done = visit.outcome("proposal accept", proposal=_chosen(visit), note=_note(visit))
    return Done(_on(visit), done.said)


def _refuse(visit: Visit) -> Done:
    done = visit.outcome("proposal refuse", proposal=_chosen(visit), note=_note(visit))
    return Done(_on(visit), done.said)


def _edit(visit: Visit) -> Done:
    """Accept another change in the place of the one proposed."""
    change = json.dumps(_change(visit), ensure_ascii=False)
    key = visit.needed("proposal")
    done = visit.outcome("proposal edit", proposal=key, change=change, note=_note(visit))
    return Done(_on(visit), done.said)


def _check(visit: Visit) -> Done:
    """Run the checks of a dataset again."""
    done = visit.outcome("contract test", dataset=visit.needed("of"))
    return Done(_on(visit), done.said)


def _revoke(visit: Visit) -> Done:
    done = visit.outcome("token revoke", id=visit.needed("token"))
    return Done(_on(visit), done.said)


def _chosen(visit: Visit) -> tuple[str, ...]:
    keys = visit.several("proposal")
    if not keys:
        raise Invalid(
            msg("No proposal is chosen."),
            next=msg("Tick those that you want to settle, and send the form again."),
            detail="form",
        )
    return keys


def _note(visit: Visit) -> str | None:
    return visit.given("note") or None


def _change(visit: Visit) -> Mapping[str, Any]:
    """The change that a person wants, of the fields that the form of its kind has."""
    if visit.given("labels"):
        return {"labels": [one.strip() for one in re.split(r"[,，、]", visit.given("labels"))]}
    if visit.given("to"):
        return {"to": visit.given("to"), "key": visit.needed("key")}
    if visit.given("field"):
        return {"set": [visit.given("field"), _read(visit.needed("value"))]}
    return {"quality": _read(visit.needed("quality"))}


def _read(text: str) -> Any:
    """A value as JSON, or the text itself where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _on(visit: Visit) -> str:
    """Where the browser goes on: the same list, at the item that was next."""
    place = visit.given("after")
    where = url("/govern", **{name: visit.asked(name) for name in _FILTERS})
    return f"{where}#{place if _PLACE.fullmatch(place) else 'inbox'}"


ACTIONS: Mapping[str, Action] = {
    "accept": _accept,
    "refuse": _refuse,
    "edit": _edit,
    "check": _check,
    "revoke": _revoke,
}
