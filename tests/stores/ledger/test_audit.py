"""The audit: every kind of row that is changed, dropped or added is found and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, Table, delete, insert, select, update

from doumen.kits.evidence import merkle
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.keys import new_key, public_hex
from doumen.kits.evidence.note import Checkpoint, sign_checkpoint
from doumen.model.event import Event
from doumen.stores.ledger import tree
from doumen.stores.tables import CHARGES, CHECKPOINTS, ENTRIES, NODES, RECEIPTS

Do = Callable[[Connection], object]
FREE = {
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
    "postgresql": ("SET session_replication_role = replica", "RESET session_replication_role"),
}  # how whoever tampers frees himself of foreign keys


def tamper(book: Any, *steps: Do) -> list[tuple[str, str]]:
    """Change rows behind the ledger's back, and see what the audit finds."""
    with book.database._engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        off, on = FREE[connection.dialect.name]
        raw.execute(off)
        for step in steps:
            step(connection)
        connection.commit()
        raw.execute(on)
    return [(flaw.where, flaw.what) for flaw in book.audit()]


def run(statement: Executable) -> Do:
    """One statement as a step."""
    return lambda connection: connection.execute(statement)


def places(flaws: list[tuple[str, str]]) -> list[str]:
    return [where for where, _ in flaws]


def body(connection: Connection, place: int) -> dict[str, Any]:
    kept = connection.execute(select(ENTRIES.c.body).where(ENTRIES.c.place == place)).scalar_one()
    read: dict[str, Any] = json.loads(kept)
    return read


def rewrite(place: int, **changes: Any) -> Do:
    """Change an event and leave all else."""

    def step(connection: Connection) -> None:
        changed = canonical(body(connection, place) | changes)
        connection.execute(update(ENTRIES).where(ENTRIES.c.place == place).values(body=changed))

    return step


def rehash(place: int) -> Do:
    """Put the leaf hash right that belongs to a changed event."""

    def step(connection: Connection) -> None:
        kept = connection.execute(select(ENTRIES.c.body).where(ENTRIES.c.place == place))
        hash_ = merkle.leaf_hash(kept.scalar_one())
        number = tree.number(0, place)
        connection.execute(update(NODES).where(NODES.c.number == number).values(hash=hash_))

    return step


def rebuild(connection: Connection) -> None:
    """Put right all that can be put right without a key: chain, hashes, charges."""
    bodies = connection.execute(select(ENTRIES).order_by(ENTRIES.c.place)).all()
    connection.execute(delete(NODES))
    connection.execute(delete(CHARGES))
    known: dict[tree.Node, bytes] = {}
    previous = None
    for place, row in enumerate(bodies):
        event = json.loads(row.body) | {"previous": previous}
        data = canonical(event)
        connection.execute(
            update(ENTRIES).where(ENTRIES.c.place == row.place).values(place=place, body=data)
        )
        leaf = merkle.leaf_hash(data)
        nodes = merkle.grown(place, leaf, tree.reader(known))
        known.update({(level, index): hash_ for level, index, hash_ in nodes})
        tree.store(connection, nodes)
        for item, charge in enumerate(event["charges"]):
            connection.execute(insert(CHARGES).values(place=place, item=item, **charge))
        previous = leaf.hex()


def test_what_nobody_touched_holds(full: Any) -> None:
    assert full.audit() == []


def test_pages_make_no_difference(full: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for page in (1, 2, 3, 4, 8):
        monkeypatch.setattr("doumen.stores.ledger.audit.PAGE", page)
        assert full.audit() == []
    assert places(tamper(full, rewrite(5, actor="eve"))) == ["entry 5", "receipt E000005"]


@pytest.mark.parametrize("place", range(11))
def test_a_changed_event_is_named(full: Any, place: int) -> None:
    flaws = tamper(full, rewrite(place, actor="eve"))
    assert places(flaws) == [f"entry {place}", f"receipt E{place:06d}"]
    assert "It was changed" in flaws[0][1]


def test_a_changed_event_with_its_leaf_hash_is_named_by_its_neighbours(full: Any) -> None:
    flaws = tamper(full, rewrite(4, actor="eve"), rehash(4))
    assert places(flaws) == [
        "entry 5",
        "node 1/2",
        "node 2/1",
        "node 3/0",
        "checkpoint 2",
        "receipt E000004",
    ]
    assert "`previous`" in flaws[0][1]
    assert "first 6 entries" in flaws[4][1]
    assert "and 2 after it" in flaws[4][1]


def test_a_ledger_rebuilt_around_a_change_is_betrayed_by_what_was_signed(full: Any) -> None:
    flaws = tamper(full, rewrite(4, actor="eve"), rebuild)
    assert [w for w in places(flaws) if not w.startswith("receipt")] == ["checkpoint 2"]
    assert "receipt E000004" in places(flaws)


def test_the_last_event_changed_with_all_hashes(full: Any) -> None:
    flaws = tamper(full, rewrite(10, actor="eve"), rebuild)
    assert places(flaws) == ["checkpoint 4", "receipt E000010"]
    assert flaws[0][1] == "The first 11 entries do not give the root hash that was signed."


@pytest.mark.parametrize("place", [0, 4, 9])
def test_a_dropped_event_is_named(full: Any, place: int) -> None:
    flaws = tamper(full, lambda c: c.execute(delete(ENTRIES).where(ENTRIES.c.place == place)))
    assert flaws[0] == (f"entry {place}", "It is missing.")
    assert places(flaws)[1:] == [f"receipt E{place:06d}"]


def test_a_dropped_event_with_its_hash_is_named(full: Any) -> None:
    flaws = tamper(
        full,
        lambda c: c.execute(delete(ENTRIES).where(ENTRIES.c.place == 4)),
        lambda c: c.execute(delete(NODES).where(NODES.c.number == tree.number(0, 4))),
    )
    assert places(flaws) == ["entry 4", "node 0/4", "receipt E000004"]


def test_the_last_event_dropped_but_its_place(full: Any) -> None:
    """A gap before an entry that does not say what came before it."""
    flaws = tamper(
        full,
        lambda c: c.execute(delete(ENTRIES).where(ENTRIES.c.place == 9)),
        lambda c: c.execute(delete(NODES).where(NODES.c.number == tree.number(0, 9))),
        rewrite(10, previous=None),
    )
    assert places(flaws)[:2] == ["entry 9", "node 0/9"]


def test_an_end_cut_off_is_named(full: Any) -> None:
    flaws = tamper(
        full,
        lambda c: c.execute(delete(ENTRIES).where(ENTRIES.c.place >= 10)),
        lambda c: c.execute(delete(RECEIPTS).where(RECEIPTS.c.id == "E000010")),
    )
    assert places(flaws) == ["node number 18", "charge of entry 10", "checkpoint 4"]
    assert "cut off" in flaws[-1][1]


def test_an_end_cut_off_with_its_checkpoint_is_seen_by_those_who_hold_it(full: Any) -> None:
    """Only an older checkpoint in other hands betrays this one: `consistency` then fails."""
    with full.database.read() as connection:
        held = full.ledger.root(connection, 11)
    flaws = tamper(
        full,
        lambda c: c.execute(delete(ENTRIES).where(ENTRIES.c.place >= 10)),
        lambda c: c.execute(delete(CHARGES).where(CHARGES.c.place >= 10)),
        lambda c: c.execute(delete(NODES).where(NODES.c.number >= tree.count(10))),
        lambda c: c.execute(delete(RECEIPTS).where(RECEIPTS.c.id == "E000010")),
        lambda c: c.execute(delete(CHECKPOINTS).where(CHECKPOINTS.c.number == 4)),
    )
    assert flaws == []
    full.commit([Event("other", "2026-11-24T00:00:00.000000Z", "query", "eve")])
    with full.database.read() as connection:
        assert full.ledger.root(connection, 11) != held


def test_an_event_put_at_the_end_without_a_key_is_named(full: Any, event: Any) -> None:
    full.commit([event(11)], sign=False)
    assert [(f.where, f.what) for f in full.audit()] == [
        ("entry 11", "The last 1 entries are under no checkpoint.")
    ]


def test_two_events_changed_places(full: Any) -> None:
    def swap(connection: Connection) -> None:
        for old, new in ((3, -3), (4, 3), (-3, 4)):
            connection.execute(update(ENTRIES).where(ENTRIES.c.place == old).values(place=new))

    flaws = places(tamper(full, swap))
    assert "entry 3" in flaws
    assert "entry 4" in flaws
    assert "entry 2" not in flaws


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"not json", "not an event"),
        (b'{"id": "E000004"}', "not an event"),
        (b'{"id":"E000004"}', "not an event"),
        (b"[]", "not an event"),
        (b"\xff", "not an event"),
    ],
)
def test_bytes_that_are_no_event(full: Any, content: bytes, what: str) -> None:
    values = {"body": content}
    flaws = tamper(
        full, lambda c: c.execute(update(ENTRIES).where(ENTRIES.c.place == 4).values(**values))
    )
    assert places(flaws)[0] == "entry 4"
    assert what in flaws[0][1]


def test_the_bytes_before_an_unreadable_event(full: Any) -> None:
    flaws = tamper(
        full,
        rewrite(4, actor="eve"),
        lambda c: c.execute(update(ENTRIES).where(ENTRIES.c.place == 5).values(body=b"?")),
    )
    assert places(flaws)[:3] == ["entry 4", "entry 5", "entry 5"]


def test_an_event_under_another_id(full: Any) -> None:
    flaws = tamper(
        full, lambda c: c.execute(update(ENTRIES).where(ENTRIES.c.place == 4).values(id="X"))
    )
    assert flaws[0] == ("entry 4", "It is kept as `X`, but is the event `E000004`.")
    assert places(flaws)[1:] == ["receipt E000004"]


@pytest.mark.parametrize("node", [(0, 10), (0, 4), (1, 2), (2, 0), (3, 0)])
def test_a_changed_hash_is_named(full: Any, node: tree.Node) -> None:
    number = tree.number(*node)
    flaws = tamper(
        full,
        lambda c: c.execute(
            update(NODES).where(NODES.c.number == number).values(hash=b"\x07" * 32)
        ),
    )
    if node == (0, 10):  # nothing after the last entry tells which of the two was changed
        assert places(flaws)[0] == "entry 10"
    else:
        assert places(flaws) == [f"node {node[0]}/{node[1]}"]


@pytest.mark.parametrize("node", [(0, 4), (1, 2), (3, 0)])
def test_a_dropped_hash_is_named(full: Any, node: tree.Node) -> None:
    number = tree.number(*node)
    flaws = tamper(full, lambda c: c.execute(delete(NODES).where(NODES.c.number == number)))
    assert flaws == [(f"node {node[0]}/{node[1]}", "It is missing.")]


def test_added_rows_are_named(full: Any) -> None:
    flaws = tamper(
        full,
        lambda c: c.execute(insert(NODES).values(number=99, hash=b"x")),
        lambda c: c.execute(insert(ENTRIES).values(place=-1, id="X", body=b"{}")),
        lambda c: c.execute(
            insert(CHARGES).values(place=77, item=0, account="a", unit="u", amount=1)
        ),
    )
    assert places(flaws) == ["entry -1", "node number 99", "charge of entry 77"]


@pytest.mark.parametrize(
    "step",
    [
        lambda c: c.execute(update(CHARGES).where(CHARGES.c.place == 4).values(amount=9)),
        lambda c: c.execute(update(CHARGES).where(CHARGES.c.place == 4).values(account="actor:x")),
        lambda c: c.execute(update(CHARGES).where(CHARGES.c.place == 4).values(unit="x")),
        lambda c: c.execute(update(CHARGES).where(CHARGES.c.place == 4).values(item=5)),
        lambda c: c.execute(delete(CHARGES).where(CHARGES.c.place == 4)),
        lambda c: c.execute(
            insert(CHARGES).values(place=4, item=1, account="a", unit="u", amount=-1)
        ),
    ],
)
def test_changed_charges_are_named(full: Any, step: Do) -> None:
    assert tamper(full, step) == [
        ("entry 4", "The charges kept for it are not those of the event.")
    ]


def forged(size: int, origin: str = "example-ledger", seed: bytes = b"\x02") -> str:
    key = new_key(seed * 32)
    return sign_checkpoint(Checkpoint(origin, size, b"\x05" * 32), "example-ledger", key)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"note": forged(6)}, "do not give the root hash"),
        ({"note": forged(6, seed=b"\x09")}, "not signed by a key"),
        ({"note": forged(6, origin="another")}, "not signed by a key"),
        ({"note": "nonsense"}, "not signed by a key"),
        ({"size": 5}, "another size or out of order"),
    ],
)
def test_changed_checkpoints_are_named(full: Any, values: dict[str, Any], what: str) -> None:
    at = CHECKPOINTS.c.number == 2
    flaws = tamper(full, lambda c: c.execute(update(CHECKPOINTS).where(at).values(**values)))
    assert places(flaws) == ["checkpoint 2"]
    assert what in flaws[0][1]


def test_a_dropped_checkpoint_is_named(full: Any) -> None:
    at = CHECKPOINTS.c.number == 2
    flaws = tamper(full, lambda c: c.execute(delete(CHECKPOINTS).where(at)))
    assert flaws == [("checkpoint 2", "It is missing.")]


def test_a_fork_is_named(full: Any) -> None:
    flaws = tamper(
        full,
        lambda c: c.execute(insert(CHECKPOINTS).values(number=5, size=11, note=forged(11))),
        lambda c: c.execute(insert(CHECKPOINTS).values(number=6, size=3, note=forged(3))),
    )
    assert places(flaws) == ["checkpoint 6", "checkpoint 6"]
    assert "out of order" in flaws[0][1]
    assert "and 1 after it" in flaws[1][1]


def test_an_empty_ledger_was_not_signed_for_something(book: Any) -> None:
    flaws = tamper(
        book, lambda c: c.execute(insert(CHECKPOINTS).values(number=0, size=0, note=forged(0)))
    )
    assert places(flaws) == ["checkpoint 0"]


def test_a_key_that_is_not_known_signs_nothing(full: Any) -> None:
    full.publics = {"other": public_hex(new_key(b"\x09" * 32))}
    flaws = full.audit()
    assert {f.where for f in flaws} >= {f"checkpoint {n}" for n in range(5)}
    assert {f.where for f in flaws} >= {f"receipt E{n:06d}" for n in range(11)}


@pytest.mark.parametrize("text", ["nonsense", None])
def test_changed_receipts_are_named(full: Any, text: str | None) -> None:
    def step(connection: Connection) -> None:
        kept = select(RECEIPTS.c.text).where(RECEIPTS.c.id == "E000003")
        changed = text or connection.execute(kept).scalar_one()
        at = RECEIPTS.c.id == "E000004"
        connection.execute(update(RECEIPTS).where(at).values(text=changed))

    assert places(tamper(full, step)) == ["receipt E000004"]


def test_a_receipt_of_nothing_is_named(full: Any) -> None:
    flaws = tamper(full, lambda c: c.execute(insert(RECEIPTS).values(id="X", text="{}")))
    assert flaws == [("receipt X", "The ledger has no event of this id.")]


def test_a_shredded_receipt_is_no_fault(full: Any) -> None:
    assert tamper(full, lambda c: c.execute(delete(RECEIPTS))) == []


@pytest.mark.law
@pytest.mark.parametrize("table", [ENTRIES, NODES, CHECKPOINTS, CHARGES, RECEIPTS])
def test_no_row_can_be_dropped_or_changed_unseen(full: Any, table: Table) -> None:
    """Every row of every table, every column of it: one at a time."""
    keys = list(table.primary_key)
    with full.database.read() as connection:
        rows = [dict(row._mapping) for row in connection.execute(select(table))]
    tried = 5 if full.database._engine.dialect.name == "sqlite" else 1  # the walk is the same
    for row in rows[:: max(1, len(rows) // tried)]:
        at = [key == row[key.name] for key in keys]
        for column in table.columns:
            value = row[column.name]
            other = value + 1000 if isinstance(value, int) else value[:-1] + value[-1:] * 2
            undo = {key.name: value if key is column else row[key.name] for key in keys}
            now = [key == (other if key is column else row[key.name]) for key in keys]
            changed = update(table).where(*at).values({column.name: other})
            assert tamper(full, run(changed)), (table.name, row, column.name)
            back = update(table).where(*now).values({**undo, column.name: value})
            assert tamper(full, run(back)) == []
        if table is not RECEIPTS:  # to shred a receipt is a right
            assert tamper(full, run(delete(table).where(*at)))
            assert tamper(full, run(insert(table).values(row))) == []
