"""The browser of the tests is one that starts, and a machine without any is told what to do."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from tests.script import loaded


@pytest.fixture(scope="module")
def browser() -> ModuleType:
    return loaded("browser")


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_it_takes_the_one_that_is_named(
    browser: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = program(tmp_path / "mine", "echo Chromium 150")
    monkeypatch.setenv("DOUMEN_CHROMIUM", str(named))
    assert browser.browser() == named


def test_it_takes_the_next_where_one_does_not_start(
    browser: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = program(tmp_path / "other", "echo Chromium 150")
    monkeypatch.setattr(browser, "there", lambda: program(tmp_path / "broken", "exit 1"))
    monkeypatch.setattr(browser, "debian", lambda: None)
    monkeypatch.setattr(browser, "packed", lambda: other)
    assert browser.browser() == other


def test_a_machine_without_any_is_a_failure(
    browser: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for way in ("there", "debian", "packed"):
        monkeypatch.setattr(browser, way, lambda: None)
    with pytest.raises(SystemExit, match="DOUMEN_CHROMIUM"):
        browser.browser()


def test_none_is_found_on_an_empty_path(
    browser: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOUMEN_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.there() is None
    assert browser.debian() is None


def test_locks_of_npm_hold_digests_and_no_address() -> None:
    house = loaded("house")
    locks = house.tracked("*package-lock.json")
    assert len(locks) == 3
    for lock in locks:
        assert "sha512-" in lock.read_text("utf-8")
        assert list(house.text_breaches(lock)) == []


def test_the_house_finds_an_address_in_a_lock_of_npm(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    lock.write_text('{"resolved": "https://registry.example/a.tgz"}', "utf-8")
    assert list(loaded("house").text_breaches(lock)) == ["an address in a lock file"]
