"""The pages of schedules and alerts."""

from __future__ import annotations

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.model.message import msg, plain

_UP = (Crumb(msg("Schedules"), "/schedules"),)


def listing(visit: Visit) -> View:
    """All schedules and alerts, with what comes next and what is wrong."""
    body = {
        "schedules": visit.do("schedule list")["schedules"],
        "alerts": visit.do("alert list")["alerts"],
    }
    return View(msg("Schedules"), body)


def one(visit: Visit) -> View:
    """One schedule and its last runs."""
    name = visit.path["schedule"]
    told = visit.do("schedule show", name=name)
    return View(plain(name), {"schedule": told, "may": {"own": visit.actor.is_owner}}, _UP)


def alert(visit: Visit) -> View:
    """One alert: what is wrong now, and what it told."""
    name = visit.path["alert"]
    told = visit.do("alert show", name=name)
    return View(plain(name), {"alert": told, "may": {"own": visit.actor.is_owner}}, _UP)


def _pause(visit: Visit) -> Done:
    return _done(visit, "schedule pause")


def _resume(visit: Visit) -> Done:
    return _done(visit, "schedule resume")


def _done(visit: Visit, words: str) -> Done:
    name = visit.path["schedule"]
    return Done(f"/schedules/{name}", visit.outcome(words, name=name).said)


def _run(visit: Visit) -> Done:
    made = visit.do("schedule run-now", name=visit.path["schedule"])
    return Done(f"/jobs/{made['job']}")


def _remove(visit: Visit) -> Done:
    return Done("/schedules", visit.outcome("schedule remove", name=visit.path["schedule"]).said)


def _forget(visit: Visit) -> Done:
    return Done("/schedules", visit.outcome("alert remove", name=visit.path["alert"]).said)


PAGES = (
    Page("/schedules", "schedules/schedules.html", listing, "collect"),
    Page(
        "/schedules/{schedule}",
        "schedules/schedule.html",
        one,
        "collect",
        actions={"pause": _pause, "resume": _resume, "run": _run, "remove": _remove},
    ),
    Page(
        "/alerts/{alert}",
        "schedules/alert.html",
        alert,
        "collect",
        actions={"forget": _forget},
    ),
)
