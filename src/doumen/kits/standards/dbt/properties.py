"""A properties file of dbt (`schema.yml`): which tests it declares on a model and its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from doumen.model.errors import Invalid, NotFound
from doumen.model.message import enumerated, msg

_KINDS = ("models", "seeds", "snapshots")
_KEYS = ("data_tests", "tests")


@dataclass(frozen=True, slots=True)
class Declared:
    """One test as it is declared.

    Attributes:
        column: Where it stands; None: at the model.
        test: Its name, or its name and options.
    """

    column: str | None
    test: Any


def known_as(data: Mapping[str, Any]) -> bool:
    """Whether a document looks like a properties file."""
    return any(isinstance(data.get(key), list) for key in (*_KINDS, "sources"))


def declared(data: Mapping[str, Any], name: str) -> list[Declared]:
    """The tests of the model, seed, snapshot or source table of this name.

    Where the file is about one only, that one is meant whatever its name is.

    Raises:
        Invalid: it is no properties file.
        NotFound: it is about others only.
    """
    models = list(_models(data))
    if not models:
        raise Invalid(
            msg("This is no properties file of dbt."),
            why=msg(
                "It has no list `models`, `seeds`, `snapshots` or `sources` with a name in it."
            ),
            detail="dbt",
        )
    same = [m for m in models if str(m["name"]).casefold() == name.casefold()]
    if not same and len(models) > 1:
        raise NotFound(
            msg("The file has no model `{name}`.", name=name),
            why=msg("It is about {names}.", names=enumerated(str(m["name"]) for m in models[:20])),
            detail="model",
        )
    return [test for model in same or models for test in _tests(model)]


def _models(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key in _KINDS:
        yield from _mappings(data.get(key))
    for source in _mappings(data.get("sources")):
        yield from _mappings(source.get("tables"))


def _mappings(listed: Any) -> Iterator[Mapping[str, Any]]:
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            yield one


def _tests(model: Mapping[str, Any]) -> Iterator[Declared]:
    for key in _KEYS:
        yield from (Declared(None, test) for test in _listed(model, key))
    for column in _mappings(model.get("columns")):
        for key in _KEYS:
            yield from (Declared(column["name"], test) for test in _listed(column, key))


def _listed(where: Mapping[str, Any], key: str) -> list[Any]:
    """The tests that stand under a key.

    Raises:
        Invalid: they are no list.
    """
    tests = where.get(key)
    if tests is None or isinstance(tests, list):
        return tests or []
    raise Invalid(
        msg("`{key}` of `{name}` is no list.", key=key, name=where["name"]),
        next=msg("Write each test in a line of its own, after a dash."),
        detail="dbt",
    )
