"""Attached datasets are backed up without their files, and are the same at a restored node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.model.errors import Conflict
from doumen.session.doctor.verb import doctor
from doumen.session.node import silent

BEFORE = "SELECT count(*) FROM city.people AT (VERSION => 2)"


@pytest.fixture
def away(kept: Any, tmp_path: Path) -> Path:
    """A file that lies elsewhere, as a dataset that was collected before."""
    file = tmp_path / "away.csv"
    file.write_text("id,name\n901,Ann\n902,Bob\n")
    with doumen.open(kept.node) as node:
        node.session().do("attach", path=file, as_dataset="city.people", replace=True)
    return file


def test_backup_and_restore_say_whose_files_are_not_in_it(
    kept: Any, away: Path, tmp_path: Path
) -> None:
    made = kept.make()
    assert made.json["attached"] == ["city.people"]
    assert any("city.people" in said for said in made.said)
    assert not any(str(away) in said for said in made.said)
    verified = kept.verify()
    assert verified.exit == 0, verified.json
    restored = kept.restore(tmp_path / "there")
    assert any("city.people" in said for said in restored.said)


def test_a_restored_node_reads_them_and_what_was_there_before(
    kept: Any, away: Path, tmp_path: Path
) -> None:
    kept.make()
    kept.restore(tmp_path / "there")
    found = doctor(tmp_path / "there", full=True, progress=silent)
    assert found.exit == 0, found.json
    with doumen.open(tmp_path / "there") as node:
        own = node.session()
        asked = "SELECT name FROM city.people ORDER BY id"
        assert own.query(asked).rows() == [("Ann",), ("Bob",)]
        assert own.query(BEFORE).rows() == [(60,)]
        away.write_text("id,name\n903,Cyn\n")
        with pytest.raises(Conflict):
            own.query(asked).rows()
        own.do("attach", path=away, as_dataset="city.people", replace=True)
        assert own.query(asked).rows() == [("Cyn",)]
