"""A running service over the node of the demo, and the three people who come to it by token."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import doumen
from doumen.client import Remote
from doumen.model.errors import DoumenError
from story import word

PEOPLE = ("owner", "ana", "vera")
_AT = re.compile(r"running on (https?://\S+)")


def tokens(node: Path) -> dict[str, str]:
    """A token for each, as the owner makes them on the machine of the node."""
    with doumen.open(node) as opened:
        owner = opened.session()
        return {
            name: str(owner.do("token add", actor=name, scope=("read", "write")).json["token"])
            for name in PEOPLE
        }


@contextmanager
def served(node: Path, log: Path) -> Iterator[str]:
    """The address of the node while it is served; its log goes to a file."""
    with log.open("w+", encoding="utf-8") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "doumen", "--node", str(node), "serve", "--port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"DOUMEN_LANG": "en"},
        )
        assert process.stderr is not None
        url = ""
        for line in process.stderr:
            lines.write(line)
            found = _AT.search(line)
            if found:
                url = found[1]
                break
        try:
            if not url:
                sys.exit(f"error: {log}")
            yield url
        finally:
            process.terminate()
            lines.write(process.stderr.read())
            process.wait(60)


def tell(node: Path, question: str, local: list[tuple[object, ...]], folder: Path) -> None:
    """Everyone comes over the network; each gets what they get on the machine of the node.

    Args:
        node: The node of the demo.
        question: What the analyst asked before.
        local: What she was told.
        folder: Where the log and a file to send lie.
    """
    keys = tokens(node)
    with served(node, folder / "service.log") as url:
        print(f"$ doumen serve          # {url}", flush=True)
        with doumen.connect(url, keys["ana"], purpose="research") as ana:
            answer = ana.query(question)
            rows = answer.rows()
            if rows != local:
                sys.exit(word("differs"))
            print(f"  ana    {word('asks', rows=len(rows), receipt=answer.receipt)}")
        with doumen.connect(url, keys["vera"]) as vera:
            print(f"  vera   {word('not', code=_code(vera, question))}")
        with doumen.connect(url, keys["owner"]) as owner:
            job = owner.submit(
                "collect", path=folder / "files" / "airlines.csv", as_dataset="office.airlines"
            )
            told = owner.wait(job.json["job"], seconds=60).json
            landed = (told["outcome"] or {}).get("landed")
            print(f"  owner  {word('job', landed=landed, state=_state(told))}")
        changed = keys["owner"][:-1] + ("0" if keys["owner"][-1] != "0" else "1")
        with doumen.connect(url, changed) as stranger:
            print(f"  ?      {word('wrong', code=_code(stranger, 'select 1'))}", flush=True)


def _state(told: Mapping[str, Any]) -> str:
    return word("state") if told["state"] == "done" else str(told["state"])


def _code(node: Remote, question: str) -> str:
    try:
        node.query(question).rows()
    except DoumenError as error:
        return error.code
    sys.exit(word("differs"))


def serve(node: Path) -> None:
    """Leave the node running, for whoever wants to try it."""
    print(word("serving"))
    for name, token in tokens(node).items():
        print(f"  {name:<6} {token}")
    print(json.dumps({"node": str(node.resolve())}), flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "doumen", "--node", str(node), "serve"])


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
