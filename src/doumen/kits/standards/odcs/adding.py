"""Rules and references put into the text of a contract: all that was there stays byte for byte.

Items go behind those that a column or the table has. All places are found in one reading and
changed from the last to the first; then the text is read again, and must say what it said
before and the additions. Where that cannot be done in place the addition is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from doumen.kits.standards.odcs.document import Document, Path, exact, parse
from doumen.kits.standards.odcs.places import OddLayout
from doumen.kits.standards.odcs.splice import extended_by, spliced, why_not
from doumen.model.errors import Invalid, NotFound
from doumen.model.message import msg

QUALITY, RELATIONSHIPS = "quality", "relationships"


@dataclass(frozen=True, slots=True)
class Addition:
    """One thing that a contract is to say.

    Attributes:
        column: Name of a property, in any case; None: the table.
        item: A quality rule or a relationship, as plain values of YAML.
        key: Which of the two lists it goes into: `quality` or `relationships`.
    """

    column: str | None
    item: Mapping[str, Any]
    key: str = QUALITY


def add_rules(text: str, rules: Iterable[tuple[str | None, Mapping[str, Any]]]) -> str:
    """Put quality rules behind those of a column, or (None) of the table.

    Args:
        text: A contract with a schema.
        rules: (column or None, rule as plain values), in the order in which they are to stand.

    Raises:
        NotFound: the contract has no such column, or no schema.
        Invalid: a value cannot be written, or a place cannot be changed in the text.
    """
    return add(text, [Addition(column, rule) for column, rule in rules])


def add(text: str, additions: Iterable[Addition]) -> str:
    """Put rules and references behind those that are there.

    Raises:
        NotFound, Invalid: as `add_rules`.
    """
    document = parse(text)
    grouped: dict[Path, list[Any]] = {}
    for one in additions:
        place = (*owner(document.data, one.column), one.key)
        grouped.setdefault(place, []).append(exact(one.item))
    if not grouped:
        return text
    wanted = copy.deepcopy(document.data)
    for place, items in grouped.items():
        _extend(wanted, place, items)
    longer: Document | None = None
    with suppress(Invalid, OddLayout):
        longer = parse(spliced(text, [extended_by(document, *one) for one in grouped.items()]))
    if longer is not None and longer.data == wanted:
        return longer.text
    raise Invalid(
        msg("Rules cannot be added to this contract in place."),
        why=why_not(document, grouped),
        next=msg("Add them by hand: `doumen contract edit DATASET`."),
        detail="place",
    )


def owner(data: Mapping[str, Any], column: str | None) -> Path:
    """Where the element stands that a rule is about.

    Raises:
        NotFound: there is none.
    """
    tables = data.get("schema")
    table = tables[0] if isinstance(tables, list) and tables else None
    if not isinstance(table, dict):
        raise NotFound(
            msg("The contract has no schema that a rule could be added to."), detail="schema"
        )
    if column is None:
        return ("schema", 0)
    names = [str(p.get("name")) for p in table.get("properties") or () if isinstance(p, dict)]
    folded = [name.casefold() for name in names]
    if column.casefold() not in folded:
        raise NotFound(
            msg("The contract has no column `{column}`.", column=column), detail="column"
        )
    at = names.index(column) if column in names else folded.index(column.casefold())
    return ("schema", 0, "properties", at)


def _extend(data: Any, place: Path, items: Sequence[Any]) -> None:
    *above, key = place
    here: Any = data
    for step in above:
        here = here[step]
    here[key] = [*(here.get(key) or ()), *copy.deepcopy(items)]
