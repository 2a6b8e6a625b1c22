"""What a terminal may be sent, and whether there is one.

Data is hostile: an escape sequence in a value could retitle or rewrite the terminal of
whoever looks at it, and a direction mark could reorder a line. Both are shown as escapes.
"""

from __future__ import annotations

import os
import re
import sys

_CONTROLS = r"\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
_UNSAFE = re.compile(rf"[\x00-\x08\x0b-\x1f{_CONTROLS}]")
_UNSAFE_JSON = re.compile(f"[{_CONTROLS}]")


def wants_json(asked: bool, drawn: bool = False) -> bool:
    """Whether to answer in JSON: asked for, or nobody looks at standard output.

    `drawn` says that drawings were asked for, whoever looks.
    """
    return asked or not (drawn or sys.stdout.isatty())


def watched() -> bool:
    """Whether somebody looks at standard error."""
    return sys.stderr.isatty()


def plain() -> bool:
    """Whether the user wants no colours (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def clean(text: str) -> str:
    r"""Text for people; control characters but newline and tab appear as `\x1b`, `\u202e`."""
    return _UNSAFE.sub(_escape, text)


def clean_json(text: str) -> str:
    """JSON text in which control characters that JSON lets through are escaped, as it allows."""
    return _UNSAFE_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
