from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from doumen.model.errors import Invalid, NotFound, Unavailable
from doumen.model.fact import Fact
from doumen.rooms.discover.lookup import LARGEST, held, read_file

if TYPE_CHECKING:
    from doumen.gate.desk import Desk


def test_what_is_not_there_is_told_like_what_may_not_be_known(desk: Desk) -> None:
    with pytest.raises(NotFound, match=r"There is no dataset `transport\.ships`"):
        held(desk, "transport.ships")
    with pytest.raises(Invalid):
        held(desk, "flights")


def test_a_dataset_without_a_contract_that_the_asker_may_read(desk: Desk) -> None:
    found = held(desk, "Transport.AIRPORTS")
    assert found.text is None
    with pytest.raises(NotFound, match="has no contract that you may read"):
        found.contract()


def test_rows_are_told_where_they_may_be_known(desk: Desk, fake: Any) -> None:
    assert held(desk, "transport.flights").rows == 3
    hidden = {"kind": "table", "columns": [], "version": 0, "files": []}
    fake.keep(Fact("dataset", "transport.flights", hidden))
    assert held(desk, "transport.flights").rows is None


def test_files(tmp_path: Path) -> None:
    good = tmp_path / "a.yaml"
    good.write_bytes(b"\xef\xbb\xbfa: \xc3\xa4\r\n")
    assert read_file(good) == "a: ä\r\n"
    with pytest.raises(NotFound, match="There is no file"):
        read_file(tmp_path / "b.yaml")
    with pytest.raises(Unavailable, match="cannot be read"):
        read_file(tmp_path)
    good.write_bytes(b"\xff\xfe")
    with pytest.raises(Invalid, match="is not UTF-8"):
        read_file(good)
    good.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(Invalid, match="larger"):
        read_file(good)
