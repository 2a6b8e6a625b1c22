"""The pages of the quarantine: where there are rows, and those of one dataset.

A value that is corrected on the page goes the way of a file of repairs: the row is held against
the contract as it is now, and lands, or stays with its reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from doumen.faces.web.page import Crumb, Done, Page, Reply, View, Visit
from doumen.model.errors import Conflict, Invalid, OverBudget
from doumen.model.held import TOLD
from doumen.model.load import Reason
from doumen.model.message import msg, plain
from doumen.rooms.collect.quarantine import words

STEP = 20
LARGEST = 64 << 20
"""Bytes of an export that a page gives."""
_UP = (Crumb(msg("Quarantine"), "/govern/quarantine"),)
_VALUE = "v"
"""How the name of a field of the form begins that holds a value: `v:ID:NAME`."""
FIELDS = 150
"""Fields of a form at most."""


def listing(visit: Visit) -> View:
    """The datasets that have rows in quarantine, as far as the visitor repairs them."""
    if not visit.actor.governs:
        return View(msg("Quarantine"), {"may": False, "datasets": []})
    told = visit.do("quarantine list")["datasets"]
    return View(msg("Quarantine"), {"may": True, "datasets": [_counted(one) for one in told]})


def one(visit: Visit) -> View:
    """The rows of one dataset, those of one reason where the address says so."""
    return _shown(visit, None)


def _shown(visit: Visit, tried: Mapping[str, Any] | None) -> View:
    told, asked = _told(visit), _asked(visit)
    counted = visit.do("quarantine list", dataset=visit.path["dataset"])["datasets"]
    all_fields = visit.asked("fields") == "all"
    body = {
        "dataset": told["dataset"],
        "names": told["names"],
        "rows": _open(told["rows"], told["names"], every=all_fields),
        "total": told["total"],
        "reasons": _counted(counted[0])["reasons"] if counted else [],
        "chosen": asked,
        "offset": _offset(visit),
        "step": STEP,
        "all": all_fields,
        "tried": tried,
    }
    return View(plain(told["dataset"]), body, _UP)


def _told(visit: Visit) -> Mapping[str, Any]:
    """The rows that the address is about."""
    return visit.do(
        "quarantine show",
        dataset=visit.path["dataset"],
        offset=_offset(visit),
        limit=STEP,
        **_asked(visit),
    )


def _offset(visit: Visit) -> int:
    return visit.number("offset", 0)


def _open(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], *, every: bool
) -> list[dict[str, Any]]:
    """The rows, each with the fields that can be corrected on the page, as many as a form holds.

    A row that is no record shows all of them; any other those at fault, or all.
    """
    left, found = FIELDS, []
    for row in rows:
        whole = every or row["fields"] is None
        wanted = [name for name in names if whole or name == row["column"]] if row["id"] else []
        open = wanted if len(wanted) <= left else []
        left -= len(open)
        found.append({**row, "open": open})
    return found


def _asked(visit: Visit) -> dict[str, str]:
    """The rows that the address is about; a reason of no column is asked for by an empty one."""
    return {
        name: str(visit.query[name][0]) for name in ("column", "rule", "source")
        if visit.query.get(name)
    }  # fmt: skip


def _counted(told: Mapping[str, Any]) -> dict[str, Any]:
    reasons = [
        {**why, "words": words(Reason(why["column"], why["reason"], why["rows"]))}
        for why in told["reasons"]
    ]
    return {**told, "reasons": reasons}


def _here(visit: Visit) -> str:
    return f"/govern/quarantine/{visit.path['dataset']}"


def _try(visit: Visit) -> View:
    """Say what would come of the values in the form, or of a file."""
    return _shown(visit, _replayed(visit, dry=True))


def _replay(visit: Visit) -> Done:
    told = _replayed(visit, dry=False)
    return Done(
        _here(visit),
        (
            msg(
                "{landed} rows landed, {remaining} are still in quarantine.",
                landed=told["landed"],
                remaining=told["remaining"],
            ),
        ),
    )


def _replayed(visit: Visit, *, dry: bool) -> Mapping[str, Any]:
    file = visit.file("repaired")
    if file is None or not file.stat().st_size:
        file = _written(visit)
    return visit.do("quarantine replay", dataset=visit.path["dataset"], repaired=file, dry_run=dry)


def _given(visit: Visit) -> dict[str, dict[str, str]]:
    """Id of a row → its values in the form, by their names."""
    rows: dict[str, dict[str, str]] = {}
    for field, values in visit.form.items():
        kind, _, rest = field.partition(":")
        id, colon, name = rest.partition(":")
        if kind == _VALUE and colon:
            rows.setdefault(id, {})[name] = str(values[0])
    return rows


def _written(visit: Visit) -> Path | None:
    """The rows of the form as a file of repairs, each with all of its fields; None: it has none.

    Raises:
        Conflict: a row is not among those that the page shows any more.
    """
    given = _given(visit)
    if not given:
        return None
    told = _told(visit)
    there = {row["id"]: row["fields"] for row in told["rows"]}
    if given.keys() - there.keys():
        raise Conflict(
            msg("The rows in quarantine changed while you looked at them."),
            next=msg("Load the page again, and correct what is there now."),
            detail="changed",
        )
    names = told["names"]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([TOLD[0], *names])
    for id, values in given.items():
        came = dict(zip(names, there[id] or [None] * len(names), strict=True))
        writer.writerow([id, *({**came, **values}[name] for name in names)])
    assert visit.folder is not None
    return visit.folder.write("repaired.csv", text.getvalue())


def _discard(visit: Visit) -> Done:
    """Give up the rows that the address is about, or those that were ticked."""
    if visit.given("which") == "ticked" and not visit.several("id"):
        raise Invalid(
            msg("No row was ticked."),
            next=msg("Tick the rows to be given up, or choose all that are shown."),
            detail="rows",
        )
    done = visit.outcome(
        "quarantine discard",
        dataset=visit.path["dataset"],
        reason=visit.needed("reason"),
        id=visit.several("id") if visit.given("which") == "ticked" else (),
        **_asked(visit),
    )
    return Done(_here(visit), done.said)


def _export(visit: Visit) -> Reply:
    """All rows as a file to be repaired in a spreadsheet."""
    assert visit.folder is not None
    name = f"{visit.path['dataset']}__quarantine.csv"
    file = visit.folder.place(name)
    visit.do("quarantine export", dataset=visit.path["dataset"], file=file)
    if file.stat().st_size > LARGEST:
        raise OverBudget(
            msg("The file would be larger than {size} MiB.", size=LARGEST >> 20),
            next=msg("On the machine of the node: doumen quarantine export {dataset} FILE",
                     dataset=visit.path["dataset"]),
            detail="export",
        )  # fmt: skip
    return Reply(file.read_bytes(), "text/csv; charset=utf-8", name)


PAGES = (
    Page("/govern/quarantine", "quarantine/quarantine.html", listing, "govern"),
    Page(
        "/govern/quarantine/{dataset}",
        "quarantine/rows.html",
        one,
        "govern",
        actions={"try": _try, "replay": _replay, "discard": _discard, "export": _export},
    ),
)
