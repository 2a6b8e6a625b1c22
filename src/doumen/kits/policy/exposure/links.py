"""What can be put together: sights that share a key, by contract or by the names of columns.

A key is shared where both show it as it is, or both as a hash of the same key. Under minimum
groups no single row is seen, so there is nothing to link. What the participant knows from
elsewhere is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from doumen.kits.policy.exposure.gain import grows
from doumen.kits.policy.target import folded
from doumen.model.exposure import HASH, By, Gain, Keys, Link, Shown, Sight
from doumen.model.ref import Ref

Held = tuple[str, Ref]
"""DID of who holds a dataset, and its name there."""
Pairs = tuple[tuple[str, str], ...]
_NO_KEYS = ("BOOLEAN", "FLOAT", "DOUBLE", "BLOB", "STRUCT", "MAP", "UNION")
"""Beginnings of types whose equal values say nothing, where only the name is the same."""

_ORDER = tuple(By)


def links(
    gains: Sequence[Gain], held: Sequence[Sight], keys: Mapping[Held, Keys]
) -> tuple[Link, ...]:
    """What becomes combinable: something that is gained, with what is seen besides.

    Those by contracts go first: by references, by unique keys, by names.

    Args:
        gains: One per dataset of the terms.
        held: What is seen already.
        keys: Of datasets whose contracts are known here.
    """
    found = (
        link
        for place, gain in enumerate(gains)
        if not gain.sight.groups
        for other in (*held, *(one.sight for one in gains[place + 1 :]))
        if not other.groups
        for link in _between(gain, other, gains, keys)
    )
    return tuple(sorted(found, key=lambda link: _ORDER.index(link.by)))


def _between(
    gain: Gain, there: Sight, gains: Sequence[Gain], keys: Mapping[Held, Keys]
) -> Iterator[Link]:
    here = gain.sight
    other = next((one for one in gains if one.sight is there), None)
    for pairs, by in _keys(here, there, keys):
        forms = {_form(_find(here, a), _find(there, b), here, there) for a, b in pairs}
        if None in forms or len(forms) > 1:
            continue
        gained = _gained(gain, pairs, 0)
        if gained or (other is not None and _gained(other, pairs, 1)):
            shown = tuple(one for one in gained if one.name not in {a for a, _ in pairs})
            yield Link(here, there, pairs, by, forms == {HASH}, shown)


def _gained(gain: Gain, pairs: Pairs, side: int) -> tuple[Shown, ...]:
    """The columns of which more is seen; all, where more is seen of the key."""
    fresh = [one.shown for one in gain.columns if grows(one, gain.sight.filters)]
    key = {pair[side] for pair in pairs}
    if any(one.name in key for one in fresh):
        return tuple(one for one in gain.sight.columns if one.tells)
    return tuple(fresh)


def _keys(here: Sight, there: Sight, keys: Mapping[Held, Keys]) -> Iterator[tuple[Pairs, By]]:
    """Columns that mean the same: by references, by unique keys; only else by their names."""
    same = (here.provider, here.ref) == (there.provider, there.ref)
    mine, theirs = ((s.provider, s.ref) for s in (here, there))
    found: dict[Pairs, By] = {}
    if here.provider == there.provider and not same:
        for columns, to, others in keys.get(mine, Keys()).references:
            if to == there.ref:
                found[tuple(zip(columns, others, strict=True))] = By.REFERENCE
        for columns, to, others in keys.get(theirs, Keys()).references:
            if to == here.ref:
                found[tuple(zip(others, columns, strict=True))] = By.REFERENCE
    for unique in (*keys.get(mine, Keys()).unique, *keys.get(theirs, Keys()).unique):
        found.setdefault(tuple((name, name) for name in unique), By.UNIQUE)
    fitting = {pairs: by for pairs, by in found.items() if _fit(pairs, here, there)}
    if not fitting and not (same and mine in keys):
        fitting = dict.fromkeys(_named(here, there), By.NAME)
    for pairs, by in sorted(fitting.items()):
        yield tuple((_name(here, a), _name(there, b)) for a, b in pairs), by


def _named(here: Sight, there: Sight) -> Iterator[Pairs]:
    for shown in here.columns:
        pairs = ((folded(shown.name), folded(shown.name)),)
        if not shown.type.startswith(_NO_KEYS) and _fit(pairs, here, there):
            yield pairs


def _fit(pairs: Pairs, here: Sight, there: Sight) -> bool:
    """Whether both show these columns, of the same type as far as types are known."""
    for a, b in pairs:
        mine, other = _find(here, a), _find(there, b)
        if mine is None or other is None:
            return False
        if mine.type and other.type and mine.type != other.type:
            return False
    return True


def _form(mine: Shown | None, other: Shown | None, here: Sight, there: Sight) -> str | None:
    """`plain` or `hash`, where equal values can be told in both; None: they cannot."""
    if mine is None or other is None or mine.mask != other.mask:
        return None
    if mine.mask is None:
        return "plain"
    one_key = (here.provider, here.agreement) == (there.provider, there.agreement)
    return HASH if mine.mask.method == HASH and one_key else None


def _find(sight: Sight, name: str) -> Shown | None:
    return next((one for one in sight.columns if folded(one.name) == folded(name)), None)


def _name(sight: Sight, name: str) -> str:
    found = _find(sight, name)
    assert found is not None
    return found.name
