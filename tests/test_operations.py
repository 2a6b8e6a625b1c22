"""The table of operations: complete, consistent, found by words, and cheap to read."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import doumen
from doumen import operations
from doumen.model.errors import Invalid
from doumen.model.operation import Operation

ALL = list(operations.by_name().values())
HEAVY = ("duckdb", "pyarrow", "sqlalchemy", "sqlglot", "pydantic", "cryptography", "doumen.gate")


def test_every_room_with_verbs_is_in_the_table() -> None:
    rooms = Path(doumen.__file__).parent / "rooms"
    have = {path.parent.name for path in rooms.glob("*/operations.py")}
    assert have <= {room for room, _ in operations.ROOMS}
    assert have <= {section.room for section in operations.sections()}


def test_a_room_without_verbs_is_left_out() -> None:
    gathered = operations.gather([("nowhere", "Nowhere"), ("analyse", "Analyse")])
    assert [section.room for section in gathered] == ["node", "jobs", "flows", "analyse"]


def test_names_are_unique_and_none_begins_another() -> None:
    names = [o.name for section in operations.sections() for o in section.operations]
    assert len(names) == len(set(names)) == len(ALL)
    for name in names:
        assert not any(other[: len(name)] == name for other in names if other != name)
        assert all(re.fullmatch(r"[a-z][a-z-]*", word) for word in name)


@pytest.mark.parametrize("operation", ALL, ids=lambda o: " ".join(o.name))
def test_an_entry_is_complete(operation: Operation) -> None:
    assert operation.summary.endswith(".")
    assert "\n" not in operation.summary
    module, _, function = operation.run.partition(":")
    assert function.isidentifier()
    assert importlib.util.find_spec(module.rpartition(".")[0]) is not None
    names = [p.name for p in operation.params]
    flags = [p.option or p.name for p in operation.params]
    assert len(names) == len(set(names))
    assert len(flags) == len(set(flags))
    assert all(name.isidentifier() for name in names)
    assert not {"node", "as", "for", "json", "debug", "help"} & set(flags)
    for param in operation.params:
        assert param.help.endswith((".", "…"))
        assert bool(param.choices) == (param.kind == "choice")
        assert param.default is None or not param.required
    words = " ".join(operation.name)
    assert all(f"doumen {words}" in example for example in operation.examples)


def test_found_by_words() -> None:
    assert operations.find(("query",)).run == "doumen.rooms.analyse.query:query"
    assert operations.find(["init"]).node == "none"
    with pytest.raises(Invalid) as failure:
        operations.find(("qeury",))
    assert "`query`" in (failure.value.why or "")
    with pytest.raises(Invalid) as failure:
        operations.find(("zzzzzz",))
    assert failure.value.why is None


def test_reading_the_table_brings_nothing_heavy() -> None:
    code = (
        "import sys; from doumen.operations import by_name; by_name();"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
