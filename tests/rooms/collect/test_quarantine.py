from __future__ import annotations

from doumen.model.load import Reason
from doumen.model.ref import Ref
from doumen.rooms.collect.quarantine import WORDS, sentences, table, words


def test_reasons_in_words() -> None:
    assert words(Reason("a", "required", 1)) == "`a` is empty, but required"
    assert words(Reason("", "ragged", 1)) == "the line has too many or too few fields"
    assert words(Reason("a", "new", 1)) == "`a` breaks the rule `new`"
    assert all(WORDS.values())


def test_most_rows_come_first() -> None:
    drawn = table([Reason("a", "type", 2), Reason("b", "set", 9), Reason("", "ragged", 2)])
    assert [row[0] for row in drawn.rows] == [9, 2, 2]
    assert drawn.rows[1][1].startswith("the line")


def test_where_the_rows_are() -> None:
    ref = Ref("transport", "flights")
    assert sentences(ref, 0) == ()
    assert sentences(ref, 1)[0].startswith("1 row is in `transport.flights__quarantine`")
    assert sentences(ref, 1300)[0].startswith("1,300 rows are in")
    assert "FROM transport.flights__quarantine" in sentences(ref, 2)[1]
