"""One suite for all places of files: listed alike, brought whole, taken up where they broke."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from tests.rooms.collect.connectors.files.conftest import BIG, KINDS, Place, quiet

from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Unavailable
from doumen.model.message import Message
from doumen.rooms.collect.connectors import SHELF, Gives, bringing

NAMES = ("a.csv", "in/b.csv", "in/deep/名 1+%#&'(é).csv", "in/deep/c.json")
DRIVERS = re.compile(r"reqwest|hyper|paramiko|asyncssh|Errno|Debug source|SFTP_|Traceback|botocore")
"""Words that only a driver says."""


def urled(place: Place, name: str) -> str:
    """A name as `files` has it: the web knows addresses."""
    return name if place.lists else name.replace("%", "%25").replace("#", "%23")


def brought(place: Place, folder: Path, *names: str) -> dict[str, bytes]:
    found = {}
    with place.connector().open() as files:
        for number, item in enumerate(place.items(files, *(urled(place, n) for n in names))):
            path = folder / str(number)
            files.bring(item, path, quiet)
            found[item.name] = path.read_bytes()
    return found


def test_files_are_brought_as_they_are(place: Place, tmp_path: Path) -> None:
    content = {name: f"content of {name}".encode() for name in NAMES} | {"in/big.csv": BIG}
    for name, data in content.items():
        place.put(name, data)
    assert brought(place, tmp_path, *content) == content


def test_files_are_listed_by_patterns(place: Place) -> None:
    if not place.lists:
        pytest.skip("it lists nothing")
    for name in (*NAMES, ".hidden.csv", "in/.git/x.csv", "in/~lock.csv", "indeed.csv"):
        place.put(name, name.encode())

    def names(pattern: str) -> list[str]:
        return [item.name for item in files.items(pattern)]

    with place.connector().open() as files:
        assert names("**") == sorted([*NAMES, "indeed.csv"])
        assert names("*.csv") == ["a.csv", "indeed.csv"]
        assert names("in/*.csv") == ["in/b.csv"]
        assert names("in/**/*.csv") == ["in/b.csv", NAMES[2]]
        assert names("in/b.csv") == ["in/b.csv"]
        assert names("in/none.csv") == []
        assert {item.name: item.size for item in files.items("*")}["a.csv"] == 5
        with pytest.raises(Invalid):
            names("../*")


def test_a_tag_stays_with_the_content(place: Place) -> None:
    place.put("a.csv", b"one")
    with place.connector().open() as files:
        (first,) = files.items("a.csv")
        assert list(files.items("a.csv")) == [first]
        place.put("a.csv", b"two")
        (second,) = files.items("a.csv")
    assert first.tag is not None
    assert second.tag != first.tag
    assert (first.name, first.size) == ("a.csv", 3)


def test_what_breaks_is_taken_up_where_it_broke(place: Place, tmp_path: Path) -> None:
    if place.cut is None:
        pytest.skip("nothing breaks there")
    place.put("a.csv", BIG)
    told: list[float | None] = []
    with place.connector().open() as files:
        (item,) = files.items("a.csv")
        place.cut([1_000_000, 1_500_000 if place.kind != "sftp" else 2_000_000])
        files.bring(item, tmp_path / "a", lambda fraction, doing: told.append(fraction))
        assert (tmp_path / "a").read_bytes() == BIG
        assert [one.name for one in files.items("a.csv")] == ["a.csv"]
    fractions = [one for one in told if one is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_what_breaks_again_and_again_is_told(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place.away is None:
        pytest.skip("nothing breaks there")
    monkeypatch.setattr(bringing, "TRIES", 2)
    place.put("a.csv", BIG)
    with place.connector().open() as files:
        (item,) = files.items("a.csv")
        place.away()
        with pytest.raises(Unavailable) as caught:
            files.bring(item, tmp_path / "a", quiet)
    fit_to_be_told(caught.value)


def test_what_became_another_is_not_mixed(place: Place, tmp_path: Path) -> None:
    place.put("a.csv", BIG)
    with place.connector().open() as files:
        (item,) = files.items("a.csv")
        place.put("a.csv", BIG[::-1])
        with pytest.raises(Conflict) as caught:
            files.bring(item, tmp_path / "a", quiet)
    assert caught.value.code == "conflict.changed"


def test_what_becomes_another_meanwhile_is_not_mixed(place: Place, tmp_path: Path) -> None:
    place.put("a.csv", BIG)
    changes = iter([None])

    def change(fraction: float | None, doing: Message) -> None:
        for _ in changes:
            place.put("a.csv", BIG[::-1])

    with place.connector().open() as files:
        (item,) = files.items("a.csv")
        if place.cut is not None:
            place.cut([1_000_000])
        if place.kind in {"http", "s3"} and place.cut is None:
            pytest.skip("it gives one content at a time")
        with pytest.raises(Conflict):
            files.bring(item, tmp_path / "a", change)


def test_what_is_gone_is_told(place: Place, tmp_path: Path) -> None:
    place.put("a.csv", b"x")
    with place.connector().open() as files:
        (item,) = files.items("a.csv")
        place.remove("a.csv")
        with pytest.raises(NotFound) as caught:
            files.bring(item, tmp_path / "a", quiet)
    fit_to_be_told(caught.value)


def test_a_folder_that_is_not_there(place: Place) -> None:
    place.put("a.csv", b"x")
    with place.connector().open() as files:
        if place.kind == "s3":
            assert list(files.items("gone/*.csv")) == []
            return
        with pytest.raises((NotFound, Invalid)) as caught:
            list(files.items("gone/*.csv"))
    fit_to_be_told(caught.value)


def test_who_stops_is_let_go_and_the_place_stays_open(place: Place, tmp_path: Path) -> None:
    place.put("a.csv", BIG)
    place.put("b.csv", b"x")

    class Stop(Exception):
        pass

    def stop(fraction: float | None, doing: Message) -> None:
        raise Stop

    with place.connector().open() as files:
        (item, other) = place.items(files, "a.csv", "b.csv")
        with pytest.raises(Stop):
            files.bring(item, tmp_path / "a", stop)
        files.bring(other, tmp_path / "b", quiet)
    assert (tmp_path / "b").read_bytes() == b"x"


@pytest.mark.parametrize("kind", ["folder", "sftp", "http", "s3"])
def test_what_is_wrong_is_told(kind: str, request: pytest.FixtureRequest) -> None:
    place: Place = request.getfixturevalue(f"{kind}_place")
    place.put("a.csv", b"x")
    for options, secrets, code in place.wrong:
        connector = SHELF[kind].connector({**place.options, **options}, secrets)
        with pytest.raises(DoumenError) as caught, connector.open() as files:
            list(files.items("a.csv"))
        assert caught.value.code == code, options
        fit_to_be_told(caught.value)
        assert "wr0ng-secret" not in repr(connector)


def fit_to_be_told(error: DoumenError) -> None:
    """What, and a next step; no word of a driver, and no secret."""
    told = " ".join(str(one) for one in (error.what, error.why, error.next) if one is not None)
    assert error.next is not None, told
    assert not DRIVERS.search(told), told
    for secret in ("pass-word", "token-1234", "secret-key", "wr0ng-secret"):
        assert secret not in told


def test_all_kinds_of_files_have_a_suite() -> None:
    """This one, or one of their own: catalogues of files of the web speak each in their way."""
    kinds = {name for name, kind in SHELF.items() if kind.gives is Gives.FILES}
    suites = Path(__file__).parents[1]
    assert kinds >= set(KINDS)
    assert [one for one in kinds - set(KINDS) if not (suites / f"test_{one}.py").is_file()] == []


def test_the_driver_of_a_place_may_be_missing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = {"sftp": "paramiko", "s3": "obstore"}.get(place.kind)
    if driver is None:
        pytest.skip("it needs none")
    ours = f"doumen.rooms.collect.connectors.{place.kind}_"
    for name in list(sys.modules):
        if name.startswith(ours):
            monkeypatch.delitem(sys.modules, name)
        elif name.partition(".")[0] == driver:
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(Unavailable) as caught, place.connector().open():
        pass
    assert caught.value.code == "unavailable.driver"
    assert str(caught.value.next) == f"pip install 'doumen[{place.kind}]'"
