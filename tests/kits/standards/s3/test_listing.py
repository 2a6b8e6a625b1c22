"""ListObjectsV2: names in order, what they have in common, pages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from doumen.kits.standards.s3 import Listing, listing_document
from doumen.model.errors import Invalid
from doumen.model.handed import Item

NAMES = ["_log/0.json", "_log/1.json", "a b.parquet", "part-0", "part-1", "part-2"]
ITEMS = {name: Item(len(name), f"tag-{name}") for name in NAMES}
SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def listed(**query: str) -> tuple[list[str], list[str], str | None]:
    """Names, what they have in common, and what follows."""
    asked = Listing.of_query(
        {k.replace("_", "-"): v for k, v in {"list_type": "2", **query}.items()}
    )
    root = ET.fromstring(listing_document("d.t", asked, ITEMS, "2026-11-30T02:00:00Z"))
    assert root.tag == f"{SPACE}ListBucketResult"
    keys = [one.findtext(f"{SPACE}Key") or "" for one in root.iter(f"{SPACE}Contents")]
    shared = [one.findtext(f"{SPACE}Prefix") or "" for one in root.iter(f"{SPACE}CommonPrefixes")]
    assert root.findtext(f"{SPACE}KeyCount") == str(len(keys) + len(shared))
    more = root.findtext(f"{SPACE}NextContinuationToken")
    assert root.findtext(f"{SPACE}IsTruncated") == ("false" if more is None else "true")
    return keys, shared, more


def test_all_of_it() -> None:
    assert listed() == (NAMES, [], None)
    assert listed(prefix="part-") == (NAMES[3:], [], None)
    assert listed(prefix="nothing") == ([], [], None)
    assert listed(start_after="part-0") == (NAMES[4:], [], None)


def test_what_names_have_in_common() -> None:
    assert listed(delimiter="/") == (NAMES[2:], ["_log/"], None)
    assert listed(delimiter="/", prefix="_log/") == (NAMES[:2], [], None)
    assert listed(delimiter="-") == (NAMES[:3], ["part-"], None)
    assert listed(delimiter="-", start_after="part-") == ([], [], None)


def test_pages() -> None:
    for delimiter, whole in (("", [*NAMES]), ("/", ["_log/", *NAMES[2:]])):
        seen: list[str] = []
        more: str | None = ""
        while more is not None:
            after = {"continuation_token": more} if more else {}
            keys, shared, more = listed(delimiter=delimiter, max_keys="2", **after)
            assert len(keys) + len(shared) <= 2
            seen += [*shared, *keys]
        assert seen == whole
    assert listed(max_keys="0") == ([], [], None)
    assert listed(max_keys="99999") == (NAMES, [], None)


def test_names_as_in_an_address() -> None:
    asked = Listing.of_query({"list-type": "2", "encoding-type": "url", "prefix": "a b"})
    text = listing_document("d.t", asked, ITEMS, "2026-11-30T02:00:00Z").decode()
    assert "<Key>a%20b.parquet</Key>" in text
    assert "<EncodingType>url</EncodingType>" in text


def test_nothing_of_a_prefix_breaks_the_document() -> None:
    asked = Listing.of_query({"list-type": "2", "prefix": "<a>&\x00\ud800"})
    text = listing_document("d.t", asked, ITEMS, "2026-11-30T02:00:00Z").decode()
    assert "<Prefix>&lt;a&gt;&amp;</Prefix>" in text
    assert not re.search("[\x00\ud800]", text)


@pytest.mark.parametrize(
    "query",
    [
        {}, {"list-type": "1"}, {"list-type": "2", "versions": ""},
        {"list-type": "2", "max-keys": "-1"}, {"list-type": "2", "max-keys": "1" * 20},
        {"list-type": "2", "encoding-type": "base64"},
    ],
)  # fmt: skip
def test_what_is_not_listed(query: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        Listing.of_query(query)
    assert caught.value.code == "invalid.unsupported"
