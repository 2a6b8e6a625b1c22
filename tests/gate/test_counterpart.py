"""What a receipt of another node may say: in the one form that our own names have."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from doumen.gate.counterpart import Label
from doumen.model.errors import DoumenError


@pytest.mark.parametrize("label", [" personal", "a" * 1000, ""])
def test_a_label_is_in_the_form_in_which_it_is_kept(label: str) -> None:
    reading: TypeAdapter[str] = TypeAdapter(Label)
    assert reading.validate_python("personal") == "personal"
    with pytest.raises((ValidationError, DoumenError)):
        reading.validate_python(label)
