"""The ledger: order, chain, proofs, balances; whole after kills and under many writers."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import forked

from doumen.kits.evidence import merkle
from doumen.kits.evidence.keys import new_key, public_hex
from doumen.kits.evidence.note import open_checkpoint
from doumen.model.errors import Conflict, Invalid, NotFound
from doumen.model.event import Charge, Event
from doumen.stores.database import Database
from doumen.stores.ledger import Ledger

Make = Callable[..., Event]
SHARED = [HealthCheck.function_scoped_fixture]  # it gives a new place each time it is called
WORKING = new_key(b"\x02" * 32)


def test_an_empty_ledger(book: Any) -> None:
    with book.database.read() as connection:
        assert book.ledger.size(connection) == 0
        assert book.ledger.root(connection, 0) == merkle.EMPTY_ROOT
        assert book.ledger.head(connection) is None
        assert list(book.ledger.entries(connection)) == []
        assert book.ledger.consistency(connection, 0, 0) == []
    with book.database.write() as connection:
        assert book.ledger.append(connection, []) == []
        book.ledger.sign_head(connection, WORKING, "example-ledger")
    assert book.audit() == []


def test_entries_are_chained_and_kept_as_canonical_bytes(full: Any) -> None:
    with full.database.read() as connection:
        bodies = list(full.ledger.entries(connection))
        assert full.ledger.entry(connection, 4) == bodies[4]
        assert full.ledger.find(connection, "E000004") == (4, bodies[4])
        assert full.ledger.find(connection, "nobody") is None
    previous = None
    for number, body in enumerate(bodies):
        event = json.loads(body)
        assert event["id"] == f"E{number:06d}"
        assert event["previous"] == previous
        assert (
            body
            == json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        )
        previous = merkle.leaf_hash(body).hex()


def test_append_says_what_it_placed(book: Any, event: Make) -> None:
    first, second = book.commit([event(0), event(1)])
    assert (first.index, second.index) == (0, 1)
    assert first.event.previous is None
    assert second.event.previous == first.leaf.hex() == merkle.leaf_hash(first.body).hex()
    (third,) = book.commit([event(2)])
    assert third.event.previous == second.leaf.hex()


def test_ranges_of_entries(full: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doumen.stores.ledger.ledger.PAGE", 3)
    with full.database.read() as connection:
        whole = list(full.ledger.entries(connection))
        assert len(whole) == 11
        assert list(full.ledger.entries(connection, 2, 9)) == whole[2:9]
        assert list(full.ledger.entries(connection, 9)) == whole[9:]
        assert list(full.ledger.entries(connection, 5, 5)) == []


def test_every_root_and_proof_holds(full: Any) -> None:
    with full.database.read() as connection:
        bodies = list(full.ledger.entries(connection))
        leaves = [merkle.leaf_hash(body) for body in bodies]
        roots = [full.ledger.root(connection, size) for size in range(12)]
        for size in range(1, 12):
            for index in range(size):
                proof = full.ledger.inclusion(connection, index, size)
                assert merkle.verify_inclusion(index, size, leaves[index], proof, roots[size])
            for old in range(size + 1):
                proof = full.ledger.consistency(connection, old, size)
                assert merkle.verify_consistency(old, size, roots[old], roots[size], proof)
    assert roots[1] == leaves[0]
    assert roots[2] == merkle.node_hash(leaves[0], leaves[1])


def test_places_beyond_the_end(full: Any) -> None:
    ledger = full.ledger
    with full.database.read() as connection:
        asked: list[Callable[[], object]] = [
            lambda: ledger.root(connection, 12),
            lambda: ledger.inclusion(connection, 0, 12),
            lambda: ledger.inclusion(connection, 5, 5),
            lambda: ledger.inclusion(connection, -1, 5),
            lambda: ledger.consistency(connection, 5, 12),
            lambda: ledger.consistency(connection, 6, 5),
            lambda: ledger.entry(connection, 11),
        ]
        for ask in asked:
            with pytest.raises(NotFound):
                ask()


def test_each_commit_leaves_its_checkpoint(full: Any) -> None:
    with full.database.read() as connection:
        notes = list(full.ledger.checkpoints(connection))
        heads = [open_checkpoint(note, "example-ledger", public_hex(WORKING)) for note in notes]
        assert [head.size for head in heads] == [1, 3, 6, 10, 11]
        assert [head.origin for head in heads] == ["example-ledger"] * 5
        assert all(full.ledger.root(connection, head.size) == head.root for head in heads)
        assert full.ledger.head(connection) == notes[-1]


def test_the_same_head_is_kept_once_and_a_new_key_signs_anew(full: Any) -> None:
    other = new_key(b"\x03" * 32)
    full.publics["other"] = public_hex(other)
    with full.database.write() as connection:
        full.ledger.sign_head(connection, WORKING, "example-ledger")
        assert len(list(full.ledger.checkpoints(connection))) == 5
        note = full.ledger.sign_head(connection, other, "example-ledger")
        assert len(list(full.ledger.checkpoints(connection))) == 6
        assert full.ledger.head(connection) == note
    assert full.audit() == []


def test_an_id_is_used_once(full: Any, event: Make) -> None:
    with pytest.raises(Conflict):
        full.commit([event(99), event(3)])
    with full.database.read() as connection:
        assert full.ledger.size(connection) == 11
    assert full.audit() == []


def test_an_event_that_json_cannot_hold_is_refused(book: Any, event: Make) -> None:
    with pytest.raises(Invalid):
        book.commit([replace(event(0), data={"n": 2**60})])


def test_a_balance_is_the_sum_of_its_charges(book: Any, event: Make) -> None:
    book.commit(
        [
            event(0, Charge("actor:ana", "rows", 40), Charge("actor:ana", "queries", 1)),
            event(1, Charge("actor:ana", "rows", -15), Charge("actor:bo", "rows", 7)),
        ]
    )
    book.commit([event(2, Charge("actor:ana", "rows", 2))])
    with book.database.read() as connection:
        assert book.ledger.balance(connection, "actor:ana", "rows") == 27
        assert book.ledger.balance(connection, "actor:ana", "queries") == 1
        assert book.ledger.balance(connection, "actor:bo", "rows") == 7
        assert book.ledger.balance(connection, "nobody", "rows") == 0
        assert list(book.ledger.charges(connection))[:3] == [
            (0, Charge("actor:ana", "rows", 40)),
            (0, Charge("actor:ana", "queries", 1)),
            (1, Charge("actor:ana", "rows", -15)),
        ]


def test_receipts_are_kept_until_they_are_shredded(full: Any) -> None:
    with full.database.read() as connection:
        assert "signatures" in full.ledger.receipt(connection, "E000003")
        assert full.ledger.receipt(connection, "nobody") is None


CHARGES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]), st.sampled_from(["u", "v"]), st.integers(-(2**50), 2**50)
    ),
    max_size=3,
)


@pytest.mark.law
@settings(derandomize=True, deadline=None, max_examples=25, suppress_health_check=SHARED)
@given(commits=st.lists(st.tuples(st.booleans(), st.lists(CHARGES, max_size=3)), max_size=6))
def test_balances_are_folds_over_what_was_committed(
    new_url: Callable[[], str],
    commits: list[tuple[bool, list[list[tuple[str, str, int]]]]],
) -> None:
    database = Database.open(new_url(), create=True)
    ledger = Ledger(database, "example-ledger")
    truth: dict[tuple[str, str], int] = {}
    count = 0
    for kept, events in commits:
        with suppress(_Undone), database.write() as connection:
            made = [
                Event(f"E{count + n}", "", "query", "ana", charges=tuple(Charge(*c) for c in cs))
                for n, cs in enumerate(events)
            ]
            ledger.append(connection, made)
            if not kept:
                raise _Undone
            count += len(made)
            for charge in (c for e in made for c in e.charges):
                key = charge.account, charge.unit
                truth[key] = truth.get(key, 0) + charge.amount
    with database.read() as connection:
        assert ledger.size(connection) == count
        for account in "ab":
            for unit in "uv":
                expected = truth.get((account, unit), 0)
                assert ledger.balance(connection, account, unit) == expected
    database.close()


class _Undone(Exception):
    """Ends a transaction that is to leave nothing."""


def test_no_interleaving_of_threads_overspends(book: Any, event: Make) -> None:
    """A charge is made on condition of the balance, both in one writing transaction."""

    def spend(start: int) -> None:
        for number in range(start, start + 10):
            with book.database.write() as connection:
                if book.ledger.balance(connection, "budget", "units") < 20:
                    charge = Charge("budget", "units", 1)
                    book.ledger.append(connection, [event(number, charge)])

    threads = [threading.Thread(target=spend, args=(n * 100,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with book.database.read() as connection:
        assert book.ledger.balance(connection, "budget", "units") == 20
        assert book.ledger.size(connection) == 20


WRITER = """
import sys
from doumen.kits.evidence.keys import new_key
from doumen.model.event import Charge, Event
from doumen.model.fact import Fact
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.ledger import Ledger

url, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
database = Database.open(url)
ledger, catalog, key = Ledger(database, "example-ledger"), Catalog(database), new_key(b"\\x02" * 32)
for number in range(count):
    id = f"{name}-{number:04d}"
    event = Event(id, "2026-11-24T00:00:00.000000Z", "query", name,
                  charges=(Charge("all", "events", 1),))
    with database.write() as connection:
        ledger.append(connection, [event])
        catalog.append(connection, [Fact("purpose", id, {})], id, event.time)
        ledger.sign_head(connection, key, "example-ledger")
    print(id, flush=True)
"""


def start(url: str, name: str, count: int) -> subprocess.Popen[str]:
    """A process that commits `count` events and says each id once it is durable."""
    command = [sys.executable, "-c", WRITER, url, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def run(url: str, name: str, count: int, failpoint: str = "") -> tuple[int, list[str]]:
    """The same, to its end: its code and what it said."""
    armed = {"DOUMEN_FAILPOINT": failpoint}
    done = forked.run(WRITER, url, name, str(count), environment=armed)
    return done.returncode, done.stdout.split()


def test_four_processes_lose_nothing(url: str, book: Any) -> None:
    running = [start(url, name, 25) for name in "abcd"]
    said = [line for process in running for line in process.communicate()[0].split()]
    assert [process.returncode for process in running] == [0] * 4
    with book.database.read() as connection:
        ids = [json.loads(body)["id"] for body in book.ledger.entries(connection)]
        assert sorted(ids) == sorted(said)
        assert len(ids) == 100
        assert book.ledger.balance(connection, "all", "events") == 100
    assert book.audit() == []


@pytest.mark.law
@pytest.mark.parametrize("step", ["ledger.appended", "catalog.appended", "ledger.signed"])
@pytest.mark.parametrize("turn", [1, 4])
def test_a_kill_loses_nothing_said_and_keeps_nothing_unsaid(
    url: str, book: Any, step: str, turn: int
) -> None:
    ended, said = run(url, "a", 8, f"{step}:{turn}")
    assert ended == -signal.SIGKILL
    assert len(said) == turn - 1
    with book.database.read() as connection:
        assert [json.loads(b)["id"] for b in book.ledger.entries(connection)] == said
        assert book.ledger.balance(connection, "all", "events") == len(said)
    assert book.audit() == []
    assert run(url, "b", 2) == (0, ["b-0000", "b-0001"])
    assert book.audit() == []


@pytest.mark.law
def test_a_kill_from_outside_at_any_moment(url: str, book: Any) -> None:
    said: set[str] = set()
    for turn in range(3):
        process = start(url, f"w{turn}", 10_000)
        assert process.stdout is not None
        for _ in range(5 + turn * 3):
            said.add(process.stdout.readline().strip())
        process.kill()
        said |= set(process.communicate()[0].split())
    with book.database.read() as connection:
        kept = {json.loads(body)["id"] for body in book.ledger.entries(connection)}
    assert said <= kept
    assert len(kept) <= len(said) + 3  # committed, killed before it could say so
    assert book.audit() == []


def test_a_file_of_wal_left_behind_is_taken_up(url: str, book: Any) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("a server keeps its own log")
    assert run(url, "a", 3, "ledger.signed:3") == (-signal.SIGKILL, ["a-0000", "a-0001"])
    assert Path(f"{url.removeprefix('sqlite:///')}-wal").exists()
    with book.database.read() as connection:
        assert book.ledger.size(connection) == 2
