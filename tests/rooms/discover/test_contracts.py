from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Invalid, NotFound, Unavailable
from doumen.model.fact import Fact
from doumen.model.operation import Text
from doumen.rooms.discover.contracts import edit, show

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

NAME = "transport.flights"


def in_force(fake: Any) -> odcs.Contract:
    return odcs.read_contract(fake.facts().body("contract", NAME)["text"])


def test_a_contract_is_shown_as_it_is_kept(desk: Desk, contract: str) -> None:
    outcome = show(desk, NAME)
    assert outcome.drawn == (Text(contract),)
    assert outcome.json == {
        "dataset": NAME, "version": "1.0.0", "status": "active", "contract": contract
    }  # fmt: skip
    with pytest.raises(NotFound):
        show(desk, "transport.airports")


def test_a_contract_is_written_to_a_file_and_goes_back(
    desk: Desk, contract: str, tmp_path: Path
) -> None:
    path = tmp_path / "c.yaml"
    outcome = show(desk, NAME, path)
    assert path.read_bytes().decode() == contract
    assert outcome.drawn == ()
    assert outcome.json["output"] == str(path)
    assert f"doumen contract edit {NAME} --file {path}" in outcome.said[-1]
    assert edit(desk, NAME, path).json["unchanged"] is True
    with pytest.raises(Conflict, match="there already"):
        show(desk, NAME, path)
    with pytest.raises(Unavailable, match="cannot be written"):
        show(desk, NAME, tmp_path / "none" / "c.yaml")


def test_a_field_is_set_and_the_rest_stays(desk: Desk, fake: Any, contract: str) -> None:
    outcome = edit(desk, NAME, changes=["columns.day.description=Day, local time"])
    now = in_force(fake)
    wanted = contract.replace("Day of departure", '"Day, local time"')
    assert now.text == wanted.replace("version: 1.0.0", "version: 1.0.1")
    assert outcome.json["version"] == "1.0.1"
    assert outcome.json["receipt"] == fake.kept[-1].event
    assert [c["kind"] for c in outcome.json["changes"]] == ["description-changed"]
    assert outcome.said == (f"The contract of `{NAME}` is now version 1.0.1; receipt e5.",)
    body = fake.facts().body("contract", NAME)
    assert body["hash"] == odcs.fingerprint(now)
    assert body["description"] == "All flights"


def test_nothing_changed_nothing_recorded(desk: Desk, fake: Any) -> None:
    before = len(fake.kept)
    outcome = edit(desk, NAME, changes=["version=1.0.0"])
    assert outcome.json["unchanged"] is True
    assert outcome.drawn == ()
    assert len(fake.kept) == before


def test_a_breaking_change_is_refused_with_what_breaks(desk: Desk, fake: Any) -> None:
    changes = ["columns.delay.logicalTypeOptions.maximum=10", "columns.day.required=true"]
    with pytest.raises(Conflict) as caught:
        edit(desk, NAME, changes=changes)
    assert caught.value.code == "conflict.breaking"
    assert caught.value.why == (
        "`day` gets the rule required\nrule of `delay` becomes <= 10, not <= 1500"
    )
    assert in_force(fake).version == "1.0.0"
    outcome = edit(desk, NAME, changes=changes, new_version=True)
    assert outcome.json["version"] == in_force(fake).version == "2.0.0"
    assert "as Semantic" not in outcome.said[0]


def test_lowering_a_label_is_breaking_and_its_fact_follows(desk: Desk, fake: Any) -> None:
    fake.keep(Fact("label", f"{NAME}.day", {"labels": ["secret"], "origin": "set"}))
    change = ["columns.tailnum.classification="]
    with pytest.raises(Conflict, match="breaks what users"):
        edit(desk, NAME, changes=change)
    edit(desk, NAME, changes=change, new_version=True)
    assert fake.facts().body("label", f"{NAME}.tailnum") is None
    assert fake.facts().body("label", f"{NAME}.day") == {"labels": ["secret"], "origin": "set"}
    edit(desk, NAME, changes=["columns.day.tags=[core]"])
    assert fake.facts().body("label", f"{NAME}.day")["labels"] == ["core", "secret"]


def test_a_file_takes_its_place(desk: Desk, fake: Any, contract: str, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(
        contract.replace("version: 1.0.0", "version: 3.1.4")
        + "      - {name: extra, logicalType: string}\n"
    )
    outcome = edit(desk, NAME, file=str(file))
    assert in_force(fake).version == "3.1.4"
    assert in_force(fake).text == file.read_text()
    assert "keeps its form until it is collected again" in outcome.said[1]


@pytest.mark.parametrize(
    ("written", "new_version", "kept"),
    [("0.9.0", False, "1.0.1"), ("latest", False, "1.0.1"), ("1.0.0", False, "1.0.1"),
     ("1.4.0", False, "1.4.0")],
)  # fmt: skip
def test_versions_go_forward(
    desk: Desk, fake: Any, contract: str, tmp_path: Path,
    written: str, new_version: bool, kept: str,
) -> None:  # fmt: skip
    file = tmp_path / "new.yaml"
    file.write_text(contract.replace("1.0.0", written).replace("All flights", "Flights"))
    edit(desk, NAME, file=file, new_version=new_version)
    assert in_force(fake).version == kept


def test_without_a_change_it_opens_in_the_editor(desk: Desk, fake: Any) -> None:
    asked = []

    def editor(text: str, name: str) -> str:
        asked.append(name)
        return text.replace("# The flights.", "# Our flights.")

    outcome = edit(desk, NAME, editor=editor)
    assert asked == ["transport.flights.odcs.yaml"]
    assert in_force(fake).text.startswith("# Our flights.")
    assert outcome.json["version"] == "1.0.1"
    assert outcome.json["changes"] == []


def test_what_is_refused(desk: Desk, contract: str, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(contract.replace("domain: transport", "domain: other"))
    with pytest.raises(Invalid, match="exclude each other"):
        edit(desk, NAME, file=file, changes=["version=2.0.0"])
    with pytest.raises(Invalid, match="names dataset"):
        edit(desk, NAME, file=file, new_version=True)
    with pytest.raises(Invalid, match="The contract has a fault"):
        edit(desk, NAME, changes=["columns.day.logicalType=day"])
