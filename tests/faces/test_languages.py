"""Which language somebody is answered in, and that nothing kept is in any but English."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from doumen.faces import languages
from doumen.faces.cli.app import main
from doumen.faces.languages import catalogue, named, negotiated, understood, wanted
from doumen.model.errors import Invalid
from doumen.model.message import msg

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "de_DE.UTF-8"}, "zh"),
        ({"LANG": "zh_CN", "LC_MESSAGES": "de_DE", "LC_ALL": ""}, "en"),
        ({"LANG": "zh_CN", "DOUMEN_LANG": "en"}, "en"),
        ({"LANG": "C", "DOUMEN_LANG": "zh-Hans"}, "zh"),
        ({"DOUMEN_LANG": "", "LANG": "POSIX"}, "en"),
    ],
)
def test_an_environment_wants_a_language(environment: dict[str, str], language: str) -> None:
    assert wanted(environment) == language


def test_a_language_that_there_is_not_is_told_with_those_that_there_are() -> None:
    assert understood("ZH_cn.UTF-8@x") == "zh"
    assert understood("tlh") is None
    with pytest.raises(Invalid, match="no language `tlh`") as error:
        wanted({"DOUMEN_LANG": "tlh"})
    assert "`DOUMEN_LANG`" in str(error.value.why)
    assert error.value.next == "There are `en`, `zh`."
    with pytest.raises(Invalid):
        named("", "--lang")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.8, zh-Hans;q=0.9", "zh"),
        ("zh;q=0.2, en", "en"),
        ("fr, zh;q=0.5", "zh"),
        ("fr, de", "en"),
        ("zh;q=0", "en"),
        ("zh;q=nan, en;q=0.1", "en"),
        ("zh;q=7", "en"),
        ("zh;q=much", "en"),
        ("zh;level=1", "zh"),
        ("*", "en"),
        ("*;q=0.1, zh;q=0.5", "zh"),
        (",;,q=1", "en"),
    ],
)
def test_a_header_is_negotiated(header: str, language: str) -> None:
    assert negotiated(header) == language


def test_catalogues() -> None:
    assert catalogue("en")("yes") == "yes"
    assert catalogue("zh")("yes") == "是"
    assert catalogue("zh")("") == ""
    assert catalogue("zh")("There is no such sentence.") == "There is no such sentence."


def test_chinese_is_loaded_at_once() -> None:
    languages.catalogue.cache_clear()
    begun = time.process_time()
    catalogue("zh")
    assert time.process_time() - begun < 0.05


@pytest.fixture
def spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, str, str]]:
    """What a first day with a node says in Chinese, line by line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOUMEN_LANG", "zh")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "argv", ["doumen"])
    Path("a.csv").write_text("id,name,n\n" + "".join(f"{i},P{i},{i}\n" for i in range(40)))
    Path("r.yaml").write_text(
        "rules:\n  - id: all-read\n    permit: query\n    who: {role: analyst}\n    on: x.a\n"
        "    duties:\n      - filter: \"name <> 'P1'\"\n      - limit: 7\n"
        "      - mask: {column: name, method: partial, keep_start: 1}\n"
    )
    lines = (
        "init . --name Bureau",
        "collect a.csv --as-dataset x.a",
        "describe x.a",
        "contract test x.a",
        "label set x.a.name personal",
        "actor add ana --role analyst",
        "rule add r.yaml",
        "rule list",
        "rule explain all-read",
        "query --as ana",
        "query --as ana --explain",
        "query --bad",
        "ledger verify",
        "doctor",
        "receipt show RECEIPT",
    )
    said: dict[str, tuple[int, str, str]] = {}
    receipt = ""
    for line in lines:
        words = line.replace("RECEIPT", receipt).split()
        if words[0] == "query":
            words.insert(1, "select count(*) as n from x.a")
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([*words, "--table"])
        said[line] = (code, out.getvalue(), err.getvalue())
        receipt = next(iter(re.findall(r"[0-9A-Z]{26}", err.getvalue())), receipt)
    return said


def test_a_day_in_chinese_is_kept_in_english(spoken: dict[str, tuple[int, str, str]]) -> None:
    codes = {line: code for line, (code, _, _) in spoken.items() if code}
    assert codes == {"query --bad": 2}
    assert "入库" in spoken["collect a.csv --as-dataset x.a"][1]
    assert "没有选项" in spoken["query --bad"][2]
    assert "仅含前 1 个字符" in spoken["rule explain all-read"][1]
    out = io.StringIO()
    with redirect_stdout(out):
        main(["ledger", "export", "out", "--json"])
        main(["contract", "show", "x.a", "-o", "c.yaml"])
        main(["rule", "export", "-o", "rules.yaml", "--format", "yaml"])
        main(["query", "select * from sys.events", "--json"])
        main(["query", "select * from sys.rules", "--json"])
    kept = [out.getvalue(), *(p.read_text("utf-8") for p in Path("out").iterdir())]
    kept += [Path(name).read_text("utf-8") for name in ("c.yaml", "rules.yaml", "doumen.toml")]
    assert all(kept)
    assert [text[:200] for text in kept if CHINESE.search(text)] == []


def test_what_programs_read_is_the_same_in_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shapes = []
    for language in ("en", "zh"):
        assert main(["describe", "no.such", "--lang", language, "--node", str(tmp_path)]) == 3
        shapes.append(json.loads(capsys.readouterr().err)["error"])
    english, chinese = shapes
    assert english.keys() == chinese.keys()
    assert english["code"] == chinese["code"]
    assert english["what"] != chinese["what"]


def test_messages_that_cannot_be_formatted_are_not() -> None:
    """A template that the catalogue does not know is never formatted a second time."""
    message = msg("No such {sentence}.", sentence="{0.__class__}")
    assert message.into(catalogue("zh")) == "No such {0.__class__}."
