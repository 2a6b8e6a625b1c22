"""The wizard of collecting, and what came of one collection.

What a visitor chose stands in the address, and the file they sent waits in the spool of the node:
so every step can be left and come back to, and works without script.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.faces.web.pages.collect.reading import (
    DELIMITERS,
    ENCODINGS,
    asked,
    options,
    suggested,
)
from doumen.model.errors import DoumenError, Invalid, NotFound
from doumen.model.load import Reason
from doumen.model.message import msg, plain
from doumen.rooms.collect.quarantine import words
from doumen.session.spool import Waiting

ROWS = 8
"""Rows of a preview."""
SMALL = 64 << 20
"""Bytes of a file for which it is counted beforehand what would land."""
MODES = ("new", "append", "replace")
FORMATS = ("CSV", "TSV", "JSON", "NDJSON", "Excel", "ODS", "Parquet", "ZIP", "gzip")


def view(visit: Visit) -> View:
    """The step that the address names: choosing a file, or looking at the one that was sent."""
    if not visit.actor.is_owner:
        return View(msg("Add data"), {"may": False, "step": "pick"})
    if visit.asked("upload"):
        return _look(visit)
    sources = visit.do("source list")["sources"]
    body = {
        "may": True,
        "step": "pick",
        "waiting": [_told(one) for one in visit.door.waiting()],
        "sources": [{"source": one["source"], "kind": one["kind"]} for one in sources],
        "formats": list(FORMATS),
        "most": visit.house.terms.upload,
    }
    return View(msg("Add data"), body)


def _look(visit: Visit) -> View:
    """What was sent, as it would be read, and the form that names it."""
    held = visit.door.one_waiting(visit.asked("upload"))
    wishes = asked(visit)
    listed = [one["dataset"] for one in visit.do("dataset list")["datasets"]]
    domain, name = suggested(held.path.name, listed)
    body: dict[str, Any] = {
        "may": True,
        "step": "look",
        "upload": _told(held),
        "wishes": wishes,
        "encodings": list(ENCODINGS),
        "delimiters": list(DELIMITERS),
        "address": _address(held.id, wishes),
        "suggested": {"domain": domain, "name": name},
        "domains": sorted({one.partition(".")[0] for one in listed}),
        "counted": held.size <= SMALL,
        "preview": None,
        "problem": None,
    }
    try:
        told = visit.do(
            "preview", path=held.path, rows=ROWS, quick=held.size > SMALL, **options(wishes)
        )
        body["preview"] = visit.door.hide(told)
    except DoumenError as error:
        body["problem"] = visit.door.hide(error.as_json())
    return View(plain(held.path.name), body, (Crumb(msg("Add data"), "/collect"),))


def _address(upload: str, wishes: Mapping[str, str]) -> str:
    """Where a file is looked at as it is wished to be read."""
    given = {name: value for name, value in wishes.items() if value}
    return f"/collect?{urlencode({'upload': upload, **given})}"


def _told(held: Waiting) -> dict[str, Any]:
    sent = datetime.fromtimestamp(held.sent, UTC).isoformat(timespec="seconds")
    return {"id": held.id, "name": held.path.name, "size": held.size, "sent": sent}


def _send(visit: Visit) -> Done:
    """Keep a file that was sent, and look at it."""
    file = visit.file("file")
    if file is None or not file.stat().st_size:
        raise Invalid(
            msg("No file was chosen, or it is empty."),
            next=msg("Choose a file, then press the button again."),
            detail="file",
        )
    return Done(f"/collect?upload={visit.door.keep(file).id}")


def _drop(visit: Visit) -> Done:
    visit.door.let_go(visit.needed("upload"))
    return Done("/collect", (msg("The file is removed; nothing of it is kept."),))


def _land(visit: Visit) -> Done:
    """Collect the file, and show what came of it."""
    held = visit.door.one_waiting(visit.asked("upload"))
    params = _params(visit)
    try:
        done = visit.outcome("collect", path=held.path, **params)
    except DoumenError as error:
        error.what, error.why, error.next = map(
            visit.door.hide, (error.what, error.why, error.next)
        )
        raise
    visit.door.let_go(held.id)
    again = msg("The dataset holds this content already: nothing changed.")
    return Done(f"/collect/{done.json['receipt']}", (again,) if done.json["unchanged"] else ())


def _queue(visit: Visit) -> Done:
    """Let a worker collect it."""
    held = visit.door.one_waiting(visit.asked("upload"))
    token = None if visit.bearer is None else visit.bearer.token
    job = visit.door.submit("collect", token=token, path=held.path, **_params(visit))
    visit.door.let_go(held.id)
    return Done(f"/jobs/{job.json['job']}")


def _params(visit: Visit) -> dict[str, Any]:
    """The inputs of the collection that the form describes."""
    mode = visit.one_of("mode", MODES) if visit.given("mode") else "new"
    return {
        "as_dataset": f"{visit.needed('domain')}.{visit.needed('name')}",
        "title": visit.given("title") or None,
        "description": visit.given("description") or None,
        "append": mode == "append",
        "replace": mode == "replace",
        **options(asked(visit)),
    }


def landed(visit: Visit) -> View:
    """What came of one collection, by its event, and what may be done next."""
    event = visit.do("event show", event=visit.path["event"])
    if event["type"] != "collect":
        raise NotFound(
            msg("There is no collection of this id."),
            next=msg("All events are under Trace."),
            detail="event",
        )
    name = event["subject"]
    dataset = visit.attempt("describe", dataset=name)
    body = {
        "event": {key: event[key] for key in ("id", "time", "actor", "subject", "generated")},
        "came": event["data"],
        "reasons": [
            {"rows": one["rows"], "words": words(Reason(**one))} for one in event["data"]["reasons"]
        ],
        "dataset": dataset,
        "score": visit.attempt("quality latest", dataset=name),
        "may": {"govern": visit.actor.governs},
    }
    return View(msg("What came of it"), body, (Crumb(msg("Add data"), "/collect"),))


def _score(visit: Visit) -> Done:
    name = _subject(visit)
    done = visit.outcome("quality score", dataset=name)
    return Done(f"/d/{name}?tab=quality", done.said)


def _propose(visit: Visit) -> Done:
    name = _subject(visit)
    done = visit.outcome("contract propose", dataset=name)
    return Done(f"/govern?dataset={name}", done.said)


def _subject(visit: Visit) -> str:
    return str(visit.do("event show", event=visit.path["event"])["subject"])


ACTIONS = {"send": _send, "drop": _drop, "land": _land, "queue": _queue}

PAGES = (
    Page("/collect", "collect/collect.html", view, "collect", actions=ACTIONS),
    Page(
        "/collect/{event}",
        "collect/landed.html",
        landed,
        "collect",
        actions={"score": _score, "propose": _propose},
    ),
)
