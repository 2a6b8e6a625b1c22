"""Commands as a schedule holds them: read by the table of verbs, and written again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doumen.flows.schedule import command
from doumen.model.errors import Invalid
from doumen.model.operation import Operation, Param
from doumen.operations import by_name

TABLE = {
    **by_name(),
    "try": Operation(
        ("try",), "Try.", "m:f",
        (
            Param("places", "Places.", positional=True, repeat=True),
            Param("size", "Size.", "integer"),
            Param("way", "Way.", "choice", choices=("up", "down")),
            Param("loud", "Loud.", "flag"),
            Param("out", "File.", "path", option="-o"),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "inputs", "again"),
    [
        ("source run", {}, "source run"),
        ("doumen source run shop", {"name": "shop"}, "source run shop"),
        (
            "source run shop --dataset a.b --dataset=a.c",
            {"name": "shop", "dataset": ["a.b", "a.c"]},
            "source run shop --dataset a.b --dataset a.c",
        ),
        (
            "query 'select 1 as n' --into a.b --param 1",
            {"sql": "select 1 as n", "into": "a.b", "param": ["1"]},
            "query 'select 1 as n' --into a.b --param 1",
        ),
        (
            "query --into a.b -- '-- all of it'",
            {"sql": "-- all of it", "into": "a.b"},
            "query --into a.b -- '-- all of it'",
        ),
        (
            "try a b --size 3 --way up --loud -o https://x/y",
            {"places": ["a", "b"], "size": 3, "way": "up", "loud": True, "out": "https://x/y"},
            "try a b --size 3 --way up --loud -o https://x/y",
        ),
    ],
)
def test_a_line_is_read_and_written(line: str, inputs: dict[str, Any], again: str) -> None:
    operation, found = command.read(line, TABLE)
    assert found == inputs
    assert command.written(operation, found) == again
    assert command.read(again, TABLE) == (operation, found)


def test_a_path_begins_in_the_folder_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, found = command.read("collect 'in/*.csv' --as-dataset a.b --append", TABLE)
    assert found == {"path": f"{tmp_path}/in/*.csv", "as_dataset": "a.b", "append": True}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "no verb"),
        ("fetch it", "no verb"),
        ("source", "no verb"),
        ("source run 'shop", "not closed"),
    ],
)
def test_what_is_no_command(line: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        command.read(line, TABLE)


def test_all_that_is_wrong_with_a_line_is_told() -> None:
    with pytest.raises(Invalid) as caught:
        command.read("try --size much --way left --quiet -o", TABLE)
    assert caught.value.why == (
        "`--size` is a whole number; `--way` is one of `up`, `down`; there is no option "
        "`--quiet`; `-o` needs a value."
    )
    with pytest.raises(Invalid) as caught:
        command.read("collect a.csv b.csv", TABLE)
    assert caught.value.why == "there is no place for `b.csv`; `--as-dataset` is missing."
    with pytest.raises(Invalid) as caught:
        command.read("job show", TABLE)
    assert caught.value.why == "`ID` is missing."
