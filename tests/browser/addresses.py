"""The pages that the matrix looks at: name (also of its pictures) and address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """One page.

    Attributes:
        name: Of the page, and of its pictures.
        path: Where it is on the service.
        signed: Whether somebody is signed in.
        pictured: Whether `make screenshots` draws it.
    """

    name: str
    path: str
    signed: bool = True
    pictured: bool = True


def addresses() -> tuple[Address, ...]:
    """All pages."""
    return (Address("specimen", "/", pictured=False),)
