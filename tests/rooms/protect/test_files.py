"""Grants of files: given with their address, listed, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import pytest

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.model.handed import GRANT, FileGrant, Granted
from doumen.model.operation import Table, Text
from doumen.model.participant import Participant
from doumen.model.ref import Ref
from doumen.rooms.protect import actors, files

DeskOf = Callable[..., Desk]
FLIGHTS = Ref("transport", "flights")


class Ledgerless(Protocol):
    """The node of the fake desks."""

    def add(self, facts: Sequence[Fact]) -> None: ...


def grant(actor: str = "ana", ref: Ref = FLIGHTS, **more: Any) -> FileGrant:
    created, expires = "2026-11-24T00:00:00Z", more.pop("expires", "2999-01-01T00:00:00Z")
    return FileGrant(f"01{actor.upper()}", actor, ref, 3, None, created, expires, **more)


def giving(desk: Desk, address: str = "", ref: Ref = FLIGHTS) -> Desk:
    """A desk whose gate grants, of a node that has an address or none."""

    def hand_over(asked: Ref, hours: int) -> Granted:
        assert (asked, hours) == (ref, 2)
        return Granted(grant(ref=ref), 7, 1, "s" * 64)

    desk.hand_over = hand_over  # type: ignore[assignment,method-assign]
    desk.own = lambda: Participant("did:key:z", "n", "n", address, "o", "00")  # type: ignore[method-assign]
    return desk


def test_what_a_reader_needs(desk_of: DeskOf) -> None:
    told = files.grant(giving(desk_of("ana")), "transport.flights", hours=2)
    assert told.json == {
        "grant": "01ANA",
        "dataset": "transport.flights",
        "version": 3,
        "rows": 7,
        "files": 1,
        "uri": "s3://transport.flights",
        "storage_options": {
            "aws_endpoint_url": "http://127.0.0.1:8470/s3",
            "aws_access_key_id": "01ANA",
            "aws_secret_access_key": "s" * 64,
            "aws_region": "us-east-1",
            "aws_virtual_hosted_style_request": "false",
            "allow_http": "true",
        },
        "expires": "2999-01-01T00:00:00Z",
        "receipt": "01ANA",
    }
    (text,) = told.drawn
    assert isinstance(text, Text)
    found: dict[str, Any] = {}
    exec(text.text.partition("table = ")[0].partition("\n\n")[2], found)
    assert found["options"] == told.json["storage_options"]
    compile(text.text, "snippet", "exec")


@pytest.mark.parametrize(
    ("own", "given", "address"),
    [
        ("https://data.example/dsp", None, "https://data.example/s3"),
        ("https://data.example/dsp", "http://localhost:1/s3/", "http://localhost:1/s3"),
        ("", "https://data.example:9/below/", "https://data.example:9/below/s3"),
        ("", "http://[::1]:8470", "http://[::1]:8470/s3"),
    ],
)
def test_where_the_service_is_reached(
    desk_of: DeskOf, own: str, given: str | None, address: str
) -> None:
    desk = giving(desk_of("ana"), own)
    options = files.grant(desk, "transport.flights", hours=2, endpoint=given).json[
        "storage_options"
    ]
    assert options["aws_endpoint_url"] == address
    assert options["allow_http"] == ("true" if address.startswith("http:") else "false")


@pytest.mark.parametrize(
    "given",
    [
        "http://data.example", "http://10.0.0.1:8470", "ftp://127.0.0.1", "127.0.0.1:8470", "https://",
        "https://ana:secret@data.example", "https://data.example/?a=1", "https://data.example/#a",
        "https://data.example:99999", "https://data.exa mple", "https://data.example/\n", "https://[x",
    ],
)  # fmt: skip
def test_addresses_that_are_not_taken(desk_of: DeskOf, given: str) -> None:
    with pytest.raises(Invalid) as caught:
        files.grant(giving(desk_of("ana")), "transport.flights", hours=2, endpoint=given)
    assert caught.value.code == "invalid.endpoint"


def test_a_name_that_clients_cannot_bear(desk_of: DeskOf) -> None:
    desk = giving(desk_of("ana"), ref=Ref("交通", "航班"))
    told = files.grant(desk, "交通.航班", hours=2).json
    assert told["uri"] == "s3://01ana"
    assert told["dataset"] == "交通.航班"


def test_grants_are_listed_and_taken_back(node: Ledgerless, desk_of: DeskOf) -> None:
    for name in ("ana", "bob"):
        actors.add(desk_of(), name, role=("analyst",))
    ended = grant("bob", expires="2026-11-24T01:00:00Z", read="01READ")
    for one in (grant(), ended):
        node.add([Fact(GRANT, one.key, one.as_json())])
    listed = files.show_all(desk_of())
    assert [(g["grant"], g["ended"]) for g in listed.json["grants"]] == [
        ("01ANA", False), ("01BOB", True),
    ]  # fmt: skip
    (table,) = listed.drawn
    assert isinstance(table, Table)
    assert [row[-1] for row in table.rows] == ["not read yet", "ended"]
    assert [g["grant"] for g in files.show_all(desk_of("ana", "analyst")).json["grants"]] == [
        "01ANA"
    ]
    with pytest.raises(NotFound, match="no such grant"):
        files.revoke(desk_of("ana", "analyst"), "01BOB")
    with pytest.raises(Refused, match="of another"):
        files.revoke(desk_of("al", "auditor"), "01BOB")
    told = files.revoke(desk_of("ana", "analyst"), "01ANA")
    assert told.json["dataset"] == "transport.flights"
    files.revoke(desk_of("sue", "steward"), "01BOB")
    assert files.show_all(desk_of()).json == {"grants": []}
    begun = grant(read="01READ")
    node.add([Fact(GRANT, begun.key, begun.as_json())])
    (table,) = files.show_all(desk_of()).drawn
    assert isinstance(table, Table)
    assert table.rows[0][-1] == "read from"


def test_grants_go_with_their_actor(node: Ledgerless, desk_of: DeskOf) -> None:
    actors.add(desk_of(), "ana", role=("analyst",))
    for one in (grant(), grant("anabel")):
        node.add([Fact(GRANT, one.key, one.as_json())])
    actors.remove(desk_of(), "ana")
    assert [g["actor"] for g in files.show_all(desk_of()).json["grants"]] == ["anabel"]
