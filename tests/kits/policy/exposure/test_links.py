"""What can be put together: by references, keys and names; in which form; only what is new."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from tests.counts import count
from tests.kits.policy.exposure.worlds import COARSE, HASH, NULL, OWN, before, new

from doumen.kits.policy.exposure import compare, counted, links, regions
from doumen.model.exposure import By, Gain, Keys, Shown, Sight
from doumen.model.ref import Ref
from doumen.model.rule import Mask

FLIGHTS, PLANES, SEATS = Ref("t", "flights"), Ref("t", "planes"), Ref("t", "seats")
ELSEWHERE = "did:web:registry.example"


def sight(ref: Ref, *columns: Shown, agreement: str | None = "A-1", provider: str = OWN) -> Sight:
    return Sight(provider, ref, agreement, columns)


def asked(*columns: Shown, ref: Ref = FLIGHTS) -> Sight:
    return sight(ref, *columns, agreement=None)


def gains(*sights: Sight, known: list[Sight] | None = None) -> list[Gain]:
    return [compare(one, known or []) for one in sights]


TAIL, DAY, OWNER = Shown("tail", "VARCHAR"), Shown("day", "DATE"), Shown("owner", "VARCHAR")
HELD = sight(PLANES, TAIL, OWNER)


def test_the_same_name_and_type_may_be_a_key() -> None:
    (link,) = links(gains(asked(TAIL, DAY)), [HELD], {})
    assert (link.by, link.columns, link.hashed) == (By.NAME, (("tail", "tail"),), False)
    assert (link.gained, link.there) == ((DAY,), HELD)
    other = sight(PLANES, Shown("TAIL", "VARCHAR"), provider=ELSEWHERE)
    (link,) = links(gains(asked(TAIL)), [other], {})
    assert (link.columns, link.gained) == ((("tail", "TAIL"),), ())


@pytest.mark.parametrize(
    "theirs",
    [
        Shown("tail", "BIGINT"),
        Shown("tail", "VARCHAR", HASH),
        Shown("tail", "VARCHAR", NULL),
        Shown("tails", "VARCHAR"),
    ],
)
def test_other_names_types_and_forms_are_none(theirs: Shown) -> None:
    assert links(gains(asked(TAIL, DAY)), [sight(PLANES, theirs)], {}) == ()


@pytest.mark.parametrize("type", ["DOUBLE", "BOOLEAN", "STRUCT(a BIGINT)"])
def test_a_measure_of_the_same_name_is_no_key(type: str) -> None:
    value = Shown("tail", type)
    assert links(gains(asked(value)), [sight(PLANES, value)], {}) == ()
    (link,) = links(
        gains(asked(value)), [sight(PLANES, value)], {(OWN, PLANES): Keys(frozenset({("tail",)}))}
    )
    assert link.by is By.UNIQUE


def test_types_that_are_not_known_are_no_obstacle() -> None:
    assert links(gains(asked(TAIL)), [sight(PLANES, Shown("tail"))], {})


@pytest.mark.parametrize(("mask", "hashed"), [(HASH, True), (COARSE, None)])
def test_hashes_of_one_key_link_and_ranges_do_not(mask: Mask, hashed: bool | None) -> None:
    """Two agreements hash by different keys, so only what the same terms show can link."""
    column = replace(TAIL, mask=mask)
    found = links(gains(asked(column)), [sight(PLANES, column, agreement=None)], {})
    assert [link.hashed for link in found] == ([] if hashed is None else [hashed])
    assert links(gains(asked(column)), [sight(PLANES, column)], {}) == ()
    assert links(gains(asked(column)), [sight(PLANES, column, provider=ELSEWHERE)], {}) == ()


def test_a_unique_key_goes_before_names() -> None:
    held = sight(PLANES, TAIL, DAY, OWNER)
    keys = {(OWN, PLANES): Keys(frozenset({("tail",), ("serial",)}))}
    (link,) = links(gains(asked(TAIL, DAY)), [held], keys)
    assert (link.by, link.columns) == (By.UNIQUE, (("tail", "tail"),))


def test_a_key_of_several_columns_takes_all_in_one_form() -> None:
    keys = {(OWN, FLIGHTS): Keys(frozenset({("day", "tail")}))}
    (link,) = links(gains(asked(TAIL, DAY, OWNER)), [sight(SEATS, DAY, TAIL)], keys)
    assert (link.columns, link.gained) == ((("day", "day"), ("tail", "tail")), (OWNER,))
    hashed = replace(TAIL, mask=HASH)
    mixed = links(gains(asked(hashed, DAY)), [sight(SEATS, DAY, hashed)], keys)
    assert mixed == ()


def test_references_of_either_side() -> None:
    number = Shown("number", "VARCHAR")
    mine = {(OWN, FLIGHTS): Keys(references=((("tail",), PLANES, ("number",)),))}
    other = (("owner",), SEATS, ("tail",))
    theirs = {(OWN, PLANES): Keys(references=(other, (("number",), FLIGHTS, ("tail",))))}
    for keys in (mine, theirs, mine | theirs):
        (link,) = links(gains(asked(TAIL)), [sight(PLANES, number)], keys)
        assert (link.by, link.columns) == (By.REFERENCE, (("tail", "number"),))
        assert links(gains(asked(TAIL)), [sight(SEATS, number)], keys) == ()
        assert links(gains(asked(TAIL)), [sight(PLANES, number, provider=ELSEWHERE)], keys) == ()


def test_the_same_dataset_under_another_agreement() -> None:
    held = sight(FLIGHTS, TAIL, OWNER)
    found = gains(asked(TAIL, DAY), known=[held])
    (link,) = links(found, [held], {(OWN, FLIGHTS): Keys(frozenset({("tail",)}))})
    assert (link.by, link.gained) == (By.UNIQUE, (DAY,))
    assert links(found, [held], {(OWN, FLIGHTS): Keys()}) == ()
    (link,) = links(found, [held], {})
    assert link.by is By.NAME


def test_datasets_of_the_same_terms() -> None:
    first, second = asked(TAIL, DAY), asked(TAIL, OWNER, ref=PLANES)
    (link,) = links(gains(first, second), [], {})
    assert (link.here, link.there, link.gained) == (first, second, (DAY,))
    known = replace(first, agreement="A-1")
    found = links(gains(first, second, known=[known]), [], {})
    assert [(link.there, link.gained) for link in found] == [(second, ())]


def test_more_of_the_key_links_all() -> None:
    seat = Shown("seat", "BIGINT")
    known = sight(FLIGHTS, DAY)
    (link,) = links(gains(asked(TAIL, DAY), known=[known]), [HELD], {})
    assert link.gained == (DAY,)
    known = sight(FLIGHTS, TAIL, DAY)
    (link,) = links(gains(asked(TAIL, DAY, seat), known=[known]), [HELD], {})
    assert link.gained == (seat,)


def test_nothing_is_linked_under_minimum_groups() -> None:
    grouped = replace(asked(TAIL), groups=((5, None),))
    assert links(gains(grouped, asked(TAIL, ref=PLANES)), [HELD], {}) != ()
    assert links(gains(grouped), [HELD], {}) == ()
    assert links(gains(asked(TAIL)), [replace(HELD, groups=((5, None),))], {}) == ()


def test_rows_that_were_counted_decide() -> None:
    known = replace(asked(TAIL), agreement="A-2", filters=("x",))
    (gain,) = gains(asked(TAIL), known=[known])
    assert links([gain], [HELD], {})
    numbers = dict.fromkeys(regions(gain), 0)
    assert links([counted(gain, 9, numbers)], [HELD], {}) == ()


@pytest.mark.law
@settings(max_examples=count(100), deadline=None)
@given(new, before)
def test_nothing_new_is_combinable_beside_itself(one: Sight, known: list[Sight]) -> None:
    held = [*known, replace(one, agreement="A-9")]
    assert links([compare(one, held)], held, {}) == ()
