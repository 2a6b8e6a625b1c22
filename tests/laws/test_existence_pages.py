"""Law 1 through pages: two nodes that differ in what is hidden show the same, word for word.

An analyst visits every page that there is, as HTML and as JSON, with words that are hidden and with
names of what is hidden or is nowhere. What differs each time by itself (ids, times, tokens of
forms) is left out before it is compared. Both ledgers have the same length: receipts tell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.served import Server, serve

import doumen
from doumen.faces.web.pages import PAGES
from doumen.session import Node, create

pytestmark = pytest.mark.law

RULES = """rules:
  - id: see
    permit: query
    who: {role: analyst}
    on: city.people
    duties:
      - filter: "city = 'Wenzhou'"
      - mask: {column: phone, method: partial, keep_start: 3}
  - {id: hush, deny: discover, who: {role: analyst}, on: {column: city.people.salary}}
"""
SHOWN = [(1, "Ann", "138-0001", "Wenzhou"), (2, "Bob", "139-0002", "Wenzhou")]
HIDDEN = (
    [(3, "Cyn", "138-0003", "Ningbo")],
    [(n, f"Zed{n}", "177-9999", "Lishui") for n in range(4, 30)],
)
"""Rows that the analyst does not see, on each node."""
SECRET = (("secret.salaries", "Pay of everyone"), ("vault.treaties", "Something else entirely"))
"""Name and description of a dataset that the analyst does not know of, on each node."""
WORDS = ("salary", "salaries", "treaties", "Pay", "Cyn", "Zed5", "Ningbo", "people", "hush")
ABSENT = "nothing.here"
STEADY = (
    (re.compile(r'name="csrf" value="[^"]+"'), "CSRF"),
    (re.compile(r"[0-9A-HJKMNP-TV-Z]{26}"), "ID"),
    (re.compile(r"[0-9A-HJKMNP-TV-Z]{8}…"), "ID…"),
    (re.compile(r"\b[0-9a-f]{16}\b"), "HEX"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?"), "TIME"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r"(?<![\w+/-])[\w+/-]{43}=?(?![\w+/=-])"), "DIGEST"),  # roots, and ids of keys
    (re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{80,}=*"), "SIGNATURE"),
    (re.compile(r"law-[0-9a-f]{8}"), "ORIGIN"),
)


@dataclass
class Side:
    """One of the two nodes, its service, and the analyst in front of it."""

    node: Node
    server: Server
    client: httpx2.Client
    secret: str

    def came(self, path: str, accept: str = "text/html") -> tuple[int, str]:
        """What is answered, without what differs by itself."""
        answer = self.client.get(path, headers={"Accept": accept})
        text = answer.text.replace("\\n", "\n")
        text = text.replace(self.secret, "HIDDEN").replace(ABSENT, "HIDDEN")
        for pattern, word in STEADY:
            text = pattern.sub(word, text)
        return answer.status_code, text


def csv(folder: Path, name: str, head: str, rows: list[tuple[Any, ...]]) -> Path:
    path = folder / f"{name}.csv"
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", "utf-8")
    return path


def filled(folder: Path, which: int) -> Node:
    """A node whose hidden half is the first or the second of them."""
    create(folder / "node", "law")
    (folder / "node" / "keys" / "mask.keys").write_text(f"{'1' * 64}\n{'2' * 64}\n")
    (folder / "rules.yaml").write_text(RULES)
    node = doumen.open(folder / "node")
    owner = node.session()
    people = [(*row, 5000 + which * 7) for row in (*SHOWN, *HIDDEN[which])]
    secret, said = SECRET[which]
    owner.do("collect", path=csv(folder, "people", "id,name,phone,city,salary", people),
             as_dataset="city.people")  # fmt: skip
    owner.do("collect", path=csv(folder, "secret", "id,pay", [(1, 2)] * (1 + which)),
             as_dataset=secret)  # fmt: skip
    owner.do("contract edit", dataset=secret, changes=(f"table.description={said}",))
    owner.do("label set", target="city.people.salary", label=("personal", "core")[which])
    owner.do("label set", target=secret, label=("core", "important")[which])
    owner.do("term set", key="town", name_en="town")
    owner.do("meaning link", column="city.people.salary", term="town")
    owner.do("quality score", dataset="city.people")
    owner.do("quality score", dataset=secret)
    owner.do("actor add", name="ana", role=("analyst",))
    owner.do("actor add", name=("vic", "wil")[which], role=("steward",))
    owner.do("rule add", file=folder / "rules.yaml")
    owner.derive(f"select * from {secret}", "city.derived")
    return node


def padded(nodes: list[Node]) -> None:
    """Make both ledgers as long as the longer one."""
    sizes = [len(list(node.session().desk.entries())) for node in nodes]
    for node, size in zip(nodes, sizes, strict=True):
        for _ in range(max(sizes) - size):
            node.session().query("select 1").rows()


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Side, Side]]:
    with ExitStack() as stack:
        folders = [tmp_path_factory.mktemp(f"side{n}") for n in (0, 1)]
        nodes = [stack.enter_context(filled(folder, n)) for n, folder in enumerate(folders)]
        padded(nodes)
        made = []
        for which, (folder, node) in enumerate(zip(folders, nodes, strict=True)):
            server = serve(folder / "node", "--rate", "100000")
            stack.callback(server.close)
            link = node.session().do("session link", actor="ana").json["url"]
            client = httpx2.Client(base_url=server.url, timeout=60)
            stack.callback(client.close)
            token = re.search(r'name="csrf" value="([^"]+)"', client.get("/signin").text)
            assert token
            given = {"csrf": token[1], "do": "link", "ticket": link.partition("ticket=")[2]}
            assert client.post("/signin", data=given).status_code == 303
            made.append(Side(node, server, client, SECRET[which][0]))
        yield made[0], made[1]


def addresses(secret: str) -> list[str]:
    """Every page, those with names for what is shown, hidden and nowhere."""
    found = [f"/d?q={word}{more}" for word in WORDS for more in ("", "&brief=1", "&kind=column")]
    tabs = ("schema", "sample", "quality", "lineage", "contract", "use", "audit")
    names = ("city.people", secret, ABSENT)
    found += [f"/d/{name}?tab={tab}" for name in names for tab in tabs]
    for page in PAGES:
        if "{" not in page.path:
            found += [page.path, page.json_path]
        elif "{dataset}" in page.path:
            found += [
                each.replace("{dataset}", name)
                for name in names
                for each in (page.path, page.json_path)
            ]
        else:
            found.append(re.sub(r"\{[^}]+\}", "N-0123456789ABCDEFGHJKMNPQRS", page.path))
    return [one for one in found if not one.startswith(("/signout", "/trace/keys"))]


def test_every_page_shows_the_same(sides: tuple[Side, Side]) -> None:
    one, two = sides
    pairs = zip(addresses(one.secret), addresses(two.secret), strict=True)
    differing = {}
    seen = 0
    for here, there in pairs:
        left, right = one.came(here), two.came(there)
        seen += left[0] == 200
        if left != right:
            differing[here] = _first(left, right)
    assert differing == {}
    assert seen > len(WORDS)


def test_what_is_hidden_is_as_what_is_nowhere(sides: tuple[Side, Side]) -> None:
    for side in sides:
        for page in PAGES:
            if "{dataset}" in page.path:
                for path in (page.path, page.json_path):
                    hidden = side.came(path.replace("{dataset}", side.secret))
                    absent = side.came(path.replace("{dataset}", ABSENT))
                    assert hidden == absent, path


def test_the_difference_is_there_to_be_seen(sides: tuple[Side, Side]) -> None:
    told = [side.node.session().do("dataset list").json for side in sides]
    assert told[0] != told[1]
    texts = [side.came("/d")[1] for side in sides]
    assert "city.people" in texts[0]
    assert not any("derived" in text for text in texts)


def _first(left: tuple[int, str], right: tuple[int, str]) -> str:
    """Where two answers part."""
    if left[0] != right[0]:
        return f"{left[0]} and {right[0]}"
    at = next((n for n, (a, b) in enumerate(zip(left[1], right[1], strict=False)) if a != b), 0)
    return f"{left[1][max(0, at - 60) : at + 60]!r} and {right[1][max(0, at - 60) : at + 60]!r}"
