"""`did:web` to the address of its document and back: published examples, and hostile ones."""

from __future__ import annotations

import pytest

from doumen.kits.standards.dsp.addresses import Reach
from doumen.kits.standards.dsp.didweb import did_of, document_address
from doumen.model.errors import DoumenError, Invalid, Refused

# The first four are the examples of the specification of the method.
PAIRS = [
    ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
    ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
    ("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json"),
    ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
    ("did:web:a.b.example.org:x_y-z.1", "https://a.b.example.org/x_y-z.1/did.json"),
    ("did:web:example.org:%E6%95%B0", "https://example.org/%E6%95%B0/did.json"),
    ("did:web:example.org:.well-known:x", "https://example.org/.well-known/x/did.json"),
    ("did:web:xn--fiqs8s.example", "https://xn--fiqs8s.example/.well-known/did.json"),
]


@pytest.mark.parametrize(("did", "address"), PAIRS)
def test_identifiers_lead_to_addresses_and_back(did: str, address: str) -> None:
    assert str(document_address(did)) == address
    assert did_of(address) == did
    assert did_of(address, Reach.LOOPBACK) == did


@pytest.mark.parametrize(
    "did",
    [
        "", "did:web:", "did:web", "web:example.org", "did:key:z6Mk", "DID:web:example.org",
        "did:WEB:example.org", "did:web:Example.org", "did:web:example.org:",
        "did:web:example.org::a", "did:web:example.org:3000:..",
        "did:web:example.org:a:.", "did:web:example.org:%2E%2E",
        "did:web:example.org:a%2Fb", "did:web:example.org:a%5Cb", "did:web:example.org:a%00",
        "did:web:example.org:a%20b", "did:web:example.org:a%3Fb", "did:web:example.org:a%23b",
        "did:web:example.org:a%3Ab", "did:web:example.org:%252E", "did:web:example.org:a%2fb",
        "did:web:example.org:%zz", "did:web:example.org:.well-known", "did:web:example.org/a",
        "did:web:example.org?a=1", "did:web:example.org#key-1", "did:web:u@example.org",
        "did:web:u%40example.org", "did:web:example.org%3a3000", "did:web:example.org%3A",
        "did:web:example.org%3A0", "did:web:example.org%3A080", "did:web:example.org%3A99999",
        "did:web:example.org%3A3000%3A1", "did:web:example.org%2Fa", "did:web:127.0.0.1",
        "did:web:8.8.8.8", "did:web:8.8.8.8%3A443", "did:web:2130706433", "did:web:0x7f000001",
        "did:web:[::1]", "did:web:%5B%3A%3A1%5D", "did:web:example.org.", "did:web:例.org",
        "did:web:example.org:名", "did:web:a b.org", "did:web:example.org\n", "did:web:a..org",
        "did:web:example.org:" + "a" * 3000,
    ],
    ids=lambda did: ascii(did)[:40],
)  # fmt: skip
def test_other_spellings_name_nobody(did: str) -> None:
    with pytest.raises(Invalid) as error:
        document_address(did)
    assert error.value.why
    assert error.value.code in ("invalid.dsp-did", "invalid.dsp-address")


@pytest.mark.parametrize(
    "did",
    ["did:web:localhost", "did:web:localhost%3A8443:port", "did:web:metadata.google.internal",
     "did:web:intranet", "did:web:x.local:a"],
)  # fmt: skip
def test_identifiers_do_not_lead_into_the_own_network(did: str) -> None:
    with pytest.raises(Refused):
        document_address(did)


def test_this_machine_is_a_participant_only_where_that_is_said() -> None:
    did = "did:web:localhost%3A8443:port"
    address = document_address(did, Reach.LOOPBACK)
    assert str(address) == "https://localhost:8443/port/did.json"
    assert did_of(str(address), Reach.LOOPBACK) == did
    with pytest.raises(Refused):
        document_address("did:web:x.internal", Reach.LOOPBACK)
    with pytest.raises(Invalid):
        document_address("did:web:127.0.0.1%3A8443", Reach.LOOPBACK)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org", "https://example.org/", "https://example.org/did.json",
        "https://example.org/a", "https://example.org/a/did.jsonld", "https://example.org/a:b/did.json",
        "https://Example.org/.well-known/did.json", "https://example.org/a/did.json/",
        "https://example.org:0443/.well-known/did.json", "https://8.8.8.8/.well-known/did.json",
        "https://[2606:4700::1]/.well-known/did.json", "https://example.org/a~b/did.json",
        "https://example.org/a%2db/did.json", "https://example.org/.well-known/did.json?x",
        "http://localhost/.well-known/did.json", "https://127.0.0.1/a/did.json",
    ],
)  # fmt: skip
def test_other_addresses_are_no_participants(address: str) -> None:
    with pytest.raises(DoumenError):
        did_of(address)
