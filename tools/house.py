"""Holds the measures of the house: sizes of files and functions, first sentences, no addresses.

Prints every breach and exits 1 if there is one.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE_LINES = 400
FUNCTION_LINES = 60
NAMES = {"utils", "helpers", "common", "misc"}
LOCKS = {"package-lock.json", ".npmrc"}
ADDRESS = re.compile(r"[a-z]+://")
MACHINE = re.compile(r"(?<![\w.])/(?:work/(?!a/|q/|names\.json)|root/|farm/|home/\w+/)")


def tracked(*patterns: str) -> list[Path]:
    """Files that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def module_breaches(path: Path) -> Iterator[str]:
    """Breaches of one Python file."""
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    if lines > FILE_LINES:
        yield f"{lines} lines, {FILE_LINES} allowed"
    if path.stem in NAMES:
        yield "a name that says nothing"
    tree = ast.parse(text)
    if "tests" not in path.parts and ast.get_docstring(tree) is None:
        yield "no first sentence"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"`{node.name}` has {length} lines, {FUNCTION_LINES} allowed"


def text_breaches(path: Path) -> Iterator[str]:
    """Addresses in lock files and paths of a machine anywhere."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if ("locks" in path.parts or path.name in LOCKS) and ADDRESS.search(text):
        yield "an address in a lock file"
    if path != Path(__file__) and MACHINE.search(text):
        yield "a path of one machine"


def main() -> int:
    """Check the whole tree."""
    breaches = [
        f"{path.relative_to(ROOT)}: {breach}"
        for path in tracked("*.py")
        for breach in module_breaches(path)
    ]
    breaches += [
        f"{path.relative_to(ROOT)}: {breach}"
        for path in tracked()
        for breach in text_breaches(path)
    ]
    print("\n".join(breaches) or "The house is in measure.")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
