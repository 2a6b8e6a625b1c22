"""Packed files: read to their last byte, or refused with the reason."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from doumen.model.errors import DoumenError, Faulty, Unavailable
from doumen.rooms.collect import unpack
from doumen.rooms.collect.find import Weighed, find, weigh
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.recognise import sniff
from doumen.rooms.collect.unpack import Holding

ROWS = b"id,n\n" + b"".join(b"%d,row\n" % n for n in range(5000))


def zstd(data: bytes) -> bytes:
    packed: bytes = pa.compress(data, "zstd", asbytes=True)
    return packed


PACKS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd,
}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes], *, padded: bool = True) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    size = sum(512 + len(data) + -len(data) % 512 for data in files.values())
    return out.getvalue() if padded else out.getvalue()[: size + 1024]


@pytest.fixture
def into(tmp_path: Path) -> Holding:
    (tmp_path / "hold").mkdir()
    return Holding(tmp_path / "hold")


Take = Callable[[bytes, str], tuple[Weighed, ...]]


@pytest.fixture
def take(tmp_path: Path, into: Holding) -> Take:
    def go(data: bytes, name: str) -> tuple[Weighed, ...]:
        path = tmp_path / name
        path.write_bytes(data)
        return weigh([path], lambda *_: None, into)

    return go


def content(one: Weighed) -> bytes:
    return Path(one.source.path).read_bytes()


@pytest.mark.parametrize("ending", PACKS)
def test_what_is_packed_is_read_to_its_last_byte(ending: str, take: Take) -> None:
    packed = PACKS[ending]
    (one,) = take(packed(ROWS), f"a.csv{ending}")
    assert content(one) == ROWS
    assert one.source.size == len(ROWS)
    assert one.sample.name == "a.csv"
    assert one.source.name.endswith(f"a.csv{ending}")
    (two,) = take(packed(ROWS) + packed(b"5,x\n"), "b")
    assert content(two) == ROWS + b"5,x\n"
    assert take(ROWS, "plain.csv")[0].source.sha256 == one.source.sha256


@pytest.mark.parametrize("ending", PACKS)
@pytest.mark.parametrize("fault", ["cut", "flipped", "tail", "head only"])
def test_damage_is_refused(ending: str, fault: str, take: Take) -> None:
    data = PACKS[ending](ROWS)
    middle = len(data) // 2
    broken = {
        "cut": data[:-9],
        "flipped": data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :],
        "tail": data + b"garbage!",
        "head only": data[:6],
    }[fault]
    if (ending, fault) == (".zst", "flipped"):
        pytest.skip("the writer puts no checksum into its frames")
    with pytest.raises(Faulty) as caught:
        take(broken, f"a.csv{ending}")
    assert caught.value.code == "faulty.packed"


def test_an_archive_gives_its_files_by_name(take: Take, into: Holding) -> None:
    files = {
        "b/two.csv": b"id\n2\n",
        "../../one.csv": b"id\n1\n",
        "read.me": b"x",
        ".DS_Store": b"",
    }
    first, second = take(zipped(files), "in.zip")
    assert (content(first), content(second)) == (b"id\n1\n", b"id\n2\n")
    assert first.source.name.endswith("/in.zip/../../one.csv")
    assert Path(first.source.path).parent == into.folder
    assert into.skipped == ["in.zip/read.me"]
    assert first.identity == second.identity


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_of_zip(method: int, take: Take) -> None:
    (one,) = take(zipped({"a.csv": ROWS}, method), "a.zip")
    assert content(one) == ROWS


def test_names_in_chinese_are_labels(take: Take) -> None:
    data = zipped({"____.csv": b"id\n1\n"}).replace(b"____.csv", "城市".encode("gb18030") + b".csv")
    (one,) = take(data, "a.zip")
    assert one.source.name.endswith("/a.zip/城市.csv")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("nothing in it", "faulty.archive"),
        ("other files", "faulty.archive"),
        ("encrypted", "faulty.encrypted"),
        ("method", "faulty.packed"),
        ("cut", "faulty.packed"),
        ("checksum", "faulty.packed"),
        ("directory", "faulty.packed"),
        ("empty member", "faulty.archive"),
    ],
)
def test_archives_that_cannot_be_read(fault: str, code: str, take: Take) -> None:
    data = zipped({"a.csv": ROWS}, zipfile.ZIP_STORED)
    central = data.rfind(b"PK\x01\x02")
    broken = {
        "nothing in it": zipped({}),
        "other files": zipped({"a.exe": b"x"}),
        "encrypted": data[: central + 8] + b"\x01" + data[central + 9 :],
        "method": data[: central + 10] + b"\x63" + data[central + 11 :],
        "cut": data[:-30],
        "checksum": data.replace(b"42,row", b"43,row"),
        "directory": data[:-10] + struct.pack("<L", 1 << 30) + data[-6:],
        "empty member": zipped({"a.csv": b""}),
    }[fault]
    with pytest.raises(Faulty) as caught:
        take(broken, "a.zip")
    assert caught.value.code == code


@pytest.mark.parametrize("ending", [*PACKS, ".zip"])
def test_bombs_end_early(
    ending: str, take: Take, into: Holding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "FREE", 1 << 20)
    zeros = bytes(64 << 20)
    pack = PACKS.get(ending) or (lambda data: zipped({"a.csv": data}))
    with pytest.raises(Faulty) as caught:
        take(pack(zeros), f"a.csv{ending}")
    assert caught.value.code == "faulty.bomb"
    assert sum(one.stat().st_size for one in into.folder.iterdir()) < 40 << 20


def test_bounds_of_a_collection(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MEMBERS", 2)
    with pytest.raises(Faulty, match="holds 3 files"):
        take(zipped({f"{n}.csv": b"id\n" for n in range(3)}), "a.zip")
    monkeypatch.setattr(unpack, "MOST", len(ROWS))
    with pytest.raises(Faulty) as caught:
        take(zipped({"a.csv": ROWS, "b.csv": ROWS}), "b.zip")
    assert caught.value.code == "faulty.unpacked"
    monkeypatch.setattr(unpack, "MOST", 1 << 62)
    monkeypatch.setattr(unpack, "RESERVE", 1 << 62)
    with pytest.raises(Unavailable):
        take(gzip.compress(b"id\n1\n"), "a.gz")


def test_what_is_packed_twice_is_named(take: Take) -> None:
    inner = {"gzip": gzip.compress(ROWS), "xz": lzma.compress(ROWS)}
    packed = {word: (gzip.compress(data), f"{word}.csv.gz") for word, data in inner.items()}
    packed["tar"] = zipped({"a.csv": tarred({"a.csv": ROWS})}), "a.zip"
    packed["zip"] = tarred({"a.csv": zipped({})}), "a.tar"
    for word, (data, name) in packed.items():
        (one,) = take(data, name)
        with pytest.raises(Faulty) as caught:
            sniff(one.sample, Wishes())
        assert word in caught.value.what.lower()


@pytest.mark.parametrize("ending", ["", *PACKS])
def test_a_tar_gives_its_files_in_its_order(ending: str, take: Take, into: Holding) -> None:
    files = {
        "b/two.csv": b"id\n2\n",
        "../../one.csv": b"id\n1\n",
        "read.me": b"x",
        "._b.csv": b"x",
        "empty.csv": b"",
        "名.csv": ROWS,
    }
    pack = PACKS.get(ending, bytes)
    second, first, named = take(pack(tarred(files)), f"in.tar{ending}")
    assert [content(one) for one in (first, second, named)] == [b"id\n1\n", b"id\n2\n", ROWS]
    assert first.source.name.endswith(f"/in.tar{ending}/../../one.csv")
    assert Path(first.source.path).parent == into.folder
    assert [one.sample.name for one in (first, second, named)] == ["one.csv", "two.csv", "名.csv"]
    assert into.skipped == [f"in.tar{ending}/read.me", f"in.tar{ending}/empty.csv"]


@pytest.mark.parametrize(("archive", "word"), [
    ({"a.md": b"x"}, "no file that can be collected"),
    ({f"{n}.csv": b"id\n1\n" for n in range(4)}, "4 files"),
    ({"x" * 300: b""}, "no file"),
])  # fmt: skip
def test_tars_that_do_not_fit(
    archive: dict[str, bytes], word: str, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "MEMBERS", 3)
    with pytest.raises(Faulty, match=word):
        take(tarred(archive), "a.tar")


@pytest.mark.parametrize("change", [
    lambda data: data[:-1024], lambda data: data[:700], lambda data: data + b"garbage",
    lambda data: data[:1024] + b"x" + data[1025:],
])  # fmt: skip
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_damaged_tars_are_refused(
    ending: str, change: Callable[[bytes], bytes], take: Take
) -> None:
    data = change(tarred({"a.csv": b"id\n1\n", "b.csv": b"id\n2\n"}, padded=False))
    with pytest.raises(Faulty) as caught:
        take(PACKS.get(ending, bytes)(data), f"a.tar{ending}")
    assert caught.value.code == "faulty.packed"


def test_a_bomb_in_a_tar_ends_early_in_what_is_passed_over_too(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "FREE", 1 << 20)
    for name in ("a.csv", "a.bin"):
        with pytest.raises(Faulty) as caught:
            take(gzip.compress(tarred({name: bytes(64 << 20)})), "a.tar.gz")
        assert caught.value.code == "faulty.bomb"


def test_folders_are_searched_for_packed_files(tmp_path: Path) -> None:
    for name in ("a.csv.gz", "b.json.zst", "c.zip", "d.tar.gz", "e.gz"):
        (tmp_path / name).write_bytes(b"x")
    found = find(str(tmp_path))
    assert [one.name for one in found.files] == ["a.csv.gz", "b.json.zst", "c.zip", "d.tar.gz"]
    assert found.skipped == ("e.gz",)


def test_nothing_in_a_packed_file_is_told(take: Take) -> None:
    with pytest.raises(DoumenError, match="empty when it is unpacked"):
        take(gzip.compress(b""), "a.csv.gz")


def test_the_folder_is_gone_afterwards() -> None:
    with unpack.holding() as into:
        folder = into.folder
        into.place().write_bytes(b"x")
    assert not folder.exists()
