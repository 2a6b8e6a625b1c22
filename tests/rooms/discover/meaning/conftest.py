"""The fake desk, which also takes long code lists in as datasets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyarrow.parquet as pq
import pytest
from tests.desks import FakeDesk, contract, fake

from doumen.model.load import LoadSpec, Mode
from doumen.model.message import Message
from doumen.model.ref import Ref

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

__all__ = ["contract", "fake"]


class MeaningDesk(FakeDesk):
    """A desk that lands Parquet files whole."""

    def progress(self, fraction: float | None, doing: Message) -> None:
        """Nobody looks."""

    def collect(self, ref: Ref, spec: LoadSpec, mode: Mode, contract: str) -> None:
        """Land a file as a table of the engine."""
        (file,) = spec.files
        assert (mode is Mode.NEW) == (self.facts().dataset(ref) is None)
        rows = pq.read_table(Path(file.path))  # the engine finds it by its name
        assert rows.column_names == [column.name for column in spec.columns]
        self.engine.execute(f"CREATE SCHEMA IF NOT EXISTS {ref.domain}")
        self.engine.execute(f"CREATE OR REPLACE TABLE {ref} AS SELECT * FROM rows")
        self.land(str(ref), rows.num_rows)
        if mode is Mode.NEW:
            self.agree(str(ref), contract)


@pytest.fixture
def desk(fake: Any) -> Desk:
    """A node with flights under a contract."""
    return cast("Desk", MeaningDesk(fake.actor, fake.kept, fake.asked, fake.engine))
