"""What an attacker sends to every page: odd values are told of, forms of others do nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest
from tests.faces.web.conftest import CSRF, PEOPLE, RULES
from tests.served import Server, serve

import doumen
from doumen.faces.web import pages
from doumen.faces.web.page import Page
from doumen.faces.web.pages import PAGES
from doumen.session import Node, create

SOURCE = Path(pages.__file__).parent
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ODD = (
    "9" * 400, "a\x00b", "[" * 3000, "-1", "//[", "\U0010ffff", "²", "2026-13-45",
)  # fmt: skip
PLAUSIBLE: Mapping[str, str] = {
    "purpose": "research", "roles": "analyst", "role": "analyst", "sql": "SELECT 1 AS x",
    "title": "t", "domain": "city", "name": "people", "mode": "append", "days": "1",
    "target": "city.people", "label": "core", "reason": "why", "actor": "ana", "of": "city.people",
    "yaml": RULES.replace("analysts-read", "own"), "which": "all", "new": "several words not known",
}  # fmt: skip
"""Fields of forms with what would do something, where the sender may."""


def _named(pattern: str, files: str) -> list[str]:
    """What the sources of the pages name in this way."""
    found = (re.findall(pattern, p.read_text("utf-8")) for p in SOURCE.rglob(files))
    return sorted({name for names in found for name in names})


ASKED = _named(r'(?:asked|number|choice|query\.get)\(\s*"(\w+)"', "*.py")
FIELDS = sorted(
    {
        *_named(r'name="([a-z_]+)"', "*.html"),
        *_named(r'(?:given|needed|several|one_of)\(\s*"(\w+)"', "*.py"),
    }
    - {"csrf", "do"}
)


@dataclass(frozen=True)
class City:
    """A node of its own, served.

    Attributes:
        things: Name in an address → something that is there.
    """

    node: Node
    server: Server
    things: Mapping[str, str]

    @contextmanager
    def signed_in(self, actor: str) -> Iterator[tuple[httpx2.Client, str]]:
        """A browser of an actor, of a stranger where it is empty; and the token of its forms."""
        with httpx2.Client(
            base_url=self.server.url, timeout=60, headers={"Accept": "text/html"}
        ) as client:
            if actor:
                link = self.node.session().do("session link", actor=actor).json["url"]
                given = {"ticket": link.partition("ticket=")[2], "do": "link"}
                made = client.post("/signin", data={"csrf": token(client), **given})
                assert made.status_code == 303
            yield client, token(client)

    def address(self, page: Page, value: str | None = None) -> str:
        """The address of a page, of things that are there or of an odd one."""

        def put(found: re.Match[str]) -> str:
            thing = self.things.get(found[1], self.things["receipt"])
            return quote(thing if value is None else value, safe="")

        return re.sub(r"\{(\w+)[^}]*\}", put, page.path)

    def known(self) -> dict[str, Any]:
        """All facts and the versions of datasets, as the owner knows them."""
        rows = self.node.session().desk.facts().rows
        return {
            f"{kind} {key}": row.fact.body for kind, held in rows.items()
            for key, row in held.items()
        }  # fmt: skip


def token(client: httpx2.Client) -> str:
    """For all forms of one browser."""
    found = CSRF.search(client.get("/signout").text)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("hostile") / "node"
    create(folder, "City bureau")
    (folder.parent / "people.csv").write_text(PEOPLE + "x,y,z\n", "utf-8")
    (folder.parent / "rules.yaml").write_text(RULES, "utf-8")
    with doumen.open(folder) as node:
        owner = node.session()
        owner.do("collect", path=folder.parent / "people.csv", as_dataset="city.people")
        owner.derive("select 1 as id", "city.big")
        for name, role in (("ana", "analyst"), ("aud", "auditor")):
            owner.do("actor add", name=name, role=(role,), purpose=("research",))
        owner.do("rule add", file=folder.parent / "rules.yaml")
        asked = owner.do("query", sql="SELECT phone FROM city.people").json
        list(asked["rows"].batches())
        saved = str(owner.do("question save", sql="SELECT 1", title="own").json["question"])
        things = {
            "dataset": "city.people", "actor": "owner", "receipt": asked["receipt"],
            "id": saved.partition("/")[2], "rule": "analysts-read-people", "form": "csv",
            "question": saved, "event": asked["receipt"], "name": "ana",
        }  # fmt: skip
        server = serve(folder, "--rate", "100000", "--patience", "2")
        try:
            yield City(node, server, things)
        finally:
            server.close()


def sent(
    client: httpx2.Client, page: Page, forms: Iterable[tuple[str, Mapping[str, str]]]
) -> list[httpx2.Response]:
    """Forms sent to addresses of a page; fewer at once, where it keeps a floor, than have places.

    Brackets go as they are: to write each as `%5B` would be most of the work of many forms.
    """

    def send(form: tuple[str, Mapping[str, str]]) -> httpx2.Response:
        where, given = form
        return client.post(where, content=urlencode(given, safe="["), headers=FORM)

    if not page.floor:
        return [send(form) for form in forms]
    with ThreadPoolExecutor(6) as threads:
        return list(threads.map(send, forms))


def at_fault(answer: httpx2.Response) -> bool:
    """Whether it went wrong inside."""
    return answer.status_code >= 500 and answer.status_code != 503


def test_no_odd_address_is_a_fault_of_ours(city: City) -> None:
    found = []
    with city.signed_in("owner") as (client, _):
        for page in PAGES:
            for value in ODD:
                odd = [f"{city.address(page)}?{urlencode(dict.fromkeys(ASKED, value[:400]))}"]
                if "{" in page.path:
                    odd.append(city.address(page, value[:400]))
                    odd.append(f"{odd[-1]}.json")
                found += [(page.path, one) for one in odd if at_fault(client.get(one))]
    assert not found


@pytest.mark.parametrize("who", ["ana", "aud", ""])
def test_no_form_does_what_its_sender_may_not(city: City, who: str) -> None:
    before = city.known()
    things = ("", *(city.things[name] for name in ("dataset", "receipt", "question", "rule")))
    with city.signed_in(who) as (client, csrf):
        own = city.known().keys() - before.keys()
        for page in PAGES:
            forms, said = [], []
            for action in page.actions.keys() - {"signout"}:
                for thing in things:
                    given = {name: PLAUSIBLE.get(name, thing) for name in FIELDS}
                    query = urlencode(dict.fromkeys(("dataset", "rule", "upload"), thing))
                    form = {**given, "csrf": csrf, "do": action}
                    forms.append((f"{city.address(page)}?{query}", form))
                    said.append((page.path, action, thing))
            answers = sent(client, page, forms)
            assert not [what for what, one in zip(said, answers, strict=True) if at_fault(one)]
    after = city.known()
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)} - own
    mine = {key for key in changed if who and key.partition(" ")[2].startswith(f"{who}/")}
    assert not changed - mine - {f"account {who}"}


@pytest.mark.parametrize("at", range(3))
def test_no_odd_form_is_a_fault_of_ours(city: City, at: int) -> None:
    found = []
    with city.signed_in("owner") as (client, csrf):
        for page in PAGES[at::3]:
            forms, said = [], []
            for action in page.actions.keys() - {"signout", "end-others"}:
                for value in ODD[:4] if page.floor == 0 else ODD[1:2]:
                    for fields in ({}, PLAUSIBLE):
                        given = {name: fields.get(name, value) for name in FIELDS}
                        forms.append((city.address(page), {**given, "csrf": csrf, "do": action}))
                        said.append((page.path, action, value[:9], bool(fields)))
            answers = sent(client, page, forms)
            found += [what for what, one in zip(said, answers, strict=True) if at_fault(one)]
    assert not found


def test_a_cookie_is_no_token_and_a_token_no_cookie(city: City) -> None:
    made = city.node.session().do("token add", actor="ana", scope=("read",)).json["token"]
    with city.signed_in("ana") as (client, _):
        cookie = client.cookies["doumen_session"]
        for text in (cookie, f"doumen_{cookie}"):
            headers = {"Authorization": f"Bearer {text}"}
            sent = httpx2.post(f"{city.server.url}/v1/dataset/list", json={}, headers=headers)
            assert sent.status_code == 401
    for text in (made, made.removeprefix("doumen_")):
        with httpx2.Client(base_url=city.server.url, cookies={"doumen_session": text}) as client:
            assert client.get("/home.json").status_code == 401


def test_who_is_removed_or_locked_is_out_at_once(city: City) -> None:
    owner = city.node.session()
    for name, end in (("gone", ("actor remove", "name")), ("shut", ("account lock", "name"))):
        owner.do("actor add", name=name, role=("analyst",))
        with city.signed_in(name) as (client, csrf):
            assert client.get("/home.json").status_code == 200
            verb, param = end
            owner.do(verb, **{param: name})
            assert client.get("/home.json").status_code == 401
            saved = client.post("/work", data={"csrf": csrf, "do": "save", "title": "t",
                                               "sql": "SELECT 1"})  # fmt: skip
            assert saved.status_code == 401
