"""Scores that were recorded: `quality latest` of one dataset, `quality scores` of all."""

from __future__ import annotations

import json
from statistics import median

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import NotFound
from doumen.model.event import SCORED
from doumen.model.message import msg
from doumen.model.operation import Outcome, Table
from doumen.model.ref import Ref
from doumen.rooms.evaluate.score.telling import outcome


def latest(desk: Desk, dataset: str) -> Outcome:
    """Show the latest score of a dataset that the asker may know.

    Args:
        desk: The actor at the gate.
        dataset: `domain.name`.

    Raises:
        NotFound: there is no such dataset or score that the asker may know.
    """
    ref = Ref.parse(dataset)
    if desk.facts().dataset(ref) is None:
        raise policy.absent(ref)
    found = desk.latest(SCORED, [str(ref)]).get(str(ref))
    if found is None:
        raise NotFound(
            msg("There is no score of `{dataset}` that you may know.", dataset=dataset),
            next=msg("`doumen quality score {dataset}` makes one.", dataset=dataset),
            detail="score",
        )
    receipt = read_receipt(desk.receipt(found.id))
    document = json.loads(str(receipt.disclosed["statement"]))
    told = outcome(document, found.id)
    return Outcome({**told.json, "time": found.time}, told.drawn, told.said)


def scores(desk: Desk, dataset: tuple[str, ...] = ()) -> Outcome:
    """Show the latest score of datasets that the asker may know, and the median of them.

    Args:
        desk: The actor at the gate.
        dataset: `domain.name` of each; none: all of them.
    """
    known = dict(desk.facts().all("dataset"))
    wanted = dataset or [key for key, body in known.items() if body["kind"] != "quarantine"]
    found = desk.latest(SCORED, [key for key in wanted if key in known])
    listed = [
        {"dataset": key, "score": one.score, "time": one.time, "event": one.id}
        for key, one in found.items()
    ]
    middle = f"{median(float(str(one.score)) for one in found.values()):.2f}" if found else None
    rows = tuple((key, one.score, one.time[:19]) for key, one in found.items())
    return Outcome(
        json={"scores": listed, "median": middle},
        drawn=(Table((msg("dataset"), msg("score"), msg("time")), rows),) if rows else (),
        said=(msg("No dataset was scored yet."),) if not listed else (),
    )
