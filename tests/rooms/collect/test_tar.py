"""Tar archives of every writer, and what those who mean harm put into one."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from doumen.rooms.collect import tar
from doumen.rooms.collect.tar import Member, Tar, begins

KINDS = (tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE,
         tarfile.FIFOTYPE)  # fmt: skip
"""Members without content."""
LONG = "long/" * 60 + "名.csv"


def chunks(data: bytes, size: int = 700) -> Iterator[bytes]:
    for place in range(0, len(data), size):
        yield data[place : place + size]


def read(data: bytes, size: int = 700) -> list[tuple[Member, bytes]]:
    archive, found = Tar(chunks(data, size)), []
    while (member := archive.member()) is not None:
        found.append((member, b"".join(archive.content())))
    return found


def written(format: int, files: dict[str, bytes], **more: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format, pax_headers=more) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.uname = len(data), "名"
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("size", [1, 100, 512, 700, 1 << 20])
@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_archives_of_every_form(format: int, size: int) -> None:
    files = {"a.csv": b"x" * 511, "b/c.csv": b"", "d.csv": b"y" * 1025}
    files |= {("p/" * 70 + "e.csv" if format == tarfile.USTAR_FORMAT else LONG): b"z" * 512}
    data = written(format, files)
    assert begins(data)
    found = read(data, size)
    assert [(one.label, content) for one, content in found] == [
        (name[:255], content) for name, content in files.items()
    ]
    assert all(one.regular and not one.sparse for one, _ in found)


@pytest.mark.skipif(shutil.which("tar") is None, reason="no tar here")
@pytest.mark.parametrize("form", ["v7", "oldgnu", "gnu", "ustar", "posix"])
def test_archives_of_the_tar_of_the_system(form: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"id\n1\n")
    (folder / "link.csv").symlink_to("/etc/passwd")
    os.link(folder / "a.csv", folder / "twin.csv")
    os.mkfifo(folder / "pipe.csv")
    with (folder / "sparse.csv").open("wb") as holes:
        holes.seek(1 << 20)
        holes.write(b"end")
    made = subprocess.run(
        ["tar", f"--format={form}", "-S", "--sort=name", "-cf", "-", "."],
        cwd=folder, capture_output=True, check=False,
    )  # fmt: skip
    if not made.stdout or (made.returncode and form != "v7"):
        pytest.skip("this tar writes none of that form")
    found = {one.label: (one, content) for one, content in read(made.stdout)}
    assert found["./a.csv"][1] == b"id\n1\n"
    for name in ("./link.csv", "./twin.csv", "./pipe.csv", "./"):
        assert name not in found or not found[name][0].regular
    if form in {"oldgnu", "gnu", "posix"}:
        assert any(one.sparse for one, _ in found.values())


def test_what_is_no_file_is_passed_over() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number, kind in enumerate(KINDS):
            info = tarfile.TarInfo(f"{number}.csv")
            info.type, info.linkname, info.size = kind, "/etc/passwd", 4096
            archive.addfile(info)
        info = tarfile.TarInfo("a.csv")
        info.size = 2
        archive.addfile(info, io.BytesIO(b"x\n"))
    *others, (last, content) = read(out.getvalue())
    assert [one.regular for one, _ in others] == [False] * 6
    assert (last.label, content) == ("a.csv", b"x\n")


def test_content_that_nobody_read_is_passed_over() -> None:
    archive = Tar(chunks(written(tarfile.PAX_FORMAT, {"a": b"x" * 3000, "b": b"y"}), 100))
    assert archive.member() is not None
    second = archive.member()
    assert second is not None
    assert (second.label, b"".join(archive.content())) == ("b", b"y")
    assert archive.member() is None


def header(size: bytes = b"00000000002\0", kind: bytes = b"0", name: bytes = b"a.csv") -> bytes:
    made = name.ljust(124, b"\0") + size.ljust(12, b"\0") + b"0" * 12 + b" " * 8 + kind
    made = made.ljust(512, b"\0")
    return made[:148] + b"%06o\0 " % sum(made) + made[156:]


BODY, END = b"x\n".ljust(512, b"\0"), bytes(1024)


def test_sizes_beyond_octal_and_sums_with_a_sign() -> None:
    binary = header(b"\x80" + (2).to_bytes(11, "big"))
    assert read(binary + BODY + END)[0][1] == b"x\n"
    name = "名.csv".encode("gb18030")
    plain = header(name=name)
    signed = sum(b - 256 if b > 127 else b for b in plain[:148] + b" " * 8 + plain[156:])
    old = plain[:148] + b"%06o\0 " % signed + plain[156:]
    assert read(old + BODY + END)[0][0].label == "名.csv"


@pytest.mark.parametrize("data", [
    header() + BODY,
    header() + BODY[:5],
    header()[:100],
    header(b"-0000000002\0") + BODY + END,
    header(b"zz") + BODY + END,
    header(b"\xff" * 12) + BODY + END,
    header() + BODY + END + b"x",
    b"x" + header()[1:] + BODY + END,
    header(b"00077777777\0", b"x") + END,
    header(b"00000000005\0", b"x") + b"9 a=b".ljust(512, b"\0") + header() + BODY + END,
    header(b"00000000004\0", b"x") + b"0 a\n".ljust(512, b"\0") + header() + BODY + END,
    header(b"00000000013\0", b"x") + b"11 size=-1\n".ljust(512, b"\0") + header() + BODY + END,
])  # fmt: skip
def test_damage_and_lies_are_refused(data: bytes) -> None:
    with pytest.raises((EOFError, ValueError)):
        read(data)


def test_headers_are_bounded_and_many_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(read(header(b"0") * 20_000 + END, 1 << 20)) == 20_000
    monkeypatch.setattr(tar, "HEADERS", 10)
    with pytest.raises((EOFError, ValueError)):
        read(header(b"0") * 11 + END)


def test_what_is_no_archive_does_not_begin_as_one() -> None:
    assert begins(header())
    for head in (b"", b"id,n\n", bytes(512), b"id,n\n" * 200, header()[:511]):
        assert not begins(head)
