"""A real service on loopback over a real node, with an owner, a steward and an analyst."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.served import Server, serve

import doumen
from doumen.faces.cli.app import main
from doumen.faces.cli.show import pieces
from doumen.model.errors import DoumenError
from doumen.session import Node, create

PEOPLE = "id,name,phone,city,born\n" + "".join(
    f"{n},P{n},138-0000-{n:04d},{'Wenzhou' if n % 2 else 'Ningbo'},19{n % 90 + 10}-01-02\n"
    for n in range(1, 41)
)
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
RULES = """rules:
  - id: analysts-read-people
    permit: query
    who: {role: analyst}
    on: city.people
    for: [research]
    duties:
      - filter: "city = 'Wenzhou'"
      - mask: {column: phone, method: partial, keep_start: 3}
  - id: analysts-read-big
    permit: query
    who: {role: analyst}
    on: city.big
"""


@dataclass(frozen=True)
class World:
    """A node with people and their tokens."""

    folder: Path
    tokens: Mapping[str, str]
    node: Node

    @property
    def temporary(self) -> Path:
        """Where the services of this node put what is there for a moment."""
        return self.folder.parent / "temporary"

    def told(self, words: str, actor: str = "owner", purpose: str = "", **given: Any) -> Any:
        """What the command line prints for an operation, or its error, without a process."""
        try:
            outcome = self.node.session(actor, purpose or None).do(words, **given)
        except DoumenError as error:
            return {"error": error.as_json()}
        return json.loads("".join(pieces(outcome.json)))

    def cli(self, *arguments: str, actor: str = "owner", purpose: str = "") -> Any:
        """What the command line answers, as JSON: of standard output, or the error."""
        who = ["--as", actor, *(["--for", purpose] if purpose else [])]
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            main(["--json", "--node", str(self.folder), *who, *arguments])
        return json.loads(out.getvalue() or err.getvalue())


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The node; `city.big` has an answer larger than what is recorded before it is given."""
    folder = tmp_path_factory.mktemp("web") / "node"
    create(folder, "City bureau")
    text = (folder / "doumen.toml").read_text("utf-8")
    text = text.replace("small_answer_mib = 32", "small_answer_mib = 1")
    (folder / "doumen.toml").write_text(text, "utf-8")
    source, rules = folder.parent / "people.csv", folder.parent / "rules.yaml"
    source.write_text(PEOPLE, "utf-8")
    rules.write_text(RULES, "utf-8")
    tokens = {}
    with doumen.open(folder) as node:
        owner = node.session()
        owner.do("collect", path=source, as_dataset="city.people")
        owner.derive("select i as id, 'row ' || i as text from range(120000) t(i)", "city.big")
        owner.do("actor add", name="ana", role=("analyst",), purpose=("research",))
        owner.do("actor add", name="sue", role=("steward",))
        owner.do("actor add", name="aud", role=("auditor",))
        owner.do("rule add", file=rules)
        for name in ("owner", "ana", "sue", "aud"):
            made = owner.do("token add", actor=name, scope=("read", "write"))
            tokens[name] = str(made.json["token"])
        tokens["reader"] = str(owner.do("token add", actor="owner").json["token"])
        yield World(folder, tokens, node)


@pytest.fixture(scope="session")
def start(world: World) -> Iterator[Callable[..., Server]]:
    """Starts services; all of them are ended."""
    running: list[Server] = []

    def starting(*options: str) -> Server:
        world.temporary.mkdir(exist_ok=True)
        place = {"TMPDIR": str(world.temporary)}
        running.append(serve(world.folder, *options, environment=place))
        return running[-1]

    yield starting
    for server in running:
        server.close()


@pytest.fixture(scope="session")
def server(start: Callable[..., Server]) -> Server:
    """One service for the tests that do not stop it."""
    return start("--rate", "10000", "--upload-mib", "4", "--patience", "2")


@pytest.fixture(scope="session")
def http(server: Server, world: World) -> Iterator[Callable[..., httpx2.Client]]:
    """A client with the token of an actor; none where the name is empty."""
    clients: list[httpx2.Client] = []

    def client(name: str = "owner", purpose: str = "", **headers: str) -> httpx2.Client:
        if name:
            headers["Authorization"] = f"Bearer {world.tokens[name]}"
        if purpose:
            headers["Doumen-Purpose"] = purpose
        clients.append(httpx2.Client(base_url=server.url, headers=headers, timeout=60))
        return clients[-1]

    yield client
    for one in clients:
        one.close()


@dataclass
class Browser:
    """Somebody who is signed in, as a client that keeps cookies and sends forms."""

    client: httpx2.Client

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """A page, as it comes; where it sends on is not followed."""
        return self.client.get(path, headers={"Accept": "text/html", **headers})

    def twin(self, path: str) -> Any:
        """The JSON of a page."""
        place, mark, query = path.partition("?")
        return self.client.get(f"{place}.json{mark}{query}").json()

    def token(self, path: str) -> str:
        """The token of the forms of a page."""
        found = CSRF.search(self.get(path).text)
        assert found, f"{path} has no form"
        return found.group(1)

    def post(self, path: str, do: str, /, files: Any = None, **fields: Any) -> httpx2.Response:
        """Send a form of a page as its button `do` does."""
        given = {"csrf": self.token("/"), "do": do, **fields}
        return self.client.post(path, data=given, files=files)


@pytest.fixture(scope="session")
def visitor(server: Server, world: World) -> Iterator[Callable[[str], Browser]]:
    """Signs an actor in by a one-time link; nobody where the name is empty."""
    clients: list[httpx2.Client] = []

    def browser(name: str = "owner") -> Browser:
        client = httpx2.Client(base_url=server.url, timeout=60)
        clients.append(client)
        found = Browser(client)
        if name:
            link = world.node.session().do("session link", actor=name).json["url"]
            ticket = link.partition("ticket=")[2]
            given = {"csrf": found.token("/signin"), "do": "link", "ticket": ticket, "next": "/"}
            answer = client.post("/signin", data=given)
            assert answer.status_code == 303, answer.text
            found.get("/")  # which tells that one is signed in, and tells it once
        return found

    yield browser
    for client in clients:
        client.close()
