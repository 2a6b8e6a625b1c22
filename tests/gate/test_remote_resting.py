"""The consumer's gate while a transfer does not run: nothing is asked of the provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests import linked
from tests.gate.test_remote import ALL, HOURLY, TERMS, ask
from tests.linked import Linked

from doumen.model.errors import Refused
from doumen.model.fact import Fact


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    with linked.linked(tmp_path_factory.mktemp("resting"), {"w.hourly": HOURLY}) as found:
        yield found


def explain(two: Linked, key: str) -> object:
    return two.port.session("owner", "research").desk.explain(ALL, agreement=key)


@pytest.mark.parametrize("state", ["SUSPENDED", "COMPLETED", "TERMINATED"])
def test_nothing_is_asked(two: Linked, state: str) -> None:
    key = two.agree(f"rests-{state}", TERMS)
    body = two.port.means.catalog.current().body("agreement", key) or {}
    use = {"transfer": "T-1", "state": state, "by": "provider", "since": "2026-03-03", "held": True}
    two.port.gate.amend("owner", [Fact("agreement", key, {**body, "use": use})], "test")
    for question in (ask, explain):
        with pytest.raises(Refused, match="The transfer of agreement"):
            question(two, key)
    assert two.usage(key) == ((0, 0), (0, 0), 0)
    provider = [e for e in two.weather.session().desk.entries() if key.encode() in e]
    assert b"query." not in b"".join(provider)
