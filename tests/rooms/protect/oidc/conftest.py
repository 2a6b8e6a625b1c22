"""A node that may ask this machine, and a provider of identity that runs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.provider import SECRET, Provider, served

from doumen.gate.desk import Desk
from doumen.rooms.protect.oidc import verbs
from doumen.session import Node, create

DOCUMENT = """
name: bureau
title: The bureau
issuer: {issuer}
client: doumen
roles: {{analysts: [analyst], heads: [steward, analyst]}}
purposes: {{analysts: research}}
claims: [department]
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node whose settings let it ask this machine."""
    create(tmp_path / "node", "Port")
    settings = tmp_path / "node" / "doumen.toml"
    text = settings.read_text("utf-8").replace('reach = "public"', 'reach = "loopback"')
    settings.write_text(text, "utf-8")
    with Node.open(tmp_path / "node") as node:
        node.session().do("purpose add", name="research")
        yield node


@pytest.fixture
def door(node: Node) -> Desk:
    return node.session().desk


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider on loopback."""
    with served(Provider()) as provider:
        yield provider


@pytest.fixture
def put(door: Desk, tmp_path: Path, provider: Provider) -> Callable[..., Any]:
    """Sets the provider, with further lines of its document."""

    def putting(more: str = "", secret: str = SECRET, **changed: str) -> Any:
        file, kept = tmp_path / "bureau.yaml", tmp_path / "secret"
        text = DOCUMENT.format(issuer=provider.issuer)
        for old, new in changed.items():
            text = text.replace(old, new)
        file.write_text(text + more, "utf-8")
        kept.touch(0o600)
        kept.write_text(secret, "utf-8")
        return verbs.put(door, file, secret_file=kept if secret else None).json

    return putting
