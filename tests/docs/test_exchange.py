"""The ways from two empty folders to an answer, as the pages tell them, on two running services."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests import served

import doumen

SERVED = re.compile(r"^doumen --node (~/\S+) serve --port (\d+) .*&$", re.MULTILINE)
Follow = Callable[[str], None]


@pytest.fixture
def follow(reader: Any, tmp_path: Path) -> Iterator[Follow]:
    """Types the commands of a text; `serve … &` becomes a service at a port that is free."""
    ports: dict[str, str] = {}
    with ExitStack() as stack:

        def port(match: re.Match[str]) -> str:
            if match[0] not in ports:
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", 0))
                    ports[match[0]] = str(probe.getsockname()[1])
            return ports[match[0]]

        def typed(text: str) -> None:
            moved = re.sub(r"\b847[1-9]\b", port, text)
            for part in re.split(r"^(?=doumen --node \S+ serve)", moved, flags=re.MULTILINE):
                line, _, rest = part.partition("\n")
                found = SERVED.match(line)
                if found is not None:
                    folder = tmp_path / found[1].removeprefix("~/")
                    stack.callback(served.serve(folder, "--port", found[2]).close)
                before, named, after = (rest if found else part).partition("A-4QZXGF2M")
                whole, _, begun = before.rpartition("\n") if named else (before, "", "")
                reader.follow(f"```\n{whole}\n```")
                if named:
                    key = _agreed(tmp_path)
                    reader.follow(f"```\n{begun}{key}{after.replace(named, key)}\n```")

        yield typed


def _agreed(home: Path) -> str:
    """The agreement that there is, which the pages call by a name of their own."""
    for path in sorted(home.glob("*/doumen.toml")):
        with doumen.open(path.parent) as node:
            for found in node.session().do("agreement list").json["agreements"]:
                return str(found["agreement"])
    raise AssertionError("nothing was agreed")


def _blocks(text: str) -> list[str]:
    return re.findall(r"^```bash\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _section(page: str, heading: str) -> str:
    return page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_whoever_negotiates_and_asks_as_the_page_says_gets_an_answer(
    pages: dict[str, str], follow: Follow, capsys: pytest.CaptureFixture[str]
) -> None:
    page = pages["exchange.md"]
    begin, decide, ask = _blocks(_section(page, "Negotiations"))
    (offer,) = re.findall(r"^```\n(doumen init ~/weather.*?)^```$", page, re.MULTILINE | re.DOTALL)
    first, _, rest = offer.partition("\n")
    follow(begin)
    follow(first.partition(" && ")[2])
    follow("".join(f"{line}\n" for line in rest.splitlines() if " show " not in line))
    follow(decide)
    follow(ask)
    capsys.readouterr()
    follow("".join(_blocks(_section(page, "Use"))))
    told = capsys.readouterr().out
    assert '["JFK","[10, 15)"]' in told
    assert told.splitlines()[-1].startswith('{"columns":[{"name":"count_star()"')


def test_whoever_shares_as_the_readme_says_gets_an_answer(
    pages: dict[str, str], follow: Follow, capsys: pytest.CaptureFixture[str]
) -> None:
    page = pages["README.md"]
    (file,) = re.findall(r"^cat > ~/people\.csv.*?^END$", page, re.MULTILINE | re.DOTALL)
    follow(file)
    for block in _blocks(page):
        follow(block)
    answer, used = capsys.readouterr().out.splitlines()[-2:]
    assert '"rows":[[2]]' in answer
    assert '"queries":1,"rows":1,"left":99' in used
    assert _blocks(pages["README.zh.md"]) == _blocks(page)
