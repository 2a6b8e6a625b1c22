"""Rows in quarantine on pages: seen by those who repair them, corrected, landed, given up."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Visitor = Callable[..., Any]
GOOD = "".join(f"{n},name {n},2026-01-01\n" for n in range(500))


@pytest.fixture
def held(world: Any, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A dataset with three rows in quarantine."""
    name = request.node.name.removeprefix("test_").partition("[")[0]
    path = tmp_path / f"{name}.csv"
    path.write_text(f"id,name,day\n{GOOD}x7,Zoë 名,2026-01-02\ny8,{name},2026-01-03\n1,2,3,4\n")
    world.node.session().do("collect", path=path, as_dataset=f"aside.{name}")
    return f"aside.{name}"


def rows(here: Any, dataset: str) -> list[Any]:
    return list(here.twin(f"/govern/quarantine/{dataset}")["rows"])


def test_corrected_rows_land(visitor: Visitor, world: Any, held: str) -> None:
    here, place = visitor("sue"), f"/govern/quarantine/{held}"
    told = here.twin(place)
    assert told["total"] == 3
    assert told["names"] == ["id", "name", "day"]
    by_reason = {(one["column"], one["reason"]): one["rows"] for one in told["reasons"]}
    assert by_reason == {("id", "type"): 2, ("", "ragged"): 1}
    first, second, third = told["rows"]
    assert (first["fields"], first["open"]) == (["x7", "Zoë 名", "2026-01-02"], ["id"])
    assert third["open"] == ["id", "name", "day"]
    untouched = {f"v:{one['id']}:{name}": "" for one in (third,) for name in third["open"]}
    values = {f"v:{first['id']}:id": "7007", f"v:{second['id']}:id": "y8", **untouched}
    tried = here.post(place, "try", **values)
    assert "1 rows would land, 2 would stay" in tried.text
    assert 'value="7007"' in tried.text
    assert len(rows(here, held)) == 3
    done = here.post(place, "replay", **values)
    assert done.headers["location"] == place
    assert "1 rows landed, 2 are still in quarantine" in here.get(place).text
    found = world.node.session().query(f"select * from {held} where id = 7007").rows()
    assert [row[1] for row in found] == ["Zoë 名"]
    gone = here.post(place, "replay", **{f"v:{first['id']}:id": "1"})
    assert (gone.status_code, "Load the page again" in gone.text) == (409, True)
    values = dict(zip(third["open"], ("9009", "nine", "2026-02-01"), strict=True))
    whole = {f"v:{third['id']}:{name}": value for name, value in values.items()}
    here.post(place, "replay", **whole)
    assert [one["id"] for one in rows(here, held)] == [second["id"]]


def test_a_file_of_repairs_lands(visitor: Visitor, held: str) -> None:
    here, place = visitor(), f"/govern/quarantine/{held}"
    file = here.post(place, "export")
    assert file.headers["content-type"].startswith("text/csv")
    assert f"{held}__quarantine.csv" in file.headers["content-disposition"]
    given = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert {one["name"] for one in given} == {"Zoë 名", held.partition(".")[2], ""}
    for number, one in enumerate(given):
        one |= {"id": str(8000 + number), "name": "n", "day": "2026-03-01"}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(given[0]))
    writer.writeheader()
    writer.writerows(given)
    files = {"repaired": ("fixed.csv", text.getvalue().encode())}
    assert "3 rows would land, 0 would stay" in here.post(place, "try", files=files).text
    assert here.post(place, "replay", files=files).status_code == 303
    assert rows(here, held) == []
    assert "No row of this dataset is in quarantine" in here.get(place).text


def test_rows_are_given_up_with_a_reason(visitor: Visitor, held: str) -> None:
    here, place = visitor("sue"), f"/govern/quarantine/{held}"
    assert here.post(place, "discard", which="ticked", reason="cut").status_code == 400
    assert here.post(place, "discard", which="all").status_code == 400
    assert len(rows(here, held)) == 3
    one = here.twin(f"{place}?rule=ragged&column=")
    assert [row["reason"] for row in one["rows"]] == ["ragged"]
    for page in (here.get("/govern/quarantine"), here.get(f"{place}?rule=ragged&column=")):
        (link,) = set(re.findall(rf'"({place}\?[^"]*rule=ragged[^"]*source[^"]*)"', page.text))
        assert "&amp;column=&amp;" in link
    (action,) = re.findall(rf'action="({place}\?[^"]+)"', page.text)
    assert html.unescape(action) == f"{place}?column=&rule=ragged"
    here.post(html.unescape(action), "discard", which="all", reason="cut in transfer")
    left = rows(here, held)
    assert [row["reason"] for row in left] == ["type", "type"]
    here.post(place, "discard", which="ticked", reason="twice", id=left[0]["id"])
    assert [row["id"] for row in rows(here, held)] == [left[1]["id"]]


@pytest.mark.parametrize("name", ["ana", "aud"])
def test_nobody_else_sees_them(visitor: Visitor, world: Any, held: str, name: str) -> None:
    here, place = visitor(name), f"/govern/quarantine/{held}"
    shown = here.get(place)
    assert shown.status_code in {403, 404}
    assert "Zoë" not in shown.text
    assert here.twin("/govern/quarantine") == {"may": False, "datasets": []}
    for do in ("try", "replay", "discard", "export"):
        answer = here.post(place, do, reason="x", which="all")
        assert answer.status_code in {403, 404}
        assert "Zoë" not in answer.text
    assert len(rows(visitor(), held)) == 3


def test_the_datasets_are_listed(visitor: Visitor, held: str) -> None:
    here = visitor("sue")
    (found,) = [o for o in here.twin("/govern/quarantine")["datasets"] if o["dataset"] == held]
    assert found["rows"] == 3
    page = here.get("/govern/quarantine").text
    assert held in page
    assert "is not of the declared type" in page
    assert here.get("/govern/quarantine/city.people").status_code == 200
    assert here.get("/govern/quarantine/no.where").status_code == 404


def test_a_form_holds_so_many_fields(visitor: Visitor, world: Any, tmp_path: Path) -> None:
    names = [f"c{n}" for n in range(60)]
    path = tmp_path / "wide.csv"
    good = (",".join(["1"] * 60) + "\n") * 500
    path.write_text(",".join(names) + "\n" + good + ("x," + ",".join(["1"] * 59) + "\n") * 2)
    world.node.session().do("collect", path=path, as_dataset="aside.wide")
    told = visitor().twin("/govern/quarantine/aside.wide?fields=all")
    assert [len(one["open"]) for one in told["rows"]] == [60, 60]
    path.write_text(",".join(names) + "\n" + ("x," + ",".join(["2"] * 59) + "\n") * 2)
    world.node.session().do("collect", path=path, as_dataset="aside.wide", append=True)
    told = visitor().twin("/govern/quarantine/aside.wide?fields=all")
    assert [len(one["open"]) for one in told["rows"]] == [60, 60, 0, 0]
