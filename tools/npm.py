"""Resolves the npm packages of folders anew: their `package-lock.json`, with no address in it.

npm leaves out where a package came from (`.npmrc`), but not where its makers ask for money; that is
taken out here, since a lock names what is installed and by which digest, and nothing else.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def lock(folder: Path) -> str:
    """The lock of what `package.json` names, as text."""
    with tempfile.TemporaryDirectory() as name:
        for each in ("package.json", "package-lock.json", ".npmrc"):
            if (folder / each).is_file():
                shutil.copy(folder / each, name)
        command = ["npm", "install", "--package-lock-only", "--ignore-scripts"]
        subprocess.run(command, cwd=name, check=True, stdout=subprocess.DEVNULL)
        made: dict[str, Any] = json.loads(Path(name, "package-lock.json").read_text("utf-8"))
    for package in made["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Lock each folder that is named."""
    for name in sys.argv[1:]:
        (ROOT / name / "package-lock.json").write_text(lock(ROOT / name), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
