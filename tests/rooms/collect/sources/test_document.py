"""Documents of sources: what is read, and that all faults are told with their places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.rooms.collect.sources.conftest import Place

from doumen.model.errors import DoumenError, Invalid
from doumen.model.load import Mode
from doumen.model.merge import Merge, Vanished
from doumen.model.source import Keeps, Secret, Writes
from doumen.rooms.collect.sources import document, kept


def read(folder: Path, text: str) -> Any:
    file = folder / "s.yaml"
    file.write_text(text, "utf-8")
    return document.read("shop", file)


def test_all_that_a_document_says_is_read_and_kept(place: Place, tmp_path: Path) -> None:
    source = read(
        tmp_path,
        "source: memory\nhost: there\npassword: {env: SHOP}\nstreams:\n"
        "  shop.b: {query: 'SELECT 1', writes: replace, cursor: id}\n"
        "  Shop.A: {table: public.a, cursor: day, accept_extra: true}\n",
    )
    assert (source.kind, dict(source.options)) == ("memory", {"host": "there"})
    assert source.secrets == {"password": Secret(Keeps.ENV, "SHOP")}
    first, second = source.streams
    assert (str(first.ref), first.writes, first.accept_extra) == ("shop.a", Writes.APPEND, True)
    assert (second.query, second.writes) == ("SELECT 1", Writes.REPLACE)
    assert kept.from_json("shop", kept.as_json(source)) == source


def test_streams_that_are_merged(place: Place, tmp_path: Path) -> None:
    source = read(
        tmp_path,
        "source: memory\nstreams:\n"
        "  s.a: {table: t, key: id, cursor: at, late: 36h}\n"
        "  s.b: {table: t, key: [id, part], writes: history, vanished: mark}\n",
    )
    first, second = source.streams
    assert (first.writes, first.key, first.late) == (Writes.UPSERT, ("id",), "36h")
    assert first.merge == Merge(Mode.UPSERT, ("id",), "at")
    assert second.merge == Merge(Mode.HISTORY, ("id", "part"), None, Vanished.MARK)
    assert kept.from_json("shop", kept.as_json(source)) == source


def test_a_file_of_a_secret_is_kept_by_its_whole_path(place: Place, tmp_path: Path) -> None:
    source = read(tmp_path, "source: memory\npassword: {file: pw}\nstreams: {a.b: {table: t}}\n")
    assert source.secrets["password"].name == str(tmp_path / "pw")


FAULTS: dict[str, tuple[str, str]] = {
    "no kind": ("streams: {a.b: {table: t}}", "what kind it is"),
    "a list": ("[1]", "what kind it is"),
    "unknown kind": ("source: oracle\nstreams: {a.b: {table: t}}", "`source` is `oracle`"),
    "no streams": ("source: memory", "`streams` names at least one dataset"),
    "unknown option": ("source: memory\nport: 1\nstreams: {a.b: {table: t}}", "port"),
    "a secret as it is": ("source: memory\npassword: x\nstreams: {a.b: {table: t}}",
                          "`password` is a secret: say where it is kept"),
    "a secret nowhere": ("source: memory\npassword: {}\nstreams: {a.b: {table: t}}",
                         "`password` is a secret"),
    "a keyring without user": ("source: memory\npassword: {keyring: x}\n"
                               "streams: {a.b: {table: t}}", "SERVICE/USER"),
    "table and query": ("source: memory\nstreams: {a.b: {table: t, query: q}}",
                        "Give `table` or `query`"),
    "neither": ("source: memory\nstreams: {a.b: {}}", "Give `table` or `query`"),
    "append without cursor": ("source: memory\nstreams: {a.b: {table: t, writes: append}}",
                              "needs a `cursor`"),
    "upsert without key": ("source: memory\nstreams: {a.b: {table: t, writes: upsert}}",
                           "`key` names the columns"),
    "a key for nothing": ("source: memory\nstreams: {a.b: {table: t, writes: replace, key: id}}",
                          "`key` names the columns"),
    "vanished where not all come": (
        "source: memory\nstreams: {a.b: {table: t, key: id, cursor: c, vanished: mark}}",
        "read whole each time"),
    "a history that removes": (
        "source: memory\nstreams: {a.b: {table: t, key: id, writes: history, vanished: remove}}",
        "removes no row"),
    "late without cursor": ("source: memory\nstreams: {a.b: {table: t, key: id, late: 1}}",
                            "with a `cursor`"),
    "late in words": (
        "source: memory\nstreams: {a.b: {table: t, key: id, cursor: c, late: two days}}",
        "such as `36h`"),
    "files of tables": ("source: memory\nstreams: {a.b: {files: '*.csv'}}", "Give `table` or"),
    "unknown member": ("source: memory\nstreams: {a.b: {table: t, every: day}}", "every"),
    "no name": ("source: memory\nstreams: {b: {table: t}}", "streams.b"),
    "quarantine": ("source: memory\nstreams: {a.b__quarantine: {table: t}}",
                   "cannot be collected into"),
    "twice": ("source: memory\nstreams: {a.b: {table: t}, A.b: {table: u}}", "named twice"),
    "no contract there": ("source: memory\nstreams: {a.b: {table: t, contract: no.yaml}}",
                          "streams.a.b"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_place(place: Place, tmp_path: Path, fault: str) -> None:
    text, told = FAULTS[fault]
    with pytest.raises(Invalid) as caught:
        read(tmp_path, text)
    assert told in str(caught.value.why or caught.value.what)
    assert caught.value.code == "invalid.source"


def test_all_faults_are_told_at_once(place: Place, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read(tmp_path, "source: memory\nport: 1\npassword: x\nstreams: {b: {table: t}, a.c: {}}\n")
    assert "has 4 faults" in str(caught.value.what)


def test_what_is_no_yaml_is_told(place: Place, tmp_path: Path) -> None:
    with pytest.raises(DoumenError, match="YAML"):
        read(tmp_path, "source: [\n")
    with pytest.raises(DoumenError) as caught:
        document.read("shop", tmp_path / "gone.yaml")
    assert caught.value.code == "not-found.file"


def test_streams_of_files(tmp_path: Path) -> None:
    source = read(
        tmp_path,
        "source: folder\npath: in\nstreams:\n  a.many: {files: 'x/*.csv'}\n"
        "  a.named: {files: x.csv}\n"
        "  a.said: {files: x.csv, writes: append, changed: append, settled: 0, sheet: two}\n",
    )
    assert dict(source.options) == {"path": str(tmp_path / "in")}
    many, named, said = source.streams
    assert (many.table, many.writes, named.writes, said.writes) == (
        "x/*.csv", Writes.APPEND, Writes.REPLACE, Writes.APPEND,
    )  # fmt: skip
    assert dict(many.reads) == {"changed": "refuse", "settled": 10.0}
    assert dict(said.reads) == {"changed": "append", "settled": 0.0, "sheet": "two"}
    assert kept.from_json("shop", kept.as_json(source)) == source


def test_the_web_names_one_file(tmp_path: Path) -> None:
    source = read(
        tmp_path,
        "source: http\nbase: https://example.org/\nauthorities: ca.pem\n"
        "streams: {a.b: {files: 'get?all=[1]'}}\n",
    )
    assert source.options["authorities"] == str(tmp_path / "ca.pem")
    assert source.streams[0].writes is Writes.REPLACE


@pytest.mark.parametrize(("stream", "told"), [
    ("{files: ../x.csv}", "is no pattern of files"), ("{table: x}", "Give `files`, a pattern"),
    ("{files: x, cursor: id}", "Give `files`, a pattern"), ("{files: x, settled: -1}", "settled"),
    ("{files: x, changed: keep}", "changed"), ("{files: x, every: day}", "every"),
])  # fmt: skip
def test_faults_of_streams_of_files(tmp_path: Path, stream: str, told: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(tmp_path, f"source: folder\npath: in\nstreams: {{a.b: {stream}}}\n")
    assert told in str(caught.value.why)
