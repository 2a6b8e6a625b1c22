from __future__ import annotations

import numpy as np
from tests.rooms.discover.search.shelf import CORPUS, corpus

from doumen.kits.search import Document, Part
from doumen.rooms.discover.search import meaning
from doumen.rooms.discover.search.meaning import DIMENSIONS, STEP
from doumen.rooms.discover.search.said import Said, read
from doumen.rooms.discover.search.vectors import FEW, LIKEST, Vectors


def document(name: str) -> Document:
    one = next(one for one in corpus() if one.name == name)
    return Document("dataset", one.name, one.title, one.description,
                    tuple(Part(*column) for column in one.columns))  # fmt: skip


def test_the_kept_vectors_of_the_corpus_are_what_the_models_say() -> None:
    model = meaning.model()
    assert model is not None
    kept = np.load(CORPUS / "vectors.npz")
    places = {digest.tobytes(): at for at, digest in enumerate(kept["digests"])}
    for name in ("transport.metro_delays", "health.births", "research.publications"):
        one = document(name)
        row = kept["rows"][places[meaning.digest(one)]]
        assert np.abs(model.document(one).astype(int) - row).max() <= 2


def test_what_means_the_same_is_nearer_than_what_does_not() -> None:
    model = meaning.model()
    assert model is not None
    asked = model.question("where are ambulances")
    near, far = (
        float(model.document(document(name)) @ asked * STEP)
        for name in ("health.ambulance_positions", "finance.bond_issues")
    )
    assert near > far + 0.2
    assert model.question("where are ambulances") is asked


def test_of_many_the_likest_are_found_by_their_signs() -> None:
    rng = np.random.default_rng(7)
    rows = np.clip(np.rint(rng.normal(0, 20, (FEW + 3000, DIMENSIONS))), -127, 127).astype(np.int8)
    vectors = Vectors()
    vectors.add(rows[:2000])
    vectors.add(rows[2000:])
    question = (rows[77] + rng.normal(0, 20, DIMENSIONS)).astype(np.float32)
    places = np.arange(len(rows), dtype=np.int32)
    likest = vectors.likest(question, places)
    assert len(likest) == LIKEST
    exact = np.argsort(-(rows.astype(np.float32) @ question))[:20]
    assert exact[0] == 77
    assert len(np.intersect1d(exact, likest)) >= 19
    few = vectors.likest(question, places[:10])
    assert few.tolist() == list(range(10))
    expected = rows[:3].astype(np.float32) @ question * STEP
    assert np.allclose(vectors.likeness(question, places[:3]), expected, rtol=1e-4)


def test_a_contract_is_read_in_words() -> None:
    text = """
    name: Flights
    domain: transport
    tags: [air]
    description: {purpose: All flights, usage: Plan gates, limitations: No freight}
    team: {members: [{username: bob, role: member}, {username: ana, role: Owner}]}
    schema:
      - name: flights
        businessName: 航班
        description: One row each
        properties:
          - {name: Tail, businessName: tail number, description: As painted}
          - {name: day}
    """
    assert read(text) == Said(
        title="Flights 航班",
        description="One row each All flights",
        columns={"tail": "tail number As painted", "day": ""},
        also=("Plan gates", "No freight", "air"),
        owner="ana",
    )
    assert Said.of_bytes(read(text).as_bytes()) == read(text)
    assert read("description: All\nteam: [{name: Bo, role: owner}]").owner == "Bo"
    assert read("team: {members: []}") == Said()
    assert read("a: [") == Said()
