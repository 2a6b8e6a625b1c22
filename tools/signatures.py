"""Writes the signatures of admitted functions, as the engine tells them, for completion.

`python tools/signatures.py` writes src/doumen/kits/sql/functions/signatures.py, `--check` fails if
it is stale. Of several forms of a function the one with the most inputs is shown.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

import duckdb

from doumen.kits.sql.functions import FUNCTIONS, Kind

PAGE = Path(__file__).resolve().parents[1] / "src/doumen/kits/sql/functions/signatures.py"
HEAD = '''"""How each admitted function is called, for completion: its name and those of its inputs.

Written by tools/signatures.py from the engine; change that, not this file.
"""

from __future__ import annotations

from collections.abc import Mapping

_WRITTEN = """
'''
FOOT = '''
"""

SIGNATURES: Mapping[str, str] = {
    one.partition("(")[0]: one for one in " ".join(_WRITTEN.split()).split("; ")
}
"""Name, in lower case, to its signature: `date_trunc(part, timestamp)`."""
'''
OURS = {
    "coalesce": "coalesce(value, …)",
    "current_timestamp": "current_timestamp()",
    "formatreadabledecimalsize": "formatreadabledecimalsize(bytes)",
    "formatreadablesize": "formatreadablesize(bytes)",
    "grouping": "grouping(column, …)",
    "ifnull": "ifnull(value, other)",
}
"""What the engine has as syntax or by another name."""
_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


def signatures() -> list[str]:
    """One per function, by name."""
    told = duckdb.execute(
        "SELECT function_name, parameters, varargs FROM duckdb_functions()"
        " WHERE function_type IN ('scalar', 'aggregate', 'macro', 'table', 'window')"
    ).fetchall()
    found = dict(OURS)
    longest: dict[str, tuple[int, list[str]]] = {}
    for name, parameters, more in told:
        kind = FUNCTIONS.get(name)
        if kind is None or kind.kind is Kind.REFUSED or not _NAME.fullmatch(name):
            continue
        inputs = [_plain(one, at) for at, one in enumerate(parameters, 1)]
        inputs += ["…"] if more else []
        rank = (len(inputs), inputs)
        longest[name] = max(longest.get(name, (-1, [])), rank)
    found |= {name: f"{name}({', '.join(inputs)})" for name, (_, inputs) in longest.items()}
    return [found[name] for name in sorted(found)]


def _plain(name: str, at: int) -> str:
    """The name of an input; those that the engine does not name are `value`."""
    folded = re.sub(r"[^a-z0-9_]", "", str(name).lower())
    return f"value{at}" if not folded or re.fullmatch(r"col\d+", folded) else folded


def main() -> None:
    """Write the file, or compare it."""
    lines = textwrap.fill("; ".join(signatures()), 96, break_long_words=False)
    text = HEAD + lines + FOOT
    if "--check" in sys.argv[1:]:
        if PAGE.read_text("utf-8") != text:
            sys.exit(f"{PAGE.name} is stale: run `python tools/signatures.py`")
        return
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
