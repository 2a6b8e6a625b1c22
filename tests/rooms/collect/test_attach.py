"""The verb `attach`: what can be attached, what is said, and that it equals a collection."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import doumen
from doumen.kits.evidence.digest import AnswerDigest, Digester
from doumen.model.errors import DoumenError, Invalid, NotFound
from doumen.session import Node, create

FILES: dict[str, bytes] = {
    "plain.csv": b'id,name,day\n1,Ann,2024-01-02\n2,,2024-01-03\n3,"",\n',
    "bom.csv": b"\xef\xbb\xbfid,name\n1,\xe6\xb8\xa9\xe5\xb7\x9e\n2,b\n",
    "windows.csv": b"id;amount\r\n1;1.50\r\n2;2.25\r\n",
    "tabs.tsv": b"id\tname\n007\tx\n008\ty\n",
    "above.csv": b"Report of May\n\nid,name,v\n1,a,2.5\n2,b,3.5\n3,c,4.5\n",
    "quoted.csv": b'id,text\n1,"two\nlines, and ""quotes"""\n2,plain\n',
    "bare.csv": b"1,a,2024-01-02\n2,b,2024-01-03\n3,c,2024-01-04\n",
    "dates.csv": b"id,day\n1,31.12.2024\n2,01.02.2024\n3,28.02.2023\n",
}


@dataclass
class Place:
    """A node and a folder of files beside it."""

    node: Node
    folder: Path

    def do(self, words: str, **options: Any) -> Any:
        return self.node.session().do(words, **options)

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def digest(self, dataset: str) -> AnswerDigest:
        """Of all rows, columns and types, under one salt."""
        answer = self.node.session().query(f"SELECT * FROM {dataset}")
        digester = Digester(answer.schema, ordered=False, salt=bytes(32))
        for batch in answer.batches():
            digester.update(batch)
        return digester.finish()

    def rows(self, dataset: str) -> list[tuple[Any, ...]]:
        return self.node.session().query(f"SELECT * FROM {dataset}").rows()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("attach")
    create(folder / "node", "attach")
    with doumen.open(folder / "node") as node:
        yield Place(node, folder)


@pytest.mark.parametrize("name", FILES)
def test_it_is_as_if_collected(place: Place, name: str) -> None:
    path, stem = place.write(name, FILES[name]), name.partition(".")[0]
    attached = place.do("attach", path=path, as_dataset=f"att.{stem}")
    collected = place.do("collect", path=path, as_dataset=f"col.{stem}")
    assert attached.json["rows"] == collected.json["landed"] > 0
    assert attached.json["encoding"] == collected.json["encoding"]
    assert place.digest(f"att.{stem}") == place.digest(f"col.{stem}")


def test_what_is_said(place: Place) -> None:
    path = place.write("said.csv", FILES["plain.csv"])
    outcome = place.do("attach", path=path, as_dataset="att.said")
    assert set(outcome.json) == {
        "dataset", "rows", "files", "snapshot", "receipt", "unchanged", "encoding",
    }  # fmt: skip
    said = "\n".join(outcome.said)
    assert "Read as: UTF-8" in said
    assert "Types inferred from all 3 rows" in said
    assert "stay where they lie" in said
    assert "--replace" in said
    again = place.do("attach", path=path, as_dataset="att.said")
    assert again.json["unchanged"]
    assert "nothing changed" in "\n".join(again.said)
    assert again.json["receipt"] == outcome.json["receipt"]


def test_a_folder_a_pattern_and_a_link(place: Place) -> None:
    for name in ("a.csv", "b.csv", "copy.csv", "note.md"):
        content = f"id,v\n{ord(name[0])},x\n".encode()
        place.write(f"many/{name}", b"id,v\n97,x\n" if name == "copy.csv" else content)
    outcome = place.do("attach", path=place.folder / "many", as_dataset="att.folder")
    assert (outcome.json["rows"], outcome.json["files"]) == (2, 2)
    assert "Content that came twice is taken once" in "\n".join(outcome.said)
    pattern = place.do("attach", path=f"{place.folder}/many/[ab].csv", as_dataset="att.pattern")
    assert pattern.json["files"] == 2
    link = place.folder / "link.csv"
    link.symlink_to(place.folder / "many" / "a.csv")
    place.do("attach", path=link, as_dataset="att.link")
    assert place.do("describe", dataset="att.link").json["attached"] == [
        os.path.realpath(place.folder / "many" / "a.csv")
    ]
    link.unlink()
    assert place.rows("att.link") == [(97, "x")]


def test_under_a_contract(place: Place) -> None:
    path = place.write("held.csv", b"id,name,more\n1,a,z\n2,b,z\n")
    text = place.do("contract infer", dataset="att.held", source=path).json["contract"]
    contract = place.write("held.yaml", text.replace("name: more", "name: gone").encode())
    with pytest.raises(DoumenError, match="gone"):
        place.do("attach", path=path, as_dataset="att.held", contract=contract)
    kept = text[: text.index("      - name: more")] if "      - name: more" in text else text
    contract.write_text(kept)
    with pytest.raises(DoumenError, match="more"):
        place.do("attach", path=path, as_dataset="att.held", contract=contract)
    outcome = place.do(
        "attach", path=path, as_dataset="att.held", contract=contract, accept_extra=True
    )
    assert outcome.json["rows"] == 2
    assert place.rows("att.held") == [(1, "a"), (2, "b")]


def test_labels_of_the_contract(place: Place) -> None:
    path = place.write("lab.csv", b"id,name\n1,a\n2,b\n")
    text = place.do("contract infer", dataset="att.lab", source=path).json["contract"]
    labelled = text.replace("- name: name\n", "- name: name\n        classification: personal\n")
    assert labelled != text
    contract = place.write("lab.yaml", labelled.encode())
    place.do("attach", path=path, as_dataset="att.lab", contract=contract)
    columns = place.do("describe", dataset="att.lab").json["columns"]
    assert [c["labels"] for c in columns] == [[], ["personal"]]


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("z.csv.gz", gzip.compress(FILES["plain.csv"], mtime=0), "invalid.packed", "packed"),
        ("z.json", json.dumps([{"a": 1}]).encode(), "invalid.format", "JSON"),
        (
            "gb.csv",
            "编号,城市\n1,温州\n2,丽水\n3,宁波\n".encode("gb18030"),
            "invalid.encoding",
            "iconv",
        ),
        ("u16.csv", "id,name\n1,温州\n".encode("utf-16"), "invalid.encoding", "collect"),
        ("mac.csv", b"id,v\r1,a\r2,b\r", "faulty.form", "Collect it"),
    ],
    ids=["packed", "json", "gb18030", "utf-16", "mac"],
)
def test_what_cannot_be_attached_says_what_to_do(
    place: Place, name: str, content: bytes, code: str, words: str
) -> None:
    path = place.write(name, content)
    with pytest.raises(DoumenError) as caught:
        place.do("attach", path=path, as_dataset="att.cannot")
    assert caught.value.code == code
    assert words in f"{caught.value.what} {caught.value.why} {caught.value.next}"


def test_an_address_and_nothing(place: Place) -> None:
    with pytest.raises(Invalid) as caught:
        place.do("attach", path="https://example.org/a.csv", as_dataset="att.web")
    assert caught.value.code == "invalid.address"
    assert "doumen collect https://example.org/a.csv" in str(caught.value.next)
    with pytest.raises(NotFound):
        place.do("attach", path=place.folder / "nothing.csv", as_dataset="att.none")
    with pytest.raises(Invalid, match="cannot be collected into"):
        place.do("attach", path=place.folder, as_dataset="sys.x")


def test_parquet(place: Place) -> None:
    path = place.folder / "p.parquet"
    pq.write_table(pa.table({"id": [1, 2], "tags": [["a"], None]}), path)
    outcome = place.do("attach", path=path, as_dataset="att.p")
    assert outcome.json["encoding"] is None
    assert place.rows("att.p") == [(1, ["a"]), (2, None)]
    with pytest.raises(Invalid, match="no encoding"):
        place.do("attach", path=path, as_dataset="att.p2", delimiter=";")
