from __future__ import annotations

import pytest

from doumen.model.errors import Invalid
from doumen.rooms.collect.formats import Json, Wishes
from doumen.rooms.collect.formats.interface import Sniffed
from doumen.rooms.collect.recognise import sniff
from doumen.rooms.collect.sample import sample_of

JSON = Json()


def sniffed(content: str | bytes, wishes: Wishes | None = None, name: str = "a.txt") -> Sniffed:
    data = content.encode() if isinstance(content, str) else content
    return sniff(sample_of(name, data), wishes or Wishes())


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        ('{"a":1}\n{"a":2}\n', "lines"),
        ('{"a":1}', "lines"),
        ('{"a":\n{"a":2}\n{"a":3}\n', "lines"),
        (' [\n {"a": 1}]', "document"),
        ('{\n "a": 1\n}\n{\n "a": 2\n}', "document"),
        ('{"a": {\n "b": 1}}\n', "document"),
        ("[]", "document"),
        ("[[{}]]", "document"),
        ('\ufeff{"a":1}\n', "lines"),
    ],
)
def test_the_content_says_what_it_is(content: str, layout: str) -> None:
    reading = sniffed(content).reading
    assert (reading.format, reading.layout) == ("json", layout)


def test_text_in_brackets_is_no_json() -> None:
    assert sniffed("[id],[name]\n1,2\n2,3\n").reading.format == "csv"
    assert sniffed("nothing", name="x.ndjson").reading.format == "json"


def test_encodings_are_found_as_for_text() -> None:
    text = '[{"城市":"北京和上海以及广州深圳"}]'
    for encoding in ("utf-16", "gb18030", "utf-8-sig"):
        found = sniffed(text.encode(encoding)).reading
        assert found.format == "json"
    assert found.encoding == "utf-8"
    assert "quarantine" in sniffed(b'{"a":"' + b"\xc3\xa9" * 20 + b'\xff"}\n{}').why[-1]


def test_rows_within_one_object_are_pointed_at() -> None:
    why = sniffed('{"n": 1, "data": [{"a": 1}]}').why
    assert any("--json-path '$.data'" in one for one in why)
    assert not any("--json-path" in one for one in sniffed('{"n":1}').why)
    assert not any("--json-path" in one for one in sniffed("[[1]]" * 3000, name="a.json").why)


def test_a_path_makes_it_a_document() -> None:
    found = sniffed('{"a":[{}]}\n', Wishes(json_path="$.a"))
    assert (found.reading.layout, found.reading.path) == ("document", "$.a")
    assert "rows at `$.a`" in found.why


@pytest.mark.parametrize(
    "wishes", [Wishes(delimiter=","), Wishes(header=False), Wishes(json_path="$..a")]
)
def test_options_that_make_no_sense_are_refused(wishes: Wishes) -> None:
    with pytest.raises(Invalid):
        sniffed("[]", wishes)
    with pytest.raises(Invalid, match="no JSON document"):
        sniffed("a,b\n1,2\n", Wishes(json_path="$.a"))
