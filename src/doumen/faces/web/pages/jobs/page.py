"""The pages of jobs: listed by state, and one with how far it is, what came of it, what it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Crumb, Done, Live, Page, View, Visit
from doumen.model.message import msg, plain
from doumen.model.queued import OVER, STATES

LISTED = 200


def listing(visit: Visit) -> View:
    """The latest jobs that the visitor may know, of one state or of all."""
    states = visit.query.get("state", ())
    chosen = next((one for one in STATES if one in states), "")
    told = visit.do("job list", state=(chosen,) if chosen else (), limit=LISTED)["jobs"]
    body = {
        "jobs": [_line(one) for one in told],
        "states": list(STATES),
        "chosen": chosen,
        "most": LISTED,
    }
    return View(msg("Jobs"), body)


def one(visit: Visit) -> View:
    """One job: what it is to do, how far it is, and what came of it."""
    told = visit.do("job show", job=visit.path["job"])
    own = told["actor"] == visit.actor.name
    over = told["state"] in OVER
    body = {
        "job": told,
        "subject": _subject(told),
        "over": over,
        "results": _results(told),
        "counts": _counts(told["outcome"] or {}),
        "may": {
            "cancel": not over and not told["cancelling"] and (own or visit.actor.is_owner),
            "retry": own and told["state"] in {"failed", "cancelled"},
        },
    }
    return View(plain(told["job"]), body, (Crumb(msg("Jobs"), "/jobs"),))


def _line(told: Mapping[str, Any]) -> dict[str, Any]:
    names = ("job", "operation", "state", "cancelling", "actor", "created", "progress", "schedule")
    return {**{name: told[name] for name in names}, "subject": _subject(told)}


def _subject(told: Mapping[str, Any]) -> str | None:
    """What a job is about, by its inputs; None: they do not say, or are another's."""
    inputs = told["inputs"]
    found = (inputs.get(name) for name in ("as_dataset", "dataset", "into", "name"))
    return next((str(one) for one in found if one), None)


def _results(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a job made: kind of page and name, each once."""
    outcome: Mapping[str, Any] = told["outcome"] or {}
    streams: Sequence[Mapping[str, Any]] = outcome.get("streams", ())
    datasets = [outcome.get("dataset"), *(one.get("dataset") for one in streams)]
    found = [{"kind": "dataset", "name": str(one)} for one in dict.fromkeys(datasets) if one]
    if told["operation"] == "quality score" and found:
        found.insert(0, {"kind": "score", "name": found[0]["name"]})
    if told["operation"] == "collect" and outcome.get("receipt"):
        found.insert(0, {"kind": "collected", "name": str(outcome["receipt"])})
    if outcome.get("quarantined") and found:
        found.append({"kind": "quarantine", "name": str(outcome["dataset"])})
    return found


def _counts(outcome: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Numbers of rows in an outcome, in the order in which they come about."""
    streams: Sequence[Mapping[str, Any]] = outcome.get("streams", ())
    names = ("rows_in", "replayed", "rows", "landed", "quarantined", "discarded", "remaining")
    found = []
    for name in names:
        values = [outcome.get(name), *(one.get(name) for one in streams)]
        numbers = [value for value in values if isinstance(value, int)]
        if numbers:
            found.append({"name": name, "rows": sum(numbers)})
    return found


def _cancel(visit: Visit) -> Done:
    id = visit.path["job"]
    done = visit.outcome("job cancel", job=id, reason=visit.given("reason") or None)
    return Done(f"/jobs/{id}", done.said)


def _retry(visit: Visit) -> Done:
    made = visit.do("job retry", job=visit.path["job"], reason=visit.needed("reason"))
    return Done(f"/jobs/{made['job']}", (msg("It is queued again, as a job of its own."),))


PAGES = (
    Page("/jobs", "jobs/jobs.html", listing, "collect"),
    Page(
        "/jobs/{job}",
        "jobs/job.html",
        one,
        "collect",
        actions={"cancel": _cancel, "retry": _retry},
        live=Live("jobs/progress.html", lambda body: bool(body["over"])),
    ),
)
