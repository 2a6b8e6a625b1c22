"""Doumen: an open, trusted data platform.

Every movement of data is a job that passes one gate; the ledger is what remains of it.
`doumen.open(dir).session(actor="ana", purpose="research").query(sql)` asks a question.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from doumen.model.message import msg, plain

if TYPE_CHECKING:
    from doumen.client import Remote
    from doumen.session import Node

__all__ = ["__version__", "connect", "open"]
__version__ = "0.1.0"


def open(directory: str | Path | None = None, *, warm: bool = False) -> Node:
    """Open a node: the folder given, else `DOUMEN_NODE`, else the nearest one upwards.

    Args:
        directory: Of the node, or a folder in it.
        warm: Start the engine now, beside what follows: a question or a job comes at once.
    """
    from doumen import session  # noqa: PLC0415 (the version must not cost the whole house)

    return session.open(directory, warm=warm)


def connect(
    url: str,
    token: str,
    *,
    purpose: str | None = None,
    ca: str | Path | None = None,
    timeout: float = 600.0,
    lang: str | None = None,
) -> Remote:
    """Reach a node that is served elsewhere, as the actor of a token; needs `doumen[service]`.

    Args:
        url: Address of the service.
        token: What `doumen token add` printed.
        purpose: What for, from the purposes assigned to the actor.
        ca: Certificate authorities (PEM) to trust in place of those of the system.
        timeout: Seconds to wait for the next piece of an answer.
        lang: Language of errors, such as `zh`; None: English.
    """
    from importlib.util import find_spec  # noqa: PLC0415

    if find_spec("httpx2") is None:
        from doumen.model.errors import Unavailable  # noqa: PLC0415

        raise Unavailable(
            msg("The client of the service is not installed."),
            why=msg("There is no httpx2."),
            next=plain("pip install 'doumen[service]'"),
            detail="extra",
        )
    from doumen.client import Remote  # noqa: PLC0415 (only those who connect need it)

    return Remote(url, token, purpose=purpose, ca=ca, timeout=timeout, lang=lang)
