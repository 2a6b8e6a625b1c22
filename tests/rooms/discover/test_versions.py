from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from doumen.model.errors import NotFound
from doumen.model.fact import Fact
from doumen.rooms.discover.versions import diff, history

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

NAME = "transport.flights"


@pytest.fixture(autouse=True)
def versions(fake: Any, contract: str) -> str:
    """Three versions: a rule that got looser, then a column that went."""
    second = contract.replace("version: 1.0.0", "version: 1.1.0").replace("-100", "-200")
    third = second.replace("version: 1.1.0", "version: 2.0.0")
    third = third[: third.index("      - name: origin")]
    fake.agree(NAME, second)
    fake.agree(NAME, third)
    return third


def test_history_tells_what_each_changed(desk: Desk, fake: Any) -> None:
    fake.keep(Fact("contract", "transport.airports", None))
    listed = history(desk, NAME).json["versions"]
    assert [(v["version"], [c["kind"] for c in v["changes"]]) for v in listed] == [
        ("2.0.0", ["column-removed", "report-removed"]),
        ("1.1.0", ["check-loosened"]),
        ("1.0.0", []),
    ]
    assert listed[0]["time"] > listed[1]["time"]


@pytest.mark.parametrize(
    ("old", "new", "sides", "count", "breaking"),
    [
        (None, None, ("1.1.0", "2.0.0"), 2, True),
        (None, "1.1.0", ("1.0.0", "1.1.0"), 1, False),
        ("1.0.0", None, ("1.0.0", "2.0.0"), 3, True),
        ("2.0.0", "1.0.0", ("2.0.0", "1.0.0"), 3, True),
        (None, "1.0.0", ("1.0.0", "1.0.0"), 0, False),
    ],
)
def test_two_versions(
    desk: Desk, old: str | None, new: str | None, sides: tuple[str, str], count: int, breaking: bool
) -> None:
    outcome = diff(desk, NAME, old, new)
    told = outcome.json
    assert (told["from"], told["to"]) == sides
    assert (len(told["changes"]), told["breaking"]) == (count, breaking)
    assert len(outcome.drawn) == (1 if count else 0)
    assert outcome.said[0].startswith(
        f"{count} differ" if count else "1.0.0 and 1.0.0 are the same"
    )
    assert outcome.exit == 0


def test_a_file_is_compared_with_what_is_in_force(
    desk: Desk, versions: str, tmp_path: Path
) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(versions.replace("All flights", "Our flights"))
    told = diff(desk, NAME, new=str(file))
    assert (told.json["from"], told.json["to"]) == ("2.0.0", "draft.yaml")
    assert [c["kind"] for c in told.json["changes"]] == ["description-changed"]
    file.write_text(versions.replace("# The", "# the"))
    assert "mean the same; their texts differ" in diff(desk, NAME, new=str(file)).said[0]


def test_what_is_no_version(desk: Desk) -> None:
    with pytest.raises(NotFound, match="is no version") as caught:
        diff(desk, NAME, "9.9.9")
    assert caught.value.why == "Its versions are `1.0.0`, `1.1.0`, `2.0.0`."
