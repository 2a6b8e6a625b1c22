"""What the forms of the workbench do: ask, explain, save, share, remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from doumen.faces.web.page import Done, Visit
from doumen.model.operation import Outcome
from doumen.session.held import Shelf

Asked = Mapping[str, Any]


def wished(visit: Visit) -> Asked:
    """What the form of the editor holds.

    Raises:
        Invalid: there is no statement in it.
    """
    return {
        "sql": visit.needed("sql"),
        "params": [line for line in visit.given("params").splitlines() if line.strip()],
        "purpose": visit.given("purpose") or None,
        "agreement": [one for one in visit.several("agreement") if one],
        "as_of": visit.given("as_of") or None,
    }


def aiming(visit: Visit, purpose: str | None) -> Visit:
    """The visit for a purpose; the gate refuses one that is not the visitor's."""
    assert visit.bearer is not None
    if purpose == visit.purpose:
        return visit
    session = visit.house.node.session(visit.bearer.actor, purpose)
    return replace(visit, session=session, purpose=purpose)


def shelf(visit: Visit) -> Shelf:
    """The answers that are held for the visitor."""
    return Shelf(visit.house.node.directory, visit.actor.name)


def ask(visit: Visit, key: str | None = None) -> Done:
    """Ask what the form holds; the answer is shown at the address of its receipt.

    Args:
        visit: The visit.
        key: The saved question whose page it is; where its text was not changed, it is asked.
    """
    asked = wished(visit)
    there = aiming(visit, asked["purpose"])
    told = _run(there, asked, key)
    shelf(visit).keep(told, told["rows"].batches(), {**asked, "question": told.get("question")})
    return Done(f"/work/a/{told['receipt']}")


def _run(visit: Visit, asked: Asked, key: str | None) -> Mapping[str, Any]:
    params = tuple(asked["params"])
    if key is not None:
        saved = visit.do("question show", question=key)
        same = all(
            saved[name] == asked[wish]
            for name, wish in (("sql", "sql"), ("agreements", "agreement"), ("as_of", "as_of"))
        )
        if same:
            return visit.do("question run", question=key, param=params)
    return visit.do(
        "query", sql=asked["sql"], param=params, agreement=tuple(asked["agreement"]),
        as_of=asked["as_of"],
    )  # fmt: skip


def explain(visit: Visit) -> Mapping[str, Any]:
    """What asking would do: nothing is run, paid or recorded."""
    asked = wished(visit)
    return aiming(visit, asked["purpose"]).do(
        "query", sql=asked["sql"], param=tuple(asked["params"]),
        agreement=tuple(asked["agreement"]), as_of=asked["as_of"], explain=True,
    )  # fmt: skip


def save(visit: Visit, key: str | None = None) -> Done:
    """Save what the form holds, in the place of a question where its page is shown."""
    asked = wished(visit)
    chart = visit.given("chart")
    done = aiming(visit, asked["purpose"]).outcome(
        "question save", sql=asked["sql"], title=visit.needed("title"), id=key,
        param=tuple(asked["params"]), agreement=tuple(asked["agreement"]), as_of=asked["as_of"],
        chart=int(chart) if chart.isdecimal() and len(chart) < 4 else None,
    )  # fmt: skip
    return Done(address(str(done.json["question"])), done.said[:1])


def share(visit: Visit, key: str) -> Done:
    """Share the text of a question with roles, with everyone, or with nobody."""
    roles = tuple(visit.given("roles").replace(",", " ").split())
    everyone = visit.given("everyone") == "1"
    done = visit.outcome("question share", question=key, role=roles, everyone=everyone)
    return Done(address(key), done.said)


def remove(visit: Visit, key: str) -> Done:
    """Remove a question and erase its text."""
    done: Outcome = visit.outcome("question remove", question=key)
    return Done("/work", done.said)


def address(key: str) -> str:
    """The permalink of a question."""
    return f"/work/q/{quote(key, safe='/')}"
