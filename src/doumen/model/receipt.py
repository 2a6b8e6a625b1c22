"""The signed proof of a job: what its payload holds.

The payload is RFC 8785 JSON inside a JWS in JSON serialisation (RFC 7515 section 7.2.1),
which can hold several signatures: the node's, later the other party's and a witness's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where an event lies in the ledger, provable against the checkpoint.

    Attributes:
        index: Place of the entry, from 0.
        size: Size of the tree that the proof is for.
        proof: Hashes (hex) of an RFC 9162 inclusion proof.
        checkpoint: C2SP signed note for that size.
    """

    index: int
    size: int
    proof: tuple[str, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The signed proof of a job.

    Attributes:
        id: Id of its event.
        event: The event exactly as the ledger holds it (a JSON object).
        disclosed: What the ledger only commits to: `statement`, `parameters`, `salt` (hex).
        rules: Rules applied: id → duties in words, without literals of rules.
        inclusion: Place in the ledger.
        certificate: The working key's certificate by the root key.
    """

    id: str
    event: Mapping[str, Any]
    disclosed: Mapping[str, Any]
    rules: tuple[Mapping[str, Any], ...]
    inclusion: Inclusion
    certificate: Mapping[str, Any]
