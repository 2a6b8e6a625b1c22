"""Migrations: tried first, whole or not at all, and the ledger as it was."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from doumen.model.errors import Faulty, Tampered, Unavailable
from doumen.stores import migrate as module
from doumen.stores import postgresql
from doumen.stores.address import parse
from doumen.stores.database import Database, engine, layout
from doumen.stores.migrate import Migrated, migrate
from doumen.stores.tables import CHARGES, ENTRIES, FACTS, METADATA, RECEIPTS, VERSION

MADE = Path(__file__).parent / "made"
NEXT = VERSION + 1


@pytest.fixture
def filled(url: str) -> str:
    """A store of the present layout with two entries and what belongs to them."""
    database = Database.open(url, create=True)
    with database.write() as connection:
        for place in range(2):
            connection.execute(ENTRIES.insert().values(place=place, id=f"E{place}", body=b"{}"))
            row = {"place": place, "item": 0, "account": "a", "unit": "u", "amount": 1}
            connection.execute(CHARGES.insert().values(**row))
            connection.execute(RECEIPTS.insert().values(id=f"E{place}", text="r"))
        row = {"seq": 1, "kind": "k", "key": "x", "body": None, "event": "E0", "time": "t"}
        connection.execute(FACTS.insert().values(**row))
    database.close()
    return url


@pytest.fixture
def next_layout(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this were the version that knows the layout after it."""
    monkeypatch.setattr(module, "PLACES", (*module.PLACES, MADE / "next"))
    for name in ("doumen.stores.migrate", "doumen.stores.database"):
        monkeypatch.setattr(sys.modules[name], "VERSION", NEXT)


def fine(_: Connection) -> list[str]:
    return []


def looked_at(url: str) -> tuple[int | None, set[str], int]:
    """Layout, columns of entries, and number of entries."""
    opened = engine(parse(url), 5)
    with opened.connect() as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("entries")}
        count = connection.execute(text("SELECT count(*) FROM entries")).scalar_one()
        found = layout(connection)
    opened.dispose()
    return found, columns, count


OLD = (VERSION, {"place", "id", "body"}, 2)
NEW = (NEXT, {"place", "id", "body", "kind"}, 2)


def test_the_present_layout_needs_nothing(filled: str) -> None:
    assert migrate(filled, fine) == Migrated(VERSION, VERSION)


@pytest.mark.usefixtures("next_layout")
def test_a_store_is_migrated(filled: str) -> None:
    with pytest.raises(Unavailable, match=f"layout {VERSION}") as caught:
        Database.open(filled)
    assert caught.value.next == "doumen migrate"
    assert migrate(filled, fine) == Migrated(VERSION, NEXT, 5)
    assert looked_at(filled) == NEW
    assert migrate(filled, fine) == Migrated(NEXT, NEXT)
    Database.open(filled).close()


@pytest.mark.usefixtures("next_layout")
def test_a_trial_changes_nothing(filled: str) -> None:
    assert migrate(filled, fine, trial=True) == Migrated(VERSION, NEXT, 5)
    assert looked_at(filled) == OLD
    if filled.startswith("sqlite"):
        assert not list(Path(filled.removeprefix("sqlite:///")).parent.glob("*.trial*"))


@pytest.mark.usefixtures("next_layout")
@pytest.mark.parametrize("turn", [1, 2])
def test_what_does_not_hold_is_not_migrated(filled: str, turn: int) -> None:
    """The ledger is verified before (1) and after (2); the trial is what fails."""
    seen: list[int] = []

    def verify(_: Connection) -> list[str]:
        seen.append(1)
        return ["a flaw"] if len(seen) == turn else []

    with pytest.raises((Tampered, Faulty)) as caught:
        migrate(filled, verify)
    assert caught.type is (Tampered if turn == 1 else Faulty)
    assert looked_at(filled) == OLD


@pytest.mark.parametrize(
    "step",
    [
        "DELETE FROM receipts WHERE id = 'E0'",
        "UPDATE entries SET id = 'E9' WHERE place = 1",
        "UPDATE facts SET body = '{}'",
        "UPDATE no_such_table SET x = 1",
    ],
)
def test_a_step_that_changes_what_must_stay_is_taken_back(
    filled: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, next_layout: None
) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "layout_next.py").write_text(
        f'from alembic import op\nrevision = "{NEXT:04d}"\ndown_revision = "{VERSION:04d}"\n'
        f"def upgrade():\n    op.execute({step!r})\n"
    )
    monkeypatch.setattr(module, "PLACES", (module.PLACES[0], tmp_path / "steps"))
    with pytest.raises((Faulty, Unavailable)):
        migrate(filled, fine)
    assert looked_at(filled) == OLD


def test_a_newer_store_and_no_store(filled: str, new_url: Callable[[], str]) -> None:
    database = Database.open(filled)
    with database.write() as connection:
        connection.execute(text("UPDATE store SET version = 9"))
    database.close()
    with pytest.raises(Unavailable, match="layout 9") as caught:
        migrate(filled, fine)
    assert "newer" in str(caught.value.why)
    empty = new_url()
    if empty.startswith("sqlite"):
        sqlite3.connect(empty.removeprefix("sqlite:///")).close()
    with pytest.raises(Unavailable, match="no store of Doumen"):
        migrate(empty, fine)


def test_who_comes_second_finds_it_done(filled: str, next_layout: None) -> None:
    other = Database(module._engine(parse(filled)))
    assert migrate(filled, fine) == Migrated(VERSION, NEXT, 5)
    assert module._run(other, fine, keep=True) == Migrated(NEXT, NEXT)
    other.close()


def test_the_steps_from_nothing_give_what_a_new_store_has(new_url: Callable[[], str]) -> None:
    """Layout VERSION by its steps and by `METADATA` are one, on both kinds."""
    place = parse(new_url())
    opened = engine(place, 5)
    scripts = ScriptDirectory(str(module.PLACES[0]), version_locations=[str(module.PLACES[0])])
    assert scripts.get_current_head() == f"{VERSION:04d}"
    with opened.begin() as connection:
        if place.get_backend_name() == "postgresql":
            postgresql.prepare(connection, place)
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        module.step(connection, None)
        assert compare_metadata(context, METADATA) == []
        assert layout(connection) == VERSION
        collations = (
            "SELECT count(*) FROM information_schema.columns WHERE data_type = 'text' "
            "AND table_schema = current_schema() AND collation_name IS DISTINCT FROM 'C'"
        )
        if place.get_backend_name() == "postgresql":
            assert connection.execute(text(collations)).scalar() == 0
    opened.dispose()


def test_opening_imports_no_alembic(filled: str) -> None:
    code = (
        "import sys, doumen.session; from doumen.stores.database import Database; "
        f"Database.open({filled!r}).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_file_that_cannot_be_copied(
    filled: str, next_layout: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not filled.startswith("sqlite"):
        pytest.skip("a server makes no copy")
    folder = Path(filled.removeprefix("sqlite:///")).parent

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("doumen.stores.sqlite.sqlite3.connect", full)
        with pytest.raises(Unavailable) as caught:
            migrate(filled, fine)
    assert caught.value.why == "The disk is full."
    with monkeypatch.context() as patch:
        patch.setattr("doumen.stores.sqlite.os.open", _only_existing)
        with pytest.raises(Unavailable) as caught:
            migrate(filled, fine)
    assert caught.value.why == "No space left on device"
    assert not list(folder.glob("*.trial*"))


def _only_existing(path: Path, flags: int, mode: int = 0o777) -> int:
    import errno
    import os

    if flags & os.O_CREAT:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return os.dup(0)
