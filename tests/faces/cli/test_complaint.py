"""What is wrong with a command line, in both languages: click's own words reach nobody."""

from __future__ import annotations

from typing import Any

import click
import pytest

from doumen.faces.cli.complaint import complaint
from doumen.faces.languages import catalogue
from doumen.model.message import msg


@pytest.mark.parametrize(
    ("line", "english", "chinese"),
    [
        ("query", "Missing argument 'SQL'.", "缺少参数 'SQL'。"),
        ("init x", "Missing option '--name'.", "缺少选项 '--name'。"),
        ("completion", "Missing argument '{bash|zsh|fish}'. Choose from bash, zsh, fish.",
         "缺少参数 '{bash|zsh|fish}'。可选：bash、zsh、fish。"),
        ("completion tcsh", ": 'tcsh' is not one of 'bash', 'zsh', 'fish'.",
         " 的值无效：'tcsh' 不在可选值之内：'bash'、'zsh'、'fish'。"),
        ("doctor --mendd", "No such option '--mendd'. Did you mean '--mend', '--node'?",
         "没有选项 '--mendd'。是否想写 '--mend'、'--node'？"),
        ("doctor --zzz", "No such option '--zzz'.", "没有选项 '--zzz'。"),
        ("doctor --mend=1", "Option '--mend' does not take a value.", "选项 '--mend' 不带值。"),
        ("query x -o", "Option '-o' requires an argument.", "选项 '-o' 需要一个值。"),
        ("serve --port x", "Invalid value for '--port': 'x' is not a valid integer.",
         "'--port' 的值无效：'x' 不是有效的整数。"),
        ("contract", "Missing command.", "缺少命令。"),
        ("contract shw x", "There is no command `contract shw`. Did you mean `contract show`?",
         "没有命令 `contract shw`。是否想写 `contract show`？"),
        ("doctor a b", "There is nothing that `a`, `b` could be.", "`a`、`b` 无从解释。"),
        ("doctor --lang tlh", "There is no language `tlh`.", "没有语言 `tlh`。"),
    ],
)  # fmt: skip
def test_usage(doumen: Any, line: str, english: str, chinese: str) -> None:
    for language, said in (("en", english), ("zh", chinese)):
        shown = doumen("--lang", language, *line.split(), terminal=True)
        told = shown.err or shown.out
        if line == "contract" and "Usage" not in said and said not in told:
            assert told.startswith(("Usage:", "用法："))  # no word at all shows the page
            continue
        assert said in told.replace("\n", " "), told
        assert shown.code == 2


def test_what_click_says_otherwise_is_kept() -> None:
    assert complaint(click.UsageError("Something else.")) == "Something else."
    assert complaint(click.BadParameter("is odd")) == "Invalid value: is odd"
    assert complaint(click.BadParameter("is odd", param_hint=["a", "b"])) == (
        "Invalid value for 'a' / 'b': is odd"
    )
    own = click.UsageError(msg("There is no command `{name}`.", name="x"))
    assert complaint(own).into(catalogue("zh")) == "没有命令 `x`。"
    assert complaint(click.UsageError("Missing command.")).into(catalogue("zh")) == "缺少命令。"


def test_a_wrong_language_of_the_environment_is_told(
    doumen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUMEN_LANG", "tlh")
    shown = doumen("doctor", terminal=True)
    assert (shown.code, "`en`, `zh`" in shown.err) == (2, True)
    assert doumen("--help", "--lang=zh", terminal=True).out.startswith("用法：")
