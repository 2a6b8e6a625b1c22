"""The page on the service holds: its blocks for Python and curl run against one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "service.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8470"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_python(server: Any, world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = blocks("python")
    code = block.replace(ADDRESS, server.url).replace("TOKEN", world.tokens["ana"])
    exec(compile(code, "service.md", "exec"), {})
    rows, receipt, columns = capsys.readouterr().out.splitlines()
    assert rows == "19"
    assert len(receipt) == 26
    assert "phone" in columns


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
def test_curl(server: Any, world: Any, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,name\n1,Ann\n", "utf-8")
    found = []
    for block, actor in zip(blocks("curl"), ("ana", "owner"), strict=True):
        script = block.replace(ADDRESS, server.url).replace("city.people -F path", "doc.p -F path")
        environment = {"TOKEN": world.tokens[actor], "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            ["sh", "-ec", script], cwd=tmp_path, env=environment, capture_output=True, check=True
        )
        found.append(done.stdout.decode())
    assert found[0].startswith('"city","n"\n"Wenzhou",19\n')
    assert '"landed": 1' in found[1]
