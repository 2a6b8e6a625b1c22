from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from doumen.model.errors import DoumenError, Invalid, NotFound, Unavailable
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.load import LoadColumn, SourceFile
from doumen.model.message import plain
from doumen.model.ref import Ref
from doumen.rooms.collect import terms as under
from doumen.rooms.collect.find import Weighed
from doumen.rooms.collect.sample import sample_of
from doumen.rooms.collect.terms import known, once, read, target, terms

REF = Ref("test", "table")
ID = LoadColumn("id", "id", "BIGINT")


def facts(*given: Fact) -> Facts:
    return Facts().extended(FactRow(n, fact, "e", "") for n, fact in enumerate(given, 1))


def test_targets() -> None:
    assert target("Test.Table") == REF
    for name in ("sys.events", "a.b__quarantine", "node/a.b", "main.x"):
        with pytest.raises(Invalid, match="cannot be collected into"):
            target(name)
    with pytest.raises(Invalid):
        target("flights")


def test_a_given_contract_goes_before_that_of_the_dataset(contract: Callable[..., str]) -> None:
    mine = Path(contract(ID, name="mine.yaml")).read_text()
    other = contract(LoadColumn("n", "n", "DATE"), name="other.yaml")
    there = facts(Fact("contract", "test.table", {"text": mine}))
    held = terms(REF, other, there)
    assert held is not None
    assert [c.name for c in held.columns] == ["n"]
    assert held.origin == "the contract `other.yaml`"
    held = terms(REF, None, there)
    assert held is not None
    assert (held.columns, held.text) == ((ID,), mine)
    assert held.origin == "the contract of `test.table`"
    assert terms(REF, None, facts()) is None


def test_the_same_meaning_has_the_same_fingerprint(contract: Callable[..., str]) -> None:
    text = Path(contract(ID)).read_text()
    assert read(text, plain("")).meaning == read("# a remark\n" + text, plain("")).meaning


def test_bad_contract_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases: list[tuple[str, bytes | None, type[DoumenError]]] = [
        ("gone.yaml", None, NotFound),
        ("latin.yaml", b"\xff\xfe\xfd", Invalid),
        ("big.yaml", b"x" * 50, Invalid),
        ("no.yaml", b"a: [", Invalid),
    ]
    monkeypatch.setattr(under, "LARGEST", 40)
    for name, content, kind in cases:
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(kind):
            terms(REF, str(tmp_path / name), facts())
    with pytest.raises(Unavailable):
        terms(REF, str(tmp_path), facts())


def test_known_files_are_those_under_the_same_contract() -> None:
    dataset = Fact("dataset", "test.table", {"version": 3})
    sources = [
        Fact("source", "test.table#aa", {"path": "a", "contract": "m", "event": "e"}),
        Fact("source", "test.table#bb", {"path": "b", "contract": "other", "event": "e"}),
        Fact("source", "test.table2#cc", {"path": "c", "contract": "m", "event": "e"}),
    ]
    assert set(known(REF, facts(dataset, *sources), "m")) == {"aa"}
    assert known(REF, facts(*sources), "m") == {}


def test_content_that_comes_twice_is_taken_once() -> None:
    def one(name: str, digest: str) -> Weighed:
        return Weighed(
            SourceFile(name, name, 1, digest), sample_of(name, b"x"), Path(name), (1, 1, 1)
        )

    a, b, c = one("a", "1"), one("b", "2"), one("c", "1")
    assert once([a, b, c]) == ((a, b), (c,))
