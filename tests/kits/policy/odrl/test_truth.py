"""The tables of Kleene, and that knowing more never turns what was known."""

from __future__ import annotations

from itertools import product

import pytest

from doumen.kits.policy.odrl.truth import Truth, every, negated, one, some

ALL: tuple[Truth, ...] = (True, False, None)


@pytest.mark.parametrize("parts", [p for n in range(5) for p in product((True, False), repeat=n)])
def test_known_parts_give_the_truth_tables(parts: tuple[bool, ...]) -> None:
    assert every(parts) is all(parts)
    assert some(parts) is any(parts)
    assert one(parts) is (sum(parts) == 1)


@pytest.mark.parametrize("parts", [p for n in range(1, 5) for p in product(ALL, repeat=n)])
def test_unknown_parts_leave_open_what_they_could_turn(parts: tuple[Truth, ...]) -> None:
    worlds = list(product(*[(True, False) if part is None else (part,) for part in parts]))
    for ours, known in ((every, all), (some, any), (one, lambda w: sum(w) == 1)):
        answers = {bool(known(world)) for world in worlds}
        assert ours(parts) is (answers.pop() if len(answers) == 1 else None)


def test_the_opposite() -> None:
    assert [negated(part) for part in ALL] == [False, True, None]
