"""A real node with two datasets, and a fake desk with facts in memory and others elsewhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

import doumen
from doumen.gate.desk import Desk
from doumen.kits.evidence import keys
from doumen.kits.evidence.didkey import did_key
from doumen.kits.policy import may_amend, may_speak, visible_facts
from doumen.kits.standards.dsp import Reach, write_did
from doumen.model.actor import Actor
from doumen.model.errors import Unavailable
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.session import create
from doumen.session.session import Session

WEATHER = "place,day,wind,ssn\n" + "".join(
    f"{place},2026-01-0{day},{day}.5,{day}{n}9-11\n"
    for n, place in enumerate(("JFK", "LGA", "EWR"))
    for day in range(1, 10)
)
Of = Callable[..., Session]


@pytest.fixture(scope="session")
def made(choose: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the node as it was made; the store is in it, for it is copied."""
    at = tmp_path_factory.mktemp("exchange")
    with choose("sqlite"):
        create(at / "node", "Weather service")
    with doumen.open(at / "node") as node:
        owner = node.session()
        for name, text in (("hourly", WEATHER), ("places", "place,name\nJFK,Kennedy\n")):
            (at / f"{name}.csv").write_text(text, "utf-8")
            owner.do("collect", path=str(at / f"{name}.csv"), as_dataset=f"weather.{name}")
        for name, role in (("sue", "steward"), ("tom", "auditor"), ("ana", "analyst")):
            owner.do("actor add", name=name, role=(role,))
    return at / "node"


@pytest.fixture
def of(made: Path, tmp_path: Path) -> Iterator[Of]:
    """The session of an actor; `owner` where none is named."""
    shutil.copytree(made, tmp_path / "node")
    with doumen.open(tmp_path / "node") as node:
        yield lambda actor="owner": node.session(actor=actor)


NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Other:
    """A node elsewhere, as it tells of itself."""

    def __init__(self, name: str, number: int) -> None:
        self.root = keys.new_key(bytes([number] * 32))
        self.public = keys.public_hex(self.root)
        working = keys.public_hex(keys.new_key(bytes([number, *[9] * 31])))
        self.origin = f"{name.lower()}-{number}"
        self.certificate = keys.certify(self.root, working, self.origin, "2026-01-01T00:00:00Z")
        self.host = f"{name.lower()}.example"
        self.own = Participant(
            did_key(self.public), name, "", f"https://{self.host}/dsp", self.origin, self.public
        )

    @property
    def card(self) -> dict[str, Any]:
        file = keys.KeyFile(self.origin, self.public, (self.certificate,))
        one = self.own
        return {"id": one.id, "name": one.name, "address": one.address, "keys": file.as_json()}

    def document(self) -> dict[str, Any]:
        named = {keys.kid(self.public): self.public}
        return write_did(self.own, f"https://{self.host}", named)


class FakeDesk:
    """As much of a desk as this room needs."""

    def __init__(self) -> None:
        self.known = Facts()
        self.actor = Actor("owner", roles=frozenset({"owner"}))
        self.documents: dict[str, Any] = {}
        self.here = Other("Here", 1)
        self.subjects: list[str] = []

    def facts(self) -> Facts:
        return visible_facts(self.actor, self.known, NOW)

    def amend(self, facts: Sequence[Fact], *, subject: str, seen: Facts | None = None) -> str:
        for fact in facts:
            may_amend(self.actor, fact)
        version = self.known.version
        rows = [FactRow(version + n, fact, "e", "2026") for n, fact in enumerate(facts, start=1)]
        self.known = self.known.extended(rows)
        self.subjects.append(subject)
        return f"receipt-{len(self.subjects)}"

    def own(self) -> Participant:
        return self.here.own

    def keys(self) -> dict[str, object]:
        return dict(self.here.card["keys"])

    def reach(self) -> Reach:
        return Reach.PUBLIC

    def look(self, address: str, most: int = 1 << 20) -> bytes:
        may_speak(self.actor)
        if address not in self.documents:
            raise Unavailable(msg("nobody"), detail="peer")
        return json.dumps(self.documents[address]).encode()


@pytest.fixture
def fake() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def desk(fake: FakeDesk) -> Desk:
    return cast(Desk, fake)


Written = Callable[[Any], str]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes JSON to a new file."""
    count = iter(range(1000))

    def write(body: Any) -> str:
        path = tmp_path / f"card-{next(count)}.json"
        path.write_text(body if isinstance(body, str) else json.dumps(body), "utf-8")
        return str(path)

    return write
