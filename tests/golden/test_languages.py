"""What is golden in Chinese is Chinese, and stands in measure on a terminal of 80 columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from rich.cells import cell_len

from doumen.faces.languages import LANGUAGES

HERE = Path(__file__).parent
FOLDERS = [HERE / language for language in LANGUAGES]
CATALOGUE = HERE.parents[1] / "src" / "doumen" / "locale" / "zh_CN" / "LC_MESSAGES" / "doumen.po"
CHINESE = sorted((HERE / "zh").rglob("*.txt"))
_NAMES = re.compile(r"`[^`]*`|'[^']*'|\{.*\}|doumen .*|select .*|curl .*|\S*[._/=<>|-]\S*")
"""What is the same in every language: names, commands, statements, JSON, options, paths."""
_KEPT = re.compile(r"Number of the plane\.|United Air Lines Inc|American Airlines Inc|"
                   r"Open Data Contract Standard")  # fmt: skip
_ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[,;:]? [A-Za-z]{2,}){2,}")


def english(text: str) -> list[str]:
    """Three words in a row that are no names."""
    text = _NAMES.sub("", _KEPT.sub("", text))
    return [found[0] for found in _ENGLISH.finditer(text) if not found[0].isupper()]


def test_every_golden_text_is_there_in_both_languages() -> None:
    names = [{p.relative_to(folder) for p in folder.rglob("*.txt")} for folder in FOLDERS]
    assert names[0] == names[1]


@pytest.mark.parametrize("path", CHINESE, ids=lambda path: path.stem)
def test_no_english_sentence_in_chinese(path: Path) -> None:
    assert english(path.read_text(encoding="utf-8")) == []


def test_no_english_sentence_in_what_is_said() -> None:
    with CATALOGUE.open("rb") as file:
        held = read_po(file, locale="zh_CN")
    assert [
        (str(e.string), found) for e in held if e.id and (found := english(str(e.string)))
    ] == []


def test_english_would_be_found() -> None:
    page = (HERE / "en" / "help" / "doumen.txt").read_text(encoding="utf-8")
    assert len(english(page)) > 20


@pytest.mark.parametrize(
    "path", [p for p in CHINESE if not p.stem.startswith("error-")], ids=lambda path: path.stem
)
def test_chinese_lines_stay_within_80_columns(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [x for x in lines if cell_len(x) > 80 and "doumen " not in x] == []


def test_columns_of_a_chinese_table_begin_in_one_place() -> None:
    head, rule, *rows = (
        (HERE / "zh" / "drawn" / "query-explain.txt").read_text(encoding="utf-8").splitlines()[1:5]
    )
    begins = [[cell_len(line[: m.start()]) for m in re.finditer(r"(?<!\S)\S", line)]
              for line in (head, *rows)]  # fmt: skip
    assert all(place in row for row in begins[1:] for place in begins[0])
    assert cell_len(rule) == max(map(cell_len, (head, *rows)))
