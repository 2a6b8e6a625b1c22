"""Schemes of python-stdnum: the names that are taken, and that nothing else is loaded."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest
from stdnum.util import get_number_modules
from tests.kits.quality.identifiers.engine import HOSTILE

from doumen.kits.quality.identifiers import MODULES, judge
from doumen.model.errors import Invalid, Unavailable

NUMBERS = {
    # from the documentation of each module
    "eu.vat": ("DE 136,695 976", "DE136695978"),
    "nl.bsn": ("1112.22.333", "1112.52.333"),
    "de.idnr": ("36 574 261 809", "36574261890"),
    "es.nif": ("54362315K", "54362315Z"),
    "br.cpf": ("390.533.447-05", "231.002.999-00"),
    "imei": ("35686800-004141-20", "35-417803-685978-1"),
    "us.ssn": ("536-90-4399", "666-00-0000"),
}
"""Module to a number that is right and one that is not."""


def test_the_list_is_that_of_the_library() -> None:
    names = {str(vars(module)["__name__"]) for module in get_number_modules()}
    assert {name.removeprefix("stdnum.") for name in names} == MODULES


@pytest.mark.parametrize("module", NUMBERS)
def test_the_library_judges(module: str) -> None:
    right, wrong = NUMBERS[module]
    accepts = judge(module)
    assert accepts(right)
    assert not accepts(wrong)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_text_makes_a_module_raise(module: str) -> None:
    accepts = judge(module)
    assert all(accepts(text) in {True, False} for text in HOSTILE)


def test_a_module_that_stumbles_refuses() -> None:
    """The library errs over a citizen id of an area that was there and of a county that was not."""
    from stdnum.cn import ric

    text = "319325199201010017"
    with pytest.raises(KeyError):
        ric.is_valid(text)
    assert judge("cn.ric")(text) is False


@pytest.mark.parametrize("module", ["os", "util", "numdb", "../x", "eu.vat ", "", "EU.VAT", "nl"])
def test_other_names_are_no_modules(module: str) -> None:
    with pytest.raises(Invalid, match="no module"):
        judge(module)


def test_without_the_library_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "stdnum"]:
        monkeypatch.delitem(sys.modules, name)
    found = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "stdnum":
            raise ModuleNotFoundError(name=name)
        return found(name, *rest)

    monkeypatch.setitem(sys.modules, "stdnum", None)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(Unavailable, match="python-stdnum") as error:
        judge("eu.vat")
    assert error.value.next == "pip install 'doumen[identifiers]'"
