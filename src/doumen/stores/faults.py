"""What both kinds of store say when they cannot be used."""

from __future__ import annotations

from doumen.model.errors import Unavailable


def unusable(why: str | None, next: str = "doumen doctor") -> Unavailable:
    """The store failed."""
    return Unavailable("The store cannot be used.", why=why, next=next, detail="store")


def busy() -> Unavailable:
    """Others write."""
    return Unavailable(
        "The store is busy: others have been writing for too long.",
        next="Try again.",
        detail="busy",
    )


def layout(found: int | None, known: int) -> Unavailable:
    """The store has another layout than this version of Doumen, or is none."""
    if found is None:
        return Unavailable(
            "The database holds no store of Doumen.",
            next="Correct `store` in doumen.toml, or put the store back from a backup.",
            detail="layout",
        )
    older = found < known
    return Unavailable(
        f"The store has layout {found}; this version of Doumen reads layout {known}.",
        why=f"It was written by {'an older' if older else 'a newer'} version of Doumen.",
        next="doumen migrate" if older else "Use the version of Doumen that wrote it.",
        detail="layout",
    )
