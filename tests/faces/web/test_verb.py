"""Operations over HTTP: the same JSON as on the command line, and the same errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from doumen.faces.web.routes import address, methods
from doumen.operations import by_name, find

Client = Callable[..., httpx2.Client]

LOOKS: list[tuple[str, dict[str, Any]]] = [
    ("dataset list", {}),
    ("describe", {"dataset": "city.people"}),
    ("contract show", {"dataset": "city.people"}),
    ("contract infer", {"dataset": "city.people"}),
    ("contract history", {"dataset": "city.people"}),
    ("contract diff", {"dataset": "city.people"}),
    ("contract test", {"dataset": "city.people"}),
    ("actor list", {}),
    ("purpose list", {}),
    ("rule list", {}),
    ("rule explain", {"id": "analysts-read-people"}),
    ("rule export", {}),
    ("label list", {}),
    ("token list", {}),
    ("key show", {}),
    ("ledger head", {}),
    ("ledger prove", {"old": 2}),
    ("ledger verify", {}),
]


@pytest.mark.parametrize("actor", ["owner", "ana"])
@pytest.mark.parametrize(("words", "given"), LOOKS, ids=[words for words, _ in LOOKS])
def test_it_tells_what_the_command_line_tells(
    http: Client, world: Any, words: str, given: dict[str, str], actor: str
) -> None:
    operation = find(words.split())
    told = world.told(words, actor, **given)
    posted = http(actor).post(address(operation), json=given)
    asked = http(actor).get(address(operation), params=given)
    for response in (posted, asked):
        body = response.json()
        if "error" in told:
            assert response.headers["content-type"] == "application/problem+json"
            assert {k: body[k] for k in told["error"]} == told["error"]
        else:
            assert response.status_code == 200, body
            assert steady(body) == steady(told)
            assert set(operation.gives) <= set(body)


def steady(body: dict[str, Any]) -> dict[str, Any]:
    """Without the receipts of queries that were run anew."""
    return {k: v for k, v in body.items() if k not in {"receipt", "receipts"}}


def test_every_verb_is_offered_or_says_why_not() -> None:
    local = {words for words, operation in by_name().items() if operation.local}
    assert local == {
        "init", "demo", "serve", "migrate", "worker", "job wait", "doctor", "key rotate",
        "ledger export",
        "attach", "prove", "token add", "agreement dispute",
        "backup make", "backup list", "backup verify", "restore",
        "source add", "source test", "source discover", "source preview", "source run",
        "quarantine export", "dataset extract", "proposal review",
        "schedule add", "alert add", "alert test",
        "account set", "account password", "account totp", "session link",
        "provider set", "provider test",
    }  # fmt: skip
    changing = {w for w, o in by_name().items() if methods(o) == ("POST",)} - local
    assert {w for w, _ in LOOKS}.isdisjoint(changing)
