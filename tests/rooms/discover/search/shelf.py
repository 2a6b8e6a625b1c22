"""The invented catalogue as contracts and facts, and the questions to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from doumen.gate.views import Views
from doumen.model.actor import OWNER, Actor
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.message import Message
from doumen.rooms.discover.search import meaning
from doumen.stores.index import Index

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
CORPUS = Path(__file__).with_name("corpus")


@dataclass(frozen=True)
class Described:
    """One dataset of the corpus."""

    name: str
    owner: str
    title: str
    description: str
    columns: tuple[tuple[str, str], ...]
    labels: tuple[str, ...] = field(default=())

    @property
    def contract(self) -> str:
        """Its contract, as ODCS writes it."""
        domain, _, name = self.name.partition(".")
        return json.dumps(
            {
                "apiVersion": "v3.1.0",
                "kind": "DataContract",
                "id": self.name,
                "name": self.title,
                "version": "1.0.0",
                "status": "active",
                "domain": domain,
                "team": {"name": self.owner},
                "schema": [
                    {
                        "name": name,
                        "description": self.description,
                        "properties": [
                            {"name": column, "logicalType": "string"}
                            | ({"description": said} if said else {})
                            for column, said in self.columns
                        ],
                    }
                ],
            },
            ensure_ascii=False,
        )

    def facts(self) -> Iterator[Fact]:
        """What a node holds of it."""
        body = {
            "kind": "table",
            "columns": [{"name": column, "type": "VARCHAR"} for column, _ in self.columns],
            "version": 1,
            "files": [],
            "creator": "owner",
            "created": "2026-01-01T00:00:00Z",
            "updated": "2026-01-01T00:00:00Z",
        }
        yield Fact("dataset", self.name, body)
        contract = {"version": "1.0.0", "description": self.description, "text": self.contract}
        yield Fact("contract", self.name, {**contract, "hash": self.name})
        if self.labels:
            yield Fact("label", self.name, {"labels": sorted(self.labels), "origin": "contract"})


def corpus() -> list[Described]:
    """All datasets."""
    found = []
    for file in sorted(CORPUS.glob("*.txt")):
        head, *lines = file.read_text("utf-8").splitlines()
        domain, owner = head.removeprefix("@ ").split(" | ")
        for line in lines:
            name, title, description, columns, *rest = line.split(" | ")
            pairs = (part.strip().partition(" ") for part in columns.split(","))
            found.append(
                Described(
                    f"{domain}.{name}",
                    owner,
                    title,
                    description,
                    tuple((column, said) for column, _, said in pairs),
                    tuple(rest[0].split(", ")) if rest else (),
                )
            )
    return found


def vocabulary() -> Iterator[Fact]:
    """Terms and code lists."""
    for line in (CORPUS / "terms.tsv").read_text("utf-8").splitlines():
        key, en, zh, defined, meant, synonyms = line.split("\t")
        body: dict[str, Any] = {
            "names": {"en": en, "zh": zh},
            "definition": {"en": defined, "zh": meant},
            "synonyms": synonyms.split(","),
            "broader": [], "related": [], "steward": "", "state": "standard", "source": "",
        }  # fmt: skip
        yield Fact("term", key, body)
    for line in (CORPUS / "codelists.tsv").read_text("utf-8").splitlines():
        key, en, zh, agency = line.split("\t")
        yield Fact("codelist", key, {
            "title": {"en": en, "zh": zh}, "agency": agency, "source": "", "steward": "",
            "state": "standard", "editions": [], "count": 0, "codes": [], "dataset": None,
        })  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question, its kind, and its right answers."""

    kind: str
    text: str
    answers: tuple[str, ...]


def questions(name: str) -> list[Asked]:
    """The questions of a set."""
    lines = (CORPUS / f"{name}.tsv").read_text("utf-8").splitlines()
    fields = (line.split("\t") for line in lines)
    return [Asked(kind, text, tuple(answers.split())) for kind, text, answers in fields]


@dataclass
class Shelf:
    """A desk before which one actor stands, over facts that a test holds; all else is real."""

    facts_: Facts
    index_: Index
    actor: Actor = field(default_factory=lambda: Actor(OWNER, roles=frozenset({OWNER})))
    purpose: str | None = None
    views: Views = field(default_factory=Views)
    told: list[str] = field(default_factory=list)

    def facts(self) -> Facts:
        """What the actor may know, as the gate finds it."""
        return self.views.of(self.actor, self.facts_, NOW, self.purpose)

    def index(self) -> Index:
        """The index of the node."""
        return self.index_

    def progress(self, fraction: float | None, doing: Message) -> None:
        """Note what is being done."""
        self.told.append(f"{fraction:.2f} {doing}")

    def desk(self) -> Desk:
        """This, as a room takes it."""
        return cast("Desk", self)

    def seen_by(self, actor: Actor) -> Shelf:
        """The same node, before another actor."""
        return replace(self, actor=actor)


def held(facts: Iterable[Fact]) -> Facts:
    """Facts as a node folds them."""
    rows = (FactRow(at, fact, f"e{at}", "2026-01-01T00:00:00Z") for at, fact in enumerate(facts, 1))
    return Facts().extended(rows)


def facts_of(datasets: Iterable[Described]) -> list[Fact]:
    """The facts of datasets, with the vocabulary."""
    return [*vocabulary(), *(fact for one in datasets for fact in one.facts())]


def with_meaning(index: Index) -> Index:
    """An index that holds what the corpus means; `test_meaning` holds that the model says so."""
    kept = np.load(CORPUS / "vectors.npz")
    pairs = zip(kept["digests"], kept["rows"], strict=True)
    index.keep(meaning.KIND, ((d.tobytes(), row.tobytes()) for d, row in pairs))
    return index
