"""The workbench without scripts: asked, explained, paged, drawn, taken away, saved and shared."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

Visitor = Callable[..., Any]
SQL = "SELECT id, city, born FROM city.people"


def ask(here: Any, sql: str = SQL, path: str = "/work", **given: Any) -> str:
    """Ask, and give the address of the answer."""
    answer = here.post(path, "ask", sql=sql, **given)
    assert answer.status_code == 303, answer.text
    where = str(answer.headers["location"])
    assert re.fullmatch(r"/work/a/[0-9A-Z]{26}", where)
    return where


def test_an_answer_has_an_address_and_a_receipt(visitor: Visitor) -> None:
    here = visitor()
    where = ask(here, "SELECT count(*) AS n FROM city.people")
    page = here.get(where)
    assert page.status_code == 200
    assert ">40<" in page.text
    assert f'href="/trace/{where.rpartition("/")[2]}"' in page.text
    twin = here.twin(where)
    assert twin["answer"]["rows"] == [[40]]
    assert twin["asked"]["sql"] == "SELECT count(*) AS n FROM city.people"
    assert twin["history"]["asked"][0]["receipt"] == twin["answer"]["receipt"]
    assert here.get(f"/trace/{twin['answer']['receipt']}").status_code == 200


def test_each_sees_what_the_rules_let_through(visitor: Visitor) -> None:
    ana = visitor("ana")
    rows = ana.twin(ask(ana, "SELECT DISTINCT city FROM city.people", purpose="research"))
    assert rows["answer"]["rows"] == [["Wenzhou"]]
    assert rows["asked"]["purpose"] == "research"
    where = ask(visitor(), "SELECT phone FROM city.people WHERE id = 2")
    assert ana.get(where).status_code == 404
    assert ana.get(f"{where}/csv").status_code == 404
    assert "big" in str(ana.twin("/work")["datasets"])
    assert "canary" not in ana.get("/work/names.json").text
    receipt = where.rpartition("/")[2]
    assert receipt in str(visitor().twin("/work")["history"])
    assert receipt not in str(visitor("sue").twin("/work")["history"])


def test_rows_are_paged_and_put_in_order_without_asking_again(visitor: Visitor) -> None:
    here = visitor()
    where = ask(here, "SELECT i AS n, CASE WHEN i < 249 THEN i % 7 END AS m FROM range(250) t(i)")
    before = len(here.twin("/work")["history"]["asked"])
    first = here.twin(where)["answer"]
    assert (first["total"], len(first["rows"]), first["rows"][0]) == (250, 100, [0, 0])
    last = here.twin(f"{where}?offset=200")["answer"]
    assert [row[0] for row in last["rows"]] == list(range(200, 250))
    down = here.twin(f"{where}?sort=-0&offset=100")["answer"]["rows"]
    assert [row[0] for row in down] == list(range(149, 49, -1))
    by_m = here.twin(f"{where}?sort=1&offset=200")["answer"]["rows"]
    assert by_m[-1] == [249, None], "NULL stands last"
    for odd in ("9", "-", "x", "--1"):
        assert here.twin(f"{where}?sort={odd}")["answer"]["rows"][0] == [0, 0]
    assert len(here.twin("/work")["history"]["asked"]) == before
    page = here.get(f"{where}?sort=0")
    assert 'aria-sort="ascending"' in page.text
    assert "sort=-0" in page.text
    assert "offset=100" in page.text


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "arrow"])
def test_it_is_taken_away_with_its_receipt(visitor: Visitor, form: str) -> None:
    here = visitor()
    where = ask(here)
    receipt = where.rpartition("/")[2]
    file = here.get(f"{where}/{form}")
    assert file.status_code == 200
    assert f"''{receipt}.{form}" in file.headers["content-disposition"]
    if form == "csv":
        rows = list(csv.reader(io.StringIO(file.text)))
        assert rows[0] == ["id", "city", "born"]
        assert len(rows) == 41
    elif form == "json":
        told = file.json()
        assert (told["receipt"], len(told["rows"])) == (receipt, 40)
    elif form == "parquet":
        found = pq.read_table(io.BytesIO(file.content))
        assert found.num_rows == 40
        told = pq.read_metadata(io.BytesIO(file.content)).metadata
        assert told[b"doumen.receipt"].decode() == receipt
    else:
        assert receipt.encode() in file.content


def test_an_empty_answer_is_one(visitor: Visitor) -> None:
    here = visitor()
    where = ask(here, "SELECT id, city FROM city.people WHERE false")
    assert "No rows." in here.get(where).text
    assert here.get(f"{where}/csv").text.splitlines() == ['"id","city"']
    assert here.twin(f"{where}?tab=charts")["answer"]["charts"] == []
    assert "No chart is proposed" in here.get(f"{where}?tab=charts").text


def test_what_is_not_held_can_be_asked_again(visitor: Visitor, world: Any) -> None:
    here = visitor()
    where = ask(here, "SELECT ? AS a, ? AS b", params='"7"\n7')
    for file in (world.folder / "held").iterdir():
        file.unlink()
    twin = here.twin(where)
    assert twin["answer"]["held"] is False
    assert (twin["asked"]["sql"], twin["asked"]["params"]) == (
        "SELECT ? AS a, ? AS b",
        ['"7"', "7"],
    )
    assert "not held any more" in here.get(where).text
    assert here.get(f"{where}/csv").status_code == 404
    again = ask(here, twin["asked"]["sql"], where, params="\n".join(twin["asked"]["params"]))
    assert here.twin(again)["answer"]["rows"] == [["7", 7]]


def test_nobody_else_reads_what_is_held(world: Any, visitor: Visitor) -> None:
    ask(visitor())
    folder = world.folder / "held"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_it_is_explained_side_by_side(visitor: Visitor) -> None:
    ana = visitor("ana")
    page = ana.post("/work", "explain", sql="SELECT phone FROM city.people", purpose="research")
    assert page.status_code == 200
    assert "analysts-read-people" in page.text
    assert "CREATE VIEW city.people AS" in page.text
    assert "WHERE ⟨analysts-read-people⟩" in page.text
    assert "Wenzhou" not in page.text
    assert "SELECT phone FROM city.people" in page.text
    owner = visitor().post("/work", "explain", sql="SELECT 1 AS n")
    assert "No dataset is read." in owner.text


@pytest.mark.parametrize(
    ("sql", "code", "said"),
    [
        ("SELECT nothing FROM city.people", "", "nothing"),
        ("SELECT * FROM city.nowhere", "not-found", "There is no dataset"),
        ("DROP TABLE city.people", "", "SELECT"),
        ("", "invalid.form", "is needed"),
    ],
)
def test_errors_say_why_and_what_next(visitor: Visitor, sql: str, code: str, said: str) -> None:
    here = visitor()
    for do in ("ask", "explain"):
        page = here.post("/work", do, sql=sql)
        assert 400 <= page.status_code < 500
        assert said in page.text
        assert code in page.text
        assert 'role="alert"' in page.text
        assert (sql or "SELECT") in page.text.replace("&#39;", "'")


def test_a_purpose_that_is_not_theirs_is_refused(visitor: Visitor) -> None:
    page = visitor("ana").post("/work", "ask", sql="SELECT 1", purpose="marketing")
    assert page.status_code in {403, 404, 422, 400}
    assert 'role="alert"' in page.text


def test_charts_are_proposed_with_reasons(visitor: Visitor) -> None:
    here = visitor()
    where = ask(here, "SELECT born, count(*) AS n FROM city.people GROUP BY born")
    page = here.get(f"{where}?tab=charts")
    assert "one column of time and one number: a line" in page.text
    option = re.search(r'<script type="application/json" id="chart-1">(.*?)</script>', page.text)
    assert option
    assert json.loads(option[1])["series"][0]["type"] == "line"
    assert 'data-chart="#chart-1"' in page.text
    assert here.twin(f"{where}?tab=charts")["answer"]["charts"][0]["kind"] == "line"
    chinese = here.get(f"{where}?tab=charts&lang=zh").text
    assert "一个时间列和一个数值：折线图" in chinese
    assert "折线图，n 随 born 的变化" in chinese


def test_values_are_never_markup(visitor: Visitor) -> None:
    here = visitor()
    evil = "</script><script>alert(1)</script><b>"
    where = ask(here, f"SELECT '{evil}' AS name, 1 AS n UNION ALL SELECT 'b', 2")
    for path in (where, f"{where}?tab=charts", "/work"):
        text = here.get(path).text
        assert "<script>alert" not in text
        assert "<b>" not in text


def test_a_question_is_saved_asked_shared_and_removed(visitor: Visitor) -> None:
    ana, bob = visitor("ana"), visitor("owner")
    sql = "SELECT id FROM city.big WHERE id < ?"
    saved = ana.post("/work", "save", sql=sql, params="3", title="Few of the big", chart="1")
    assert saved.status_code == 303
    where = saved.headers["location"]
    assert re.fullmatch(r"/work/q/ana/Q-[A-Z0-9]{10}", where)
    page = ana.get(where)
    assert "Few of the big" in page.text
    assert "You did not ask it yet." in page.text
    answer = ask(ana, sql, where, params="3")
    assert ana.twin(answer)["asked"]["question"] == where.removeprefix("/work/q/")
    assert [one["rows"] for one in ana.twin(where)["question"]["answers"]] == [3]
    changed = ask(ana, sql + " ", where, params="2")
    assert ana.twin(changed)["asked"]["question"] in {where.removeprefix("/work/q/"), None}
    renamed = ana.post(where, "save", sql=sql, params="3", title="Few", chart="")
    assert renamed.headers["location"] == where
    assert ana.twin(where)["question"]["title"] == "Few"
    copied = ana.post(where, "copy", sql=sql, title="Another").headers["location"]
    assert copied != where
    assert visitor("sue").get(where).status_code == 404
    assert ana.post(where, "share", roles="steward").status_code == 303
    seen = visitor("sue").get(where)
    assert seen.status_code == 200
    assert "Remove it" not in seen.text
    assert "of ana" in visitor("sue").get("/work").text
    assert ana.post(where, "share", everyone="1", roles="").status_code == 303
    assert ana.twin(where)["question"]["shared"] == ["*"]
    assert bob.post(where, "share", roles="steward").status_code == 404
    assert ana.post(where, "remove").headers["location"] == "/work"
    assert ana.get(where).status_code == 404


def test_a_question_without_a_title_is_not_saved(visitor: Visitor) -> None:
    page = visitor().post("/work", "save", sql="SELECT 1", title="")
    assert page.status_code == 400
    assert "<code>title</code> is needed" in page.text
    assert "SELECT 1" in page.text


def test_it_begins_with_a_dataset(visitor: Visitor) -> None:
    here = visitor()
    asked = here.twin("/work?dataset=city.people")["asked"]["sql"]
    assert asked.startswith('SELECT "id", "name"')
    assert here.get("/work?dataset=city.nowhere").status_code == 404
    ask(here, asked)


def test_it_begins_under_an_agreement(visitor: Visitor) -> None:
    here = visitor()
    assert here.twin("/work?agreement=A-7F3KQ2AB")["asked"]["agreement"] == ["A-7F3KQ2AB"]
    assert here.twin("/work")["asked"]["agreement"] == []


def test_the_twin_of_the_editor(visitor: Visitor) -> None:
    names = visitor().get("/work/names.json").json()
    assert {"label": "city", "type": "property", "detail": "VARCHAR", "info": ""} in [
        {**one, "info": ""} for one in names["city.people"]
    ]
    assert "sys.events" in names


def test_it_is_said_in_chinese(visitor: Visitor) -> None:
    text = visitor().get("/work?lang=zh").text
    assert "工作台" in text
    assert "提问" in text
    assert "已保存的问题" in text
