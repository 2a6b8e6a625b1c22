"""Names within archives: labels to be shown and told apart, of which no path is ever made. Pure."""

from __future__ import annotations

LONGEST = 255
"""Characters of a label."""


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


def hidden(name: str) -> bool:
    """Whether a part of a name says that the file is not for readers."""
    parts = [part for part in name.split("/") if part not in {".", ".."}]
    return any(part.startswith((".", "~", "__MACOSX")) for part in parts)
