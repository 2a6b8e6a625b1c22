"""Readers of granted files, and a service that they read from.

Those that sign by themselves sign as they like: by the keys of a grant, or by what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from obstore.store import S3Store
from tests.served import Server, serve

import doumen
from doumen.kits.standards.s3.signature import (
    EMPTY,
    Scope,
    Signed,
    canonical_request,
    signature_of,
)
from doumen.session import Node, create

KEEP = """
select i as id, 'row ' || i as text, (i * 1.5)::DOUBLE as x, (i / 7)::DECIMAL(12, 2) as d,
    DATE '2026-01-01' + (i % 300)::INTEGER as day,
    TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND as t,
    [i, NULL] as list, {'a': i, 'b': 'é'} as struct, i % 2 = 0 as even, NULL::BIGINT as empty
from range(3000) t(i)
"""
RULES = """rules:
  - {id: see, permit: query, who: {role: analyst}, on: city.*}
  - {id: take, permit: files, who: {role: analyst}, on: city.*}
"""
LOG = "_delta_log/00000000000000000000.json"


def scope_of(moment: datetime) -> Scope:
    return Scope(f"{moment:%Y%m%d}", "us-east-1", "s3")


def signed(key: str, secret: str, moment: datetime | None = None) -> Signed:
    """A request for nothing in particular."""
    moment, canonical = (moment or datetime.now(UTC)).replace(microsecond=0), b"GET\n/s3/a.b/c"
    made = signature_of(canonical, scope_of(moment), moment, secret)
    return Signed(key, moment, scope_of(moment), canonical, made)


def headers(
    url: str,
    key: str,
    secret: str,
    *,
    method: str = "GET",
    moment: datetime | None = None,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers of a signed request for an address."""
    parts, moment = urlsplit(url), moment or datetime.now(UTC)
    given = {
        "host": parts.netloc,
        "x-amz-content-sha256": EMPTY,
        "x-amz-date": f"{moment:%Y%m%dT%H%M%SZ}",
        **(more or {}),
    }
    names = sorted(given)
    canonical = canonical_request(
        method, parts.path.encode(), parts.query.encode(),
        headers={name: [value.encode()] for name, value in given.items()},
        names=names, payload=given["x-amz-content-sha256"],
    )  # fmt: skip
    made = signature_of(canonical, scope_of(moment), moment, secret)
    credential = f"{key}/{scope_of(moment)}"
    text = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={';'.join(names)}, "
        f"Signature={made}"
    )
    return {**given, "authorization": text}


@dataclass(frozen=True)
class House:
    """A node with its service."""

    node: Node
    server: Server
    folder: Path

    def files(self, dataset: str, actor: str = "ana") -> dict[str, Any]:
        """A grant, as the command line gives it."""
        session = self.node.session(actor)
        return dict(session.do("dataset files", dataset=dataset, endpoint=self.server.url).json)

    def ask(
        self, given: Mapping[str, Any], path: str, method: str = "GET", **changed: Any
    ) -> httpx2.Response:
        """A request that is signed as it should be, but for what is changed."""
        options = given["storage_options"]
        url = f"{self.server.url}{path}"
        key = changed.pop("key", options["aws_access_key_id"])
        secret = changed.pop("secret", options["aws_secret_access_key"])
        extra, body = changed.pop("extra", {}), changed.pop("body", b"")
        told = headers(url, key, secret, method=method, **changed)
        return httpx2.request(method, url, headers={**told, **extra}, content=body)


def code(answer: httpx2.Response) -> str:
    """The code of an error of S3."""
    assert answer.headers["content-type"] == "application/xml"
    return answer.text.partition("<Code>")[2].partition("</Code>")[0]


def store_of(uri: str, options: Mapping[str, str]) -> S3Store:
    config = {k: v for k, v in options.items() if k != "allow_http"}
    return S3Store(
        uri.removeprefix("s3://"), config=config,  # type: ignore[arg-type]  # all of it is known
        client_options={"allow_http": True}, retry_config={"max_retries": 0},
    )  # fmt: skip


@contextmanager
def granting(folder: Path) -> Iterator[House]:
    """The node, made in a folder, and its service."""
    create(folder / "node", "City bureau")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        owner.derive(KEEP, "city.rides")
        for number, text in enumerate(("id,name\n1,Ann\n2,Bob\n", "id,name\n3,Cyn\n")):
            (folder / f"{number}.csv").write_text(text)
            owner.do("collect", path=folder / f"{number}.csv", as_dataset="city.people")
        (folder / "names.csv").write_text("id\n7\n")
        owner.do("collect", path=folder / "names.csv", as_dataset="交通.航班")
        (folder / "rules.yaml").write_text(RULES)
        owner.do("actor add", name="ana", role=("analyst",))
        owner.do("rule add", file=folder / "rules.yaml")
        server = serve(folder / "node", "--rate", "10000", "--patience", "2")
        try:
            yield House(node, server, folder)
        finally:
            server.close()
