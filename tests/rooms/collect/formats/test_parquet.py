from __future__ import annotations

import pytest

from doumen.model.errors import Invalid
from doumen.model.load import Reading
from doumen.rooms.collect.formats import Parquet, Wishes
from doumen.rooms.collect.sample import sample_of

PARQUET = Parquet()


def test_parquet_is_known_by_its_first_bytes_alone() -> None:
    assert PARQUET.recognises(sample_of("a.csv", b"PAR1\x15\x00"))
    assert not PARQUET.recognises(sample_of("a.parquet", b"a,b\n"))


def test_its_columns_are_left_to_the_sandbox() -> None:
    found = PARQUET.sniff(sample_of("a", b"PAR1"), Wishes(expected=("id",)))
    assert found.reading == Reading("parquet")


@pytest.mark.parametrize(
    "wishes", [Wishes(encoding="utf-8"), Wishes(delimiter=","), Wishes(header=False)]
)
def test_options_of_text_are_refused(wishes: Wishes) -> None:
    with pytest.raises(Invalid, match="no encoding"):
        PARQUET.sniff(sample_of("a.parquet", b"PAR1"), wishes)
