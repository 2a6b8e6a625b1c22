"""Two services that agree late: counter-offers, a stop in between, others who ask, an end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import parties
from tests.parties import Party

import doumen
from doumen.model.errors import DoumenError

OFFERED = (
    "for: [research]\nuntil: 2099-12-31\ndatasets: {weather.hourly: {}}\nquota: {queries: 5}\n"
)
WANTED = "for: [research]\ndatasets: {weather.hourly: {columns: [place, temp]}}\n"
STRICTER = "for: [research]\nuntil: 2030-12-31\ndatasets: {weather.hourly: {columns: [place]}}\n"
ALL = "SELECT * FROM weather.hourly ORDER BY place"
PATIENCE = 30.0


def do(party: Party, verb: str, actor: str | None = None, **given: Any) -> Any:
    """A verb, as the SDK does it; gives its JSON."""
    with doumen.open(party.folder) as node:
        return node.session(actor, "research").do(verb, **given).json


def until(party: Party, negotiation: str, fits: Callable[[Any], bool]) -> Any:
    """How a negotiation stands, once it stands as is waited for."""
    late = time.monotonic() + PATIENCE
    while not fits(found := do(party, "negotiation show", negotiation=negotiation)):
        assert time.monotonic() < late, found
        time.sleep(0.2)
    return found


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Party, Party]]:
    weather, port = (parties.party(tmp_path, name) for name in ("weather", "port"))
    parties.introduce(weather, port)
    parties.introduce(port, weather)
    for name, text in (("offered", OFFERED), ("wanted", WANTED), ("stricter", STRICTER)):
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "hourly.csv").write_text("place,temp\nRome,30\nOslo,10\n")
    do(weather, "collect", path=tmp_path / "hourly.csv", as_dataset="weather.hourly")
    do(weather, "product create", name="w", title="Weather", dataset=("weather.hourly",))
    do(weather, "offer create", product="w", terms=str(tmp_path / "offered.yaml"))
    do(weather, "product publish", name="w")
    for one in (weather, port):
        one.serve()
    yield weather, port
    for one in (weather, port):
        one.stop()


def test_a_negotiation_with_second_thoughts_and_a_stop(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    weather, port = pair
    wanted, stricter = (str(tmp_path / f"{name}.yaml") for name in ("wanted", "stricter"))
    start: dict[str, Any] = {"offer": "w-1", "at": "weather", "terms": wanted, "wait": 0}
    rejected = do(port, "negotiation start", **start)["negotiation"]
    (theirs,) = do(weather, "negotiation list")["negotiations"]
    do(weather, "negotiation reject", negotiation=theirs["negotiation"], reason="too long")
    told = until(port, rejected, lambda one: one["over"])
    assert told["ended"] == {"by": "provider", "code": "rejected", "reason": "too long"}

    ours = do(port, "negotiation start", **start)["negotiation"]
    theirs = next(o for o in do(weather, "negotiation list")["negotiations"] if o["decide"])
    do(weather, "negotiation counter", negotiation=theirs["negotiation"], terms=stricter, wait=0)
    assert until(port, ours, lambda one: one["decide"])["terms"]["until"] == "2030-12-31"
    weather.stop()
    waits = do(port, "negotiation accept", negotiation=ours, wait=0)
    assert (waits["state"], waits["outgoing"]["says"]) == ("OFFERED", "accept")
    weather.serve()
    key = until(port, ours, lambda one: one["over"])["agreement"]

    do(port, "actor add", name="bob", role=("analyst",), purpose=("research",))
    asked = {"sql": ALL, "agreement": (key,)}
    with pytest.raises(DoumenError) as absent:
        do(port, "query", "bob", **asked)
    assert absent.value.code == "not-found.agreement"
    (tmp_path / "rules.yaml").write_text(
        "rules: [{id: ask, permit: query, who: {role: analyst}, for: [research],"
        f" on: {{agreement: {key}}}}}]\n"
    )
    do(port, "rule add", file=tmp_path / "rules.yaml")
    assert list(do(port, "query", "bob", **asked)["rows"]) == [["Oslo"], ["Rome"]]
    counts = [do(one, "agreement usage", agreement=key) for one in pair]
    assert [(one["queries"], one["rows"]) for one in counts] == [(1, 2), (1, 2)]

    do(weather, "agreement end", agreement=key, reason="not paid")
    with pytest.raises(DoumenError) as refused:
        do(port, "query", "bob", **asked)
    assert refused.value.code == "refused.agreement"
