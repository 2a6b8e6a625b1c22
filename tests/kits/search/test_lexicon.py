from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doumen.kits.search import Lexicon, Term, chinese
from doumen.kits.search.lexicon import MOST

LEXICON = Lexicon.of(
    [
        ("地铁", ["underground railway; subway"]),
        ("铁", ["iron", "surname Tie"]),
        ("故障", ["malfunction", "(technical) breakdown", "to fail"]),
        ("股市", ["stock market"]),
        ("库存", ["property or cash held in reserve", "stock"]),
        ("股票", ["share certificate", "stock (finance)"]),
        ("市场", ["marketplace", "market (also in abstract)"]),
        ("的", ["of"]),
        ("犬", ["CL:隻|只[zhi1]"]),
        ("３Ｃ", ["see 電腦|电脑[dian4 nao3]", "Compulsory Certificate, three"]),
    ]
)


def spoken(question: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(term.asked, term.translations) for term in LEXICON.terms(question)]


def test_chinese_is_cut_into_the_fewest_headwords() -> None:
    assert spoken("地铁的故障") == [
        ("地铁", ("underground railway", "subway")),
        ("故障", ("malfunction", "breakdown", "fail")),
    ]


def test_what_no_dictionary_has_is_left_out_of_chinese() -> None:
    assert spoken("犬舍地铁") == [("地铁", ("underground railway", "subway"))]


def test_latin_words_within_chinese_stay() -> None:
    assert spoken("GPS 地铁") == [("gps", ("gps",)), ("地铁", ("underground railway", "subway"))]


def test_english_is_taken_by_phrases_and_by_words() -> None:
    assert spoken("Stock Markets") == [
        ("stock market", ("股市",)),
        ("stock", ("库存", "股票")),
        ("market", ("市场",)),
    ]


def test_a_headword_comes_first_whose_first_sense_it_is() -> None:
    lexicon = Lexicon.of([("甲乙", ["first", "chief"]), ("丙丁", ["chief"])])
    assert lexicon.terms("chief") == [Term("chief", ("丙丁", "甲乙"))]


def test_single_characters_are_looked_for_too() -> None:
    assert spoken("iron") == [("iron", ("铁",))]
    assert spoken("no such") == [("no", ()), ("such", ())]


def test_notes_translate_nothing_and_width_does_not_count() -> None:
    assert spoken("three") == [("three", ("3c",))]
    assert LEXICON.english["3c"] == "Compulsory Certificate|three"
    assert "犬" not in LEXICON.english


def test_not_too_many_translations() -> None:
    lexicon = Lexicon.of([(f"字{n}号", ["sign"]) for n in range(3 * MOST)])
    assert len(lexicon.terms("sign")[0].translations) == MOST


def test_it_is_kept_as_it_is() -> None:
    assert Lexicon.of_bytes(LEXICON.as_bytes()) == LEXICON
    assert Lexicon.of_bytes(Lexicon.of([]).as_bytes()).terms("地铁 stock") == [
        Term("stock", ("stock",))
    ]


@given(st.text(st.sampled_from("地铁故障的x 股市")))
def test_each_term_stands_in_the_question(question: str) -> None:
    for term in LEXICON.terms(question):
        assert term.asked in question
        assert term.translations or not chinese(term.asked)


@pytest.mark.parametrize("question", ["", " ", "的", "?"])
def test_a_question_of_nothing_has_no_terms(question: str) -> None:
    assert LEXICON.terms(question) == []
