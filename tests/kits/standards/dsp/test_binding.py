"""The HTTPS binding against the tables of the specification, and paths from strangers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.kits.standards.dsp.vectors import KINDS, example, examples

from doumen.kits.standards.dsp import binding
from doumen.kits.standards.dsp.binding import CREATED, OK, ROUTES, match, route_of
from doumen.kits.standards.dsp.machine import Role
from doumen.kits.standards.dsp.messages import RECORDS, read
from doumen.model.errors import Invalid

P, C = Role.PROVIDER, Role.CONSUMER
# The tables of the specification: method, path, who serves it, message, status, document, error.
PUBLISHED = """
GET  /.well-known/dspace-version                        -  -                                     200 VersionResponse     -
POST /catalog/request                                   P  CatalogRequestMessage                 200 Catalog             CatalogError
GET  /catalog/datasets/{id}                             P  -                                     200 Dataset             CatalogError
GET  /negotiations/{providerPid}                        P  -                                     200 ContractNegotiation ContractNegotiationError
POST /negotiations/request                              P  ContractRequestMessage                201 ContractNegotiation ContractNegotiationError
POST /negotiations/{providerPid}/request                P  ContractRequestMessage                200 -                   ContractNegotiationError
POST /negotiations/{providerPid}/events                 P  ContractNegotiationEventMessage       200 -                   ContractNegotiationError
POST /negotiations/{providerPid}/agreement/verification P  ContractAgreementVerificationMessage  200 -                   ContractNegotiationError
POST /negotiations/{providerPid}/termination            P  ContractNegotiationTerminationMessage 200 -                   ContractNegotiationError
GET  /negotiations/{consumerPid}                        C  -                                     200 ContractNegotiation ContractNegotiationError
POST /negotiations/offers                               C  ContractOfferMessage                  201 ContractNegotiation ContractNegotiationError
POST /negotiations/{consumerPid}/offers                 C  ContractOfferMessage                  200 -                   ContractNegotiationError
POST /negotiations/{consumerPid}/agreement              C  ContractAgreementMessage              200 -                   ContractNegotiationError
POST /negotiations/{consumerPid}/events                 C  ContractNegotiationEventMessage       200 -                   ContractNegotiationError
POST /negotiations/{consumerPid}/termination            C  ContractNegotiationTerminationMessage 200 -                   ContractNegotiationError
GET  /transfers/{providerPid}                           P  -                                     200 TransferProcess     TransferError
POST /transfers/request                                 P  TransferRequestMessage                201 TransferProcess     TransferError
POST /transfers/{providerPid}/start                     P  TransferStartMessage                  200 -                   TransferError
POST /transfers/{providerPid}/completion                P  TransferCompletionMessage             200 -                   TransferError
POST /transfers/{providerPid}/termination               P  TransferTerminationMessage            200 -                   TransferError
POST /transfers/{providerPid}/suspension                P  TransferSuspensionMessage             200 -                   TransferError
POST /transfers/{consumerPid}/start                     C  TransferStartMessage                  200 -                   TransferError
POST /transfers/{consumerPid}/completion                C  TransferCompletionMessage             200 -                   TransferError
POST /transfers/{consumerPid}/termination               C  TransferTerminationMessage            200 -                   TransferError
POST /transfers/{consumerPid}/suspension                C  TransferSuspensionMessage             200 -                   TransferError
"""  # noqa: E501


def test_the_table_is_that_of_the_specification() -> None:
    def name(kind: Any) -> str:
        return kind.__name__ if kind else "-"

    rows = [
        [
            route.method,
            route.path,
            route.served.name[0] if route.served else "-",
            name(route.takes),
            str(route.status),
            name(route.answers),
            name(route.fails),
        ]
        for route in ROUTES
    ]
    assert rows == [line.split() for line in PUBLISHED.strip().splitlines()]
    assert binding.WRONG_STATE == 400


def test_every_message_but_those_without_a_body_has_its_route() -> None:
    named = {kind for route in ROUTES for kind in (route.takes, route.answers, route.fails) if kind}
    others = {kind.__name__ for kind in set(RECORDS) - named}
    assert others == {"DidService", "DatasetRequestMessage"}


@pytest.mark.parametrize("name", [n.removesuffix(".json") for n, _, _ in examples()])
@pytest.mark.parametrize("sender", Role)
def test_a_message_goes_to_the_route_that_takes_it_and_is_found_there(
    name: str, sender: Role
) -> None:
    body = example(name)
    message: Any = read(body, KINDS[body["@type"]]) if "@type" in body else object()
    taken = [r for r in ROUTES if r.takes is type(message) and r.served is sender.other]
    if not taken:
        with pytest.raises(Invalid, match="sends no"):
            route_of(message, sender)
        return
    route = route_of(message, sender)
    begins = "initial" in name or name == "transfer-request-message"
    assert (route.status == CREATED) == begins
    assert route.status in (OK, CREATED)
    pids = {"providerPid": body.get("providerPid"), "consumerPid": body.get("consumerPid")}
    path = route.filled(**pids) if "{" in route.path else route.path
    found = match("POST", path, sender.other)
    assert found is not None
    assert found[0] is route
    assert all(pids[name] == text for name, text in found[1].items())
    route.check(found[1], message)
    for pid in found[1]:
        with pytest.raises(Invalid, match="is not that of the address"):
            route.check({pid: "urn:other"}, message)


HOSTILE = ["a/b", "a?b", "a#b", "a%2Fb", "../x", "名", "a;b", "%", "a\\b", "urn:x:y", "...", "+"]


@pytest.mark.parametrize("text", HOSTILE)
def test_identifiers_pass_through_a_path_whatever_they_hold(text: str) -> None:
    for route in ROUTES:
        if "{" not in route.path:
            continue
        names = {"id": text, "providerPid": text, "consumerPid": text}
        path = route.filled(**names)
        assert path.isascii()
        assert path.count("/") == route.path.count("/")
        assert not {"?", "#", "\\", " "} & set(path)
        assert route.identifiers(path) == {
            name: text for name in names if f"{{{name}}}" in route.path
        }


@pytest.mark.parametrize("text", ["", ".", "..", "a b", "a\n", "x" * 3000])
def test_what_is_no_identifier_is_put_into_no_path(text: str) -> None:
    with pytest.raises(Invalid, match="names no process"):
        ROUTES[3].filled(providerPid=text)


@pytest.mark.parametrize("text", ["%2E%2e", "..", ".", "%20", "a%0Ab", "%FF", "%ed%a0%80"])
def test_what_is_no_identifier_is_read_from_no_path(text: str) -> None:
    with pytest.raises(Invalid, match="names no process"):
        match("POST", f"/negotiations/{text}/request", P)


@pytest.mark.parametrize(
    ("method", "path", "served"),
    [
        ("GET", "/", P),
        ("GET", "", P),
        ("GET", "/negotiations/", P),
        ("PUT", "/negotiations/request", P),
        ("POST", "/negotiations/request", C),
        ("POST", "/negotiations/request/", P),
        ("POST", "/negotiations//request", P),
        ("POST", "/negotiations/a/b/request", P),
        ("POST", "/negotiations/offers", P),
        ("POST", "/x/negotiations/request", P),
        ("GET", "/xwell-known/dspace-version", P),
        ("GET", "/transfers/urn:x", C),
    ],
)
def test_other_paths_have_no_route(method: str, path: str, served: Role) -> None:
    assert match(method, path, served) is None


def test_both_sides_tell_their_versions() -> None:
    for side in Role:
        assert match("GET", "/.well-known/dspace-version", side) == (binding.VERSIONS, {})
