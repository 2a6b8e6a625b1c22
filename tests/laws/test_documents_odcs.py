"""Law 8 for data contracts: what is read is what was written, whatever Doumen knows of it.

Over every published example and over contracts made from the published schema, as people and
common writers leave them: reading, editing, adding rules and columns keep every other
character, and what breaks the schema is refused with its place named. Only where an alias makes
one text stand in several places may a change be refused, and then that is what is said.
"""

from __future__ import annotations

import copy
import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # it has no types
from tests.counts import FULL
from tests.kits.standards.odcs.generated import SCHEMA, contract, field_names
from tests.kits.standards.odcs.writers import LAYOUTS, bare, remarked, written

from doumen.kits.standards import odcs
from doumen.kits.standards.odcs.document import parse, spell
from doumen.kits.standards.odcs.schema import validator
from doumen.model.errors import Invalid
from doumen.model.load import LoadColumn

pytestmark = pytest.mark.law

SHARED = Path(__file__).parents[3] / "shared" / "data" / "standards" / "odcs" / "examples"
OWN = Path(__file__).parents[1] / "kits" / "standards" / "odcs" / "examples"
BREAKS_ITS_SCHEMA = {"all-data-types.odcs.yaml": 25}
"""Published examples that use what came later than they declare, with the first line of it."""
CONTRACTS = 1000 if os.environ.get(FULL) else 100
"""Contracts of each law: a thousand in the soak."""
BLOCKS = [range(at, at + 20) for at in range(0, CONTRACTS, 20)]
RULE = {"name": "ours", "metric": "nullValues", "mustBe": 0, "description": "é: # \u2028"}
Place = tuple[str | int, ...]


def examples() -> Iterator[Any]:
    """Those handed to us, else the copies that stand beside the tests."""
    folder = SHARED if SHARED.is_dir() else OWN
    for path in sorted(folder.glob("*.yaml")):
        yield pytest.param(path, id=path.name)


def made(number: int) -> tuple[dict[str, Any], str]:
    """A contract and its text; layouts, line ends, comments and the last line take turns."""
    data, turn = contract(number), number // len(LAYOUTS)
    layout = LAYOUTS[number % len(LAYOUTS)]
    text = written(data, layout, number)
    if turn % 3 == 1 and not layout.startswith("json"):
        text = remarked(text, number)
    if turn % 4 == 3:
        text = bare(text)
    return data, text.replace("\n", "\r\n") if turn % 5 == 2 else text


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
    assert_edits_keep(text, parse(text).data)


def test_the_examples_are_those_that_were_handed_to_us() -> None:
    if not SHARED.is_dir():
        pytest.skip("the folder of shared examples is not there: the copies are tried alone")
    assert {p.name: p.read_bytes() for p in SHARED.glob("*.yaml")} == {
        p.name: p.read_bytes() for p in OWN.glob("*.yaml")
    }


@pytest.mark.parametrize("numbers", BLOCKS, ids=str)
def test_law_8_what_is_written_is_read_and_kept(numbers: range) -> None:
    for number in numbers:
        data, text = made(number)
        assert typed(parse(text).data) == typed(data), number
        read = odcs.read_contract(text)
        assert read.text == text
        assert read.id == data["id"]
        assert [c.name for c in read.columns] == [
            p["name"] for p in data["schema"][0]["properties"]
        ]
        assert_edits_keep(text, data)


def test_the_contracts_say_all_that_the_schema_knows() -> None:
    said = {name for number in range(400) for name in names(contract(number))}
    assert field_names(SCHEMA) - said == {
        "rule"
    }  # the older name of `metric`: Doumen asks for that


def typed(value: Any) -> Any:
    """A value that tells 1 from true, and 1 from "1", but not 1.0 from 1.00."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return (isinstance(value, bool), isinstance(value, str), value)


def names(value: Any) -> Iterator[str]:
    """All names of fields at any depth."""
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from names(item)
    elif isinstance(value, list):
        for item in value:
            yield from names(item)


def assert_edits_keep(text: str, before: dict[str, Any]) -> None:
    """Fields set, rules and columns added: the rest is as it was, character by character."""
    edited = text
    for field, value in (("version", "8.0.0"), ("tenant", "a: b")):
        was, edited = edited, odcs.edit(edited, [(field, value)])
        assert_moved_only(was, edited, (field,) if field in before else None)
        stays_json(text, edited)
    assert typed(parse(edited).data) == typed(before | {"version": "8.0.0", "tenant": "a: b"})
    table = next(iter(before.get("schema") or ()), None)
    if table is None:
        return
    columns = [p["name"] for p in table.get("properties") or ()]
    owners: list[Place] = [("schema", 0)]
    owners += [("schema", 0, "properties", at) for at in range(len(columns))]
    added = longer_by(text, [*((name, RULE) for name in columns), (None, RULE)])
    if isinstance(added, Invalid):
        assert added.code == "invalid.place"
        assert re.fullmatch(r"`.*` shares its text with others, by an alias\.", str(added.why))
        assert any(by_alias(text, (*owner, "quality")) for owner in owners)
    else:
        (wanted := copy.deepcopy(before))["schema"][0].setdefault("quality", []).append(RULE)
        for one in wanted["schema"][0].get("properties") or ():
            one.setdefault("quality", []).append(RULE)
        assert typed(parse(added).data) == typed(wanted)
        # In place of an alias for an empty list stands a list; of all others nothing is lost.
        assert grew(text, added) or any(by_alias(text, (*owner, "quality")) for owner in owners)
        stays_json(text, added)
    if columns:
        longer = odcs.extended(text, [LoadColumn("new one", "new one", "DATE")])
        more = parse(longer).data
        assert more["schema"][0]["properties"].pop()["name"] == "new one"
        assert typed(more | {"version": ""}) == typed(before | {"version": ""})
        stays_json(text, longer)


def longer_by(text: str, rules: list[tuple[str | None, dict[str, Any]]]) -> str | Invalid:
    """A text with rules added, or why it is refused."""
    try:
        return odcs.add_rules(text, rules)
    except Invalid as refused:
        return refused


def alike(one: str, other: str) -> int:
    """How many characters two texts begin with together."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def assert_moved_only(old: str, new: str, place: Place | None) -> None:
    """One value is written anew where it stood, or (None) nothing is lost at all."""
    start = alike(old, new)
    stop = len(old) - alike(old[start:][::-1], new[start:][::-1])
    if place is None:
        assert start == stop
        return
    value = node(old, place)
    assert value.start_mark.index <= start
    assert stop <= max(value.end_mark.index, start)


def grew(old: str, new: str) -> bool:
    """Whether a text came of another by putting characters into it, and none was lost or moved."""
    rest = iter(new)
    return all(character in rest for character in old)


def stays_json(old: str, new: str) -> None:
    """What was JSON is JSON still."""
    try:
        json.loads(old)
    except ValueError:
        return
    json.loads(new)


def node(text: str, place: Place) -> Any:
    """The node at a place, or its nearest parent that exists, by PyYAML."""
    here = yaml.compose(text, Loader=yaml.SafeLoader)
    for step in place:
        if isinstance(here, yaml.MappingNode):
            below = next((value for key, value in here.value if key.value == step), None)
        else:
            below = here.value[step] if step in range(len(here.value)) else None
        if below is None:
            break
        here = below
    return here


def by_alias(text: str, place: Place) -> bool:
    """Whether a node on the way to a place stands in several places, by PyYAML."""
    nodes = [root := yaml.compose(text, Loader=yaml.SafeLoader)]
    met: Counter[int] = Counter()
    while nodes:
        met[id(here := nodes.pop())] += 1
        if met[id(here)] == 1 and not isinstance(here, yaml.ScalarNode):
            nodes += [v[1] if isinstance(v, tuple) else v for v in here.value]
    here, found = root, False
    for step in place:
        if isinstance(here, yaml.MappingNode):
            here = next((value for key, value in here.value if key.value == step), here)
        else:
            here = here.value[step]
        found = found or met[id(here)] > 1
    return found


WRONG: tuple[Any, ...] = ({"zz": []}, [["zz"]], "zz zz", -7, True, None, [])
"""What is put in place of a value: for each field the schema refuses some of them."""


def planted(data: dict[str, Any], chance: random.Random) -> Place:
    """Break one thing that the schema asks, and say where."""
    places = [place for place in below(data) if place]
    for _ in range(200):
        broken = copy.deepcopy(data)
        place = chance.choice(places)
        here: Any = broken
        for step in place[:-1]:
            here = here[step]
        kind = chance.randrange(4)
        if kind == 0 and isinstance(here, dict):
            place = (*place[:-1], "zzUnknown")
            here["zzUnknown"] = 1
        elif kind == 1 and isinstance(here, dict):
            del here[place[-1]]
        else:
            here[place[-1]] = chance.choice(WRONG)
        if not validator().is_valid(broken):
            data.clear()
            data |= broken
            return place
    raise AssertionError("nothing is refused")


def below(value: Any, path: Place = ()) -> Iterator[Place]:
    """Paths of all values."""
    yield path
    steps: Any = value.items() if isinstance(value, dict) else ()
    for step, item in enumerate(value) if isinstance(value, list) else steps:
        yield from below(item, (*path, step))


@pytest.mark.parametrize("numbers", BLOCKS, ids=str)
def test_law_8_what_the_schema_refuses_is_refused_with_the_place(numbers: range) -> None:
    for number in numbers:
        data = contract(number)
        place = planted(data, random.Random(number))
        text = written(data, LAYOUTS[number % len(LAYOUTS)], number)
        with pytest.raises(Invalid) as caught:
            odcs.read_contract(text)
        found = re.findall(r"(?m)^line (\d+), (.*?): ", str(caught.value.why))
        named = {spelled: int(line) for line, spelled in found}
        spelled, above = str(spell(place)), str(spell(place[:-1]))
        if exact := [path for path in (spelled, above) if path in named]:
            beginning = node(text, place if exact[0] == spelled else place[:-1]).start_mark
            assert named[exact[0]] == text.count("\n", 0, beginning.index) + 1, number
        elif place[-1] != "logicalType" or f"{above}.logicalTypeOptions" not in named:
            # of one of several forms, what is wrong in it; options, where their type is gone
            assert any(path.startswith((f"{spelled}.", f"{spelled}[")) for path in named), (
                number, place, str(caught.value.why)
            )  # fmt: skip
