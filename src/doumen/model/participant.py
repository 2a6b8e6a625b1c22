"""Who takes part in a dataspace: an organisation with its node, its address and its root key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Participant:
    """One organisation as another knows it; the fact `participant` under its id.

    Attributes:
        id: Its DID: `did:web:…`, or in a closed group the `did:key:…` of its root key.
        name: What it calls itself.
        alias: What it is called here, an identifier, unique in the node.
        address: Base address of its endpoints of the Dataspace Protocol.
        origin: Origin of its ledger.
        root: Public half of its root key (hex), pinned when it was added.
        place: Where it is (ISO 3166-1 alpha-2), as far as it was told; empty: unknown.
    """

    id: str
    name: str
    alias: str
    address: str
    origin: str
    root: str
    place: str = ""

    def as_json(self) -> dict[str, Any]:
        """Body of its fact."""
        return {
            "id": self.id,
            "name": self.name,
            "alias": self.alias,
            "address": self.address,
            "origin": self.origin,
            "root": self.root,
            "place": self.place,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Participant:
        """Read what `as_json` wrote."""
        return cls(**body)


def member(participant: str, actor: str) -> str:
    """Name of an actor of another participant, as a DID URL: `did:web:port.example#ana`."""
    return f"{participant}#{actor}"


def is_member(actor: str) -> bool:
    """Whether a name is that of an actor of another participant; no actor of ours has such a one.

    Example:
        >>> is_member("did:web:port.example#ana"), is_member("ana")
        (True, False)
    """
    return "#" in actor
