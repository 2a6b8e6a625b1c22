"""How the engine compares names: without regard to the case of ASCII letters, and of no others.

A wider folding is a hole: a common table expression called `ſqlite_master` would be taken for
the engine's own table `sqlite_master`, which the engine itself does not take for it.
"""

from __future__ import annotations

import string

from doumen.model.ref import Ref

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold(name: str) -> str:
    """The form in which the engine compares names.

    Example:
        >>> fold("Straße_K"), fold("É")
        ('straße_k', 'É')
    """
    return name.translate(_LOWER)


def quoted(name: str) -> str:
    """A name as it stands in a statement, whatever it holds.

    Example:
        >>> quoted("a b")
        '"a b"'
    """
    return '"' + name.replace('"', '""') + '"'


def table(ref: Ref) -> str:
    """A dataset as it stands in a statement, whatever words its name is made of.

    Example:
        >>> table(Ref.parse("a.values"))
        '"a"."values"'
    """
    return f"{quoted(ref.domain)}.{quoted(ref.name)}"
