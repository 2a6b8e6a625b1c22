"""Products: made, changed, published, withdrawn; who may know; what a preview may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from doumen.model.errors import Conflict, Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.session.session import Session

Of = Callable[..., Session]
TWO = "SELECT place, wind FROM weather.hourly ORDER BY place, day LIMIT 2"


def make(session: Session, name: str = "weather", **given: Any) -> dict[str, Any]:
    told = {"title": "Hourly weather", "dataset": ("weather.hourly",), **given}
    return dict(session.do("product create", name=name, **told).json)


def refusal(session: Session, **given: Any) -> str:
    with pytest.raises(Invalid) as error:
        make(session, **given)
    return error.value.why or ""


def test_a_product_is_made_published_and_withdrawn(of: Of) -> None:
    owner = of()
    first = make(owner, "Weather", description="Wind.\nBy the hour.", preview=TWO)
    assert (first["name"], first["done"], first["state"], first["preview"]) == (
        "weather", "added", "draft", 2,
    )  # fmt: skip
    assert owner.do("product publish", name="weather").json["state"] == "published"
    assert owner.do("product publish", name="weather").json["receipt"] is None
    assert owner.do("product withdraw", name="weather").json["state"] == "withdrawn"
    (listed,) = owner.do("product list").json["products"]
    assert listed == {"name": "weather", "title": "Hourly weather",
                      "description": "Wind.\nBy the hour.", "state": "withdrawn",
                      "datasets": ["weather.hourly"], "offers": 0}  # fmt: skip
    history = owner.desk.history("product", "weather")
    assert [(row.fact.body or {})["state"] for row in history] == [
        "draft",
        "published",
        "withdrawn",
    ]


def test_made_again_it_is_changed_to_what_is_given(of: Of) -> None:
    owner = of("sue")
    make(owner)
    assert make(owner) == {"name": "weather", "done": "unchanged", "state": "draft",
                           "preview": None, "receipt": None}  # fmt: skip
    assert make(owner, title="Weather")["done"] == "changed"
    assert make(owner, dataset=("weather.places", "Weather.Hourly"))["done"] == "changed"
    assert (
        owner.do("product show", name="weather").json["datasets"][1]["dataset"] == "weather.places"
    )


def test_the_same_preview_again_changes_nothing(of: Of) -> None:
    owner = of()
    make(owner, preview=TWO)
    kept = owner.do("product show", name="weather").json["preview"]
    assert make(owner, preview=TWO)["done"] == "unchanged"
    assert owner.do("product show", name="weather").json["preview"] == kept
    assert make(owner)["done"] == "changed"
    assert owner.do("product show", name="weather").json["preview"] is None


def test_datasets_of_a_published_product_do_not_change(of: Of) -> None:
    owner = of()
    make(owner)
    owner.do("product publish", name="weather")
    with pytest.raises(Conflict, match="while it is published"):
        make(owner, dataset=("weather.places",))
    assert make(owner, title="Other")["state"] == "published"
    owner.do("product withdraw", name="weather")
    assert make(owner, dataset=("weather.places",))["done"] == "changed"


def test_datasets_that_open_offers_need_stay(of: Of) -> None:
    owner = of()
    make(owner, dataset=("weather.hourly", "weather.places"))
    body = {"product": "weather", "state": "open", "terms": {"datasets": {"weather.places": {}}}}
    owner.desk.amend([Fact("offer", "w-1", body)], subject="offer w-1")
    with pytest.raises(Conflict, match="would lose") as error:
        make(owner)
    assert error.value.why == "They are `w-1`."
    assert owner.do("product list").json["products"][0]["offers"] == 1
    owner.desk.amend([Fact("offer", "w-1", {**body, "state": "withdrawn"})], subject="offer w-1")
    assert make(owner)["done"] == "changed"


def test_all_faults_are_told_at_once(of: Of) -> None:
    owner = of()
    told = refusal(
        owner,
        title=" ",
        description="a\x07",
        dataset=("weather.none", "x", "sys.events", "weather.hourly__quarantine"),
    )

    for fault in (
        "the title is not one line", "the description is no text", "no dataset `weather.none`",
        "`x` is not a dataset name", "`sys.events` is not offered",
        "`weather.hourly__quarantine` is not offered",
    ):  # fmt: skip
        assert fault in told
    assert "1 to 100 datasets" in refusal(owner, dataset=())
    assert refusal(owner, name="a b")
    assert refusal(owner, name="-a")


def test_a_preview_keeps_to_its_product_and_is_small(of: Of) -> None:
    owner = of()
    assert "`weather.places`" in refusal(owner, preview="SELECT * FROM weather.places")
    hidden = "SELECT * FROM weather.hourly, (SELECT id FROM sys.events)"
    past = "SELECT place FROM weather.places AT (VERSION => 1)"
    assert refusal(owner, preview=past) == "It reads `weather.places`."
    assert refusal(owner, preview=hidden) == "It reads `sys.events`."
    assert "reads none" in refusal(owner, preview="SELECT 1")
    many = "SELECT h.* FROM weather.hourly h, weather.hourly i"
    assert "more than 100 rows" in refusal(owner, preview=many)
    assert "bytes" in refusal(owner, preview="SELECT repeat(place, 30000) FROM weather.hourly")
    assert "NUL" in refusal(owner, preview="SELECT chr(0) AS c FROM weather.hourly LIMIT 1")
    assert owner.do("product list").json["products"] == []


def test_a_preview_is_what_its_maker_may_see(of: Of, tmp_path: Any) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "rules: [{id: r, permit: query, who: {role: steward}, on: weather.hourly, duties: ["
        "{filter: \"place = 'LGA'\"}, {mask: {column: ssn, method: 'null'}}, {expire: 5}]}]"
    )
    of().do("rule add", file=str(rules))
    sue = of("sue")
    make(sue, preview="SELECT DISTINCT place, ssn FROM weather.hourly")
    shown = sue.do("product show", name="weather").json["preview"]
    assert shown["rows"] == [["LGA", None]]
    assert shown["expires"]
    assert sue.desk.receipt(shown["receipt"])


def test_nobody_but_those_who_oversee_learns_of_products(of: Of) -> None:
    make(of(), preview=TWO)
    ana, tom = of("ana"), of("tom")
    assert ana.do("product list").json == {"products": []}
    answers = []
    for name in ("weather", "weathex"):
        for verb in ("show", "publish", "withdraw"):
            with pytest.raises(NotFound) as unknown:
                ana.do(f"product {verb}", name=name)
            answers.append(str(unknown.value.as_json()).replace(name, "X"))
        with pytest.raises(Refused) as error:
            make(ana, name)
        answers.append(str(error.value.as_json()).replace(name, "X"))
    assert answers[:4] == answers[4:]
    assert ana.desk.history("product", "weather") == ()
    shown = tom.do("product show", name="weather").json
    assert shown["preview"]["columns"] == [{"name": "place", "type": "VARCHAR"},
                                           {"name": "wind", "type": "DOUBLE"}]  # fmt: skip
    assert shown["preview"]["rows"] == []
    assert shown["datasets"][0]["rows"] is None
    assert of().do("product show", name="weather").json["datasets"][0]["rows"] == 27
    with pytest.raises(Refused, match="may not change product"):
        tom.do("product publish", name="weather")
