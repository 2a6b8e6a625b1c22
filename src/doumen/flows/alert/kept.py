"""The facts of alerts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from doumen.model.alert import ALERT, Alert, Kind, Mail, Secretly, Tls, Webhook
from doumen.model.errors import NotFound
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.source import Keeps, Secret


def as_json(alert: Alert) -> dict[str, Any]:
    """An alert as its fact has it; of secrets the places."""
    return {
        **_way(alert.way),
        "on": sorted(kind.value for kind in alert.on),
        "schedules": None if alert.schedules is None else sorted(alert.schedules),
        "sources": None if alert.sources is None else sorted(alert.sources),
        "late_after": alert.late_after,
        "stale_after": alert.stale_after,
        "quarantined_over": alert.quarantined_over,
    }


def from_json(name: str, body: Mapping[str, Any]) -> Alert:
    """An alert as its fact had it."""
    return Alert(
        name=name,
        way=_webhook(body["webhook"]) if "webhook" in body else _mail(body["smtp"]),
        on=frozenset(map(Kind, body["on"])),
        schedules=_names(body["schedules"]),
        sources=_names(body["sources"]),
        late_after=body["late_after"],
        stale_after=body["stale_after"],
        quarantined_over=body["quarantined_over"],
    )


def every(facts: Facts) -> Iterator[Alert]:
    """All alerts, by name."""
    for name, body in facts.all(ALERT):
        yield from_json(name, body)


def found(facts: Facts, name: str) -> Alert:
    """One alert.

    Raises:
        NotFound: there is none of this name.
    """
    body = facts.body(ALERT, name)
    if body is None:
        raise NotFound(
            msg("There is no alert `{name}`.", name=name),
            next=msg("`doumen alert list` shows those there are."),
            detail="alert",
        )
    return from_json(name, body)


def _way(way: Webhook | Mail) -> dict[str, Any]:
    if isinstance(way, Webhook):
        headers = {name: _kept(value) for name, value in sorted(way.headers.items())}
        return {
            "webhook": {
                "url": _kept(way.url), "secret": _kept(way.secret), "headers": headers,
            }
        }  # fmt: skip
    return {
        "smtp": {
            "host": way.host,
            "port": way.port,
            "tls": way.tls.value,
            "user": way.user,
            "password": None if way.password is None else _kept(way.password),
            "from": way.sender,
            "to": list(way.to),
        }
    }


def _webhook(body: Mapping[str, Any]) -> Webhook:
    headers = {name: _given(value) for name, value in body["headers"].items()}
    return Webhook(_given(body["url"]), _secret(body["secret"]), headers)


def _mail(body: Mapping[str, Any]) -> Mail:
    return Mail(
        host=body["host"],
        port=body["port"],
        tls=Tls(body["tls"]),
        user=body["user"],
        password=None if body["password"] is None else _secret(body["password"]),
        sender=body["from"],
        to=tuple(body["to"]),
    )


def _kept(text: Secretly) -> str | dict[str, str]:
    return text if isinstance(text, str) else {text.keeps.value: text.name}


def _given(body: str | Mapping[str, str]) -> Secretly:
    return body if isinstance(body, str) else _secret(body)


def _secret(body: Mapping[str, str]) -> Secret:
    ((keeps, name),) = body.items()
    return Secret(Keeps(keeps), name)


def _names(body: Iterable[str] | None) -> frozenset[str] | None:
    return None if body is None else frozenset(body)
