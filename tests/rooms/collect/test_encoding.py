from __future__ import annotations

import codecs
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.model.errors import Invalid
from doumen.rooms.collect.encoding import choose, decode
from doumen.rooms.collect.sample import HEAD, Scan, sample_of

CHINESE = "编号,城市,机场名称,备注\n" + "".join(
    f"{n},{city},{port},正常\n"
    for n, (city, port) in enumerate(
        [
            ("北京", "首都国际机场"),
            ("上海", "虹桥国际机场"),
            ("绍兴", "陡门村"),
            ("广州", "白云机场"),
        ]
    )
)
RUSSIAN = "номер,город,аэропорт\n1,Москва,Шереметьево\n2,Казань,Международный\n3,Самара,Курумоч\n"
FRENCH = "numéro,ville,aéroport\n1,Orléans,Saint-Denis-de-l'Hôtel\n2,Nîmes,Garons\n3,Béziers,Cap\n"
JAPANESE = (
    "番号,都市,空港の名前\n1,とうきょう,はねだくうこう\n2,おおさか,かんさい\n3,ナゴヤ,セントレア\n"
)
JAPANESE_PROSE = "番号,説明\n" + "".join(
    f"{n},{text}\n"
    for n, text in enumerate(["東京の空港に着く", "大阪へ行く便は遅れる", "名古屋で荷物を受け取る"])
)
KOREAN = "번호,도시,공항이름\n1,서울,김포국제공항\n2,부산,김해국제공항\n3,제주,제주국제공항입니다\n"
TAIWAN = "編號,城市,機場名稱,備註\n1,臺北,松山機場,繁體中文資料\n2,高雄,小港國際機場,測試資料表\n"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (CHINESE.encode("utf-8"), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("gbk"), "gb18030"),
        ((CHINESE + "9,𠮷,𠀀,罕\n").encode("gb18030"), "gb18030"),
        (codecs.BOM_UTF16_LE + CHINESE.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "utf-16-be"),
        (CHINESE.encode("utf-16-le"), "utf-16-le"),
        (CHINESE.encode("utf-16-be"), "utf-16-be"),
        (FRENCH.encode("utf-16-le"), "utf-16-le"),
        (FRENCH.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + CHINESE.encode("utf-32-le"), "utf-32-le"),
        (codecs.BOM_UTF32_BE + CHINESE.encode("utf-32-be"), "utf-32-be"),
        (FRENCH.encode("utf-8"), "utf-8"),
        (b"a,b\n1,2\n", "utf-8"),
        ("姓名\n张三\n".encode("gb18030"), "gb18030"),
    ],
)
def test_encodings_are_told_apart(content: bytes, name: str) -> None:
    chosen = choose(sample_of("a.csv", content))
    assert chosen.name == name
    assert not chosen.damaged
    assert chosen.why


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (FRENCH, "cp1252"),
        (FRENCH, "latin-1"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE_PROSE, "euc_jp"),
        (KOREAN, "euc_kr"),
        (TAIWAN, "big5"),
    ],
)
def test_others_are_asked_for_and_believed_when_told(text: str, encoding: str) -> None:
    sample = sample_of("a.csv", text.encode(encoding))
    with pytest.raises(Invalid, match="cannot be told") as caught:
        choose(sample)
    assert caught.value.code == "invalid.encoding"
    assert "--encoding" in str(caught.value.next)
    chosen = choose(sample, encoding)
    assert not chosen.damaged
    assert decode(sample, chosen.name) == text


def test_the_guesses_name_the_encoding() -> None:
    with pytest.raises(Invalid) as caught:
        choose(sample_of("a.csv", (RUSSIAN * 5).encode("cp1251")))
    assert "cp1251" in str(caught.value.why)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("UTF8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("ascii", "utf-8"),
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("latin1", "latin-1"),
        ("utf-16", "utf-16-le"),
        ("windows-1252", "cp1252"),
    ],
)
def test_what_is_told_has_one_name(told: str, name: str) -> None:
    assert choose(sample_of("a.csv", b"a,b\n"), told).name == name


def test_told_utf16_follows_its_mark() -> None:
    content = codecs.BOM_UTF16_BE + "a,b\n".encode("utf-16-be")
    assert choose(sample_of("a.csv", content), "utf-16").name == "utf-16-be"


@pytest.mark.parametrize("told", ["klingon", "rot13", "utf-7", "idna", "zip", "", "a\0b"])
def test_what_is_no_encoding_is_refused(told: str) -> None:
    with pytest.raises(Invalid, match="not an encoding"):
        choose(sample_of("a.csv", b"a,b\n"), told)


def test_told_wrongly_is_believed_and_said() -> None:
    assert choose(sample_of("a.csv", b"a,\xff\xfe\xfd\n1,2\n"), "utf-8").damaged


def test_damage_does_not_turn_utf8_into_something_else() -> None:
    content = CHINESE.encode() + b"5,\xb1\xb1,x,y\n"
    chosen = choose(sample_of("a.csv", content))
    assert (chosen.name, chosen.damaged) == ("utf-8", True)


def test_damage_does_not_turn_gb18030_into_something_else() -> None:
    content = (CHINESE * 3).encode("gb18030") + b"5,\xff,x,y\n"
    chosen = choose(sample_of("a.csv", content))
    assert (chosen.name, chosen.damaged) == ("gb18030", True)


def test_chinese_far_behind_an_ascii_head_is_found() -> None:
    scan = Scan()
    scan.feed(b"id,name\n" + b"1,plain\n" * (HEAD // 4))
    scan.feed(CHINESE.encode("gb18030"))
    assert choose(scan.sample("a.csv")).name == "gb18030"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
@pytest.mark.parametrize("cut", range(4))
def test_a_character_cut_at_the_end_of_the_head_is_no_damage(encoding: str, cut: int) -> None:
    content = ("a" * cut).encode(encoding) + "陡门".encode(encoding) * HEAD
    scan = Scan()
    scan.feed(content)
    sample = scan.sample("a.csv")
    assert "\ufffd" not in decode(sample, encoding)
    assert not choose(sample, encoding).damaged


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_give_an_encoding_or_say_what_is_to_be_done(content: bytes) -> None:
    sample = sample_of("a.csv", content)
    name = "latin-1"
    with suppress(Invalid):
        name = choose(sample).name
    assert len(decode(sample, name)) <= len(content)
