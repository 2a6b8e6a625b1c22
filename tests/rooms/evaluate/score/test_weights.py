"""Documents of weights: what is read, and what is refused before it costs anything."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from doumen.model.errors import Invalid
from doumen.rooms.evaluate.score.weights import read_weights


def test_codes_are_texts_however_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text('name: ours\nweights: {"0201": 2.5, 0304: 1}\n')
    read = read_weights(tmp_path / "w.yaml")
    assert {code: weight for code, weight in read.of.items() if weight} == {
        "0201": Decimal("2.5"), "0304": Decimal(1),
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "- a", "[" * 1000, "name: x", 'name: x\nweights: {"9999": 1}',
        'name: x\nweights: {"0201": 0}', 'name: x\nweights: {"0201": -1}',
        'name: x\nweights: {"0201": .nan}', 'name: x\nweights: {"0201": .inf}',
        'name: x\nweights: {"0201": 1, "0201": 2}', 'name: x\nweights: {"0201": true}',
        # Written without an exponent, it would be as long as it likes.
        'name: x\nweights: {"0201": "1e-999999"}', 'name: x\nweights: {"0201": "1e-999999999"}',
        'name: "\\ud800"\nweights: {"0201": 1}',
        'name: x\nweights: {"0201": 1}\nretired: {a: "\\ud800"}',
        'name: x\nweights: {"0201": 1}\nretired: {"\\ud800": a}',
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "w.yaml").write_text(text)
    with pytest.raises(Invalid, match="weights cannot be read"):
        read_weights(tmp_path / "w.yaml")
