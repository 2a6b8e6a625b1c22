"""The forms of IBAN are those of the registry, as python-stdnum generates them from its file."""

from __future__ import annotations

from importlib.resources import files

from doumen.kits.quality.identifiers.registry import FORMS


def test_the_forms_are_those_of_the_registry() -> None:
    lines = files("stdnum").joinpath("iban.dat").read_text("utf-8").splitlines()
    listed = {
        line[:2]: line.partition('bban="')[2].rstrip('"').replace("!", "")
        for line in lines
        if line[:1].isalpha()
    }
    assert listed == FORMS
    assert len(FORMS) == 89
