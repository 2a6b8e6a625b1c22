"""Libraries that judge values, loaded when a check that names them is run."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from doumen.model.errors import Unavailable
from doumen.model.message import msg, plain


def loaded(module: str, package: str) -> ModuleType:
    """A module of a library of the extra `identifiers`.

    Args:
        module: A name from a list in this kit, never a text of a document.
        package: What is to be installed for it.

    Raises:
        Unavailable: the library is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise Unavailable(
            msg(
                "This check needs the Python package `{package}`, which is not installed.",
                package=package,
            ),
            next=plain("pip install 'doumen[identifiers]'"),
            detail="identifiers",
        ) from error
