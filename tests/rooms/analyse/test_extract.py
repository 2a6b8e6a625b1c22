"""Files out of a dataset: what the rules leave, under safe names, once, and on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.model.errors import DoumenError, Invalid, NotFound, Unavailable
from doumen.rooms.analyse import extract
from doumen.rooms.analyse.placing import Place
from doumen.session import Node, create

FILES = {"a.txt": b"one", "d/b.pdf": b"%PDF-", "empty": b"", "secret.txt": b"hush"}
RULES = """
rules:
  - {id: seen, permit: query, who: {role: analyst}, on: f.docs,
     duties: [{filter: "path <> 'secret.txt'"}]}
  - {id: whole, permit: query, who: {role: reader}, on: f.docs}
  - {id: masked, permit: query, who: {role: reader}, on: f.docs,
     duties: [{mask: {column: path, method: hash}}]}
  - {id: nulls, permit: query, who: {role: blind}, on: f.docs,
     duties: [{mask: {column: content, method: 'null'}}]}
  - {id: few, permit: query, who: {role: counted}, on: f.docs, duties: [{limit: 1}]}
  - {id: other, permit: query, who: {role: denied}, on: f.docs}
  - {id: no, deny: query, who: {role: denied}, on: {column: f.docs.content}}
  - {id: for, permit: query, who: {role: scholar}, on: f.docs, for: [research]}
"""
ROLES = ("analyst", "reader", "blind", "counted", "denied", "scholar", "nobody")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("extract")
    create(folder / "node", "extract")
    for name, content in FILES.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "rules.yaml").write_text(RULES)
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        owner.do("collect", path=folder / "in", as_dataset="f.docs", files=True)
        for role in ROLES:
            owner.do("actor add", name=role, role=(role,), purpose=("research",))
        owner.do("rule add", file=folder / "rules.yaml")
        yield opened


def out(node: Node, to: Path, actor: str | None = None, **more: Any) -> Any:
    purpose = more.pop("purpose", None)
    session = node.session(actor, purpose)
    return session.do("dataset extract", **{"dataset": "f.docs", "to": to, **more})


def there(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_went_in_comes_out(node: Node, tmp_path: Path) -> None:
    done = out(node, tmp_path / "o")
    assert there(tmp_path / "o") == FILES
    assert (done.json["written"], done.json["bytes"], done.exit) == (4, 12, 0)
    assert len(done.json["receipts"]) == 2
    again = out(node, tmp_path / "o")
    assert (again.json["written"], again.json["there"]) == (0, 4)


def test_a_condition_chooses(node: Node, tmp_path: Path) -> None:
    out(node, tmp_path / "o", where="media_type = 'application/pdf' -- the papers")
    assert there(tmp_path / "o") == {"d/b.pdf": b"%PDF-"}
    with pytest.raises(Invalid):
        out(node, tmp_path / "p", where="nothing = 1")
    for outside in ("1) UNION ALL (SELECT path, size, sha256 FROM f.none", "1); SELECT (1"):
        with pytest.raises(DoumenError):
            out(node, tmp_path / "p", where=outside)


def test_rules_hold(node: Node, tmp_path: Path) -> None:
    out(node, tmp_path / "o", "analyst")
    assert there(tmp_path / "o") == {k: v for k, v in FILES.items() if k != "secret.txt"}
    cut = out(node, tmp_path / "c", "counted")
    assert (len(there(tmp_path / "c")), cut.json["truncated"]) == (1, True)
    out(node, tmp_path / "s", "scholar", purpose="research")
    assert there(tmp_path / "s") == FILES


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        ("reader", "refused.mask"),
        ("blind", "refused.mask"),
        ("denied", "refused.column"),
        ("scholar", "refused.purpose"),
        ("nobody", "not-found.dataset"),
    ],
)
def test_what_is_not_whole_does_not_come_out(
    node: Node, tmp_path: Path, actor: str, code: str
) -> None:
    with pytest.raises(DoumenError) as caught:
        out(node, tmp_path / "o", actor)
    assert caught.value.code == code
    assert not (tmp_path / "o").exists()


def test_it_goes_on_and_replaces_nothing(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "GROUP", 1)
    folder = tmp_path / "o"
    (folder / "d").mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"one")
    (folder / "d" / "b.pdf").write_bytes(b"mine")
    done = out(node, folder)
    assert (done.json["written"], done.json["there"], done.exit) == (2, 1, 1)
    assert [one["path"] for one in done.json["faults"]] == ["d/b.pdf"]
    assert there(folder) == {**FILES, "d/b.pdf": b"mine"}


def test_rows_that_lie_or_lead_out_write_nothing(node: Node, tmp_path: Path) -> None:
    digest = sha256(b"x").hexdigest()
    lies = {"../up": digest, "/abs": digest, "false": "0" * 64, "good": digest, "twice": digest}
    values = ", ".join(f"('{name}', '{sha}')" for name, sha in [*lies.items(), ("twice", digest)])
    node.session().derive(
        f"SELECT p AS path, 1::BIGINT AS size, s AS sha256, 'x'::BLOB AS content "
        f"FROM (VALUES {values}) AS v(p, s)",
        "f.lies",
    )
    done = out(node, tmp_path / "o", dataset="f.lies")
    assert there(tmp_path / "o").keys() == {"good", "twice"}
    assert {one["path"] for one in done.json["faults"]} == {"../up", "/abs", "false", "twice"}
    assert (done.exit, list(tmp_path.iterdir())) == (1, [tmp_path / "o"])


def test_rows_that_are_empty_write_nothing(node: Node, tmp_path: Path) -> None:
    node.session().derive(
        "SELECT p AS path, NULL::BIGINT AS size, NULL::VARCHAR AS sha256, NULL::BLOB AS content "
        "FROM (VALUES (NULL), ('a')) AS v(p)",
        "f.nulls",
    )
    done = out(node, tmp_path / "o", dataset="f.nulls")
    assert (len(done.json["faults"]), there(tmp_path / "o")) == (2, {})


def test_a_disk_that_takes_nothing_more_is_told(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(place: Place, name: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Place, "write", full)
    with pytest.raises(Unavailable):
        out(node, tmp_path / "o")


def test_other_datasets_have_no_files(node: Node, tmp_path: Path) -> None:
    node.session().derive(
        "SELECT 'a' AS path, 1::BIGINT AS size, 's' AS sha256, 'text' AS content", "f.text"
    )
    with pytest.raises(Invalid, match="no dataset of files"):
        out(node, tmp_path / "o", dataset="f.text")
    with pytest.raises(NotFound):
        out(node, tmp_path / "o", dataset="f.none")
