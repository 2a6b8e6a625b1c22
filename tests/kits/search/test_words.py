from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doumen.kits.search import chinese, fold, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hospital beds", ["hospital", "bed"]),
        ("cities and glass, bus", ["city", "glass", "bus"]),
        ("the of 的", []),
        ("停电影响用户", ["停电", "电影", "影响", "响用", "用户"]),
        ("铁", ["铁"]),
        ("PM2.5浓度", ["pm2", "5", "浓度"]),
        ("ＧＢ／Ｔ ２２６０", ["gb", "t", "2260"]),
        ("Straße", ["strasse"]),
    ],
)
def test_texts_are_cut_into_words(text: str, found: list[str]) -> None:
    assert [word.text for word in words(text)] == found


@given(st.text())
def test_words_stand_where_they_say(text: str) -> None:
    folded = fold(text)
    for word in words(text):
        there = folded[word.start : word.end]
        assert there.startswith(word.text[:-1])
        assert there


@given(st.text())
def test_folding_again_changes_no_words(text: str) -> None:
    assert [w.text for w in words(fold(text))] == [w.text for w in words(text)]


def test_chinese_is_known_by_its_characters() -> None:
    assert chinese("GB 标准")
    assert not chinese("GB standard, カタカナ")
