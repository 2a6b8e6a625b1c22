"""What a file is: the content decides, the name says what a container holds."""

from __future__ import annotations

import pytest

from doumen.rooms.collect.filed.signature import UNKNOWN, by_content, by_name, media_type

PNG, ZIP, OLE = b"\x89PNG\r\n\x1a\n....", b"PK\x03\x04....", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("head", "name", "type"),
    [
        (b"%PDF-1.7", "a.pdf", "application/pdf"),
        (b"%PDF-1.7", "photo.png", "application/pdf"),
        (PNG, "a", "image/png"),
        (PNG, "a.exe", "image/png"),
        (b"RIFF1234WEBPVP8 ", "a.bin", "image/webp"),
        (b"RIFF1234WAVEfmt ", "a.wav", "audio/wave"),
        (b"\x00\x00\x00\x18ftypavif", "a.mp4", "image/avif"),
        (b"\x00\x00\x00\x18ftypisom", "a", "video/mp4"),
        (ZIP, "a.docx", DOCX),
        (ZIP, "a.zip", "application/zip"),
        (ZIP, "a.png", "application/zip"),
        (OLE, "a.doc", "application/msword"),
        (OLE, "a.txt", "application/x-ole-storage"),
        (b"hello", "a.TXT", "text/plain"),
        (b"a,b\n", "a.csv", "text/csv"),
        (b"hello", "a.pdf", UNKNOWN),
        (b"", "a.webp", UNKNOWN),
        (b"hello", "a", UNKNOWN),
        (b"hello", "a.nothing-known", UNKNOWN),
        (b"", "", UNKNOWN),
    ],
)
def test_content_first_then_the_name(head: bytes, name: str, type: str) -> None:
    assert media_type(head, name) == type


def test_each_by_itself() -> None:
    assert by_content(b"II*\x00") == "image/tiff"
    assert by_content(b"RIFF1234NOPE") is None
    assert by_name("a.md") == "text/markdown"
