"""What stands around a request: an error nobody knows is told and logged by its kind alone."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest

from doumen.faces.web.outer import Gone, Outer
from doumen.model.errors import Unavailable
from doumen.model.message import msg

MARK = "canary 138-0000"


def answered(
    caplog: pytest.LogCaptureFixture, error: Exception, begun: bool = False, language: str = ""
) -> tuple[list[Any], dict[str, Any]]:
    """What is sent and logged where an application raises this."""

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    receive: Callable[[], Any] = asyncio.Event().wait
    logger = logging.getLogger("doumen.access")
    logger.propagate = True
    with caplog.at_level(logging.INFO, "doumen.access"):
        heads = [(b"accept-language", language.encode("latin-1"))] if language else []
        scope = {"type": "http", "method": "POST", "headers": heads, "path": f"/{MARK}"}
        asyncio.run(Outer(inner)(scope, receive, send))
    return sent, caplog.records[-1].fields  # type: ignore[attr-defined]  # of our own


def test_an_error_nobody_knows(caplog: pytest.LogCaptureFixture) -> None:
    (head, body), line = answered(caplog, KeyError(MARK))
    told = json.loads(body["body"])
    assert (head["status"], told["code"], told["rule"]) == (500, "internal", None)
    assert "KeyError" in told["why"]
    assert (line["error"], line["status"]) == ("KeyError", 500)
    assert re.fullmatch(r"test_outer.py:\d+ inner", line["at"][-1])
    assert MARK not in body["body"].decode() + str(line)


def test_an_answer_that_has_begun_is_broken_off(caplog: pytest.LogCaptureFixture) -> None:
    sent, line = answered(caplog, Unavailable(msg("Gone."), detail="engine"), begun=True)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert (line["ended"], line["code"]) == ("broken off", "unavailable.engine")
    sent, line = answered(caplog, Gone())
    assert (sent, line["ended"], line["status"]) == ([], "client gone", 0)


def test_what_may_be_tried_again_says_when(caplog: pytest.LogCaptureFixture) -> None:
    (head, _), _ = answered(caplog, Unavailable(msg("Busy."), detail="busy"))
    assert (b"retry-after", b"1") in head["headers"]


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [("", "en", "Not available now"), ("zh-CN,zh;q=0.9", "zh", "暂不可用"), ("\xff", "en", "Not")],
)
def test_a_problem_is_told_in_the_language_that_is_asked_for(
    caplog: pytest.LogCaptureFixture, asked: str, language: str, title: str
) -> None:
    error = Unavailable(msg("The answer is larger than one answer may be."), detail="busy")
    (head, body), _ = answered(caplog, error, language=asked)
    told = json.loads(body["body"])
    assert told["title"].startswith(title)
    assert told["code"] == "unavailable.busy"
    assert told["detail"] == told["what"]
    assert ("答案" in told["what"]) is (language == "zh")
    assert (b"content-language", language.encode()) in head["headers"]
    assert (b"vary", b"Accept-Language") in head["headers"]
