"""The catalogue is held to the code, and its check can fail."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from tests.script import loaded

SOURCE = """
from doumen.model.message import msg
one = msg("There is no dataset `{ref}`.", ref=1)
"""


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    return loaded("messages")


def test_the_catalogue_holds(messages: ModuleType) -> None:
    assert messages.main(["--check"]) == 0
    assert messages.main(["--other"]) == 2


def test_calls_that_cannot_be_gathered_are_faults(messages: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        SOURCE + "msg(one)\nmsg('a {b}', c=1)\nmsg('a' 'b')\nmsg(f'{one}')\nother('no')\n"
    )
    found = messages.gather(tmp_path)
    assert "There is no dataset `{ref}`." in found.texts
    assert "ab" in found.texts
    assert [fault.partition(": ")[0] for fault in found.faults] == ["a.py:4", "a.py:5", "a.py:7"]


def test_what_is_wrong_is_found(
    messages: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gathered = messages.Gathered()
    for text in ("one `{ref}`", "two", "three", "four"):
        gathered.add(text, "a.py")
    monkeypatch.setattr(messages, "gather", lambda: gathered)
    assert messages.main([], tmp_path) == 1
    po = tmp_path / "doumen.po"
    text = po.read_text(encoding="utf-8")
    for english, chinese in (("one `{ref}`", "一 `{other}`"), ("three", "三"), ("four", "四")):
        text = text.replace(
            f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{chinese}"'
        )
    text = text.replace('msgid "four"', '#, fuzzy\nmsgid "four"')
    po.write_text(text + '\nmsgid "gone"\nmsgstr "走"\n', encoding="utf-8")
    capsys.readouterr()
    assert messages.main(["--check"], tmp_path) == 1
    assert sorted(capsys.readouterr().err.splitlines()) == [
        "no translation: two",
        "nobody says it: gone",
        "the compiled catalogue is stale",
        "the translation speaks of other things: one `{ref}`",
        "unsure translation: four",
    ]
    po.write_text(
        po.read_text("utf-8")
        .replace("{other}", "{ref}")
        .replace('"two"\nmsgstr ""', '"two"\nmsgstr "二"'),
        encoding="utf-8",
    )
    assert messages.main([], tmp_path) == 0
    assert messages.main(["--check"], tmp_path) == 0
    assert "gone" not in po.read_text(encoding="utf-8")
