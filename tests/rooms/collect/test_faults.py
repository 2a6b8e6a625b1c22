from __future__ import annotations

from doumen.model.errors import DoumenError, Faulty, NotFound
from doumen.model.message import msg
from doumen.rooms.collect.faults import SHOWN, together


def test_one_fault_is_itself() -> None:
    fault = Faulty(msg("x"))
    assert together([fault]) is fault


def test_many_faults_are_one_of_the_first_class() -> None:
    faults: list[DoumenError] = [
        NotFound(msg("a is gone."), why=msg("Hm."), next=msg("Look."), detail="file")
    ]
    faults += [Faulty(msg("b{n} is bad.", n=n), next=msg("Look.")) for n in range(SHOWN + 4)]
    joined = together(faults)
    assert isinstance(joined, NotFound)
    assert joined.code == "not-found.file"
    assert joined.what == "25 files cannot be collected."
    assert str(joined.why).startswith("a is gone. Hm. b0 is bad.")
    assert str(joined.why).endswith("… and 5 more.")
    assert joined.next == "Look."
    assert together([Faulty(msg("a")), Faulty(msg("b"))]).code == "faulty"
