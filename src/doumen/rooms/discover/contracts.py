"""A contract shown and changed: what breaks its users is refused, or a new major version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from doumen.gate.desk import Desk
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Invalid
from doumen.model.fact import Fact
from doumen.model.life import DEPRECATED, NAMED, RETIRED, STATE, STATES, Life
from doumen.model.message import joined, msg
from doumen.model.operation import Outcome, Table, Text
from doumen.model.ref import Ref
from doumen.rooms.discover.editor import Editor, ask_editor
from doumen.rooms.discover.lookup import Held, held, read_file, write_file

_ROWS = frozenset({
    "column-added", "column-removed", "column-renamed", "column-moved", "type-changed",
    "type-widened", "source-changed", "format-changed",
})  # fmt: skip


def show(desk: Desk, dataset: str, output: Path | None = None) -> Outcome:
    """The contract of a dataset in its state; with `output`, written to a new file.

    Raises:
        NotFound: there is no such dataset or contract that the asker may know.
        Conflict: `output` is there already.
    """
    found = held(desk, dataset)
    contract = found.contract()
    shape = {
        "dataset": str(found.ref),
        "version": contract.version,
        "status": contract.status,
        "contract": contract.text,
    }
    if output is None:
        return Outcome(shape, (Text(contract.text),))
    write_file(output, contract.text)
    return Outcome(
        {**shape, "output": str(output)},
        said=(
            msg("Wrote version {version} to {output}.", version=contract.version, output=output),
            msg(
                "Changed, it goes back: doumen contract edit {found} --file {output}",
                found=found.ref,
                output=output,
            ),
        ),
    )


def edit(
    desk: Desk,
    dataset: str,
    file: Path | str | None = None,
    changes: Sequence[str] = (),
    *,
    new_version: bool = False,
    editor: Editor = ask_editor,
) -> Outcome:
    """Change a contract: by single fields, by a file, or in the user's editor.

    A changed `status` is the state of the dataset from then on.

    Args:
        desk: The open gate.
        dataset: `domain.name`.
        file: Path of a text that takes the place of the contract.
        changes: PATH=VALUE each.
        new_version: A breaking change is meant, and takes the next major version.
        editor: What opens a text for the user; used where neither file nor changes are given.

    Raises:
        NotFound: there is no such dataset or contract that the asker may know.
        Invalid: the result is no contract; nothing is changed.
        Conflict: the change breaks users of the contract and `new_version` is not set.
        Refused: only owner and steward may.
    """
    found = held(desk, dataset)
    old = found.contract()
    if file is not None and changes:
        raise Invalid(
            msg("`--file` and `--set` exclude each other."),
            next=msg("Change the file, or name single fields by `--set`."),
            detail="option",
        )
    if file is not None:
        text = read_file(Path(file))
    elif changes:
        text = odcs.edit(old.text, [odcs.read_change(change) for change in changes])
    else:
        text = editor(old.text, f"{found.ref}.odcs.yaml")
    if text == old.text:
        return _outcome(found.ref, old, (), None)
    return _accepted(desk, found, old, odcs.read_contract(text), new_version)


def _accepted(
    desk: Desk, found: Held, old: odcs.Contract, new: odcs.Contract, new_version: bool
) -> Outcome:
    changes = odcs.compare(old, new)
    if new.ref != old.ref:
        raise Invalid(
            msg(
                "The text names dataset `{new}`; this is the contract of `{found}`.",
                new=new.ref,
                found=found.ref,
            ),
            why=msg("A dataset is not renamed by its contract."),
            next=msg("Leave `domain`, the schema's name and `doumenDataset` as they are."),
            detail="dataset",
        )
    breaking = [change.words for change in changes if change.breaking]
    if new.status != old.status and new.status in NAMED:
        breaking.append(msg("status `{new}` takes it from those who are not named for that",
                            new=new.status))  # fmt: skip
    if breaking and not new_version:
        raise Conflict(
            msg("This breaks what users of `{found}` rely on.", found=found.ref),
            why=joined("\n", breaking),
            next=msg("Say `--new-version` to take it as the next major version, or leave it out."),
            detail="breaking",
        )
    new, facts = odcs.put_in_force(old, new, changes, found.ref, found.facts)
    facts += _stated(found, old, new)
    receipt = desk.amend(facts, subject=str(found.ref), seen=found.facts)
    return _outcome(found.ref, new, changes, receipt)


def _stated(found: Held, old: odcs.Contract, new: odcs.Contract) -> Iterator[Fact]:
    """The state that a changed `status` says; `proposed` says none."""
    if new.status == old.status or new.status not in STATES:
        return
    before = found.life
    keeps = before.successor if new.status in (DEPRECATED, RETIRED) else None
    yield Fact(STATE, str(found.ref), Life(new.status, keeps, reason=before.reason).as_json())


def _outcome(
    ref: Ref, contract: odcs.Contract, changes: Sequence[odcs.Change], receipt: str | None
) -> Outcome:
    said = [
        msg("The contract of `{ref}` is as it was.", ref=ref)
        if receipt is None
        else msg(
            "The contract of `{ref}` is now version {version}; receipt {receipt}.",
            ref=ref,
            version=contract.version,
            receipt=receipt,
        )
    ]
    if any(change.kind in _ROWS for change in changes):
        said.append(
            msg(
                "What has landed keeps its form until it is collected again: "
                "`doumen collect PATH --as-dataset {ref} --replace`.",
                ref=ref,
            )
        )
    return Outcome(
        json={
            "dataset": str(ref),
            "version": contract.version,
            "changes": changes_json(changes),
            "unchanged": receipt is None,
            "receipt": receipt,
        },
        drawn=(changes_table(changes),) if changes else (),
        said=tuple(said),
    )


def changes_json(changes: Sequence[odcs.Change]) -> list[dict[str, object]]:
    """Differences for machines."""
    return [
        {"kind": c.kind, "path": c.path, "breaking": c.breaking, "words": c.words} for c in changes
    ]


def changes_table(changes: Sequence[odcs.Change]) -> Table:
    """Differences for people."""
    rows = tuple((c.words, msg("breaking") if c.breaking else "") for c in changes)
    return Table((msg("change"), ""), rows)
