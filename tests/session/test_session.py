"""A session: questions, explanations, derived datasets and operations by their words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import doumen
from doumen.model.errors import Invalid
from doumen.operations import find
from doumen.session import Session


@pytest.fixture(scope="module")
def session(folder: Path) -> Iterator[Session]:
    (folder / "a.csv").write_text("n,t\n1,x\n2,y\n")
    with doumen.open(folder) as node:
        session = node.session()
        session.do("collect", path=folder / "a.csv", as_dataset="a.b")
        yield session


def test_the_object_of_the_sdk(session: Session) -> None:
    answer = session.query("SELECT n, t FROM a.b WHERE n >= ? ORDER BY n", (1,))
    assert answer.rows() == [(1, "x"), (2, "y")]
    assert len(answer.receipt) == 26
    assert session.query("SELECT n FROM a.b").arrow().num_rows == 2
    assert session.query("SELECT t FROM a.b ORDER BY t").df()["t"].tolist() == ["x", "y"]
    assert session.explain("SELECT n FROM a.b").columns.names == ("n",)
    made = session.derive("SELECT n FROM a.b WHERE n > ?", "a.c", (1,))
    assert (str(made.ref), made.landed) == ("a.c", 1)


def test_operations_by_their_words_and_as_data(session: Session) -> None:
    by_words = session.do("contract show", dataset="a.b")
    assert session.do(find(("contract", "show")), dataset="a.b").json == by_words.json
    assert session.do("dataset list").json["datasets"]
    with pytest.raises(Invalid, match="no operation"):
        session.do("contract shwo", dataset="a.b")
    with pytest.raises(TypeError, match="has no parameter colour"):
        session.do("contract show", dataset="a.b", colour="red")


def test_a_node_that_is_opened_warm_has_an_engine_before_it_is_asked(folder: Path) -> None:
    with doumen.open(folder, warm=True) as node:
        assert node.vitals().engine_workers > 0
    with doumen.open(folder) as node:
        assert node.vitals().engine_workers == 0
