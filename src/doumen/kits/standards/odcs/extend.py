"""A contract that learns columns: they are added to its text, and its version is raised."""

from __future__ import annotations

from collections.abc import Sequence

from doumen.kits.standards.odcs.compare import compare, next_version
from doumen.kits.standards.odcs.edit import append, edit
from doumen.kits.standards.odcs.read import read_contract
from doumen.kits.standards.odcs.write import property_of
from doumen.model.load import LoadColumn


def extended(text: str, columns: Sequence[LoadColumn]) -> str:
    """The text with these columns behind those that it has, in the next minor version.

    Args:
        text: A contract with columns.
        columns: That may be empty; no name of theirs is there yet.

    Raises:
        Invalid: a name is there already, the version cannot be counted on, or the text cannot be
            edited in place.
    """
    longer = append(text, "columns", [property_of(column) for column in columns])
    before = read_contract(text)
    version = next_version(before.version, compare(before, read_contract(longer)))
    return edit(longer, [("version", version)])
