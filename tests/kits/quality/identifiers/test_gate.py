"""The gate admits the SQL of every scheme, and its answer is the one of Python."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.kits.quality.identifiers.engine import HOSTILE
from tests.kits.quality.identifiers.published import ACCEPTED, REFUSED

import doumen
from doumen.kits.quality.identifiers import SCHEMES, Scheme
from doumen.session import Session, create


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("identifiers") / "node"
    create(folder, "bureau")
    with doumen.open(folder) as node:
        yield node.session()


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.name)
def test_a_scheme_is_counted_behind_the_gate(owner: Session, scheme: Scheme) -> None:
    odd = [text for text in HOSTILE if "\0" not in text and len(text) < 100]
    texts = [*ACCEPTED[scheme.name], *REFUSED[scheme.name], *odd]
    name = f"ids.{scheme.name.replace('-', '_')}"
    marks = ", ".join("(?)" for _ in texts)
    owner.derive(f"SELECT t.id FROM (VALUES {marks}, (NULL)) AS t(id)", name, texts)
    invalid = scheme.invalid('"id"')
    (found,) = owner.query(
        f'SELECT count(*), count_if("id" IS NOT NULL AND {invalid}) FROM {name}'
    ).rows()
    assert found == (len(texts) + 1, sum(not scheme.accepts(text) for text in texts))
