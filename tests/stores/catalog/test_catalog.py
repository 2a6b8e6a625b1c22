"""The catalogue: what is committed, at which version, and nothing that is not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from doumen.model.errors import NotFound
from doumen.model.fact import Fact, FactRow, Facts
from doumen.stores.catalog import Catalog
from doumen.stores.catalog import catalog as module
from doumen.stores.database import Database


class _Undone(Exception):
    """Ends a transaction that is to leave nothing."""


real = module._read
SHARED = [HealthCheck.function_scoped_fixture]  # it gives a new place each time it is called
TIME = "2026-11-24T00:00:00.000000Z"


def put(database: Database, catalog: Catalog, *facts: Fact, event: str = "E") -> int:
    with database.write() as connection:
        return catalog.append(connection, facts, event, TIME)


def label(key: str, name: str | None = "personal") -> Fact:
    return Fact("label", key, None if name is None else {"labels": [name], "origin": "set"})


def test_nothing_is_known_at_first(database: Database) -> None:
    assert Catalog(database).current() == Facts()


def test_a_fact_is_known_once_it_is_committed(database: Database) -> None:
    catalog = Catalog(database)
    assert put(database, catalog, label("a.b"), label("a.c"), event="E1") == 2
    facts = catalog.current()
    assert facts.version == 2
    assert facts.rows["label"]["a.c"] == FactRow(2, label("a.c"), "E1", TIME)


def test_a_later_fact_takes_the_place_of_an_earlier_one(database: Database) -> None:
    catalog = Catalog(database)
    put(database, catalog, label("a.b"), label("a.b", "secret"))
    assert catalog.current().body("label", "a.b") == {"labels": ["secret"], "origin": "set"}
    put(database, catalog, label("a.b", None))
    assert catalog.current().body("label", "a.b") is None


def test_what_people_wrote_for_themselves_is_erased_when_it_goes(database: Database) -> None:
    catalog, question = Catalog(database), Fact("question", "ana/Q-1", {"sql": "SELECT 'Lishui'"})
    kept = Fact("question", "ana/Q-2", {"sql": "SELECT 'Ningbo'"})
    put(database, catalog, question, question, kept, label("a.b"))
    put(database, catalog, Fact("question", "ana/Q-1", None), label("a.b", None))
    with database.read() as connection:
        held = connection.exec_driver_sql("SELECT kind, key, body FROM facts ORDER BY seq").all()
    assert [(row.kind, row.key, row.body is None) for row in held] == [
        ("question", "ana/Q-1", True),
        ("question", "ana/Q-1", True),
        ("question", "ana/Q-2", False),
        ("label", "a.b", False),
        ("question", "ana/Q-1", True),
        ("label", "a.b", True),
    ]
    assert Catalog(database).current() == catalog.current()
    assert [key for key, _ in catalog.current().all("question")] == ["ana/Q-2"]


def test_what_came_before_is_not_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset that grows by many files names all of them in each version."""
    put(database, Catalog(database), *(label("a.b", f"l{n}") for n in range(20)), label("a.c"))
    read: list[FactRow] = []

    def counted(row: Any) -> FactRow:
        read.append(real(row))
        return read[-1]

    monkeypatch.setattr(module, "_read", counted)
    facts = Catalog(database).current()
    assert (facts.version, len(read)) == (21, 2)
    assert Catalog(database).at(20).body("label", "a.b") == facts.body("label", "a.b")
    assert len(read) == 3


def test_every_version_can_be_had_again(database: Database) -> None:
    catalog = Catalog(database)
    put(database, catalog, label("a.b"), label("a.c"), label("a.b", None))
    assert [sorted(catalog.at(v).rows.get("label", {})) for v in range(4)] == [
        [],
        ["a.b"],
        ["a.b", "a.c"],
        ["a.c"],
    ]


@pytest.mark.parametrize("version", [-1, 1])
def test_a_version_that_never_was(database: Database, version: int) -> None:
    with pytest.raises(NotFound, match=str(version)):
        Catalog(database).at(version)


def test_history_holds_every_version_of_a_fact(database: Database) -> None:
    catalog = Catalog(database)
    put(database, catalog, label("a.b"), label("a.c"), event="E1")
    put(database, catalog, label("a.b", None), event="E2")
    rows = catalog.history("label", "a.b")
    assert [(row.seq, row.event, row.fact.body is None) for row in rows] == [
        (1, "E1", False),
        (3, "E2", True),
    ]
    with database.read() as connection:
        assert catalog.history("label", "a.b", connection) == rows


def test_no_facts_change_nothing(database: Database) -> None:
    catalog = Catalog(database)
    assert put(database, catalog) == 0


def test_bodies_come_back_as_they_were(database: Database) -> None:
    body = {"text": "航班\n\ud800\x00'\"", "list": [1, 2.5, None, True], "deep": {"a": {}}}
    catalog = Catalog(database)
    put(database, catalog, Fact("contract", "运输.航班", body))
    assert Catalog(database).current().body("contract", "运输.航班") == body


def test_what_another_process_commits_is_seen(url: str, database: Database) -> None:
    other_database = Database.open(url)
    mine, other = Catalog(database), Catalog(other_database)
    put(database, mine, label("a.b"))
    assert other.current().version == 1
    put(other_database, other, label("a.c"))
    assert sorted(mine.current().rows["label"]) == ["a.b", "a.c"]
    other_database.close()


def test_a_writer_sees_its_own_rows_and_nobody_else_does(database: Database) -> None:
    catalog = Catalog(database)
    put(database, catalog, label("a.b"))
    with suppress(_Undone), database.write() as connection:
        catalog.append(connection, [label("a.c")], "E", TIME)
        assert sorted(catalog.current(connection).rows["label"]) == ["a.b", "a.c"]
        assert sorted(catalog.current().rows["label"]) == ["a.b"]
        raise _Undone
    assert sorted(catalog.current().rows["label"]) == ["a.b"]


def test_a_number_used_by_a_job_that_failed_is_used_again(database: Database) -> None:
    catalog = Catalog(database)
    with suppress(_Undone), database.write() as connection:
        catalog.append(connection, [label("a.lost")], "E", TIME)
        catalog.current(connection)
        raise _Undone
    assert put(database, catalog, label("a.kept")) == 1
    assert sorted(catalog.current().rows["label"]) == ["a.kept"]


def test_an_older_snapshot_gives_its_own_version(database: Database) -> None:
    catalog = Catalog(database)
    put(database, catalog, label("a.b"))
    with database.read() as connection:
        assert catalog.current(connection).version == 1
        put(database, catalog, label("a.b", None))
        assert catalog.current().version == 2
        assert catalog.current(connection).body("label", "a.b") is not None
    assert catalog.current().version == 2


def test_a_reader_teaches_the_others(database: Database) -> None:
    catalog = Catalog(database)
    put(database, catalog, label("a.b"))
    with database.read() as connection:
        seen = catalog.current(connection)
    assert catalog.current() is seen


def test_many_threads_see_every_commit_of_their_own(database: Database) -> None:
    catalog = Catalog(database)
    lost: list[str] = []

    def work(name: str) -> None:
        for turn in range(10):
            put(database, catalog, label(f"{name}.t{turn}"))
            if f"{name}.t{turn}" not in catalog.current().rows["label"]:
                lost.append(f"{name}.t{turn}")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    assert catalog.current() == Catalog(database).current()
    assert len(catalog.current().rows["label"]) == 40


Step = tuple[str, str, bool]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["commit", "fail", "elsewhere", "read"]),
        st.sampled_from(["a.a", "a.b", "a.c"]),
        st.booleans(),
    ),
    max_size=12,
)


@pytest.mark.law
@settings(derandomize=True, deadline=None, max_examples=25, suppress_health_check=SHARED)
@given(steps=STEPS)
def test_the_kept_state_is_always_the_fold_of_what_is_committed(
    new_url: Callable[[], str], steps: list[Step]
) -> None:
    url = new_url()
    database, other = Database.open(url, create=True), Database.open(url)
    catalog, elsewhere = Catalog(database), Catalog(other)
    truth: list[Fact] = []

    def append(connection: Connection, to: Catalog, fact: Fact) -> None:
        before = to.current(connection)
        to.append(connection, [fact], "E", TIME)
        assert to.current(connection).version == before.version + 1

    for kind, key, set_ in steps:
        fact = label(key, "x" if set_ else None)
        if kind == "commit":
            with database.write() as connection:
                append(connection, catalog, fact)
            truth.append(fact)
        elif kind == "elsewhere":
            with other.write() as connection:
                append(connection, elsewhere, fact)
            truth.append(fact)
        elif kind == "fail":
            with suppress(_Undone), database.write() as connection:
                append(connection, catalog, fact)
                raise _Undone
        rows = [FactRow(seq, fact, "E", TIME) for seq, fact in enumerate(truth, 1)]
        assert catalog.current() == Facts().extended(rows)
    database.close()
    other.close()
