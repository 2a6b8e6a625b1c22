"""Writes docs/reference from the code: command line, errors, settings, functions of SQL.

`python tools/reference.py` writes the pages, `--check` fails if one of them is stale. The
settings are read from their file alone, so that a page costs no engine.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import doumen
from doumen.engines.duckdb.errors import CODES
from doumen.faces.cli import words
from doumen.kits.sql.functions import FUNCTIONS, Kind
from doumen.model import errors
from doumen.model.operation import Operation, Param
from doumen.operations import sections

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
SOURCE = Path(doumen.__file__).parent
NOTE = "<!-- Written by tools/reference.py (`make docs`); change the code, not this page. -->\n\n"
_METAVARS = {"text": "TEXT", "path": "FILE", "integer": "N"}


@cache
def pages() -> Mapping[str, str]:
    """Name and text of each page; of one process all are alike."""
    return {
        "cli.md": NOTE + _cli(),
        "errors.md": NOTE + _errors(),
        "functions.md": NOTE + _functions(),
        "settings.md": NOTE + _settings(),
    }


def _cli() -> str:
    parts = [
        "# The command line\n",
        f"{words.ABOUT}\n",
        f"{words.ENDING}\n",
        "## Options of every command\n",
        f"{words.GLOBAL_LINE}\n",
        _table(
            ("option", "meaning"),
            [
                ("`--node DIR`", words.NODE),
                ("`--as ACTOR`", words.ACTOR),
                ("`--for PURPOSE`", words.PURPOSE),
                ("`--json`", words.JSON),
                ("`--table`", words.TABLE),
                ("`--lang LANG`", words.LANGUAGE),
                ("`--debug`", words.DEBUG),
                ("`--version`", words.VERSION),
            ],
        ),
    ]
    for section in sections():
        parts.append(f"## {section.title}\n")
        parts.extend(_verb(operation) for operation in section.operations)
    parts.append(f"## {words.FACE_TITLE}\n")
    parts.append(_completion())
    return "\n".join(parts)


def _verb(operation: Operation) -> str:
    name = f"doumen {' '.join(operation.name)}"
    usage = " ".join([name, *map(_usage, operation.params)])
    parts = [f"### {name}\n", f"{operation.summary}\n", f"```\n{usage}\n```\n"]
    if operation.params:
        rows = [(f"`{_shape(p)}`", _meaning(p)) for p in operation.params]
        parts.append(_table(("input", "meaning"), rows))
    if operation.details:
        parts.append(f"{operation.details}\n")
    if operation.examples:
        parts.append(_block(operation.examples))
    return "\n".join(parts)


def _functions() -> str:
    admitted = [f for f in FUNCTIONS.values() if f.kind is not Kind.REFUSED]
    parts = [
        "# Functions of SQL\n",
        "Every function and operator that the engine lists is classed; what is not admitted is "
        "refused, with the reason.\n",
        f"{inspect.getdoc(Kind)}\n",
    ]
    for kind in Kind:
        found = [f for f in admitted if f.kind is kind]
        if not found:
            continue
        parts.append(f"## {kind}\n")
        areas = dict.fromkeys(f.area for f in found)
        rows = [(area, " ".join(f"`{f.name}`" for f in found if f.area == area)) for area in areas]
        parts.append(_table(("on", "functions"), rows))
    parts.append("## refused\n")
    refused = [f for f in FUNCTIONS.values() if f.kind is Kind.REFUSED]
    for reason in dict.fromkeys(f.reason for f in refused):
        names = " ".join(f"`{f.name}`" for f in refused if f.reason == reason)
        parts.append(f"{reason}\n\n{names}\n")
    hints = [(f"`{f.name}`", f.next) for f in refused if f.next]
    parts.append(_table(("instead of", "write"), hints))
    return "\n".join(parts)


def _completion() -> str:
    return "\n".join(
        [
            "### doumen completion\n",
            f"{words.COMPLETION} {words.COMPLETION_DETAILS}\n",
            "```\ndoumen completion bash|zsh|fish\n```\n",
            _block(words.COMPLETION_EXAMPLES),
        ]
    )


def _shape(param: Param) -> str:
    """How an input is written: `SQL`, `--into DOMAIN.NAME`, `--explain`."""
    value = param.metavar or _METAVARS.get(param.kind) or "|".join(param.choices)
    if param.positional:
        return param.metavar or param.name.upper()
    flag = param.option or f"--{param.name.replace('_', '-')}"
    return flag if param.kind == "flag" else f"{flag} {value}"


def _usage(param: Param) -> str:
    shape = _shape(param) if param.required else f"[{_shape(param)}]"
    return f"{shape}…" if param.repeat else shape


def _meaning(param: Param) -> str:
    default = "" if param.default in (None, ()) else f" Default: `{param.default}`."
    return f"{param.help}{default}"


def _errors() -> str:
    rows, sections_ = [], []
    known = _codes()
    for kind in errors.DoumenError.__subclasses__():
        rows.append((f"`{kind.kind}`", str(kind.exit), str(kind.http), str(inspect.getdoc(kind))))
        codes = ", ".join(f"`{code}`" for code in known[kind.__name__]) or "none"
        sections_.append(f"### {kind.kind}\n\n{inspect.getdoc(kind)} Codes: {codes}.\n")
    return "\n".join(
        [
            "# Errors\n",
            "Every failure says what happened, why, and the next step. On a terminal these are "
            "sentences; otherwise standard error holds one JSON object, "
            '`{"error": {"code", "what", "why", "next", "rule"}}`. The code is stable: its first '
            "part is the kind, which fixes exit code and HTTP status. A message never carries a "
            "value that its reader may not see.\n",
            _table(("kind", "exit", "HTTP", "meaning"), rows),
            "The command line adds `invalid.usage` (2) for a line that it cannot read, "
            "`interrupted` (130), and `internal` (70) for an error that it does not know. Where "
            "the reader of a pipe goes away it ends with 141 and says nothing.\n",
            "## Codes\n",
            *sections_,
        ]
    )


def _codes() -> dict[str, list[str]]:
    """The codes that the source gives to each kind: `Invalid` → [`invalid.name`, …]."""
    kinds = {kind.__name__: kind for kind in errors.DoumenError.__subclasses__()}
    found: dict[str, set[str]] = {name: set() for name in kinds}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in kinds:
                continue
            for keyword in node.keywords:
                if keyword.arg == "detail" and isinstance(keyword.value, ast.Constant):
                    kind = kinds[node.func.id].kind
                    found[node.func.id].add(f"{kind}.{keyword.value.value!s}")
    found["Faulty"] |= {f"faulty.{code}" for code in CODES}
    return {name: sorted(codes) for name, codes in found.items()}


def _settings() -> str:
    fields: Mapping[str, Any] = _settings_module().Settings.model_fields
    parts = [
        "# Settings\n",
        "A node is a folder with a file `doumen.toml`. `doumen init` writes it with every setting "
        "and its meaning; what is left out has its default; an unknown name is refused.\n",
    ]
    for name, field in fields.items():
        default = "required" if field.is_required() else f"default `{field.default}`"
        limits = "".join(f", {_limit(limit)}" for limit in field.metadata if _limit(limit))
        parts.append(f"### {name}\n\n{field.description} ({default}{limits})\n")
    return "\n".join(parts)


def _limit(limit: Any) -> str:
    for name, text in (("ge", "at least"), ("gt", "more than"), ("le", "at most")):
        if getattr(limit, name, None) is not None:
            return f"{text} {getattr(limit, name)}"
    return ""


def _settings_module() -> Any:
    path = SOURCE / "session" / "settings.py"
    spec = importlib.util.spec_from_file_location("doumen_settings", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # pydantic looks names up there
    spec.loader.exec_module(module)
    return module


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return (
        "\n".join(f"| {' | '.join(c.replace('|', chr(92) + '|') for c in r)} |" for r in lines)
        + "\n"
    )


def _block(lines: Sequence[str]) -> str:
    return "```sh\n" + "\n".join(lines) + "\n```\n"


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Write or check the pages; gives the exit code."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: reference.py [--check]", file=sys.stderr)
        return 2
    wanted = dict(pages())
    have = {p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.md")}
    stale = sorted(name for name in wanted | have if wanted.get(name) != have.get(name))
    if arguments:
        for name in stale:
            print(f"stale: {name}", file=sys.stderr)
        if stale:
            print("Run `make docs`.", file=sys.stderr)
        return 1 if stale else 0
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
