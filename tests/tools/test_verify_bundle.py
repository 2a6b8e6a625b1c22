"""The script for who judges a dispute: whatever is changed in a bundle is named, with its place.

The one who hands it over has the keys of its own side, and signs the manifest anew.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.exchanged import SCRIPT, Pair, Side, pair, verdict

from doumen.kits.evidence import jws
from doumen.kits.evidence.canonical import canonical

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("bundles")) as made:
        made.read()
        made.read("SELECT count(*) AS n FROM w.hourly")
        made.provider.desk().exchange().ask_witness(made.third.id)
        made.provider.desk().exchange().ask_witness(made.consumer.id)
        for side in (made.provider, made.consumer):
            side.bundle(made.key, path_of(side))
        yield made


def path_of(side: Side) -> Path:
    return side.folder.parent / f"{side.folder.name}.zip"


def bent(side: Side, path: Path, change: Callable[[Files], None], *, sign: bool = True) -> Path:
    """The bundle of a side, changed and signed anew."""
    with zipfile.ZipFile(path_of(side)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if sign:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = {
            name: sha256(data).hexdigest() for name, data in files.items() if "manifest" not in name
        }
        files["manifest.json"], keys = canonical(manifest), side.node.means.keys()
        text = jws.sign(files["manifest.json"], keys.working, str(keys.certificate["kid"]))
        files["manifest.jws"] = text.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def edit(name: str, change: Callable[[Any], Any]) -> Callable[[Files], None]:
    """Change the value of a file, or the list of its values."""

    def changed(files: Files) -> None:
        if name.endswith("l"):
            lines = [json.loads(line) for line in files[name].splitlines()]
            change(lines)
            files[name] = b"".join(canonical(line) + b"\n" for line in lines)
        else:
            value = json.loads(files[name])
            change(value)
            files[name] = canonical(value)

    return changed


def said(change: Callable[[list[Any]], Any]) -> Callable[[Files], None]:
    return edit("negotiation.json", lambda body: change(body["said"]))


def swap(rows: list[Any], one: int, two: int) -> None:
    rows[one], rows[two] = rows[two], rows[one]


def replaced(row: dict[str, Any], name: str, old: str, new: str) -> None:
    assert old in row[name]
    row[name] = row[name].replace(old, new)


def alone(text: str) -> str:
    body = json.loads(text)
    return canonical({**body, "signatures": body["signatures"][:1]}).decode()


def swap_marks(heads: list[Any]) -> None:
    """The lines of the witness under one head, put under the other."""
    (one, mark), (two, other) = (h["checkpoint"].rsplit("— ", 1) for h in heads)
    heads[0]["checkpoint"], heads[1]["checkpoint"] = f"{one}— {other}", f"{two}— {mark}"
    heads[0]["certificate"], heads[1]["certificate"] = (
        heads[1]["certificate"], heads[0]["certificate"],
    )  # fmt: skip


CASES: dict[str, tuple[Callable[[Files], None], str]] = {
    "a message reworded": (
        said(lambda m: replaced(m[1], "text", "w.hourly", "w.daily")),
        "provider, message 2 (agree): it is not signed by the provider over this text",
    ),
    "a message of another": (
        said(lambda m: m[2].update(sender="provider")),
        "provider, message 3 (verify): it is not signed by the provider",
    ),
    "a token left out": (
        said(lambda m: m[0].update(token="")),
        "provider, message 1 (request): it is not signed by the consumer",
    ),
    "messages swapped": (
        said(lambda m: swap(m, 1, 2)),
        "provider, negotiation: it is no walk",
    ),
    "the end left out": (said(lambda m: m.pop()), "provider, negotiation: it is no walk"),
    "an acknowledgement reworded": (
        said(lambda m: m[1].update(answer=m[1]["answer"] + " ")),
        "provider, message 2 (agree), acknowledged: it is not signed by the consumer",
    ),
    "an acknowledgement of another message": (
        said(lambda m: m[3].update(reply=m[1]["reply"], answer=m[1]["answer"])),
        "provider, message 4 (finalize): another message was acknowledged",
    ),
    "other terms in force": (
        edit("agreement.json", lambda all: all[-1]["body"]["policy"].update(target="urn:x")),
        "provider, agreement: it is not what the provider's message says",
    ),
    "another key": (
        edit("manifest.json", lambda body: body.update(agreement="A-AAAAAAAA")),
        "provider, agreement: it is not what the provider's message says",
    ),
    "an entry reworded": (
        edit("entries.jsonl", lambda all: replaced(all[-1], "entry", "research", "other")),
        "it is not in the ledger of the head",
    ),
    "an entry left out": (
        edit("entries.jsonl", lambda all: all.pop()),
        "provider, usage: its entries come to",
    ),
    "an entry at another place": (
        edit("entries.jsonl", lambda all: all[0].update(index=99)),
        "provider, entry 99: it is not in the ledger of the head",
    ),
    "a receipt left out": (
        edit("receipts.jsonl", lambda all: all.pop()),
        "its receipt is missing",
    ),
    "a receipt of another entry": (
        edit("receipts.jsonl", lambda all: all[0].update(receipt=all[1]["receipt"])),
        "it is of another event than the entry",
    ),
    "a receipt that only we signed": (
        edit("receipts.jsonl", lambda all: all[-1].update(receipt=alone(all[-1]["receipt"]))),
        "of both sides, only ['provider'] signed",
    ),
    "usage": (
        edit("manifest.json", lambda body: body["usage"].update(rows=1)),
        "provider, usage: its entries come to {'queries': 2, 'rows': 3}",
    ),
    "a proof left out": (
        edit("proofs.json", lambda body: body.clear()),
        "the provider does not show that its ledger continues the head",
    ),
    "a proof of another size": (
        edit("proofs.json", lambda body: body.update({key: ["00" * 32] for key in body})),
        "the provider does not show that its ledger continues the head",
    ),
    "a head of nobody": (
        lambda files: files.update({"checkpoint.txt": files["checkpoint.txt"].replace(b"= ", b"=")
                                    .replace(b"\n\n", b"\nx\n\n")}),
        "provider, checkpoint: its head is not of the provider",
    ),
    "a cosignature of another head": (
        edit("heads.jsonl", swap_marks),
        "it is not cosigned by",
    ),
    "nothing": (lambda files: None, "All of it holds."),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_change_is_named(both: Pair, tmp_path: Path, case: str) -> None:
    change, named = CASES[case]
    third = both.third.node.means.own()
    path = bent(both.provider, tmp_path / "bent.zip", change)
    code, told = both.verify(path, "--witness", f"{third.origin}={third.root}")
    assert (code, named in told) == (0 if case == "nothing" else 1, True), told
    assert "form:" not in told


def test_any_file_that_is_changed_is_named(both: Pair, tmp_path: Path) -> None:
    with zipfile.ZipFile(path_of(both.provider)) as archive:
        names = archive.namelist()
    for name in names:

        def change(files: Files, name: str = name) -> None:
            manifest = name.startswith("manifest")
            files[name] = files[name].replace(b"y", b"x", 1) if manifest else files[name] + b" "

        code, told = both.verify(bent(both.provider, tmp_path / "b.zip", change, sign=False))
        assert code == 1, name
        if "manifest" not in name:
            assert f"provider, {name}: it was changed" in told


def test_bundles_of_two_agreements_are_not_taken_for_one(both: Pair, tmp_path: Path) -> None:
    code, told = both.verify(path_of(both.provider), "--other", str(path_of(both.provider)))
    assert (code, "usage: it is not {'provider': [2, 3]}" in told) == (1, True), told
    other = bent(both.consumer, tmp_path / "c.zip", said(lambda m: m.pop(0)))
    code, told = both.verify(path_of(both.provider), "--other", str(other))
    assert (code, "negotiation: the consumer shows other messages" in told) == (1, True)


def test_a_token_that_one_side_does_not_have_is_taken_from_the_other(
    both: Pair, tmp_path: Path
) -> None:
    path = bent(both.provider, tmp_path / "b.zip", said(lambda m: m[1].update(token="")))
    assert both.verify(path)[0] == 1
    assert both.verify(path, "--other", str(path_of(both.consumer)))[0] == 0


def test_what_is_no_bundle_is_told_as_such(both: Pair, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no zip")
    assert both.verify(tmp_path / "x.zip")[0] == 1
    code, told = verdict(path_of(both.provider), "--root", both.provider.root)
    assert (code, "form: a file or a root key is missing" in told) == (1, True)
    wrong = f"{both.consumer.id}={'00' * 32}"
    code, told = verdict(path_of(both.provider), "--root", both.provider.root, "--root", wrong)
    assert (code, "it is not signed by the consumer" in told) == (1, True)


def test_a_witness_that_is_not_known_is_not_judged(both: Pair) -> None:
    third = both.third.node.means.own()
    code, told = both.verify(path_of(both.provider))
    assert (code, f"give --witness for {third.origin}" in told) == (0, True)
    code, told = both.verify(path_of(both.provider), "--witness", f"{third.origin}={'01' * 32}")
    assert (code, f"it is not cosigned by {third.origin}" in told) == (1, True)
    key = both.third.node.means.keys().certificate["public"]
    code, told = both.verify(path_of(both.provider), "--witness", f"{third.origin}={key}")
    assert (code, f"cosigned by {third.origin}" in told) == (0, True)


def test_the_script_is_short_and_needs_nothing_else() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 150
    for name in ("verify_bundle.py", "proofs.py"):
        assert "doumen" not in SCRIPT.with_name(name).read_text().replace("without Doumen", "")
