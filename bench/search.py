"""Search over 100,000 datasets: questions of an analyst who may see half of them, warm.

Descriptions are put together of the invented catalogue of the tests, pairwise, so that words are
as common as they are there; vectors are those of the catalogue, moved a little. All else is a node
as any: facts in its store, a session of the analyst, the verb `search`.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.rooms.discover.search.shelf import CORPUS, NOW, Described, corpus, held, questions

import doumen
from bench.measure import Measure, seconds
from doumen.model.fact import Fact
from doumen.rooms.discover.search import meaning, said
from doumen.rooms.discover.search.documents import entry, sources
from doumen.rooms.discover.search.said import Said
from doumen.session import Node, create

DATASETS = 100_000
RULES = """
rules:
  - {id: half, permit: discover, who: {role: analyst}, on: "*.*_even"}
"""


def described() -> Iterator[Described]:
    """As many datasets as are wanted, each of two of the catalogue."""
    known = corpus()
    for number in range(DATASETS):
        one = known[number % len(known)]
        other = known[(number * 7 + number // len(known)) % len(known)]
        domain, _, name = one.name.partition(".")
        ending = "even" if number % 2 == 0 else "odd"
        yield replace(
            one,
            name=f"{domain}.{name}_{number}_{ending}",
            title=f"{one.title} {number}",
            description=f"{one.description} {other.title}",
            columns=tuple(dict([*other.columns[:3], *one.columns]).items()),
        )


def fill(node: Node, datasets: list[Described]) -> None:
    """Facts of datasets, and what is known of their texts, without the hours that it takes."""
    facts: list[Fact] = []
    words, vectors = [], []
    kept = np.load(CORPUS / "vectors.npz")["rows"]
    rng = np.random.default_rng(1)
    for at, one in enumerate(datasets):
        text = f'{{"id": "{one.name}"}}'
        dataset, contract, *labels = one.facts()
        facts += [dataset, replace(contract, body={**(contract.body or {}), "text": text}), *labels]
        columns = {name.casefold(): told for name, told in one.columns}
        told = Said(one.title, one.description, columns, (), one.owner)
        words.append((said.digest(text), told.as_bytes()))
        found = next(sources(held([dataset, facts[-1 - len(labels)]]), NOW, lambda _, t=told: t))  # type: ignore[misc]
        moved = kept[at % 617].astype(np.int16) + rng.integers(-6, 7, kept.shape[1])
        document = entry(found, {}).document
        if labels:
            document = replace(document, also=(*document.also, *sorted(one.labels)))
        rows = np.clip(moved, -127, 127).astype(np.int8)
        vectors.append((meaning.digest(document), rows.tobytes()))
    with node.means.database.write() as connection:
        node.means.catalog.append(connection, facts, "E", "2026-11-30T00:00:00Z")
    node.means.index.keep(said.KIND, words)
    node.means.index.keep(meaning.KIND, vectors)


def run() -> list[Measure]:
    """The first question, questions after it, and the first after one dataset came."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "node"
        create(path, "bench")
        (Path(folder) / "rules.yaml").write_text(RULES)
        with doumen.open(path) as node:
            datasets = list(described())
            fill(node, datasets[:-1])
            owner = node.session()
            owner.do("actor add", name="ana", role=("analyst",))
            owner.do("rule add", file=Path(folder) / "rules.yaml")
            figures = []
            for session in (node.session("ana"), owner):
                first = seconds(lambda s=session: s.do("search", query="医院床位"))  # type: ignore[misc]
                texts = [one.text for one in questions("tuning")]
                each = [seconds(lambda t=t, s=session: s.do("search", query=t)) for t in texts]  # type: ignore[misc]
                figures.append((first, each))
            fill(node, datasets[-1:])
            after = seconds(lambda: owner.do("search", query="医院床位"))
            seen = seconds(lambda: node.session("ana").do("search", query="医院床位"))
    return [*_measured(figures), *_later(after, seen)]


def _measured(figures: list[tuple[float, list[float]]]) -> Iterator[Measure]:
    for who, (first, each) in zip(("an analyst who sees half", "the owner"), figures, strict=True):
        p50, p95 = statistics.median(each), float(np.percentile(each, 95))
        yield Measure(
            f"search in {DATASETS:,} datasets, {who}, p95 of {len(each)} questions",
            f"{p95 * 1e3:.0f} ms", "<= 50 ms", p95 <= 0.05,
            f"p50 {p50 * 1e3:.0f} ms; the first in a process {first:.1f} s",
        )  # fmt: skip


def _later(after: float, seen: float) -> Iterator[Measure]:
    yield Measure(
        "the first question after one dataset came, owner", f"{after:.1f} s", "<= 5 s", after <= 5,
        f"the analyst {seen:.1f} s",
    )  # fmt: skip
