"""Messages against what was published: all examples, the schemas, and thousands of changed ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any, cast

import pytest
from tests.kits.standards.dsp.vectors import (
    KINDS,
    SCHEMAS,
    UNLIKE_ITS_SCHEMA,
    changed,
    example,
    examples,
)

from doumen.kits.standards.dsp.messages import CONTEXT, MAX_BYTES, RECORDS, read, write
from doumen.kits.standards.dsp.negotiation import (
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
)
from doumen.kits.standards.dsp.transfer import EndpointProperty, TransferRequestMessage
from doumen.model.errors import Invalid

EXAMPLES = examples()
NAMES = [name for name, _, _ in EXAMPLES]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1.5,
    "",
    "x",
    "a b",
    "\u202e",
    [],
    [[]],
    ["x"],
    {},
    {"@id": "x"},
]


def test_every_kind_has_a_schema_and_an_example() -> None:
    assert len(EXAMPLES) == 27
    assert set(KINDS) == set(SCHEMAS) == {kind for _, kind, _ in EXAMPLES}


@pytest.mark.parametrize(("name", "kind", "text"), EXAMPLES, ids=NAMES)
def test_examples_are_read_and_written_as_they_were(
    name: str, kind: str, text: bytes, valid: Callable[[str, Any], bool]
) -> None:
    body = json.loads(text)
    message = read(text, KINDS[kind])
    written = write(message)
    assert written == body
    assert valid(kind, written) == (name != UNLIKE_ITS_SCHEMA)
    assert read(written, KINDS[kind]) == message == read(text.decode(), KINDS[kind])
    with pytest.raises(FrozenInstanceError):
        setattr(message, fields(message)[0].name, None)


@pytest.mark.parametrize(("name", "kind", "text"), EXAMPLES, ids=NAMES)
def test_order_of_members_says_nothing(name: str, kind: str, text: bytes) -> None:
    def mixed(value: Any) -> Any:
        if isinstance(value, dict):
            pairs = [(key, mixed(item)) for key, item in value.items()]
            return dict(random.Random(name).sample(pairs, len(pairs)))
        return [mixed(item) for item in value] if isinstance(value, list) else value

    assert read(json.dumps(mixed(json.loads(text))), KINDS[kind]) == read(text, KINDS[kind])


@pytest.mark.parametrize(("name", "kind", "text"), EXAMPLES, ids=NAMES)
def test_what_is_read_is_valid_and_no_other_example_is_taken_for_it(
    name: str, kind: str, text: bytes, valid: Callable[[str, Any], bool]
) -> None:
    """Every part of every example exchanged: accepted means valid, and comes back the same."""

    def put(value: Any) -> Iterator[Any]:
        yield from VALUES
        if isinstance(value, str):
            yield from (value + "x", "TERMINATED", "Agreement", "isA")
        if isinstance(value, dict):
            yield value | {"and": [], "or": []}
            yield value | {"target": "urn:x"}
            yield value | {"unheard": 1}

    refused = 0
    for body in changed(json.loads(text), put):
        try:
            message = read(body, KINDS[kind])
        except Invalid:
            refused += 1
            continue
        if isinstance(body.get("@context"), str):
            body["@context"] = [CONTEXT]
        assert valid(kind, body) or name == UNLIKE_ITS_SCHEMA, body
        assert read(write(message), KINDS[kind]) == message
    assert refused > 20
    for _, what, its in EXAMPLES:
        if what != kind:
            with pytest.raises(Invalid):
                read(its, KINDS[kind])


@pytest.mark.parametrize(("name", "kind", "text"), EXAMPLES, ids=NAMES)
def test_an_unknown_member_is_told_with_its_place(name: str, kind: str, text: bytes) -> None:
    body = json.loads(text) | {"unheard": 1}
    if RECORDS[KINDS[kind]].open:
        assert read(body, KINDS[kind]).extra == {"unheard": 1}
        assert write(read(body, KINDS[kind])) == body
        return
    with pytest.raises(Invalid, match="no valid") as error:
        read(body, KINDS[kind])
    assert error.value.why == "the document: `unheard` is not understood here."
    assert error.value.code == "invalid.dsp"


def test_whatever_is_unknown_in_a_catalogue_is_kept_where_it_stands(
    valid: Callable[[str, Any], bool],
) -> None:
    body = example("catalog")
    foreign = {"dct:title": [{"@value": "Wetter", "@language": "de"}], "edc:x": {"y": [None, 1]}}
    body |= foreign | {"@context": [CONTEXT, "https://example.org/more"]}
    for part in (body["service"][0], body["dataset"][0], body["dataset"][0]["distribution"][0]):
        part.update(foreign)
    assert valid("Catalog", body)
    catalog = read(body, KINDS["Catalog"])
    assert catalog.extra == foreign | {"@context": ["https://example.org/more"]}
    dataset = catalog.dataset[0]
    assert catalog.service[0].extra == dataset.extra == dataset.distribution[0].extra == foreign
    written = write(catalog)
    assert written == body
    assert read(written, KINDS["Catalog"]) == catalog
    written["edc:x"]["y"].clear()
    assert catalog.extra["edc:x"] == {"y": [None, 1]}


def test_what_a_catalogue_keeps_is_neither_its_own_nor_a_policy() -> None:
    catalog = read(example("catalog"), KINDS["Catalog"])
    assert write(replace(catalog, extra={"@id": "urn:other"})) == example("catalog")
    told = refusal(example("catalog") | {"hasPolicy": []}, KINDS["Catalog"])
    assert told == "the document: `hasPolicy` is not understood here."
    deep = example("catalog") | {"x": [[[[[[]]]]]] * 3 + ["\ud800"]}
    assert "half a character" in refusal(deep, KINDS["Catalog"])


def request(**changes: Any) -> dict[str, Any]:
    return example("contract-request-message_initial") | changes  # type: ignore[no-any-return]


def refusal(body: Any, kind: Any = ContractRequestMessage) -> str:
    with pytest.raises(Invalid) as error:
        read(body, kind)
    return error.value.why or ""


@pytest.mark.parametrize(
    ("context", "told"),
    [
        (None, "@context: a list of addresses is expected here."),
        ({}, "@context: a list of addresses is expected here."),
        ([CONTEXT, {"offer": "urn:x"}], "@context: a list of addresses is expected here."),
        ([], f"@context: it does not name `{CONTEXT}`."),
        ("https://example.org/", f"@context: it does not name `{CONTEXT}`."),
        ([CONTEXT + "#"], f"@context: it does not name `{CONTEXT}`."),
    ],
)
def test_the_published_context_must_be_named(context: Any, told: str) -> None:
    assert refusal(request(**{"@context": context})) == told


def test_a_missing_context_is_told_and_others_beside_it_pass() -> None:
    body = request()
    del body["@context"]
    assert refusal(body) == "the document: `@context` is missing."
    alone = read(request(**{"@context": CONTEXT}), ContractRequestMessage)
    beside = request(**{"@context": ["https://example.org/c", CONTEXT]})
    assert read(beside, ContractRequestMessage) == alone
    assert write(alone)["@context"] == [CONTEXT]


def test_all_faults_are_told_at_once_with_their_places() -> None:
    told = refusal(
        request(
            consumerPid="a b",
            callbackAddress=7,
            offer={"@type": "Offer", "permission": [{"constraint": [{"and": 1}]}]},
        )
    )
    for fault in (
        "consumerPid: an identifier has 1 to 2048 characters",
        "callbackAddress: a text is expected here",
        "offer: `@id` is missing",
        "offer.permission[0]: `action` is missing",
        "offer.permission[0].constraint[0].and: a list is expected here",
    ):
        assert fault in told


def test_a_message_both_begins_and_goes_on_or_neither() -> None:
    words = "exactly one of `callbackAddress`, `providerPid` is given"
    assert words in refusal(request(providerPid="urn:p"))
    body = request()
    del body["callbackAddress"]
    assert words in refusal(body)
    message = read(request(), ContractRequestMessage)
    assert message.initial
    assert not replace(message, provider_pid="urn:p", callback_address=None).initial
    offer = ContractOfferMessage("urn:p", {}, callback_address="https://x.org")
    assert offer.initial
    assert not replace(offer, consumer_pid="urn:c").initial


def test_nothing_invalid_is_written() -> None:
    message = read(request(), ContractRequestMessage)
    for wrong in (
        replace(message, provider_pid="urn:p"),
        replace(message, consumer_pid=cast(str, None)),
        replace(message, consumer_pid="\ud800"),
        replace(message, offer={}),
        ContractNegotiationTerminationMessage("urn:p", "urn:c", reason=()),
        ContractNegotiationTerminationMessage("urn:p", "urn:c", reason=(float("nan"),)),
        ContractNegotiationTerminationMessage("urn:p", "urn:c", reason=(object(),)),
    ):
        with pytest.raises(Invalid):
            write(wrong)


def test_messages_share_nothing_with_what_they_were_read_from_or_written_to() -> None:
    body = request()
    message = read(body, ContractRequestMessage)
    body["offer"]["permission"].clear()
    write(message)["offer"]["permission"].clear()
    assert message.offer["permission"] == [{"action": "use"}]


def test_tokens_of_an_endpoint_are_not_printed() -> None:
    message = read(example("transfer-request-message"), TransferRequestMessage)
    assert "TOKEN" not in repr(message)
    assert message.data_address is not None
    assert message.data_address.endpoint_properties is not None
    assert message.data_address.endpoint_properties[0] == EndpointProperty(
        "authorization", "TOKEN-ABCDEFG"
    )


@pytest.mark.parametrize("kind", list(RECORDS))
@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"[]", b"null", b'"x"', b"1", b"\xff", b"{}{}", b"[" * 5000, b" " * (17 << 20),
     b'{"a":' * 40 + b"1" + b"}" * 40, None, 1, object()],
    ids=lambda value: repr(value)[:12],
)  # fmt: skip
def test_no_kind_takes_what_is_no_object(kind: Any, document: Any) -> None:
    assert refusal(document, kind)


def test_a_catalogue_may_be_larger_than_a_message() -> None:
    body = example("catalog")
    body["dataset"] *= 3000
    large = json.dumps(body).encode()
    assert len(large) > MAX_BYTES
    assert len(read(large, KINDS["Catalog"]).dataset) == 3000
    assert "are read" in refusal(large)


def test_services_name_the_datasets_that_they_serve(valid: Callable[[str, Any], bool]) -> None:
    body = example("catalog")
    body["service"][0]["servesDataset"] = body.pop("dataset")
    assert valid("Catalog", body)
    catalog = read(body, KINDS["Catalog"])
    assert catalog.service[0].serves_dataset[0].distribution[0].format == "HttpData-PULL"
    assert write(catalog) == body


def test_a_path_of_a_version_leads_nowhere_else() -> None:
    body = example("protocol-version")
    for path in ("/", "/a", "/a/b-1/", "/some/path/2025-1", "/.well-known/x", "/..x"):
        body["protocolVersions"][0]["path"] = path
        assert read(body, KINDS["VersionResponse"]).protocol_versions[0].path == path
    for path in ("", "a", "//evil.org", "@evil.org", "/../x", "/a/..", "/.", "/a/./b", "/a?b",
                 "/a#b", "/a\\b", "/%2e%2e/", "/a b", "/a\n", ":8080/x", "/a//b"):  # fmt: skip
        body["protocolVersions"][0]["path"] = path
        assert "protocolVersions[0].path" in refusal(body, KINDS["VersionResponse"])
