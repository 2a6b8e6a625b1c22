"""Two nodes, served, whose people do all the rest by themselves: a bureau and a university."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests import parties
from tests.browser.city import DISTRICTS
from tests.browser.deal import do
from tests.parties import Party

PURIFIED = "station,district,read_at,pm25,grade\n" + "".join(
    f"S{n % 40:03},{DISTRICTS[n % 5]},2026-11-{n % 28 + 1:02} {n % 24:02}:00:00,"
    f"{n * 37 % 400 / 4},{'ABC'[n % 3]}\n"
    for n in range(600)
)
"""Readings of air, as a file that somebody brings."""
MAY = """rules:
  - {id: analysts-read-air, permit: query, who: {role: analyst}, on: air.*, for: [research]}
  - {id: stewards-read-air, permit: query, who: {role: steward}, on: air.*}
"""
ROLES = {"sue": ("steward",), "ana": ("analyst",), "ada": ("auditor",)}


@dataclass(frozen=True, slots=True)
class Places:
    """Two running nodes that know each other.

    Attributes:
        bureau: Has an owner, a steward, an analyst and an auditor, and a rule, but no data.
        university: Has an owner.
    """

    bureau: Party
    university: Party

    def link(self, party: Party, actor: str | None = None) -> str:
        """An address that signs somebody in, once."""
        given = {} if actor is None else {"actor": actor}
        return _at(party, do(party, "session link", **given)["url"])

    def invitation(self, actor: str) -> str:
        """An address at which somebody of the bureau chooses a password."""
        return _at(self.bureau, do(self.bureau, "account set", name=actor, invite=True)["url"])


def _at(party: Party, address: str) -> str:
    assert party.server is not None
    found = urlsplit(address)
    return f"{party.server.url}{found.path}?{found.query}"


@contextmanager
def places(folder: Path) -> Iterator[Places]:
    """Both, served."""
    bureau, university = parties.party(folder, "bureau"), parties.party(folder, "university")
    parties.introduce(bureau, university)
    parties.introduce(university, bureau)
    for name, role in ROLES.items():
        do(bureau, "actor add", name=name, role=role, purpose=("research",))
    rules = folder / "rules.yaml"
    rules.write_text(MAY, "utf-8")
    do(bureau, "rule add", file=rules)
    bureau.serve("--rate", "10000")
    university.serve("--rate", "10000")
    try:
        yield Places(bureau, university)
    finally:
        university.stop()
        bureau.stop()
