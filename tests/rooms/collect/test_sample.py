from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.rooms.collect.sample import HEAD, WINDOW, Sample, Scan, sample_of

exact = settings(derandomize=True, deadline=None, max_examples=200)


def scanned(content: bytes, sizes: list[int]) -> Sample:
    scan, place = Scan(), 0
    for size in sizes:
        scan.feed(content[place : place + size])
        place += size
    scan.feed(content[place:])
    return scan.sample("x")


@exact
@given(st.binary(max_size=60), st.lists(st.integers(0, 7), max_size=12))
def test_utf8_is_judged_over_all_chunks(content: bytes, sizes: list[int]) -> None:
    try:
        content.decode("utf-8")
        valid = True
    except UnicodeDecodeError:
        valid = False
    seen = scanned(content, sizes)
    assert seen.utf8 is valid
    assert seen.head == content
    assert seen.ascii is content.isascii()


@exact
@given(st.text(max_size=40), st.lists(st.integers(0, 7), max_size=12))
def test_a_character_cut_between_chunks_is_no_fault(text: str, sizes: list[int]) -> None:
    assert scanned(text.encode(), sizes).utf8


def test_a_character_cut_by_the_end_is_a_fault() -> None:
    assert not sample_of("x", "名".encode()[:2]).utf8


def test_the_head_is_bounded_and_the_fault_far_behind_it_is_seen() -> None:
    row = "1,plain\n" * 1000
    late = "9,陡门\n".encode("gb18030")
    seen = scanned(row.encode() * 300 + late * 20_000, [HEAD // 2] * 3)
    assert not seen.whole
    assert len(seen.head) == HEAD
    assert not seen.utf8
    assert seen.window.startswith(late)
    assert len(seen.window) == WINDOW


def test_a_small_file_is_seen_whole() -> None:
    seen = sample_of("a.csv", b"a,b\n")
    assert (seen.name, seen.whole, seen.utf8, seen.window) == ("a.csv", True, True, b"")
