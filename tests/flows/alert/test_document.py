"""Alerts as documents: what is read is kept, and all faults of one are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.flows.alert import document, kept
from doumen.model.alert import Alert, Kind, Mail, Tls, Webhook
from doumen.model.errors import Invalid, NotFound
from doumen.model.source import Keeps, Secret

HOOK = "webhook: {url: 'https://alerts.example/x', secret: {env: S}}"
MAIL = "smtp: {host: mail.example, from: a@x.example, to: b@x.example}"


def read(folder: Path, text: str) -> Alert:
    file = folder / "alert.yaml"
    file.write_text(text)
    return document.read("oncall", file)


def test_a_webhook_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
webhook:
  url: {keyring: hooks/oncall}
  secret: {file: hook.secret}
  headers: {Team: data, Authorization: {env: TOKEN}}
on: [late]
schedules: [nightly]
sources: [shop]
late_after: 90m
stale_after: 2d
quarantined_over: 0.2
""",
    )
    assert found == Alert(
        "oncall",
        Webhook(
            Secret(Keeps.KEYRING, "hooks/oncall"),
            Secret(Keeps.FILE, str(tmp_path / "hook.secret")),
            {"Team": "data", "Authorization": Secret(Keeps.ENV, "TOKEN")},
        ),
        frozenset({Kind.LATE}), frozenset({"nightly"}), frozenset({"shop"}), 5400, 172_800, 0.2,
    )  # fmt: skip
    assert kept.from_json("oncall", kept.as_json(found)) == found


def test_what_is_not_said_has_a_value(tmp_path: Path) -> None:
    found = read(tmp_path, HOOK)
    assert found.way == Webhook("https://alerts.example/x", Secret(Keeps.ENV, "S"), {})
    assert (found.on, found.schedules, found.sources) == (frozenset(Kind), None, None)
    assert (found.late_after, found.stale_after, found.quarantined_over) == (3600, None, 0.05)


@pytest.mark.parametrize(
    ("text", "tls", "port", "to"),
    [
        (MAIL, Tls.STARTTLS, 587, ("b@x.example",)),
        (
            "smtp: {host: mail.example, tls: implicit, user: u, password: {env: P}, "
            "from: a@x.example, to: [b@x.example, c@x.example]}",
            Tls.IMPLICIT, 465, ("b@x.example", "c@x.example"),
        ),
        ("smtp: {host: 127.0.0.1, tls: none, from: a@x, to: b@x}", Tls.NONE, 25, ("b@x",)),
        ("smtp: {host: m.x, port: 2525, from: a@x, to: b@x}", Tls.STARTTLS, 2525, ("b@x",)),
    ],
)  # fmt: skip
def test_a_mail_server_is_read(
    tmp_path: Path, text: str, tls: Tls, port: int, to: tuple[str, ...]
) -> None:
    found = read(tmp_path, text)
    assert isinstance(found.way, Mail)
    assert (found.way.tls, found.way.port, found.way.to) == (tls, port, to)
    assert kept.from_json("oncall", kept.as_json(found)) == found


def hook(**more: str) -> str:
    fields = {"url": "'https://a.example'", "secret": "{env: S}"} | more
    return f"webhook: {{{', '.join(f'{name}: {value}' for name, value in fields.items())}}}"


def mail(**more: str) -> str:
    fields = {"host": "m.example", "from": "a@x", "to": "b@x"} | more
    return f"smtp: {{{', '.join(f'{name}: {value}' for name, value in fields.items())}}}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- a list", "input should be a valid dictionary"),
        ("on: [late]", "give `webhook` or `smtp`"),
        (f"{HOOK}\n{MAIL}", "give `webhook` or `smtp`"),
        (hook(url="'http://alerts.example'"),
         "webhook: without TLS only an address of this machine is told"),
        (hook(url="nowhere"), "webhook: it is no address such as `https://alerts.example/doumen`"),
        (hook(url="'https://u:p@a.example'"),
         "webhook: it is no address such as `https://alerts.example/doumen`"),
        (hook(url="'https://a.example:port'"),
         "webhook: it is no address such as `https://alerts.example/doumen`"),
        (hook(secret="geheim"),
         "webhook.secret: is a secret: say where it is kept, as `{env: NAME}`, `{file: PATH}` or "
         "`{keyring: SERVICE/USER}`"),
        (hook(secret="{keyring: only}"), "webhook.secret: a keyring is asked by SERVICE/USER"),
        (hook(secret="{vault: x}"),
         "webhook.secret: is a secret: say where it is kept, as `{env: NAME}`, `{file: PATH}` or "
         "`{keyring: SERVICE/USER}`"),
        (hook(headers="{Webhook-Id: x}"),
         "webhook: the header `Webhook-Id` is none, or set by us"),
        (hook(headers="{'A B': x}"), "webhook: the header `A B` is none, or set by us"),
        (hook(color="red"), "webhook.color: there is no such field"),
        (mail(tls="none"), "smtp: without TLS only a server on this machine is spoken to"),
        (mail(user="u"), "smtp: `user` and `password` go together"),
        (mail(tls="yes"),
         "smtp.tls: input should be 'starttls', 'implicit' or 'none'"),
        (f"{HOOK}\nlate_after: soon",
         "late_after: `soon` is not a time after which a run is late."),
        (f"{HOOK}\nstale_after: 30s",
         "stale_after: `30s` is not a time after which a stream is stale."),
        (f"{HOOK}\nquarantined_over: 2",
         "quarantined_over: input should be less than or equal to 1.0"),
        (f"{HOOK}\nquarantined_over: much",
         "quarantined_over: input should be a valid number"),
        (f"{HOOK}\nsources: []", "sources: there should be at least 1"),
        (f"{HOOK}\non: [broken]",
         "on.0: input should be 'failing', 'late' or 'drifting'"),
    ],
)  # fmt: skip
def test_faults_are_told(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(tmp_path, text)
    assert caught.value.why == why
    assert caught.value.what == "The document of the alert has a fault."


def test_all_faults_are_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read(tmp_path, f"{HOOK}\nlate_after: soon\nextra: 1\nschedules: []\n")
    assert caught.value.what == "The document of the alert has 3 faults."
    assert {line.partition(":")[0] for line in str(caught.value.why).splitlines()} == {
        "late_after", "extra", "schedules",
    }  # fmt: skip
    with pytest.raises(NotFound):
        document.read("oncall", tmp_path / "nowhere.yaml")


_SECRETS = st.builds(Secret, st.sampled_from(list(Keeps)), st.text(min_size=1))
_NAMES = st.none() | st.frozensets(st.text(min_size=1))
_WAYS = st.builds(
    Webhook, st.text(min_size=1) | _SECRETS, _SECRETS,
    st.dictionaries(st.text(), st.text() | _SECRETS),
) | st.builds(
    Mail, st.text(), st.integers(1, 65535), st.sampled_from(list(Tls)), st.none() | st.text(),
    st.none() | _SECRETS, st.text(), st.tuples(st.text()),
)  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=count(60))
@given(
    st.builds(
        Alert, st.just("oncall"), _WAYS, st.frozensets(st.sampled_from(list(Kind))), _NAMES, _NAMES,
        st.integers(1), st.none() | st.integers(1), st.floats(0, 1),
    )
)  # fmt: skip
def test_an_alert_is_kept_as_it_is(alert: Alert) -> None:
    assert kept.from_json("oncall", kept.as_json(alert)) == alert
