"""A file brought in by the forms of the pages, without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Visitor = Callable[..., Any]
ROWS = "编号,名称,日期,金额\n" + "".join(
    f"{n},名{n},2026-01-{n % 28 + 1:02},{n}.5\n" for n in range(400)
)
BAD = ROWS + "x,错,2026-13-01,4\n1,2,3\n"


def sent(here: Any, name: str, text: str) -> str:
    """The address at which a file is looked at that was sent."""
    answer = here.post("/collect", "send", files={"file": (name, text.encode())})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_file_is_seen_named_landed_and_scored(visitor: Visitor, world: Any) -> None:
    here = visitor()
    place = sent(here, "充电 2026.csv", BAD)
    told = here.twin(place)
    seen = told["preview"]
    assert [(c["name"], c["type"]) for c in seen["columns"]] == [
        ("编号", "BIGINT"), ("名称", "VARCHAR"), ("日期", "DATE"), ("金额", "DOUBLE")
    ]  # fmt: skip
    assert seen["first"][0] == ["0", "名0", "2026-01-01", "0.5"]
    assert (seen["would"]["landed"], seen["would"]["quarantined"]) == (400, 2)
    assert told["suggested"] == {"domain": "city", "name": "充电_2026"}
    assert told["upload"]["name"] == "充电 2026.csv"
    page = here.get(place).text
    assert "名0" in page
    assert str(world.folder) not in page
    fields = {"domain": "city", "name": "充电_2026", "title": "充电桩", "description": "Piles 桩"}
    done = here.post(place, "land", **fields)
    assert done.status_code == 303
    shown = here.twin(done.headers["location"])
    assert (shown["came"]["landed"], shown["came"]["quarantined"]) == (400, 2)
    assert {one["rows"] for one in shown["reasons"]} == {1}
    described = world.told("describe", dataset="city.充电_2026")
    assert (described["name"], described["description"]) == ("充电桩", "Piles 桩")
    assert here.get(place).status_code == 404
    scored = here.post(done.headers["location"], "score")
    assert scored.headers["location"].startswith("/d/city.")
    assert world.told("quality latest", dataset="city.充电_2026")["score"]
    proposed = here.post(done.headers["location"], "propose")
    assert proposed.headers["location"].startswith("/govern?dataset=city.")


def test_what_was_typed_stays_where_it_goes_wrong(visitor: Visitor, world: Any) -> None:
    here = visitor()
    place = sent(here, "a.csv", ROWS)
    wrong = here.post(place, "land", domain="1 x", name="a", title="Kept 标题")
    assert wrong.status_code == 400
    assert "Kept 标题" in wrong.text
    assert "is not a domain" in wrong.text
    assert here.get(place).status_code == 200
    here.post(place, "land", domain="city", name="again")
    same = sent(here, "a.csv", ROWS)
    done = here.post(same, "land", domain="city", name="again")
    assert "holds this content already" in here.get(done.headers["location"]).text
    other = sent(here, "a.csv", ROWS + "999,新,2026-01-01,1\n")
    refused = here.post(other, "land", domain="city", name="again")
    assert refused.status_code == 409
    assert here.post(other, "land", domain="city", name="again", mode="append").status_code == 303
    assert world.told("describe", dataset="city.again")["rows"] == 801


def test_a_file_is_read_as_is_wished(visitor: Visitor) -> None:
    here = visitor()
    place = sent(here, "b.csv", "a;b;c\n1,5;x;y\n2,5;y;z\n")
    told = here.twin(f"{place}&delimiter=,&header=no")
    assert [c["name"] for c in told["preview"]["columns"]] == ["column_1", "column_2"]
    assert "delimiter" in told["address"]
    wrong = here.twin(f"{place}&encoding=klingon")
    assert wrong["preview"] is None
    assert wrong["problem"]["code"] == "invalid.encoding"
    assert here.get(f"{place}&encoding=klingon").status_code == 200


def test_files_that_wait_are_listed_and_removed(visitor: Visitor, world: Any) -> None:
    here = visitor()
    place = sent(here, "wait.csv", ROWS)
    id = place.partition("=")[2]
    (found,) = [one for one in here.twin("/collect")["waiting"] if one["id"] == id]
    assert (found["name"], found["size"]) == ("wait.csv", len(ROWS.encode()))
    assert (world.folder / "spool" / id).is_dir()
    assert here.post("/collect", "drop", upload=id).headers["location"] == "/collect"
    assert not (world.folder / "spool" / id).exists()
    assert here.post("/collect", "drop", upload=id).status_code == 404


@pytest.mark.parametrize("name", ["ana", "sue", "aud"])
def test_nobody_else_brings_in_or_sees_what_waits(visitor: Visitor, world: Any, name: str) -> None:
    place = sent(visitor(), "mine.csv", "secret\n4711\n")
    here = visitor(name)
    assert here.twin("/collect") == {"may": False, "step": "pick"}
    assert here.twin(place) == {"may": False, "step": "pick"}
    assert "4711" not in here.get(place).text
    refused = here.post("/collect", "send", files={"file": ("x.csv", b"a\n1\n")})
    assert refused.status_code == 403
    assert here.post(place, "land", domain="city", name="stolen").status_code == 404
    upload = place.partition("=")[2]
    assert here.post("/collect", "drop", upload=upload).status_code == 404
    assert here.post(place, "queue", domain="city", name="stolen").status_code == 404
    assert visitor().get(place).status_code == 200


def test_forms_are_bound_and_bounded(visitor: Visitor) -> None:
    here = visitor()
    foreign = here.post("/collect", "send", csrf="no", files={"file": ("x.csv", b"a\n1\n")})
    assert foreign.status_code == 403
    assert here.post("/collect", "send").status_code == 400
    none = here.post("/collect", "send", files={"file": ("", b"")})
    assert none.status_code == 400
    large = here.post("/collect", "send", files={"file": ("x.csv", b"a" * (5 << 20))})
    assert large.status_code == 413
    assert here.get("/collect/01JDGK00000000000000000000").status_code == 404
    assert here.get("/collect?upload=..%2F..%2Fkeys").status_code == 404


def test_it_is_done_in_the_background(visitor: Visitor, world: Any) -> None:
    here = visitor()
    place = sent(here, "later.csv", ROWS)
    done = here.post(place, "queue", domain="city", name="in_background", title="Later")
    job = done.headers["location"]
    assert re.fullmatch(r"/jobs/[0-9A-Z]{26}", job)
    assert here.get(place).status_code == 404
    world.told("job wait", job=job.rpartition("/")[2], seconds=60)
    told = here.twin(job)
    assert (told["job"]["state"], told["job"]["inputs"]["path"]) == ("done", "later.csv")
    kinds = [one["kind"] for one in told["results"]]
    assert kinds == ["collected", "dataset"]
    assert here.get(f"/collect/{told['results'][0]['name']}").status_code == 200
    assert world.told("describe", dataset="city.in_background")["name"] == "Later"


def test_another_event_is_no_collection(visitor: Visitor, world: Any) -> None:
    receipt = world.node.session().query("select 1 as one").receipt
    assert visitor().get(f"/collect/{receipt}").status_code == 404


def test_nothing_of_a_visit_stays_in_the_temporary_folder(visitor: Visitor, world: Any) -> None:
    here = visitor()
    sent(here, "gone.csv", ROWS)
    left: list[Path] = [p for p in world.temporary.glob("doumen-upload-*") if any(p.rglob("*"))]
    assert left == []
