"""Secrets by reference: found where they are kept, and nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.rooms.collect.sources.conftest import Place, described, rows

from doumen.model.errors import DoumenError
from doumen.model.source import Keeps, Secret
from doumen.rooms.collect.sources import secrets
from doumen.session import Node

CANARY = "canary-9f27c1"


def fetched(keeps: Keeps, name: str) -> str:
    return secrets.fetched({"password": Secret(keeps, name)})["password"]


def code(keeps: Keeps, name: str) -> str:
    with pytest.raises(DoumenError) as caught:
        fetched(keeps, name)
    return caught.value.code


def test_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP", CANARY)
    assert fetched(Keeps.ENV, "SHOP") == CANARY
    monkeypatch.setenv("SHOP", "")
    assert code(Keeps.ENV, "SHOP") == code(Keeps.ENV, "NO_SUCH") == "not-found.secret"


def test_of_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "pw"
    assert code(Keeps.FILE, str(file)) == "not-found.file"
    file.write_text(f"{CANARY}\n")
    file.chmod(0o640)
    assert code(Keeps.FILE, str(file)) == "refused.secret"
    file.chmod(0o600)
    assert fetched(Keeps.FILE, str(file)) == CANARY
    file.write_text("\n")
    assert code(Keeps.FILE, str(file)) == "not-found.secret"
    assert code(Keeps.FILE, str(tmp_path)).startswith("unavailable")


def test_of_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("shop", "reader"): CANARY}
    errors = ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    ring = ModuleType("keyring")

    def get(service: str, user: str) -> Any:
        if service == "locked":
            raise errors.KeyringError
        return kept.get((service, user))

    ring.get_password = get  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert fetched(Keeps.KEYRING, "shop/reader") == CANARY
    assert code(Keeps.KEYRING, "shop/other") == "not-found.secret"
    assert code(Keeps.KEYRING, "locked/x") == "unavailable.keyring"
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert code(Keeps.KEYRING, "shop/reader") == "unavailable.extra"


def test_a_secret_is_used_and_stands_nowhere(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("SHOP", CANARY)
    described(node, tmp_path, "  shop.orders: {table: orders}", more="password: {env: SHOP}")
    told = [
        node.session().do(f"source {verb}", name="shop").json for verb in ("test", "run", "show")
    ]
    assert place.secrets == {"password": CANARY}
    assert CANARY not in str(told)
    assert rows(node, "SELECT count(*) FROM sys.events")
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert CANARY.encode() not in held
    assert CANARY not in "".join(capfd.readouterr())
