"""Names within archives: labels to be shown and told apart, of which no path is ever made. Pure."""

from __future__ import annotations

import re

LONGEST = 255
"""Characters of a label."""
_SHORT = 60
"""Characters of the name of a file; each may take four bytes of the 255 that a name may have."""
_ODD = re.compile(r"[^\w.-]+")


def label(raw: bytes) -> str:
    r"""The name of a member as its writer meant it, fit to be shown.

    Args:
        raw: As the archive has it; UTF-8 as a rule, GB 18030 where Chinese Windows wrote it.

    Examples:
        >>> label("名.csv".encode("gb18030")), label(b"a\\b\x1b.csv")
        ('名.csv', 'a/b .csv')
    """
    name = raw.decode("utf-8", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            name = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    return shown(name)


def shown(name: str) -> str:
    """A name that is text already, fit to be shown."""
    plain = "".join(c if c.isprintable() else " " for c in name.replace("\\", "/"))
    return plain[:LONGEST].strip()


def file_name(name: str) -> str:
    """What a file of this name may be called on this machine, ending as it does.

    Examples:
        >>> file_name("in/../名 1.csv.gz"), file_name("..")
        ('名_1.csv.gz', 'file')
    """
    return _ODD.sub("_", name.rpartition("/")[2]).lstrip("._")[-_SHORT:] or "file"


def hidden(name: str) -> bool:
    """Whether a part of a name says that the file is not for readers."""
    parts = [part for part in name.split("/") if part not in {".", ".."}]
    return any(part.startswith((".", "~", "__MACOSX")) for part in parts)
