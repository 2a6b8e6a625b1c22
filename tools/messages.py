"""Gathers what is said to people into the catalogue, compiles it, and holds both to the code.

`python tools/messages.py` writes the catalogue anew: new texts stand in it without a
translation, texts that nobody says any more are dropped. `--check` fails where one has no
translation, speaks of other things than the English, or where the compiled file is stale.
"""

from __future__ import annotations

import ast
import gettext
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from doumen.model.message import names_of
from doumen.operations import sections

SOURCE = Path(__file__).resolve().parents[1] / "src" / "doumen"
FOLDER = SOURCE / "locale" / "zh_CN" / "LC_MESSAGES"
HEADER = """\
# What Doumen says, in Chinese.
# Written by tools/messages.py (`make messages`); only the translations are written by hand."""
_TABLE = "operations"
"""Where texts of the table of operations are said to come from."""


class Gathered:
    """All templates with the files that they stand in, and what is wrong with a call.

    Attributes:
        texts: Template → files, in order.
        faults: Calls whose template cannot be gathered.
    """

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.faults: list[str] = []

    def add(self, text: str, place: str) -> None:
        """Note a text, once for each file."""
        places = self.texts.setdefault(text, [])
        if place not in places:
            places.append(place)


def gather(source: Path = SOURCE) -> Gathered:
    """Every text that the code and the table of operations say."""
    found = Gathered()
    for path in sorted(source.rglob("*.py")):
        place = path.relative_to(source).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                _call(found, node, place)
    for path in sorted(source.rglob("*.html")):
        _template(found, path.read_text(encoding="utf-8"), path.relative_to(source).as_posix())
    for text in _of_table():
        found.add(text, _TABLE)
        if "{" in text or "}" in text:
            found.faults.append(f"{_TABLE}: a text of the table has no names: {text}")
    return found


def _call(found: Gathered, node: ast.Call, place: str) -> None:
    if node.func.id != "msg":  # type: ignore[attr-defined]  # asked for before
        return
    template = node.args[0] if len(node.args) == 1 else None
    if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
        found.faults.append(f"{place}:{node.lineno}: the template of `msg` is not written out")
        return
    given = {word.arg for word in node.keywords}
    if None not in given and given != names_of(template.value):
        found.faults.append(f"{place}:{node.lineno}: not what `{template.value}` speaks of")
    found.add(template.value, place)


def _template(found: Gathered, text: str, place: str) -> None:
    """What a template of a page says: `_("…", name=value)`."""
    for call in Environment().parse(text).find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name) or call.node.name != "_":
            continue
        template = call.args[0] if len(call.args) == 1 else None
        if not isinstance(template, nodes.Const) or not isinstance(template.value, str):
            found.faults.append(f"{place}:{call.lineno}: the template of `_` is not written out")
            continue
        if {word.key for word in call.kwargs} != names_of(template.value):
            found.faults.append(f"{place}:{call.lineno}: not what `{template.value}` speaks of")
        found.add(template.value, place)


def _of_table() -> Iterator[str]:
    for section in sections():
        yield section.title
        for operation in section.operations:
            texts = (operation.summary, operation.details, operation.local)
            yield from filter(None, (*texts, *(param.help for param in operation.params)))


def faults(found: Gathered, held: Catalog, compiled: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a catalogue."""
    yield from found.faults
    kept = {str(entry.id): entry for entry in held if entry.id}
    for text in found.texts:
        entry = kept.get(text)
        if entry is None or not entry.string:
            yield f"no translation: {text}"
        elif entry.fuzzy:
            yield f"unsure translation: {text}"
        elif names_of(text) != names_of(str(entry.string)):
            yield f"the translation speaks of other things: {text}"
    yield from (f"nobody says it: {text}" for text in [*kept, *held.obsolete]
                if text not in found.texts)  # fmt: skip
    if dict(compiled) != {text: str(entry.string) for text, entry in kept.items() if entry.string}:
        yield "the compiled catalogue is stale"


def merged(found: Gathered, held: Catalog) -> Catalog:
    """A catalogue of all texts, with the translations that there are."""
    made = Catalog(
        locale="zh_CN",
        project="Doumen",
        version="1",
        msgid_bugs_address="",
        header_comment=HEADER,
        creation_date=held.creation_date,
        revision_date=held.revision_date,
        last_translator="Doumen",
        language_team="Doumen",
        fuzzy=False,
    )
    for text, places in sorted(found.texts.items(), key=lambda pair: (pair[1][0], pair[0])):
        entry = held.get(text)
        flags = ["python-brace-format"] if names_of(text) else []
        made.add(
            text,
            str(entry.string) if entry else "",
            locations=[(place, 0) for place in places],
            flags=flags,
        )
    return made


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Write the catalogue, or check it; gives an exit code."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: messages.py [--check]\n")
        return 2
    found = gather()
    po, mo = folder / "doumen.po", folder / "doumen.mo"
    held = _read(po)
    if not arguments:
        held = merged(found, held)
        folder.mkdir(parents=True, exist_ok=True)
        with po.open("wb") as file:
            write_po(file, held, width=100, include_lineno=False)
        with mo.open("wb") as file:
            write_mo(file, held)
    wrong = list(faults(found, held, _compiled(mo)))
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="zh_CN")
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def _compiled(path: Path) -> Mapping[str, str]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        held: Iterable[tuple[str, str]] = vars(gettext.GNUTranslations(file))["_catalog"].items()
    return {text: said for text, said in held if text}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
