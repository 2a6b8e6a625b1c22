"""What tests of questions that broke share: what is asked, lost and settled between two nodes."""

from __future__ import annotations

from typing import Any

from tests import linked
from tests.linked import Linked, lost

from doumen.gate import remote, settle
from doumen.model.peer import Call, Streamed

TERMS = """
for: [research]
datasets: {w.hourly: {}}
quota: {queries: 100000}
"""
ALL = "SELECT city FROM w.hourly ORDER BY city"
QUERY, SETTLE, RECEIPTS = remote.PATH, settle.SETTLE, settle.RECEIPTS


def ask(two: Linked, key: str, sql: str = ALL) -> list[Any]:
    return two.port.session(None, "research").query(sql, agreement=key).rows()


def reconcile(two: Linked, key: str) -> tuple[int, int]:
    done = two.port.session().desk.exchange().reconcile(key)
    return done.reads, done.receipts


def lose_answer(path: str) -> linked.Bend:
    def bend(call: Call, answer: Streamed) -> Streamed:
        if call.address.endswith(path):
            b"".join(answer.pieces)
            raise lost()
        return answer

    return bend
