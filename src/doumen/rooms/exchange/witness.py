"""Heads of ledgers that participants cosign for each other: asked for, shown, sent by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.errors import DoumenError
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.operation import Outcome, Table
from doumen.rooms.exchange.participants import alias_of
from doumen.rooms.exchange.participants import find as participant_of

PAUSE = 600.0
"""Seconds between two tries to show our head to one participant."""
HELD, OURS = "head", "cosigned"


def ask(desk: Desk, *, participant: str) -> Outcome:
    """Show our head to a participant now, and keep it with their cosignature.

    Raises:
        Unavailable: they cannot be reached. Tampered: they hold a head that ours does not
            continue, or their cosignature does not hold. Refused: only owner and steward may.
    """
    known = participant_of(desk.facts(), participant)
    held = desk.exchange().ask_witness(known.id)
    return Outcome(
        json={"participant": known.id, "size": held["size"], "cosigned": held["cosigned"],
              "checkpoint": held["checkpoint"]},
        said=(
            msg("`{name}` cosigned our head of size {size} at {time}.", name=known.alias,
                size=held["size"], time=_stamp(held["cosigned"])),
        ),
    )  # fmt: skip


def show(desk: Desk) -> Outcome:
    """Which heads of whom we hold, and who cosigned ours."""
    facts = desk.facts()
    theirs = [_held(key, body) for key, body in facts.all(HELD)]
    ours = [
        {"participant": key, "size": body["size"], "time": _stamp(body["cosigned"])}
        for key, body in facts.all(OURS)
    ]
    heads = (msg("participant"), msg("size"), msg("time"))
    refused = sum(len(one["refused"]) for one in theirs)
    said = () if theirs or ours else (msg("There is none: doumen witness ask PARTICIPANT"),)
    if refused:
        said = (msg("{count} heads were refused: they do not continue what was shown before.",
                    count=refused),)  # fmt: skip
    return Outcome(
        json={"held": theirs, "cosigned": ours},
        drawn=(
            Table(
                (*heads, msg("refused")),
                tuple((alias_of(facts, one["participant"]), one["size"], one["time"],
                       len(one["refused"])) for one in theirs),
                msg("Heads of others that we cosigned"),
            ),
            Table(
                heads,
                tuple((alias_of(facts, one["participant"]), one["size"], one["time"])
                      for one in ours),
                msg("Our head, as others cosigned it"),
            ),
        ),
        said=said,
        exit=1 if refused else 0,
    )  # fmt: skip


class Rounds:
    """Shows our head, from time to time, to those with whom an agreement is in force."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tried: dict[str, float] = {}

    def exchange_all(self, desk: Desk) -> None:
        """Show our head to all who have not seen its news for a while.

        Who cannot be reached, or refuses, is tried again after the pause.
        """
        facts, exchange = desk.facts(), desk.exchange()
        for other in sorted(_partners(facts, datetime.now(UTC))):
            if self._clock() - self._tried.get(other, -PAUSE) < PAUSE:
                continue
            if exchange.witness_due(other):
                self._tried[other] = self._clock()
                with suppress(DoumenError):
                    exchange.ask_witness(other)


def _partners(facts: Facts, now: datetime) -> set[str]:
    """Who is the other side of an agreement in force, and known."""
    found = {one.counterparty for one in policy.agreements_in_force(facts, now.date())}
    return {other for other in found if facts.body("participant", other) is not None}


def _held(key: str, body: Any) -> dict[str, Any]:
    refused = [{"size": one["size"], "time": one["time"], "why": one["why"],
                "checkpoint": one["checkpoint"]} for one in body["refused"]]  # fmt: skip
    return {"participant": key, "size": body["size"], "time": body["time"],
            "checkpoint": body["checkpoint"], "refused": refused}  # fmt: skip


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
