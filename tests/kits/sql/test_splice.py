"""Changes to a text, and the way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doumen.kits.sql.splice import Splice, original_place, spliced


def test_changes_are_made_in_the_order_of_their_places() -> None:
    text = "SELECT a FROM t"
    changes = [Splice(15, 15, " WHERE b"), Splice(7, 8, "äö"), Splice(14, 15, "s")]
    assert spliced(text, changes) == "SELECT äö FROM s WHERE b"
    assert spliced(text, []) == text


def test_a_place_before_within_and_after_a_change() -> None:
    changes = [Splice(4, 6, "xyz")]  # abcd|ef|gh → abcdxyzgh
    assert [original_place(place, changes) for place in (0, 3, 4, 6, 7, 9)] == [0, 3, 4, 4, 6, 8]


def test_what_was_put_in_stands_where_it_was_put_in() -> None:
    changes = [Splice(0, 0, "(("), Splice(3, 3, "))")]
    assert [original_place(place, changes) for place in range(8)] == [0, 0, 0, 1, 2, 3, 3, 3]


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, list[Splice]]:
    """A text and changes to it that do not overlap, in any order."""
    text = draw(st.text(max_size=30))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    changes = [Splice(start, end, draw(st.text(max_size=4))) for start, end in pairs]
    return text, draw(st.permutations(changes))


@given(changed())
def test_every_kept_character_finds_its_way_back(case: tuple[str, list[Splice]]) -> None:
    text, changes = case
    result = spliced(text, changes)
    gone = {place for c in changes for place in range(c.start, c.end)}
    assert len(result) == len(text) - len(gone) + sum(len(c.text) for c in changes)
    starts = {c.start for c in changes}
    for place, character in enumerate(result):
        back = original_place(place, changes)
        assert back in starts or (back not in gone and text[back] == character)
    kept = [original_place(p, changes) for p in range(len(result))]
    assert kept == sorted(kept)
