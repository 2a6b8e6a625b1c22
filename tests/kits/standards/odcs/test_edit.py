from __future__ import annotations

import copy
import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.standards.odcs import edit, read_change, read_contract
from doumen.kits.standards.odcs.document import parse
from doumen.kits.standards.odcs.edit import append
from doumen.model.errors import Invalid


def changed_lines(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ("version=1.3.0", ["-version: 1.2.0", "+version: 1.3.0"]),
        ("version=2", ["-version: 1.2.0", '+version: "2"']),
        ("name=Flights: 2013", ["-name: Flights of New York   # for people",
                                '+name: "Flights: 2013"   # for people']),
        ("columns.tailnum.classification=secret",
         ["-        classification: personal", "+        classification: secret"]),
        ("columns.tailnum.tags=[a, b]", ["-        tags: [identifier]", "+        tags: [a, b]"]),
        ("columns.tailnum.tags=", ["-        tags: [identifier]"]),
        ("columns.tailnum.logicalTypeOptions.maxLength=7",
         ["-        logicalTypeOptions: {pattern: 'N[0-9]+', maxLength: 6}",
          "+        logicalTypeOptions: {pattern: 'N[0-9]+', maxLength: 7}"]),
        ("columns.tailnum.logicalTypeOptions.minLength=2",
         ["-        logicalTypeOptions: {pattern: 'N[0-9]+', maxLength: 6}",
          "+        logicalTypeOptions: {pattern: 'N[0-9]+', maxLength: 6, minLength: 2}"]),
        ("columns.tailnum.logicalTypeOptions.pattern=",
         ["-        logicalTypeOptions: {pattern: 'N[0-9]+', maxLength: 6}",
          "+        logicalTypeOptions: {maxLength: 6}"]),
        ("columns.tailnum.logicalTypeOptions.maxLength=",
         ["-        logicalTypeOptions: {pattern: 'N[0-9]+', maxLength: 6}",
          "+        logicalTypeOptions: {pattern: 'N[0-9]+'}"]),
        ("columns.tailnum.logicalTypeOptions.pattern=it's",
         ["-        logicalTypeOptions: {pattern: 'N[0-9]+', maxLength: 6}",
          "+        logicalTypeOptions: {pattern: 'it''s', maxLength: 6}"]),
        ("columns.delay.logicalTypeOptions.maximum=9",
         ["+          maximum: 9"]),
        ("columns.id.logicalTypeOptions.minimum=1",
         ["+        logicalTypeOptions:", "+          minimum: 1"]),
        ("description=What left", ["+    description: What left"]),
        ("description.purpose=What left", ["-  purpose: All flights that left in 2013",
                                           "+  purpose: What left"]),
        ("table.tags[0]=open", ["-    tags: ['public']", "+    tags: ['open']"]),
        ("customProperties.colour.value=red", ["-    value: blue", "+    value: red"]),
        ("customProperties.colour.property=",
         ["-  - property: colour        # nobody knows what for",
                                               "-    value: blue", "+  - value: blue"]),
        ("table.quality=", ["-    quality:", "-      - metric: rowCount",
                            "-        mustBeGreaterThan: 10"]),
        ("support=[{channel: x, url: you}]",
         ["+support:", "+  - channel: x", "+    url: you"]),
        ("columns.gone=", None),
        ("columns.id.businessName=", []),
        ("schema[0].properties[0].name=id", []),
    ],
)  # fmt: skip
def test_a_change_touches_its_own_lines_only(
    flights: str, change: str, lines: list[str] | None
) -> None:
    if lines is None:
        with pytest.raises(Invalid, match="leads nowhere"):
            edit(flights, [read_change(change)])
        return
    assert changed_lines(flights, edit(flights, [read_change(change)])) == lines


def test_nothing_asked_nothing_changed(flights: str, examples: dict[str, str]) -> None:
    for text in [flights, *examples.values()]:
        assert edit(text, []) == text
        assert edit(text, [("version", parse(text).data["version"])]) == text


def test_the_published_examples_are_edited_in_place(examples: dict[str, str]) -> None:
    for text in examples.values():
        new = edit(text, [("version", "7.7.7"), ("tenant", "a: b")])
        lines = changed_lines(text, new)
        assert sorted(line for line in lines if line[0] == "+" and "7.7.7" not in line)[-1] == (
            '+tenant: "a: b"'
        )
        assert parse(new).data == {**parse(text).data, "version": "7.7.7", "tenant": "a: b"}


def test_floating_numbers_are_written_as_the_decimals_that_they_show(flights: str) -> None:
    path = "columns.delay.logicalTypeOptions"
    new = edit(flights, [(f"{path}.maximum", 0.2), (f"{path}.minimum", -1e-7)])
    delay = read_contract(new).property("delay")
    assert delay is not None
    assert "maximum: 0.2\n" in new
    assert "-0.0000001" in new
    assert edit(new, [(f"{path}.maximum", 0.2)]) == new
    with pytest.raises(Invalid, match="not finite"):
        edit(flights, [(f"{path}.maximum", float("inf"))])


def test_several_changes_and_windows_lines(flights: str) -> None:
    windows = flights.replace("\n", "\r\n")
    new = edit(windows, [("columns.delay.tags", ["x"]), ("status", "retired")])
    assert "\n" not in new.replace("\r\n", "")
    delay = read_contract(new).property("delay")
    assert delay is not None
    assert delay.labels == ("x",)
    assert read_contract(new).status == "retired"


@pytest.mark.parametrize(
    ("text", "change", "new"),
    [
        ("a: &x b\nc: *x\n", ("a", "d"), None),
        ("a: &x {b: 1}\nc: *x\n", ("c.b", 2), None),
        ("a:\n  b: 1\n", ("a.b", None), None),
        ("a:\nb: 1\n", ("a.c.d", 1), "a: {c: {d: 1}}\nb: 1\n"),
        ("a:  # why\nb: 1", ("a", 1), "a: 1  # why\nb: 1"),
        ("a: |\n  x\n  y\n# end\n", ("a", "z"), "a: z\n# end\n"),
        ("a: |\n  x\n\nb: 1\n", ("a", "z"), "a: z\n\nb: 1\n"),
        ("a:\n- b\n- c\n# end\n", ("a", "z"), "a: z\n# end\n"),
        ("a: {}\n", ("a.b", 1), "a: {b: 1}\n"),
        ("{a: 1}", ("b", 2), "{a: 1, b: 2}"),
        ("{a: 1}", ("a", None), "{}"),
        ("a: [1, 2, 3]\n", ("a[1]", None), "a: [1, 3]\n"),
        ("a:\n  - 1\n  - 2\n", ("a[1]", None), "a:\n  - 1\n"),
        ("a:\n  - name: x\n    v: 1\n  - name: y\n    v: 2\n", ("a.x", None),
         "a:\n  - name: y\n    v: 2\n"),
        ("a: 1", ("b", {"c": {"d": [1]}}), "a: 1\nb:\n  c:\n    d: [1]"),
        ("a: 1\n\n\n", ("b", "2"), 'a: 1\nb: "2"\n\n\n'),
        ("a:\n", ("a.b.c", None), "a:\n"),
        ("a: [1, 2]\n", ("a.1", 3), "a: [1, 3]\n"),
        ('"a.b":\n  c: 1\n', ('"a.b".c', 2), '"a.b":\n  c: 2\n'),
        # A plain text ends where it is marked: blanks of other scripts are part of it.
        ("tenant: x\xa0\nb: 1\n", ("tenant", "a: b"), 'tenant: "a: b"\nb: 1\n'),
        ("a: 1\nb: {c: x\u3000}\n", ("b.d", "e"), "a: 1\nb: {c: x\u3000, d: e}\n"),
        # Empty lines below `|+`, and lines of blanks below `|`, are of the value.
        ("a:\n  b: |+\n    x\n\n\nc: 1\n", ("a.d", "e"), "a:\n  b: |+\n    x\n\n\n  d: e\nc: 1\n"),
        ("a: |\n  x\n     \nb: 1\n", ("a", "c"), "a: c\nb: 1\n"),
        ("a: |\n  x\n     \n", ("b", "c"), "a: |\n  x\n     \nb: c\n"),
        # A line end behind the last line would be of its value.
        ("b: 1\na: |\n  x", ("c", "d"), "b: 1\nc: d\na: |\n  x"),
        ("a:\n- b: >-\n    x", ("a[0].c", 2), "a:\n- c: 2\n  b: >-\n    x"),
        # Nothing stands behind its colon or dash, not before what comes next.
        ("a:\n  b:\n# x\nd: 1\n", ("a.e", 3), "a:\n  b:\n  e: 3\n# x\nd: 1\n"),
        ("a:\n  - 1\n  -\n  # x\nd: 1\n", ("a[1]", 3), "a:\n  - 1\n  - 3\n  # x\nd: 1\n"),
        ("{a, b: }", ("a", 2), "{a: 2, b: }"),
        ("{a}", ("b", 2), "{a, b: 2}"),
        ("a: {b: c, d: }\n", ("a.e", 2), "a: {b: c, d: , e: 2 }\n"),
        ("? a # b: c\n: d\n", ("a", 2), "? a # b: c\n: 2\n"),
        # An alias is put aside where it stands; what it stands for stays.
        ("a: &x [1]\nb: *x\n", ("b", 2), "a: &x [1]\nb: 2\n"),
        ("a: &x [1]\nb: # c\n  # d: *z\n  *x\n", ("b", 2), "a: &x [1]\nb: # c\n  # d: *z\n  2\n"),
        ("a: &x [1]\nb: [0, *x, *x, 2]\n", ("b[2]", 3), "a: &x [1]\nb: [0, *x, 3, 2]\n"),
        ("a: &x [1]\nb:\n  c: *x\n", ("b.d", 2), "a: &x [1]\nb:\n  c: *x\n  d: 2\n"),
        # JSON stays JSON, and what stands in lines of its own too.
        ('{"a": "x",\n "b": {}}\n', ("b.d", "y"), '{"a": "x",\n "b": {"d": "y"}}\n'),
        ('{\n  "a": 1\n}\n', ("b", ["x"]), '{\n  "a": 1,\n  "b": ["x"]\n}\n'),
        # None is known: a name alone behind `?`, a pair without braces, lines that end in CR.
        ("? a\n", ("a", 2), None),
        ("a: [b: 1]\n", ("a[0].c", 2), None),
        ("a:\r  b: 2\rc: 3\r", ("a.d", 3), None),
    ],
)  # fmt: skip
def test_layouts(text: str, change: tuple[str, Any], new: str | None) -> None:
    if new is None:
        with pytest.raises(Invalid, match="cannot be changed in place"):
            edit(text, [change])
    else:
        assert edit(text, [change]) == new


@pytest.mark.parametrize(
    ("text", "path", "new"),
    [
        ("a:\n  - - b: 1\n", "a[0]", "a:\n  - - b: 1\n    - c: x\n"),
        ("a: &x\n- b: 1\n", "a", "a: &x\n- b: 1\n- c: x\n"),
        ("a: &x {c: d}\nb:\n- *x\n- *x\n", "b", "a: &x {c: d}\nb:\n- *x\n- *x\n- c: x\n"),
        ("a:\n  - b:\n  # x\nd: 1\n", "a", "a:\n  - b:\n  - c: x\n  # x\nd: 1\n"),
        ('{\n  "a": [\n    {"b": 1}\n  ]\n}\n', "a",
         '{\n  "a": [\n    {"b": 1},\n    {"c": "x"}\n  ]\n}\n'),
        ("a: [{b: 1}, # why\n    {b: 2}, # more\n   ]\n", "a",
         "a: [{b: 1}, # why\n    {b: 2},\n    {c: x}, # more\n   ]\n"),
        ("a:\n- b: |\n    x", "a", None),  # a line end there would be of the text
    ],
)  # fmt: skip
def test_items_go_behind_the_last(text: str, path: str, new: str | None) -> None:
    if new is None:
        with pytest.raises(Invalid, match="cannot be changed in place"):
            append(text, path, [{"c": "x"}])
    else:
        assert append(text, path, [{"c": "x"}]) == new


def test_what_is_shared_is_refused_by_that_name() -> None:
    with pytest.raises(Invalid) as caught:
        append("a: &x\n- b: 1\nc: *x\n", "c", [{"d": 2}])
    assert str(caught.value.why) == "`c` shares its text with others, by an alias."


@pytest.mark.parametrize(
    "path", ["", ".", "a..b", "a.", "a b[", "a[9]", "a.nobody", "a[0].b", "b.c.d", "x[0]"]
)
def test_paths_that_lead_nowhere(path: str) -> None:
    with pytest.raises(Invalid, match="leads nowhere"):
        edit("a: [1]\nb: 1\n", [(path, 1)])


@pytest.mark.parametrize("text", ["version", "=1", ""])
def test_what_is_no_change(text: str) -> None:
    with pytest.raises(Invalid, match="is not a change"):
        read_change(text)


def places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    below = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    found = [path] if path else []
    for step, value in below:
        found += places(value, (*path, step))
    return found


def applied(data: Any, place: tuple[str | int, ...], value: Any) -> Any:
    new = copy.deepcopy(data)
    here = new
    for step in place[:-1]:
        here = here[step]
    if value is None:
        del here[place[-1]]
    else:
        here[place[-1]] = value
    return new


@pytest.mark.law
@given(st.data())
@settings(derandomize=True, deadline=None, max_examples=count(150))
def test_law_an_edit_says_the_change_and_nothing_else(data: st.DataObject) -> None:
    from_text = data.draw(st.sampled_from(TEXTS))
    place = data.draw(st.sampled_from(places(parse(from_text).data)))
    value = data.draw(
        st.none() | st.text(max_size=8) | st.integers() | st.lists(st.text(max_size=3), max_size=2)
    )
    path = "".join(f"[{s}]" if isinstance(s, int) else f'."{s}"' for s in place).lstrip(".")
    wanted = applied(parse(from_text).data, place, value)
    try:
        new = edit(from_text, [(path, value)])
    except Invalid:
        if value is not None:  # only a removal may be refused: it can leave nothing behind
            raise
    else:
        assert parse(new).data == wanted


TEXTS = [
    "# head\na: 1 # one\nb:\n  - x: &q foo\n    y: 2020-01-01\n    z: |\n      hey\n      ho\n\n"
    "  - {k: v, m: [1, 'two']}\n# between\nc:\nd: \"q\"\ne:\n- 1\n-   f: >\n      folded\n"
    "      text\n    g: plain\n      goes on\n",
    "{a: [1, {b: 'c'}], d: {e: f}}\n",
]
