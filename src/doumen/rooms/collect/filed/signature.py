"""What a file is: by its first bytes, then by its name. Pure; nothing is parsed.

Signatures are those of the MIME Sniffing standard (WHATWG, sections 6 and 7), and for what that
does not name (TIFF, OLE, HEIF, archives) those of the format. A container says what it contains by
its name only: a ZIP that is called `.docx` is taken for that, for both agree.
"""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath

HEAD = 512
"""Bytes that are looked at."""
UNKNOWN = "application/octet-stream"

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"OggS\x00", "application/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"MThd\x00\x00\x00\x06", "audio/midi"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"{\\rtf", "application/rtf"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"OTTO", "font/otf"),
)
_BRANDS = {b"avif": "image/avif", b"heic": "image/heic", b"heix": "image/heic",
           b"mif1": "image/heif", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4"}  # fmt: skip
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wave", b"AVI ": "video/x-msvideo"}
_WITHIN = {
    "application/zip": (
        "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.",
        "application/epub+zip", "application/java-archive",
    ),
    "application/x-ole-storage": (
        "application/msword", "application/vnd.ms-", "application/vnd.visio",
    ),
    "application/ogg": ("audio/ogg", "video/ogg"),
    "video/webm": ("video/x-matroska", "audio/x-matroska", "audio/webm"),
    "image/tiff": ("image/",),
}  # fmt: skip
"""Container → beginnings of the types that are kept in it, and that a name may say."""
_NAMED = mimetypes.MimeTypes()
for _ending, _type in {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".epub": "application/epub+zip",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".mkv": "video/x-matroska",
    ".webp": "image/webp",
}.items():
    _NAMED.add_type(_type, _ending)


def media_type(head: bytes, name: str) -> str:
    """The media type of a file.

    Args:
        head: Its first `HEAD` bytes, or all.
        name: Its name.

    Example:
        >>> media_type(b"%PDF-1.7", "photo.png")
        'application/pdf'
    """
    named = by_name(name)
    found = by_content(head)
    if found is None:
        return named if named is not None and not _claims(named) else UNKNOWN
    if named is not None and named.startswith(_WITHIN.get(found, ())):
        return named
    return found


def by_content(head: bytes) -> str | None:
    """The media type that the first bytes say; None: they say none."""
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    return next((type for start, type in _STARTS if head.startswith(start)), None)


def by_name(name: str) -> str | None:
    """The media type that an ending stands for, whatever the machine; None: none is known."""
    ending = PurePosixPath(name).suffix.lower()
    return _NAMED.types_map[True].get(ending)


def _claims(named: str) -> bool:
    """Whether a name says a type that has a signature, which the content lacks."""
    return any(named == type for _, type in _STARTS) or named in {*_RIFF.values()}
