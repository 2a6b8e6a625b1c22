"""What pages tell is told in the words of their reader: no codes, no writings of programs."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

Visitor = Callable[..., Any]


def seen(page: Any) -> str:
    """What a page shows, without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.text)))


def test_changes_of_a_contract_are_told_in_words(
    visitor: Visitor, world: Any, tmp_path: Path
) -> None:
    text = world.told("contract show", dataset="city.people")["contract"]
    file = tmp_path / "contract.yaml"
    file.write_text(
        text.replace("- name: phone\n", "- name: phone\n        description: line\n", 1)
    )
    world.node.session().do("contract edit", dataset="city.people", file=file)
    page = visitor().get("/d/city.people?tab=contract")
    assert "<div>the description of <code>phone</code> changes" in page.text
    assert "'kind'" not in html.unescape(page.text)
    chinese = seen(visitor().get("/d/city.people?tab=contract&lang=zh"))
    assert "changes" not in chinese
    assert "草稿" in chinese


def test_what_was_not_assessed_is_no_score_of_zero(visitor: Visitor) -> None:
    here = visitor()
    here.post("/d/city.people?tab=quality", "score")
    dimensions = here.twin("/d/city.people")["score"]["dimensions"]
    blank = [one for one in dimensions if not float(one["assessed"])]
    assert blank
    for address in ("/d/city.people", "/report/city.people"):
        page = here.get(address)
        assert page.text.count('<meter id="m-') == len(dimensions) - len(blank)
        for one in blank:
            assert f"{one['name']} not assessable" in seen(page)


def test_labels_and_facets_are_told_in_chinese_and_asked_for_by_their_name(
    visitor: Visitor, world: Any
) -> None:
    owner = world.node.session()
    owner.do("label set", target="city.people.name", label="core")
    owner.do("label set", target="city.people.name", label="ours")
    here = visitor()
    english = here.get("/d?lang=en").text
    assert re.search(r'href="/d\?label=core"[^>]*>core <data', english)
    chinese = here.get("/d?lang=zh").text
    assert re.search(r'href="/d\?label=core"[^>]*>核心数据 <data', chinese)
    assert re.search(r'href="/d\?label=ours"[^>]*>ours <data', chinese)
    assert re.search(r'href="/d\?state=active"[^>]*>在用 <data', chinese)
    assert '<span class="badge level-4" title="core">核心数据</span>' in chinese
    assert "核心数据" in seen(here.get("/govern/labels?lang=zh"))
    for name in ("core", "ours"):
        owner.do("label remove", target="city.people.name", label=name)


def test_who_states_no_purpose_chooses_one_where_it_is_asked_for(visitor: Visitor) -> None:
    ana = visitor("ana")
    page = ana.get("/d/city.people?tab=sample")
    assert "--for research" not in page.text
    assert 'id="purpose-here"' in page.text
    back = re.search(r'name="back" value="([^"]+)">\s*<label[^>]*for="purpose-here"', page.text)
    assert back
    taken = ana.post("/settings/look", "purpose", purpose="research", back=html.unescape(back[1]))
    assert taken.headers["location"] == "/d/city.people?tab=sample"
    assert "Wenzhou" in ana.get("/d/city.people?tab=sample").text


def test_what_an_event_is_about_is_told_in_the_language_of_the_reader(
    visitor: Visitor, world: Any
) -> None:
    world.node.session().do("purpose add", name="planning")
    here = visitor()
    assert "changed purpose planning" in seen(here.get("/?lang=en"))
    for address in ("/?lang=zh", "/trace?type=amend&lang=zh"):
        assert "更改" in seen(here.get(address))
        assert "用途 planning" in seen(here.get(address))


def test_a_session_that_a_link_began_says_so(visitor: Visitor) -> None:
    assert "关联" not in seen(visitor().get("/settings/account?lang=zh"))


def test_an_error_leads_on_by_a_link_and_names_in_it_are_set_apart(visitor: Visitor) -> None:
    here = visitor()
    lost = here.get("/d/no.such").text
    assert "There is no dataset <code>no.such</code>." in lost
    assert '<a href="/d">To the catalogue</a>' in lost
    nowhere = here.get("/nothing/here").text
    assert "openapi" not in nowhere
    assert ">JSON</a>" not in nowhere


def test_a_form_after_the_end_of_a_sign_in_is_told_so(visitor: Visitor) -> None:
    here = visitor()
    form = {"csrf": here.token("/work"), "do": "ask", "sql": "select 1"}
    here.client.cookies.delete("doumen_session")
    page = here.client.post("/work", data=form, headers={"accept": "text/html"})
    assert page.status_code == 401
    assert "Bearer" not in page.text
    assert 'href="/signin?next=%2Fwork"' in page.text
