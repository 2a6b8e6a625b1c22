"""Whoever follows the page of schedules gets to its end, and verifies what it says of webhooks."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import doumen
from doumen.flows.alert.ways import webhook


def test_whoever_follows_the_page_gets_to_its_end(pages: dict[str, str], reader: Any) -> None:
    reader.follow("```\ndoumen init node --name Shop\ncd node\n```")
    with sqlite3.connect(Path.cwd() / "shop.db") as place:
        place.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
        place.execute("INSERT INTO orders VALUES (1), (2)")
    place.close()
    Path("shop.yaml").write_text(
        "source: sqlite\npath: shop.db\nstreams: {shop.orders: {table: orders, cursor: id}}\n"
    )
    reader.follow("```\ndoumen source add shop shop.yaml\n```")
    reader.follow(pages["schedules.md"])
    assert reader.typed >= 13
    with doumen.open() as node:
        (run,) = node.session().do("schedule show", name="nightly").json["runs"]
        assert (run["state"], run["exit"]) == ("done", 0)
        assert node.session().query("SELECT count(*) FROM shop.orders").rows() == [(2,)]


def test_what_the_page_verifies_a_signature_by_does(pages: dict[str, str]) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", pages["schedules.md"], re.MULTILINE | re.DOTALL)
    found: dict[str, Any] = {}
    exec(compile(code, "schedules.md", "exec"), found)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body, now = b'{"type":"test"}', int(datetime.now(UTC).timestamp())
    headers = webhook.signed("N1", now, body, webhook.key(secret))
    assert found["verified"](headers, body, secret)
    assert not found["verified"](headers, body + b" ", secret)
    headers["webhook-signature"] = "v1,b3RoZXI= " + headers["webhook-signature"]
    assert found["verified"](headers, body, secret)
