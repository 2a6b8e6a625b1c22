"""Receipts: sealed, read, checked; every way of tampering is found and named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence import jws, keys, merkle, note
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.receipt import check_receipt, read_receipt, seal
from doumen.model.errors import Tampered

if TYPE_CHECKING:
    from tests.kits.evidence.conftest import Node
else:
    Node = Any


def flaws(node: Node, text: str, **more: Any) -> list[str]:
    found = check_receipt(text, node.root_public, [node.certificate], **more)
    assert all(flaw.what.strip() for flaw in found)
    return [flaw.kind for flaw in found]


def test_read_gives_what_was_sealed(node: Node) -> None:
    made = node.ask("SELECT 1")
    assert read_receipt(node.sealed(made)) == made
    assert read_receipt(node.sealed(made) + "\n") == made


def test_a_true_receipt_has_no_flaw(node: Node) -> None:
    text = node.sealed(node.ask("SELECT 1"))
    assert flaws(node, text) == []
    assert flaws(node, text + "\n") == []
    assert check_receipt(text, node.root_public, []) == []


def test_every_entry_of_the_ledger_can_be_proved(node: Node) -> None:
    made = [node.ask(f"SELECT {number}") for number in range(20)]
    for receipt in made:
        assert flaws(node, node.sealed(receipt)) == []
        assert flaws(node, node.sealed(node.placed(receipt))) == []


def test_a_receipt_may_disclose_nothing(node: Node) -> None:
    made = replace(node.ask("SELECT 1"), disclosed={})
    assert read_receipt(node.sealed(made)) == made
    assert flaws(node, node.sealed(made)) == []


def test_a_countersigned_receipt_holds(node: Node, other: Node) -> None:
    text = node.sealed(node.ask("SELECT 1"))
    both = jws.countersign(text, other.working, other.certificate["kid"])
    assert flaws(node, both) == []
    assert jws.verify(both, {other.certificate["kid"]: other.certificate["public"]})


@settings(
    derandomize=True,
    deadline=None,
    max_examples=count(400),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_a_changed_byte_is_found(node: Node, place: int, flip: int) -> None:
    node.entries[5:] = []
    data = bytearray(node.sealed(node.ask("SELECT 1")).encode())
    data[place % len(data)] ^= flip
    assert flaws(node, data.decode(errors="surrogateescape"))


def test_a_changed_event_is_found(node: Node) -> None:
    made = node.ask("SELECT 1")
    event = {**made.event, "actor": "bob"}
    assert flaws(node, node.sealed(replace(made, event=event))) == ["inclusion"]


def test_a_removed_event_is_found(node: Node) -> None:
    made = node.ask("SELECT 1")
    seen = node.checkpoint()
    left = [event for event in node.entries if canonical(made.event) != event]
    node.entries.clear()
    node.nodes.clear()
    for event in left:
        node.append(read_event(event))
    for number in range(3):
        node.ask(f"SELECT {number}")
    place = replace(made.inclusion, size=len(node.entries), checkpoint=node.checkpoint())
    assert flaws(node, node.sealed(replace(made, inclusion=place))) == ["inclusion"]
    later = node.ask("SELECT 2")
    proof = node.consistency(6, len(node.entries))
    assert flaws(node, node.sealed(later), checkpoint=seen, consistency=proof) == ["fork"]


def read_event(data: bytes) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(data)
    return event


def test_a_changed_proof_is_found(node: Node) -> None:
    made = node.ask("SELECT 1")
    place = made.inclusion
    for wrong in (
        replace(place, proof=("00" * 32, *place.proof[1:])),
        replace(place, proof=("zz", *place.proof[1:])),
        replace(place, proof=place.proof[1:]),
        replace(place, index=place.index - 1),
        replace(place, size=place.size + 1),
        replace(place, checkpoint=node.checkpoint(4)),
        replace(place, size=4, checkpoint=node.checkpoint(4)),
    ):
        assert flaws(node, node.sealed(replace(made, inclusion=wrong))) == ["inclusion"]


def test_a_size_that_is_not_that_of_the_checkpoint_is_found(node: Node) -> None:
    made = node.ask("SELECT 1")
    first = read_event(node.entries[0])
    proof = tuple(hash_.hex() for hash_ in merkle.inclusion(0, 6, node.read))
    place = replace(made.inclusion, index=0, proof=proof)
    true = replace(made, id=first["id"], event=first, disclosed={}, inclusion=place)
    assert flaws(node, node.sealed(true)) == []
    lie = replace(true, inclusion=replace(place, size=8))
    assert flaws(node, node.sealed(lie)) == ["inclusion"]


def test_another_statement_is_found(node: Node) -> None:
    made = node.ask("SELECT 1")
    changes: list[dict[str, Any]] = [
        {"statement": "SELECT 2"},
        {"parameters": []},
        {"salt": "00"},
        {"salt": "x"},
    ]
    for change in changes:
        disclosed = {**made.disclosed, **change}
        assert flaws(node, node.sealed(replace(made, disclosed=disclosed))) == ["statement"]
    event = {**made.event, "data": {}}
    found = flaws(node, node.sealed(replace(made, event=event)))
    assert found == ["statement", "inclusion"]


def test_a_wrong_key_is_found(node: Node, other: Node) -> None:
    made = node.ask("SELECT 1")
    assert flaws(node, seal(made, other.working)) == ["signature"]
    payload = jws.read(node.sealed(made)).payload
    stranger = jws.sign(payload, other.working, other.certificate["kid"])
    assert flaws(node, stranger) == ["wrong-key"]


def test_a_receipt_of_another_node_is_found(node: Node, other: Node) -> None:
    text = other.sealed(other.ask("SELECT 1"))
    assert flaws(other, text) == []
    assert flaws(node, text) == ["certificate", "checkpoint"]
    # the certificate of one node above the signature of another
    made = replace(node.ask("SELECT 1"), certificate=other.certificate)
    assert flaws(node, seal(made, other.working)) == ["certificate"]


def test_an_old_key_is_found(node: Node) -> None:
    text = node.sealed(node.ask("SELECT 1", "2026-05-01T12:00:00.000000Z"))
    found: dict[str, list[str]] = {}
    for retired in ("2026-05-01T11:59:59Z", "2026-05-01T12:00:00Z", "2026-05-02", "soon"):
        known = [node.certificate | {"retired": retired}]
        found[retired] = [flaw.kind for flaw in check_receipt(text, node.root_public, known)]
    assert list(found.values()) == [["retired-key"], [], ["retired-key"], ["retired-key"]]
    another = keys.certify(node.root, "00" * 32, "x", "y") | {"retired": "2020-01-01T00:00:00Z"}
    assert check_receipt(text, node.root_public, [node.certificate, another]) == []


def test_a_key_file_with_a_false_certificate_is_found(node: Node, other: Node) -> None:
    text = node.sealed(node.ask("SELECT 1"))
    found = check_receipt(text, node.root_public, [node.certificate, other.certificate, {}])
    assert [flaw.kind for flaw in found] == ["key-file", "key-file"]


def test_a_checkpoint_that_is_not_signed_is_found(node: Node, other: Node) -> None:
    made = node.ask("SELECT 1")
    head = note.Checkpoint("example.org/node", 6, merkle.root(6, node.read))
    alien = note.Checkpoint("example.org/else", 6, merkle.root(6, node.read))
    for wrong in (
        "",
        note.sign_checkpoint(head, head.origin, other.working),
        note.sign_checkpoint(alien, head.origin, node.working),
    ):
        place = replace(made.inclusion, checkpoint=wrong)
        assert flaws(node, node.sealed(replace(made, inclusion=place))) == ["checkpoint"]
        assert flaws(node, node.sealed(made), checkpoint=wrong) == ["checkpoint"]


def test_a_checkpoint_by_a_later_key_holds(node: Node) -> None:
    text = node.sealed(node.ask("SELECT 1"))
    old = node.certificate | {"retired": "2026-06-01T00:00:00Z"}
    node.working = keys.new_key(bytes([2] * 32))
    known = [old, node.certificate]
    assert check_receipt(text, node.root_public, known, checkpoint=node.checkpoint()) == []
    found = check_receipt(text, node.root_public, [old], checkpoint=node.checkpoint())
    assert [flaw.kind for flaw in found] == ["checkpoint"]


def test_other_checkpoints_of_the_same_ledger_agree(node: Node) -> None:
    early = node.checkpoint()
    text = node.sealed(node.ask("SELECT 1"))
    same = node.checkpoint()
    node.ask("SELECT 2")
    late = node.checkpoint()
    assert flaws(node, text, checkpoint=same) == []
    assert flaws(node, text, checkpoint=early, consistency=node.consistency(5, 6)) == []
    assert flaws(node, text, checkpoint=late, consistency=node.consistency(6, 7)) == []
    assert flaws(node, text, checkpoint=late) == ["consistency"]
    for wrong in ((), ("zz",), node.consistency(5, 7)):
        assert flaws(node, text, checkpoint=late, consistency=wrong) == ["fork"]


def test_a_fork_is_found(node: Node) -> None:
    twin = copy.deepcopy(node)
    text = node.sealed(node.ask("SELECT 1"))
    twin.ask("SELECT 'other'")
    assert flaws(node, text, checkpoint=twin.checkpoint()) == ["fork"]
    twin.ask("SELECT 2")
    found = flaws(node, text, checkpoint=twin.checkpoint(), consistency=twin.consistency(6, 7))
    assert found == ["fork"]


def test_all_flaws_are_named_at_once(node: Node, other: Node) -> None:
    made = node.ask("SELECT 1")
    lie = replace(made, disclosed={**made.disclosed, "salt": ""}, event={**made.event, "time": ""})
    found = check_receipt(
        seal(lie, other.working), other.root_public, [node.certificate | {"retired": "x"}]
    )
    assert [flaw.kind for flaw in found] == [
        "key-file",
        "certificate",
        "signature",
        "retired-key",
        "statement",
        "checkpoint",
    ]


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(format="other"),
        lambda body: body.pop("format"),
        lambda body: body.update(more=1),
        lambda body: body.pop("id"),
        lambda body: body.update(id="else"),
        lambda body: body.update(event={}),
        lambda body: body.update(event="{"),
        lambda body: body.update(event=body["event"] + " "),
        lambda body: body.update(event="[]"),
        lambda body: body.update(event=body["event"].replace('"data":{', '"data":1,"x":{')),
        lambda body: body.update(disclosed=[1]),
        lambda body: body["disclosed"].update(parameters=[]),
        lambda body: body["disclosed"].update(parameters="[ ]"),
        lambda body: body.update(rules=["x"]),
        lambda body: body.update(rules=1),
        lambda body: body.update(certificate="x"),
        lambda body: body.update(inclusion=[]),
        lambda body: body["inclusion"].update(index="1"),
        lambda body: body["inclusion"].update(size=True),
        lambda body: body["inclusion"].update(checkpoint=1),
        lambda body: body["inclusion"].pop("proof"),
    ],
)
def test_another_form_is_refused(node: Node, change: Change) -> None:
    body = read_event(jws.read(node.sealed(node.ask("SELECT 1"))).payload)
    change(body)
    text = jws.sign(canonical(body), node.working, node.certificate["kid"])
    with pytest.raises(Tampered):
        read_receipt(text)
    assert flaws(node, text) == ["form"]


@pytest.mark.parametrize("payload", [b"", b"[]", b"1", b'{"format": 1}'])
def test_a_payload_that_is_no_object_is_refused(node: Node, payload: bytes) -> None:
    text = jws.sign(payload, node.working, "kid")
    with pytest.raises(Tampered):
        read_receipt(text)
