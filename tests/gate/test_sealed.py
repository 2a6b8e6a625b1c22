"""What is sealed opens at this node, for the same actor and use, and nowhere else."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from doumen.gate import sealed
from doumen.model.actor import OWNER, Actor
from doumen.model.errors import Invalid, Refused
from doumen.session import Node, create

BOSS = Actor(OWNER, roles=frozenset({OWNER}))
ANA = Actor("ana")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    create(tmp_path / "node", "Port")
    with Node.open(tmp_path / "node") as node:
        node.session().do("actor add", name="ana")
        yield node


def test_it_opens_for_the_same_actor_and_use(node: Node) -> None:
    desk = node.session("ana").desk
    text = desk.seal("密 secret", "ana", "totp")
    assert "secret" not in base64.urlsafe_b64decode(text).decode("latin-1")
    assert text != desk.seal("密 secret", "ana", "totp")
    assert desk.unseal(text, "ana", "totp") == "密 secret"
    assert node.session().desk.unseal(text, "ana", "totp") == "密 secret"


def test_for_nobody_and_nothing_else(node: Node) -> None:
    text = sealed.seal(node.means, BOSS, "secret", of="ana", use="totp")
    for of, use in (("bob", "totp"), ("ana", "provider"), ("ana\ntotp", "")):
        with pytest.raises(Invalid):
            sealed.unseal(node.means, BOSS, text, of=of, use=use)
    for actor in (Actor("bob"), Actor("sue", roles=frozenset({"steward"}))):
        with pytest.raises(Refused, match="for another"):
            sealed.unseal(node.means, actor, text, of="ana", use="totp")
        with pytest.raises(Refused, match="for another"):
            sealed.seal(node.means, actor, "x", of="ana", use="totp")
    assert sealed.unseal(node.means, ANA, text, of="ana", use="totp") == "secret"


def test_another_node_opens_nothing(node: Node) -> None:
    text = sealed.seal(node.means, ANA, "secret", of="ana", use="totp")
    other = replace(node.means, mask_keys=(node.means.mask_keys[1], node.means.mask_keys[0]))
    with pytest.raises(Invalid):
        sealed.unseal(other, ANA, text, of="ana", use="totp")


@pytest.mark.parametrize("place", [0, 13, -1])
def test_a_changed_byte_is_found(node: Node, place: int) -> None:
    raw = bytearray(
        base64.urlsafe_b64decode(sealed.seal(node.means, ANA, "secret", of="ana", use="totp"))
    )
    raw[place] ^= 1
    with pytest.raises(Invalid):
        sealed.unseal(node.means, ANA, base64.urlsafe_b64encode(raw).decode(), of="ana", use="totp")


@pytest.mark.parametrize("text", ["", "é", "x", "AAAA"])
def test_what_was_never_sealed(node: Node, text: str) -> None:
    with pytest.raises(Invalid):
        sealed.unseal(node.means, ANA, text, of="ana", use="totp")
