from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Invalid, NotFound, Unavailable
from doumen.model.operation import Fields, Table, Text
from doumen.rooms.collect.verbs import collect, contract_infer

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

FROZEN = {"dataset", "rows_in", "landed", "quarantined", "snapshot", "receipt"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    rows = "".join(f"{n},{'x' if n == 7 else n * 2}\n" for n in range(250))
    path.write_text("id,n\n" + rows + "1,2,3\n")
    return path


def test_the_outcome_of_a_collection(desk: Desk, file: Path) -> None:
    done = collect(desk, path=str(file), as_dataset="Test.T")
    assert set(done.json) >= FROZEN
    assert done.json == {
        "dataset": "test.t",
        "rows_in": 251,
        "landed": 249,
        "quarantined": 2,
        "snapshot": 0,
        "receipt": "e0",
        "unchanged": False,
        "merged": None,
        "encoding": "utf-8",
        "drift": None,
        "reasons": [
            {"column": "", "reason": "ragged", "rows": 1},
            {"column": "n", "reason": "type", "rows": 1},
        ],
    }
    counts, reasons = done.drawn
    assert isinstance(counts, Fields)
    assert isinstance(reasons, Table)
    assert len(reasons.rows) == 2
    assert any("test.t__quarantine" in line for line in done.said)
    assert "doumen describe test.t" in done.said[-1]
    assert done.exit == 0


def test_the_outcome_of_a_repetition(desk: Desk, file: Path) -> None:
    collect(desk, path=str(file), as_dataset="test.t")
    done = collect(desk, path=str(file), as_dataset="test.t")
    assert done.json["unchanged"] is True
    assert done.json["encoding"] is None
    assert done.json["receipt"] == "e0"
    assert done.drawn == ()
    assert "nothing changed" in done.said[0]


def test_paths_and_patterns_as_the_command_line_gives_them(
    desk: Desk, file: Path, tmp_path: Path
) -> None:
    output = tmp_path / "c.yaml"
    inferred = contract_infer(desk, dataset="test.t", source=file, output=output)
    assert json.loads(json.dumps(inferred.json))["output"] == str(output)
    assert f"doumen collect {file} --as-dataset test.t" in inferred.said[-1]
    done = collect(desk, path=tmp_path / "a*.csv", as_dataset="test.t", contract=output)
    assert done.json["landed"] == 249
    with pytest.raises(NotFound, match="names no file"):
        collect(desk, path=tmp_path / "z*.csv", as_dataset="test.t")
    with pytest.raises(NotFound, match="no file"):
        collect(desk, path=tmp_path / "z.csv", as_dataset="test.t")


def test_a_contract_that_differs_in_words_only_is_said_not_to_be_taken(
    desk: Desk, file: Path, tmp_path: Path
) -> None:
    output = tmp_path / "c.yaml"
    contract_infer(desk, dataset="test.t", source=file, output=output)
    for _ in range(2):
        done = collect(desk, path=file, as_dataset="test.t", contract=output)
    assert done.json["unchanged"] is True
    assert not any("words" in line for line in done.said)
    output.write_text(output.read_text("utf-8") + "# Seen by the steward.\n", "utf-8")
    done = collect(desk, path=file, as_dataset="test.t", contract=output)
    assert done.json["unchanged"] is True
    assert "differs from the one in force in words or labels only" in done.said[0]
    assert f"doumen contract edit test.t --file {output}" in done.said[0]


def test_options_reach_the_file(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("é;b\nè;d\n".encode("cp1252"))
    done = collect(
        desk,
        path=str(path),
        as_dataset="test.t",
        encoding="cp1252",
        delimiter=";",
        no_header=True,
    )
    assert (done.json["rows_in"], done.json["encoding"]) == (2, "cp1252")
    assert len(done.drawn) == 1
    with pytest.raises(Invalid, match="exclude"):
        collect(desk, path=str(path), as_dataset="test.t", append=True, replace=True)


def test_a_contract_is_printed(desk: Desk, file: Path, calls: list[str]) -> None:
    done = contract_infer(desk, dataset="test.t", source=str(file))
    (text,) = done.drawn
    assert isinstance(text, Text)
    assert done.json == {"dataset": "test.t", "contract": text.text}
    assert [c.type for c in odcs.read_contract(text.text).columns] == ["BIGINT", "BIGINT"]
    assert calls == ["examine"]


def test_a_contract_is_written_once(desk: Desk, file: Path, tmp_path: Path) -> None:
    output = tmp_path / "c.yaml"
    done = contract_infer(desk, dataset="test.t", source=str(file), output=str(output))
    assert done.drawn == ()
    assert done.json["contract"] == output.read_text(encoding="utf-8")
    assert f"--contract {output}" in done.said[-1]
    with pytest.raises(Conflict, match="there already"):
        contract_infer(desk, dataset="test.t", source=str(file), output=str(output))
    with pytest.raises(Unavailable, match="cannot be written"):
        contract_infer(
            desk, dataset="test.t", source=str(file), output=str(tmp_path / "no" / "c.yaml")
        )
    landed = collect(desk, path=str(file), as_dataset="test.t", contract=str(output))
    assert landed.json["landed"] == 249


def test_a_contract_of_what_landed(desk: Desk, file: Path, calls: list[str]) -> None:
    with pytest.raises(NotFound, match=r"no dataset `test\.t`"):
        contract_infer(desk, dataset="test.t")
    collect(desk, path=str(file), as_dataset="test.t")
    calls.clear()
    done = contract_infer(desk, dataset="test.t")
    columns = odcs.read_contract(str(done.json["contract"])).columns
    assert [(c.name, c.type) for c in columns] == [("id", "BIGINT"), ("n", "BIGINT")]
    assert calls == []
