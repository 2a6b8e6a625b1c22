"""What the verbs of alerts do: options in, an outcome with its words out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doumen.flows import times
from doumen.flows.alert import document, kept, saying, ways
from doumen.flows.alert.saying import Teller
from doumen.flows.times import shown, stamp
from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.alert import ALERT, Alert, Kind, Notice, Told, Webhook
from doumen.model.fact import Fact
from doumen.model.message import LISTENER, Message, enumerated, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import identifier

_KINDS = {
    Kind.FAILING: msg("failing"),
    Kind.LATE: msg("late"),
    Kind.DRIFTING: msg("drifting"),
}


def add(desk: Desk, *, name: str, file: Path | str) -> Outcome:
    """Describe an alert by a file; one of this name is replaced, and tells anew what is wrong.

    Raises:
        Refused: only the owner may.
        Invalid: the file has faults; all of them are told.
        NotFound, Unavailable: it cannot be read.
    """
    policy.may_schedule(desk.actor)
    alert = document.read(identifier(name, msg("name of an alert")), Path(file))
    fact = Fact(ALERT, alert.name, kept.as_json(alert))
    receipt = desk.amend([fact], subject=f"alert {alert.name}")
    _anew(desk, alert.name)
    return Outcome(
        _described(alert) | {"receipt": receipt},
        said=(
            msg("Alert `{name}` is described.", name=alert.name),
            msg("Receipt {receipt}. Next: doumen alert test {name}", receipt=receipt,
                name=alert.name),
        ),
    )  # fmt: skip


def listing(desk: Desk) -> Outcome:
    """List all alerts, and how many things are wrong for each."""
    alerts = list(kept.every(desk.facts()))
    standing = desk.schedules().conditions() if alerts else {}
    wrong = {one.name: sum(each.alert == one.name for each in standing) for one in alerts}
    heads = (msg("alert"), msg("way"), msg("told of"), msg("wrong now"))
    return Outcome(
        {"alerts": [_described(one) | {"wrong": wrong[one.name]} for one in alerts]},
        (Table(heads, tuple((one.name, _way(one), _on(one), wrong[one.name]) for one in alerts)),),
        () if alerts else (msg("Describe one: doumen alert add NAME FILE"),),
    )


def show(desk: Desk, *, name: str) -> Outcome:
    """Show an alert, what is wrong now, and what it told last.

    Raises:
        NotFound: there is none of this name.
    """
    alert = kept.found(desk.facts(), name)
    standing = sorted(
        (since, one) for one, since in desk.schedules().conditions().items() if one.alert == name
    )
    notices = desk.schedules().notices(name)
    shape = _described(alert) | {
        "wrong": [
            {"kind": one.kind.value, "subject": one.subject, "since": since}
            for since, one in standing
        ],
        "notices": [_sent(notice) for notice in notices],
    }
    wrong = tuple((_KINDS[one.kind], one.subject, shown(since)) for since, one in standing)
    told = tuple((n.id, n.type, n.subject, _state(n), n.attempt, n.code or "") for n in notices)
    drawn = (
        _fields(alert),
        Table((msg("kind"), msg("of"), msg("since")), wrong, title=msg("Wrong now")),
        Table(
            (msg("notice"), msg("type"), msg("subject"), msg("state"), msg("tries"), msg("code")),
            told,
            title=msg("Told last"),
        ),
    )
    return Outcome(shape, drawn)


def test(desk: Desk, *, name: str) -> Outcome:
    """Tell of nothing, at once, to see whether it comes; what waits is then sent too.

    Raises:
        Refused: only the owner may. NotFound: there is none of this name.
        DoumenError: it was not taken; the error says why.
    """
    policy.may_schedule(desk.actor)
    alert = kept.found(desk.facts(), name)
    now = datetime.now(UTC)
    notice = saying.trial(Teller(desk.own().name, now, desk.jobs().new_id), alert)
    ways.of(alert).send(notice, LISTENER.get(), now)
    desk.schedules().outbox().hasten(name, stamp(now))
    return Outcome(
        {"alert": name, "notice": notice.id},
        said=(msg("It was taken: notice {id} of alert `{name}`.", id=notice.id, name=name),),
    )


def remove(desk: Desk, *, name: str) -> Outcome:
    """Forget an alert; what waits to be sent by it is not sent.

    Raises:
        Refused: only the owner may. NotFound: there is none of this name.
    """
    policy.may_schedule(desk.actor)
    kept.found(desk.facts(), name)
    receipt = desk.amend([Fact(ALERT, name, None)], subject=f"alert {name}")
    _anew(desk, name)
    return Outcome(
        {"alert": name, "receipt": receipt},
        said=(msg("Alert `{name}` is forgotten. Receipt {receipt}.", name=name, receipt=receipt),),
    )


def _anew(desk: Desk, name: str) -> None:
    """Forget what an alert has told is wrong."""
    told = [one for one in desk.schedules().conditions() if one.alert == name]
    if told:
        desk.schedules().tell([Told(one, holds=False, notice=None) for one in told])


def _described(alert: Alert) -> dict[str, Any]:
    body = kept.as_json(alert)
    stale = None if alert.stale_after is None else times.written(alert.stale_after)
    return {
        "alert": alert.name,
        **body,
        "late_after": times.written(alert.late_after),
        "stale_after": stale,
    }


def _sent(notice: Notice) -> dict[str, Any]:
    return {
        "notice": notice.id,
        "type": notice.type,
        "subject": notice.subject,
        "created": notice.created,
        "attempt": notice.attempt,
        "sent": notice.sent,
        "given_up": notice.given_up,
        "due": None if notice.sent or notice.given_up else notice.due,
        "code": notice.code,
        "data": notice.data,
    }


def _state(notice: Notice) -> Message:
    if notice.sent is not None:
        return msg("sent {time}", time=shown(notice.sent))
    if notice.given_up is not None:
        return msg("given up")
    return msg("waits until {time}", time=shown(notice.due))


def _fields(alert: Alert) -> Fields:
    stale = msg("not looked at") if alert.stale_after is None else times.written(alert.stale_after)
    pairs: list[tuple[Message, Any]] = [
        (msg("alert"), alert.name),
        (msg("way"), _way(alert)),
        (msg("told of"), _on(alert)),
        (msg("schedules"), _names(alert.schedules, alert.sources)),
        (msg("sources"), _names(alert.sources, alert.schedules)),
        (msg("late after"), times.written(alert.late_after)),
        (msg("stale after"), stale),
        (msg("quarantined over"), plain(f"{alert.quarantined_over:.1%}")),
    ]
    return Fields(tuple(pairs))


def _names(names: frozenset[str] | None, others: frozenset[str] | None) -> Message:
    if names is not None:
        return enumerated(sorted(names), mark="")
    return msg("all") if others is None else msg("none")


def _on(alert: Alert) -> Message:
    return enumerated((kind.value for kind in Kind if kind in alert.on), mark="")


def _way(alert: Alert) -> Message:
    """Where it goes; an address that is kept as a secret is not told."""
    way = alert.way
    if isinstance(way, Webhook):
        if isinstance(way.url, str):
            return plain(way.url)
        return msg("an address kept at {keeps} `{name}`", keeps=way.url.keeps, name=way.url.name)
    return plain(", ".join(way.to))
