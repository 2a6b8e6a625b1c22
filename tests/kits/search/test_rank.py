from __future__ import annotations

import math

import numpy as np
import pytest

from doumen.kits.search import Document, Names, Part, Segment, Term, Weights, rank
from doumen.kits.search.rank import level, of_translations, of_words, shared

DOCUMENTS = (
    Document("dataset", "transport.bus_gps", "公交车辆定位", "上报的经纬度", (Part("vehicle_no"),)),
    Document("dataset", "transport.bus_stops", "Bus stops", "Where buses stop", (Part("stop_id"),)),
    Document("dataset", "health.beds", "Hospital beds", "Free beds", (Part("ward", "ward"),)),
    Document("dataset", "a.gone", "Hospital beds of bus", "beds"),
)  # fmt: skip
WEIGHTS = Weights()


def found(question: str, *, split: bool = False) -> tuple[list[float], list[float]]:
    """Shares of words and what names count, of one segment or of two."""
    counted = [document.counted() for document in DOCUMENTS]
    segments = [Segment.of(range(4), counted)]
    if split:
        segments = [Segment.of([0, 1], counted[:2]), Segment.of([2, 3], counted[2:])]
    alive = np.array([True, True, True, False])
    names = Names.of([document.name for document in DOCUMENTS])
    parts = rank(question, segments, alive, names, WEIGHTS)
    return parts.words.tolist(), parts.names.tolist()


def test_a_share_is_weighed_by_rarity_and_fields() -> None:
    shares, _ = found("hospital bus")
    rare, common = math.log1p(2.5 / 1.5), math.log1p(1.5 / 2.5)
    # "hospital" stands in a title (2); "bus" in a name and a title (2 + 2), or in a name
    assert shares[2] == pytest.approx(rare * (2 / 3) / (rare + common), rel=1e-6)
    assert shares[1] == pytest.approx(common * (4 / 5) / (rare + common), rel=1e-6)
    assert shares[0] == pytest.approx(common * (2 / 3) / (rare + common), rel=1e-6)


def test_a_single_chinese_character_is_found() -> None:
    assert [share > 0 for share in found("车")[0]] == [True, False, False, False]


def test_what_is_gone_counts_nowhere() -> None:
    assert found("hospital")[0][3] == 0
    assert found("a.gone")[1][3] == 0


def test_segments_make_no_difference() -> None:
    for question in ("hospital buses", "车辆定位", "ward", "bus_stops"):
        assert found(question) == found(question, split=True)


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("transport.bus_gps", [1.0, 0, 0, 0]),
        ("BUS_STOPS", [0, 1.0, 0, 0]),
        ("bus stops", [0, 1.0, 0, 0]),
        ("ｂｅｄｓ", [0, 0, 1.0, 0]),
        ("vehicle_no", [0.8, 0, 0, 0]),
        ("bus", [0.6, 0.6, 0, 0]),
        ("ansport", [0.5, 0.5, 0, 0]),
        ("us_", [0, 0, 0, 0]),
        ("bu", [0, 0, 0, 0]),
        ("", [0, 0, 0, 0]),
    ],
)
def test_names_count_by_how_much_of_them_is_asked(question: str, counts: list[float]) -> None:
    assert found(question)[1] == pytest.approx(counts)


def test_a_small_share_of_one_language_says_nothing() -> None:
    counted = of_words(
        np.array([0.3, 0.3, 1.0], np.float32), np.array([True, False, True]), WEIGHTS
    )
    assert counted.tolist() == pytest.approx([0, 0.8 * 0.15 / 0.85, 0.8])


def test_segments_are_merged_without_what_is_gone() -> None:
    counted = [document.counted() for document in DOCUMENTS]
    parts = [Segment.of([0, 1], counted[:2]), Segment.of([2, 3], counted[2:])]
    merged = Segment.merged(parts, np.array([-1, 0, 1, -1], np.int32))
    rows, counts = merged.holding("bed")
    assert (rows.tolist(), counts.tolist()) == ([1], [100])
    assert merged.holding("车辆")[0].tolist() == []
    assert Segment.merged([], np.zeros(0, np.int32)).holding("bed")[0].tolist() == []


def test_a_document_is_of_the_languages_it_is_described_in() -> None:
    assert [document.languages for document in DOCUMENTS[:3]] == [
        (True, False), (False, True), (False, True)
    ]  # fmt: skip
    assert Document("dataset", "a.b", "地铁 // Metro of the whole city").languages == (True, True)
    assert Document("dataset", "a.b").languages == (False, True)
    assert Document("dataset", "a.床位").languages == (True, False)


def test_texts_that_carry_the_meaning() -> None:
    title, full, name = DOCUMENTS[2].texts
    assert (title, name) == ("Hospital beds", "health beds")
    assert full == "Hospital beds. Free beds ward"
    assert Document("dataset", "a.free_beds").texts[0] == "free beds"


def shares(*terms: Term, split: bool = False) -> list[float]:
    counted = [document.counted() for document in DOCUMENTS]
    cuts = ([0, 1], [2, 3]) if split else ([0, 1, 2, 3],)
    segments = [Segment.of(rows, [counted[row] for row in rows]) for rows in cuts]
    share: list[float] = shared(terms, segments, np.array([True, True, True, False])).tolist()
    return share


@pytest.mark.parametrize("split", [False, True])
def test_all_translations_of_a_term_are_one_word(split: bool) -> None:
    places = Term("位置", ("stop", "定位", "no such word"))
    beds = Term("床位", ("hospital beds",))
    rare, common = math.log1p(2.5 / 1.5), math.log1p(1.5 / 2.5)
    # two documents hold a translation of the one, in a title (2); one holds all words of the other
    found = shares(places, beds, split=split)
    assert found[0] == pytest.approx(common * (2 / 3) / (rare + common), rel=1e-6)
    assert found[2] == pytest.approx(rare * (2 / 3) / (rare + common), rel=1e-6)
    assert found[3] == 0


def test_a_translation_of_several_words_needs_all_of_them() -> None:
    assert shares(Term("床", ("hospital stops",))) == [0, 0, 0, 0]
    assert shares(Term("床", ("nowhere beds",))) == [0, 0, 0, 0]


def test_nothing_translated_says_nothing() -> None:
    assert shares() == [0, 0, 0, 0]
    assert shares(Term("x", ())) == [0, 0, 0, 0]
    assert shares(Term("x", ("?",))) == [0, 0, 0, 0]


def test_translations_count_in_the_other_language_only() -> None:
    share = np.array([1.0, 1.0, 0.05, 0.0], np.float32)
    same = np.array([True, False, False, False])
    assert of_translations(share, same, WEIGHTS).tolist() == pytest.approx([0, 0.3, 0, 0])


def test_the_other_language_gains_half_of_what_it_is_farther() -> None:
    scores = np.array([0.9, 0.7, 0.1, 0.5, 0.3], np.float32)
    same = np.array([True, True, True, False, False])
    assert level(scores, same, Weights(neighbours=2)) == pytest.approx((0.8 - 0.4) / 2)
    assert level(scores, same, WEIGHTS) == pytest.approx((1.7 / 3 - 0.4) / 2)
    assert level(scores, ~same, WEIGHTS) == pytest.approx(-(1.7 / 3 - 0.4) / 2)


@pytest.mark.parametrize("alone", [True, False])
def test_one_language_alone_gains_nothing(alone: bool) -> None:
    assert level(np.ones(3, np.float32), np.full(3, alone), WEIGHTS) == 0
