"""Two organisations before they sign: each sees what more would be seen, the other sees nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import parties

import doumen
from doumen.session.session import Session

TERMS = """
for: [research]
until: 2099-12-31
datasets:
  weather.hourly:
    columns: [place, temp]
    duties: [{filter: "place <> 'secret'"}]
"""
ROWS = "place,temp,station\nRome,30,s1\nOslo,10,s2\nsecret,99,s3\n"
HIDDEN = "place,temp,station\nsecret,98,s4\n"


Do = Callable[..., Any]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Do, Do]]:
    """The verbs of a weather service that offers, and of a port that asks; both are served."""
    weather, port = (parties.party(tmp_path, name) for name in ("weather", "port"))
    parties.introduce(weather, port)
    parties.introduce(port, weather)
    (tmp_path / "hourly.csv").write_text(ROWS)
    (tmp_path / "later.csv").write_text(HIDDEN)
    (tmp_path / "terms.yaml").write_text(TERMS)
    with doumen.open(weather.folder) as here, doumen.open(port.folder) as there:
        ours, theirs = (_verbs(node.session()) for node in (here, there))
        ours("collect", path=tmp_path / "hourly.csv", as_dataset="weather.hourly")
        ours("product create", name="weather", title="Weather", dataset=("weather.hourly",))
        ours("offer create", product="weather", terms=str(tmp_path / "terms.yaml"))
        ours("product publish", name="weather")
        for one in (weather, port):
            one.serve()
        yield ours, theirs
        for one in (weather, port):
            one.stop()


def _verbs(session: Session) -> Do:
    return lambda verb, **given: session.do(verb, **given).json


def test_from_an_offer_to_nothing_more(pair: tuple[Do, Do], tmp_path: Path) -> None:
    weather, port = pair

    def asked() -> dict[str, Any]:
        told: dict[str, Any] = port("agreement diff", offer="weather-1", at="weather")
        return {name: part for name, part in told.items() if name != "facts"}

    before = asked()
    (hourly,) = before["datasets"]
    assert (before["more"], hourly["rows"]) == (True, None)
    weather("collect", path=tmp_path / "later.csv", as_dataset="weather.hourly")
    assert asked() == before

    begun = port("negotiation start", offer="weather-1", at="weather", wait=0)
    port("negotiation resume", negotiation=begun["negotiation"], wait=1)
    ((came,),) = weather("negotiation list").values()
    ours = weather("agreement diff", offer=came["negotiation"])
    (hourly,) = ours["datasets"]
    assert hourly["rows"] == {"all": 4, "shown": 2, "new": 2}
    assert ours["receipt"]
    assert asked() == before

    weather("negotiation accept", negotiation=came["negotiation"], wait=20)
    again = weather("agreement diff", offer="weather-1", participant="port")
    assert (again["more"], again["combinable"]) == (False, [])
    assert asked()["more"] is False
