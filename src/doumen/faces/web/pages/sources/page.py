"""The pages of sources: all of them with the kinds that there are, and one with its streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.model.message import msg, plain

RUN = "source run"
JOBS, SHOWN = 500, 10
"""Jobs that are looked through for runs of a source, and runs that are shown."""


def listing(visit: Visit) -> View:
    """The sources, when each was read and is read next, and the kinds that one may describe."""
    schedules = _schedules(visit)
    body = {
        "sources": [
            {
                **{name: one[name] for name in ("source", "kind", "paused", "last")},
                "streams": len(one["streams"]),
                "next": _next(schedules, one["source"]),
                "ran": _ended(schedules, one["source"]),
            }
            for one in visit.do("source list")["sources"]
        ],
        "kinds": visit.do("source kinds")["kinds"],
        "may": {"own": visit.actor.is_owner},
    }
    return View(msg("Sources"), body)


def one(visit: Visit) -> View:
    """One source: its streams and how far they are read, its schedules and its runs."""
    name = visit.path["source"]
    told = visit.do("source show", name=name)
    runs = [
        {key: job[key] for key in ("job", "state", "cancelling", "created", "finished", "schedule")}
        for job in visit.do("job list", limit=JOBS)["jobs"]
        if job["operation"] == RUN and job["inputs"].get("name") in {None, name} and job["inputs"]
    ]
    body = {
        "source": told,
        "schedules": [one for one in _schedules(visit) if _of(one, name)],
        "runs": runs[:SHOWN],
        "may": {"own": visit.actor.is_owner},
    }
    return View(plain(name), body, (Crumb(msg("Sources"), "/sources"),))


def _schedules(visit: Visit) -> list[Mapping[str, Any]]:
    told = visit.attempt("schedule list")
    return [] if told is None else [one for one in told["schedules"] if one["operation"] == RUN]


def _of(schedule: Mapping[str, Any], source: str) -> bool:
    """Whether a schedule runs a source: it names it, or none at all."""
    return schedule["inputs"].get("name") in {None, source}


def _next(schedules: list[Mapping[str, Any]], source: str) -> str | None:
    times = [one["next"] for one in schedules if _of(one, source) and one["next"]]
    return min(times, default=None)


def _ended(schedules: list[Mapping[str, Any]], source: str) -> str | None:
    """How the last run of its schedules ended; None: there was none."""
    last = [one["last"] for one in schedules if _of(one, source) and one["last"]]
    found = max(last, key=lambda each: str(each.get("finished") or ""), default=None)
    return None if found is None else found.get("state")


def _pause(visit: Visit) -> Done:
    return _done(visit, "source pause")


def _resume(visit: Visit) -> Done:
    return _done(visit, "source resume")


def _done(visit: Visit, words: str) -> Done:
    name = visit.path["source"]
    return Done(f"/sources/{name}", visit.outcome(words, name=name).said)


def _remove(visit: Visit) -> Done:
    return Done("/sources", visit.outcome("source remove", name=visit.path["source"]).said)


def _run(visit: Visit) -> Done:
    """Queue a run by one of its schedules."""
    made = visit.do("schedule run-now", name=visit.needed("schedule"))
    return Done(f"/jobs/{made['job']}")


PAGES = (
    Page("/sources", "sources/sources.html", listing, "collect"),
    Page(
        "/sources/{source}",
        "sources/source.html",
        one,
        "collect",
        actions={"pause": _pause, "resume": _resume, "remove": _remove, "run": _run},
    ),
)
