"""Documents of providers: what one may say, and all faults at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doumen.gate.desk import Desk
from doumen.kits.standards.dsp import Reach
from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.rooms.protect.oidc import verbs
from doumen.rooms.protect.oidc.document import Provider, read

GOOD = "name: bureau\nissuer: https://id.example\nclient: doumen\n"


def reading(tmp_path: Path, text: str, reach: Reach = Reach.PUBLIC) -> Provider:
    file = tmp_path / "p.yaml"
    file.write_text(text, "utf-8")
    return read(file, reach)


def test_a_fact_gives_it_back(tmp_path: Path) -> None:
    text = GOOD + (
        "title: 市局\nscopes: [openid, groups]\nactor: email\ncreate: false\nadopt: [ana]\n"
        "groups: member\nonly: a\nroles: {a: [analyst, guest], b: steward}\n"
        "purposes: {a: research}\nclaims: [region]\n"
    )
    made = reading(tmp_path, text)
    assert made.roles == {"a": ("analyst", "guest"), "b": ("steward",)}
    assert (made.only, made.title, made.create) == (("a",), "市局", False)
    assert Provider.of("bureau", made.as_json()) == made
    assert reading(tmp_path, GOOD).title == "bureau"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("roles: {a: [owner]}", "makes somebody the owner"),
        ("adopt: [owner]", "owner does not come in"),
        ("scopes: [profile]", "openid"),
        ("claims: [participant]", "of your own"),
        ("claims: ['a-b']", "of your own"),
        ("surprise: 1", "surprise"),
        ("create: maybe", "create"),
        ("actor: ''", "actor"),
    ],
)
def test_what_it_may_not_say(tmp_path: Path, more: str, why: str) -> None:
    with pytest.raises(Invalid) as error:
        reading(tmp_path, GOOD + more)
    assert why in (error.value.why or "")


def test_all_faults_at_once(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as error:
        reading(tmp_path, "name: Big Bureau\nclient: ''\n")
    assert all(one in (error.value.why or "") for one in ("name", "client", "issuer"))


@pytest.mark.parametrize(
    "issuer",
    ["http://id.example", "https://10.0.0.1", "http://127.0.0.1:9", "https://id.example?x", "x",
     "https://u:p@id.example", "ftp://id.example"],
)  # fmt: skip
def test_where_an_issuer_may_be(tmp_path: Path, issuer: str) -> None:
    with pytest.raises((Invalid, Refused)):
        reading(tmp_path, GOOD.replace("https://id.example", f"'{issuer}'"))


def test_where_it_lies(tmp_path: Path, door: Desk, put: Callable[..., Any]) -> None:
    with pytest.raises(NotFound):
        read(tmp_path / "none", Reach.PUBLIC)
    for bad in (b"\xff\xfe", b"[", b"- 1"):
        (tmp_path / "p.yaml").write_bytes(bad)
        with pytest.raises(Invalid):
            read(tmp_path / "p.yaml", Reach.PUBLIC)
    with pytest.raises(DoumenError):
        read(tmp_path, Reach.PUBLIC)
    put()
    secret = tmp_path / "secret"
    secret.chmod(0o644)
    with pytest.raises(Refused, match="Others may read"):
        verbs.put(door, tmp_path / "bureau.yaml", secret_file=secret)
    secret.chmod(0o600)
    secret.write_text("\n")
    for wrong in (secret, tmp_path / "none", tmp_path):
        with pytest.raises(DoumenError):
            verbs.put(door, tmp_path / "bureau.yaml", secret_file=wrong)
