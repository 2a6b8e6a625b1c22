"""What was computed of texts and takes long to compute again, as rooms reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Index(Protocol):
    """Values that follow from a text alone; see `doumen.stores.index` for what is raised."""

    def since(self, kind: str, after: int) -> list[tuple[int, bytes, bytes]]:
        """What was kept of a kind after a place: place, digest of its text, value."""

    def keep(self, kind: str, values: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep values by the digests of their texts."""

    def shared(self, key: str, make: Callable[[], T]) -> T:
        """What this process holds under a key, made where it is not there yet.

        What is held must show each actor only what follows from the facts they may know.
        """
