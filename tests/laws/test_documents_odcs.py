"""Law 8 for data contracts: what is read is what was written, whatever Doumen knows of it.

Over every published example and over contracts made from the published schema: reading,
editing, adding rules and columns keep every other byte, and what breaks the schema is refused
with its place named.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from tests.counts import FULL
from tests.kits.standards.odcs.generated import contracts, written

from doumen.kits.standards import odcs
from doumen.kits.standards.odcs.document import parse, spell
from doumen.model.errors import Invalid
from doumen.model.load import LoadColumn

pytestmark = pytest.mark.law

SHARED = Path(__file__).parents[3] / "shared" / "data" / "standards" / "odcs" / "examples"
OWN = Path(__file__).parents[1] / "kits" / "standards" / "odcs" / "examples"
LAYOUTS = st.sampled_from(["json", "block", "flow", "ruamel"])
BREAKS_ITS_SCHEMA = {"all-data-types.odcs.yaml": 25}
"""Published examples that use what came later than they declare, with the first line of it."""
EXAMPLES = 1000 if os.environ.get(FULL) else 25
"""Contracts of each law: a thousand in the soak; none is made smaller, they are large."""
RULE = {"name": "ours", "metric": "nullValues", "mustBe": 0, "description": "é: # \u2028"}


def examples() -> Iterator[Any]:
    """Those handed to us, else the copies that stand beside the tests."""
    folder = SHARED if SHARED.is_dir() else OWN
    for path in sorted(folder.glob("*.yaml")):
        yield pytest.param(path, id=path.name)


def grew(old: str, new: str) -> bool:
    """Whether a text came of another by putting characters into it, and none was lost or moved."""
    rest = iter(new)
    return all(character in rest for character in old)


@pytest.mark.parametrize("path", list(examples()))
def test_every_published_example_is_kept_byte_for_byte(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    if path.name in BREAKS_ITS_SCHEMA:
        with pytest.raises(Invalid) as caught:
            odcs.read_contract(text)
        said = str(caught.value.why)
        assert said.startswith(f"line {BREAKS_ITS_SCHEMA[path.name]}, schema[0].properties[1].")
        assert all(re.match(r"line \d+, schema\[0\]\.", line) for line in said.splitlines())
        return
    assert odcs.read_contract(text).text == text
    assert odcs.edit(text, []) == odcs.add_rules(text, []) == text
    assert_edits_keep(text)


def test_the_examples_are_those_that_were_handed_to_us() -> None:
    if not SHARED.is_dir():
        pytest.skip("the folder of shared examples is not there: the copies are tried alone")
    assert {p.name: p.read_bytes() for p in SHARED.glob("*.yaml")} == {
        p.name: p.read_bytes() for p in OWN.glob("*.yaml")
    }


@given(contracts(), LAYOUTS, st.booleans())
@settings(derandomize=True, deadline=None, max_examples=EXAMPLES, phases=[Phase.generate])
def test_law_8_what_is_written_is_read_and_kept(
    data: dict[str, Any], layout: str, windows: bool
) -> None:
    text = written(data, layout)
    assert typed(parse(text).data) == typed(data)
    text = f"# above 陡门\n{text}\n# below\n"
    text = text.replace("\n", "\r\n") if windows else text
    note(repr(text))
    contract = odcs.read_contract(text)
    assert contract.text == text
    assert contract.id == data["id"]
    assert [c.name for c in contract.columns] == [
        p["name"] for p in data["schema"][0]["properties"]
    ]
    assert_edits_keep(text)


def typed(value: Any) -> Any:
    """A value that tells 1 from true, and 1 from "1", but not 1.0 from 1.00."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return (isinstance(value, bool), isinstance(value, str), value)


def assert_edits_keep(text: str) -> None:
    """Fields set, rules and columns added: the rest says what it said, line by line."""
    before = parse(text).data
    wanted = copy.deepcopy(before) | {"version": "8.0.0", "tenant": "a: b"}
    try:
        edited = odcs.edit(text, [("version", "8.0.0"), ("tenant", "a: b")])
    except Invalid as error:
        if error.code != "invalid.place":  # an odd layout may be refused, and is then as it was
            raise
    else:
        assert typed(parse(edited).data) == typed(wanted)
    columns = [p["name"] for table in before.get("schema", [])[:1]
               for p in table.get("properties", ())]  # fmt: skip
    if not before.get("schema"):
        return
    added = odcs.add_rules(text, [*((name, RULE) for name in columns), (None, RULE)])
    (wanted := copy.deepcopy(before))["schema"][0].setdefault("quality", []).append(RULE)
    for one in wanted["schema"][0].get("properties", ()):
        one.setdefault("quality", []).append(RULE)
    assert typed(parse(added).data) == typed(wanted)
    assert grew(text, added)
    if columns:
        longer = odcs.extended(text, [LoadColumn("new one", "new one", "DATE")])
        more = parse(longer).data
        assert more["schema"][0]["properties"].pop()["name"] == "new one"
        assert typed(more | {"version": ""}) == typed(before | {"version": ""})


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths of all mappings whose fields the schema knows."""
    if isinstance(value, dict):
        yield path
        for key, item in value.items():
            if key not in ("value", "valueExt", "examples", "implementation", "arguments"):
                yield from places(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from places(item, (*path, at))


@given(contracts(), LAYOUTS, st.data())
@settings(derandomize=True, deadline=None, max_examples=EXAMPLES, phases=[Phase.generate])
def test_law_8_what_the_schema_refuses_is_refused_with_the_place(
    data: dict[str, Any], layout: str, draw: st.DataObject
) -> None:
    where = draw.draw(st.sampled_from([p for p in places(data) if is_closed(p)]))
    here: Any = data
    for step in where:
        here = here[step]
    kinds = ["unknown", *(["type"] if here else []), *(["drop"] if required(here) else [])]
    kind = draw.draw(st.sampled_from(kinds))
    if kind == "unknown":
        here["zzUnknown"] = 1
        place = (*where, "zzUnknown")
    elif kind == "drop":
        del here[required(here)]
        place = where
    else:
        field = draw.draw(st.sampled_from(sorted(here)))
        if field in ANYTHING:
            return
        here[field] = 5 if isinstance(here[field], dict) else {"zz": []}
        place = (*where, field)
    with pytest.raises(Invalid) as caught:
        odcs.read_contract(text := written(data, layout))
    said = str(caught.value.why).splitlines()
    known = {str(spell(place[:depth])) for depth in range(len(place) - 1, len(place) + 1)}
    found = [re.match(r"line (\d+), (.*?): ", line) for line in said]
    named = [(int(m[1]), m[2]) for m in found if m]
    near = [line for line, spelled in named if spelled in known]
    assert near, (place, said)
    assert parse(text).line(place) in near or parse(text).line(where) in near


ANYTHING = frozenset({"value", "valueExt", "mustBe", "mustNotBe", "implementation", "arguments"})
"""Fields of which the schema takes more than one type."""


def is_closed(path: tuple[str | int, ...]) -> bool:
    """Whether the schema says which fields a mapping may have."""
    return "description" not in path[:1]


def required(here: dict[str, Any]) -> str:
    """A field that may not be missing beside those that are there; empty: none is known."""
    for fields in ({"property", "value"}, {"url", "type"}, {"channel"}, {"username"}, {"role"}):
        if fields <= here.keys():
            return min(fields)
    return ""
