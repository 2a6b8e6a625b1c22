"""Rules of Great Expectations, dbt or another contract, taken into a contract in force."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from doumen.gate.desk import Desk
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Invalid
from doumen.model.files import reading
from doumen.model.message import Message, joined, msg
from doumen.model.operation import Outcome, Table
from doumen.rooms.refine.lookup import Held, held

LARGEST = 4 << 20
"""Bytes of a file."""
_WORDS = {
    "added": msg("added"),
    "already": msg("there already"),
    "kept": msg("kept, not run"),
    "left": msg("left out"),
}


def take(
    desk: Desk,
    dataset: str,
    file: Path,
    source: odcs.Source | None = None,
    *,
    new_version: bool = False,
    dry: bool = False,
) -> Outcome:
    """Add the rules of a file to the contract of a dataset.

    Args:
        desk: The open gate.
        dataset: `domain.name`.
        file: A suite of Great Expectations, a properties file of dbt, or a contract.
        source: Which of them it is; None: what it holds says so.
        new_version: Rules that break users of the contract are meant: the next major version.
        dry: Only tell what would become of each.

    Raises:
        NotFound: there is no such dataset, contract, file or model.
        Invalid: the file cannot be read; nothing is changed.
        Conflict: a rule breaks users of the contract and `new_version` is not set.
        Refused: only owner and steward may.
    """
    found = held(desk, dataset)
    old, text = found.contract(), _read(Path(file))
    kind = source or odcs.recognised(text)
    rules = odcs.taken(old, text, kind)
    new = odcs.read_contract(odcs.add(old.text, odcs.additions(rules)))
    changes = odcs.compare(old, new)
    breaking = [change.words for change in changes if change.breaking]
    if new.text == old.text or dry:
        return _outcome(found, kind, rules, old.version, breaking, dry=dry)
    if breaking and not new_version:
        raise Conflict(
            msg("This breaks what users of `{found}` rely on.", found=found.ref),
            why=joined("\n", breaking),
            next=msg("Say `--new-version` to take it as the next major version, or `--dry` to see "
                     "what would become of each rule."),
            detail="breaking",
        )  # fmt: skip
    new, facts = odcs.put_in_force(old, new, changes, found.ref, found.facts)
    receipt = desk.amend(facts, subject=str(found.ref), seen=found.facts)
    return _outcome(found, kind, rules, new.version, breaking, receipt=receipt)


def _read(path: Path) -> str:
    with reading(path), path.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid(
            msg("`{path}` is larger than a file of rules may be (4 MiB).", path=path.name),
            detail="rules",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(
            msg("`{path}` is not UTF-8.", path=path.name),
            next=msg("Save it as UTF-8."),
            detail="rules",
        ) from None


def _outcome(
    found: Held,
    kind: odcs.Source,
    rules: Sequence[odcs.Taken],
    version: str,
    breaking: Sequence[Message],
    *,
    dry: bool = False,
    receipt: str | None = None,
) -> Outcome:
    counts = {name: sum(1 for one in rules if one.became == name) for name in _WORDS}
    shape: dict[str, object] = {
        "dataset": str(found.ref),
        "version": version,
        "from": kind,
        **counts,
        "rules": [
            {"rule": r.name, "column": r.column, "became": r.became, "why": r.why or None}
            for r in rules
        ],
        "breaking": list(breaking),
        "receipt": receipt,
    }
    rows = tuple((r.column or "", r.name, _WORDS[r.became], r.why or "") for r in rules)
    table = Table((msg("column"), msg("rule"), "", msg("why")), rows)
    return Outcome(shape, (table,) if rows else (), tuple(_said(found, shape, counts, dry=dry)))


def _said(
    found: Held, shape: dict[str, object], counts: dict[str, int], *, dry: bool
) -> list[Message]:
    said = [
        msg(
            "{added} rules added, {already} there already, {kept} kept and not run, "
            "{left} left out.",
            **counts,
        )
    ]
    if dry:
        said.append(msg("Nothing was changed."))
    elif shape["receipt"] is None:
        said.append(msg("The contract of `{ref}` is as it was.", ref=found.ref))
    else:
        said.append(
            msg(
                "The contract of `{ref}` is now version {version}; receipt {receipt}.",
                ref=found.ref,
                version=shape["version"],
                receipt=shape["receipt"],
            )
        )
        said.append(msg("Try it: doumen contract test {ref}", ref=found.ref))
    return said
